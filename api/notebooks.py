"""For notebooks: the book of this data home as networkx graphs. See ``docs/notebooks.md``.

Each call opens the book that ``CREDITGRAPH_HOME`` and ``CREDITGRAPH_STORE`` name and closes it again. An ID is
what it is on the command line: an internal id, a code, or an exact name; an ID number is refused. Errors are
those of the commands: :class:`api.entities.Unanswerable`, whose ``body`` is the problem object.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from api.commands import opened
from api.entities import find
from api.exporting import view_of
from graph.model.ontology import PATH_RELATIONS
from ingest.exchange.networks import neighbourhood_graph, path_graph, whole_graph

if TYPE_CHECKING:
    from ingest.exchange.networks import Graph
else:
    Graph = Any


def neighbourhood(
    subject: str,
    *,
    depth: int = 1,
    limit: int = 1000,
    relations: Sequence[str] | None = None,
    level: str = "restricted",
    as_of: str | None = None,
    known_at: str | int | None = None,
) -> Graph:
    """What lies within ``depth`` hops of a subject: see :func:`ingest.exchange.networks.neighbourhood_graph`.

    ``graph.graph["start"]`` is the id of the subject. ``level``: public, shared or restricted; ``as_of``: a day,
    ``"all"`` for all times, None for today; ``known_at``: a sequence or a day, None for now.
    """
    with opened() as book:
        reader, view = view_of(book, level=level, as_of=as_of, known_at=known_at)
        start = find(book, reader, view, subject)[0].id
        return neighbourhood_graph(book, reader, view, start, depth=depth, limit=limit, relations=relations)


def path(
    a: str,
    b: str,
    *,
    max_depth: int = 6,
    limit: int = 20,
    relations: Sequence[str] = PATH_RELATIONS,
    level: str = "restricted",
    as_of: str | None = None,
    known_at: str | int | None = None,
) -> Graph:
    """How two subjects are linked: see :func:`ingest.exchange.networks.path_graph`."""
    with opened() as book:
        reader, view = view_of(book, level=level, as_of=as_of, known_at=known_at)
        ends = [find(book, reader, view, asked)[0].id for asked in (a, b)]
        return path_graph(book, reader, view, *ends, max_depth=max_depth, limit=limit, relations=relations)


def whole(*, level: str = "restricted", as_of: str | None = None, known_at: str | int | None = None) -> Graph:
    """Everything that a reader of a level may see: see :func:`ingest.exchange.networks.whole_graph`."""
    with opened() as book:
        return whole_graph(book, *view_of(book, level=level, as_of=as_of, known_at=known_at))

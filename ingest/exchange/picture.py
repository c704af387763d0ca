"""A view of a book as it is given to others: drawn nodes and edges, each edge with its evidence, in order of id.

Nothing is held but a chunk of edges, so a whole city is written in flat memory. No ``pid:``
token is among what is given: ids are hashes of keys, to be compared and not to be read. An ID
number is in no store; its mask is left out for the public, who may not see it.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.book import evidence
from graph.book.book import Book
from graph.ledger.ledger import Ledger
from graph.model.claims import PUBLIC
from graph.model.jsontext import dump
from graph.store.base import Edge, Node, Reader, View
from graph.store.drawing import Property, drawn_edge, drawn_labels, drawn_node
from graph.store.errors import StoreUnavailable

#: Edges whose ends and evidence are looked up together.
_CHUNK = 500

#: What a reference to evidence says: the record, and where its row lies.
_REFERENCE = ("record", "source", "file", "row", "seq", "span")


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node to be given away; ``labels`` as in Neo4j, the kind first."""

    id: str
    kind: str
    labels: tuple[str, ...]
    props: Mapping[str, Property]


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An edge to be given away; its property ``evidence`` is JSON: ``[{"record", "source", "file", "row", "seq"}]``."""

    id: str
    relation: str
    source: str
    target: str
    props: Mapping[str, Property]


def node_given(view: View, node: Node) -> DrawnNode:
    """A node as this view may give it away."""
    props = drawn_node(node)
    if view.level == PUBLIC:
        props.pop("id_mask", None)
    return DrawnNode(node.id, node.kind, tuple(drawn_labels(node)), props)


def edges_given(ledger: Ledger, edges: Sequence[Edge]) -> list[DrawnEdge]:
    """Edges with their evidence; an erased claim has none."""
    proof = evidence.of_claims(ledger, [claim for edge in edges for claim in edge.claims])
    given = []
    for edge in edges:
        rows = [{k: row[k] for k in _REFERENCE if k in row} for row in evidence.merged(proof, edge.claims)]
        props = drawn_edge(edge) | {"evidence": dump(rows)}
        given.append(DrawnEdge(edge.id, edge.relation, edge.source, edge.target, props))
    return given


def shown_edges(reader: Reader, view: View, edges: Iterable[Edge]) -> Iterator[list[Edge]]:
    """Chunks of the edges of which the view shows both ends."""
    rest = iter(edges)
    while some := list(itertools.islice(rest, _CHUNK)):
        nodes = reader.get(view, list({end for edge in some for end in (edge.source, edge.target)}))
        yield [edge for edge in some if edge.source in nodes and edge.target in nodes]


class Picture:
    """What a view of a book shows, to be read as a whole, and more than once.

    Reading raises StoreUnavailable when the graph was written to since the picture was begun.
    """

    def __init__(self, book: Book, reader: Reader, view: View) -> None:
        self._book, self._reader, self.view = book, reader, view
        self._state = self._now()

    def _now(self) -> object:
        return self._book.store.state() if self.view.known_at is None else None

    def _check(self) -> None:
        if self._now() != self._state:
            raise StoreUnavailable("the graph was written to while it was read as a whole; read it again")

    def nodes(self) -> Iterator[DrawnNode]:
        """All nodes, in order of id."""
        for node in self._reader.scan_nodes(self.view):
            yield node_given(self.view, node)
        self._check()

    def edges(self) -> Iterator[DrawnEdge]:
        """All edges of which both ends show, in order of id."""
        for some in shown_edges(self._reader, self.view, self._reader.scan_edges(self.view)):
            yield from edges_given(self._book.ledger, some)
        self._check()

    def columns(self) -> tuple[dict[str, str], dict[str, str]]:
        """The properties of all nodes and of all edges by name, sorted, with their type (:func:`widest`)."""
        nodes: dict[str, str] = {}
        edges: dict[str, str] = {"evidence": "string"}
        for node in self._reader.scan_nodes(self.view):
            _note(nodes, node_given(self.view, node).props)
        for edge in self._reader.scan_edges(self.view):
            _note(edges, drawn_edge(edge))
        return dict(sorted(nodes.items())), dict(sorted(edges.items()))


def _note(columns: dict[str, str], props: Mapping[str, Property]) -> None:
    for name, value in props.items():
        columns[name] = widest(columns.get(name), value)


def widest(known: str | None, value: Property) -> str:
    """The GraphML type that holds a value and those before: boolean, long, double, else string."""
    if isinstance(value, bool):
        own = "boolean"
    elif isinstance(value, int):
        own = "long" if -(2**63) <= value < 2**63 else "string"
    else:
        own = "double" if isinstance(value, float) else "string"
    if known is None or known == own:
        return own
    return "double" if {known, own} == {"long", "double"} else "string"


def as_text(value: Property) -> str:
    """A value as text; the members of a list are parted by ``;``."""
    if isinstance(value, list):
        return ";".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)

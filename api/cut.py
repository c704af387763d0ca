"""The graph cut down to what a role may see, as a reader: every answer is made from it, so it cannot tell more.

The store cuts by the openness of claims. Here goes what depends on the day and on the kind of a node: records that
ended or whose display was stopped, repairs, objections, exit bans, and masks of ID numbers. An edge shows only
with both its ends.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from api.auth import shows_archived, shows_marks
from graph.measures.triggers import STANDING, status
from graph.model.effects import effects_of
from graph.model.ontology import kind as kind_of
from graph.store.base import Direction, Edge, Node, Reader, View
from graph.store.items import limited, tallied

#: Kinds of node and kinds of record that only a restricted view shows.
_CLOSED_KINDS = frozenset({"repair", "objection"})
_CLOSED_RECORDS = frozenset({"exit_restriction_decision"})

#: Nodes asked for at a time while a search looks for visible ones.
_PAGE = 200


def shown(view: View, node: Node) -> Node | None:
    """A node as the level of the view may see it on the reader's day, None when it may not."""
    if not shows_archived(view.level):
        stopped = any(effect.kind == "stopped" and effect.holds(view.today) for effect in effects_of(node.props))
        ended = not kind_of(node.kind).subject and status(node, view.today) not in STANDING
        if stopped or ended or node.kind in _CLOSED_KINDS or node.props.get("record_kind") in _CLOSED_RECORDS:
            return None
    if "id_mask" in node.props and not shows_marks(view.level):
        return replace(node, props={name: value for name, value in node.props.items() if name != "id_mask"})
    return node


class CutReader:
    """A reader that shows what :func:`shown` shows of another one."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, view: View, ids: Sequence[str]) -> dict[str, Node]:
        """Nodes by id, as the level may see them."""
        found = self._reader.get(view, ids)
        return {asked: cut for asked, node in found.items() if (cut := shown(view, node))}

    def by_key(self, view: View, key: str) -> Node | None:
        """The node that holds a key."""
        node = self._reader.by_key(view, key)
        return shown(view, node) if node else None

    def search(self, view: View, text: str, limit: int, *, exact: bool = False, after: str | None = None) -> list[Node]:
        """Nodes by name, ordered by id; what is hidden takes no place of the limit."""
        found: list[Node] = []
        while len(found) < limit:
            some = self._reader.search(view, text, _PAGE, exact=exact, after=after)
            found.extend(cut for node in some if (cut := shown(view, node)))
            if len(some) < _PAGE:
                break
            after = some[-1].id
        return found[:limit]

    def _both_ends(self, view: View, edges: Sequence[Edge]) -> list[Edge]:
        ends = self.get(view, list({end for edge in edges for end in (edge.source, edge.target)}))
        return [edge for edge in edges if edge.source in ends and edge.target in ends]

    def neighbours(
        self,
        view: View,
        ids: Sequence[str],
        relations: Iterable[str] | None = None,
        direction: Direction = "both",
        limit: int | None = None,
    ) -> list[Edge]:
        """Edges with both ends visible, ordered; ``limit`` per node, counted after the cut."""
        edges = self._reader.neighbours(view, ids, relations, direction)
        return limited(self._both_ends(view, edges), list(dict.fromkeys(ids)), limit)

    def counts(self, view: View, ids: Sequence[str]) -> dict[tuple[str, str, str], int]:
        """How many edges with both ends visible."""
        return tallied(self.neighbours(view, list(dict.fromkeys(ids))), ids)

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """All visible nodes, ordered by id."""
        return (cut for node in self._reader.scan_nodes(view) if (cut := shown(view, node)))

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All edges with both ends visible, ordered by id."""
        for edge in self._reader.scan_edges(view, relations):
            yield from self._both_ends(view, [edge])


def cut(reader: Reader, level: int) -> Reader:
    """The reader of a level; a restricted view sees the graph as it is."""
    return reader if shows_archived(level) and shows_marks(level) else CutReader(reader)

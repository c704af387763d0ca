"""The graph cut down to what a caller may see, as a reader: every answer is made from it, so it cannot tell more.

The store cuts by the openness of claims. Here goes what depends on the day and on the kind of a node: records that
ended or whose display was stopped, repairs, objections, exit bans, and masks of ID numbers. An edge shows only
with both its ends. For a key with a division, restricted records of other divisions go too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from api.auth import shows_archived, shows_marks
from api.divisions import Departments
from graph.measures.triggers import STANDING, status
from graph.model.claims import SHARED
from graph.model.effects import effects_of
from graph.model.ontology import kind as kind_of
from graph.store.base import Direction, Edge, Node, Reader, View
from graph.store.items import edge_order, limited, tallied

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


@runtime_checkable
class Narrow(Protocol):
    """What a reader that is cut can tell of itself."""

    def get(self, view: View, ids: Sequence[str]) -> dict[str, Node]:
        """Nodes by id, as the reader may see them."""

    def whole(self, view: View, ids: Sequence[str]) -> frozenset[str]:
        """The records of which everything is shown, also how they ended."""


class CutReader:
    """A reader that shows what :func:`shown` shows of another one."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def _kept(self, view: View, nodes: Sequence[Node]) -> dict[str, Node]:
        """What of some nodes shows, by id."""
        return {node.id: cut for node in nodes if (cut := shown(view, node))}

    def _edges(
        self, view: View, ids: Sequence[str], relations: Iterable[str] | None, direction: Direction
    ) -> list[Edge]:
        """Edges with both ends visible, ordered."""
        return self._both_ends(view, self._reader.neighbours(view, ids, relations, direction))

    def _both_ends(self, view: View, edges: Sequence[Edge]) -> list[Edge]:
        ends = self.get(view, list({end for edge in edges for end in (edge.source, edge.target)}))
        return [edge for edge in edges if edge.source in ends and edge.target in ends]

    def whole(self, view: View, ids: Sequence[str]) -> frozenset[str]:
        """The records of which everything is shown, also how they ended: none below the restricted level."""
        return frozenset()

    def get(self, view: View, ids: Sequence[str]) -> dict[str, Node]:
        """Nodes by id, as the reader may see them."""
        found = self._reader.get(view, ids)
        kept = self._kept(view, list({node.id: node for node in found.values()}.values()))
        return {asked: kept[node.id] for asked, node in found.items() if node.id in kept}

    def by_key(self, view: View, key: str) -> Node | None:
        """The node that holds a key."""
        node = self._reader.by_key(view, key)
        found = self._kept(view, [node]).get(node.id) if node else None
        return found if found and key in found.keys else None

    def search(self, view: View, text: str, limit: int, *, exact: bool = False, after: str | None = None) -> list[Node]:
        """Nodes by name, ordered by id; what is hidden takes no place of the limit."""
        found: list[Node] = []
        while len(found) < limit:
            some = self._reader.search(view, text, _PAGE, exact=exact, after=after)
            kept = self._kept(view, some)
            found.extend(kept[node.id] for node in some if node.id in kept)
            if len(some) < _PAGE:
                break
            after = some[-1].id
        return found[:limit]

    def neighbours(
        self,
        view: View,
        ids: Sequence[str],
        relations: Iterable[str] | None = None,
        direction: Direction = "both",
        limit: int | None = None,
    ) -> list[Edge]:
        """Edges with both ends visible, ordered; ``limit`` per node, counted after the cut."""
        wanted = None if relations is None else tuple(relations)
        return limited(self._edges(view, ids, wanted, direction), list(dict.fromkeys(ids)), limit)

    def counts(self, view: View, ids: Sequence[str]) -> dict[tuple[str, str, str], int]:
        """How many edges with both ends visible."""
        return tallied(self.neighbours(view, list(dict.fromkeys(ids))), ids)

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """All visible nodes, ordered by id."""
        for node in self._reader.scan_nodes(view):
            yield from self._kept(view, [node]).values()

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All edges with both ends visible, ordered by id."""
        for edge in self._reader.scan_edges(view, relations):
            yield from self._both_ends(view, [edge])


class DivisionReader(CutReader):
    """The restricted view of a division: of a record of another one it shows what the shared view shows.

    Subjects and what links them are topology, which no division narrows.
    """

    def __init__(self, reader: Reader, division: str) -> None:
        super().__init__(reader)
        self._lower = CutReader(reader)
        self._departments = Departments(reader, division)

    def _foreign(self, view: View, nodes: Sequence[Node]) -> frozenset[str]:
        """The ids of the records among some nodes that are not of the division."""
        records = [node for node in nodes if not kind_of(node.kind).subject]
        return frozenset(node.id for node in records) - self._departments.own(view, records)

    def _kept(self, view: View, nodes: Sequence[Node]) -> dict[str, Node]:
        foreign = self._foreign(view, nodes)
        lower = self._lower.get(replace(view, level=SHARED), sorted(foreign))
        kept = {node.id: node for node in nodes if node.id not in foreign}
        return kept | {node_id: lower[node_id] for node_id in foreign if node_id in lower}

    def whole(self, view: View, ids: Sequence[str]) -> frozenset[str]:
        """The records of the division."""
        nodes = list(self._reader.get(view, ids).values())
        return frozenset(node.id for node in nodes) - self._foreign(view, nodes)

    def _edges(
        self, view: View, ids: Sequence[str], relations: Iterable[str] | None, direction: Direction
    ) -> list[Edge]:
        """Edges as the division sees them: what another one's record says, or what is said of it, as the shared view.

        What a record of the division says of another one's is its own.
        """
        edges = self._reader.neighbours(view, ids, relations, direction)
        ends = self._reader.get(view, sorted({end for edge in edges for end in (edge.source, edge.target)}))
        foreign = self._foreign(view, list(ends.values()))
        own = {node.id for node in ends.values() if not kind_of(node.kind).subject} - foreign

        def theirs(edge: Edge) -> bool:
            return edge.source in foreign or (edge.target in foreign and edge.source not in own)

        kept = self._both_ends(view, [edge for edge in edges if not theirs(edge)])
        if any(map(theirs, edges)):
            lower = self._lower.neighbours(replace(view, level=SHARED), ids, relations, direction)
            kept += [edge for edge in lower if theirs(edge)]
        return sorted(kept, key=edge_order)

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All visible edges, ordered by id."""
        wanted = None if relations is None else tuple(relations)
        found = {
            edge.id: edge for node in self.scan_nodes(view) for edge in self._edges(view, [node.id], wanted, "out")
        }
        yield from (found[i] for i in sorted(found))


def cut(reader: Reader, level: int, division: str = "") -> Reader:
    """The reader of a level and, for the restricted one, a division; without it that view sees the graph as it is."""
    if not (shows_archived(level) and shows_marks(level)):
        return CutReader(reader)
    return DivisionReader(reader, division) if division else reader

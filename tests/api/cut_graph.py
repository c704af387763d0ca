"""A graph cut down to a level beforehand, in memory: what the service must answer from, written another way."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from graph.measures.triggers import status
from graph.store.base import Direction, Edge, Node, Reader, View
from graph.store.items import edge_order, limited, valid_at
from graph.store.names import name_matches, wanted_name


def _open(node: Node, today: str) -> bool:
    """Whether somebody below the restricted level may know of a node at all."""
    if node.kind in ("repair", "objection") or node.props.get("record_kind") == "exit_restriction_decision":
        return False
    return _is_subject(node) or status(node, today) in ("active", "objected")


def _is_subject(node: Node) -> bool:
    return node.kind in ("company", "branch", "person", "individual_business", "department", "court", "other_org")


class CutGraph:
    """The nodes and edges that a level may see, and nothing else; answers of the reader's half of the protocol."""

    def __init__(self, store: Reader, view: View) -> None:
        nodes = [node for node in store.scan_nodes(view) if _open(node, view.today)]
        if view.level == 0:
            nodes = [replace(n, props={k: v for k, v in n.props.items() if k != "id_mask"}) for n in nodes]
        self.nodes = {node.id: node for node in nodes}
        self.own: set[str] = set()
        edges = store.scan_edges(replace(view, as_of=None))
        kept = [edge for edge in edges if edge.source in self.nodes and edge.target in self.nodes]
        self.edges = sorted(kept, key=edge_order)

    @classmethod
    def of_division(cls, store: Reader, view: View, mine: Callable[[Node, str], bool]) -> "CutGraph":
        """What a division sees: all subjects, its own records, of others' what the shared level shows.

        ``mine``: whether a record is of the division, given the name of the department that it is drawn to.
        """
        shared = cls(store, replace(view, level=1))
        made = cls.__new__(cls)
        whole = {node.id: node for node in store.scan_nodes(view)}
        edges = list(store.scan_edges(replace(view, as_of=None)))
        drawn = {edge.source: whole[edge.target].name for edge in edges if edge.relation == "issued_by"}
        subjects = {i for i, node in whole.items() if _is_subject(node)}
        own = {i for i, node in whole.items() if i not in subjects and mine(node, drawn.get(i, ""))}
        own |= {e.target for e in edges if e.relation == "in_case" and e.source in own}
        made.nodes = {i: n for i, n in whole.items() if i in subjects | own}
        made.nodes |= {i: n for i, n in shared.nodes.items() if i not in made.nodes}
        free = subjects | own
        kept = [e for e in edges if e.source in free and (e.target in free or e.source in own)]
        kept = [e for e in kept if e.source in made.nodes and e.target in made.nodes]
        known = {e.id for e in kept}
        kept += [e for e in shared.edges if e.id not in known and not (e.source in free and e.target in free)]
        made.edges = sorted(kept, key=edge_order)
        made.own = own
        return made

    def whole(self, view: View, ids: Sequence[str]) -> frozenset[str]:
        """Records of which everything is shown."""
        return frozenset(ids) & frozenset(self.own)

    def get(self, view: View, ids: Sequence[str]) -> dict[str, Node]:
        """Nodes by id."""
        return {i: self.nodes[i] for i in ids if i in self.nodes}

    def by_key(self, view: View, key: str) -> Node | None:
        """The node of a key."""
        return next((node for node in self.nodes.values() if key in node.keys), None)

    def search(self, view: View, text: str, limit: int, *, exact: bool = False, after: str | None = None) -> list[Node]:
        """Nodes by name."""
        wanted = wanted_name(text, exact)
        if wanted is None:
            return []
        found = [self.nodes[i] for i in sorted(self.nodes) if i > (after or "")]
        return [node for node in found if name_matches(view, node, wanted)][:limit]

    def neighbours(
        self,
        view: View,
        ids: Sequence[str],
        relations: Iterable[str] | None = None,
        direction: Direction = "both",
        limit: int | None = None,
    ) -> list[Edge]:
        """Edges of nodes."""
        asked = set(ids)
        found = [
            edge
            for edge in self.scan_edges(view, relations)
            if (direction != "in" and edge.source in asked) or (direction != "out" and edge.target in asked)
        ]
        return limited(found, list(dict.fromkeys(ids)), limit)

    def counts(self, view: View, ids: Sequence[str]) -> dict[tuple[str, str, str], int]:
        """Edges by node, relation and direction."""
        totals: dict[tuple[str, str, str], int] = {}
        asked = set(ids)
        for edge in self.scan_edges(view):
            for place in ((edge.source, edge.relation, "out"), (edge.target, edge.relation, "in")):
                if place[0] in asked:
                    totals[place] = totals.get(place, 0) + 1
        return totals

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """All nodes."""
        return iter(self.nodes.values())

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All edges that hold."""
        held = (edge for edge in self.edges if valid_at(edge.valid_from, edge.valid_to, view.as_of))
        if relations is None:
            return held
        wanted = set(relations)
        return (edge for edge in held if edge.relation in wanted)

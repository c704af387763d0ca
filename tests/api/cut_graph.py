"""A graph cut down to a level beforehand, in memory: what the service must answer from, written another way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from graph.measures.triggers import status
from graph.store.base import Direction, Edge, Node, Reader, View
from graph.store.items import edge_order, limited, valid_at
from graph.store.names import name_matches, wanted_name


def _open(node: Node, today: str) -> bool:
    """Whether somebody below the restricted level may know of a node at all."""
    if node.kind in ("repair", "objection") or node.props.get("record_kind") == "exit_restriction_decision":
        return False
    subject = node.kind in ("company", "branch", "person", "individual_business", "department", "court", "other_org")
    return subject or status(node, today) in ("active", "objected")


class CutGraph:
    """The nodes and edges that a level may see, and nothing else; answers of the reader's half of the protocol."""

    def __init__(self, store: Reader, view: View) -> None:
        nodes = [node for node in store.scan_nodes(view) if _open(node, view.today)]
        if view.level == 0:
            nodes = [replace(n, props={k: v for k, v in n.props.items() if k != "id_mask"}) for n in nodes]
        self.nodes = {node.id: node for node in nodes}
        edges = store.scan_edges(replace(view, as_of=None))
        kept = [edge for edge in edges if edge.source in self.nodes and edge.target in self.nodes]
        self.edges = sorted(kept, key=edge_order)

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
        wanted = None if relations is None else set(relations)
        found = [
            edge
            for edge in self.scan_edges(view)
            if (wanted is None or edge.relation in wanted)
            and ((direction != "in" and edge.source in ids) or (direction != "out" and edge.target in ids))
        ]
        return limited(found, list(dict.fromkeys(ids)), limit)

    def counts(self, view: View, ids: Sequence[str]) -> dict[tuple[str, str, str], int]:
        """Edges by node, relation and direction."""
        totals: dict[tuple[str, str, str], int] = {}
        for edge in self.scan_edges(view):
            for place in ((edge.source, edge.relation, "out"), (edge.target, edge.relation, "in")):
                if place[0] in ids:
                    totals[place] = totals.get(place, 0) + 1
        return totals

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """All nodes."""
        return iter(self.nodes.values())

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All edges that hold."""
        return (edge for edge in self.edges if valid_at(edge.valid_from, edge.valid_to, view.as_of))

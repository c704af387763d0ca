"""A graph in memory that answers as a store does, for tests of what reads a graph."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from graph.model.claims import PUBLIC
from graph.model.text import norm_name
from graph.store.base import Direction, Edge, NamePeriod, Node, Value, View
from graph.store.items import best_name, edge_order, limited, valid_at


class FakeGraph:
    """The ``Reader`` protocol over dictionaries, with ``as_of`` and levels; ``known_at`` and ``today`` play no part."""

    def __init__(self) -> None:
        self._nodes: dict[str, tuple[int, Node]] = {}
        self._edges: dict[str, tuple[int, Edge]] = {}
        self._survivors: dict[str, str] = {}

    def add_node(
        self,
        node_id: str,
        kind: str,
        *names: str | NamePeriod,
        keys: Sequence[str] = (),
        props: Mapping[str, Value] | None = None,
        labels: Sequence[str] = (),
        level: int = PUBLIC,
    ) -> Node:
        """A node; a name given as text is borne always."""
        periods = tuple(NamePeriod(name, False, None, None) if isinstance(name, str) else name for name in names)
        node = Node(node_id, kind, tuple(labels), "", periods, dict(props or {}), tuple(keys))
        self._nodes[node_id] = level, node
        return node

    def add_edge(
        self,
        relation: str,
        source: str,
        target: str,
        *,
        valid_from: str | None = None,
        valid_to: str | None = None,
        seen_on: str | None = None,
        props: Mapping[str, Value] | None = None,
        match: str = "exact",
        sources: Sequence[str] = (),
        level: int = PUBLIC,
    ) -> Edge:
        """An edge with one claim, numbered in order of arrival."""
        number = len(self._edges)
        while f"e{number}" in self._edges:
            number += 1
        edge = Edge(
            f"e{number}", relation, source, target, valid_from, valid_to, seen_on, dict(props or {}), match, False,
            tuple(sources), (number,),
        )  # fmt: skip
        self._edges[edge.id] = level, edge
        return edge

    def remove(self, item_id: str) -> None:
        """Take away an edge, or a node with its edges."""
        self._edges.pop(item_id, None)
        if self._nodes.pop(item_id, None):
            touching = [e.id for _, e in self._edges.values() if item_id in (e.source, e.target)]
            for edge_id in touching:
                del self._edges[edge_id]

    def retire(self, old: str, survivor: str) -> None:
        """Let a retired id answer with its survivor."""
        self._survivors[old] = survivor

    def copy(self) -> "FakeGraph":
        """A second graph with the same content."""
        other = FakeGraph()
        other._nodes, other._edges = dict(self._nodes), dict(self._edges)
        other._survivors = dict(self._survivors)
        return other

    def _node(self, view: View, node_id: str) -> Node | None:
        level, node = self._nodes.get(self._survivors.get(node_id, node_id), (0, None))
        if node is None or level > view.level:
            return None
        return replace(node, name=best_name(node.names, view.as_of))

    def get(self, view: View, ids: Sequence[str]) -> dict[str, Node]:
        """Nodes by id, keyed by the id asked."""
        return {node_id: node for node_id in ids if (node := self._node(view, node_id))}

    def by_key(self, view: View, key: str) -> Node | None:
        """The node that holds a key."""
        return next((node for node in self.scan_nodes(view) if key in node.keys), None)

    def search(self, view: View, text: str, limit: int, *, exact: bool = False, after: str | None = None) -> list[Node]:
        """Nodes by normalised name, ordered by id."""
        wanted = norm_name(text)

        def fits(node: Node) -> bool:
            names = [n for n in node.names if not exact or valid_at(n.valid_from, n.valid_to, view.as_of)]
            forms = [norm_name(name.text) for name in names]
            return wanted in forms if exact else any(wanted in form for form in forms)

        found = [node for node in self.scan_nodes(view) if (after is None or node.id > after) and fits(node)]
        return found[:limit]

    def neighbours(
        self,
        view: View,
        ids: Sequence[str],
        relations: Iterable[str] | None = None,
        direction: Direction = "both",
        limit: int | None = None,
    ) -> list[Edge]:
        """Edges of these nodes in the order of the protocol."""
        wanted, allowed = set(ids), None if relations is None else set(relations)
        found = [
            edge
            for edge in self.scan_edges(view)
            if (allowed is None or edge.relation in allowed)
            and ((direction != "in" and edge.source in wanted) or (direction != "out" and edge.target in wanted))
        ]
        return limited(sorted(found, key=edge_order), ids, limit)

    def counts(self, view: View, ids: Sequence[str]) -> dict[tuple[str, str, str], int]:
        """How many edges of each relation and direction."""
        counted: dict[tuple[str, str, str], int] = {}
        for edge in self.scan_edges(view):
            for end, direction in ((edge.source, "out"), (edge.target, "in")):
                if end in ids:
                    key = end, edge.relation, direction
                    counted[key] = counted.get(key, 0) + 1
        return counted

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """All nodes of the view by id."""
        return (node for node_id in sorted(self._nodes) if (node := self._node(view, node_id)))

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All edges of the view by id."""
        allowed = None if relations is None else set(relations)
        for _, (level, edge) in sorted(self._edges.items()):
            shown = level <= view.level and (allowed is None or edge.relation in allowed)
            if shown and valid_at(edge.valid_from, edge.valid_to, view.as_of):
                yield edge

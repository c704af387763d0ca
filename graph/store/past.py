"""The view of the past: the store protocol read from the ledger itself.

Right by construction at any sequence, slower than a store, and the oracle that
both stores are compared with (design 3.3).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import select

from graph.ledger import tables as t
from graph.ledger.ledger import Ledger, live_at
from graph.ledger.rows import ClaimRow
from graph.store.base import Direction, Edge, EdgeItem, Node, View
from graph.store.items import edges_at, limited, node_at, own_id, tallied
from graph.store.names import name_matches, text_matches, wanted_name
from graph.store.project import Units, some_of


class PastReader:
    """Reads the graph as the ledger knew it at ``seq`` (None = now)."""

    def __init__(self, ledger: Ledger, seq: int | None, stable: Callable[[str], str]) -> None:
        self._ledger, self._seq, self._stable = ledger, seq, stable

    def get(self, view: View, ids: Sequence[str]) -> dict[str, Node]:
        """Nodes by id, keyed by the id asked; a retired id answers with its survivor."""
        member = t.membership.c
        with self._ledger.reading() as connection:
            homes: dict[str, str] = {}
            for some in some_of(dict.fromkeys(ids)):
                where = (member.own.in_(some), live_at(t.membership, self._seq))
                homes.update(connection.execute(select(member.own, member.node).where(*where)).all())
            units = Units(connection, self._seq, self._stable)
            items = {item.id: item for item, _ in units.node_items(list(dict.fromkeys(homes.values())))}
        nodes = {i: node_at(view, item) for i, item in items.items()}
        return {own: found for own, home in homes.items() if (found := nodes.get(home))}

    def by_key(self, view: View, key: str) -> Node | None:
        """The node that holds a key, if the view shows it."""
        node = self.get(view, [own_id(key)]).get(own_id(key))
        return node if node and key in node.keys else None

    def search(self, view: View, text: str, limit: int, *, exact: bool = False, after: str | None = None) -> list[Node]:
        """Nodes by name; reads every name of the ledger."""
        wanted = wanted_name(text, exact)
        if wanted is None:
            return []
        c = t.claim.c
        owners = set()
        with self._ledger.reading() as connection:
            fixed = (c.relation == "", live_at(t.claim, self._seq))
            for row in connection.execute(select(t.claim).where(*fixed)):
                claim = ClaimRow(*row)
                if any(text_matches(n.text, wanted) for n in claim.names()):
                    owners.add(own_id(claim.a))
        nodes = {n.id: n for n in self.get(view, sorted(owners)).values()}
        found = [n for i, n in sorted(nodes.items()) if i > (after or "") and name_matches(view, n, wanted)]
        return found[:limit]

    def _edges(self, view: View, nodes: Sequence[str] | None) -> list[Edge]:
        with self._ledger.reading() as connection:
            units = Units(connection, self._seq, self._stable)
            pairs = units.pairs_of(self.node_ids() if nodes is None else nodes)
            items: list[EdgeItem] = [item for item, _ in units.edge_items(pairs)]
        return edges_at(view, items)

    def neighbours(
        self,
        view: View,
        ids: Sequence[str],
        relations: Iterable[str] | None = None,
        direction: Direction = "both",
        limit: int | None = None,
    ) -> list[Edge]:
        """Edges of these nodes, ordered; ``limit`` per node."""
        wanted = None if relations is None else frozenset(relations)
        asked = frozenset(ids)
        edges = [
            edge
            for edge in self._edges(view, list(dict.fromkeys(ids)))
            if (wanted is None or edge.relation in wanted)
            and (
                (direction in ("out", "both") and edge.source in asked)
                or (direction in ("in", "both") and edge.target in asked)
            )
        ]
        return limited(edges, list(dict.fromkeys(ids)), limit)

    def counts(self, view: View, ids: Sequence[str]) -> dict[tuple[str, str, str], int]:
        """How many edges: {(node id, relation, "in"|"out"): n}."""
        return tallied(self._edges(view, list(dict.fromkeys(ids))), ids)

    def node_ids(self) -> list[str]:
        """The ids of all nodes, sorted."""
        member = t.membership.c
        with self._ledger.reading() as connection:
            where = live_at(t.membership, self._seq)
            return sorted(set(connection.execute(select(member.node).where(where)).scalars()))

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """All nodes of the view, ordered by id."""
        nodes = self.get(view, self.node_ids())
        yield from (nodes[i] for i in sorted(nodes))

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All edges of the view, ordered by id."""
        wanted = None if relations is None else frozenset(relations)
        for edge in sorted(self._edges(view, None), key=lambda e: e.id):
            if wanted is None or edge.relation in wanted:
                yield edge

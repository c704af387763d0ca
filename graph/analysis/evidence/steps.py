"""The edges behind the steps of paths, as a reader shows them; those of soft links are made from what gives them."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from graph.analysis.evidence.costs import ADDRESS, AGENT, COSTS, FIRM, RELATIONS, SOFT_RELATIONS, UNIT
from graph.analysis.evidence.dates import Interval
from graph.analysis.evidence.index import Index, SoftNode
from graph.analysis.evidence.search import Found
from graph.analysis.paths import MATCHES, Hop
from graph.ledger import tables as t
from graph.ledger.ledger import Ledger, live_at
from graph.model.text import norm_name
from graph.store.base import Edge, Node, Reader, View
from graph.store.errors import StoreUnavailable
from graph.store.items import edge_id, visible
from graph.store.project import openness

#: Two node ids, the smaller first.
Pair = tuple[str, str]


def pair_of(one: str, two: str) -> Pair:
    """The pair of two nodes."""
    return min(one, two), max(one, two)


def _pairs(paths: Iterable[Found]) -> set[Pair]:
    return {pair_of(a, b) for path in paths for a, b in zip(path.nodes, path.nodes[1:], strict=False)}


class Steps:
    """Reads the edges of some paths in few questions, each pair from the end with fewer of them.

    ``relations``: the hard ones that were walked.
    StoreUnavailable when the graph no longer holds a step: it changed after the index was made.
    """

    def __init__(self, reader: Reader, view: View, index: Index, ledger: Ledger, relations: Sequence[str]) -> None:
        self._reader, self._view, self._index, self._ledger = reader, view, index, ledger
        self._relations = [*relations, AGENT]

    def _fewer(self, one: str, two: str) -> str:
        return min(one, two, key=lambda node: (self._index.arcs_of(node), node))

    def of(self, paths: Sequence[Found]) -> dict[Pair, list[Edge]]:
        """The edges of each pair of neighbours."""
        pairs = _pairs(paths)
        found: dict[Pair, list[Edge]] = {pair: [] for pair in pairs}
        hard = [pair for pair in pairs if not set(pair) & self._index.soft.keys()]
        nodes = sorted({self._fewer(*pair) for pair in hard})
        for edge in {e.id: e for e in self._reader.neighbours(self._view, nodes, self._relations)}.values():
            pair = pair_of(edge.source, edge.target)
            if pair in found:
                found[pair].append(edge)
        soft = sorted(pairs - set(hard))
        ends = {end: self._index.soft[end] for pair in soft for end in pair if end in self._index.soft}
        subjects = self._reader.get(self._view, [end for pair in soft for end in pair if end not in ends])
        for pair in soft:
            shared = next(ends[end] for end in pair if end in ends)
            subject = subjects.get(pair[0] if pair[1] == shared.id else pair[1])
            if subject:
                give = self._registered if shared.kind == "address" else self._represented
                found[pair] = give(subject, shared)
        if not all(found.values()):
            raise StoreUnavailable("the graph changed while it was read; ask again")
        return found

    def _registered(self, subject: Node, shared: SoftNode) -> list[Edge]:
        """The link of a subject with its address, proved by the claims that give it and that the view shows."""
        c, form = t.claim.c, norm_name(shared.name)
        query = select(c.id, c.data, c.level, c.shown_until).where(
            c.a.in_(subject.keys), c.relation == "", live_at(t.claim, self._view.known_at)
        )
        with self._ledger.reading() as connection:
            rows = connection.execute(query.order_by(c.id)).all()
        claims = [
            int(row.id)
            for row in rows
            if visible(*openness(row.level, row.shown_until), self._view)
            and norm_name(str(json.loads(row.data).get("p", {}).get("address", ""))) == form
        ]
        made = edge_id(ADDRESS, subject.id, shared.id, (), None, None)
        return [Edge(made, ADDRESS, subject.id, shared.id, None, None, None, {}, "exact", False, (), tuple(claims))]

    def _represented(self, subject: Node, shared: SoftNode) -> list[Edge]:
        """The link of a subject with the law firm of its agents, proved by what says who stands for it."""
        form = norm_name(shared.name)
        stand = self._reader.neighbours(self._view, [subject.id], (AGENT,), "in")
        some = [edge for edge in stand if norm_name(str(edge.props.get("firm", ""))) == form]
        return [
            Edge(
                edge_id(FIRM, subject.id, shared.id, (edge.id,), edge.valid_from, edge.valid_to), FIRM, subject.id,
                shared.id, edge.valid_from, edge.valid_to, edge.seen_on, {}, edge.match, edge.disagree, edge.sources,
                edge.claims,
            )
            for edge in some
        ]  # fmt: skip


def hops_of(path: Found, edges: dict[Pair, list[Edge]]) -> list[Hop]:
    """The hops of a path: an edge of the relation walked, the best first, others of the pair beside it."""
    hops = []
    for a, b, walked in zip(path.nodes, path.nodes[1:], path.relations, strict=False):
        order = sorted(
            edges[pair_of(a, b)],
            key=lambda e: (
                e.relation != walked,
                COSTS[e.relation],
                MATCHES[e.match],
                RELATIONS.index(e.relation),
                e.id,
            ),
        )
        # Soft links stand for themselves: they are no other evidence for a hard one.
        beside = [e for e in order[1:] if e.relation not in SOFT_RELATIONS or walked in SOFT_RELATIONS]
        hops.append(Hop(order[0], tuple(beside)))
    return hops


def intervals(hop: Hop) -> list[Interval]:
    """When the edges of a hop held."""
    return [(edge.valid_from, edge.valid_to) for edge in (hop.edge, *hop.also)]


def cost_of(edge: Edge) -> float:
    """What a step over an edge costs, passing not counted."""
    return COSTS[edge.relation] / UNIT

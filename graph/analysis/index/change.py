"""Holdings that change: what can change with them is made again, nothing else."""

from dataclasses import dataclass, field

import numpy as np

from graph.analysis.index.build import Edges, Parts, invert
from graph.analysis.index.kernel import SOUND, Flags, Floats, Graph, Ints, Longs, Rings, Work
from graph.analysis.index.matrix import Matrix
from graph.analysis.index.order import SPACING, components
from graph.analysis.index.ranks import BUDGET, between, exchange, room
from graph.analysis.index.rings import LARGEST, RingTooLarge, add_row

_SMALL = 64
#: Rank-one steps after which a ring is inverted afresh, so that rounding does not add up.
_STEPS = 32


class OrderLost(Exception):
    """The order must change in too many places: the index is made anew."""


@dataclass(slots=True)
class Change:
    """One change under way on ``parts``; :meth:`finish` must follow the last :meth:`set`."""

    parts: Parts
    work: Work
    dirty: set[int] = field(default_factory=set)
    #: ring → rows of members that changed, as they were before; None: the ring itself changed.
    rings: dict[int, dict[int, dict[int, float]] | None] = field(default_factory=dict)
    loosened: set[int] = field(default_factory=set)
    inverted: int = 0

    def set(self, holder: int, company: int, share: float) -> None:
        """Set one part of the capital, in inner numbers."""
        graph = self.parts.graph
        ring = int(graph.ring[company])
        inside = ring >= 0 and graph.ring[holder] == ring
        before = self.parts.capital.set(holder, company, share)
        known = holder in before
        self._point()
        self.dirty.add(company)
        if ring >= 0:
            rows = self.rings.setdefault(ring, {})
            if rows is not None:
                rows.setdefault(company, before)
        if holder == company:
            self._own(company, share)
        elif inside and share == 0.0 and known:
            self.loosened.add(ring)
        elif share > 0.0 and not known and not inside and graph.rank[holder] >= 0:
            self._order(holder, company)

    def finish(self) -> Ints:
        """Part the rings that fell apart and invert those that changed; companies whose owners must be made again."""
        for ring in sorted(self.loosened):
            self._part(ring)
        for ring, rows in self.rings.items():
            if self.parts.graph.rings.size[ring]:
                self._invert(ring, rows)
        return np.array(sorted(self.dirty), np.int32)

    def _point(self) -> None:
        """Let the graph see the rows where they are now."""
        capital = self.parts.capital
        if self.parts.graph.holders is not capital.into.rows or self.parts.graph.held is not capital.out.rows:
            self.parts.graph = self.parts.graph._replace(holders=capital.into.rows, held=capital.out.rows)

    def _own(self, company: int, share: float) -> None:
        """A company that holds all of itself is a ring of one, and only then."""
        ring = int(self.parts.graph.ring[company])
        if ring < 0 and share >= 1.0:
            self._ring(np.array([company], np.int32))
        elif ring >= 0 and self.parts.graph.rings.size[ring] > 1:
            self.rings[ring] = None
        elif ring >= 0 and share < 1.0:
            self._dissolve(ring)

    def _order(self, holder: int, company: int) -> None:
        """Make room in the order for a new edge."""
        graph = self.parts.graph
        low, high = int(graph.rank[company]), int(graph.rank[holder])
        if high < low:
            return
        below = between(graph, self.work, company, high, False, BUDGET)
        above = between(graph, self.work, holder, low, True, BUDGET)
        if max(len(below), len(above)) > BUDGET:
            raise OrderLost
        order, ranks = exchange(graph, below, above)
        members = [(unit, self._members(-1 - unit if unit < 0 else unit)) for unit in order]
        merged = np.intersect1d(below, above)
        for (unit, some), rank in zip(members, ranks, strict=True):
            graph.rank[some] = rank
            if unit < 0:
                together = np.concatenate([self._members(int(part)) for part in merged])
                graph.rank[together] = rank
                self._merge(together)

    def _members(self, unit: int) -> Ints:
        rings, ring = self.parts.graph.rings, self.parts.graph.ring[unit]
        if ring < 0:
            return np.array([unit], np.int32)
        return rings.member[rings.first[ring] : rings.first[ring] + rings.size[ring]].copy()

    def _merge(self, members: Ints) -> None:
        """One ring of all these, instead of the rings they were in."""
        old = {int(ring) for ring in self.parts.graph.ring[members] if ring >= 0}
        loose = bool(old & self.loosened)
        for ring in old:
            self._dissolve(ring)
        if len(members) > LARGEST:
            raise RingTooLarge(len(members))
        number = self._ring(members)
        if loose:
            self.loosened.add(number)

    def _ring(self, members: Ints) -> int:
        """A new ring; its inverse is made when the change is finished."""
        graph = self.parts.graph
        rings, number = graph.rings, len(graph.rings.size)
        graph.ring[members] = number
        graph.slot[members] = np.arange(len(members))
        self.parts.graph = graph._replace(
            rings=Rings(
                np.append(rings.first, np.int64(len(rings.member))),
                np.append(rings.size, np.int32(len(members))),
                np.concatenate([rings.member, members]),
                np.append(rings.at, np.int64(self.parts.inverses)),
                rings.inverse,
                np.append(rings.kind, np.int8(SOUND)),
            )
        )
        self.rings[number] = None
        self.dirty.update(members.tolist())
        return number

    def _dissolve(self, ring: int) -> None:
        """Let the members stand alone; the number of the ring stays unused."""
        members = self._members(int(self.parts.graph.rings.member[self.parts.graph.rings.first[ring]]))
        self.parts.graph.ring[members] = -1
        self.parts.graph.slot[members] = 0
        self.parts.graph.rings.size[ring] = 0
        self.rings.pop(ring, None)
        self.loosened.discard(ring)
        self.dirty.update(members.tolist())

    def _part(self, ring: int) -> None:
        """Look whether a ring that lost an edge still is one; else give its parts the room that it had."""
        graph = self.parts.graph
        members = self._members(int(graph.rings.member[graph.rings.first[ring]]))
        start, owner = inner_edges(graph, members)
        order, size = components(start, np.arange(len(owner), dtype=np.int32), owner)
        begins = np.flatnonzero(size)
        if len(begins) == 1:
            return
        ranks = room(int(graph.rank[members[0]]), len(begins))
        if ranks is None:
            raise OrderLost
        self._dissolve(ring)
        for begin, rank in zip(begins, ranks, strict=True):
            some = members[order[begin : begin + size[begin]]]
            graph.rank[some] = rank
            if len(some) > 1 or self.parts.capital.own.get(int(some[0]), 0.0) >= 1.0:
                self._ring(some)

    def _invert(self, ring: int, rows: dict[int, dict[int, float]] | None) -> None:
        """The inverse of a ring after its rows changed: by a rank-one step where one row of a large ring did."""
        graph = self.parts.graph
        rings, members = graph.rings, self._members(int(graph.rings.member[graph.rings.first[ring]]))
        k = len(members)
        steps = self.parts.steps.pop(ring, 0)
        if rows is not None and len(rows) == 1 and k > _SMALL and rings.kind[ring] == SOUND and steps < _STEPS:
            ((company, before),) = rows.items()
            step = _difference(graph, self.parts.capital.into.row(company), before, ring, k)
            at = int(rings.at[ring])
            if add_row(rings.inverse[at : at + k * k], int(graph.slot[company]), step):
                self.parts.steps[ring] = steps + 1
                return
        self.inverted += 1
        own = max(self.parts.capital.own.get(int(v), 0.0) for v in members)
        rings.kind[ring], found = invert(graph.holders, graph.ring, graph.slot, members, own)
        at = int(rings.at[ring])
        if rows is None:
            at = rings.at[ring] = self._space(k * k)
        self.parts.graph.rings.inverse[at : at + len(found)] = found

    def _space(self, need: int) -> int:
        """Where in the pool of inverses so many numbers have room; for good."""
        graph, at = self.parts.graph, self.parts.inverses
        self.parts.inverses += need
        if self.parts.inverses > len(graph.rings.inverse):
            more = np.zeros(need + len(graph.rings.inverse) // 4 + 1024)
            inverse = np.concatenate([graph.rings.inverse, more])
            self.parts.graph = graph._replace(rings=graph.rings._replace(inverse=inverse))
        return at


def inner_edges(graph: Graph, members: Ints) -> tuple[Longs, Ints]:
    """Holdings among the members of one ring: (start per member and one more, holder), as places in ``members``."""
    rows, ring = graph.holders, graph.ring[members[0]]
    place = {int(v): i for i, v in enumerate(members)}
    owner: list[int] = []
    start = [0]
    for v in members:
        some = rows.node[rows.start[v] : rows.start[v] + rows.length[v]]
        owner += [place[int(u)] for u in some[graph.ring[some] == ring]]
        start.append(len(owner))
    return np.array(start, np.int64), np.array(owner, np.int32)


def _difference(graph: Graph, now: dict[int, float], before: dict[int, float], ring: int, k: int) -> Floats:
    """What a row of the ring's matrix got more, as a vector over the ring."""
    step = np.zeros(k)
    for sign, row in ((1.0, now), (-1.0, before)):
        for u, share in row.items():
            if graph.ring[u] == ring:
                step[graph.slot[u]] += sign * share
    return step


def listed(parts: Parts) -> Edges:
    """All holdings as edges in outer numbers, as they were given, treasury stock counted in."""
    outer = parts.graph.outer
    owner, owned, share = _raw(parts.capital)
    if parts.votes is parts.capital:
        return Edges(outer[owner], outer[owned], share, share)
    voter, voted, ballots = _raw(parts.votes)
    pairs, place = np.unique(
        np.concatenate([owned * np.int64(len(outer)) + owner, voted * np.int64(len(outer)) + voter]),
        return_inverse=True,
    )
    both = np.zeros((2, len(pairs)))
    both[0, place[: len(share)]] = share
    both[1, place[len(share) :]] = ballots
    return Edges(outer[pairs % len(outer)], outer[pairs // len(outer)], both[0], both[1])


def _raw(matrix: Matrix) -> tuple[Ints, Ints, Floats]:
    """(holder, company, part) of every entry, treasury stock among them."""
    side = matrix.into
    side.pack()
    own = np.zeros(len(side.rows.start))
    own[list(matrix.own)] = list(matrix.own.values())
    company = np.repeat(np.arange(len(own), dtype=np.int32), side.rows.length)
    treasury = np.flatnonzero(own).astype(np.int32)
    part = side.rows.share[: side.used] * np.where(own < 1.0, 1.0 - own, 1.0)[company]
    holder = np.concatenate([side.rows.node[: side.used], treasury])
    return holder, np.concatenate([company, treasury]), np.concatenate([part, own[treasury]])


def overlaid(before: Edges, edges: Edges, nodes: int) -> Edges:
    """``before`` with the pairs of ``edges`` as they are there; pairs with nothing left go when the index is made."""
    stays = ~np.isin(before.owned * np.int64(nodes) + before.owner, edges.owned * np.int64(nodes) + edges.owner)
    share = np.concatenate([before.share[stays], edges.share])
    votes = share
    if before.votes is not before.share or edges.votes is not edges.share:
        votes = np.concatenate([before.votes[stays], edges.votes])
    owner, owned = (
        np.concatenate([before.owner[stays], edges.owner]),
        np.concatenate([before.owned[stays], edges.owned]),
    )
    return Edges(owner, owned, share, votes)


def grown(parts: Parts, is_company: Flags) -> None:
    """Take in nodes that are new and hold nothing yet: ``is_company`` beyond the nodes there are."""
    graph = parts.graph
    old, nodes = len(graph.outer), len(is_company)
    more = np.arange(old, nodes, dtype=np.int32)
    top = max(int(graph.rank.max(initial=0)), 0) // SPACING + 1
    rank = np.where(is_company[old:], (top + np.arange(nodes - old, dtype=np.int64)) * SPACING, -1)
    parts.capital.grow(nodes)
    if parts.votes is not parts.capital:
        parts.votes.grow(nodes)
    parts.graph = graph._replace(
        outer=np.concatenate([graph.outer, more]),
        inner=np.concatenate([graph.inner, more]),
        rank=np.concatenate([graph.rank, rank]),
        ring=np.concatenate([graph.ring, np.full(nodes - old, -1, np.int32)]),
        slot=np.concatenate([graph.slot, np.zeros(nodes - old, np.int32)]),
        holders=parts.capital.into.rows,
        held=parts.capital.out.rows,
    )

"""Check the edge list, number the nodes, make rows, find rings and invert them."""

from dataclasses import dataclass, field

import numpy as np

from graph.analysis.index.kernel import CLOSED, INCONSISTENT, Flags, Floats, Graph, Ints, Kinds, Longs, Rings, Rows
from graph.analysis.index.matrix import Matrix
from graph.analysis.index.order import SPACING, by_owned, components, held_rows, holder_rows
from graph.analysis.index.rings import LARGEST, RingTooLarge, inverse_of, small_inverses, weights

_SMALL = 64
_EVEN = 1e-12


@dataclass(frozen=True, slots=True)
class Edges:
    """Holdings as arrays of one length m: owner and owned int32, share and votes float64 as parts of one.

    ``votes`` may be the same array as ``share``. At most one edge a pair; the owner of itself is treasury stock.
    """

    owner: Ints
    owned: Ints
    share: Floats
    votes: Floats

    @classmethod
    def of(cls, owner: object, owned: object, share: object, votes: object = None) -> "Edges":
        """From anything numpy reads as numbers; without ``votes`` each share votes."""
        part = np.ascontiguousarray(share, np.float64)
        ballots = part if votes is None or votes is share else np.ascontiguousarray(votes, np.float64)
        return cls(np.ascontiguousarray(owner, np.int32), np.ascontiguousarray(owned, np.int32), part, ballots)

    def check(self, is_company: Flags) -> None:
        """ValueError: lengths that differ, unknown nodes, holdings in no company, negative or endless shares."""
        lengths = {len(self.owner), len(self.owned), len(self.share), len(self.votes)}
        if len(lengths) > 1:
            raise ValueError(f"arrays of different lengths: {sorted(lengths)}")
        if not len(self.owner):
            return
        if min(self.owner.min(), self.owned.min()) < 0 or max(self.owner.max(), self.owned.max()) >= len(is_company):
            raise ValueError(f"an edge names a node outside 0 … {len(is_company) - 1}")
        can_be_held = is_company[self.owned]
        if not can_be_held.all():
            raise ValueError(f"node {self.owned[~can_be_held][0]} is no company, so nobody holds it")
        for name, part in (("share", self.share), ("votes", self.votes)):
            if not (np.isfinite(part).all() and part.min() >= 0):
                raise ValueError(f"{name}: not a number, endless or negative")


@dataclass(slots=True)
class Parts:
    """What :func:`assemble` makes. ``votes`` is ``capital`` itself where all shares vote; rows in inner numbers.

    ``inverses``: where the pool of the rings' inverses ends; ``steps``: rank-one steps since a ring was inverted.
    """

    graph: Graph
    capital: Matrix
    votes: Matrix
    inverses: int
    steps: dict[int, int] = field(default_factory=dict)


def assemble(is_company: Flags, edges: Edges) -> Parts:
    """Everything that questions need; RingTooLarge, ValueError for edges that are no holdings."""
    edges.check(is_company)
    nodes = len(is_company)
    capital = _only(edges, edges.share)
    start, edge = by_owned(nodes, capital.owned)
    order, size = _ends_first(is_company, *components(start, edge, capital.owner))
    inner = np.empty(nodes, np.int32)
    inner[order] = np.arange(nodes, dtype=np.int32)
    holders, own, twice = holder_rows(order, inner, start, edge, capital.owner, capital.share)
    held = held_rows(holders)
    votes = matrix = Matrix.of(holders, held, own)
    if edges.votes is not edges.share:
        ballots = _only(edges, edges.votes)
        start, edge = by_owned(nodes, ballots.owned)
        rows, own_votes, again = holder_rows(order, inner, start, edge, ballots.owner, ballots.votes)
        twice = twice or again
        votes = Matrix.of(rows, held_rows(rows), own_votes)
    if twice:
        raise ValueError("two edges join one pair: sum or settle them first")
    rank, ring, slot, first = _ranks(order, size, is_company, own)
    rings = _rings(holders, ring, slot, first, size, own)
    graph = Graph(order, inner, rank, ring, slot, holders, held, rings, int(nodes - is_company.sum()))
    return Parts(graph, matrix, votes, len(rings.inverse))


def _ends_first(is_company: Flags, order: Ints, size: Ints) -> tuple[Ints, Ints]:
    """Who cannot be held before all others, so that a number tells it, and what is read together lies together."""
    held = is_company[order]
    return np.concatenate([order[~held], order[held]]), np.concatenate([size[~held], size[held]])


def _only(edges: Edges, part: Floats) -> Edges:
    """The edges where ``part`` is more than nothing."""
    if not len(part) or part.min() > 0:
        return edges
    some = part > 0
    return Edges(edges.owner[some], edges.owned[some], edges.share[some], edges.votes[some])


def _ranks(order: Ints, size: Ints, is_company: Flags, own: Floats) -> tuple[Longs, Ints, Ints, Longs]:
    """(rank, ring, slot, first place of each ring). A company that holds all of itself is a ring of one."""
    nodes = len(order)
    rank = np.arange(1, nodes + 1, dtype=np.int64) * SPACING
    ring = np.full(nodes, -1, np.int32)
    slot = np.zeros(nodes, np.int32)
    first = np.flatnonzero((size > 1) | ((size == 1) & (own >= 1.0)))
    for r, begin in enumerate(first):
        members = slice(begin, begin + size[begin])
        rank[members] = rank[begin]
        ring[members] = r
        slot[members] = np.arange(size[begin])
    rank[~is_company[order]] = -1
    return rank, ring, slot, first.astype(np.int64)


def _rings(holders: Rows, ring: Ints, slot: Ints, begin: Longs, size: Ints, own: Floats) -> Rings:
    """The rings that begin at places ``begin``; each inverted where it can be."""
    sizes = size[begin].astype(np.int32)
    if len(sizes) and sizes.max() > LARGEST:
        raise RingTooLarge(int(sizes.max()))
    squares = sizes.astype(np.int64) ** 2
    first, at = np.cumsum(sizes) - sizes, np.cumsum(squares) - squares
    member = np.flatnonzero(ring >= 0).astype(np.int32)
    inverse = np.zeros(int(squares.sum()))
    told = small_inverses(holders, ring, slot, first, sizes, member, at, inverse, _SMALL)
    kind: Kinds = told.astype(np.int8)
    for r in np.flatnonzero(told < 0):
        members = member[first[r] : first[r] + sizes[r]]
        kind[r], found = invert(holders, ring, slot, members, float(own[members].max()))
        inverse[at[r] : at[r] + len(found)] = found
    whole = np.flatnonzero((own >= 1.0) & (ring >= 0))
    kind[ring[whole][sizes[ring[whole]] > 1]] = INCONSISTENT
    return Rings(first.astype(np.int64), sizes, member, at, inverse, kind)


def invert(holders: Rows, ring: Ints, slot: Ints, members: Ints, own: float) -> tuple[int, Floats]:
    """(kind, inverse flat) of one ring; ``own``: the most that a member holds of itself."""
    if len(members) == 1:
        v = members[0]
        others = holders.share[holders.start[v] : holders.start[v] + holders.length[v]].sum()
        return (CLOSED if abs(own - 1.0) <= _EVEN and others <= _EVEN else INCONSISTENT), np.zeros(0)
    if own >= 1.0:
        return INCONSISTENT, np.zeros(0)
    w = np.zeros(len(members) ** 2)
    slack = weights(holders, ring, slot, members, w)
    return inverse_of(w, slack)

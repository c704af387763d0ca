"""Ownership by exact fractions and by brute force: what the index is compared with. Slow, short and obvious."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from graph.analysis.index import Edges, OwnershipIndex

Shares = dict[tuple[int, int], Fraction]


@dataclass(frozen=True, slots=True)
class Case:
    """Nodes 0 … companies - 1 may be held, the rest not; (owner, owned) → part of one."""

    companies: int
    nodes: int
    shares: Shares
    votes: Shares

    def index(self) -> OwnershipIndex:
        """The index of this case."""
        return OwnershipIndex.build(self.is_company, self.edges)

    @property
    def is_company(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Who may be held."""
        return np.arange(self.nodes) < self.companies

    @property
    def edges(self) -> Edges:
        """The holdings as arrays; votes the same array where they are the same numbers."""
        pairs = sorted(self.shares.keys() | self.votes.keys())
        share = np.array([float(self.shares.get(pair, 0)) for pair in pairs])
        votes = share if self.votes == self.shares else np.array([float(self.votes.get(pair, 0)) for pair in pairs])
        return Edges.of([u for u, _ in pairs], [v for _, v in pairs], share, votes)


def case(companies: int, nodes: int, percent: dict[tuple[int, int], float | str | Fraction]) -> Case:
    """A case from percentages; all shares vote."""
    shares = {pair: Fraction(str(part)) / 100 for pair, part in percent.items() if Fraction(str(part))}
    return Case(companies, nodes, shares, shares)


def ring_of(size: int, inside: Fraction = Fraction(1, 2)) -> Case:
    """Each of ``size`` companies holds ``inside`` of the next; person ``size + i`` the rest of company i."""
    parts = {((i - 1) % size, i): inside for i in range(size)} | {(size + i, i): 1 - inside for i in range(size)}
    return Case(size, 2 * size, parts, parts)


def without_treasury(shares: Shares) -> Shares:
    """Cancel what a company holds of itself; KeyError never, a row of one who holds all of itself stays as it is."""
    own = {v: part for (u, v), part in shares.items() if u == v}
    return {(u, v): part / (1 - own[v]) if own.get(v, 1) < 1 else part for (u, v), part in shares.items() if u != v}


def walks(shares: Shares, nodes: int) -> list[list[Fraction]] | None:
    """(I - W)^-1 by Gauss and Jordan; None when there is none."""
    left = [[Fraction(int(i == j)) - shares.get((i, j), 0) for j in range(nodes)] for i in range(nodes)]
    right = [[Fraction(int(i == j)) for j in range(nodes)] for i in range(nodes)]
    for p in range(nodes):
        pivot = next((i for i in range(p, nodes) if left[i][p]), None)
        if pivot is None:
            return None
        left[p], left[pivot] = left[pivot], left[p]
        right[p], right[pivot] = right[pivot], right[p]
        scale = left[p][p]
        left[p], right[p] = [x / scale for x in left[p]], [x / scale for x in right[p]]
        for i in range(nodes):
            factor = left[i][p]
            if i != p and factor:
                left[i] = [x - factor * y for x, y in zip(left[i], left[p], strict=True)]
                right[i] = [x - factor * y for x, y in zip(right[i], right[p], strict=True)]
    return right


def reach(shares: Shares, nodes: int) -> list[set[int]]:
    """Whom each node reaches over holdings, itself only on a ring."""
    found = [{v for (u, v) in shares if u == node} for node in range(nodes)]
    for k in range(nodes):
        for node in range(nodes):
            if k in found[node]:
                found[node] |= found[k]
    return found


def unsound(given: Case) -> dict[int, str]:
    """Members of rings without a number, closed or inconsistent."""
    own = {v: part for (u, v), part in given.shares.items() if u == v}
    shares = without_treasury(given.shares)
    below = reach(shares, given.nodes)
    kinds: dict[int, str] = {}
    for v in range(given.companies):
        members = sorted(u for u in below[v] if v in below[u])
        if not members:
            others = [part for (_, held), part in shares.items() if held == v]
            if own.get(v, 0) >= 1:
                kinds[v] = "closed" if own[v] == 1 and not others else "inconsistent"
            continue
        place = {u: i for i, u in enumerate(members)}
        inside = {(place[a], place[b]): part for (a, b), part in shares.items() if a in place and b in place}
        sums = [sum(part for (_, b), part in inside.items() if b == i) for i in range(len(members))]
        if any(own.get(u, 0) >= 1 for u in members):
            kinds[v] = "inconsistent"
        elif all(total == 1 for total in sums):
            kinds[v] = "closed"
        else:
            inverse = walks(inside, len(members))
            if inverse is None or any(x < 0 for row in inverse for x in row):
                kinds[v] = "inconsistent"
    return kinds


def integrated(given: Case) -> Shares:
    """Integrated shares with the source cut, (holder, company) → part; nothing passes rings without a number."""
    bad = unsound(given)
    shares = {pair: part for pair, part in without_treasury(given.shares).items() if pair[1] not in bad}
    inverse = walks(shares, given.nodes)
    assert inverse is not None
    below = reach(shares, given.nodes)
    return {(s, j): inverse[s][j] / inverse[s][s] for s in range(given.nodes) for j in below[s] if s != j}


def controls(given: Case) -> set[tuple[int, int]]:
    """(holder, company): the least fixpoint of more than half, by trying until nothing changes."""
    votes, half, found = without_treasury(given.votes), Fraction(1, 2), set[tuple[int, int]]()
    for x in range(given.nodes):
        mine: set[int] = set()
        while True:
            more = {
                y
                for y in range(given.companies)
                if y != x and sum(part for (u, v), part in votes.items() if v == y and (u == x or u in mine)) > half
            }
            if more <= mine:
                break
            mine |= more
        found |= {(x, y) for y in mine}
    return found


def ultimate(pairs: set[tuple[int, int]], company: int) -> set[int]:
    """Maximal elements above the company in the preorder of control, itself apart."""
    above = {x for x, y in pairs if y == company}
    return {x for x in above if not any((y, x) in pairs and (x, y) not in pairs for y in above)}


def _shares(pairs: list[tuple[int, int]], percents: list[int]) -> Shares:
    return {pair: Fraction(percent, 100) for pair, percent in zip(pairs, percents, strict=True) if percent}


@st.composite
def cases(draw: st.DrawFn, over: bool = True, max_companies: int = 7) -> Case:
    """Small registers with rings, treasury stock, missing holders and, unless told, rows over 100 %."""
    companies = draw(st.integers(1, max_companies))
    nodes = companies + draw(st.integers(0, 4))
    pairs = draw(
        st.lists(st.tuples(st.integers(0, nodes - 1), st.integers(0, companies - 1)), max_size=18, unique=True)
    )
    percent = st.sampled_from([1, 5, 10, 20, 25, 30, 33, 45, 50, 51, 60, 90, 100])
    percents = [draw(percent) for _ in pairs]
    if not over:
        for company in range(companies):
            row = [i for i, (_, v) in enumerate(pairs) if v == company]
            while sum(percents[i] for i in row) > 100:
                percents[row.pop()] = 0
    shares = _shares(pairs, percents)
    if draw(st.booleans()):
        return Case(companies, nodes, shares, shares)
    return Case(companies, nodes, shares, _shares(pairs, [draw(st.sampled_from([0, p, 100])) for p in percents]))

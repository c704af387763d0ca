"""Why a share is what it is: the heaviest chains of a pair, what the rest of them have, and a tree of all holders."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from graph.analysis.ownership.linear import Number
from graph.analysis.ownership.register import Rows
from graph.analysis.ownership.shares import above

#: Chains looked at for one pair.
STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of holdings from a holder down to a company, and the product of its parts."""

    nodes: tuple[str, ...]
    part: Fraction


@dataclass(frozen=True, slots=True)
class Chains:
    """The heaviest chains of a pair. ``rest``: what all other chains have together, those around rings included.

    ``cut``: more chains there may be than were looked at, so a heavier one may be missing.
    """

    chains: tuple[Chain, ...]
    rest: Number
    cut: bool


def heaviest(rows: Rows, holder: str, company: str, total: Number, limit: int = 3) -> Chains:
    """The ``limit`` heaviest chains without a repeated node, of all that make ``total``; ties in the order of ids.

    Best first from the company up: the part of a chain only falls as it grows, so the first to arrive are the heaviest.
    """
    if limit < 1:
        return Chains((), total, False)
    useful = _below(rows, holder, company)
    heap: list[tuple[Fraction, tuple[str, ...]]] = [(Fraction(-1), (company,))]
    found: list[Chain] = []
    steps = 0
    while heap and len(found) < limit and steps < STEPS:
        part, nodes = heapq.heappop(heap)
        steps += 1
        if nodes[-1] == holder:
            found.append(Chain(nodes[::-1], -part))
            continue
        row = rows.get(nodes[-1])
        for owner, share in sorted(row.known.items()) if row else ():
            if share and owner in useful and owner not in nodes:
                heapq.heappush(heap, (part * share, (*nodes, owner)))
    told = sum((chain.part for chain in found), Fraction(0))
    rest: Number = total - told
    return Chains(tuple(found), rest if round(float(rest), 12) else Fraction(0), bool(heap) and len(found) < limit)


def _below(rows: Rows, holder: str, company: str) -> set[str]:
    """The nodes through which the holder reaches the company, both ends included."""
    over = above(rows, company)
    held: dict[str, list[str]] = {}
    for node in over & rows.keys():
        for owner in rows[node].known:
            held.setdefault(owner, []).append(node)
    found, stack = {holder}, [holder]
    while stack:
        for node in held.get(stack.pop(), ()):
            if node not in found:
                found.add(node)
                stack.append(node)
    return found


@dataclass(frozen=True, slots=True)
class Leaf:
    """A node of the tree of holders. ``level``: least number of steps to the company; ``ring``: it is in a ring."""

    node: str
    level: int
    part: Number | None
    ring: bool


def tree(rows: Rows, company: str, shares: Mapping[str, Number], rings: set[str]) -> list[Leaf]:
    """All holders of a company by level, those of a level from the heaviest on; the company itself is level 0."""
    levels, frontier = {company: 0}, [company]
    while frontier:
        following = []
        for node in frontier:
            row = rows.get(node)
            for owner in row.owners if row else ():
                if owner not in levels:
                    levels[owner] = levels[node] + 1
                    following.append(owner)
        frontier = following
    leaves = [Leaf(node, level, shares.get(node), node in rings) for node, level in levels.items()]
    return sorted(leaves, key=lambda leaf: (leaf.level, -(leaf.part or 0), leaf.node))

"""The order kept while edges come: Pearce and Kelly (2006), with rings that merge, over the rows as they stand.

Only what lies between the ends of a new edge, by rank, is looked at: what is below the held company and what is above
the holder. They exchange their ranks; where the two meet, a ring has closed.
"""

import numpy as np

from graph.analysis.index.kernel import Graph, Ints, Longs, Work, kernel, member_of, size_of
from graph.analysis.index.order import SPACING

#: Units looked at before the order is made anew as a whole instead.
BUDGET = 50_000


@kernel
def between(graph: Graph, work: Work, begin: int, bound: int, upwards: bool, budget: int) -> Ints:
    """First members of the units reached from ``begin``: downwards up to rank ``bound``, or upwards down to it.

    More than ``budget`` when it was spent.
    """
    work.tick[0] += 1
    rings = graph.rings
    rows = graph.holders if upwards else graph.held
    work.unit[0] = member_of(rings, graph.ring[begin], begin, 0)
    work.stamp[work.unit[0]] = work.tick[0]
    units, at = 1, 0
    while at < units and units <= budget:
        first = work.unit[at]
        r = graph.ring[first]
        at += 1
        for i in range(size_of(rings, r)):
            v = member_of(rings, r, first, i)
            for e in range(rows.start[v], rows.start[v] + rows.length[v]):
                u = rows.node[e]
                rank = graph.rank[u]
                u = member_of(rings, graph.ring[u], u, 0)
                inside = rank >= bound if upwards else rank <= bound
                if inside and rank >= 0 and work.stamp[u] != work.tick[0]:
                    work.stamp[u] = work.tick[0]
                    work.unit[units] = u
                    units += 1
    return work.unit[:units].copy()


def exchange(graph: Graph, below: Ints, above: Ints) -> tuple[list[int], Longs]:
    """New ranks after an edge from the ends of ``above`` to those of ``below``: (units in their new order, ranks).

    Units in both are one ring from now on; they stand as one, the first of them, which is returned as -1 - unit.
    """
    merged = np.intersect1d(below, above)
    first = np.setdiff1d(above, merged)
    last = np.setdiff1d(below, merged)
    pool = np.sort(graph.rank[np.concatenate([first, last, merged])])
    order = first[np.argsort(graph.rank[first])].tolist()
    if len(merged):
        order.append(-1 - int(merged[0]))
    order += last[np.argsort(graph.rank[last])].tolist()
    # The ring takes one rank of those that its parts had; which are left over must keep the rest in order.
    spare = len(pool) - len(order)
    ranks = np.concatenate([pool[: len(first)], pool[len(first) + spare :]])
    return order, ranks


def room(rank: int, parts: int) -> list[int] | None:
    """Ranks for the parts of a ring that had ``rank``, before the next rank there is; None where none are left.

    Ranks are multiples of SPACING at first. Parts take odd multiples of a power of two, so the lowest bit of any rank
    tells how much room it has behind it.
    """
    free = min(rank & -rank, SPACING)
    step = free >> (parts.bit_length() + 1)
    return [rank + (2 * i + 1) * step for i in range(parts)] if step else None

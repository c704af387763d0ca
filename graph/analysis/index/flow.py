"""Exact look-through of one company upwards, and of one holder downwards.

With W[u, v] the part of v that u holds and N = (I - W)^-1 the sum over all walks, the integrated share of s in j with
the source cut is N[s, j] / N[s, s] (Baldone, Brioschi, Paleari 1998): no walk returns to s, so a ring is not counted
twice. N is never made: mass 1 is pushed along the order, inside a ring by its own inverse; N[s, s] is an element of it.
"""

import numpy as np

from graph.analysis.index.kernel import SOUND, Floats, Graph, Ints, Rings, Work, helper, kernel, member_of, size_of

_EVEN = 1e-12


@helper
def _meet(graph: Graph, work: Work, v: int, units: int, leaves: int) -> tuple[int, int]:
    """Take a node in for the first time: in a unit (a company, a whole ring) that passes mass on, or a leaf."""
    tick = work.tick[0]
    work.stamp[v] = tick
    work.mass[v] = 0.0
    r = graph.ring[v]
    if graph.rank[v] < 0 or (r >= 0 and graph.rings.kind[r] != SOUND):
        work.leaf[leaves] = v
        return units, leaves + 1
    if r >= 0:
        first = graph.rings.first[r]
        for i in range(first, first + graph.rings.size[r]):
            work.stamp[graph.rings.member[i]] = tick
            work.mass[graph.rings.member[i]] = 0.0
        v = graph.rings.member[first]
    work.unit[units] = v
    return units + 1, leaves


@helper
def _sort(graph: Graph, work: Work, units: int, sign: int) -> None:
    """Put the units into the order of rank, downwards for sign -1. Short lists are nearly sorted already."""
    if units > 24:
        keys = np.empty(units, np.int64)
        for i in range(units):
            keys[i] = sign * graph.rank[work.unit[i]]
        work.unit[:units] = work.unit[:units][np.argsort(keys)]
        return
    for i in range(1, units):
        v = work.unit[i]
        key = sign * graph.rank[v]
        j = i - 1
        while j >= 0 and sign * graph.rank[work.unit[j]] > key:
            work.unit[j + 1] = work.unit[j]
            j -= 1
        work.unit[j + 1] = v


@helper
def _ring_up(rings: Rings, r: int, work: Work) -> None:
    """Mass that came to members of ring r, as mass that passes each of them."""
    size = rings.size[r]
    first, at = rings.first[r], rings.at[r]
    work.dense[:size] = 0.0
    for b in range(size):
        mass = work.mass[rings.member[first + b]]
        if mass != 0.0:
            row = at + b * size
            for a in range(size):
                work.dense[a] += mass * rings.inverse[row + a]
    for a in range(size):
        work.mass[rings.member[first + a]] = work.dense[a]


@helper
def _ring_down(rings: Rings, r: int, work: Work) -> None:
    """The same downwards: mass that passes b is the sum over entries a of mass[a] * N[a, b]."""
    size = rings.size[r]
    first, at = rings.first[r], rings.at[r]
    entries = 0
    for a in range(size):
        if work.mass[rings.member[first + a]] != 0.0:
            work.leaf[entries] = a
            work.dense[size + entries] = work.mass[rings.member[first + a]]
            entries += 1
    for b in range(size):
        total = 0.0
        row = at + b * size
        for i in range(entries):
            total += work.dense[size + i] * rings.inverse[row + work.leaf[i]]
        work.dense[b] = total
    for b in range(size):
        work.mass[rings.member[first + b]] = work.dense[b]


@helper
def _climb(graph: Graph, work: Work, target: int) -> tuple[int, int]:
    """Meet the companies that hold the target; (units, leaves), units in the order in which mass goes up.

    Most ends are met no sooner than mass comes to them: that spares a visit to each.
    """
    work.tick[0] += 1
    rings, rows = graph.rings, graph.holders
    units, leaves = _meet(graph, work, target, 0, 0)
    at = 0
    while at < units:
        first = work.unit[at]
        r = graph.ring[first]
        at += 1
        for i in range(size_of(rings, r)):
            v = member_of(rings, r, first, i)
            for e in range(rows.start[v], rows.start[v] + rows.length[v]):
                u = rows.node[e]
                if u >= graph.ends and work.stamp[u] != work.tick[0]:
                    units, leaves = _meet(graph, work, u, units, leaves)
    _sort(graph, work, units, -1)
    return units, leaves


@helper
def push_up(graph: Graph, work: Work, target: int) -> tuple[int, int, float, float, int]:
    """Push mass 1 from a company (not of an unsound ring) to all its holders.

    Leaves N[s, target] in ``work.mass``, companies' units in ``work.unit``, the last holders in ``work.leaf``. Returns
    (units, leaves, unattributed, excess, rows over 100 % met).
    """
    rings, rows = graph.rings, graph.holders
    units, leaves = _climb(graph, work, target)
    work.mass[target] = 1.0
    unattributed, excess, over = 0.0, 0.0, 0
    for at in range(units):
        first = work.unit[at]
        r = graph.ring[first]
        if r >= 0:
            _ring_up(rings, r, work)
        for i in range(size_of(rings, r)):
            v = member_of(rings, r, first, i)
            mass, total = work.mass[v], 0.0
            for e in range(rows.start[v], rows.start[v] + rows.length[v]):
                u = rows.node[e]
                total += rows.share[e]
                if u < graph.ends and work.stamp[u] != work.tick[0]:
                    work.stamp[u] = work.tick[0]
                    work.leaf[leaves] = u
                    work.mass[u] = mass * rows.share[e]
                    leaves += 1
                elif u < graph.ends or r < 0 or graph.ring[u] != r:
                    work.mass[u] += mass * rows.share[e]
            if total < 1.0 - _EVEN:
                unattributed += mass * (1.0 - total)
            elif total > 1.0 + _EVEN:
                excess += mass * (total - 1.0)
                over += 1
    return units, leaves, unattributed, excess, over


@helper
def own_walks(graph: Graph, v: int) -> float:
    """N[v, v]: 1 outside sound rings."""
    r = graph.ring[v]
    if r < 0 or graph.rings.kind[r] != SOUND:
        return 1.0
    return float(graph.rings.inverse[graph.rings.at[r] + graph.slot[v] * (np.int64(graph.rings.size[r]) + 1)])


@kernel
def up(graph: Graph, work: Work, target: int) -> tuple[Ints, Floats, float, float, float, int]:
    """All holders of one company (outer numbers), their integrated shares; unattributed, excess, blocked, rows over."""
    units, leaves, unattributed, excess, over = push_up(graph, work, target)
    rings = graph.rings
    total = leaves - 1
    for at in range(units):
        total += size_of(rings, graph.ring[work.unit[at]])
    node = np.empty(total, np.int32)
    share = np.empty(total, np.float64)
    blocked, k = 0.0, 0
    for at in range(leaves):
        v = work.leaf[at]
        node[k] = graph.outer[v]
        share[k] = work.mass[v]
        if graph.rank[v] >= 0:
            blocked += work.mass[v]
        k += 1
    for at in range(units):
        r = graph.ring[work.unit[at]]
        for i in range(size_of(rings, r)):
            v = member_of(rings, r, work.unit[at], i)
            if v != target:
                node[k] = graph.outer[v]
                share[k] = work.mass[v] / own_walks(graph, v)
                k += 1
    return node, share, unattributed, excess, blocked, over


@helper
def _begin_down(graph: Graph, work: Work, source: int) -> int:
    """Put the source where mass starts, with its ring's shares by the source cut; the ring's number, -1 without one."""
    own = graph.ring[source]
    work.tick[0] += 1
    rings = graph.rings
    if own < 0 or rings.kind[own] != SOUND:
        work.unit[0] = source
        work.stamp[source] = work.tick[0]
        work.mass[source] = 1.0
        return -1
    _meet(graph, work, source, 0, 0)
    for b in range(rings.size[own]):
        walks = rings.inverse[rings.at[own] + np.int64(b) * rings.size[own] + graph.slot[source]]
        work.mass[rings.member[rings.first[own] + b]] = walks / own_walks(graph, source)
    return int(own)


@helper
def _descend(graph: Graph, work: Work, own: int) -> tuple[int, int]:
    """Meet everything below the first unit; (units in the order in which mass goes down, companies in them)."""
    rings, rows = graph.rings, graph.held
    units, members, at = 1, 0, 0
    while at < units:
        first = work.unit[at]
        r = own if at == 0 else graph.ring[first]
        at += 1
        members += size_of(rings, r)
        for i in range(size_of(rings, r)):
            v = member_of(rings, r, first, i)
            for e in range(rows.start[v], rows.start[v] + rows.length[v]):
                u = rows.node[e]
                if work.stamp[u] != work.tick[0] and (graph.ring[u] < 0 or rings.kind[graph.ring[u]] == SOUND):
                    units, _ = _meet(graph, work, u, units, 0)
    _sort(graph, work, units, 1)
    return units, members


@kernel
def down(graph: Graph, work: Work, source: int) -> tuple[Ints, Floats]:
    """All companies one holder has a part of (outer numbers), and its shares. Unsound rings take no mass."""
    rings, rows = graph.rings, graph.held
    own = _begin_down(graph, work, source)
    units, members = _descend(graph, work, own)
    node = np.empty(members - 1, np.int32)
    share = np.empty(members - 1, np.float64)
    k = 0
    for at in range(units):
        first = work.unit[at]
        r = own if at == 0 else graph.ring[first]
        if r >= 0 and at > 0:
            _ring_down(rings, r, work)
        for i in range(size_of(rings, r)):
            v = member_of(rings, r, first, i)
            if v != source:
                node[k] = graph.outer[v]
                share[k] = work.mass[v]
                k += 1
            for e in range(rows.start[v], rows.start[v] + rows.length[v]):
                u = rows.node[e]
                if work.stamp[u] == work.tick[0] and (r < 0 or graph.ring[u] != r):
                    work.mass[u] += work.mass[v] * rows.share[e]
    return node, share

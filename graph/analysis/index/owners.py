"""Large owners of all companies in one pass, with a bound on what the pass may have missed.

Down the order each company gets a short list of ends with their integrated shares: the lists of its holders, weighted,
without entries below ``EPSILON``. ``loss`` bounds what any one person may have lost on the way, so a company is certain
unless somebody stands within the loss below the cut; the doubtful ones are settled by the exact push. A list has no
more than 1 / EPSILON entries however wide the graph is.
"""

import heapq
from typing import NamedTuple

import numpy as np

from graph.analysis.index.kernel import (
    SOUND,
    Flags,
    Floats,
    Graph,
    Ints,
    Longs,
    Work,
    helper,
    kernel,
    member_of,
    size_of,
)

#: Entries of a list below this are dropped.
EPSILON = 0.004


class Lists(NamedTuple):
    """Ends and shares per company, in one pool, and the loss. ``length`` -1: not made; ``queued``: waits to be."""

    start: Longs
    length: Ints
    loss: Floats
    queued: Flags
    node: Ints
    share: Floats


@helper
def _add(work: Work, u: int, share: float, touched: int) -> int:
    """Add to the sum of one person; how many persons there are."""
    if work.stamp[u] != work.tick[0]:
        work.stamp[u] = work.tick[0]
        work.mass[u] = share
        work.leaf[touched] = u
        return touched + 1
    work.mass[u] += share
    return touched


@helper
def _gather(graph: Graph, lists: Lists, work: Work, v: int) -> tuple[int, float]:
    """Sum the lists of the holders of v that are outside its ring: (persons touched, loss that comes with them)."""
    rows, r = graph.holders, graph.ring[v]
    work.tick[0] += 1
    touched, loss = 0, 0.0
    for e in range(rows.start[v], rows.start[v] + rows.length[v]):
        u, part = rows.node[e], rows.share[e]
        if graph.rank[u] < 0:
            touched = _add(work, u, part, touched)
        elif r < 0 or graph.ring[u] != r:
            loss += part * lists.loss[u]
            for i in range(lists.start[u], lists.start[u] + lists.length[u]):
                touched = _add(work, lists.node[i], part * lists.share[i], touched)
    return touched, loss


@helper
def _keep(lists: Lists, work: Work, v: int, touched: int, loss: float, used: int) -> tuple[int, bool]:
    """Write the list of v behind ``used`` and take it if it differs from the one before: (end, differs)."""
    end, dropped = used, 0.0
    for i in range(touched):
        u = work.leaf[i]
        share = work.mass[u]
        if share >= EPSILON:
            lists.node[end] = u
            lists.share[end] = share
            end += 1
        elif share > dropped:
            dropped = share
    loss += dropped
    old = lists.start[v]
    same = lists.length[v] == end - used and lists.loss[v] == loss
    i = 0
    while same and i < end - used:
        same = lists.node[old + i] == lists.node[used + i] and lists.share[old + i] == lists.share[used + i]
        i += 1
    if same:
        return used, False
    lists.start[v] = used
    lists.length[v] = end - used
    lists.loss[v] = loss
    return end, True


@helper
def _outside(graph: Graph, lists: Lists, work: Work, r: int) -> tuple[Longs, Ints, Floats, Floats]:
    """What comes to each member of a ring from outside: (start, person, share, loss)."""
    size = graph.rings.size[r]
    start = np.zeros(size + 1, np.int64)
    person = np.empty(16 * size, np.int32)
    share = np.empty(16 * size)
    loss = np.zeros(size)
    for b in range(size):
        touched, loss[b] = _gather(graph, lists, work, member_of(graph.rings, r, 0, b))
        begin = start[b]
        if begin + touched > len(person):
            room = np.empty(begin + touched + len(person), np.int32)
            room[:begin] = person[:begin]
            person = room
            wide = np.empty(len(person))
            wide[:begin] = share[:begin]
            share = wide
        for i in range(touched):
            person[begin + i] = work.leaf[i]
            share[begin + i] = work.mass[work.leaf[i]]
        start[b + 1] = begin + touched
    return start, person, share, loss


@helper
def _renamed(work: Work, person: Ints) -> Ints:
    """Number the persons of a ring from 0, in place, so that their sums lie close together; who they were."""
    work.tick[0] += 1
    names = np.empty(len(person), np.int32)
    count = 0
    for i in range(len(person)):
        u = person[i]
        if work.stamp[u] != work.tick[0]:
            work.stamp[u] = work.tick[0]
            work.unit[u] = count
            names[count] = u
            count += 1
        person[i] = work.unit[u]
    return names[:count]


@helper
def _large(work: Work, names: Ints, sums: Floats) -> tuple[int, float]:
    """Hand over the sums that stay in a list: (how many, the largest of the others)."""
    touched, dropped = 0, 0.0
    for i in range(len(sums)):
        if sums[i] >= EPSILON:
            work.leaf[touched] = names[i]
            work.mass[names[i]] = sums[i]
            touched += 1
        elif sums[i] > dropped:
            dropped = sums[i]
    return touched, dropped


@helper
def _make_ring(graph: Graph, lists: Lists, work: Work, r: int, used: int) -> tuple[int, bool]:
    """Make the lists of a ring's members: (end, any differs); the end is -1 where the pool is too small."""
    rings = graph.rings
    size, differs = rings.size[r], False
    if rings.kind[r] != SOUND:
        for b in range(size):
            v = member_of(rings, r, 0, b)
            differs = differs or lists.length[v] != 0
            lists.length[v] = 0
            lists.loss[v] = 0.0
        return used, differs
    start, person, share, lost = _outside(graph, lists, work, r)
    names = _renamed(work, person[: start[size]])
    sums = np.empty(len(names))
    for b in range(size):
        loss = 0.0
        sums[:] = 0.0
        for a in range(size):
            walks = rings.inverse[rings.at[r] + np.int64(b) * size + a]
            loss += walks * lost[a]
            for i in range(start[a], start[a + 1]):
                sums[person[i]] += walks * share[i]
        touched, dropped = _large(work, names, sums)
        loss += dropped
        if used + touched > len(lists.node):
            # Tried again with more room, some lists come out as they are now: remember that they differed.
            lists.length[member_of(rings, r, 0, 0)] = -1
            return -1, True
        used, other = _keep(lists, work, member_of(rings, r, 0, b), touched, loss, used)
        differs = differs or other
    return used, differs


@helper
def _make(graph: Graph, lists: Lists, work: Work, v: int, used: int) -> tuple[int, bool]:
    """Make the list of a company, or of its whole ring."""
    if graph.ring[v] >= 0:
        return _make_ring(graph, lists, work, graph.ring[v], used)
    touched, loss = _gather(graph, lists, work, v)
    if used + touched > len(lists.node):
        return -1, True
    return _keep(lists, work, v, touched, loss, used)


@kernel
def make_all(graph: Graph, lists: Lists, work: Work, order: Ints, begin: int, used: int) -> tuple[int, int]:
    """Make all lists in the given order from place ``begin``; (place where the pool was too small or the end, used)."""
    for at in range(begin, len(order)):
        v = order[at]
        if graph.ring[v] < 0 or graph.slot[v] == 0:
            end, _ = _make(graph, lists, work, v, used)
            if end < 0:
                return at, used
            used = end
    return len(order), used


@kernel
def remake(graph: Graph, lists: Lists, work: Work, dirty: Ints, used: int) -> tuple[Ints, int, int]:
    """Make dirty lists again, and what is below while they come out different.

    Returns (units that still wait because the pool is too small, used, companies made again).
    """
    heap = [(np.int64(0), 0)]
    heap.pop()
    for v in dirty:
        _queue(graph, lists, heap, v)
    made = 0
    while heap:
        _, v = heap[0]
        r = graph.ring[v]
        end, differs = _make(graph, lists, work, v, used)
        if end < 0:
            break
        used = end
        heapq.heappop(heap)
        lists.queued[v] = False
        made += size_of(graph.rings, r)
        if differs:
            for i in range(size_of(graph.rings, r)):
                u = member_of(graph.rings, r, v, i)
                for e in range(graph.held.start[u], graph.held.start[u] + graph.held.length[u]):
                    below = graph.held.node[e]
                    if r < 0 or graph.ring[below] != r:
                        _queue(graph, lists, heap, below)
    waiting = np.empty(len(heap), np.int32)
    for i in range(len(heap)):
        waiting[i] = heap[i][1]
        lists.queued[waiting[i]] = False
    return waiting, used, made


@helper
def _queue(graph: Graph, lists: Lists, heap: list[tuple[np.int64, int]], v: int) -> None:
    """Let the unit of v wait for its turn."""
    unit = member_of(graph.rings, graph.ring[v], v, 0) + 0
    if not lists.queued[unit]:
        lists.queued[unit] = True
        heapq.heappush(heap, (graph.rank[unit], unit))

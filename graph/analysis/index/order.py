"""From an edge list to rows in topological order: Tarjan's components, one counting sort each way, O(nodes + edges)."""

import numpy as np

from graph.analysis.index.kernel import Floats, Ints, Longs, Rows, kernel

#: Ranks are this far apart, so that a ring that falls apart finds room for its parts between its neighbours.
SPACING = 1 << 20


@kernel
def by_owned(nodes: int, owned: Ints) -> tuple[Longs, Ints]:
    """Counting sort: (start per node and one more, edge numbers in the order of what they are holdings of)."""
    start = np.zeros(nodes + 1, np.int64)
    for v in owned:
        start[v + 1] += 1
    for v in range(nodes):
        start[v + 1] += start[v]
    at = start[:-1].copy()
    edge = np.empty(len(owned), np.int32)
    for e in range(len(owned)):
        edge[at[owned[e]]] = e
        at[owned[e]] += 1
    return start, edge


@kernel
def components(start: Longs, edge: Ints, owner: Ints) -> tuple[Ints, Ints]:  # noqa: C901 - one stack machine
    """Tarjan 1972 without recursion, walked from the held to the holder.

    Returns (order, size): nodes so that holders come first and members of a component stand together; ``size[i]`` is
    that of the component which begins at place i, 0 inside one.
    """
    nodes = len(start) - 1
    index = np.zeros(nodes, np.int32)
    low = np.zeros(nodes, np.int32)
    at = start[:-1].copy()
    stack = np.empty(nodes, np.int32)
    path = np.empty(nodes, np.int32)
    order = np.empty(nodes, np.int32)
    size = np.zeros(nodes, np.int32)
    done = nodes + 1
    clock, placed, waiting = 0, 0, 0
    for root in range(nodes):
        if index[root] != 0:
            continue
        depth = 0
        clock += 1
        index[root] = low[root] = clock
        path[0] = root
        stack[waiting] = root
        waiting += 1
        while depth >= 0:
            v = path[depth]
            if at[v] < start[v + 1]:
                u = owner[edge[at[v]]]
                at[v] += 1
                if index[u] == 0:
                    clock += 1
                    index[u] = low[u] = clock
                    stack[waiting] = u
                    waiting += 1
                    depth += 1
                    path[depth] = u
                elif index[u] < low[v] and low[u] != done:
                    low[v] = index[u]
                continue
            depth -= 1
            if depth >= 0 and low[v] < low[path[depth]]:
                low[path[depth]] = low[v]
            if low[v] != index[v]:
                continue
            begin = placed
            while True:
                waiting -= 1
                u = stack[waiting]
                low[u] = done
                order[placed] = u
                placed += 1
                if u == v:
                    break
            size[begin] = placed - begin
    return order, size


@kernel
def holder_rows(
    order: Ints, inner: Ints, start: Longs, edge: Ints, owner: Ints, share: Floats
) -> tuple[Rows, Floats, bool]:
    """Rows of holders under the inner numbers without self-holdings, shares in oneself, whether a pair comes twice."""
    nodes = len(order)
    first = np.empty(nodes, np.int64)
    length = np.empty(nodes, np.int32)
    node = np.empty(len(edge), np.int32)
    part = np.empty(len(edge), np.float64)
    own = np.zeros(nodes)
    last = np.full(nodes, -1, np.int32)
    twice = False
    used = 0
    for v in range(nodes):
        old = order[v]
        first[v] = used
        for at in range(start[old], start[old + 1]):
            e = edge[at]
            u = inner[owner[e]]
            twice = twice or last[u] == v
            last[u] = v
            if u == v:
                own[v] = share[e]
                continue
            node[used] = u
            part[used] = share[e]
            used += 1
        length[v] = used - first[v]
        if 0.0 < own[v] < 1.0:
            for i in range(first[v], used):
                part[i] /= 1.0 - own[v]
    return Rows(first, length, node[:used], part[:used]), own, twice


@kernel
def held_rows(holders: Rows) -> Rows:
    """The same rows seen from the holder, each in the order of what is held."""
    nodes = len(holders.start)
    count = np.zeros(nodes, np.int32)
    for i in range(len(holders.node)):
        count[holders.node[i]] += 1
    first = np.empty(nodes, np.int64)
    used = 0
    for v in range(nodes):
        first[v] = used
        used += count[v]
    at = first.copy()
    node = np.empty(used, np.int32)
    share = np.empty(used, np.float64)
    for v in range(nodes):
        for i in range(holders.start[v], holders.start[v] + holders.length[v]):
            u = holders.node[i]
            node[at[u]] = v
            share[at[u]] = holders.share[i]
            at[u] += 1
    return Rows(first, count, node, share)

"""Loops over the whole graph, as machine code, when an index is made: dead ends and components."""

import numpy as np

from graph.analysis.evidence.kernel import BEGIN, FREE, INWARD, ON, OTHER, RELATION, Flags, Ints, Longs, kernel


@kernel
def _neighbours(bounds: Longs, arc: Ints) -> Ints:
    """How many others each node is linked with without a hub; arcs to one other lie side by side."""
    near = np.zeros(bounds.shape[0], np.int32)
    for v in range(bounds.shape[0]):
        for a in range(bounds[v, BEGIN], bounds[v, FREE]):
            near[v] += a == bounds[v, BEGIN] or arc[a, OTHER] != arc[a - 1, OTHER]
    return near


@kernel
def _inward(bounds: Longs, arc: Ints) -> Ints:
    """The way out of each node that lies in a tree, -1 for others: leaves are taken off until none is left."""
    count = bounds.shape[0]
    inward, queue, near = np.full(count, -1, np.int32), np.empty(count, np.int32), _neighbours(bounds, arc)
    first = last = 0
    for v in range(count):
        if near[v] == 1:
            queue[last] = v
            last += 1
    while first < last:
        v, first = queue[first], first + 1
        for a in range(bounds[v, BEGIN], bounds[v, FREE]):
            w = arc[a, OTHER]
            if near[v] == 1 and inward[w] < 0:
                inward[v] = w
                near[w] -= 1
                if near[w] == 1:
                    queue[last] = w
                    last += 1
                break
    return inward


@kernel
def peel(bounds: Longs, arc: Ints) -> None:
    """Put arcs last that lead into a tree, where no way leads on, over links without hubs; mark those out of one.

    A path into such a tree ends in it, so its other end finds the way in. ``bounds[v, ON]`` is set to the end of the
    arcs that lead on.
    """
    inward, dead_ends = _inward(bounds, arc), np.empty_like(arc)
    for v in range(bounds.shape[0]):
        on, dead = bounds[v, BEGIN], 0
        for a in range(bounds[v, BEGIN], bounds[v, FREE]):
            w = arc[a, OTHER]
            if inward[v] == w:
                arc[a, RELATION] |= INWARD
            if inward[w] == v:
                dead_ends[dead] = arc[a]
                dead += 1
            else:
                arc[on] = arc[a]
                on += 1
        bounds[v, ON] = on
        arc[on : bounds[v, FREE]] = dead_ends[:dead]


@kernel
def components(count: int, left: Ints, right: Ints, kept: Flags) -> Ints:
    """The weak component of each node over the links kept, named by its least node (union with path halving)."""
    root = np.arange(count).astype(np.int32)
    for i in range(left.size):
        if not kept[i]:
            continue
        a, b = left[i], right[i]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        root[max(a, b)] = min(a, b)
    for v in range(count):
        # Roots are smaller than what hangs on them, so theirs is final by now.
        root[v] = root[root[v]]
    return root

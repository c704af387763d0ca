"""Loops over arrays as machine code: the bidirectional search, and the search from one to many.

Compiled by numba on the first call and kept in ``__pycache__``; they run without the interpreter's lock. What they are
made of is put into them: a call counts references to every array that it passes, which costs more than a step.

The graph: ``bounds[v]`` are the places of a node's arcs: begin, end of those that lead on where neither end is a hub in
the relation, end of those that lead into a dead end (see ``parts.peel``), end of those where only the other end is a
hub, end. ``arc[a]`` is an arc: other end, what half of passing the near and the far end costs, relation with the marks
:data:`HUBWARD` and :data:`INWARD`. ``half[relation]`` is half of what a step costs, -1 for one that is not walked.

A search: ``info[side, label]`` is what is known of a node (columns below), ``table[side]`` finds it by open addressing,
``heap[side]`` holds (key, label), ``size[side]`` counts labels, entries of the heap and arcs looked at. The first three
are a :class:`Room`, used again and again: a search takes its labels out of ``table`` when it ends.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: How a search ended: all that could matter was looked at, the budget was spent, the room was too small.
DONE, SPENT, FULL = 0, 1, 2

#: The cost of passing a node that may only be an end.
BLOCK = 1 << 29

#: The cost of a node's steps is multiplied by ``1 + strain / EVEN``; so untouched memory is no strain.
EVEN = 1024

#: Columns of ``bounds``, of ``arc`` and of ``info``.
BEGIN, ON, FREE, MILD, END = 0, 1, 2, 3, 4
OTHER, NEAR, FAR, RELATION = 0, 1, 2, 3
_NODE, _HOPS, _COST, _PARENT, _ARC, _SETTLED, _SLOT = 0, 1, 2, 3, 4, 5, 6

#: Marks in the column of the relation: the far end is a hub; the near end lies in a tree and this leads out of it.
HUBWARD, INWARD = 64, 128
KIND = HUBWARD - 1

#: No step costs less; two searches that have not met are at least one step apart.
_STEP = 1000

#: Bits of the place of a node in a key of a heap, below its cost.
_BITS = 31

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile a function over arrays."""
    return cast("F", numba.njit(cache=True, nogil=True)(function))


def part(function: F) -> F:
    """A part of a kernel, put into it: a call would count references to every array that it passes."""
    return cast("F", numba.njit(inline="always")(function))


class Ask(NamedTuple):
    """What is asked: from where to where, whether hubs are passed, hops at most (0 = any number), arcs to look at.

    ``direct``: whether a step from end to end counts. ``plain``: no hub is passed and neither end is one.
    """

    origin: int
    goal: int
    hubs: bool
    most: int
    budget: int
    direct: bool
    plain: bool


class Room(NamedTuple):
    """Where searches note what they find. ``table`` is empty between them."""

    info: Longs
    table: Ints
    heap: Longs

    @classmethod
    def of(cls, labels: int) -> "Room":
        """Room for so many labels a side, a power of two."""
        table = np.full((2, 2 * labels), -1, np.int32)
        return cls(np.empty((2, labels, 8), np.int64), table, np.empty((2, 2 * labels, 2), np.int64))


@part
def _slot(info: Longs, table: Ints, side: int, node: int, hops: int) -> int:
    """Where in the table a label is or would be."""
    mask = table.shape[1] - 1
    at = (((node * 2654435761) >> 9) ^ (hops * 40503)) & mask
    while table[side, at] >= 0:
        label = table[side, at]
        if info[side, label, _NODE] == node and info[side, label, _HOPS] == hops:
            break
        at = (at + 1) & mask
    return int(at)


@part
def _push(heap: Longs, size: Longs, side: int, key: int, label: int) -> None:
    at = size[side, 1]
    size[side, 1] += 1
    while at > 0:
        above = (at - 1) >> 1
        if heap[side, above, 0] <= key:
            break
        heap[side, at, 0], heap[side, at, 1] = heap[side, above, 0], heap[side, above, 1]
        at = above
    heap[side, at, 0], heap[side, at, 1] = key, label


@part
def _pop(heap: Longs, size: Longs, side: int) -> int:
    """The label with the least key, taken off."""
    first = heap[side, 0, 1]
    size[side, 1] -= 1
    count = size[side, 1]
    key, last, at = heap[side, count, 0], heap[side, count, 1], 0
    while True:
        below = 2 * at + 1
        if below >= count:
            break
        if below + 1 < count and heap[side, below + 1, 0] < heap[side, below, 0]:
            below += 1
        if heap[side, below, 0] >= key:
            break
        heap[side, at, 0], heap[side, at, 1] = heap[side, below, 0], heap[side, below, 1]
        at = below
    heap[side, at, 0], heap[side, at, 1] = key, last
    return int(first)


@part
def _label(
    info: Longs, table: Ints, heap: Longs, size: Longs, side: int, node: int, hops: int, cost: int, parent: int, a: int
) -> int:
    """Note that a node is reached at a cost; the label, -1 when it is known as cheap, -2 when the room is full."""
    at = _slot(info, table, side, node, hops)
    label = table[side, at]
    if label >= 0 and info[side, label, _COST] <= cost:
        return -1
    if size[side, 1] >= heap.shape[1] or (label < 0 and size[side, 0] >= info.shape[1]):
        return -2
    if label < 0:
        label = size[side, 0]
        size[side, 0] += 1
        table[side, at], info[side, label, _SLOT] = label, at
        info[side, label, _NODE], info[side, label, _HOPS], info[side, label, _SETTLED] = node, hops, 0
    info[side, label, _COST], info[side, label, _PARENT], info[side, label, _ARC] = cost, parent, a
    _push(heap, size, side, (cost << _BITS) | node, label)
    return int(label)


@part
def _next(info: Longs, heap: Longs, size: Longs, side: int) -> bool:
    """Whether there is a label to settle, once those are off the heap that a cheaper entry settled."""
    while size[side, 1] > 0 and info[side, heap[side, 0, 1], _SETTLED]:
        _pop(heap, size, side)
    return bool(size[side, 1] > 0)


@part
def _beaten(info: Longs, table: Ints, side: int, label: int) -> bool:
    """Whether the node was settled with fewer hops before, which was no dearer."""
    for hops in range(info[side, label, _HOPS]):
        found = table[side, _slot(info, table, side, info[side, label, _NODE], hops)]
        if found >= 0 and info[side, found, _SETTLED]:
            return True
    return False


@part
def _last(bounds: Longs, node: int, ask: Ask, end: bool) -> int:
    """Where the arcs end that a search may look at.

    All where hubs are passed and of an end that is a hub, else none that pass the node as one. Between two ends that
    are none, none that lead into a dead end: who is in it finds the way out.
    """
    if ask.hubs:
        return int(bounds[node, END])
    if ask.plain:
        return int(bounds[node, ON])
    return int(bounds[node, END] if end else bounds[node, MILD])


@part
def _across(info: Longs, table: Ints, side: int, node: int, spare: int) -> int:
    """The cheapest label of a side for a node, within the hops that are left; -1 for none."""
    best = -1
    for hops in range(spare + 1):
        found = table[side, _slot(info, table, side, node, hops)]
        if found >= 0 and (best < 0 or info[side, found, _COST] < info[side, best, _COST]):
            best = found
    return best


@part
def _share(base: int, passing: int, node: int, end: bool, strain: Ints) -> int:
    """What one end of a step costs: half of the step and, for an inner node, half of passing it."""
    if end:
        return base
    whole = base + passing
    return whole + whole * strain[node] // EVEN if strain.size else whole


@part
def _expand(
    bounds: Longs, arc: Ints, half: Longs, strain: Ints, info: Longs, table: Ints, heap: Longs, size: Longs, met: Longs,
    ask: Ask, side: int, label: int,
) -> int:  # fmt: skip
    """Walk all arcs of a settled label; ``met``: the least cost so far and the label of either side that gives it."""
    origin, goal = (ask.origin, ask.goal) if side == 0 else (ask.goal, ask.origin)
    v, so_far = info[side, label, _NODE], info[side, label, _COST]
    other = size[1 - side, 1]
    top = heap[1 - side, 0, 0] >> _BITS if other else 0
    # Where the other side has nothing left, only the way out of a dead end may still lead to what it has reached.
    must = 0 if other else INWARD
    hops, spare = (info[side, label, _HOPS] + 1, ask.most - info[side, label, _HOPS] - 1) if ask.most else (0, 0)
    for a in range(bounds[v, BEGIN], _last(bounds, v, ask, v == origin)):
        size[side, 2] += 1
        if size[0, 2] + size[1, 2] > ask.budget:
            return SPENT
        w, kind = arc[a, OTHER], arc[a, RELATION]
        base = half[kind & KIND]
        if base < 0 or (w == goal and v == origin and not ask.direct):
            continue
        if w != goal and (arc[a, FAR] >= BLOCK or (kind & HUBWARD and not ask.hubs) or kind & must != must):
            continue
        cost = so_far + _share(base, arc[a, NEAR], v, v == origin, strain)
        cost += _share(base, arc[a, FAR], w, w == goal, strain)
        found = _across(info, table, 1 - side, w, spare)
        whole = cost + info[1 - side, found, _COST] if found >= 0 else 0
        better = found >= 0 and (met[0] < 0 or whole < met[0])
        if met[0] >= 0 and not better and cost + top + (_STEP if found < 0 else 0) >= met[0]:
            continue
        made = _label(info, table, heap, size, side, w, hops, cost, label, a)
        if made == -2:
            return FULL
        if made >= 0 and better:
            met[0], met[1 + side], met[2 - side] = whole, made, found
    return DONE


@kernel
def _walked(arc: Ints, info: Longs, met: Longs) -> Ints:
    """The path as rows: node, relation of the step that follows, half costs of passing its left and its right end."""
    length = 0
    for side in range(2):
        at = met[1 + side]
        while info[side, at, _PARENT] >= 0:
            length, at = length + 1, info[side, at, _PARENT]
    rows, at = np.zeros((length + 1, 4), np.int32), met[2]
    place = length
    while info[1, at, _PARENT] >= 0:
        at, place = info[1, at, _PARENT], place - 1
    middle, at = place, met[1]
    while place > 0:
        a, place = info[0, at, _ARC], place - 1
        rows[place + 1, 0] = info[0, at, _NODE]
        rows[place, 1], rows[place, 2], rows[place, 3] = arc[a, RELATION], arc[a, NEAR], arc[a, FAR]
        at = info[0, at, _PARENT]
    rows[0, 0] = info[0, at, _NODE]
    at = met[2]
    for place in range(middle, length):
        a = info[1, at, _ARC]
        rows[place, 1], rows[place, 2], rows[place, 3] = arc[a, RELATION], arc[a, FAR], arc[a, NEAR]
        at = info[1, at, _PARENT]
        rows[place + 1, 0] = info[1, at, _NODE]
    for place in range(length):
        rows[place, 1] &= KIND
    return rows


@kernel
def _tidy(info: Longs, table: Ints, size: Longs) -> None:
    """Take all labels out of the table."""
    for side in range(size.shape[0]):
        for label in range(size[side, 0]):
            table[side, info[side, label, _SLOT]] = -1


@kernel
def meet(
    bounds: Longs, arc: Ints, half: Longs, strain: Ints, ask: Ask, info: Longs, table: Ints, heap: Longs
) -> tuple[int, int, int, Ints]:
    """The cheapest path between two nodes by bidirectional Dijkstra.

    Status, arcs looked at, labels made, and the path as rows of :func:`_walked` (none: no row). The side goes on that
    has looked at less, the arcs of its next node counted in, so that the arcs of a hub are read only when the other
    side has cost as much. ``strain``: empty, or one a node, in parts of :data:`EVEN`. ``info``, ``table``,
    ``heap``: a :class:`Room`; :data:`FULL` when it does not suffice.
    """
    size, met = np.zeros((2, 3), np.int64), np.full(3, -1, np.int64)
    _label(info, table, heap, size, 0, ask.origin, 0, 0, -1, -1)
    _label(info, table, heap, size, 1, ask.goal, 0, 0, -1, -1)
    status = DONE
    while status == DONE:
        some, more = _next(info, heap, size, 0), _next(info, heap, size, 1)
        if not (some and more) and not (ask.plain and (some or more)):
            break
        least = (heap[0, 0, 0] >> _BITS if some else 0) + (heap[1, 0, 0] >> _BITS if more else 0)
        if met[0] >= 0 and least + (_STEP if some and more else 0) >= met[0]:
            break
        side = 0 if some else 1
        if some and more:
            u, v = info[0, heap[0, 0, 1], _NODE], info[1, heap[1, 0, 1], _NODE]
            left = size[0, 2] + _last(bounds, u, ask, u == ask.origin) - bounds[u, BEGIN]
            right = size[1, 2] + _last(bounds, v, ask, v == ask.goal) - bounds[v, BEGIN]
            side = 0 if left <= right else 1
        label = _pop(heap, size, side)
        info[side, label, _SETTLED] = 1
        if info[side, label, _NODE] == (ask.goal if side == 0 else ask.origin):
            continue
        if ask.most and (info[side, label, _HOPS] >= ask.most or _beaten(info, table, side, label)):
            continue
        status = _expand(bounds, arc, half, strain, info, table, heap, size, met, ask, side, label)
    scanned, made = size[0, 2] + size[1, 2], size[0, 0] + size[1, 0]
    _tidy(info, table, size)
    if met[0] < 0:
        return status, scanned, made, np.empty((0, 4), np.int32)
    return status, scanned, made, _walked(arc, info, met)


@part
def _spread(
    bounds: Longs, arc: Ints, half: Longs, goals: Ints, info: Longs, table: Ints, heap: Longs, size: Longs, ends: Longs,
    ask: Ask, label: int,
) -> int:  # fmt: skip
    """Walk all arcs of a settled label; ``ends``: of each goal the least cost, the label before it and the arc."""
    none = np.empty(0, np.int32)
    v, so_far, hops = info[0, label, _NODE], info[0, label, _COST], info[0, label, _HOPS] + 1
    for a in range(bounds[v, BEGIN], _last(bounds, v, ask, v == ask.origin)):
        size[0, 2] += 1
        if size[0, 2] > ask.budget:
            return SPENT
        w, kind = arc[a, OTHER], arc[a, RELATION]
        base = half[kind & KIND]
        if base < 0 or w == ask.origin:
            continue
        cost = so_far + base + _share(base, arc[a, NEAR], v, v == ask.origin, none)
        goal = goals[w]
        if goal > ask.goal and (ends[goal, 0] < 0 or cost < ends[goal, 0]):
            ends[goal, 0], ends[goal, 1], ends[goal, 2] = cost, label, a
        if hops < ask.most and arc[a, FAR] < BLOCK and (ask.hubs or not kind & HUBWARD):
            made = _label(info, table, heap, size, 0, w, hops, cost + arc[a, FAR], label, a)
            if made == -2:
                return FULL
    return DONE


@kernel
def reach(
    bounds: Longs, arc: Ints, half: Longs, goals: Ints, count: int, ask: Ask, info: Longs, table: Ints, heap: Longs
) -> tuple[int, int, Ints]:
    """The cheapest path from one node to each of many within ``ask.most`` hops.

    ``goals``: a node's number among ``count`` goals, -1 for others; only numbers above ``ask.goal`` are looked for.
    Status, arcs looked at, and paths by goal as rows of :func:`_walked`, node -1 after the last (first node -1: none).
    """
    size = np.zeros((1, 3), np.int64)
    ends = np.full((count, 3), -1, np.int64)
    _label(info, table, heap, size, 0, ask.origin, 0, 0, -1, -1)
    status = DONE
    while status == DONE and _next(info, heap, size, 0):
        label = _pop(heap, size, 0)
        info[0, label, _SETTLED] = 1
        if info[0, label, _HOPS] < ask.most and not _beaten(info, table, 0, label):
            status = _spread(bounds, arc, half, goals, info, table, heap, size, ends, ask, label)
    _tidy(info, table, size)
    rows = np.full((count, ask.most + 1, 4), -1, np.int32)
    for goal in range(count):
        if ends[goal, 0] < 0:
            continue
        label, a = ends[goal, 1], ends[goal, 2]
        place = info[0, label, _HOPS]
        rows[goal, place + 1, 0] = arc[a, OTHER]
        while place >= 0:
            rows[goal, place, 0], rows[goal, place, 1] = info[0, label, _NODE], arc[a, RELATION] & KIND
            rows[goal, place, 2], rows[goal, place, 3] = arc[a, NEAR], arc[a, FAR]
            a, label, place = info[0, label, _ARC], info[0, label, _PARENT], place - 1
    return status, size[0, 2], rows

"""What every kernel of the index shares: the compiler, the types of arrays, the tuples of arrays, the tolerance.

Kernels are plain functions over arrays, compiled by numba on the first call and kept in ``__pycache__``. They run
without the interpreter's lock and keep no state, so threads may ask one index at a time, each with its own
:class:`Work`. numba looks at the file of a kernel only: a kernel calls kernels of its own file or of this one, and
after a change here the others want to be compiled anew (touch them).
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kinds = NDArray[np.int8]

#: Shares within this of a threshold count as equal to it: a billionth, a thousand times what rounding can do.
TOLERANCE = 1e-9

F = TypeVar("F", bound=Callable[..., object])


_HOW: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def kernel(function: F) -> F:
    """Compile a function over arrays; the machine code is kept beside the module."""
    return cast("F", numba.njit(**_HOW)(function))


def helper(function: F) -> F:
    """The same for a function that only kernels call; without a way in from Python it is compiled sooner."""
    return cast("F", numba.njit(**_HOW | {"no_cpython_wrapper": True})(function))


class Rows(NamedTuple):
    """A list of (node, share) per node, in one pool; lists may lie anywhere in it."""

    start: Longs
    length: Ints
    node: Ints
    share: Floats


class Rings(NamedTuple):
    """Strongly connected sets of companies; ``member`` and ``inverse`` are pools.

    ``inverse[at[r] + b * size[r] + a]`` is ``N[a, b]``: all walks from member a down to member b, inside the
    ring, the empty one included. ``kind``: :data:`SOUND`, :data:`CLOSED` or :data:`INCONSISTENT`, which have none.
    """

    first: Longs
    size: Ints
    member: Ints
    at: Longs
    inverse: Floats
    kind: Kinds


class Graph(NamedTuple):
    """The holdings. Nodes are numbered inside so that holders come before what they hold and lie near it.

    ``rank``: increases from holder to held company outside rings, the same for all members of a ring; -1 for who
    cannot be held. ``ring``: its number or -1; ``slot``: place in the ring. ``outer``, ``inner``: the translation.
    ``ends``: numbers below it cannot be held; those who came later and cannot be held either are not among them.
    """

    outer: Ints
    inner: Ints
    rank: Longs
    ring: Ints
    slot: Ints
    holders: Rows
    held: Rows
    rings: Rings
    ends: int


class Work(NamedTuple):
    """Scratch memory of one thread; pages that no question touches cost nothing."""

    stamp: Ints
    mass: Floats
    unit: Ints
    leaf: Ints
    dense: Floats
    tick: Ints


SOUND, CLOSED, INCONSISTENT = 0, 1, 2


@helper
def size_of(rings: Rings, r: int) -> int:
    """Members of the unit with ring number r; a company outside rings (-1) is a unit by itself."""
    return 1 if r < 0 else int(rings.size[r])


@helper
def member_of(rings: Rings, r: int, v: int, i: int) -> int:
    """The i-th member of the unit of ring r, or v, which is a unit by itself."""
    return v if r < 0 else int(rings.member[rings.first[r] + i])


def work(nodes: int) -> Work:
    """Scratch memory for an index of so many nodes."""
    return Work(
        np.zeros(nodes, np.int32),
        np.zeros(nodes),
        np.zeros(nodes, np.int32),
        np.zeros(nodes, np.int32),
        np.zeros(2 * nodes),
        np.zeros(1, np.int32),
    )

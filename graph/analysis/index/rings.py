"""Inverses of rings: the strongly connected sets of companies that hold each other.

With w[b, a] the part of member b that member a holds, N^T = (I - w)^-1. What leaves a row is its slack, 1 - its sum.
Where no row is over 100 %, the elimination of Grassmann, Taksar and Heyman (1985), carried to the inverse by Alfa, Xue
and Ye (2002), never subtracts: each element is right to rounding however close to singular the ring is. Large rings go
to LAPACK, which is quicker, and come back to this where they are not well conditioned.
"""

from typing import cast

import numpy as np

from graph.analysis.index.kernel import CLOSED, INCONSISTENT, SOUND, Floats, Ints, Longs, Rows, helper, kernel

#: The largest ring that is inverted: 5,000 members take 200 MB.
LARGEST = 5_000
_SMALL = 64
_RESIDUAL = 1e-9
_EVEN = 1e-12
#: The largest element of an inverse that is believed from LAPACK.
_TAME = 1e4
#: In a ring with a row over 100 % a larger element says that there is no inverse, but for rounding.
_ENDLESS = 1e9


class RingTooLarge(ValueError):
    """A ring has more than :data:`LARGEST` members; its dense inverse would take gigabytes."""

    def __init__(self, members: int) -> None:
        super().__init__(f"a ring of {members} companies that hold each other is over the limit of {LARGEST}")
        self.members = members


@kernel
def weights(holders: Rows, ring: Ints, slot: Ints, member: Ints, out: Floats) -> Floats:
    """Write w of one ring into ``out`` (k * k, zero); returns the slack of each row: what is held outside.

    Small parts outside beside nearly all inside are summed themselves: 1 - the rest would lose their digits.
    """
    k = len(member)
    slack = np.zeros(k)
    for b in range(k):
        v = member[b]
        inside, outside = 0.0, 0.0
        for e in range(holders.start[v], holders.start[v] + holders.length[v]):
            u = holders.node[e]
            if ring[u] == ring[v]:
                out[b * k + slot[u]] = holders.share[e]
                inside += holders.share[e]
            else:
                outside += holders.share[e]
        unknown = 1.0 - (inside + outside)
        slack[b] = outside if abs(unknown) <= _EVEN else outside + unknown
    return slack


@kernel
def eliminate(w: Floats, slack: Floats, out: Floats) -> bool:
    """(I - w)^-1 into ``out`` without a subtraction; ``w`` (k * k) and ``slack`` (k, none negative) are used up.

    False where the ring has no inverse.
    """
    k = len(slack)
    for p in range(k):
        d = slack[p]
        for j in range(p + 1, k):
            d += w[p * k + j]
        if d <= 0.0:
            return False
        w[p * k + p] = d
        for i in range(p + 1, k):
            factor = w[i * k + p]
            if factor != 0.0:
                factor /= d
                w[i * k + p] = factor
                slack[i] += factor * slack[p]
                for j in range(p + 1, k):
                    w[i * k + j] += factor * w[p * k + j]
    _substitute(w, k, out)
    return True


@helper
def _substitute(w: Floats, k: int, out: Floats) -> None:
    """Forwards, then backwards through the factors that :func:`eliminate` left in ``w``."""
    for i in range(k):
        out[i * k : i * k + k] = 0.0
        out[i * k + i] = 1.0
        for p in range(i):
            factor = w[i * k + p]
            if factor != 0.0:
                for j in range(p + 1):
                    out[i * k + j] += factor * out[p * k + j]
    for i in range(k - 1, -1, -1):
        for p in range(i + 1, k):
            factor = w[i * k + p]
            if factor != 0.0:
                for j in range(k):
                    out[i * k + j] += factor * out[p * k + j]
        for j in range(k):
            out[i * k + j] /= w[i * k + i]


@kernel
def small_inverses(
    holders: Rows,
    ring: Ints,
    slot: Ints,
    first: Longs,
    size: Ints,
    member: Ints,
    at: Longs,
    inverse: Floats,
    limit: int,
) -> Ints:
    """Invert all rings of at most ``limit`` members; kind per ring, -1 for those left to :func:`inverse_of`."""
    kind = np.full(len(size), -1, np.int32)
    for r in range(len(size)):
        k = size[r]
        if k > limit:
            continue
        w = np.zeros(k * k)
        slack = weights(holders, ring, slot, member[first[r] : first[r] + k], w)
        if k == 1 or slack.min() < -_EVEN:
            continue
        slack = np.maximum(slack, 0.0)
        if slack.sum() <= _EVEN * k:
            kind[r] = CLOSED
            continue
        kind[r] = SOUND if eliminate(w, slack, inverse[at[r] : at[r] + k * k]) else INCONSISTENT
    return kind


def inverse_of(w: Floats, slack: Floats) -> tuple[int, Floats]:
    """(kind, inverse flat) of one ring of any size; ``w`` flat, k * k. No inverse unless the ring is sound."""
    k = len(slack)
    nothing = np.zeros(0)
    if slack.min() >= -_EVEN and slack.max() <= _EVEN:
        return CLOSED, nothing
    within = bool(slack.min() >= -_EVEN)
    found = None
    if k > _SMALL or not within:
        found = _lapack(w.reshape(k, k))
    if not within and found is not None and found.max() > _ENDLESS:
        found = None
    if found is None or (within and found.max() > _TAME):
        if not within:
            return INCONSISTENT, nothing
        out = np.zeros(k * k)
        sound = eliminate(w.copy(), np.maximum(slack, 0.0), out)
        return (SOUND, out) if sound else (INCONSISTENT, nothing)
    return SOUND, found.reshape(-1)


@kernel
def _missed(w: Floats, found: Floats) -> Floats:
    """1 - (1 - w) found. Few members hold each other directly, so this is far from the work of a full product."""
    k = len(w)
    rest = -found
    for b in range(k):
        rest[b, b] += 1.0
        for p in range(k):
            if w[b, p] != 0.0:
                for a in range(k):
                    rest[b, a] += w[b, p] * found[p, a]
    return rest


def _lapack(w: Floats) -> Floats | None:
    """(I - w)^-1 with one step of refinement where it needs one; None where it is none, or negative, or not exact."""
    try:
        found = cast("Floats", np.linalg.inv(np.eye(len(w)) - w))
    except np.linalg.LinAlgError:
        return None
    for _ in range(2):
        rest = _missed(w, found)
        scale = max(1.0, float(np.abs(found).max()))
        if not np.isfinite(scale) or found.min() < -_RESIDUAL * scale:
            return None
        if np.abs(rest).max() < _RESIDUAL:
            return cast("Floats", np.maximum(found, 0.0))
        found = found + found @ rest
    return None


@kernel
def add_row(inverse: Floats, b: int, step: Floats) -> bool:
    """Sherman and Morrison (1950) in place: row b of w got ``step`` more. False, nothing done: not safe."""
    k = len(step)
    line = np.zeros(k)
    for p in range(k):
        if step[p] != 0.0:
            for a in range(k):
                line[a] += step[p] * inverse[p * k + a]
    rest = 1.0 - line[b]
    if rest < 1e-3:
        return False
    column = np.empty(k)
    for i in range(k):
        column[i] = inverse[i * k + b] / rest
    for i in range(k):
        for a in range(k):
            inverse[i * k + a] = max(0.0, inverse[i * k + a] + column[i] * line[a])
    return True

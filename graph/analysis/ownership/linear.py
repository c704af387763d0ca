"""Small linear systems in exact fractions; larger ones in floating point, checked."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

Number = Fraction | float
Matrix = Sequence[Sequence[Fraction]]

#: Members of a ring up to which its numbers are exact. Whole numbers of a few thousand digits are still quick there.
EXACT = 40

#: How far (I - W) M may be from I in floating point.
_RESIDUAL = 1e-9


class Singular(ArithmeticError):
    """The system has no answer, or none that is a sum of chains: the ring feeds on itself alone."""


def inverse(w: Matrix) -> list[list[Number]]:
    """``(I - w)^-1`` of a square matrix of parts, the sum of all chains; Singular when that sum has no limit.

    For a ring (irreducible ``w`` >= 0) the sum has a limit exactly when the inverse exists and is nowhere negative
    (Berman and Plemmons, M-matrices).
    """
    found = _exact(w) if len(w) <= EXACT else _floating(w)
    if any(value < 0 for row in found for value in row):
        raise Singular("chains through the ring grow without end")
    return found


def _exact(w: Matrix) -> list[list[Number]]:
    """By elimination without fractions (Bareiss 1968): whole numbers only, one division at the end."""
    n = len(w)
    scale = [lcm(*(value.denominator for value in row)) for row in w]
    a = [
        [int(((i == j) - w[i][j]) * scale[i]) for j in range(n)] + [scale[i] if i == j else 0 for j in range(n)]
        for i in range(n)
    ]
    before = 1
    for k in range(n):
        pivot = next((i for i in range(k, n) if a[i][k]), None)
        if pivot is None:
            raise Singular("the ring has no outsider")
        a[k], a[pivot] = a[pivot], a[k]
        for i in range(n):
            if i != k:
                first, factor = a[k][k], a[i][k]
                a[i] = [(first * x - factor * y) // before for x, y in zip(a[i], a[k], strict=True)]
        before = a[k][k]
    return [[Fraction(a[i][n + j], a[i][i]) for j in range(n)] for i in range(n)]


def _floating(w: Matrix) -> list[list[Number]]:
    # Only a ring of more than forty needs numpy; an ordinary question does not wait for it.
    import numpy as np

    system = np.eye(len(w)) - np.array([[float(value) for value in row] for row in w])
    try:
        found = np.linalg.inv(system)
    except np.linalg.LinAlgError:
        raise Singular("the ring has no outsider") from None
    found += found @ (np.eye(len(w)) - system @ found)
    if not np.abs(system @ found - np.eye(len(w))).max() < _RESIDUAL:
        raise Singular("the ring is too close to having no outsider")
    found[np.abs(found) < 1e-15] = 0
    return [[float(value) for value in row] for row in found]

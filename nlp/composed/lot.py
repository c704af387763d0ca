"""Seeded choices that come out alike on every machine and Python.

Only ``random.Random.random`` is used: its sequence for a seed is the one that
the standard library promises not to change.
"""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Lot:
    """Draws from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def below(self, end: int) -> int:
        """A whole number from 0 to ``end`` - 1."""
        return int(self._random.random() * end)

    def between(self, first: int, last: int) -> int:
        """A whole number from ``first`` to ``last``, both included."""
        return first + self.below(last - first + 1)

    def pick(self, items: Sequence[T]) -> T:
        """One of ``items``."""
        return items[self.below(len(items))]

    def chance(self, probability: float) -> bool:
        """True in that share of draws."""
        return self._random.random() < probability

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """``count`` different places of ``items`` (all when there are fewer), in the order drawn."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(min(count, len(items)))]

    def digits(self, count: int) -> str:
        """That many digits, the first not 0."""
        return "".join(str(self.between(0 if at else 1, 9)) for at in range(count))

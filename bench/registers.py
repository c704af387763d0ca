"""Synthetic share registers for the bench of ownership: numbers only, the same for the same size and seed.

After the study: holders per company by Zipf's law (at most 200), owners by a power law (hubs) and near by (chains),
0.3 % of companies with a link back that closes a small ring, and, if wanted, one core like that of Vitali,
Glattfelder and Battiston (2011): 1,318 companies with 12,191 links. A tenth of the companies lack some holders.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CORE = 1_318
CORE_LINKS = 12_191


@dataclass(frozen=True, slots=True)
class Register:
    """``companies`` nodes come first, then ``persons``; edges in random order."""

    companies: int
    persons: int
    owner: NDArray[np.int32]
    owned: NDArray[np.int32]
    share: NDArray[np.float64]
    core: NDArray[np.int32]

    @property
    def nodes(self) -> int:
        """All nodes."""
        return self.companies + self.persons

    @property
    def is_company(self) -> NDArray[np.bool_]:
        """Who can be held."""
        return np.arange(self.nodes) < self.companies


def register(companies: int, seed: int = 1, core: bool = True) -> Register:
    """A register of so many companies and 1.2 times as many persons."""
    rng = np.random.default_rng(seed)
    persons = companies * 6 // 5
    degree = np.minimum(rng.zipf(2.15, companies), 200)
    owned = np.repeat(np.arange(companies), degree)
    by_company = (rng.random(len(owned)) < 0.17) & (owned > 0)
    owner = companies + _persons(rng, len(owned), persons)
    owner[by_company] = _owners(rng, owned[by_company])
    middle = np.arange(companies // 10_000 + 10, companies // 10_000 + 10 + CORE) if core else np.zeros(0, np.int64)
    rings = _back(rng, owner, owned, companies)
    links = rng.choice(middle, (2, CORE_LINKS + 60)) if core else np.zeros((2, 0), np.int64)
    owner = np.concatenate([owner, rings[0], links[0]])
    owned = np.concatenate([owned, rings[1], links[1]])
    keep = np.unique(owned * np.int64(companies + persons) + owner, return_index=True)[1]
    keep = keep[owner[keep] != owned[keep]]
    owner, owned = owner[keep], owned[keep]
    share = _shares(rng, owned, companies)
    names = np.concatenate([rng.permutation(companies), companies + np.arange(persons)]).astype(np.int32)
    mixed = rng.permutation(len(owner))
    return Register(companies, persons, names[owner[mixed]], names[owned[mixed]], share[mixed], names[middle])


def _persons(rng: np.random.Generator, count: int, persons: int) -> NDArray[np.int64]:
    """Mostly anybody, now and then somebody who holds much."""
    part = np.where(rng.random(count) < 0.8, rng.random(count), rng.random(count) ** 5)
    return np.asarray(part * persons, np.int64)


def _owners(rng: np.random.Generator, owned: NDArray[np.int64]) -> NDArray[np.int64]:
    """A company that comes before: near by, or a hub."""
    near = owned - rng.geometric(0.3, len(owned))
    hub = np.asarray(owned * rng.random(len(owned)) ** 3, np.int64)
    return np.where((rng.random(len(owned)) < 0.6) & (near >= 0), near, hub)


def _back(
    rng: np.random.Generator, owner: NDArray[np.int64], owned: NDArray[np.int64], companies: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Links from a company to the holder of its holder, or to its holder."""
    above = np.full(companies, -1, np.int64)
    chain = owner < companies
    above[owned[chain]] = owner[chain]
    some = rng.choice(np.flatnonzero(above >= 0), companies * 3 // 1000, replace=False)
    first = above[some]
    second = np.where(above[first] >= 0, above[first], first)
    return some, second


def _shares(rng: np.random.Generator, owned: NDArray[np.int64], companies: int) -> NDArray[np.float64]:
    """Parts of one with six decimals, rounded down, so that no row is over 100 %."""
    weight = rng.exponential(1.0, len(owned)) ** 1.5 + 1e-3
    total = np.bincount(owned, weight, companies)
    known = np.where(rng.random(companies) < 0.1, 0.3 + 0.65 * rng.random(companies), 1.0)
    exact = weight / total[owned] * known[owned]
    return np.maximum(np.floor(exact * 1e6), 1.0) / 1e6

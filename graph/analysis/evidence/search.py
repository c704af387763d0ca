"""The paths between two nodes by strength of evidence: several that differ, those through a hub after all others."""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from graph.analysis.evidence.costs import COSTS, RELATIONS, SOFT_RELATIONS, UNIT
from graph.analysis.evidence.index import Index
from graph.analysis.evidence.kernel import DONE, EVEN, FULL, Ask, Ints, Room, meet
from graph.model.ontology import PATH_RELATIONS

Searched = Literal["found", "none", "budget_spent"]

#: Arcs that one search may look at.
BUDGET = 200_000

#: How much dearer than the best of its class a path may be, in thousandths: six hard links.
SLACK = 6 * UNIT

#: Paths of a class at most: without a hub, through one.
_FREE, _THROUGH = 20, 5

#: Searches in a row that brought nothing new, after which a class is done.
_MISSES = 6

#: Room for labels that each thread keeps; a power of two.
_ROOM = 1 << 13

#: By how much, and in what parts, a path strains its nodes that brought nothing new.
_AGAIN = (3, 1)

#: The most that a node can be strained.
_STRAINED = EVEN << 12


@dataclass(frozen=True, slots=True)
class Through:
    """An inner node that many share: its id, the relation walked, how many neighbours it has in it."""

    node: str
    relation: str
    shared_by: int
    hub: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A path: node ids, the relation of each step, its cost; what of it is shared, hub or soft."""

    nodes: tuple[str, ...]
    relations: tuple[str, ...]
    cost: float
    through: tuple[Through, ...]

    @property
    def hubs(self) -> bool:
        """Whether it passes a hub."""
        return any(node.hub for node in self.through)

    @property
    def soft(self) -> bool:
        """Whether it rests on a soft link."""
        return any(name in SOFT_RELATIONS for name in self.relations)

    @property
    def order(self) -> tuple[bool, bool, float, int, tuple[str, ...]]:
        """Hard links first, then without a hub, then by cost; ties by length and ids."""
        return self.soft, self.hubs, self.cost, len(self.relations), self.nodes

    @property
    def passing(self) -> float:
        """What of the cost is for passing nodes that many share."""
        return round(self.cost - sum(COSTS[name] for name in self.relations) / UNIT, 3)


@dataclass(frozen=True, slots=True)
class Evidence:
    """An answer. ``scanned``: arcs looked at; ``explored``: nodes reached, counted once a search and side."""

    paths: tuple[Found, ...]
    searched: Searched
    scanned: int
    explored: int


def found_of(index: Index, rows: Ints) -> Found:
    """A path from its rows: node, relation of the step that follows, half costs of passing its left and right end."""
    nodes, begins, ends = rows[:, 0].tolist(), rows[:-1, 2].tolist(), rows[:-1, 3].tolist()
    names = tuple(RELATIONS[kind] for kind in rows[:-1, 1].tolist())
    cost = sum(COSTS[name] for name in names) + sum(begins[1:]) + sum(ends[:-1])
    through = []
    for place in range(1, len(names)):
        around = {names[place - 1]: ends[place - 1], names[place]: begins[place]}
        soft = all(map(_soft, around))
        # What passing costs tells who cannot be a hub; neighbours are counted of the others only.
        told = [name for name, half in around.items() if soft or half >= index.hub_passing]
        shared = {name: index.shared_by(nodes[place], name) for name in told}
        for name, degree in shared.items():
            if degree > index.hub or (soft and degree > 1):
                through.append(Through(index.name(nodes[place]), name, degree, degree > index.hub))
    return Found(tuple(index.name(node) for node in nodes), names, cost / UNIT, tuple(through))


def _soft(relation: str) -> bool:
    return relation in SOFT_RELATIONS


def _turned(rows: Ints) -> Ints:
    """The same path from its other end."""
    back = rows[::-1].copy()
    back[:-1, 1], back[:-1, 2], back[:-1, 3] = rows[-2::-1, 1], rows[-2::-1, 3], rows[-2::-1, 2]
    return back


class _Own(threading.local):
    """The room of a thread."""

    def __init__(self) -> None:
        self.room = Room.of(_ROOM)


_own = _Own()


def rooms() -> Iterator[Room]:
    """Room for a search: that of the thread, then greater and greater ones, made anew."""
    yield _own.room
    for more in itertools.count(1):
        yield Room.of(_ROOM << (3 * more))


class Search:
    """The searches of one question, from the smaller place to the greater, so that both ways give the same paths."""

    def __init__(self, index: Index, start: str, end: str, relations: Sequence[str], most: int, budget: int) -> None:
        self._index, self._relations, self._most, self._budget = index, relations, most, budget
        one, two = index.at(start), index.at(end)
        self._turned = one > two
        self._ends = (two, one) if self._turned else (one, two)
        self.scanned = self.explored = 0
        self.known: dict[tuple[str, ...], Found] = {}

    def linked(self, *, soft: bool, hubs: bool) -> bool:
        """Whether there may be a path at all."""
        one, two = self._ends
        return 0 <= one != two and self._index.may_link(one, two, soft=soft, hubs=hubs)

    def one(
        self, *, soft: bool, hubs: bool, strain: Ints | None = None, direct: bool = True
    ) -> tuple[int, Found | None]:
        """The cheapest path under a strain, and how the search for it ended; its cost is told without the strain."""
        half = self._index.halves(self._relations, soft=soft)
        plain = not hubs and not any(map(self._index.is_hub, self._ends))
        ask = Ask(*self._ends, hubs, self._most, self._budget, direct, plain)
        strained = self._index.no_strain if strain is None else strain
        for room in rooms():
            status, scanned, made, rows = meet(self._index.bounds, self._index.arc, half, strained, ask, *room)
            if status != FULL:
                break
        self.scanned += scanned
        self.explored += made
        if not rows.size:
            return status, None
        return status, found_of(self._index, _turned(rows) if self._turned else rows)

    def several(self, limit: int, wanted: Callable[[Found], bool], *, soft: bool, hubs: bool) -> int:
        """Find up to ``limit`` new paths that are wanted; how the search ended that found the first, else the last one.

        After each path the steps at its inner nodes cost half as much again, three times as much when it brought
        nothing new, and a step from end to end is not taken twice. A path counts when it is at most :data:`SLACK`
        dearer than the best one wanted.
        """
        first, direct, best, misses, left = DONE, True, float("inf"), 0, limit
        strain = np.zeros(self._index.size, np.int32)
        for path in self.known.values():
            direct = direct and len(path.nodes) > 2
            self._strain(strain, path.nodes)
        fresh = not self.known
        while left and misses < _MISSES:
            status, path_or_none = self.one(soft=soft, hubs=hubs, strain=None if fresh else strain, direct=direct)
            first, fresh = (status if best == float("inf") else first), False
            if path_or_none is None:
                break
            path = path_or_none
            taken = path.nodes not in self.known and wanted(path) and path.cost <= best + SLACK / UNIT
            if taken:
                self.known[path.nodes], best = path, min(best, path.cost)
            misses, left = (0, left - 1) if taken else (misses + 1, left)
            direct = direct and len(path.nodes) > 2
            self._strain(strain, path.nodes, *(() if taken else _AGAIN))
            if status != DONE:
                break
        return first

    def _strain(self, strain: Ints, nodes: Sequence[str], by: int = 3, part: int = 2) -> None:
        for node in nodes[1:-1]:
            at = self._index.at(node)
            strain[at] = min((int(strain[at]) + EVEN) * by // part - EVEN, _STRAINED)


def evidence_paths(
    index: Index,
    start: str,
    end: str,
    *,
    soft: bool = False,
    relations: Sequence[str] = PATH_RELATIONS,
    max_depth: int | None = None,
    budget: int = BUDGET,
) -> Evidence:
    """Paths between two nodes by cost: up to twenty that differ without a hub, up to five through one, after those.

    With ``soft`` as many that rest on a shared address or agent follow. ``max_depth``: hops, None = any number.
    ``searched``: ``none`` only when all was looked at; ``budget_spent`` when the search for the best path without a hub
    was cut, with hard links or with soft ones, or nothing was found before a search was cut.
    """
    search = Search(index, start, end, relations, max_depth or 0, budget)
    cut_first = cut = False
    for with_soft in (False, True) if soft else (False,):
        for hubs in (False, True):

            def wanted(path: Found, with_soft: bool = with_soft, hubs: bool = hubs) -> bool:
                return path.soft == with_soft and path.hubs == hubs

            if search.linked(soft=with_soft, hubs=hubs):
                status = search.several(_THROUGH if hubs else _FREE, wanted, soft=with_soft, hubs=hubs)
                cut = cut or status != DONE
                cut_first = cut_first or (status != DONE and not hubs)
    paths = tuple(sorted(search.known.values(), key=lambda path: path.order))
    searched: Searched = "budget_spent" if cut_first or (cut and not paths) else "found" if paths else "none"
    return Evidence(paths, searched, search.scanned, search.explored)


def best_path(
    index: Index,
    start: str,
    end: str,
    *,
    soft: bool = False,
    relations: Sequence[str] = PATH_RELATIONS,
    budget: int = BUDGET,
) -> tuple[Found | None, Searched]:
    """The cheapest path without a hub; only when it is sure that there is none, the cheapest through one."""
    search = Search(index, start, end, relations, 0, budget)
    for hubs in (False, True):
        if search.linked(soft=soft, hubs=hubs):
            status, path = search.one(soft=soft, hubs=hubs)
            if path is not None or status != DONE:
                return path, "found" if status == DONE else "budget_spent"
    return None, "none"

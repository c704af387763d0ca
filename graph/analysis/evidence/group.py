"""Who among many subjects is linked with whom, within a few hops of hard links."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.analysis.evidence.index import Index
from graph.analysis.evidence.kernel import DONE, FULL, Ask, Ints, Longs, reach
from graph.analysis.evidence.search import BUDGET, Found, found_of, rooms
from graph.model.ontology import PATH_RELATIONS

#: Subjects of one group at most.
GROUP = 500

#: Arcs that the searches of one group may look at together; each has its part, at most that of one search.
_TOGETHER = 20_000_000


@dataclass(frozen=True, slots=True)
class Group:
    """An answer. ``links``: the cheapest path of each linked pair, those without a hub first, then by cost and ids.

    ``unlinked``: pairs that are not linked; ``undecided``: those of which that is not known, since a search was cut.
    ``budget``: arcs that each search might look at; ``scanned``: arcs looked at by all of them.
    """

    links: tuple[Found, ...]
    unlinked: int
    undecided: int
    budget: int
    scanned: int


def _reached(index: Index, half: Longs, goals: Ints, count: int, ask: Ask) -> tuple[int, int, Ints]:
    for room in rooms():
        status, scanned, rows = reach(index.bounds, index.arc, half, goals, count, ask, *room)
        if status != FULL:
            break
    return status, scanned, rows


def group_links(
    index: Index,
    subjects: Sequence[str],
    *,
    max_depth: int = 3,
    relations: Sequence[str] = PATH_RELATIONS,
    together: int = _TOGETHER,
) -> Group:
    """All pairs of up to :data:`GROUP` subjects that at most ``max_depth`` hops of hard links join.

    A pair that a path without a hub joins is told by that, else by one through a hub. Who is no node of the index is
    linked with nobody. Each search goes from the smaller id to greater ones, so that no pair is looked for twice.
    """
    wanted = sorted({index.at(subject) for subject in subjects} - {-1})
    number = len(set(subjects))
    goals, half = np.full(index.size, -1, np.int32), index.halves(relations, soft=False)
    goals[wanted] = np.arange(len(wanted), dtype=np.int32)
    budget = min(BUDGET, together // max(1, 2 * len(wanted)))
    found: list[Found] = []
    scanned = undecided = 0
    for place, origin in enumerate(wanted):
        joined: set[int] = set()
        cut = False
        for hubs in (False, True):
            ask = Ask(origin, place, hubs, max_depth, budget, True, False)
            status, looked, rows = _reached(index, half, goals, len(wanted), ask)
            scanned, cut = scanned + looked, cut or status != DONE
            for goal in np.flatnonzero(rows[:, 0, 0] >= 0).tolist():
                if goal not in joined:
                    joined.add(goal)
                    found.append(found_of(index, rows[goal][rows[goal, :, 0] >= 0]))
        undecided += (len(wanted) - place - 1 - len(joined)) if cut else 0
    links = tuple(sorted(found, key=lambda path: path.order))
    unlinked = number * (number - 1) // 2 - len(links) - undecided
    return Group(links, unlinked, undecided, budget, scanned)

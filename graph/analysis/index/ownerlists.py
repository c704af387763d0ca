"""The lists of large owners as an index holds them: made once, made again where a change reaches, asked for a cut."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from graph.analysis.index.flow import push_up
from graph.analysis.index.kernel import TOLERANCE, Floats, Graph, Ints, Work, kernel
from graph.analysis.index.owners import Lists, make_all, remake


class Owners(NamedTuple):
    """Ends that reach the cut: company, person, share; shares are lower bounds, to print ask ``up``."""

    company: Ints
    person: Ints
    share: Floats


@kernel
def certain(graph: Graph, lists: Lists, bar: float, company: Ints, person: Ints, share: Floats) -> tuple[int, Ints]:
    """(pairs that surely reach the bar, companies about which there is doubt). Arrays as long as the pool."""
    doubt = np.empty(len(lists.start), np.int32)
    found, doubts = 0, 0
    for v in range(len(lists.start)):
        if graph.rank[v] < 0 or lists.length[v] < 0:
            continue
        low = bar - lists.loss[v]
        doubtful = lists.loss[v] > 0.0 and low <= 0.0
        begin = found
        for i in range(lists.start[v], lists.start[v] + lists.length[v]):
            if lists.share[i] >= bar:
                company[found] = graph.outer[v]
                person[found] = graph.outer[lists.node[i]]
                share[found] = lists.share[i]
                found += 1
            elif lists.share[i] >= low:
                doubtful = True
        if doubtful:
            found = begin
            doubt[doubts] = v
            doubts += 1
    return found, doubt[:doubts]


@kernel
def settled(graph: Graph, work: Work, doubt: Ints, bar: float) -> tuple[Ints, Ints, Floats]:
    """The same pairs of doubtful companies by the exact push. At bar > 0 nobody has more than a few."""
    company = np.empty(64, np.int32)
    person = np.empty(64, np.int32)
    share = np.empty(64)
    found = 0
    for v in doubt:
        _, leaves, _, _, _ = push_up(graph, work, v)
        for i in range(leaves):
            u = work.leaf[i]
            if graph.rank[u] >= 0 or work.mass[u] < bar:
                continue
            if found == len(company):
                company = np.append(company, np.empty_like(company))
                person = np.append(person, np.empty_like(person))
                share = np.append(share, np.empty_like(share))
            company[found] = graph.outer[v]
            person[found] = graph.outer[u]
            share[found] = work.mass[u]
            found += 1
    return company[:found], person[:found], share[:found]


@dataclass(slots=True)
class OwnerLists:
    """The lists of an index, kept current by :meth:`remake`; ``doubtful``: companies settled by the last question."""

    lists: Lists
    used: int
    doubtful: int = 0

    @classmethod
    def of(cls, graph: Graph, work: Work) -> "OwnerLists":
        """Make all lists."""
        nodes = len(graph.rank)
        order = np.flatnonzero(graph.rank >= 0).astype(np.int32)
        rank = graph.rank[order]
        if (rank[1:] < rank[:-1]).any():
            order = order[np.argsort(rank, kind="stable")]
        room = 3 * len(order) + nodes // 4 + 1024
        lists = Lists(
            np.zeros(nodes, np.int64),
            np.full(nodes, -1, np.int32),
            np.zeros(nodes),
            np.zeros(nodes, np.bool_),
            np.empty(room, np.int32),
            np.empty(room),
        )
        made = cls(lists, 0)
        at = 0
        while at < len(order):
            at, made.used = make_all(graph, made.lists, work, order, at, made.used)
            if at < len(order):
                made.widen()
        return made

    def remake(self, graph: Graph, work: Work, dirty: Ints) -> int:
        """Make the lists of these companies again and of all below that change with them; how many were made."""
        total = 0
        while len(dirty):
            dirty, self.used, made = remake(graph, self.lists, work, dirty, self.used)
            total += made
            if len(dirty):
                self.widen()
        return total

    def widen(self) -> None:
        """More room, without what changes left behind."""
        old = self.lists
        live = np.maximum(old.length, 0)
        total = int(live.sum())
        at = np.repeat(old.start - (np.cumsum(live) - live), live) + np.arange(total)
        room = total + max(total // 2, len(old.start) + 1024)
        node, share = np.empty(room, np.int32), np.empty(room)
        node[:total], share[:total] = old.node[at], old.share[at]
        start = np.cumsum(live) - live
        self.lists = Lists(start.astype(np.int64), old.length, old.loss, old.queued, node, share)
        self.used = total

    def grow(self, nodes: int) -> None:
        """Empty lists for nodes that are new."""
        old, more = self.lists, nodes - len(self.lists.start)
        self.lists = Lists(
            np.concatenate([old.start, np.zeros(more, np.int64)]),
            np.concatenate([old.length, np.full(more, -1, np.int32)]),
            np.concatenate([old.loss, np.zeros(more)]),
            np.concatenate([old.queued, np.zeros(more, np.bool_)]),
            old.node,
            old.share,
        )

    def at_least(self, graph: Graph, work: Work, cut: float, strict: bool) -> Owners:
        """Ends with at least ``cut`` of a company, over all companies; ``strict``: with more."""
        if not 0.0 < cut <= 1.0:
            raise ValueError(f"a cut is a part of one, over 0: {cut}")
        bar = cut + TOLERANCE if strict else cut - TOLERANCE
        company, person = np.empty(self.used, np.int32), np.empty(self.used, np.int32)
        share = np.empty(self.used)
        found, doubt = certain(graph, self.lists, bar, company, person, share)
        self.doubtful = len(doubt)
        more = settled(graph, work, doubt, bar)
        return Owners(
            np.concatenate([company[:found], more[0]]),
            np.concatenate([person[:found], more[1]]),
            np.concatenate([share[:found], more[2]]),
        )

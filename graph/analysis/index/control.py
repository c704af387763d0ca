"""Control by more than half of the votes, joint holdings summed: the least fixpoint, holder by holder.

x controls y when x's own votes in y and those of all z that x controls are together over 1/2 (Ceri, Gottlob, Tanca
1989). The rule is monotone, so there is one least fixpoint and a work list finds it.
"""

from dataclasses import dataclass, field

import numpy as np

from graph.analysis.index.kernel import TOLERANCE, Graph, Ints, Longs, Rows, Work, kernel

#: Over this part of the votes somebody controls. Equal halves control nothing, whatever rounding makes of them.
HALF = 0.5 + TOLERANCE
#: Holders with closures of their own beside the common arrays.
_LATER = 2000


@kernel
def closure(held: Rows, work: Work, holder: int) -> int:
    """Companies that ``holder`` controls, into ``work.unit`` in the order found; how many."""
    work.tick[0] += 1
    tick = work.tick[0]
    found, at, v = 0, 0, holder
    while True:
        for e in range(held.start[v], held.start[v] + held.length[v]):
            u = held.node[e]
            if work.stamp[u] != tick:
                work.stamp[u] = tick
                work.mass[u] = 0.0
            before = work.mass[u]
            work.mass[u] = before + held.share[e]
            if u != holder and before <= HALF < work.mass[u]:
                work.unit[found] = u
                found += 1
        if at == found:
            return found
        v = work.unit[at]
        at += 1


@kernel
def closures(held: Rows, work: Work, begin: int, end: int, count: Ints, out: Ints, used: int) -> tuple[int, int]:
    """Closures of holders begin … end - 1 one after the other into ``out`` from ``used``, their sizes into ``count``.

    Returns (holder, used): the first holder that found no room, else ``end``.
    """
    for x in range(begin, end):
        count[x] = 0
        some = False
        for e in range(held.start[x], held.start[x] + held.length[x]):
            some = some or held.share[e] > HALF
        if not some:
            continue
        found = closure(held, work, x)
        if used + found > len(out):
            return x, used
        out[used : used + found] = work.unit[:found]
        count[x] = found
        used += found
    return end, used


def all_closures(held: Rows, work: Work) -> tuple[Longs, Ints]:
    """(start per holder and one more, controlled companies) over all holders, in inner numbers."""
    nodes = len(held.start)
    count = np.zeros(nodes, np.int32)
    out = np.empty(nodes + 64, np.int32)
    at, used = 0, 0
    while True:
        at, used = closures(held, work, at, nodes, count, out, used)
        if at == nodes:
            break
        # One holder controls at most all nodes.
        out = np.concatenate([out[:used], np.empty(used // 2 + nodes, np.int32)])
    start = np.zeros(nodes + 1, np.int64)
    np.cumsum(count, out=start[1:])
    return start, out[:used].copy()


@kernel
def turned(start: Longs, controlled: Ints) -> tuple[Longs, Ints]:
    """The same pairs by company: (start per company and one more, its controllers)."""
    nodes = len(start) - 1
    first = np.zeros(nodes + 1, np.int64)
    for v in controlled:
        first[v + 1] += 1
    for v in range(nodes):
        first[v + 1] += first[v]
    at = first[:-1].copy()
    out = np.empty(len(controlled), np.int32)
    for x in range(nodes):
        for i in range(start[x], start[x + 1]):
            out[at[controlled[i]]] = x
            at[controlled[i]] += 1
    return first, out


@kernel
def tops(by_company: Longs, controllers: Ints) -> Ints:
    """1 for each node whom nobody controls whom it does not control in turn.

    Control is transitive, so the ultimate controllers of a company are those of its controllers that are tops.
    """
    nodes = len(by_company) - 1
    out = np.ones(nodes, np.int32)
    for x in range(nodes):
        for i in range(by_company[x], by_company[x + 1]):
            y = controllers[i]
            mutual = False
            for j in range(by_company[y], by_company[y + 1]):
                if controllers[j] == x:
                    mutual = True
                    break
            if not mutual:
                out[x] = 0
                break
    return out


@dataclass(slots=True)
class Control:
    """Who controls whom; outer numbers in and out.

    ``start`` … ``top`` are all closures as they once were found; ``later`` has those of holders whom changes touched.
    """

    graph: Graph
    start: Longs
    controlled: Ints
    by_company: Longs
    controllers: Ints
    top: Ints
    later: dict[int, Ints] = field(default_factory=dict)
    #: What these changed, by company: holder → whether it controls it now.
    moved: dict[int, dict[int, bool]] = field(default_factory=dict)
    stale: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, graph: Graph, held: Rows, work: Work) -> "Control":
        """All closures of an index."""
        start, controlled = all_closures(held, work)
        by_company, controllers = turned(start, controlled)
        return cls(graph, start, controlled, by_company, controllers, tops(by_company, controllers))

    def pairs(self) -> tuple[Ints, Ints]:
        """(holder, controlled company) of every pair."""
        holder = np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))
        stays = ~np.isin(holder, list(self.later))
        some = [np.full(len(found), x) for x, found in self.later.items()]
        holders = np.concatenate([holder[stays], *some])
        controlled = np.concatenate([self.controlled[stays], *self.later.values()])
        return self.graph.outer[holders], self.graph.outer[controlled]

    def controlled_by(self, holder: int) -> Ints:
        """The companies that ``holder`` controls, alone or through others."""
        return self.graph.outer[self._controlled(int(self.graph.inner[holder]))]

    def controllers_of(self, company: int) -> Ints:
        """All who control ``company``."""
        return self.graph.outer[self._controllers(int(self.graph.inner[company]))]

    def ultimate(self, company: int) -> Ints:
        """The controllers whom nobody else controls; in a mutual ring without an outsider its other members."""
        found = self._controllers(int(self.graph.inner[company]))
        if self.later:
            tops = [np.isin(self._controllers(int(x)), self._controlled(int(x))).all() for x in found]
            return self.graph.outer[found[np.array(tops, np.bool_)]]
        ultimate: Ints = self.graph.outer[found[self.top[found] == 1]]
        return ultimate

    def touch(self, holder: int) -> None:
        """Votes of ``holder`` (inner number) change: its closure and those of all who control it must be found anew.

        A closure without the holder among its members rests on other votes, so it stays the least fixpoint.
        """
        self.stale.add(holder)
        self.stale.update(self._controllers(holder).tolist())

    def settle(self, held: Rows, work: Work) -> None:
        """Find the closures that changes touched; all, where these are many."""
        if len(self.stale) + len(self.later) > _LATER:
            fresh = Control.of(self.graph, held, work)
            self.start, self.controlled, self.top = fresh.start, fresh.controlled, fresh.top
            self.by_company, self.controllers = fresh.by_company, fresh.controllers
            self.later.clear()
            self.moved.clear()
        else:
            for x in self.stale:
                before, now = self._controlled(x), work.unit[: closure(held, work, x)].copy()
                for some, controls in ((np.setdiff1d(before, now), False), (np.setdiff1d(now, before), True)):
                    for v in some.tolist():
                        self.moved.setdefault(v, {})[x] = controls
                self.later[x] = now
        self.stale.clear()

    def _controlled(self, x: int) -> Ints:
        return self.later[x] if x in self.later else self.controlled[self.start[x] : self.start[x + 1]]

    def _controllers(self, v: int) -> Ints:
        before = self.controllers[self.by_company[v] : self.by_company[v + 1]]
        moved = self.moved.get(v)
        if moved is None:
            return before
        some = [x for x in before.tolist() if x not in moved] + sorted(x for x, controls in moved.items() if controls)
        return np.array(some, np.int32)

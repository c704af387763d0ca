"""The index itself: one object that holds the arrays and answers."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from graph.analysis.index import flow, saved
from graph.analysis.index.build import Edges, Parts, assemble
from graph.analysis.index.change import Change, OrderLost, grown, listed, overlaid
from graph.analysis.index.control import Control
from graph.analysis.index.kernel import SOUND, TOLERANCE, Flags, Floats, Ints, Longs, Work, work
from graph.analysis.index.ownerlists import OwnerLists, Owners

KINDS = ("sound", "closed", "inconsistent")


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds a company, directly or not, in no fixed order: companies with the source cut, and all ends.

    Over the ends, sum of ``share`` + ``unattributed`` + ``blocked`` - ``excess`` = 1. ``unattributed``: nobody known;
    ``excess``: what rows over 100 % give too much (``over_100``: these companies); ``blocked``: what comes from rings
    without a number (``rings``: their numbers). A company of such a ring has no holders here: ``blocked`` is 1.
    """

    node: Ints
    share: Floats
    unattributed: float
    excess: float
    blocked: float
    over_100: tuple[int, ...] = ()
    rings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody holds, directly or not: companies and integrated shares, in no fixed order."""

    node: Ints
    share: Floats


@dataclass(frozen=True, slots=True)
class HoldersMany:
    """Holders of several companies: those of the i-th are ``start[i]`` … ``start[i + 1]`` of the arrays."""

    start: Longs
    node: Ints
    share: Floats
    unattributed: Floats
    excess: Floats
    blocked: Floats


@dataclass(frozen=True, slots=True)
class HeldMany:
    """Holdings of several holders: those of the i-th are ``start[i]`` … ``start[i + 1]`` of the arrays."""

    start: Longs
    node: Ints
    share: Floats


@dataclass(frozen=True, slots=True)
class Ring:
    """Companies that hold each other; ``kind``: sound, closed (nobody outside) or inconsistent (no numbers fit)."""

    number: int
    members: tuple[int, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change cost: companies whose owners were made again, rings inverted, whether all was built anew."""

    companies: int
    inverted: int
    anew: bool


@dataclass(slots=True)
class OwnershipIndex:
    """See the package. Made by :meth:`build` or :meth:`load`."""

    is_company: Flags
    parts: Parts
    _threads: threading.local = field(default_factory=threading.local)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _control: Control | None = None
    _lists: OwnerLists | None = None

    @classmethod
    def build(cls, is_company: Flags, edges: Edges) -> "OwnershipIndex":
        """An index of these holdings; ValueError for edges that are none, RingTooLarge."""
        kinds = np.array(is_company, np.bool_)
        return cls(kinds, assemble(kinds, edges))

    def save(self, folder: Path, key: Mapping[str, object]) -> None:
        """Keep the index in ``folder``, instead of one kept there before; with control and owners if once asked for.

        ``key``: whatever tells that the index is still right (ledger, sequence, level, dates), as plain JSON.
        """
        if self._control is not None and (self._control.later or self._control.stale):
            self._control = Control.of(self.parts.graph, self.parts.votes.out.rows, self._work())
        saved.write(folder, key, saved.arrays_of(self.parts, self._control, self._lists))

    @classmethod
    def load(cls, folder: Path, key: Mapping[str, object]) -> "OwnershipIndex | None":
        """The index kept in ``folder`` under this very key, its arrays mapped; None when there is no whole one."""
        arrays = saved.read(folder, key)
        if arrays is None:
            return None
        parts, control, lists = saved.from_arrays(arrays)
        kinds = parts.graph.rank[parts.graph.inner] >= 0
        return cls(kinds, parts, _control=control, _lists=lists)

    @property
    def nodes(self) -> int:
        """How many nodes."""
        return len(self.parts.graph.outer)

    def up(self, company: int) -> Holders:
        """Everybody who holds ``company``; for who cannot be held: nobody, all unattributed."""
        graph = self.parts.graph
        v = graph.inner[company]
        if graph.rank[v] < 0 or self._unsound(v):
            nothing = np.zeros(0, np.int32), np.zeros(0)
            rings: tuple[int, ...] = () if graph.rank[v] < 0 else (int(graph.ring[v]),)
            return Holders(*nothing, float(not rings), 0.0, float(bool(rings)), (), rings)
        scratch = self._work()
        node, share, unattributed, excess, blocked, over = flow.up(graph, scratch, v)
        over_100 = self._over_100(node, company) if over else ()
        rings = self._rings_among(node) if blocked else ()
        return Holders(node, share, unattributed, excess, blocked, over_100, rings)

    def down(self, holder: int) -> Held:
        """Every company that ``holder`` has a part of. Members of unsound rings are not among them."""
        return Held(*flow.down(self.parts.graph, self._work(), self.parts.graph.inner[holder]))

    def up_many(self, companies: Ints) -> HoldersMany:
        """:meth:`up` of each."""
        found = [self.up(int(v)) for v in companies]
        return HoldersMany(
            _starts([len(some.node) for some in found]),
            np.concatenate([np.zeros(0, np.int32), *(some.node for some in found)]),
            np.concatenate([np.zeros(0), *(some.share for some in found)]),
            np.array([some.unattributed for some in found]),
            np.array([some.excess for some in found]),
            np.array([some.blocked for some in found]),
        )

    def down_many(self, holders: Ints) -> HeldMany:
        """:meth:`down` of each."""
        found = [self.down(int(v)) for v in holders]
        return HeldMany(
            _starts([len(some.node) for some in found]),
            np.concatenate([np.zeros(0, np.int32), *(some.node for some in found)]),
            np.concatenate([np.zeros(0), *(some.share for some in found)]),
        )

    def rings(self) -> list[Ring]:
        """All rings, the same company in one at most; a company that holds all of itself is a ring of one."""
        graph = self.parts.graph
        some = []
        for r in range(len(graph.rings.size)):
            members = graph.rings.member[graph.rings.first[r] : graph.rings.first[r] + graph.rings.size[r]]
            some.append(Ring(r, tuple(sorted(map(int, graph.outer[members]))), KINDS[graph.rings.kind[r]]))
        return [ring for ring in some if ring.members]

    def control(self) -> Control:
        """Who controls whom, by votes; as of now, so ask again after a change."""
        with self._lock:
            held = self.parts.votes.out.rows
            if self._control is None:
                self._control = Control.of(self.parts.graph, held, self._work())
            self._control.settle(held, self._work())
            return self._control

    def owners_at_least(self, cut: float, strict: bool = False) -> Owners:
        """Ends with at least ``cut`` of a company (``strict``: more), for all companies; 0 < cut <= 1."""
        return self._owner_lists().at_least(self.parts.graph, self._work(), cut, strict)

    def changed(self, edges: Edges, is_company: Flags | None = None) -> Changed:
        """Give these pairs a new share and new votes, 0 to remove them; ``is_company`` longer than before adds nodes.

        Afterwards every answer is that of an index built anew. ValueError before anything is done; after RingTooLarge
        the index must not be used.
        """
        kinds = self.is_company
        if is_company is not None:
            kinds = np.array(is_company, np.bool_)
            if len(kinds) < self.nodes or (kinds[: self.nodes] != self.is_company).any():
                raise ValueError("nodes stay what they are; new ones come behind them")
        edges.check(kinds)
        if len(edges.owner) > self.nodes // 20 + 1000:
            return self._anew(kinds, edges)
        if len(kinds) > self.nodes:
            self._grow(kinds)
        if edges.votes is not edges.share and self.parts.votes is self.parts.capital:
            self.parts.votes = self.parts.capital.copy()
        return self._apply(edges)

    def _grow(self, kinds: Flags) -> None:
        grown(self.parts, kinds)
        self.is_company = kinds
        self._control = None
        if self._lists is not None:
            self._lists.grow(len(kinds))

    def _apply(self, edges: Edges) -> Changed:
        graph, scratch = self.parts.graph, self._work()
        change, lost = Change(self.parts, scratch), False
        owners, owned = graph.inner[edges.owner].tolist(), graph.inner[edges.owned].tolist()
        for i, (u, v) in enumerate(zip(owners, owned, strict=True)):
            self._stale(u, v)
            if self.parts.votes is not self.parts.capital:
                self.parts.votes.set(u, v, float(edges.votes[i]))
            if lost:
                self.parts.capital.set(u, v, float(edges.share[i]))
                continue
            try:
                change.set(u, v, float(edges.share[i]))
            except OrderLost:
                lost = True
        try:
            dirty = np.zeros(0, np.int32) if lost else change.finish()
        except OrderLost:
            lost = True
        if lost:
            return self._anew(self.is_company, None)
        made = self._lists.remake(self.parts.graph, scratch, dirty) if self._lists is not None else 0
        return Changed(made, change.inverted, False)

    def _anew(self, kinds: Flags, edges: Edges | None) -> Changed:
        """Build everything again, with these edges instead of those of the same pairs."""
        before = listed(self.parts)
        self.is_company = kinds
        self.parts = assemble(kinds, before if edges is None else overlaid(before, edges, len(kinds)))
        self._control = None
        if self._lists is not None:
            self._lists = OwnerLists.of(self.parts.graph, self._work())
        return Changed(int(kinds.sum()), len(self.parts.graph.rings.size), True)

    def _stale(self, holder: int, company: int) -> None:
        """Closures that hang on the votes that change: the holder's, and those of all who control it."""
        if self._control is not None:
            self._control.touch(holder)
            if holder == company:
                for other in self.parts.votes.into.row(company):
                    self._control.touch(other)

    def _owner_lists(self) -> OwnerLists:
        with self._lock:
            if self._lists is None:
                self._lists = OwnerLists.of(self.parts.graph, self._work())
            return self._lists

    def _work(self) -> Work:
        """This thread's scratch memory."""
        scratch: Work | None = getattr(self._threads, "work", None)
        if scratch is None or len(scratch.stamp) < self.nodes or scratch.tick[0] > 2_000_000_000:
            scratch = self._threads.work = work(self.nodes)
        return scratch

    def _unsound(self, v: int) -> bool:
        r = self.parts.graph.ring[v]
        return bool(r >= 0 and self.parts.graph.rings.kind[r] != SOUND)

    def _over_100(self, node: Ints, company: int) -> tuple[int, ...]:
        graph = self.parts.graph
        found = []
        for v in graph.inner[np.append(node, company)]:
            row = graph.holders.share[graph.holders.start[v] : graph.holders.start[v] + graph.holders.length[v]]
            if not self._unsound(v) and row.sum() > 1.0 + TOLERANCE:
                found.append(int(graph.outer[v]))
        return tuple(sorted(found))

    def _rings_among(self, node: Ints) -> tuple[int, ...]:
        found = np.unique(self.parts.graph.ring[self.parts.graph.inner[node]])
        return tuple(int(r) for r in found if r >= 0 and self.parts.graph.rings.kind[r] != SOUND)


def _starts(lengths: list[int]) -> Longs:
    start = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(np.array(lengths, np.int64), out=start[1:])
    return start

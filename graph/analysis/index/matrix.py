"""Holdings in two directions that can be changed: capital is one such matrix, votes another where they differ."""

from dataclasses import dataclass

import numpy as np

from graph.analysis.index.kernel import Floats, Ints, Rows, kernel


@kernel
def _put(rows: Rows, v: int, u: int, share: float, used: int) -> int:
    """Set the entry of u in the row of v, 0 to remove it; a row that grows moves to the end ``used``; the new end."""
    start, length = rows.start[v], rows.length[v]
    for e in range(start, start + length):
        if rows.node[e] == u:
            if share > 0.0:
                rows.share[e] = share
            else:
                last = start + length - 1
                rows.node[e], rows.share[e] = rows.node[last], rows.share[last]
                rows.length[v] = length - 1
            return used
    if share <= 0.0:
        return used
    if start + length != used:
        rows.node[used : used + length] = rows.node[start : start + length]
        rows.share[used : used + length] = rows.share[start : start + length]
        rows.start[v] = used
        used += length
    rows.node[used] = u
    rows.share[used] = share
    rows.length[v] = length + 1
    return used + 1


@kernel
def _packed(rows: Rows, node: Ints, share: Floats) -> int:
    """Copy the live entries of all rows into new pools, one row after the other; how many."""
    used = 0
    for v in range(len(rows.start)):
        start, length = rows.start[v], rows.length[v]
        node[used : used + length] = rows.node[start : start + length]
        share[used : used + length] = rows.share[start : start + length]
        rows.start[v] = used
        used += length
    return used


@dataclass(slots=True)
class Side:
    """Rows and where their pool ends."""

    rows: Rows
    used: int

    def put(self, v: int, u: int, share: float) -> None:
        """Set one entry; 0 removes it."""
        need = self.used + int(self.rows.length[v]) + 1
        if need > len(self.rows.node):
            self.pack(int(self.rows.length[v]) + 1)
        self.used = _put(self.rows, v, u, share, self.used)

    def pack(self, need: int = 0) -> None:
        """Close the gaps that changes left, with room for more behind: a sixteenth, and ``need``."""
        live = int(self.rows.length.sum())
        room = live + live // 16 + 1024 + need
        node, share = np.empty(room, np.int32), np.empty(room)
        self.used = _packed(self.rows, node, share)
        self.rows = Rows(self.rows.start, self.rows.length, node, share)

    def copy(self) -> "Side":
        """The same rows in arrays of their own."""
        old = self.rows
        return Side(Rows(old.start.copy(), old.length.copy(), old.node.copy(), old.share.copy()), self.used)

    def row(self, v: int) -> dict[int, float]:
        """Entries of a row."""
        at = slice(self.rows.start[v], self.rows.start[v] + self.rows.length[v])
        return dict(zip(self.rows.node[at].tolist(), self.rows.share[at].tolist(), strict=True))

    def grow(self, nodes: int) -> None:
        """Empty rows for nodes that are new."""
        more = nodes - len(self.rows.start)
        start = np.concatenate([self.rows.start, np.zeros(more, np.int64)])
        length = np.concatenate([self.rows.length, np.zeros(more, np.int32)])
        self.rows = Rows(start, length, self.rows.node, self.rows.share)


@dataclass(slots=True)
class Matrix:
    """``into``: holders by company; ``out``: companies by holder; ``own``: part of itself that a company holds.

    Treasury stock is cancelled: a row is what the others hold, divided by 1 - own, unless own is all or more.
    """

    into: Side
    out: Side
    own: dict[int, float]

    @classmethod
    def of(cls, into: Rows, out: Rows, own: Floats) -> "Matrix":
        """From rows as they are built."""
        some = {int(v): float(own[v]) for v in np.flatnonzero(own)}
        return cls(Side(into, len(into.node)), Side(out, len(out.node)), some)

    def copy(self) -> "Matrix":
        """Another matrix that can change by itself."""
        return Matrix(self.into.copy(), self.out.copy(), dict(self.own))

    def set(self, holder: int, company: int, share: float) -> dict[int, float]:
        """Set what ``holder`` has of ``company``, treasury stock counted in; 0 removes it.

        Returns how the row of the company was: holder → share, before.
        """
        before = self.into.row(company)
        own = self.own.get(company, 0.0)
        rest = 1.0 - own if own < 1.0 else 1.0
        if holder != company:
            self._put(holder, company, share / rest)
            return before
        self.own.pop(company, None)
        if share > 0.0:
            self.own[company] = share
        factor = rest / (1.0 - share if share < 1.0 else 1.0)
        for other, part in before.items():
            self._put(other, company, part * factor)
        return before

    def _put(self, holder: int, company: int, share: float) -> None:
        self.into.put(company, holder, share)
        self.out.put(holder, company, share)

    def grow(self, nodes: int) -> None:
        """Empty rows for nodes that are new."""
        self.into.grow(nodes)
        self.out.grow(nodes)

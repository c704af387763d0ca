"""Integrated ownership: what a holder has of a company, directly and through any chain, rings included.

The share of a holder s in a company j is y_j = W[s, j] + sum over k != s of y_k W[k, j]: the in-edges of s are cut, so
nobody is counted again through himself (Baldone, Brioschi and Paleari 1998; for a person it is the same as the sum of
all chains of Brioschi, Buzzacchi and Colombo 1989). What persons, public bodies and "nobody told" have of a company is
all of it. Linear in the part of the register met, plus the cube of each ring.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from graph.analysis.components import components, reached
from graph.analysis.ownership.linear import Number, Singular, inverse
from graph.analysis.ownership.register import Row, Rows

_NOTHING = Fraction(0)
#: How often the best holder of what is unknown is looked for in a ring; each time the share rises.
_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class LookThrough:
    """The holders of one company. ``shares``: holder -> part, all above nothing.

    ``unnumbered``: holders of whom there is no number, since every way to tell it leads through a ring that has no
    outsider. ``unattributed``: the part that nobody is told to have; None where a ring without number is met.
    ``closed``: rings in which everything is held by the ring itself; ``inconsistent``: rings whose parts sum to so much
    over one that no number fits.
    """

    shares: Mapping[str, Number]
    unnumbered: frozenset[str]
    unattributed: Number | None
    closed: tuple[tuple[str, ...], ...]
    inconsistent: tuple[tuple[str, ...], ...]


def _owners(rows: Rows, company: str) -> Iterable[str]:
    row = rows.get(company)
    return row.known if row else ()


def above(rows: Rows, company: str) -> set[str]:
    """The company and everybody who holds a part of it through any chain, also those whose part is not known."""
    return reached([company], lambda node: rows[node].owners if node in rows else ())


def below(rows: Rows, source: str, within: set[str] | None = None) -> dict[str, list[str]]:
    """Owner -> what is held, for all that ``source`` holds a part of through any chain, as far as ``within``."""
    held: dict[str, list[str]] = {}
    for company, row in rows.items():
        if company != source and (within is None or company in within):
            for owner in row.owners:
                held.setdefault(owner, []).append(company)
    found = reached([source], lambda node: held.get(node, ()))
    return {node: held.get(node, []) for node in found}


def _is_closed(rows: Rows, ring: tuple[str, ...]) -> bool:
    """Whether the ring holds all of itself."""
    inside = frozenset(ring)
    return all(
        company in rows
        and (rows[company].own >= 1 or sum(p for o, p in rows[company].known.items() if o in inside) == 1)
        for company in ring
    )


class _Up:
    """One unit of a company handed to its holders, theirs to their holders, until it stays with somebody."""

    def __init__(self, rows: Rows, company: str) -> None:
        self.rows, self.company = rows, company
        self.there: dict[str, Number] = {company: Fraction(1)}
        self.visits: dict[str, Number] = {}
        self.again: dict[str, Number] = {}
        self.lost: list[tuple[str, ...]] = []

    def run(self) -> None:
        for ring in reversed(components([self.company], lambda node: _owners(self.rows, node))):
            if not any(self.there.get(node) for node in ring):
                continue
            if len(ring) == 1:
                if ring[0] in self.rows and self.rows[ring[0]].own >= 1:
                    self.lost.append(ring)
                else:
                    self._hand_on(ring[0], self.there[ring[0]], ())
            else:
                self._through(ring)

    def _through(self, ring: tuple[str, ...]) -> None:
        w = [[self.rows[v].known.get(u, _NOTHING) for u in ring] for v in ring]
        try:
            chains = inverse(w)
        except Singular:
            self.lost.append(ring)
            return
        start = [self.there.get(v, _NOTHING) for v in ring]
        for j, node in enumerate(ring):
            self.again[node] = chains[j][j]
            self._hand_on(node, sum((m * chains[i][j] for i, m in enumerate(start) if m), _NOTHING), ring)

    def _hand_on(self, node: str, visits: Number, ring: tuple[str, ...]) -> None:
        self.visits[node] = visits
        for owner, part in self.rows[node].known.items() if node in self.rows else ():
            if owner not in ring:
                self.there[owner] = self.there.get(owner, _NOTHING) + visits * part


def look_through(rows: Rows, company: str, ends: frozenset[str] = frozenset()) -> LookThrough:
    """Who has what of a company. ``ends``: persons and public bodies; what reaches them is attributed."""
    up = _Up(rows, company)
    up.run()
    stuck = frozenset().union(*(reached(ring, lambda node: _owners(rows, node)) for ring in up.lost))
    shares: dict[str, Number] = {}
    unnumbered = set()
    for owner in sorted(up.visits.keys() | stuck):
        if owner == company:
            continue
        if owner in stuck:
            told = None if any(company in ring for ring in up.lost) else held_by(rows, owner, above(rows, company))
            if told is None or company not in told:
                unnumbered.add(owner)
            elif told[company]:
                shares[owner] = told[company]
        elif part := up.visits[owner] / up.again.get(owner, 1):
            shares[owner] = part
    closed = tuple(ring for ring in up.lost if _is_closed(rows, ring))
    wrong = tuple(ring for ring in up.lost if ring not in closed)
    open_ends = [(node, visits) for node, visits in up.visits.items() if node not in ends]
    unattributed: Number | None = sum(
        (v * max(_NOTHING, 1 - sum(rows[node].known.values())) if node in rows else v for node, v in open_ends),
        _NOTHING,
    )
    return LookThrough(shares, frozenset(unnumbered), None if up.lost else unattributed, closed, wrong)


def held_by(rows: Rows, source: str, within: set[str] | None = None, *, at_most: bool = False) -> dict[str, Number]:
    """What ``source`` has of every company below it, as far as ``within``; companies without a number are left out.

    ``at_most``: the most it can be: unknown holders get what is left of a row, each row the one of them through whom
    the source has most.
    """
    held = below(rows, source, within)
    parts: dict[str, Number] = {source: Fraction(1)}
    without: set[str] = set()
    order = components([source], lambda node: held.get(node, ()))
    for ring in reversed(order):
        if ring == (source,):
            continue
        feeders = {owner for v in ring for owner in rows[v].known} & held.keys()
        if feeders & without:
            without.update(ring)
            continue
        try:
            parts.update(_ring_parts(rows, ring, parts, at_most))
        except Singular:
            without.update(ring)
    del parts[source]
    return {company: part for company, part in parts.items() if part}


def _ring_parts(rows: Rows, ring: tuple[str, ...], parts: Mapping[str, Number], at_most: bool) -> dict[str, Number]:
    """What the source has of the members of a ring (or of one company), what feeds the ring being known."""
    taken = {v: rows[v] for v in ring}
    if not at_most or not any(row.unknown for row in taken.values()):
        return _solved(taken, ring, parts)
    best = dict.fromkeys(ring, "")
    found = _solved(taken, ring, parts)
    for _ in range(_ROUNDS):
        worth = {**parts, **found}
        chosen = {
            v: max(sorted(row.unknown), key=lambda u: worth.get(u, _NOTHING)) if row.unknown else ""
            for v, row in taken.items()
        }
        if chosen == best:
            break
        best = chosen
        try:
            found = _solved({v: _given(row, best[v]) for v, row in taken.items()}, ring, parts)
        except Singular:
            return dict.fromkeys(ring, Fraction(1))
    return {v: part if part <= 1 or not taken[v].unknown else Fraction(1) for v, part in found.items()}


def _given(row: Row, owner: str) -> Row:
    """The row with all that is left given to one of its unknown holders."""
    if not owner:
        return row
    return Row({**row.known, owner: row.known.get(owner, _NOTHING) + row.rest}, (), _NOTHING, row.over, row.own)


def _solved(rows: Mapping[str, Row], ring: tuple[str, ...], parts: Mapping[str, Number]) -> dict[str, Number]:
    inside = frozenset(ring)
    fed = {
        v: sum((part * parts[u] for u, part in row.known.items() if u in parts and u not in inside), _NOTHING)
        for v, row in rows.items()
    }
    if len(ring) == 1:
        return fed
    chains = inverse([[rows[v].known.get(u, _NOTHING) for u in ring] for v in ring])
    return {v: sum((chains[i][j] * fed[u] for j, u in enumerate(ring) if fed[u]), _NOTHING) for i, v in enumerate(ring)}

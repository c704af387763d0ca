"""The standing of every natural person at every company, as far as shares, votes and control matter to a rule set.

For companies that arrays tell everything about; those that stand below an odd one (``Table.odd``) are read one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph.analysis.index import OwnershipIndex
from graph.analysis.ownership.owners import RuleSet, Standing
from graph.analysis.whole.table import Flags, Floats, Held, Ints, Longs, Table
from graph.model.ontology import SUBJECT_KINDS

#: Sums of votes that differ from a cut by less are the cut.
_NEAR = 1e-11

#: Companies of which all holders are in memory at a time.
_CHUNK = 1_000

Codes = Longs


@dataclass(frozen=True, slots=True)
class Standings:
    """``company``, ascending, with ``person``, ``share``, ``votes`` (parts of one) and whether he controls it alone.

    ``plain``: companies that these arrays are right for; ``state``: those that a public body controls.
    """

    table: Table
    plain: Flags
    state: Flags
    company: Ints
    person: Ints
    share: Floats
    votes: Floats
    controls: Flags

    def of(self, company: int) -> list[Standing]:
        """Who stands out at a plain company."""
        begin, end = np.searchsorted(self.company, [company, company + 1])
        return [
            Standing(
                self.table.id(self.person[i]),
                share := float(self.share[i]),
                share,
                votes=float(self.votes[i]),  # type: ignore[arg-type]
                controls="alone" if self.controls[i] else "",
            )
            for i in range(begin, end)
        ]


def _near(value: Floats, cuts: list[float]) -> Floats:
    for cut in cuts:
        value = np.where(abs(value - cut) < _NEAR, cut, value)
    return value


def _votes(table: Table, holder: Ints, controlled: Ints) -> tuple[Codes, Floats]:
    """(company, person) codes with the votes of persons and of all that they control, taken together."""
    size = len(table.ids)
    told = np.flatnonzero(table.share > 0)
    owner, owned, share = table.owner[told], table.owned[told], table.share[told]
    via, count = Held.of(owner, size).of_each(controlled)
    who = np.repeat(holder, count)
    # What a controlled company holds in itself is no vote; such companies are odd, so no plain one is wronged.
    persons = table.of_kind("person")[owner]
    companies = np.concatenate([owned[via], owned[persons]]).astype(np.int64)
    people = np.concatenate([who, owner[persons]]).astype(np.int64)
    codes, place = np.unique(companies * size + people, return_inverse=True)
    sums = np.bincount(place, np.concatenate([share[via], share[persons]]), minlength=len(codes))
    return codes, sums.astype(np.float64)


def _looked_up(codes: Codes, known: Codes, value: Floats) -> Floats:
    """The value of each code among known ones, 0 where it is not."""
    if not len(known):
        return np.zeros(len(codes))
    order = np.argsort(known)
    place = order[np.minimum(np.searchsorted(known, codes, sorter=order), len(known) - 1)]
    return np.where(known[place] == codes, value[place], 0.0)


def _shares(index: OwnershipIndex, codes: Codes, size: int) -> Floats:
    """The share behind each code, ascending. The lists of the index tell who reaches a cut, not how far above."""
    companies = np.unique(codes // size)
    found = np.zeros(len(codes))
    for begin in range(0, len(companies), _CHUNK):
        some = companies[begin : begin + _CHUNK]
        holders = index.up_many(some.astype(np.int32))
        known = np.repeat(some, np.diff(holders.start)) * size + holders.node
        first, last = np.searchsorted(codes, [some[0] * size, (some[-1] + 1) * size])
        found[first:last] = _looked_up(codes[first:last], known, holders.share)
    return found


def standings(table: Table, index: OwnershipIndex, rules: RuleSet) -> Standings:
    """Everybody who may meet a criterion of shares, votes or control, for all companies at once."""
    size = len(table.ids)
    persons, states = table.of_kind("person"), table.of_kind("department", "court")
    plain = table.is_company & ~table.below(table.odd | _unsound(index, size))
    cuts = [float(c.cut) for c in rules.criteria if c.enabled and c.cut is not None]
    company, person, _ = index.owners_at_least(min(cuts, default=1.0))
    codes_by_share = company.astype(np.int64) * size + person
    holder, controlled = index.control().pairs()
    state = np.zeros(size, np.bool_)
    state[controlled[states[holder]]] = True
    of_persons = persons[holder]
    holder, controlled = holder[of_persons], controlled[of_persons]
    codes_of_votes, votes = _votes(table, holder, controlled)
    votes = _near(votes, cuts)
    controls = controlled.astype(np.int64) * size + holder
    codes = np.unique(np.concatenate([codes_by_share, controls, codes_of_votes[votes >= min(cuts, default=1.0)]]))
    codes = codes[plain[codes // size] & persons[codes % size]]
    return Standings(
        table,
        plain,
        state,
        (codes // size).astype(np.int32),
        (codes % size).astype(np.int32),
        _near(_shares(index, codes, size), cuts),
        _looked_up(codes, codes_of_votes, votes),
        np.isin(codes, controls),
    )


def _unsound(index: OwnershipIndex, size: int) -> Flags:
    found = np.zeros(size, np.bool_)
    for ring in index.rings():
        if ring.kind != "sound":
            found[list(ring.members)] = True
    return found


def companies(table: Table) -> Iterator[tuple[int, str]]:
    """(number, kind) of all that may be held, in the order of their ids; a branch is its company."""
    held = table.is_company & ~table.of_kind("branch")
    for number in table.order:
        if held[number]:
            yield int(number), SUBJECT_KINDS[table.kind[number]]

"""Control by votes: more than half, own votes and those of everybody controlled taken together.

The least fixpoint of "x controls y when x and all that x controls have more than half of the votes of y" (Ceri, Gottlob
and Tanca; Company Law (公司法 2023) Art. 265(2): more than half). It only grows, so it is one set, whatever the order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from graph.analysis.ownership.register import Declared, Group, Register, Rows, vote_rows, voteless

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Step:
    """Why a company is controlled: votes held together, and by whom how many; ``declared``: a document says so."""

    company: str
    votes: Fraction
    by: Mapping[str, Fraction]
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Controller:
    """An ultimate controller: ``holder`` is a subject, or a group by its name.

    ``declared``: the control rests on a declared actual controller. ``steps``: the companies controlled on the way, in
    the order in which control follows; the last is the company asked.
    """

    holder: str
    declared: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who has votes but is no ultimate controller: ``reason`` is ``not_over_half`` or ``controlled``, by ``by``."""

    holder: str
    votes: Fraction
    reason: str
    by: tuple[str, ...] = ()


class Votes:
    """The votes of a register, and who controls what by them."""

    def __init__(self, register: Register, rows: Rows | None = None) -> None:
        self.register = register
        self.rows: Rows = vote_rows(register) if rows is None else rows
        self.votes: dict[str, dict[str, Fraction]] = {}
        for company, row in self.rows.items():
            for owner, part in row.known.items():
                if part:
                    self.votes.setdefault(owner, {})[company] = part
        self._declared: dict[str, list[Declared]] = {}
        for told in register.declared:
            self._declared.setdefault(told.controller, []).append(told)
        self._groups = {group.name: group for group in register.groups}
        self._found: dict[tuple[str, bool], dict[str, Step]] = {}

    def holders(self) -> list[str]:
        """Everybody who may control something, groups by their names."""
        return sorted({*self.votes, *self._declared, *self._groups})

    def controlled(self, holder: str, *, declared: bool = False) -> dict[str, Step]:
        """What a holder or group controls, in the order in which it follows.

        ``declared``: with declared actual controllers taken as given.
        """
        place = (holder, declared)
        if place not in self._found:
            group = self._groups.get(holder)
            self._found[place] = self._by_group(group, declared) if group else self._closure([holder], declared, {})
        return self._found[place]

    def _closure(self, starts: Iterable[str], declared: bool, found: dict[str, Step]) -> dict[str, Step]:
        """Everything that follows from the votes of ``starts``; ``found`` is what is controlled already."""
        joint: dict[str, dict[str, Fraction]] = {}
        first = list(starts)
        work = [*first, *found]
        out = frozenset(first)
        while work:
            node = work.pop()
            for told in self._declared.get(node, ()) if declared else ():
                if told.company not in found and told.company not in out:
                    found[told.company] = Step(told.company, self._sum(joint, told.company), {}, declared=True)
                    work.append(told.company)
            for company, part in self.votes.get(node, {}).items():
                by = joint.setdefault(company, {})
                by[node] = part
                if company not in out and company not in found and sum(by.values()) > HALF:
                    found[company] = Step(company, sum(by.values(), Fraction(0)), by)
                    work.append(company)
        # Whoever joined later adds votes to what was controlled before.
        return {c: replace(step, votes=self._sum(joint, c), by=dict(joint.get(c, {}))) for c, step in found.items()}

    @staticmethod
    def _sum(joint: Mapping[str, Mapping[str, Fraction]], company: str) -> Fraction:
        return sum(joint.get(company, {}).values(), Fraction(0))

    def _by_group(self, group: Group, declared: bool) -> dict[str, Step]:
        """Members, and what each controls alone, vote as one at the company of the agreement, and nowhere else."""
        who = set(group.members).union(*(self.controlled(member, declared=declared) for member in group.members))
        by = {
            holder: self.votes[holder][group.company]
            for holder in sorted(who - {group.company})
            if group.company in self.votes.get(holder, {})
        }
        together = sum(by.values(), Fraction(0))
        if together <= HALF:
            return {}
        found = {group.company: Step(group.company, together, by)}
        rest = self._closure([], declared, dict(found))
        return {**rest, **found}

    def votes_at(self, holder: str, company: str) -> Fraction:
        """The votes that a holder and all he controls have at a company."""
        who = {holder, *self.controlled(holder)} - {company}
        return sum((self.votes.get(node, {}).get(company, Fraction(0)) for node in who), Fraction(0))


def without_subsidiaries(register: Register) -> Votes:
    """The votes, where a listed company's own subsidiaries have none in it (Art. 141).

    Who is a subsidiary is told once, from the votes before any are taken away.
    """
    votes = Votes(register)
    mute = {c: tuple(votes.controlled(c)) for c in sorted(register.listed) if c in votes.rows}
    if not any(mute.values()):
        return votes
    rows = {c: voteless(votes.rows, mute.get(c, ()), c) for c in votes.rows}
    return Votes(register, rows)


def _maximal(votes: Votes, holders: Iterable[str], declared: bool) -> list[str]:
    """Those whom none of the others controls, unless they control him too."""
    found = list(holders)
    reach = {h: votes.controlled(h, declared=declared) for h in found}
    return [h for h in found if not any(h in reach[o] and o not in reach[h] for o in found if o != h)]


def _path(steps: Mapping[str, Step], company: str) -> tuple[Step, ...]:
    """The steps that the control of a company rests on, in order."""
    needed, work = {company}, [company]
    while work:
        for node in steps[work.pop()].by:
            if node in steps and node not in needed:
                needed.add(node)
                work.append(node)
    return tuple(step for step in steps.values() if step.company in needed)


def controllers(votes: Votes, company: str, *, declared: bool = False) -> list[Controller]:
    """The ultimate controllers of a company: nobody else controls them, or only those whom they control too.

    So a ring whose members control each other names its other members. ``declared``: those only whose control rests on
    a declared actual controller.
    """
    able = [h for h in votes.holders() if h != company and company in votes.controlled(h, declared=declared)]
    top = _maximal(votes, able, declared)
    found = []
    for holder in top:
        if declared and company in votes.controlled(holder):
            told = any(d.company == company for d in votes.register.declared if d.controller == holder)
            if not told:
                continue
        steps = _path(votes.controlled(holder, declared=declared), company)
        found.append(Controller(holder, declared, steps))
    return found


def candidates(votes: Votes, company: str, chosen: Iterable[Controller]) -> list[Candidate]:
    """Everybody else with votes at the company, and why he is no ultimate controller; the strongest first."""
    row = votes.rows.get(company)
    top = {c.holder for c in chosen}
    found = []
    for holder in votes.holders():
        if holder == company or holder in top or row is None:
            continue
        own = votes.votes_at(holder, company) if holder not in votes._groups else Fraction(0)
        if not own:
            continue
        if company in votes.controlled(holder):
            by = tuple(o for o in sorted(top) if holder in votes.controlled(o))
            found.append(Candidate(holder, own, "controlled", by))
        else:
            found.append(Candidate(holder, own, "not_over_half"))
    return sorted(found, key=lambda c: (-c.votes, c.holder))

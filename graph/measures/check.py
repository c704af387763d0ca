"""One-stop comparison (一站式比对): which measures bind one decision for one subject, by law, decided by whom.

A pure function of view, catalogue, purpose and what persons have decided. A measure binds when a person has put it in
force and a record of the subject's own still stands; what the law merely allows is told apart as proposed. What binds
other decisions is counted by category alone: no score, no ranking (发改财金规〔2017〕1798号; PIPL Art. 24).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graph.measures.answers import Disabled, Proposal, Reach, Refusal
from graph.measures.cases.argument import argument_of, ground_of
from graph.measures.catalogue import Catalogue, Measure
from graph.measures.decided import IN_FORCE, OPEN, REFUSED, Decided
from graph.measures.documents import SUBJECT
from graph.measures.purposes import Purpose
from graph.measures.reach import reach
from graph.measures.roles import Received, never_received
from graph.measures.triggers import OBJECTED, records_of, status
from graph.measures.walk import Walk
from graph.store.base import Edge, Node, Reader, View

PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Bound:
    """A measure that the subject bears. ``source``: why it binds the purpose, a law or ``design``.

    ``through``: the unit whose document names the subject, None when the records are his own. ``until``: first ISO day
    on which nothing supports it, None = open. ``state``: of its case, ``proposed`` when there is none.
    ``objected``: an objection to its record is open; it stands until that is decided.
    """

    measure: Measure
    source: str
    role: str
    hop: int
    through: Node | None
    records: tuple[Node, ...]
    until: str | None
    state: str
    decided: Decided | None
    objected: bool = False


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A measure that would concern the purpose, were its row enabled. ``why_not``: in words."""

    measure: Measure
    source: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Check:
    """The answer. ``others``: category -> how many measures in force or proposed bind other decisions only.

    ``records``: ids of all records it rests on, those counted only among them. ``explored``: nodes read.
    """

    subject: Node
    purpose: Purpose
    as_of: str
    binding: tuple[Bound, ...]
    proposed: tuple[Bound, ...]
    switched_off: tuple[SwitchedOff, ...]
    others: Mapping[str, int]
    records: frozenset[str]
    explored: int


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, of what. ``whole``: the reader sees everything, else a case is told only if all it rests on shows.

    ``received``: as of :func:`graph.measures.reach.reach`.
    """

    reader: Reader
    view: View
    catalogue: Catalogue
    received: Received = never_received
    whole: bool = True


def check(asking: Asking, subject_id: str, purpose: Purpose, decided: Sequence[Decided]) -> Check:
    """Ask for one subject on ``view.as_of``; ``decided``: the cases that he bears.

    ValueError without ``as_of``, LookupError when the view does not show him.
    """
    return _Check(asking, subject_id, purpose, decided).answer()


def units_naming(walk: Walk, person: Node) -> list[str]:
    """Ids of the units through whose records a document names a person: its own records, and those of its cases."""
    documents = [e.source for e in walk.edges([person.id], ["names"], "in") if e.target == person.id]
    joined = walk.edges(sorted(set(documents)), ["in_case"], "out")
    cases = sorted({edge.target for edge in joined})
    records = {edge.source for edge in walk.edges(cases, ["in_case"], "in") if edge.target in cases}
    about = walk.edges(sorted(records | set(documents)), ["about"], "out")
    found = walk.nodes(sorted({edge.target for edge in about} - {person.id}))
    return sorted(node.id for node in found.values() if node.kind != "person")


@dataclass(slots=True)
class _Found:
    """Answers while they come together."""

    binding: list[Bound] = field(default_factory=list)
    proposed: list[Bound] = field(default_factory=list)
    switched_off: list[SwitchedOff] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    records: set[str] = field(default_factory=set)


class _Check:
    def __init__(self, asking: Asking, subject_id: str, purpose: Purpose, decided: Sequence[Decided]) -> None:
        if asking.view.as_of is None:
            raise ValueError("check needs the day of the question")
        self._asking, self._purpose, self._decided = asking, purpose, decided
        self._day = asking.view.as_of
        self._walk = Walk(asking.reader, asking.view)
        self._own = self._reach(subject_id)
        self._subject = self._own.subject
        self._measures = {measure.id: measure for measure in asking.catalogue.measures}
        self._found = _Found()

    def _reach(self, node_id: str) -> Reach:
        asking = self._asking
        return reach(asking.reader, asking.view, node_id, asking.catalogue, asking.received)

    def answer(self) -> Check:
        answers = [self._own]
        if self._subject.kind == "person":
            answers += [self._reach(unit) for unit in units_naming(self._walk, self._subject)]
        for answer in answers:
            for proposal in answer.proposed:
                if proposal.party.id == self._subject.id:
                    self._proposal(answer.subject, proposal)
            for refusal in answer.not_reached:
                if refusal.party and refusal.party.id == self._subject.id and refusal.reason == "record_ended":
                    self._objected(answer.subject, refusal)
        self._disabled(self._own.disabled)
        found = self._found
        return Check(
            self._subject, self._purpose, self._day, _sorted(found.binding), _sorted(found.proposed),
            tuple(found.switched_off), dict(sorted(found.others.items())), frozenset(found.records),
            sum(answer.explored for answer in answers),
        )  # fmt: skip

    def _proposal(self, unit: Node, proposal: Proposal) -> None:
        """What the law allows: in force by the decision of a person, proposed, or decided against."""
        cases = self._cases(unit, proposal.measure, proposal.role, lambda one: self._shows(one, proposal))
        bound = next((one for one in cases if one.binds(self._day)), None)
        standing = bound or next((one for one in reversed(cases) if one.row.state in OPEN), None)
        if standing is None and any(self._against(one, unit, proposal) for one in cases):
            return
        # In force from a day to come, or upon records of another day: nothing is in force on this one.
        state = IN_FORCE if bound else standing.row.state if standing else PROPOSED
        state = "decided" if state == IN_FORCE and not bound else state
        self._tell(unit, proposal.measure, proposal.role, proposal.records, proposal.until, state, standing)

    def _objected(self, unit: Node, refusal: Refusal) -> None:
        """A measure in force whose record is under an objection: nothing new is proposed, but what stands, stands."""
        nodes = self._walk.nodes(sorted({edge.source for edge in refusal.grounds}))
        open_to = tuple(n for _, n in sorted(nodes.items()) if status(n, self._day) == OBJECTED)
        keys = {key for node in nodes.values() for key in node.keys}
        cases = self._cases(unit, refusal.measure, refusal.role, lambda one: _record_keys(one) <= keys)
        bound = next((one for one in cases if one.binds(self._day)), None)
        if open_to and bound:
            self._tell(unit, refusal.measure, refusal.role, open_to, bound.until, IN_FORCE, bound, objected=True)

    def _tell(
        self,
        unit: Node,
        measure_id: str,
        role: str,
        records: tuple[Node, ...],
        until: str | None,
        state: str,
        decided: Decided | None,
        *,
        objected: bool = False,
    ) -> None:
        measure, found = self._measures[measure_id], self._found
        found.records.update(node.id for node in records)
        source = self._purpose.source(measure)
        if source is None:
            found.others[measure.category] += 1
            return
        hop, through = (0, None) if role == SUBJECT else (1, unit)
        bound = Bound(measure, source, role, hop, through, records, until, state, decided, objected)
        (found.binding if state == IN_FORCE else found.proposed).append(bound)

    def _cases(self, unit: Node, measure: str, role: str, shows: Callable[[Decided], bool]) -> list[Decided]:
        """The cases of a measure that the subject bears in a role because of a unit, the oldest first."""
        wanted = measure, role
        mine = [one for one in self._decided if (one.row.measure, one.row.role) == wanted]
        mine = [one for one in mine if one.row.subject in unit.keys and one.row.party in self._subject.keys]
        return [one for one in mine if self._asking.whole or shows(one)]

    @staticmethod
    def _shows(decided: Decided, proposal: Proposal) -> bool:
        """Whether all that a case rests on is among what the reader was told for the proposal."""
        keys = {key for record in proposal.records for key in record.keys}
        return _record_keys(decided) <= keys and _ties(decided) <= _edges(proposal.grounds)

    def _against(self, decided: Decided, unit: Node, proposal: Proposal) -> bool:
        """Whether a person has refused the measure on just this ground."""
        measure = self._measures[proposal.measure]
        ground = ground_of(argument_of(proposal, unit, measure, self._asking.catalogue))
        return decided.row.state == REFUSED and decided.row.ground == ground

    def _disabled(self, disabled: Iterable[Disabled]) -> None:
        """Rows that are switched off and would concern this purpose and this kind of subject."""
        terms = self._asking.catalogue.terms
        words = terms.words_of(self._subject)
        own = records_of(self._walk, self._subject, terms, self._day)
        for one in disabled:
            measure = self._measures[one.measure]
            source = self._purpose.source(measure)
            if source is not None and not words.isdisjoint(measure.applies_to):
                self._found.switched_off.append(SwitchedOff(measure, source, one.reason))
                self._found.records.update(r.node.id for r in own if r.active and r.triggers(measure.triggered_by))


def _sorted(rows: Iterable[Bound]) -> tuple[Bound, ...]:
    return tuple(sorted(rows, key=lambda b: (b.measure.id, b.role, b.through.id if b.through else "")))


def _record_keys(decided: Decided) -> set[str]:
    return {str(record["key"]) for record in decided.argument.get("records", ())}


def _ties(decided: Decided) -> set[tuple[str, str, str]]:
    found: Iterator[Mapping[str, str | None]] = iter(decided.argument.get("grounds", ()))
    return {(str(g["relation"]), g["from"] or "", g["to"] or "") for g in found}


def _edges(grounds: Iterable[Edge]) -> set[tuple[str, str, str]]:
    return {(edge.relation, edge.valid_from or "", edge.valid_to or "") for edge in grounds}

"""Reach: which measures the law lets a person decide on for a subject, who else is reached, who is not, and why.

A pure function of view, catalogue and day. Rows of the catalogue are read by their columns; no measure has code of
its own. The engine proposes and refuses, each with its grounds; an officer decides (个人信息保护法 Art. 24).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.measures.answers import Answers, Disabled, Proposal, Reach
from graph.measures.catalogue import Catalogue, Measure
from graph.measures.documents import SUBJECT, Documents, Naming, roles_claimed, test_days
from graph.measures.review import SEPARATE_RULING
from graph.measures.roles import Received, Register, never_received
from graph.measures.triggers import Record, record_age, records_of
from graph.measures.walk import Walk, identified
from graph.store.base import Edge, Node, Reader, View


@dataclass(frozen=True, slots=True)
class _Ground:
    """One record, with the document that names the party (hop 1) and the edges of role and naming."""

    record: Record
    document: Node | None
    edges: tuple[Edge, ...]

    @property
    def ends(self) -> str | None:
        """First ISO day on which the record or its document no longer stands, None = open."""
        nodes = [self.record.node, *([self.document] if self.document else [])]
        return min((str(node.props["active_to"]) for node in nodes if node.props.get("active_to")), default=None)


def reach(
    reader: Reader, view: View, subject_id: str, catalogue: Catalogue, received: Received = never_received
) -> Reach:
    """Proposals and refusals for one subject at ``view.as_of``.

    ``received`` tells on which day the register's claims of an edge came in, where the edge itself does not (no
    ``seen_on``, or other sources among its claims). Raises ValueError without ``as_of``, LookupError when the view
    does not show the subject. Rules: contract of ``reach``; 法释〔2015〕17号, 法发〔2019〕35号 items 16-17.
    """
    if view.as_of is None:
        raise ValueError("reach needs the day of the question")
    walk = Walk(reader, view)
    subject = walk.node(subject_id)
    if subject is None:
        raise LookupError(f"no such subject: {subject_id}")
    return _Question(walk, subject, view.as_of, catalogue, received).answer()


class _Question:
    def __init__(self, walk: Walk, subject: Node, day: str, catalogue: Catalogue, received: Received) -> None:
        self._walk = walk
        self._subject = subject
        self._day = day
        self._catalogue = catalogue
        self._records = records_of(walk, subject, catalogue.terms, day)
        self._register = Register(walk, subject.id, catalogue.terms, day, received)
        self._documents = Documents(walk, subject, catalogue.terms, day)
        self._answers = Answers()

    def answer(self) -> Reach:
        disabled = []
        for measure in self._catalogue.measures:
            records = [record for record in self._records if record.triggers(measure.triggered_by)]
            if not records:
                continue
            if measure.proposable and not measure.in_force(self._day):
                if any(record.active for record in records):
                    disabled.append(Disabled(measure.id, f"not in force on this day: the law holds {measure.days}"))
                continue
            switched_off = measure.act == "consequence" and not measure.enabled
            if switched_off and any(record.active for record in records):
                disabled.append(Disabled(measure.id, measure.why_not))
                self._suggested(measure, "disabled")
            elif measure.proposable:
                self._subject_itself(measure, records)
                self._persons(measure, records)
        return self._answers.result(self._walk, self._subject, self._day, disabled, self._catalogue)

    def _subject_itself(self, measure: Measure, records: Sequence[Record]) -> None:
        """Hop 0: what the subject of the records bears."""
        fits = not self._catalogue.terms.words_of(self._subject).isdisjoint(measure.applies_to)
        if not fits or measure.extends_mode == SEPARATE_RULING:
            return
        grounds = [_Ground(record, None, (record.about,)) for record in records if record.active]
        if not grounds:
            self._answers.refuse(measure, self._subject, SUBJECT, "record_ended", tuple(r.about for r in records))
        elif not identified(self._subject):
            self._answers.refuse(measure, self._subject, SUBJECT, "name_only", tuple(r.about for r in records))
        else:
            self._propose(measure, self._subject, SUBJECT, grounds)

    def _persons(self, measure: Measure, records: Sequence[Record]) -> None:
        """Hop 1: persons whom the document of the measure names, from a unit only."""
        if measure.hop_limit != 1 or self._subject.kind == "person" or not identified(self._subject):
            return
        grounds: dict[tuple[str, str], list[_Ground]] = {}
        parties: dict[str, Node] = {}
        for record in records:
            for naming in self._documents.namings(measure, record):
                for role in roles_claimed(naming, measure, self._catalogue.terms):
                    reason, proof = self._judge(measure, naming, role)
                    edges = (*naming.grounds, *proof)
                    if reason is None and naming.party:
                        parties[naming.party.id] = naming.party
                        grounds.setdefault((naming.party.id, role), []).append(_Ground(record, naming.document, edges))
                    elif reason is not None and role != SUBJECT:
                        self._answers.refuse(measure, naming.party or naming.party_name, role, reason, edges)
        for (party_id, role), found in grounds.items():
            self._propose(measure, parties[party_id], role, found)
        if any(record.active for record in records):
            self._suggested(measure, "not_named")
            self._further_units(measure)

    def _judge(self, measure: Measure, naming: Naming, role: str) -> tuple[str | None, tuple[Edge, ...]]:
        """The first rule that fails for a named party, None when none does, and the edges of the register test."""
        if not (naming.record.active and naming.in_force):
            return "record_ended", ()
        if not naming.numbered:
            return "name_only", ()
        if not naming.here:
            return "not_named", ()
        if role not in measure.extends_to:
            return "role_not_in_law", ()
        if not naming.adult:
            return "minor", ()
        terms = self._catalogue.terms
        if measure.role_test_date == "document" or role in terms.found_by_document or naming.party is None:
            return None, ()
        proof = self._register.prove(role, naming.party.id, test_days(measure, naming.document))
        return proof.reason, proof.edges

    def _propose(self, measure: Measure, party: Node, role: str, grounds: Sequence[_Ground]) -> None:
        records = sorted({g.record.node.id: g.record.node for g in grounds}.values(), key=record_age)
        ends = [ground.ends for ground in grounds]
        self._answers.propose(
            Proposal(
                measure=measure.id,
                party=party,
                role=role,
                hop=0 if role == SUBJECT else 1,
                mode=measure.extends_mode,
                basis=measure.legal_basis,
                trigger=records[0],
                grounds=_distinct(edge for ground in grounds for edge in ground.edges),
                records=tuple(records),
                to_check=measure.to_check,
                until=None if None in ends else max(end for end in ends if end),
            )
        )

    def _suggested(self, measure: Measure, reason: str) -> None:
        """Refuse those whom a role in the register suggests: not named, a role the law leaves out, switched off."""
        if measure.hop_limit == 0 or self._subject.kind == "person":
            return
        terms = self._catalogue.terms
        edges = [edge for relation in dict.fromkeys(terms.relations.values()) for edge in self._current(relation)]
        parties = self._walk.nodes(edge.source for edge in edges)
        for edge in edges:
            party, role = parties.get(edge.source), terms.role_of(edge.relation, measure.extends_to)
            if party is None or self._answers.told(measure, party, role):
                continue
            if role in measure.extends_to:
                self._answers.refuse(measure, party, role, reason if identified(party) else "name_only", (edge,))
            elif reason == "not_named" and measure.naming_document:
                self._answers.refuse(measure, party, role, "role_not_in_law", (edge,))

    def _current(self, relation: str) -> list[Edge]:
        """Edges of the register into the unit that hold on the day of the question."""
        sources = self._catalogue.terms.suggests
        return [e for e in self._register.rows(relation) if sources.intersection(e.sources) and self._holds(e)]

    def _holds(self, edge: Edge) -> bool:
        return (edge.valid_from or "") <= self._day and (edge.valid_to is None or self._day < edge.valid_to)

    def _further_units(self, measure: Measure) -> None:
        """Refuse the other units of those who are reached: there is no second hop."""
        people = sorted(party.id for party in self._answers.reached(measure))
        terms = self._catalogue.terms
        edges = [e for e in self._walk.edges(people, terms.second_hop, "out") if self._holds(e) and e.source in people]
        units = self._walk.nodes(edge.target for edge in edges if edge.target != self._subject.id)
        for edge in edges:
            if edge.target in units:
                role = terms.role_of(edge.relation, ())
                self._answers.refuse(measure, units[edge.target], role, "second_hop", (edge,))


def _distinct(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    return tuple({edge.id: edge for edge in edges}.values())

"""Judgments as claims: the document, its case and court, the parties, who stood for them.

A judgment is believed least of all sources on who somebody is (rank 30): parties
printed with a valid unified code or ID number are those subjects, all others stay
within the document. Numbers never enter a claim: ``pid_of`` turns them into
tokens. Relations: ontology words; 负责人 is the main responsible person
(公司法(2023) Art. 13), 法定代表人 and 经营者 the legal representative.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from graph.model.claims import SHARED, Claim, EdgeClaim, Mention, Name, NodeClaim, context_key
from graph.model.ids import check_id_card, check_uscc, mask_text
from graph.model.text import case_base, case_suffix, norm_case_no, norm_doc_no, norm_name
from ingest.sources.judgments.relations import Document, End, Ends, edge_of, sure
from nlp.facts import Agent, Found, JudgmentFacts, Party
from nlp.lexicon import HEAD_TITLES, OPERATOR_TITLES

SOURCE = "judgments"
RANK = 30

#: Turns an ID number into the key of its person (``pid:…``) and the masked number.
PidOf = Callable[[str], tuple[str, str]]

_UNREAD = "sha256:"


def document_key(facts: JudgmentFacts, text: str) -> str:
    """The natural key of a judgment: case number, court, kind of document and 之N joined by ``|``.

    Parts that the heading does not print are empty. A penalty decision has its own number and its authority
    instead. Without a number the key is ``sha256:<hex of the UTF-8 text>``: such a document is quarantined
    (``no_case_no``).
    """
    if facts.case_no is None and facts.document_no and facts.agency:
        parts = (norm_doc_no(facts.document_no.value), _form(facts.agency), _form(facts.doc_type), "")
        return "|".join(_plain(part) for part in parts)
    if facts.case_no is None:
        return _UNREAD + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    number = facts.case_no.value
    parts = (_case(number), _form(facts.court), _form(facts.doc_type), case_suffix(number))
    return "|".join(_plain(part) for part in parts)


def claims(facts: JudgmentFacts, doc_key: str, pid_of: PidOf, *, sha256: str = "") -> list[Claim]:
    """What the judgment ``doc_key`` says, each edge with the span of the words it rests on.

    ``pid_of`` is called with valid ID numbers only (GB 11643). ``sha256``: hex digest of the archived text.
    """
    return list(_Reading(facts, doc_key, pid_of, sha256).claims())


def named_within(doc_key: str, name: str) -> Mention:
    """Whoever the judgment ``doc_key`` knows by name only."""
    return Mention((context_key(f"doc:{doc_key}", _plain(norm_name(mask_text(name))) or "?"),))


def subjects(facts: JudgmentFacts, doc_key: str, pid_of: PidOf) -> dict[str, tuple[Mention, str]]:
    """Mention and kind of everybody whom the judgment names in its head, by name; see :func:`claims`.

    A name that several subjects bear is nobody's: it stays within the document.
    """
    return {name: (end.mention, end.kind) for name, end in _Reading(facts, doc_key, pid_of, "").heads().items()}


def case_key(facts: JudgmentFacts) -> str:
    """The key of the case that a judgment decides, "" of a document without one."""
    return f"case:{_case(facts.case_no.value)}" if facts.case_no else ""


def _case(number: str) -> str:
    """The canonical case number without 之N, the comparison form of what cannot be taken apart."""
    return case_base(number) or norm_name(number)


def _form(found: Found | None) -> str:
    return norm_name(found.value) if found else ""


def _plain(part: str) -> str:
    """A part of a key without the signs that join keys."""
    return part.replace("|", "").replace("/", "")


def _unit_kind(code: str) -> str:
    """Kind of node by the first two places of a unified code (GB 32100-2015)."""
    if code.startswith("92"):
        return "individual_business"
    return "company" if code.startswith(("91", "93")) else "other_org"


class _Reading:
    """One judgment on its way into claims; each subject is claimed once."""

    def __init__(self, facts: JudgmentFacts, doc_key: str, pid_of: PidOf, sha256: str) -> None:
        self.facts, self.pid_of = facts, pid_of
        self.document = Mention((f"doc:{doc_key}",))
        self.sha256 = sha256 or (doc_key.removeprefix(_UNREAD) if doc_key.startswith(_UNREAD) else "")
        self.case = Mention((case_key(facts),)) if facts.case_no else None
        self._named: set[tuple[str, str]] = set()

    def claims(self) -> Iterator[Claim]:
        yield from self._document()
        mentions: dict[str, Mention] = {}
        for party in self.facts.parties:
            yield from self._party(party, mentions)
        for agent in self.facts.agents:
            yield from self._agent(agent, mentions)
        yield from self._relations()
        yield from self._follows()

    def _follows(self) -> Iterator[Claim]:
        """The cases that the case of the document goes on from; a case that is only cited is none."""
        for earlier in self.facts.earlier:
            if self.case is None or earlier.how == "cited":
                continue
            before = Mention((f"case:{_case(earlier.case_no.value)}",))
            if before != self.case:
                yield from self._once(before, "case", _case(earlier.case_no.value), {})
                yield self._edge("follows", self.case, before, earlier.case_no, {"how": earlier.how})

    def _document(self) -> Iterator[Claim]:
        facts = self.facts
        number = facts.case_no.value if facts.case_no else ""
        decided = norm_doc_no(facts.document_no.value) if facts.document_no and not number else ""
        title = norm_case_no(number) or number or decided or (facts.doc_type.value if facts.doc_type else "")
        props = {
            "source": SOURCE,
            "record_kind": "judgment",
            "case_no": norm_case_no(number) or number,
            "decision_no": decided,
            "authority": facts.agency.value if facts.agency else "",
            "court": facts.court.value if facts.court else "",
            "doc_type": facts.doc_type.value if facts.doc_type else "",
            "date": facts.judgment_date.value if facts.judgment_date else "",
            "cause": facts.cause.value if facts.cause else "",
            "sha256": self.sha256,
        }
        yield self._node(self.document, "judgment", title, {key: value for key, value in props.items() if value})
        if facts.case_no and self.case:
            yield self._node(self.case, "case", _case(number))
            yield self._edge("decided_in", self.document, self.case, facts.case_no)
        if facts.court:
            court = Mention((f"court:{_form(facts.court)}",))
            yield self._node(court, "court", facts.court.value)
            yield self._edge("decided_by", self.document, court, facts.court)

    def _party(self, party: Party, mentions: dict[str, Mention]) -> Iterator[Claim]:
        """The party, its place in the case and who represents it by law."""
        mention, kind, props = self._subject(party)
        mentions[party.name] = mention
        yield from self._once(mention, kind, party.name, props)
        place = Found(party.name, party.start, party.end)
        if self.case:
            yield self._edge("party_in", mention, self.case, place, {"role": party.role})
        if party.legal_rep and kind != "person":
            yield from self._representative(party, party.legal_rep, mention, kind)

    def _representative(self, party: Party, found: Found, unit: Mention, kind: str) -> Iterator[Claim]:
        person, props = self._person(found.value, party.legal_rep_id)
        yield from self._once(person, "person", found.value, props)
        head = party.legal_rep_title in HEAD_TITLES and kind != "individual_business"
        relation = "main_responsible_of" if head else "legal_rep_of"
        yield self._edge(relation, person, unit, found, {"title": party.legal_rep_title})

    def _agent(self, agent: Agent, mentions: dict[str, Mention]) -> Iterator[Claim]:
        person = self._context(agent.name)
        yield from self._once(person, "person", agent.name, {})
        props = {"title": agent.title}
        if self.facts.case_no:
            props["case"] = _case(self.facts.case_no.value)
        if agent.firm:
            props["firm"] = mask_text(agent.firm.value)
        for principal in agent.for_parties:
            if mentions[principal] != person:
                yield self._edge(
                    "represents", person, mentions[principal], Found(agent.name, agent.start, agent.end), props
                )

    def heads(self) -> dict[str, End]:
        """Everybody whom the head names, by name: a party before one who only represents a party.

        A name that several parties bear, or several representatives, is nobody's and stays in the document.
        """
        parties = [(party.name, End(*self._subject(party)[:2])) for party in self.facts.parties]
        others = [
            (party.legal_rep.value, End(self._person(party.legal_rep.value, party.legal_rep_id)[0], "person"))
            for party in self.facts.parties
            if party.legal_rep and party.kind != "person"
        ]
        return self._apart(others) | self._apart(parties)

    def _apart(self, told: Iterable[tuple[str, End]]) -> dict[str, End]:
        found: dict[str, End] = {}
        for name, end in told:
            known = found.setdefault(name, end)
            if known.mention != end.mention:
                found[name] = End(self._context(name), known.kind)
        return found

    def _relations(self) -> Iterator[Claim]:
        """What the text fixes between subjects, as far as it is sure; whom it names first is claimed before."""
        ends = Ends(self.heads(), lambda name, kind: End(self._context(name), kind))
        key = self.document.best.removeprefix("doc:")
        document = Document(key, self.facts.extractor, self.facts.version)
        for relation in sure(self.facts):
            for name, kind in (
                (relation.source.value, relation.source_kind),
                (relation.target.value, relation.target_kind),
            ):
                end = ends.of(name, kind)
                yield from self._once(end.mention, end.kind, name, {})
            found = edge_of(relation, ends, document, self.case, self._edge)
            if found:
                yield found

    def _subject(self, party: Party) -> tuple[Mention, str, dict[str, str]]:
        """Mention, kind and properties of a party, by its best valid number."""
        if party.kind == "person":
            person, props = self._person(party.name, party.id_number)
            return person, "person", props
        if party.uscc:
            check = check_uscc(party.uscc.value)
            if check.valid:
                kind = _unit_kind(check.normalised)
                return Mention((f"uscc:{check.normalised}",)), kind, {"uscc": check.normalised}
        kind = "individual_business" if party.legal_rep_title in OPERATOR_TITLES else party.kind
        return self._context(party.name), kind, {}

    def _person(self, name: str, number: Found | None) -> tuple[Mention, dict[str, str]]:
        if number and (check := check_id_card(number.value)).valid:
            key, mask = self.pid_of(check.normalised)
            return Mention((key,)), {"id_mask": mask}
        return self._context(name), {}

    def _context(self, name: str) -> Mention:
        return named_within(self.document.best.removeprefix("doc:"), name)

    def _once(self, mention: Mention, kind: str, name: str, props: dict[str, str]) -> Iterator[Claim]:
        """The node claim of a subject the first time that it is named so."""
        if (mention.best, name) not in self._named:
            self._named.add((mention.best, name))
            yield self._node(mention, kind, name, props)

    def _node(self, mention: Mention, kind: str, name: str, props: dict[str, str] | None = None) -> NodeClaim:
        names = (Name(mask_text(name)),) if name else ()
        return NodeClaim(mention, kind, names, props or {}, level=SHARED, rank=RANK)

    def _edge(
        self, relation: str, source: Mention, target: Mention, found: Found, props: Mapping[str, str] | None = None
    ) -> EdgeClaim:
        date = self.facts.judgment_date
        return EdgeClaim(
            relation,
            source,
            target,
            seen_on=date.value if date else None,
            props=props or {},
            level=SHARED,
            rank=RANK,
            span=(found.start, found.end),
        )

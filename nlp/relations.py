"""``cg_relations``: what the text fixes between its subjects.

Sets on the Doc plain records, so that it can be stored: ``Doc._.relations``, ``Doc._.amounts``,
``Doc._.obligations``, ``Doc._.costs``, ``Doc._.earlier`` and ``Doc._.changes``. Offsets are into ``doc.text``. Needs
the sections, patterns and party block.
"""

from collections.abc import Iterator
from typing import Any, TypedDict

from spacy.language import Language
from spacy.tokens import Doc

from nlp.cast import Subject
from nlp.compact import Compact, compact
from nlp.names import Stretch
from nlp.reading import Frame, Reading, read_frame
from nlp.sections import FACTS, HEAD, PARTIES, REASONING, RULING, TAIL
from nlp.spans import labelled, section, text_of

FIELDS = ("relations", "amounts", "obligations", "costs", "earlier", "changes")


class NamedRecord(TypedDict):
    """A name with its place and kind."""

    name: str
    kind: str
    at: Stretch


class RelationRecord(TypedDict):
    """One relation; ``amount`` in fen."""

    type: str
    source: NamedRecord
    target: NamedRecord
    words: Stretch
    confidence: float
    rule: str
    amount: int | None


def _frame(doc: Doc, view: Compact) -> Frame:
    places = {label: section(doc, view, label) for label in (HEAD, PARTIES, FACTS, REASONING, RULING, TAIL)}
    agency = next(iter(labelled(doc, "patterns", "AGENCY")), None)
    return Frame(
        view.text,
        places,
        _own(doc, view, "OWN_CASE_NO"),
        _own(doc, view, "DOC_TYPE"),
        _cause(doc, view),
        Subject(_own(doc, view, "AGENCY"), "other_org", *_in_view(view, agency.start_char, agency.end_char))
        if agency
        else None,
    )


def _own(doc: Doc, view: Compact, label: str) -> str:
    for span in labelled(doc, "patterns", label):
        return _words(view, span.start_char, span.end_char)
    return ""


def _cause(doc: Doc, view: Compact) -> str:
    return _words(view, *doc._.cause) if doc._.cause else ""


def _in_view(view: Compact, start: int, end: int) -> tuple[int, int]:
    """Where ``original[start:end]`` stands in the folded text."""
    return view.index(start), view.index(end - 1) + 1


def _words(view: Compact, start: int, end: int) -> str:
    """The folded words of ``original[start:end]``."""
    return view.text[slice(*_in_view(view, start, end))].replace("\n", "")


def _subjects(doc: Doc, view: Compact) -> list[Subject]:
    """The parties, one a name, with all roles; then their representatives."""
    found: dict[str, Subject] = {}
    for party in doc._.parties or ():
        name = _words(view, *party["name"])
        subject = found.get(name)
        if subject is None:
            subject = found[name] = Subject(name, party["kind"], *_in_view(view, *party["name"]))
        subject.roles += (party["role"],)
        subject.earlier += tuple(party["earlier_roles"])
        subject.aliases += [_words(view, *alias) for alias in party["aliases"]]
    for party in doc._.parties or ():
        if party["legal_rep"]:
            name = _words(view, *party["legal_rep"])
            found.setdefault(name, Subject(name, "person", *_in_view(view, *party["legal_rep"])))
    return list(found.values())


class _Records:
    """A reading in the folded text as records in the text as given."""

    def __init__(self, view: Compact, reading: Reading) -> None:
        self.view, self.reading = view, reading

    def named(self, index: int) -> NamedRecord:
        subject = self.reading.cast.subjects[index]
        return NamedRecord(name=subject.name, kind=subject.kind, at=self.place(subject.start, subject.end))

    def place(self, start: int, end: int) -> Stretch:
        text = self.view.text
        while start < end - 1 and text[start] == "\n":
            start += 1
        while end > start + 1 and text[end - 1] == "\n":
            end -= 1
        return self.view.span(start, end)

    def relation(
        self, kind: str, source: int, target: int, one: Any, rule: str, amount: int | None = None
    ) -> RelationRecord:
        return RelationRecord(
            type=kind, source=self.named(source), target=self.named(target), words=self.place(one.start, one.end),
            confidence=one.confidence, rule=rule, amount=amount,
        )  # fmt: skip

    def relations(self) -> Iterator[RelationRecord]:
        reading = self.reading
        for debt in reading.debts:
            yield self.relation("debtor_of", debt.debtor, debt.creditor, debt, f"debt.{debt.rule}", debt.fen)
        for one in reading.guarantees:
            yield self.relation("guarantor_for", one.guarantor, one.debtor, one, f"guarantee.{one.rule}")
        for holding in reading.holdings:
            yield self.relation("shareholder_of", holding.holder, holding.company, holding, f"holding.{holding.rule}")
        for office in reading.offices:
            yield self.relation("legal_rep_of", office.person, office.unit, office, "office.stated")
        for bond in reading.bonds:
            yield self.relation(bond.type, bond.source, bond.target, bond, f"bond.{bond.rule}", bond.fen)

    def obligations(self) -> Iterator[dict[str, Any]]:
        for one in self.reading.obligations:
            yield {
                "item": one.item,
                "debtors": [self.named(i) for i in one.debtors],
                "creditors": [self.named(i) for i in one.creditors],
                "sums": [[money.fen, self.place(money.start, money.end)] for money in one.sums],
                "joint": one.joint,
                "deadline": self.place(*one.deadline) if one.deadline else None,
                "words": self.place(one.start, one.end),
            }


def _extensions() -> None:
    for name in FIELDS:
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=None)


@Language.factory("cg_relations")
class RelationReader:
    """Reads disposition and relations; holds no state besides its name."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        _extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Set the records named in :data:`FIELDS`."""
        view = compact(text_of(doc))
        frame = _frame(doc, view)
        records = _Records(view, read_frame(frame, _subjects(doc, view)))
        reading = records.reading
        doc._.relations = list(records.relations())
        doc._.obligations = list(records.obligations())
        doc._.amounts = [
            {"fen": one.money.fen, "what": one.what, "at": records.place(one.money.start, one.money.end)}
            for one in reading.sums
        ]
        doc._.costs = [
            {
                "bearers": [records.named(i) for i in one.bearers],
                "fen": one.money.fen,
                "words": records.place(one.start, one.end),
            }
            for one in reading.costs
        ]
        doc._.earlier = [
            {"case_no": one.case_no, "court": one.court, "how": one.how, "at": records.place(one.start, one.end)}
            for one in reading.earlier
        ]
        doc._.changes = [
            {"kind": one.kind, "items": list(one.items), "at": records.place(one.start, one.end)}
            for one in reading.changes
        ]
        return doc

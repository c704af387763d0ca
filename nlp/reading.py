"""One document read for its relations: the cast, the disposition, debts, guarantees, holdings, offices, history.

Works on the folded text; ``nlp.relations`` turns the result into records of a ``Doc``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeVar

from nlp import debts, guarantees, harvest
from nlp.cast import Cast, Subject
from nlp.debts import Debt
from nlp.disposition import Fixed, Part, parts_in, sums_fixed
from nlp.guarantees import Guarantee
from nlp.history import Change, Earlier, changes, earlier_cases
from nlp.holdings import Holding, HoldingReader
from nlp.liability import Liability
from nlp.money import sums_in
from nlp.obligations import Cost, Obligation, Reader, costs_in
from nlp.offices import Office, offices

Bounds = tuple[int, int]
Stated = TypeVar("Stated", Holding, Office)

_ENFORCEMENT = re.compile(r"执(?!业)")
_BANKRUPTCY = re.compile(r"破")
_PENALTY = re.compile(r"行审|非诉|行执")
_SECURING = re.compile(r"保\d|执保|财保|诉前")
#: A civil judgment that a criminal one recites: what was not performed.
_CIVIL_CASE = re.compile(r"\d{4}\)[^,。;]{1,20}(?:民|商|行)[^,。;]{0,16}号[^,。;]{0,12}(?:判决|调解|裁定|判令)")
_REFUSED = re.compile(r"驳回|不予支持|不承担")
#: A paragraph in which a party speaks, not the court.
_ALLEGED = re.compile(r"^[^。;\n]{0,40}?(?:诉称|辩称|述称|答辩|抗辩|主张|称)[,:]|诉讼请求|事实(?:和|与)理由")
#: From here on the parties speak, until the court says what it found; before it tells who came to the hearing.
_ALLEGES = re.compile(r"(?:诉|辩|述)称|诉讼请求|事实(?:和|与)理由|提出请求")
_SPEAKS = re.compile(r"(?:诉|辩|述)?称[,:]|答辩[,:]")
_ALLEGATION = 0.7
_CLAIM_ON = re.compile(r"对(?P<debtor>[^,;。]{2,40}?)(?:享有|拥有)?的?(?:到期)?债权[^,;。\d]{0,8}(?=\d)")
_FIRST_RULING = re.compile(
    r"(?:一审|原审)(?:法院)?[^,。;\n]{0,20}?(?:(?:判决|裁定)(?:主文|如下)*[:,]|判令)(?=一、|[^。]{0,60}(?:支付|偿还|返还|赔偿|给付|归还))"
)
_ADDED = re.compile(
    r"追加(?P<who>[^,。;]{2,80}?)(?:\([^()]*\))?为(?:本案|\([^()]*\)[^,。;]{0,20})?的?被执行人|变更(?P<other>[^,。;]{2,60}?)为(?:本案|[^,。;]{0,30})?的?被执行人"
)
_ADMINISTRATOR = re.compile(
    r"指定(?P<who>[^,。;]{2,60}?(?:事务所|公司|清算组|中心))(?:\([^()]*\))?(?:为|担任)(?P<of>[^,。;]{0,40}?)(?:的)?(?:破产)?管理人"
)


@dataclass(frozen=True, slots=True)
class Bond:
    """Another tie between two subjects of the cast; ``type`` is a relation of ``nlp.facts``."""

    type: str
    source: int
    target: int
    start: int
    end: int
    confidence: float
    rule: str
    fen: int | None = None


@dataclass(slots=True)
class Reading:
    """Everything read of one document beyond its heading and party block."""

    cast: Cast
    parts: list[Part] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    sums: list[Fixed] = field(default_factory=list)
    debts: list[Debt] = field(default_factory=list)
    guarantees: list[Guarantee] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    offices: list[Office] = field(default_factory=list)
    bonds: list[Bond] = field(default_factory=list)
    earlier: list[Earlier] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is known of a document before it is read: the folded text, its sections, number, kind and cause."""

    text: str
    sections: Mapping[str, Bounds]
    case_no: str
    doc_type: str
    cause: str
    agency: Subject | None = None

    @property
    def stage(self) -> str:
        """The case number without its year: the court's sign and the kind of case."""
        return re.sub(r"^\(\d{4}\)", "", self.case_no)

    @property
    def body(self) -> Bounds:
        """Facts and reasoning."""
        facts, reasons = self.sections["FACTS"], self.sections["REASONING"]
        spans = [span for span in (facts, reasons) if span[0] < span[1]]
        return (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else (0, 0)


def read_frame(frame: Frame, subjects: Sequence[Subject]) -> Reading:
    """Read one document; ``subjects``: its parties and who represents them."""
    text, body, ruling = frame.text, frame.body, frame.sections["RULING"]
    cast = Cast(text, _told_apart(subjects, frame))
    reading = Reading(cast)
    reading.parts = parts_in(text, *ruling)
    reader = Reader(text, cast)
    enforcing = (
        bool(_ENFORCEMENT.search(frame.stage)) or frame.doc_type.startswith("执行") or bool(cast.bearing("被执行人"))
    )
    criminal = "刑" in frame.stage and bool(_CIVIL_CASE.search(text, *body))
    bankrupt = bool(_BANKRUPTCY.search(frame.stage)) or "破产" in text[slice(*ruling)]
    reciting = enforcing or criminal or bankrupt
    if reciting:
        _add(cast, harvest.names_recited(text, *body))
    reading.obligations = debts.ordered(reader, reading.parts)
    reading.sums = sums_fixed(text, reading.parts)
    reading.costs = [
        cost for part in reading.parts if part.kind == "costs" for cost in costs_in(text, cast, part.start, part.end)
    ]
    recited = debts.debts_recited(reader, *body) if reciting else []
    reading.changes = list(changes(text, reading.parts)) if re.search(r"终|再", frame.stage) else []
    _debts(frame, reading, recited, enforcing)
    upheld = _upheld(frame, reader, reading)
    _guarantees(frame, reading, recited, upheld)
    start = min((s[0] for s in (body, ruling) if s[0] < s[1]), default=0)
    end = max(body[1], ruling[1])
    found = guarantees.findings_start(text, *body)
    reading.holdings = [
        _weighed(text, cast, one, found, body) for one in _once(HoldingReader(text, cast).read(start, end))
    ]
    parties = frame.sections["PARTIES"]
    begin = parties[0] if parties[0] < parties[1] else start
    reading.offices = [_weighed(text, cast, one, found, body) for one in offices(text, cast, begin, end)]
    reading.bonds = [*_added(text, cast, ruling), *_administrators(text, cast, (start, end))]
    reading.bonds += _penalised(frame, reading)
    reading.earlier = earlier_cases(text, min(parties[0], start), end, frame.case_no, frame.doc_type)
    return reading


def _told_apart(subjects: Sequence[Subject], frame: Frame) -> list[Subject]:
    """The subjects given, then organisations with a declared short name, then holders and guarantors by name."""
    cast = list(subjects)
    names = {subject.name: subject for subject in cast}
    start, end = frame.body
    for found in (*harvest.names_declared(frame.text, start, end), *harvest.names_bound(frame.text, start, end)):
        # What stands before a known name was only taken for part of it (起诉甲公司(以下简称…)).
        known = names.get(found.name) or next((s for s in subjects if found.name.endswith(s.name)), None)
        taken = any(found.name in (s.name, *s.aliases) or (found.name in s.name and s.kind != "person") for s in cast)
        if known:
            known.aliases += [alias for alias in found.aliases if alias not in known.aliases]
        elif not taken:
            cast.append(found)
            names[found.name] = found
    return cast


def _add(cast: Cast, found: Iterator[Subject]) -> None:
    for subject in found:
        if not any(subject.name in (s.name, *s.aliases) for s in cast.subjects):
            cast.add(subject)


def _debts(frame: Frame, reading: Reading, recited: list[Obligation], enforcing: bool) -> None:
    text, cast = frame.text, reading.cast
    found = debts.debts_fixed(text, reading.obligations)
    if _PENALTY.search(frame.stage):
        found = found or debts.debts_by_penalty(cast, text, *frame.body)
    elif enforcing and not _SECURING.search(frame.stage):
        own = debts.debts_enforced(cast, text, frame.body, frame.sections["RULING"])
        if own and own[0].rule != "claimed":
            found = found or own
        else:
            found = found or [d for o in recited for d in _recited(text, o)] or own
    else:
        found = [debt for one in recited for debt in _recited(text, one)] + found
    reading.debts = found or list(_claims_named(frame, cast))


def _claims_named(frame: Frame, cast: Cast) -> Iterator[Debt]:
    """What a creditor of a bankrupt is told to claim: 甲对乙的债权N元 (企业破产法 Art. 7)."""
    if not _BANKRUPTCY.search(frame.stage):
        return
    for match in _CLAIM_ON.finditer(frame.text, *frame.body):
        creditors = [
            m for m in cast.find(max(frame.body[0], match.start() - 60), match.start()) if m.end == match.start()
        ]
        debtors = cast.find(*match.span("debtor"))
        money = next(iter(sums_in(frame.text, match.end(), match.end() + 30)), None)
        if creditors and debtors and money:
            for creditor, debtor in product(creditors[0].subjects, debtors[-1].subjects):
                if creditor != debtor:
                    yield Debt(debtor, creditor, money.fen, match.start(), money.end, 0.85, "claim")


def _upheld(frame: Frame, reader: Reader, reading: Reading) -> list[Obligation]:
    """What a first-instance judgment ordered that the appeal leaves whole (维持原判); its debts are added."""
    whole = any(change.kind == "affirmed" and not change.items for change in reading.changes)
    first = _FIRST_RULING.search(frame.text, *frame.body) if whole and not reading.obligations else None
    if first is None:
        return []
    end = frame.text.find("\n", first.end())
    parts = parts_in(frame.text, first.end(), end if end >= 0 else frame.body[1])
    found = debts.ordered(reader, parts)
    for debt in debts.debts_fixed(frame.text, found):
        reading.debts.append(replace(debt, confidence=0.85, rule="upheld"))
    return found


def _recited(text: str, one: Obligation) -> Iterator[Debt]:
    total = one.total(text)
    for debtor in one.debtors:
        for creditor in one.creditors:
            if debtor != creditor and total:
                yield Debt(debtor, creditor, total, one.start, one.end, 0.9 if one.sure else 0.8, "recited")


def _guarantees(frame: Frame, reading: Reading, recited: list[Obligation], upheld: list[Obligation]) -> None:
    text, cast, body = frame.text, reading.cast, frame.body
    ordered, joint = guarantees.by_order(text, cast, reading.parts, reading.obligations, body, frame.cause)
    bound = {one.guarantor for one in ordered}
    owing = tuple(dict.fromkeys(i for o in (*reading.obligations, *upheld) for i in o.debtors))
    refused = _refused(frame, reading, bound)
    begin = guarantees.findings_start(text, *body)
    begin = begin if begin < body[1] else body[0]
    found = [] if recited else list(guarantees.by_finding(text, cast, begin, body[1], owing, refused))
    told = list(guarantees.by_recital(text, cast, recited or upheld, *body)) if recited or upheld else []
    best: dict[tuple[int, int], Guarantee] = {}
    for one in (*ordered, *told, *found):
        pair = one.guarantor, one.debtor
        if pair not in best or best[pair].confidence < one.confidence:
            best[pair] = one
    reading.guarantees = list(best.values())
    # Who is found to have guaranteed is no debtor himself, even where the disposition says 共同偿还 of both.
    answering = {
        (one.guarantor, one.debtor) for one in reading.guarantees if one.rule == "found" and one.confidence >= 0.8
    }
    reading.debts = [
        debt
        for debt in reading.debts
        if not any(
            (debt.debtor, other.debtor) in answering and other.creditor == debt.creditor for other in reading.debts
        )
    ]
    _joint(text, reading, joint)


def _refused(frame: Frame, reading: Reading, bound: set[int]) -> set[int]:
    """Parties on the owing side that an ordering disposition leaves out: what was asked of them was refused."""
    if not any(part.kind == "refusal" for part in reading.parts) or not reading.obligations:
        return set()
    liable = {i for o in reading.obligations for i in o.debtors} | bound
    claimants = {i for o in reading.obligations for i in o.creditors}
    parties = {i for i, s in enumerate(reading.cast.subjects) if s.roles}
    return parties - liable - claimants


def _joint(text: str, reading: Reading, joint: list[tuple[Liability, tuple[int, ...]]]) -> None:
    """Who is liable jointly owes what the others owe."""
    for one, debtors in joint:
        if one.bond == "supplementary":
            continue
        for debt in list(reading.debts):
            for bearer in one.bearers:
                if debt.debtor in debtors and bearer not in (debt.debtor, debt.creditor):
                    reading.debts.append(
                        Debt(bearer, debt.creditor, debt.fen, one.start, one.end, min(debt.confidence, 0.8), "joint")
                    )


def _weighed(text: str, cast: Cast, one: Stated, found: int, body: Bounds) -> Stated:
    """What only the other side alleges waits for a person; what a unit says of itself, or the court finds, stands.

    ``found``: where the court begins to tell what it found, the end of ``body`` when it does not say.
    """
    paragraph = text[text.rfind("\n", 0, one.start) + 1 : one.start + 30]
    told = _ALLEGES.search(text, body[0], max(body[0], one.start))
    before = bool(told) and body[0] <= one.start < found < body[1]
    if not before and not _ALLEGED.search(paragraph):
        return one
    unit = one.company if isinstance(one, Holding) else one.unit
    spoken = [match for match in _SPEAKS.finditer(text, body[0], min(one.start + 30, one.end))]
    said = spoken[-1].start() if spoken else body[0]
    sentence = max(text.rfind(sign, body[0], said) for sign in "。;\n") + 1
    own = any(speaker.subjects == (unit,) for speaker in cast.find(max(body[0], sentence), said))
    return one if own else replace(one, confidence=min(one.confidence, _ALLEGATION))


def _once(found: Iterator[Holding]) -> Iterator[Holding]:
    best: dict[tuple[int, int], Holding] = {}
    for one in found:
        pair = one.holder, one.company
        if pair not in best or best[pair].confidence < one.confidence:
            best[pair] = one
    yield from best.values()


def _added(text: str, cast: Cast, ruling: Bounds) -> Iterator[Bond]:
    """Who a ruling adds as judgment debtor, read debtor before: 追加甲为被执行人."""
    for match in _ADDED.finditer(text, *ruling):
        if _REFUSED.search(text, max(ruling[0], match.start() - 30), match.start()):
            continue
        added = {i for m in cast.find(*match.span("who" if match["who"] else "other")) for i in m.subjects}
        for debtor in cast.bearing("被执行人"):
            for index in sorted(added - {debtor}):
                yield Bond("added_as_debtor", index, debtor, match.start(), match.end(), 0.95, "added")


def _penalised(frame: Frame, reading: Reading) -> Iterator[Bond]:
    """Whom a penalty decision punishes, and what fine and confiscation come to."""
    orders = [part for part in reading.parts if part.kind == "order"]
    if frame.agency is None or not orders:
        return
    agency = reading.cast.add(frame.agency)
    sums = [one.money.fen for one in reading.sums if one.what in ("fine", "confiscation")]
    for index in reading.cast.bearing("当事人"):
        yield Bond(
            "penalised_by", index, agency, orders[0].start, orders[-1].end, 0.95, "penalty", sum(sums) if sums else None
        )


def _administrators(text: str, cast: Cast, within: Bounds) -> Iterator[Bond]:
    for match in _ADMINISTRATOR.finditer(text, *within):
        units = [i for m in cast.find(*match.span("of")) for i in m.subjects] or list(cast.bearing("被申请人"))
        for unit in units[:1]:
            index = cast.add(Subject(match["who"], "other_org", *match.span("who")))
            yield Bond("administrator_of", index, unit, match.start(), match.end(), 0.9, "appointed")

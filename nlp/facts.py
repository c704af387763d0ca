"""What a judgment says of itself, its parties and their agents, each with its place in the text.

``read`` is the way in for everybody outside ``nlp``. A value is the text as
printed at its place, without the blanks that space out hanzi; the one value
that is turned is the judgment date, which is ISO.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from spacy.language import Language
from spacy.tokens import Doc

from nlp.compact import printed
from nlp.entities import Entity, entities
from nlp.names import PartyKind, Stretch
from nlp.pipeline import build
from nlp.spans import doc_of, labelled, text_of

EXTRACTOR = "cg-judgment"
VERSION = "2"

#: Longer texts are refused: no judgment has them, and the tokenizer takes time with the square of the length.
MAX_CHARS = 300_000

_SURROGATE = re.compile("[\ud800-\udfff]")


class TextTooLong(ValueError):
    """A text of more than ``MAX_CHARS`` characters."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value and its place: ``text[start:end]``, Python string indexes into the text as given."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Party:
    """A party under one role (第三人, 上诉人 …; 原审 and 一审 dropped).

    ``start``, ``end``: place of the name. ``kind``: see ``nlp.names.kind_of``. ``uscc``: the 18-place code as
    printed, not checked. ``id_number``: citizen's number of a person, organisation code of another.
    ``legal_rep_title``: 法定代表人, 负责人, 经营者 … as printed, "" without a representative.
    ``legal_rep_id``: the citizen's number printed with the representative. ``earlier_roles``: the roles in
    brackets behind the role. ``aliases``: 以下简称 and 又名. ``address``: as printed, up to the first comma.
    """

    name: str
    role: str
    kind: PartyKind
    start: int
    end: int
    uscc: Found | None = None
    id_number: Found | None = None
    legal_rep: Found | None = None
    legal_rep_title: str = ""
    legal_rep_id: Found | None = None
    earlier_roles: tuple[str, ...] = ()
    aliases: tuple[Found, ...] = ()
    address: Found | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent, defender or litigation representative. ``for_parties``: names of the parties stood for."""

    name: str
    firm: Found | None
    start: int
    end: int
    for_parties: tuple[str, ...]
    title: str


RelationType = Literal[
    "legal_rep_of",
    "guarantor_for",
    "shareholder_of",
    "debtor_of",
    "added_as_debtor",
    "administrator_of",
    "penalised_by",
]

#: A fact of at least this confidence stands by itself; one below waits for a person.
SURE = 0.8


@dataclass(frozen=True, slots=True)
class Relation:
    """What the text says of two subjects, read ``source type target``.

    ``source``, ``target``: the full names, each with the place of a mention. ``source_kind``, ``target_kind``: see
    ``nlp.names.kind_of``. ``start``, ``end``: the words that say it. ``confidence``: 0 to 1, see ``SURE``.
    ``rule``: the rule that read it. ``amount``: fen, of a debt.
    """

    type: RelationType
    source: Found
    source_kind: PartyKind
    target: Found
    target_kind: PartyKind
    start: int
    end: int
    confidence: float
    rule: str
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum that the disposition fixes at ``text[start:end]``, in fen; ``what``: principal, interest, court_fee …"""

    fen: int
    what: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statute:
    """An article that the ruling is given under: ``law`` as printed, ``article`` 第N条 (之M) or None."""

    law: str
    article: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Judge:
    """Who signed, and the title as printed."""

    name: str
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Obligation:
    """What an item of the disposition orders: ``debtors`` pay ``creditors`` the ``amounts`` (fen).

    ``item``: its number, 0 without. ``joint``: jointly or severally. ``deadline``: the words that set it.
    """

    item: int
    debtors: tuple[str, ...]
    creditors: tuple[str, ...]
    amounts: tuple[int, ...]
    joint: bool
    deadline: Found | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Court costs (fen) and who bears them."""

    bearers: tuple[str, ...]
    fen: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """Another case that the text names. ``how``: appeal, retrial, enforcement, or cited; ``court`` "" when unsaid."""

    case_no: Found
    court: str
    how: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a court of appeal did: affirmed, revoked, varied, remitted, withdrawn; ``items`` empty for the whole."""

    kind: str
    items: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class JudgmentFacts:
    """The facts of one judgment; what the text does not give is None or empty.

    ``agency``, ``document_no``: authority and number of a penalty decision, which has neither court nor case number.
    """

    case_no: Found | None
    court: Found | None
    doc_type: Found | None
    judgment_date: Found | None
    cause: Found | None
    parties: tuple[Party, ...]
    agents: tuple[Agent, ...]
    relations: tuple[Relation, ...] = ()
    amounts: tuple[Amount, ...] = ()
    statutes: tuple[Statute, ...] = ()
    judges: tuple[Judge, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    costs: tuple[Cost, ...] = ()
    earlier: tuple[EarlierCase, ...] = ()
    changes: tuple[Change, ...] = ()
    agency: Found | None = None
    document_no: Found | None = None
    entities: tuple[Entity, ...] = ()
    extractor: str = EXTRACTOR
    version: str = VERSION


@cache
def _language(entities: bool) -> Language:
    return build(entities=entities)


def read(text: str) -> JudgmentFacts:
    """The facts of one text; TextTooLong above ``MAX_CHARS``. Any other text gives facts, be it empty ones.

    Without entities, which no fact is read from and which take most of the time.
    """
    return from_doc(_language(False)(doc_of(_language(False), _readable(text))))


def read_many(texts: Iterable[str], *, with_entities: bool = False) -> Iterator[JudgmentFacts]:
    """The facts of each text, in order, by ``Language.pipe``; TextTooLong as ``read``.

    ``with_entities``: the entities too, with the trained model, which finds names that no rule finds.
    """
    language = _language(with_entities)
    return map(from_doc, language.pipe(doc_of(language, _readable(text)) for text in texts))


def _readable(text: str) -> str:
    """``text`` with what is no character (lone surrogates) replaced, place by place."""
    if len(text) > MAX_CHARS:
        raise TextTooLong(f"a text of {len(text)} characters; at most {MAX_CHARS} are read as one judgment")
    return _SURROGATE.sub("\ufffd", text)


def from_doc(doc: Doc) -> JudgmentFacts:
    """The facts that the pipeline has set on ``doc``."""
    text = text_of(doc)
    parties = tuple(
        Party(
            name=printed(text, *record["name"]),
            role=record["role"],
            kind=record["kind"],
            start=record["name"][0],
            end=record["name"][1],
            uscc=_found(text, record["uscc"]),
            id_number=_found(text, record["id_number"]),
            legal_rep=_found(text, record["legal_rep"]),
            legal_rep_title=record["legal_rep_title"],
            legal_rep_id=_found(text, record["legal_rep_id"]),
            earlier_roles=tuple(record["earlier_roles"]),
            aliases=tuple(Found(printed(text, *place), *place) for place in record["aliases"]),
            address=_found(text, record["address"]),
        )
        for record in doc._.parties
    )
    agents = tuple(
        Agent(
            name=printed(text, *record["name"]),
            firm=_found(text, record["firm"]),
            start=record["name"][0],
            end=record["name"][1],
            for_parties=tuple(parties[index].name for index in record["principals"]),
            title=record["title"],
        )
        for record in doc._.agents
    )
    return JudgmentFacts(
        case_no=_own(doc, "OWN_CASE_NO"),
        court=_own(doc, "COURT"),
        doc_type=_own(doc, "DOC_TYPE"),
        judgment_date=_own(doc, "JUDGMENT_DATE"),
        cause=_found(text, doc._.cause),
        parties=parties,
        agents=agents,
        relations=tuple(_relation(text, record) for record in doc._.relations or ()),
        amounts=tuple(Amount(one["fen"], one["what"], *one["at"]) for one in doc._.amounts or ()),
        statutes=tuple(Statute(one["law"], one["article"], *one["at"]) for one in doc._.statutes or ()),
        judges=tuple(Judge(one["name"], one["title"], *one["at"]) for one in doc._.judges or ()),
        obligations=tuple(_obligation(text, record) for record in doc._.obligations or ()),
        costs=tuple(
            Cost(tuple(printed(text, *bearer["at"]) for bearer in one["bearers"]), one["fen"], *one["words"])
            for one in doc._.costs or ()
        ),
        earlier=tuple(
            EarlierCase(Found(printed(text, *one["at"]), *one["at"]), one["court"], one["how"])
            for one in doc._.earlier or ()
        ),
        agency=_own(doc, "AGENCY"),
        document_no=_own(doc, "OWN_DOC_NO"),
        entities=entities(doc),
        changes=tuple(Change(one["kind"], tuple(one["items"]), *one["at"]) for one in doc._.changes or ()),
    )


def _relation(text: str, record: dict[str, Any]) -> Relation:
    source, target = record["source"], record["target"]
    return Relation(
        type=record["type"],
        source=Found(printed(text, *source["at"]), *source["at"]),
        source_kind=source["kind"],
        target=Found(printed(text, *target["at"]), *target["at"]),
        target_kind=target["kind"],
        start=record["words"][0],
        end=record["words"][1],
        confidence=record["confidence"],
        rule=record["rule"],
        amount=record["amount"],
    )


def _obligation(text: str, record: dict[str, Any]) -> Obligation:
    return Obligation(
        item=record["item"],
        debtors=tuple(printed(text, *one["at"]) for one in record["debtors"]),
        creditors=tuple(printed(text, *one["at"]) for one in record["creditors"]),
        amounts=tuple(fen for fen, _ in record["sums"]),
        joint=record["joint"],
        deadline=_found(text, record["deadline"]),
        start=record["words"][0],
        end=record["words"][1],
    )


def _found(text: str, place: Stretch | None) -> Found | None:
    return Found(printed(text, *place), *place) if place else None


def _own(doc: Doc, label: str) -> Found | None:
    """What the document says of itself under a label of the pattern finder."""
    for span in labelled(doc, "patterns", label):
        return Found(
            span._.norm or printed(text_of(doc), span.start_char, span.end_char), span.start_char, span.end_char
        )
    return None

"""What a judgment says of itself, its parties and their agents, each with its place in the text.

A value is the text as printed at its place, without the blanks that space out hanzi; the one value that is turned is
the judgment date, which is ISO. ``nlp.reader`` makes these of a text; here is nothing of spaCy, which takes two seconds
to import, so that whoever only handles facts does not wait for it.
"""

from dataclasses import dataclass
from typing import Literal

from nlp.names import PartyKind

EXTRACTOR = "cg-judgment"
VERSION = "2"

#: Longer texts are refused: no judgment has them, and the tokenizer takes time with the square of the length.
MAX_CHARS = 300_000


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
class Entity:
    """``text`` stands at ``start`` to ``end`` (end exclusive) of the text as given.

    ``alias_of``: the full name, folded, that a short name stands for; "" for other entities.
    """

    start: int
    end: int
    label: str
    text: str
    alias_of: str = ""


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

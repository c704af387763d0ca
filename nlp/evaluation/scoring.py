"""An annotation as sets of keys by field, and how two of them agree.

Keys are compared exactly after folding: NFKC, no white space, one kind of bracket, no title marks; dates as ISO;
sums as decimals in yuan; articles as 第N条 (之M). MICRO pools the fields of :data:`FIELDS`, MACRO is the mean of
their F1.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from graph.model.values import parse_date
from nlp.money import read_whole

FIELDS = (
    "doc.case_no", "doc.court", "doc.doc_type", "doc.judgment_date", "doc.cause", "parties", "party.kind",
    "party.legal_rep", "party.id", "agents", "agent.firm", "relation.legal_rep_of", "relation.agent_of",
    "relation.guarantor_for", "relation.shareholder_of", "relation.debtor_of", "relation.amount", "amounts",
    "statutes", "judges",
)  # fmt: skip
LABELS = ("CASE_NO", "DATE", "MONEY", "LAW", "PERSON", "ORG", "COURT")
#: Labels of which the annotation holds a part only, so that nothing is said of precision.
RECALL_ONLY = frozenset({"entity.PERSON", "entity.ORG", "entity.COURT"})
EXTRA = ("amount.what", "party.address", *(f"entity.{label}" for label in LABELS))

_BRACKETS = str.maketrans("〔〕［］[]【】﹝﹞", "()" * 5)
_MARKS = re.compile(r"[《》〈〉<>﹤﹥«»]")
_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_ARTICLE = re.compile(r"第?([零〇一二三四五六七八九十百千两\d]+)条(?:之([一二三四五六七八九十\d]+))?")

Key = tuple[Any, ...]
Keys = dict[str, set[Key]]


def folded(value: object) -> str | None:
    """A text as it is compared; None for none."""
    if value is None:
        return None
    text = _SPACE.sub("", unicodedata.normalize("NFKC", str(value)))
    return _MARKS.sub("", text.translate(_BRACKETS)) or None


def _date(value: object) -> str | None:
    text = folded(value)
    try:
        return parse_date(text) if text else None
    except ValueError:
        return text


def _sum(value: object) -> str | None:
    text = folded(value)
    if text is None:
        return None
    factor = {"亿": 8, "万": 4}.get(text.rstrip("元")[-1:], 0)
    try:
        number = Decimal(re.sub(r"[,¥元万亿]|人民币", "", text)).scaleb(factor)
    except InvalidOperation:
        return text
    return format(number.normalize() + 0, "f")


def _article(value: object) -> str | None:
    text = folded(value)
    match = _ARTICLE.search(text) if text else None
    if match is None:
        return text
    return f"第{read_whole(match[1])}条" + (f"之{read_whole(match[2])}" if match[2] else "")


class _Keys:
    """Collects the keys of one annotation."""

    def __init__(self) -> None:
        self.found: Keys = {field: set() for field in (*FIELDS, *EXTRA)}

    def put(self, field: str, *parts: str | int | None) -> None:
        """A key of a field that is counted; none when its last part is none."""
        if parts[-1] is not None and field in self.found:
            self.found[field].add(parts)

    def doc(self, doc: Mapping[str, Any]) -> None:
        """The fields of the document itself."""
        for name, value in doc.items():
            self.put(f"doc.{name}", _date(value) if name == "judgment_date" else folded(value))

    def party(self, party: Mapping[str, Any]) -> None:
        """One party under one role."""
        name = folded(party["name"])
        self.put("parties", name, folded(party.get("role")) or "")
        self.put("party.kind", name, party.get("kind"))
        self.put("party.legal_rep", name, folded(party.get("legal_rep")))
        self.put("party.address", name, folded(party.get("address")))
        for number in ("id_number", "uscc"):
            value = folded(party.get(number))
            self.put("party.id", name, number, value.upper() if value else None)

    def agent(self, agent: Mapping[str, Any]) -> None:
        """One agent."""
        self.put("agents", folded(agent["name"]))
        self.put("agent.firm", folded(agent["name"]), folded(agent.get("firm")))

    def relation(self, relation: Mapping[str, Any]) -> None:
        """One relation; creditor_of is turned round."""
        kind, source, target = relation["type"], folded(relation["from"]), folded(relation["to"])
        if kind == "creditor_of":
            kind, source, target = "debtor_of", target, source
        self.put(f"relation.{kind}", source, target)
        self.put("relation.amount", kind, source, target, _sum(relation.get("amount")))

    def amount(self, amount: Mapping[str, Any]) -> None:
        """One sum of the disposition."""
        self.put("amounts", _sum(amount["value_yuan"]))
        self.put("amount.what", _sum(amount["value_yuan"]), folded(amount.get("what")))

    def statute(self, statute: Mapping[str, Any]) -> None:
        """One article."""
        self.put("statutes", folded(statute["law"]), _article(statute.get("article")) or "")

    def judge(self, judge: Mapping[str, Any]) -> None:
        """One signer."""
        self.put("judges", folded(judge["name"]), folded(judge.get("title")) or "")

    def entity(self, entity: Mapping[str, Any]) -> None:
        """One entity, by its place."""
        self.put(f"entity.{entity['label']}", entity["start"], entity["end"])


def keys_of(annotation: Mapping[str, Any]) -> Keys:
    """The keys of one annotation by field, those of :data:`FIELDS` and :data:`EXTRA`."""
    keys = _Keys()
    keys.doc(annotation.get("doc") or {})
    lists = {
        "parties": keys.party, "agents": keys.agent, "relations": keys.relation, "amounts": keys.amount,
        "statutes": keys.statute, "judges": keys.judge, "entities": keys.entity,
    }  # fmt: skip
    for name, take in lists.items():
        for item in annotation.get(name) or ():
            take(item)
    return keys.found


@dataclass(slots=True)
class Count:
    """Right, wrong and missed keys of a field."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, gold: set[Key], found: set[Key]) -> None:
        """Count one document."""
        self.right += len(gold & found)
        self.wrong += len(found - gold)
        self.missed += len(gold - found)

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 when nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 1 when nothing is there."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None when nothing is there and nothing was found."""
        every = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / every if every else None


@dataclass(frozen=True, slots=True)
class Score:
    """Counts by field, and the two means over :data:`FIELDS`."""

    fields: dict[str, Count]

    @property
    def micro(self) -> float:
        """F1 of all fields pooled."""
        pooled = Count()
        for field in FIELDS:
            count = self.fields[field]
            pooled.right += count.right
            pooled.wrong += count.wrong
            pooled.missed += count.missed
        return pooled.f1 or 0.0

    @property
    def macro(self) -> float:
        """Mean F1 of the fields that the gold annotation has."""
        values = [count.f1 or 0.0 for field in FIELDS if (count := self.fields[field]).right + count.missed]
        return sum(values) / len(values) if values else 0.0


def score(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Score:
    """The score of (gold, found) annotations."""
    fields = {field: Count() for field in (*FIELDS, *EXTRA)}
    for gold, found in pairs:
        left, right = keys_of(gold), keys_of(found)
        for field, count in fields.items():
            count.add(left[field], right[field])
    return Score(fields)

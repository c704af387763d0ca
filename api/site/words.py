"""The words of the pages in two languages, and how values are told: one place, so that no template knows a code."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graph.measures.cases.machine import kinds
from graph.model.ontology import ontology
from graph.model.vocab import table
from ingest.registry import sources
from ingest.spec import Description

_FILE = Path(__file__).with_name("words.csv")

#: Languages, the default first; the position is the column of the table.
LANGUAGES = ("zh", "en")


@cache
def _table() -> Mapping[str, tuple[str, str]]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: (row["zh"], row["en"]) for row in csv.DictReader(file)}


@cache
def _columns() -> Mapping[tuple[str, str], str]:
    """Source id and name of a column -> its title; without a source that of the first which has the column."""
    found: dict[tuple[str, str], str] = {}
    for source in sources().values():
        if isinstance(source, Description):
            for column in source.columns:
                title = plain_title(column.zh)
                found[source.id, column.name] = title
                found.setdefault(("", column.name), title)
    return found


def plain_title(title: str) -> str:
    """The title of a column without what is in brackets: units (amounts are kept in yuan) and alternatives."""
    return re.sub(r"[(\[（].*?[)\]）]", "", title)


#: Properties of nodes and edges that bear another name than the column they come from.
_PROPERTIES = {
    "active_from": ("起始日", "from"),
    "active_to": ("截止日", "until"),
    "business_entity": ("企业法定代表人姓名", "legal representative as listed"),
    "capital_yuan": ("资本（元）", "capital (yuan)"),
    "amount_yuan": ("金额（元）", "amount (yuan)"),
    "content": ("内容", "content"),
    "document_no": ("文号", "document number"),
    "issuer": ("机关", "issuer"),
    "status": ("登记状态", "status"),
    "creditor": ("债权人", "creditor"),
    "date": ("日期", "date"),
    "end_kind": ("终止方式", "how it ended"),
    "end_reason": ("终止原因", "why it ended"),
    "ended": ("已终止", "ended"),
    "employer": ("执业单位", "place of practice"),
    "fine_yuan": ("罚款（元）", "fine (yuan)"),
    "found": ("认定日期", "found on"),
    "kinds": ("种类", "kinds"),
    "list": ("名单", "list"),
    "named_only": ("仅有姓名的人员", "persons known by name only"),
    "record_kind": ("记录种类", "kind of record"),
    "report_kind": ("报告类型", "kind of report"),
    "title": ("职务", "title"),
    "role": ("诉讼地位", "role"),
    "share": ("比例（%）", "share (%)"),
    "source": ("数据来源", "source"),
    "unit_code": ("单位代码", "code of the unit"),
    "valid_to": ("有效期至", "valid until"),
    "read_by": ("读取规则", "read by"),
    "reg_no": ("注册号", "registration number"),
    "case": ("案号", "case"),
    "firm": ("律师事务所", "firm"),
    "replied": ("答复日期", "answered on"),
    "court": ("法院", "court"),
    "authority": ("机关", "authority"),
    "decision_no": ("决定书文号", "number of the decision"),
    "cause": ("案由", "cause of action"),
    "doc_type": ("文书种类", "kind of document"),
    "how": ("承接方式", "how it follows"),
    "sha256": ("原文 SHA-256", "SHA-256 of the text"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str

    @property
    def _place(self) -> int:
        return LANGUAGES.index(self.language)

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its values put in; KeyError for an unknown key."""
        text = self.word(key)
        return text.format(**values) if values else text

    def word(self, key: str) -> str:
        """The text of a key as it stands in the table."""
        return _table()[key][self._place]

    def said(self, group: str, code: object) -> str:
        """The word for a code of a group (``status``, ``reason`` …), the code itself where the table has none."""
        found = _table().get(f"{group}.{code}")
        return found[self._place] if found else str(code if code is not None else "—")

    def _term(self, name: str, among: Mapping[str, Any]) -> str:
        term = among.get(name)
        return (term.en if self._place else term.zh) if term else name

    def kind(self, name: str) -> str:
        """A kind of node."""
        return self._term(name, ontology().kinds)

    def label(self, name: str) -> str:
        """An extra label."""
        return self._term(name, ontology().labels)

    def relation(self, name: str) -> str:
        """A relation."""
        return self._term(name, ontology().relations)

    def coded(self, vocabulary: str, code: object) -> str:
        """A code of a vocabulary; in English its own words."""
        row = next((row for row in table(vocabulary) if row["id"] == code), None)
        named = row["name_zh"] if row and not self._place else ""
        if not named and code in ontology().kinds:
            named = self.kind(str(code))
        return named or str(code or "—").replace("_", " ")

    def role(self, name: str) -> str:
        """A role that a measure may reach."""
        return self("reach.hop0") if name == "subject" else self.coded("person_roles", name)

    def prop(self, name: str, source: object = "") -> str:
        """A property of a node or an edge; of a record from a source in the words of that source."""
        own = _columns().get((str(source), name), "") if source and not self._place else ""
        if own or name in _PROPERTIES:
            return own or _PROPERTIES[name][self._place]
        return name.replace("_", " ") if self._place else _columns().get(("", name), name)

    def value(self, name: str, value: object) -> str:
        """A value of a property."""
        if name == "record_kind":
            return self.coded("record_kinds", value)
        if name in ("list", "source"):
            return self.said(name, value)
        if name in ("end_kind", "end_reason"):
            return self.said({"end_kind": "status", "end_reason": "why"}[name], value)
        if name == "category":
            where = "practitioner_categories" if str(value).startswith("P") else "intermediary_categories"
            return f"{value} {self.coded(where, value)}" if not self._place else str(value)
        if name.endswith("_yuan"):
            return money(value)
        if value in ("yes", "no"):
            return {"yes": ("是", "yes"), "no": ("否", "no")}[str(value)][self._place]
        return str(value)

    def case_kind(self, kind: str) -> str:
        """A kind of case; in Chinese as the machine of cases has it."""
        return self._of_case("case_kind", kind, kinds()[kind].zh)

    def case_state(self, kind: str, state: str) -> str:
        """A state of a kind of case."""
        return self._of_case("case_state", state, kinds()[kind].states[state].zh)

    def case_step(self, kind: str, step: str) -> str:
        """A step of a kind of case."""
        found = kinds()[kind].transitions.get(step)
        return self._of_case("step", step, found.zh if found else step)

    def _of_case(self, group: str, code: str, zh: str) -> str:
        if not self._place:
            return zh
        found = _table().get(f"{group}.{code}")
        return found[self._place] if found else code.replace("_", " ")

    def term(self, row: Mapping[str, Any]) -> str:
        """The valid time of an edge."""
        start, end = row.get("valid_from"), row.get("valid_to")
        if start and end:
            return self("term.from_to", start=start, end=end)
        if start or end:
            return self("term.from", start=start) if start else self("term.to", end=end)
        seen = row.get("seen_on")
        return self("term.as_seen", day=seen) if seen else self("term.unknown")


def money(value: object) -> str:
    """An amount with its thousands apart; what is no number as it is."""
    whole, dot, rest = str(value).partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole.isdigit() else str(value)


def percent(value: object) -> str:
    """A share in percent to four places; what is less but not nothing says so."""
    number = float(str(value))
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return f"{text}%" if number == 0 or float(text) else "<0.0001%"

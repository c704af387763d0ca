"""Which earlier case a document follows, and what an appeal changed.

A second-instance document names the judgment appealed against (不服…号判决), an enforcement document its title, a
retrial the judgment in force. All places are indexes into the folded text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graph.model.numerals import read_numeral
from nlp.disposition import Part
from nlp.lexicon import CASE_NO

How = Literal["appeal", "retrial", "enforcement", "review", "cited"]
ChangeKind = Literal["affirmed", "revoked", "varied", "remitted", "withdrawn"]

_NUMBER = re.compile(CASE_NO)
_COURT_SIGN = re.compile(r"\)[^\d]*[\u3400-\u9fff]")
_COURT = re.compile(r"(?P<court>[\u3400-\u9fff]{2,24}?法院)(?:于|作出|的|[^,。;]{0,20})?(?:的)?$")
_KIND = re.compile(r"的?(?:[^,。;\d]{0,8}?)(?P<kind>判决|裁定|调解|决定|支付令|执行证书|仲裁|裁决|公证)")
_APPEAL = re.compile(r"不服[^。;]{0,60}$")
_RETRIAL = re.compile(r"申请再审|再审|抗诉")
_IN_FORCE = re.compile(r"生效|法律效力|依据|根据|执行|申请")
_ITEMS = re.compile(r"第?(?P<items>[一二三四五六七八九十\d]{1,3}(?:[、,和及][第]?[一二三四五六七八九十\d]{1,3})*)项")
_CHANGES: tuple[tuple[ChangeKind, re.Pattern[str]], ...] = (
    ("affirmed", re.compile(r"维持(?P<what>[^,;。]*)")),
    ("revoked", re.compile(r"撤销(?P<what>[^,;。]*)")),
    ("varied", re.compile(r"(?:变更|改判)(?P<what>[^;。]*)")),
    ("remitted", re.compile(r"发回(?P<what>[^,;。]*?)重审|指令(?P<by>[^,;。]*?)(?:审理|再审)")),
    ("withdrawn", re.compile(r"(?:准许|准予|按)(?P<what>[^,;。]*?)(?:撤回上诉|撤诉处理|撤回起诉)")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier case at ``start:end`` (its number), its court as printed beside it ("" without), and what leads on."""

    case_no: str
    court: str
    how: How
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Change:
    """What the ruling did to the judgment appealed against. ``items``: numbers of its items, empty for all of it."""

    kind: ChangeKind
    items: tuple[int, ...]
    start: int
    end: int


def _how(text: str, start: int, end: int, own: str, doc_type: str) -> How:
    before = text[max(0, start - 70) : start]
    if _APPEAL.search(before):
        return "retrial" if _RETRIAL.search(text[end : end + 60]) or "申" in own else "appeal"
    stage = re.sub(r"^\(\d{4}\)", "", own)
    if "执" in stage and _IN_FORCE.search(text[max(0, start - 60) : end + 60]):
        return "enforcement"
    if "终" in stage and re.search(r"原审|一审", before):
        return "appeal"
    if ("再" in stage or "监" in stage) and _RETRIAL.search(before + text[end : end + 60]):
        return "retrial"
    return "cited"


def earlier_cases(text: str, start: int, end: int, own: str, doc_type: str) -> list[Earlier]:
    """The other cases that ``text[start:end]`` names, each once, the tightest bond first seen kept."""
    found: dict[str, Earlier] = {}
    for match in _NUMBER.finditer(text, start, end):
        number = match.group()
        if not _COURT_SIGN.search(number) or number == own or number.split("号")[0] == own.split("号")[0]:
            continue
        court = _COURT.search(text[max(start, match.start() - 40) : match.start()])
        how = _how(text, match.start(), match.end(), own, doc_type)
        name = re.sub(r"^.*?(?:不服|依据|根据|由|对|向|因)", "", court["court"]) if court else ""
        one = Earlier(number, name if len(name) > 3 else "", how, match.start(), match.end())
        known = found.get(number)
        if known is None or (known.how == "cited" and how != "cited"):
            found[number] = one
    return list(found.values())


def _items(words: str) -> tuple[int, ...]:
    numbers = (re.findall(r"[一二三四五六七八九十]{1,3}|\d{1,3}", match["items"]) for match in _ITEMS.finditer(words))
    return tuple(dict.fromkeys(read_numeral(figure) for group in numbers for figure in group))


def changes(text: str, parts: list[Part]) -> Iterator[Change]:
    """What the parts of a second-instance or retrial disposition do to the earlier one."""
    for part in parts:
        if part.kind not in ("order", "refusal"):
            continue
        for kind, pattern in _CHANGES:
            match = pattern.search(text, part.start, part.end)
            if match:
                yield Change(kind, _items(match.group()), match.start(), match.end())

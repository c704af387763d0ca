"""Who stands in for whose debt: guarantors, owners of pledged things, joint debtors.

A disposition says 对上述债务承担连带责任 of guarantors and of joint debtors alike. Who is a guarantor is told by the
words of guarantee (保证, 担保, 抵押, 质押: 民法典 Art. 386, 681) that the court finds of him, or by his recourse
against the debtor (Art. 392, 700). All places are indexes into the folded text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from graph.model.numerals import read_numeral
from nlp.cast import Cast, Mention
from nlp.obligations import Obligation

Bond = Literal["guarantor", "joint", "supplementary"]

_BEARS = re.compile(
    r"(?:承担|负担?|负有)[^,;。]{0,12}?(?P<what>保证|担保|抵押|质押|连带|共同|补充|清偿|还款|偿还|赔偿|给付|支付)[^,;。]{0,10}?(?:责任|义务|之责)"
    r"|(?:连带|共同)(?:清偿|偿还|归还|赔偿)(?:责任|义务)"
)
_FOR = re.compile(r"(?:对|就)(?!方)")
_ITEMS = re.compile(r"第?(?P<items>[一二三四五六七八九十\d](?:[、,和及与至-]?(?:第)?[一二三四五六七八九十\d])*)[项条]")
_FIGURE = re.compile(r"[一二三四五六七八九十]+|\d+")
_RECOURSE = re.compile(
    r"(?:有权|可以?|后)?(?:依法)?(?:在[^,;。]{0,20}内)?[^,;。]{0,12}?(?:向|对)[^,;。]{2,40}?(?:追偿|行使追偿权)"
)
_NEVER = re.compile(r"不(?:再)?(?:承担|负)|无需|免除|驳回|无须|不应")
_PRIORITY = re.compile(r"优先受偿|优先权")
_OWNED = re.compile(
    r"的?(?:所|自愿|以其)?(?:有的|名下|所有|所有权|提供|持有|抵押|质押|出质|设定|的房|的土地|的机器|的股权|享有)"
)

GUARANTEE = re.compile(r"保证|担保|抵押|质押|出质|反担保|质权")
#: Liability up to what somebody owes himself: unpaid capital (公司法(2023) Art. 49), an estate (民法典 Art. 1161).
_LIMITED = re.compile(r"补充|(?:出资|抽逃|遗产|继承|接收的?财产|分配(?:到)?的?财产)[^,;。]{0,24}(?:范围|限额|限度)内")
_JOINT_GROUND = re.compile(
    r"夫妻|配偶|婚姻|一人(?:有限责任)?公司|人格混同|财产混同|独立于|合伙|挂靠|分支机构|分公司|雇佣|雇主|侵权|共同(?:经营|侵权|承包)|个体工商户|债务加入|加入债务|共同还款"
)


@dataclass(frozen=True, slots=True)
class Liability:
    """``bearers`` answer for the debt of ``debtors`` (empty = of the ``items``, or of what stands before).

    ``certain``: the words themselves say what kind of bond it is.
    """

    bond: Bond
    bearers: tuple[int, ...]
    debtors: tuple[int, ...]
    items: tuple[int, ...]
    start: int
    end: int
    certain: bool


def _items(words: str) -> tuple[int, ...]:
    found: list[int] = []
    for match in _ITEMS.finditer(words):
        figures = [read_numeral(figure) for figure in _FIGURE.findall(match["items"])]
        if re.search(r"[至-]", match["items"]) and len(figures) == 2:
            figures = list(range(figures[0], figures[1] + 1))
        found += figures
    return tuple(dict.fromkeys(found))


def _flat(mentions: Sequence[Mention]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(index for mention in mentions for index in mention.subjects))


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches between semicolons and full stops."""
    at = start
    for match in re.finditer(r"[;。\n]", text[start:end]):
        if start + match.start() > at:
            yield at, start + match.start()
        at = start + match.end()
    if end > at:
        yield at, end


def liabilities(text: str, cast: Cast, start: int, end: int) -> list[Liability]:
    """Who is ordered or found to answer for another in ``text[start:end]``."""
    found: list[Liability] = []
    for begin, stop in _clauses(text, start, end):
        bears = _BEARS.search(text, begin, stop)
        if _NEVER.search(text, begin, stop):
            continue
        if bears and (one := _borne(text, cast, begin, stop, bears)):
            found.append(one)
        elif _PRIORITY.search(text, begin, stop):
            found += _owned(text, cast, begin, stop)
    return found


def _borne(text: str, cast: Cast, start: int, end: int, bears: re.Match[str]) -> Liability | None:
    mentions = [m for m in cast.find(start, end) if m.end <= bears.start()]
    split = next((m.start() for m in _FOR.finditer(text, start, bears.start())), bears.start())
    bearers = [m for m in mentions if m.end <= split]
    while bearers and (cut := text.rfind(",", start, split)) >= start and any(m.start > cut for m in bearers):
        bearers = [m for m in bearers if m.start > cut]
        start = cut + 1
    others = [m for m in mentions if m.start >= split]
    if not bearers and others and split < others[0].start:
        # 对上述债务由被告乙承担…: who bears stands behind what is borne.
        behind = [m for m in others if re.search(r"由(?:被告|第三人)?$", text[start : m.start])]
        bearers = others[others.index(behind[0]) :] if behind else []
        others = [m for m in others if m not in bearers]
    if not bearers:
        return None
    words = text[split : bears.end()]
    what = bears["what"] or "连带"
    recourse = _RECOURSE.search(text, bears.end(), end)
    bond: Bond = "guarantor"
    certain = True
    if what in ("保证", "担保", "抵押", "质押") or recourse or re.search(r"抵押|质押|保证|担保", words):
        pass
    elif what == "补充" or _LIMITED.search(text, start, bears.end()):
        bond = "supplementary"
    else:
        certain = False
    ids = _flat(bearers)
    after = words if re.search(r"债务|款项|义务|责任|欠款|本金", words) else ""
    debtors = tuple(i for i in _flat(_owing(text, others)) if i not in ids) if after else ()
    if recourse and not debtors:
        named = cast.find(recourse.start(), recourse.end())
        debtors = tuple(i for i in _flat(named) if i not in ids)
    return Liability(bond, ids, debtors, _items(words), start, end, certain)


def _owing(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Those mentions that are the debtor's: not the creditor behind 向 or 欠."""
    return [
        m
        for m in mentions
        if not re.search(r"(?:向|欠|给|付|还)(?:原告|申请人)?$", text[max(0, m.start - 6) : m.start])
    ]


def _owned(text: str, cast: Cast, start: int, end: int) -> Iterator[Liability]:
    """Owners of what a creditor is paid from first."""
    mentions = cast.find(start, end)
    owners: list[Mention] = []
    for position, mention in enumerate(mentions[1:], 1):
        if _OWNED.match(text, mention.end):
            first = position
            while first > 1 and text[mentions[first - 1].end : mentions[first].start] in ("、", "和", "及", "与"):
                first -= 1
            owners += mentions[first : position + 1]
    if owners:
        yield Liability("guarantor", _flat(owners), (), _items(text[start:end]), start, end, True)


def found_guarantor(text: str, cast: Cast, index: int, start: int, end: int) -> tuple[int, int] | None:
    """The sentence in ``text[start:end]`` that tells of a guarantee by a subject, None without."""
    for begin, stop in _clauses(text, start, end):
        said = GUARANTEE.search(text, begin, stop) and not _NEVER.search(text, begin, stop)
        if said and any(index in mention.subjects and mention.sure for mention in cast.find(begin, stop)):
            return begin, stop
    return None


def joint_ground(text: str, cast: Cast, index: int, start: int, end: int) -> bool:
    """Whether the findings give a ground for being a debtor himself: spouse, partner, sole shareholder, tort …"""
    return any(
        _JOINT_GROUND.search(text, begin, stop) and any(index in m.subjects for m in cast.find(begin, stop))
        for begin, stop in _clauses(text, start, end)
    )


def debtors_of(one: Liability, obligations: Sequence[Obligation]) -> tuple[int, ...]:
    """Whose debt a liability is for: who is named, else who owes by the items named, else whoever owes before it."""
    by_item = [o for o in obligations if o.item in one.items] if one.items else []
    if one.debtors:
        return one.debtors
    before = by_item or [o for o in obligations if o.start <= one.start] or list(obligations)
    return tuple(dict.fromkeys(i for o in before for i in o.debtors if i not in one.bearers))

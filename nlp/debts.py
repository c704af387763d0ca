"""Debts: who owes whom how much, as the disposition fixes it or as an enforcement text recites it.

Guarantors are no debtors here (see ``nlp.guarantees``). Court fees are no debt. All places are indexes into the
folded text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlp.cast import Cast
from nlp.disposition import Part, is_base
from nlp.money import Money, sums_in
from nlp.obligations import Obligation, Reader

_RECITAL = re.compile(
    r"号[^,。;]{0,24}(?:判决|裁定|调解|裁决|决定|仲裁|公证|支付令)|判令|判决|裁决|生效法律文书|(?:调解书|公证书|仲裁裁决)[^,。;]{0,6}?(?:确定|确认|载明)"
)
_LEFT = re.compile(
    r"(?:尚未执行到位|未执行到位|尚欠|仍欠|未履行|未受偿|未清偿|尚未履行|尚余|未实现|未执行)[^,。;\d]{0,16}(?=\d)|享有[^,。;\d]{0,10}(?=\d[\d,.]*(?:万|亿)?元(?:的)?债权)"
    r"|(?:尚有|仍有|剩余|余款?|还有)[^,。;\d]{0,12}(?=\d[\d,.]*(?:万|亿)?元[^,。;]{0,12}(?:未|没有))"
)
_SEIZED = re.compile(r"冻结|划拨|扣划|扣留|提取|查封|扣押")
_CLAIMED = re.compile(
    r"(?:应(?:当)?(?:向[^,。;]{2,30})?(?:支付|缴纳|交纳|给付|履行|偿还|承担)|责令[^,。;]{2,40}?(?:支付|履行|给付|偿还)|(?:执行)?标的(?:额|款|金额)?|案件款|申请(?:强制)?执行|执行款|执行依据)[^,。;\d]{0,24}(?=\d)"
)
_FINED = re.compile(
    r"(?:处以?|并处|决定|作出)?[^,。;]{0,20}?(?:罚款|社会抚养费|征收|加处罚款|没收)[^,。;\d]{0,16}(?=\d|[一二三四五六七八九壹贰叁肆伍陆柒捌玖])"
)


@dataclass(frozen=True, slots=True)
class Debt:
    """``debtor`` owes ``creditor``: indexes into the cast; ``fen`` None where no sum is fixed."""

    debtor: int
    creditor: int
    fen: int | None
    start: int
    end: int
    confidence: float
    rule: str


def ordered(reader: Reader, parts: Sequence[Part]) -> list[Obligation]:
    """The obligations that the orders of a disposition make."""
    found: list[Obligation] = []
    for part in parts:
        if part.kind == "order":
            same = found[-1] if found and (part.item == found[-1].item) else None
            found += reader.read(part.start, part.end, part.item, same)
    return found


def _pairs(one: Obligation) -> Iterable[tuple[int, int]]:
    return ((debtor, creditor) for debtor in one.debtors for creditor in one.creditors if debtor != creditor)


def _whole(rows: Sequence[tuple[int, Obligation]]) -> int:
    """What is owed by several obligations together: instalments that add up to the sum before them count once."""
    whole = 0
    for item in dict.fromkeys(one.item for _, one in rows):
        totals = [total for total, one in rows if one.item == item]
        whole += totals[0] if len(totals) > 1 and sum(totals[1:]) == totals[0] else sum(totals)
    return whole


def debts_fixed(text: str, obligations: Sequence[Obligation]) -> list[Debt]:
    """One debt a pair: the sums of all its obligations together."""
    found: dict[tuple[int, int], list[tuple[int, Obligation]]] = {}
    for one in obligations:
        total = one.total(text)
        if total:
            for pair in _pairs(one):
                found.setdefault(pair, []).append((total, one))
    return [
        Debt(
            *pair,
            _whole(rows),
            rows[0][1].start,
            rows[0][1].end,
            0.95 if all(one.sure for _, one in rows) else 0.85,
            "disposition",
        )
        for pair, rows in found.items()
    ]


def _stretch(text: str, start: int, at: int, end: int) -> tuple[int, int]:
    """The sentence around ``at`` within ``text[start:end]``."""
    begin = max(text.rfind(sign, start, at) for sign in "。;\n") + 1
    stops = [stop for sign in "。;\n" if (stop := text.find(sign, at, end)) >= 0]
    return max(begin, start), min(stops, default=end)


def debts_recited(reader: Reader, start: int, end: int) -> list[Obligation]:
    """The obligations of the judgments that ``text[start:end]`` recites, each sum once."""
    text = reader.text
    found: list[Obligation] = []
    seen: set[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]] = set()
    reciting = False
    at = start
    for match in re.finditer(r"[。;\n]|$", text[start:end]):
        begin, stop = at, start + match.start()
        at = start + match.end()
        if begin >= stop:
            continue
        recital = _RECITAL.search(text, begin, stop)
        if not recital and not (reciting and found and text[begin - 1] == ";"):
            reciting = False
            continue
        reciting = True
        for one in reader.read(recital.end() if recital else begin, stop):
            key = (one.debtors, one.creditors, tuple(money.fen for money in one.sums))
            if one.sums and key not in seen:
                seen.add(key)
                found.append(one)
    return found


def _first_sum(text: str, pattern: re.Pattern[str], start: int, end: int) -> tuple[Money, int] | None:
    for match in pattern.finditer(text, start, end):
        money = next(iter(sums_in(text, match.end(), min(end, match.end() + 30))), None)
        if money and not is_base(text, match.start(), money):
            return money, match.start()
    return None


def debts_enforced(cast: Cast, text: str, facts: tuple[int, int], ruling: tuple[int, int]) -> list[Debt]:
    """What an enforcement text says is owed: what is left, else what is seized, else what was claimed."""
    debtors, creditors = cast.bearing("被执行人"), cast.bearing("申请执行人")
    if not debtors or not creditors:
        return []
    hit = _first_sum(text, _LEFT, *facts) or _first_sum(text, _LEFT, *ruling)
    rule = "left"
    if hit is None:
        hit, rule = _seized(text, *ruling), "seized"
    if hit is None:
        hit, rule = _first_sum(text, _CLAIMED, *facts), "claimed"
    if hit is None:
        return []
    money, at = hit
    begin, stop = _stretch(text, min(facts[0], ruling[0]), at, max(facts[1], ruling[1]))
    named = [i for mention in cast.find(begin, stop) for i in mention.subjects if i in debtors]
    owing = tuple(dict.fromkeys(named)) or debtors
    sure = 0.9 if rule != "claimed" else 0.85
    return [Debt(debtor, creditor, money.fen, begin, stop, sure, rule) for debtor in owing for creditor in creditors]


def _seized(text: str, start: int, end: int) -> tuple[Money, int] | None:
    match = _SEIZED.search(text, start, end)
    if match is None:
        return None
    begin, stop = _stretch(text, start, match.start(), end)
    money = next((one for one in sums_in(text, begin, stop) if not is_base(text, begin, one)), None)
    return (money, match.start()) if money else None


def debts_by_penalty(cast: Cast, text: str, start: int, end: int) -> list[Debt]:
    """What a penalty that a court lets be enforced costs: owed by the punished to the authority."""
    debtors = cast.bearing("被执行人") or cast.bearing("被申请人")
    creditors = cast.bearing("申请执行人") or cast.bearing("申请人")
    hit = _first_sum(text, _FINED, start, end)
    if hit is None or not debtors or not creditors:
        return []
    begin, stop = _stretch(text, start, hit[1], end)
    return [
        Debt(debtor, creditor, hit[0].fen, begin, stop, 0.85, "penalty") for debtor in debtors for creditor in creditors
    ]

"""Who must pay whom how much: obligations in an ordering sentence, of the disposition or of a judgment recited.

The sentence is cut at commas. A piece with a verb of paying opens an obligation; its subject is whoever stands before
the verb and is not its recipient, its recipient whoever stands behind 向, 给 or the verb. A piece without a verb
carries on. All places are indexes into the folded text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nlp.cast import Cast, Mention
from nlp.disposition import is_base
from nlp.money import Money, sums_in

PAY = re.compile(
    r"(?:连带|共同|一次性|分期|按份|补充)?(?:清偿|偿还|归还|返还|支付|给付|偿付|付清|付给|付至|补交|另付|补付|赔偿(?![款金责义请协])|补偿(?![款金责义请协])|退还|退赔|缴纳|交纳|返回|赔付|付还|支取|补足|交付|还清)"
    r"|(?:应|需|须)(?:当)?(?:付|还|交|缴)(?!款)|(?<!未)(?:偿|付)(?=原告|被告|申请)|承担(?=[^,;。责任]{0,20}\d)|欠(?!条|款|付|缴|薪|息)(?=[^,;。]{0,30}\d)|罚款(?=[^,;。]{0,12}\d)"
)
_JOINT = re.compile(r"连带|共同")
_LIABLE = re.compile(r"(?:承担|负|负有)[^,;。]{0,16}?(?:责任|义务|之责)|承担[^,;。]{0,10}?(?:保证|担保|清偿|还款)")
_TO = re.compile(r"(?:向|给|对|与|欠|付|至)(?:原告|被告|申请执行人|申请人|第三人)?$")
#: Who must pay stands behind these, whoever is named before them.
_BY = re.compile(r"(?:由|限|责令|判令|令)(?:被告人?|原告|第三人|被执行人|被申请人)?$")
#: What may stand before the verb of an order that names nobody (1.给付甲借款…).
_NO_SUBJECT = re.compile(r"(?:\d{1,2}\.|[一二三四五六七八九十]、|应当?|须|需|立即|一次性|向|,|、)*")
_DEADLINE = re.compile(
    r"(?:于|在|自)?(?:本)?(?:判决|裁定|调解书|决定|判决书)?(?:书)?(?:发生法律效力|生效|送达|确定)[^,;。]{0,8}?(?:之日)?[^,;。]{0,6}?(?:内|立即|当日)|立即|即时|限期[^,;。]{0,6}日内|(?:于|在)\d{4}年\d{1,2}月\d{1,2}日(?:前|之前|内)"
)
_TOTAL = re.compile(
    r"(?:合计|共计|总计|总额|共|累计|以上|上述)(?:款项)?(?:合计|共计|总计|为|计|人民币)*[^,;。\d]{0,8}$"
)
_OF_WHICH = re.compile(r"其中|包括|包含|含|\($")
_PAYER_GONE = re.compile(
    r"已(?:经)?(?:支付|给付|偿还|归还|履行|垫付|预交|返还|赔偿)|未(?:支付|给付|偿还|归还|履行|缴纳|实缴|缴付|出资)|垫付|代为|扣除|驳回|不予|无需|不必|免予|不承担"
)


@dataclass(slots=True)
class Obligation:
    """``debtors`` owe ``creditors`` the ``sums``; indexes into the cast. ``sure``: both sides are named."""

    debtors: tuple[int, ...]
    creditors: tuple[int, ...]
    start: int
    end: int
    sums: list[Money] = field(default_factory=list)
    joint: bool = False
    deadline: tuple[int, int] | None = None
    item: int = 0
    sure: bool = True

    def total(self, text: str) -> int | None:
        """The whole sum in fen: a printed total stands for the parts that it adds up; None without a sum."""
        return _reckon(text, self.start, self.sums)


def _reckon(text: str, start: int, sums: Sequence[Money]) -> int | None:
    if not sums:
        return None
    whole = 0
    since: list[int] = []
    at = 0
    while at < len(sums):
        money = sums[at]
        before = text[max(start, money.start - 16) : money.start]
        if since and _TOTAL.search(before):
            tail = next((k for k in range(len(since)) if sum(since[k:]) == money.fen), None)
            if tail is not None or "合计" in before or "共计" in before or "总计" in before:
                whole -= sum(since[tail or 0 :])
                since = []
        whole += money.fen
        since.append(money.fen)
        parts = _parts_of(text, sums, at)
        at += 1 + parts
    return whole


def _parts_of(text: str, sums: Sequence[Money], at: int) -> int:
    """How many of the sums behind ``sums[at]`` only say what it is made of."""
    for count in range(len(sums) - at - 1, 0, -1):
        parts = sums[at + 1 : at + 1 + count]
        between = text[sums[at].end : parts[0].start]
        if sum(part.fen for part in parts) == sums[at].fen and (count > 1 or _OF_WHICH.search(between)):
            return count
        if _OF_WHICH.search(between) and "," not in text[parts[0].end : parts[-1].start].replace("、", ""):
            return count
    return 0


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches between commas, brackets kept whole."""
    depth, at = 0, start
    for position in range(start, end):
        sign = text[position]
        depth += (sign == "(") - (sign == ")")
        if depth <= 0 and sign in ",;。\n" and not (sign == "," and _within_figure(text, position)):
            if position > at:
                yield at, position
            at = position + 1
    if end > at:
        yield at, end


def _within_figure(text: str, at: int) -> bool:
    return text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


def _indexes(mentions: Sequence[Mention]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(index for mention in mentions for index in mention.subjects))


def _list_from(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions that follow the first one joined by 、 and 和 only."""
    found = list(mentions[:1])
    for mention in mentions[1:]:
        gap = text[found[-1].end : mention.start]
        if re.fullmatch(r"(?:\([^()]*\))?(?:[、和及与,]|以及)?(?:被告|原告|第三人|申请执行人|被执行人)?", gap):
            found.append(mention)
        else:
            break
    return found


class Reader:
    """Reads the obligations of sentences of one document."""

    def __init__(self, text: str, cast: Cast) -> None:
        self.text, self.cast = text, cast

    def read(self, start: int, end: int, item: int = 0, last: Obligation | None = None) -> list[Obligation]:
        """The obligations of ``text[start:end]``; ``last``: the one before, for a sentence without a subject."""
        found: list[Obligation] = []
        opening = start
        for a, b in _pieces(self.text, start, end):
            opened = self._opened(opening, a, b, found[-1] if found else last, item)
            if opened:
                found.append(opened)
                opening = b
            elif PAY.search(self.text, a, b):
                opening = b
            elif found and not _PAYER_GONE.search(self.text, a, b) and not _LIABLE.search(self.text, a, b):
                found[-1].sums += self._sums(a, b)
                found[-1].end = b
        return found

    def _verb(self, start: int, end: int) -> re.Match[str] | None:
        """The verb of paying in a piece, one within 承担…责任 left out."""
        liable = _LIABLE.search(self.text, start, end)
        for verb in PAY.finditer(self.text, start, end):
            if not liable or verb.end() <= liable.start() or verb.start() >= liable.end():
                return verb
        return None

    def _sums(self, start: int, end: int) -> list[Money]:
        return [money for money in sums_in(self.text, start, end) if not is_base(self.text, start, money)]

    def _opened(self, start: int, piece: int, end: int, last: Obligation | None, item: int) -> Obligation | None:
        """The obligation that the piece ``piece:end`` opens, None when it opens none.

        ``start``: where its subject may stand already, in pieces without a verb (被告…于十日内,向原告支付…).
        """
        verb = self._verb(piece, end)
        if verb is None or _PAYER_GONE.search(self.text, piece, end):
            return None
        mentions = self.cast.find(start, end)
        before = [m for m in mentions if m.end <= verb.start()]
        to = next((k for k, m in enumerate(before) if _TO.search(self.text[start : m.start])), None)
        payers = before if to is None else before[:to]
        payees = [] if to is None else _list_from(self.text, before[to:])
        ordered = next((k for k, m in enumerate(payers) if _BY.search(self.text[start : m.start])), 0)
        payees, payers = payees or payers[:ordered], payers[ordered:]
        if to == 0:
            later = before[len(payees) :]
            payers = [m for m in later if not _TO.search(self.text[start : m.start])]
        moved = self.text.find("将", start, verb.start())
        # 余款50000元于年底前付清: the sum may stand before its verb.
        sums = self._sums(moved if moved >= 0 else verb.end(), end) or self._sums(piece, verb.start())
        if not payees:
            limit = sums[0].start if sums and sums[0].start > verb.end() else end
            behind = [m for m in mentions if verb.end() <= m.start and m.end <= limit + 1]
            payees = _list_from(self.text, behind)
        debtors, creditors = _indexes(payers), _indexes(payees)
        sure = bool(debtors) and bool(creditors) and all(m.sure for m in (*payers, *payees))
        if not debtors and last:
            debtors = last.debtors
            creditors = creditors or last.creditors
        if not creditors and last and set(last.debtors) == set(debtors):
            creditors = last.creditors
        if not debtors and _NO_SUBJECT.fullmatch(_DEADLINE.sub("", self.text[start : verb.start()])):
            debtors = self.cast.side(creditors)
        creditors = creditors or self.cast.side(debtors)
        debtors = tuple(index for index in debtors if index not in creditors)
        if not debtors or not creditors:
            return None
        joint = bool(_JOINT.search(self.text, start, verb.end()))
        deadline = _DEADLINE.search(self.text, start, end)
        place = deadline.span() if deadline else None
        return Obligation(debtors, creditors, start, end, sums, joint, place, item, sure)


@dataclass(frozen=True, slots=True)
class Cost:
    """Court costs of ``money`` that ``bearers`` (indexes into the cast) bear; ``start``, ``end``: the words."""

    bearers: tuple[int, ...]
    money: Money
    start: int
    end: int


_INSTEAD = re.compile(r"减半|合计|共计|总计")
_BORNE = re.compile(r"负担|承担|承受|交纳|缴纳")


def costs_in(text: str, cast: Cast, start: int, end: int) -> Iterator[Cost]:
    """Who bears which court costs in ``text[start:end]``: the sum of the same piece, else all that are told before it.

    A half or a whole (减半收取, 合计) stands for the sums before it.
    """
    told: list[Money] = []
    for a, b in _pieces(text, start, end):
        sums = list(sums_in(text, a, b))
        told = sums[-1:] if sums and _INSTEAD.search(text, a, b) else told + sums
        bearers = _indexes(cast.find(a, b))
        if bearers and told and _BORNE.search(text, a, b):
            own = sums[-1:] or told
            yield Cost(bearers, Money(own[0].start, own[-1].end, sum(one.fen for one in own)), a, b)

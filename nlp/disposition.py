"""The disposition (主文) in its parts: what is ordered, what is refused, who bears the costs.

Order and wording of the parts: 最高人民法院《人民法院民事裁判文书制作规范》(法〔2016〕221号). The disposition
ends at the notice of appeal. All places are indexes into the folded text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graph.model.numerals import read_numeral
from nlp.money import Money, sums_in

PartKind = Literal["order", "refusal", "costs", "default", "note"]

_NUMBER = re.compile(
    r"(?:第?(?P<zh>[一二三四五六七八九十]{1,3})(?:项|、|\.|,|:)|(?P<ar>\d{1,2})(?:、|\.(?!\d))|\((?P<br>[一二三四五六七八九十]{1,3})\)、?)"
)
#: A further number within a sentence, where the source dropped the stop before it.
_RUN_ON = re.compile(r"(?<![第、一二三四五六七八九十])[二三四五六七八九十]{1,2}、(?=[被原驳由限上准解确申本维撤变责])")
_NOTICE = re.compile(
    r"如(?:果)?(?:各方|双方)?(?:当事人)?不服|(?:原告|被告|当事人|双方)?.{0,12}不服本|本(?:判决|裁定|决定|案)[^,。]{0,6}(?:终审|终局)|本(?:判决|裁定|决定|令|通知)书?"
    r"(?:自|一经|送达|立即|即|于|为|由|宣判)|可(?:以)?(?:在|自)[^。]{2,40}(?:上诉|复议)|审判长|代理审判员|权利人可在"
)
_DEFAULT = re.compile(
    r"加倍支付|迟延履行|^(?:如果?|若|当事人|义务人|负有|被告)[^。]{0,30}未(?:能)?(?:按|在|依)[^。]{0,40}履行"
)
_REFUSAL = re.compile(r"^(?:对?[^,;。]{0,40}(?:不予支持|不予准许|不予受理))|^(?:依法)?驳回|^不(?:予|准)")
_FEE = (
    r"(?:受理费|诉讼费|保全费|保全申请费|公告费|申请费|执行费|评估费|鉴定费|诉讼费用|案件费用|反诉费|财产保全费"
    r"|邮寄费|送达费)"
)
_COSTS = re.compile(rf"^(?:[^。;]{{0,24}}?){_FEE}")
_BORNE = re.compile(r"负担|承担|收取|交纳|缴纳|退还|退回|退给|免|预交|计|合计|\d元")
_OWN_DEBT_FEE = re.compile(r"(?:支付|给付|赔偿|偿付|返还|偿还|补偿)[^,。;]{0,60}$")
_BASE = re.compile(r"以[^,;。]{0,60}$")
_BASE_END = re.compile(
    r"(?:的)?(?:\([^()]{0,40}\))?(?:剩余|未付)?(?:部分)?(?:为|作为|作)(?:计算|计息|计付)?(?:基数|本金|基准|标准|限)|为计算"
)
_RATE_END = re.compile(r"(?:人民币)?(?:/|每)(?:月|天|日|年|人|平方米|吨)|的?(?:标准|利率|日|%|‰)")
_RATE_START = re.compile(r"(?:按|依|以)(?:照)?(?:每[日天月年]|日|月)?[^,;。、]{0,10}$")
_COMPUTED = re.compile(r"[×÷+\-=*/]|乘|除以|计算方式|基数")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the disposition at ``start:end``. ``item``: its number, 0 without; a part without takes no other's."""

    kind: PartKind
    item: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fixed:
    """A sum that the disposition fixes, and what it is."""

    money: Money
    what: str


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches that end in 。 or ; or a line break, brackets kept whole."""
    depth, at = 0, start
    for position in range(start, end):
        sign = text[position]
        depth += (sign == "(") - (sign == ")")
        if (sign in "。;" and depth <= 0) or sign == "\n":
            if position > at:
                yield at, position
            at, depth = position + 1, 0
        elif depth <= 0 and position > at and _RUN_ON.match(text, position, end):
            yield at, position
            at = position
    if end > at:
        yield at, end


def _kind(text: str, start: int, end: int) -> PartKind:
    words = text[start:end]
    if words.startswith("("):
        return "note"
    if _DEFAULT.search(words):
        return "default"
    if _REFUSAL.search(words):
        return "refusal"
    fee = _COSTS.search(words)
    if fee and _BORNE.search(words) and not _OWN_DEBT_FEE.search(words[: fee.end()]):
        return "costs"
    return "order"


def parts_in(text: str, start: int, end: int) -> list[Part]:
    """The parts of the disposition in ``text[start:end]``, up to the notice of appeal."""
    found: list[Part] = []
    item = 0
    for begin, stop in _sentences(text, start, end):
        while begin < stop and text[begin] in ":\n ,":
            begin += 1
        number = _NUMBER.match(text, begin, stop)
        if number:
            item = read_numeral(number["zh"] or number["ar"] or number["br"])
            begin = number.end()
        if begin >= stop:
            continue
        if _NOTICE.match(text, begin, stop):
            break
        kind = _kind(text, begin, stop)
        if kind in ("costs", "default"):
            item = 0
        found.append(Part(kind, item, begin, stop))
    return found


def _in_brackets(text: str, start: int, at: int) -> str:
    """The words of the bracket that ``at`` lies in, from ``start`` on; "" outside brackets."""
    opened = text.rfind("(", start, at)
    if opened < 0 or text.find(")", opened, at) >= 0:
        return ""
    closed = text.find(")", at)
    return text[opened : closed if closed >= 0 else at]


def is_base(text: str, start: int, money: Money) -> bool:
    """Whether a sum is only what something else is reckoned from: a base, a rate, a step of a computation."""
    before, after = text[start : money.start], text[money.end : money.end + 60]
    if _BASE.search(before) and _BASE_END.match(after):
        return True
    if _RATE_END.match(after) or (_RATE_START.search(before) and re.match(r"(?:的)?(?:标准|计算|计付|计)", after)):
        return True
    return bool(_COMPUTED.search(_in_brackets(text, start, money.start)))


_WHAT = (
    ("fine", r"罚金|罚款"), ("confiscation", r"没收|违法所得|追缴|非法所得"), ("court_fee", _FEE),
    ("penalty", r"违约金|滞纳金|罚息|违约责任"), ("total", r"合计|共计|总计|本息共|本息合计|总额"),
    ("interest", r"利息|复利|复息|资金占用费|占用费"),
    ("wage", r"工资|劳动报酬|劳务费|劳务报酬|加班费|报酬|奖金|提成"),
    ("compensation", r"补偿金|赔偿金|赔偿款|赔偿|损失|医疗费|误工费|护理费|抚慰金|补偿|代通知金|补助[金费]|残疾|丧葬"),
    ("other", r"律师费|代理费|鉴定费|评估费|担保费|维权|合理费用|出资"),
    ("principal", r"本金|借款|货款|租金|工程款|房款|转让款|价款|欠款|款"),
)  # fmt: skip
_WHAT_WORDS = tuple((what, re.compile(words)) for what, words in _WHAT)


def kind_of_sum(text: str, start: int, money: Money, kind: PartKind) -> str:
    """What a sum is, by the last telling word before it in its part."""
    if kind == "costs":
        return "court_fee"
    before = text[max(start, money.start - 40) : money.start]
    last = {what: m.end() for what, words in _WHAT_WORDS for m in words.finditer(before)}
    return max(last, key=lambda what: (last[what], what != "principal")) if last else "other"


def sums_fixed(text: str, parts: list[Part]) -> list[Fixed]:
    """The sums that a disposition fixes, costs included, bases of a computation and refused claims left out."""
    found = []
    for part in parts:
        if part.kind in ("order", "costs", "note"):
            for money in sums_in(text, part.start, part.end):
                if not is_base(text, part.start, money):
                    found.append(Fixed(money, kind_of_sum(text, part.start, money, part.kind)))
    return found

"""Composed dates, sums, numbers of cases and decisions, as courts print them."""

from datetime import date, timedelta
from decimal import Decimal

from nlp.composed.lot import Lot
from nlp.composed.names import pool

_DIGITS = "〇一二三四五六七八九"
_PENAL = ("刑初", "刑终")


def arabic(day: date) -> str:
    """2021年3月4日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


def signed(day: date, lot: Lot) -> str:
    """二〇二一年三月四日, with the zero as one of the signs in use."""
    zero = lot.pick("〇〇〇○Ｏ０")
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year)).replace("〇", zero)
    return f"{year}年{_numeral(day.month)}月{_numeral(day.day)}日"


def a_day(lot: Lot, first: int, last: int) -> date:
    """A day of the years ``first`` to ``last``."""
    return date(first, 1, 1) + timedelta(days=lot.below(365 * (last - first + 1)))


def a_sum(lot: Lot, low: int, high: int) -> int:
    """A sum in fen: round, or to the yuan, or with fen. ``low`` and ``high`` in yuan."""
    yuan = lot.between(low, high)
    kind = lot.below(10)
    if kind < 5 and yuan >= 1000:
        step = int(10 ** (len(str(yuan)) - 2))
        return max(1, yuan // step) * step * 100
    return yuan * 100 + (lot.below(100) if kind > 7 else 0)


def yuan(fen: int) -> str:
    """A sum in yuan as a plain decimal number."""
    return format((Decimal(fen) / 100).normalize(), "f")


def printed_sum(fen: int, lot: Lot) -> str:
    """A sum as printed: 350000元, 350,000元, 35万元, 3.5万元."""
    whole, rest = divmod(fen, 100)
    decimals = f".{rest:02}" if rest else ""
    if not rest and whole % 1000 == 0 and whole >= 10_000 and lot.chance(0.5):
        return f"{(Decimal(whole) / 10_000).normalize():f}万元"
    if lot.chance(0.15):
        return f"{whole:,}{decimals or lot.pick(('', '.00'))}元"
    return f"{whole}{decimals}元"


def case_number(lot: Lot, year: int, word: str, province: str) -> str:
    """（2021）闽7701民初123号, or before 2016 （2014）台民初字第5号."""
    left, right = lot.pick((("（", "）"), ("（", "）"), ("（", "）"), ("(", ")"), ("〔", "〕")))
    if year < 2016:
        return f"{left}{year}{right}{province[:1]}{word}字第{lot.between(1, 5999):0{lot.pick((1, 1, 5))}}号"
    short = lot.pick(pool("places", "short"))
    return f"{left}{year}{right}{short}{lot.between(1, 99):02}{lot.between(1, 99):02}{word}{lot.between(1, 9999)}号"


def decision_number(lot: Lot, year: int, word: str) -> str:
    """X市监罚字〔2021〕15号: the number of an authority's paper."""
    left, right = lot.pick((("〔", "〕"), ("（", "）"), ("[", "]"), ("［", "］")))
    place = lot.pick(pool("places", "heads"))
    return f"{place}{word}{lot.pick(('字', '', '决'))}{left}{year}{right}{lot.pick(('', '第'))}{lot.between(1, 999)}号"

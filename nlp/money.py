"""Sums of money in a folded text, in fen.

Figures (1,234.50元, 5万元, 3.8万余元), Chinese numerals (十万元) and the capital
forms of contracts (壹拾万元整) are read. Only yuan: 美元 and 港元 are no sums here. A figure that is masked
(12××元) or whose separators make no sense is not read at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_NUMERALS = "零〇一二三四五六七八九十百千万亿两壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億"
_MONEY = re.compile(
    rf"(?<![\d.×*xX第])(?:(?P<figure>\d[\d,]*(?:\.\d+)?)(?P<unit>[千仟百]?[万亿]|[千仟百])?|(?P<words>[{_NUMERALS}]{{1,20}}))"
    r"余?[元圆](?!月|旦)(?:(?P<jiao>[\d一二三四五六七八九壹贰叁肆伍陆柒捌玖])角)?"
    r"(?:(?P<fen>[\d一二三四五六七八九壹贰叁肆伍陆柒捌玖])分)?"
)
_UNITS = {"百": 100, "千": 1000, "仟": 1000, "万": 10**4, "亿": 10**8}
_FORMAL = str.maketrans("〇两壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億", "零二一二二三三四五六六七八九十百千万亿")
_DIGITS = "零一二三四五六七八九"
_GROUPS = re.compile(r"\d{1,3}(?:,\d{3})*(?:,\d{6})?(?:,\d{3})*")


@dataclass(frozen=True, slots=True)
class Money:
    """A sum at ``text[start:end]``: figure, unit and 元; ``fen`` rounded to whole fen."""

    start: int
    end: int
    fen: int


def read_words(text: str) -> int:
    """The whole number that Chinese numerals write, up to 亿; ValueError for what is no number."""
    total = section = digit = 0
    previous = ""
    for char in text.translate(_FORMAL):
        if char in _DIGITS:
            if previous and previous in _DIGITS and previous != "零":
                raise ValueError("two figures without a place between them")
            digit = _DIGITS.index(char)
        elif char in "十百千":
            section += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        else:
            total = (total + section + digit) * _UNITS[char]
            section = digit = 0
        previous = char
    return total + section + digit


def read_whole(text: str) -> int:
    """The whole number that figures or Chinese numerals write (an article may be the thousandth and more)."""
    return int(text) if text.isascii() and text.isdigit() else read_words(text.replace("○", "零"))


def _figure(text: str) -> tuple[Decimal, int] | None:
    """The number that a figure writes, and how many places at its start belong to something else."""
    whole, dot, part = text.partition(".")
    if "," not in whole or _GROUPS.fullmatch(whole):
        return Decimal(whole.replace(",", "") + dot + part), 0
    own = whole.rpartition(",")[2]
    return (Decimal(own + dot + part), len(whole) - len(own)) if own else None


def _value(match: re.Match[str]) -> tuple[Decimal, int] | None:
    if match["words"]:
        try:
            return Decimal(read_words(match["words"])), 0
        except ValueError:
            return None
    found = _figure(match["figure"])
    if found is None:
        return None
    number, skipped = found
    for sign in match["unit"] or "":
        number *= _UNITS[sign]
    return number, skipped


def _small(match: re.Match[str]) -> Decimal:
    """角 and 分 behind the yuan."""
    parts = Decimal(0)
    for group, worth in (("jiao", Decimal("0.1")), ("fen", Decimal("0.01"))):
        if match[group]:
            parts += worth * (int(match[group]) if match[group].isdigit() else read_words(match[group]))
    return parts


def sums_in(text: str, start: int, end: int) -> Iterator[Money]:
    """Every sum in ``text[start:end]``, in order."""
    for match in _MONEY.finditer(text, start, end):
        found = _value(match)
        if found is None:
            continue
        number, skipped = found
        fen = ((number + _small(match)) * 100).to_integral_value(ROUND_HALF_UP)
        yield Money(match.start() + skipped, match.end(), int(fen))

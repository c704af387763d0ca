"""Dates, amounts and percentages as the sources write them, read into one form each.

All amounts are decimal text: an amount never passes through a binary fraction.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from functools import lru_cache

from graph.model.numerals import read_digits, read_numeral

#: China has one time zone and no summer time since 1992; time stamps of its systems are midnight there.
CHINA = timezone(timedelta(hours=8))

#: Day 0 of the serial dates of spreadsheets (their day 60, 29 February 1900, never was; later days are right).
_SHEET_EPOCH = date(1899, 12, 30)

_FIRST_YEAR = 1800

_TIME = r"(?:[T ]?(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
_DATE_FORMS = tuple(
    re.compile(form + _TIME, re.ASCII)
    for form in (
        r"(?P<y>\d{4})(?P<mark>[-/.])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})",
        r"(?P<y>\d{4}) ?年 ?(?P<m>\d{1,2}) ?月 ?(?P<d>\d{1,2}) ?日",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    )
)
_STAMP = re.compile(r"(\d{8})(\d{2})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_EPOCH_MS = re.compile(r"\d{13}", re.ASCII)
_CHINESE_DATE = re.compile(r"(?P<y>[^年]{4})年(?P<m>[^月]{1,2})月(?P<d>[^日]{1,4})日")

_DECIMAL = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(?P<part>\d+))?", re.ASCII)

#: Powers of ten of the units of amounts.
_UNITS = {"元": 0, "万元": 4}


@lru_cache(1 << 12, typed=True)
def parse_date(text: str) -> str:
    """The date that ``text`` writes, as YYYY-MM-DD; ValueError when there is no such date.

    Forms: 2024-03-05, 2024/3/5, 2024.3.5, 2024年3月5日, 20240305, 20240305093000, each but the last with or
    without time; 二〇二四年三月五日; serial days of spreadsheets (five figures, 45356); milliseconds since 1970
    (thirteen figures). A time with zone and milliseconds are read as of China (UTC+8). Years from
    1800 on. Idempotent.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    for form in _DATE_FORMS:
        match = form.fullmatch(plain)
        if match:
            return _dated(match)
    stamp = _STAMP.fullmatch(plain)
    if stamp:
        return parse_date("{} {}:{}:{}".format(*stamp.groups()))
    serial = _SERIAL.fullmatch(plain)
    if serial:
        return (_SHEET_EPOCH + timedelta(days=int(serial[1]))).isoformat()
    if _EPOCH_MS.fullmatch(plain):
        return datetime.fromtimestamp(int(plain) // 1000, CHINA).date().isoformat()
    return parse_chinese_date(plain)


def _dated(match: re.Match[str]) -> str:
    day = _day(int(match["y"]), int(match["m"]), int(match["d"]))
    if match["time"] is None:
        return day
    hour, minute, *second = match["time"].split(":")
    moment = datetime.fromisoformat(f"{day}T{hour:0>2}:{minute}:{(second or ['00'])[0][:2]}")
    if match["zone"]:
        try:
            moment = datetime.fromisoformat(moment.isoformat() + match["zone"]).astimezone(CHINA)
        except OverflowError:
            raise ValueError("year after 9999") from None
    return moment.date().isoformat()


def _day(year: int, month: int, day: int) -> str:
    if year < _FIRST_YEAR:
        raise ValueError("year before 1800")
    return date(year, month, day).isoformat()


def parse_chinese_date(text: str) -> str:
    """The date of a signing line, 二〇二四年十二月十六日 → 2024-12-16; ValueError for anything else.

    All writings of zero (〇, ○, 零, O, 0), 元月, 廿 and 一十六 are read; figures may stand in part of it.
    """
    match = _CHINESE_DATE.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    if match is None:
        raise ValueError("not a date")
    month = 1 if match["m"] in {"元", "正"} else read_numeral(match["m"])
    return _day(_year(match["y"]), month, read_numeral(match["d"]))


def _year(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else read_digits(text)


def parse_decimal(value: str | int | float | Decimal) -> str:
    """A number as canonical decimal text: no sign +, no idle zeros, "0" for nought; ValueError for anything else.

    Full-width figures are read, thousands separators only where they belong (1,234,567.5). Cells that hold a
    number are taken by their shortest decimal writing (0.1 is 0.1). Words, units, powers of ten written with E
    (a spreadsheet writes them when figures are lost) and empty text are no numbers. Idempotent for text.
    """
    if isinstance(value, bool):
        raise ValueError("not a number")
    if not isinstance(value, str):
        value = format(Decimal(str(value)), "f")
    match = _DECIMAL.fullmatch(unicodedata.normalize("NFKC", value).strip().replace("−", "-"))
    if match is None or not (match["whole"] or match["part"]):
        raise ValueError("not a number")
    whole = match["whole"].replace(",", "").lstrip("0") or "0"
    part = (match["part"] or "").rstrip("0")
    number = f"{whole}.{part}" if part else whole
    return f"-{number}" if match["sign"] == "-" and number != "0" else number


@lru_cache(1 << 12, typed=True)
def to_yuan(value: str | int | float | Decimal, unit: str) -> str:
    """An amount in ``unit`` (元 or 万元) as exact decimal text in yuan; ValueError for other units and no number."""
    if unit not in _UNITS:
        raise ValueError(f"not a unit of amounts: {unit!r}")
    number = parse_decimal(value)
    with localcontext() as context:
        context.prec = len(number) + 8
        return parse_decimal(Decimal(number).scaleb(_UNITS[unit]))


@lru_cache(1 << 12, typed=True)
def parse_percent(value: str | int | float | Decimal, *, fraction: bool = False) -> str:
    """A share in percent as canonical decimal text: "65" and "65%" are 65; ValueError for no number.

    ``fraction``: the source writes shares as parts of one (0.65 is 65), unless the cell itself holds a %.
    Neither negative values nor values over 100 are refused here: what they mean is for the caller.
    """
    plain = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value
    if isinstance(plain, str) and plain.endswith("%"):
        return parse_decimal(plain[:-1])
    number = parse_decimal(plain)
    if not fraction:
        return number
    with localcontext() as context:
        context.prec = len(number) + 8
        return parse_decimal(Decimal(number).scaleb(2))

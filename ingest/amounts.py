"""Readers of amounts, shares and counts; an amount is kept in yuan as decimal text."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isfinite

from graph.model.values import parse_decimal, parse_percent, to_yuan
from ingest.dates import Reader
from ingest.problems import Problem, problem
from ingest.spec import Bound


def read_money(text: str, bound: Bound, fields: dict[str, str], today: str) -> Iterator[Problem]:
    """An amount in the unit of the header (元 or 万元), in yuan; not below nought."""
    try:
        amount = to_yuan(text, bound.unit or bound.column.unit or "元")
    except ValueError:
        yield problem("bad_amount", bound.title, "not a number")
        return
    yield from _put(amount, bound, fields)


def read_percent(text: str, bound: Bound, fields: dict[str, str], today: str) -> Iterator[Problem]:
    """A share in percent; under a title without % a number up to one is a fraction."""
    try:
        share = parse_percent(text)
        if not isfinite(float(share)):
            raise ValueError("a share beyond all numbers")
        if "%" not in bound.title and "％" not in bound.title and Decimal(share) <= 1:
            share = parse_percent(text, fraction=True)
    except ValueError:
        yield problem("bad_amount", bound.title, "not a number")
        return
    yield from _put(share, bound, fields)


def read_count(text: str, bound: Bound, fields: dict[str, str], today: str) -> Iterator[Problem]:
    """A whole number."""
    try:
        number = parse_decimal(text)
    except ValueError:
        number = ""
    if not number.isdecimal():
        yield problem("bad_amount", bound.title, "not a whole number")
    else:
        fields[bound.column.name] = number


def _put(number: str, bound: Bound, fields: dict[str, str]) -> Iterator[Problem]:
    if number.startswith("-"):
        yield problem("bad_amount", bound.title, "below nought")
    else:
        fields[bound.column.name] = number


AMOUNT_READERS: Mapping[str, Reader] = {"money": read_money, "percent": read_percent, "count": read_count}

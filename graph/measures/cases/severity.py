"""How severe a record is (轻微, 一般, 严重) and how long it may be displayed, from dated data; nothing follows from it.

Basis: 国办发〔2025〕22号 and NDRC Order 36 of 2026. What the data do not tell is None, never guessed.
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from graph.model.yamlfile import read_yaml
from graph.store.base import Node

_FILE = Path(__file__).with_name("severity.yaml")

#: From the least to the most severe.
SEVERITIES = ("轻微", "一般", "严重")


@dataclass(frozen=True, slots=True)
class Severity:
    """What is told of a record; None = not known.

    ``shortest``, ``longest``: months of display; ``earliest``: ISO day on which the shortest is over, ``until``: on
    which the longest is. ``basis`` and ``confidence`` of the severity and of the months; ``start`` of the day from
    which months are counted, which the final text may tell otherwise.
    """

    severity: str | None
    shortest: int | None
    longest: int | None
    earliest: str | None
    until: str | None
    basis: str | None
    confidence: str | None
    start: str


@cache
def _told() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(_FILE)
    return found


def bar() -> Mapping[str, Any]:
    """How long nobody may apply again after a repair by false material: ``{"years", "confidence", "basis"}``."""
    found: Mapping[str, Any] = _told()["bar"]
    return found


def later(day: str, months: int) -> str:
    """The same day some months later, the last of a month that is shorter; ISO."""
    start = date.fromisoformat(day)
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1])).isoformat()


def _class_of(record: Node) -> str | None:
    """The severity that the data tell; the most severe of a decision governs, and one unknown kind leaves it open."""
    told = _told()
    if record.props.get("list") in told["severe_lists"]:
        return "严重"
    if record.kind != "penalty":
        return None
    kinds = list(filter(None, re.split(r"[;；、,\s]+", str(record.props.get("kinds", "")))))
    found = [next((s for s in SEVERITIES if kind in told["penalties"][s]), None) for kind in kinds]
    if "严重" in found:
        return "严重"
    known = [s for s in found if s is not None]
    return max(known, key=SEVERITIES.index) if known and len(known) == len(found) else None


def severity_of(record: Node, day: str, said: str = "") -> Severity:
    """What is told of a record on an ISO day. ``said``: the severity that the body who decides has found."""
    told, severity = _told(), said or _class_of(record)
    start = str(told["start"]["confidence"])
    terms = [t for t in told["terms"] if t["severity"] == severity and t["valid_from"] <= day]
    if not severity or not terms:
        return Severity(severity or None, None, None, None, None, None, None, start)
    term = max(terms, key=lambda t: str(t["valid_from"]))
    basis = str(term["basis"]) if said else f"{told['classes']['basis']}；{term['basis']}"
    of_list = bool(record.props.get("list"))
    began = str(record.props.get("date", ""))
    known = bool(began) and not of_list
    return Severity(
        severity,
        None if of_list else int(term["shortest"]),
        None if of_list else int(term["longest"]),
        later(began, term["shortest"]) if known else None,
        later(began, term["longest"]) if known else None,
        basis,
        str(term["confidence"]),
        start,
    )

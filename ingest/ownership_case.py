"""Case files of ownership: holdings in JSON, without a ledger, as tests, teachers and what-if questions use them.

``{"edges": [{"owner", "owned", "pct", "votes", "from", "to", "source"}], "persons": [...], "states": [...],
"listed": [...], "groups": [{"name", "company", "members"}], "controllers": [{"controller", "company"}], "as_of"}``;
``edges`` alone is needed. ``pct`` is in percent: a number, "33.1", "33.1%", or a fraction of the whole ("1/3"); absent
or null means not known. What cannot be read is told with its edge and field, and the other edges go on.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from graph.analysis.ownership.register import Declared, Group, Holding, Register
from graph.store.base import FOREVER

_HUNDRED = Fraction(100)


class BadCase(ValueError):
    """The file is no case: the message names the place and what was expected."""


@dataclass(slots=True)
class Case:
    """A case as read. ``errors``: one object a bad edge; ``odd``: name of an anomaly of the file -> companies."""

    register: Register
    as_of: str
    errors: list[dict[str, Any]] = field(default_factory=list)
    odd: dict[str, list[str]] = field(default_factory=dict)


def parse_share(value: object) -> Fraction | None:
    """A share as a part of one: 33.1, "33.1", "33.1%", "1/3"; None = not known. ValueError for anything else."""
    if value is None:
        return None
    if isinstance(value, bool):
        raise ValueError("a number in percent, or a fraction")
    if isinstance(value, int | Decimal | float):
        return Fraction(str(value)) / _HUNDRED
    text = unicodedata.normalize("NFKC", str(value)).replace(" ", "")
    if not text:
        return None
    if "/" in text:
        return Fraction(text)
    return Fraction(text.removesuffix("%")) / _HUNDRED


def _day(value: object, what: str) -> str | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError(f"{what}: expected YYYY-MM-DD") from None


@dataclass(frozen=True, slots=True)
class _Edge:
    owner: str
    owned: str
    share: Fraction | None
    votes: Fraction | None
    start: str | None
    end: str | None
    source: str


def _edge(row: object) -> _Edge:
    """One edge; ValueError says which field and what was expected."""
    if not isinstance(row, Mapping):
        raise ValueError("edge: expected an object")
    owned = str(row.get("owned") or "")
    if not owned:
        raise ValueError("owned: expected the name of a company")
    parts = {}
    for name in ("pct", "votes"):
        try:
            parts[name] = parse_share(row.get(name))
        except (ValueError, ZeroDivisionError):
            raise ValueError(f"{name}: expected a number in percent, or a fraction such as 1/3") from None
    start, end = _day(row.get("from"), "from"), _day(row.get("to"), "to")
    owner, source = str(row.get("owner") or ""), str(row.get("source") or "")
    return _Edge(owner, owned, parts["pct"], parts["votes"], start, end, source)


def _odd(edge: _Edge) -> str:
    """What keeps an edge out of every sum; "" for nothing."""
    if (edge.share or 0) < 0 or (edge.votes or 0) < 0:
        return "negative_share"
    if edge.start and edge.end and edge.end < edge.start:
        return "end_before_start"
    return "" if edge.owner else "owner_unknown"


def _one_per_pair(edges: Sequence[_Edge]) -> tuple[list[Holding], dict[str, tuple[str, ...]]]:
    """Lots of a pair are summed; what two sources say differently is not: the first stands, and the company is told."""
    pairs: dict[tuple[str, str], list[_Edge]] = {}
    for edge in edges:
        pairs.setdefault((edge.owner, edge.owned), []).append(edge)
    holdings, disputed = [], dict[str, tuple[str, ...]]()
    for (owner, owned), lots in pairs.items():
        sources = {edge.source for edge in lots}
        if len(sources) > 1:
            if len({(edge.share, edge.votes) for edge in lots}) > 1:
                disputed[owned] = tuple(sorted({*disputed.get(owned, ()), *sources}))
            lots = [edge for edge in lots if edge.source == lots[0].source]
        shares = [edge.share for edge in lots]
        votes = [edge.share if edge.votes is None else edge.votes for edge in lots]
        told = any(edge.votes is not None for edge in lots)
        holdings.append(Holding(owner, owned, _sum(shares), _sum(votes) if told else None))
    return holdings, disputed


def _sum(parts: Sequence[Fraction | None]) -> Fraction | None:
    known = [part for part in parts if part is not None]
    return sum(known, Fraction(0)) if len(known) == len(parts) else None


def read_case(text: str, as_of: str | None = None) -> Case:
    """A case file. ``as_of``: the day asked, else that of the file; without one every edge counts. BadCase."""
    try:
        data = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise BadCase(f"expected JSON: {error}") from None
    if not isinstance(data, dict) or not isinstance(data.get("edges"), list):
        raise BadCase("edges: expected a list of holdings")
    day = _day(as_of or data.get("as_of"), "as_of") or ""
    errors, odd, kept = list[dict[str, Any]](), dict[str, list[str]](), list[_Edge]()
    for number, row in enumerate(data["edges"], 1):
        try:
            edge = _edge(row)
        except ValueError as error:
            told = {"row": number, "field": str(error).partition(":")[0], "code": "bad_edge", "outcome": "rejected"}
            errors.append(told | {"message": str(error)})
            continue
        if name := _odd(edge):
            odd.setdefault(name, []).append(edge.owned)
        elif not day or (edge.start or "") <= day < (edge.end or FOREVER):
            kept.append(edge)
    holdings, disputed = _one_per_pair(kept)
    register = Register(
        holdings=tuple(holdings),
        persons=_names(data, "persons"),
        states=_names(data, "states"),
        groups=tuple(_groups(data)),
        declared=tuple(_declared(data)),
        disputed=disputed,
        listed=_names(data, "listed"),
    )
    return Case(register, day, errors, odd)


def _names(data: Mapping[str, Any], name: str) -> frozenset[str]:
    found = data.get(name, [])
    if not isinstance(found, list):
        raise BadCase(f"{name}: expected a list of names")
    return frozenset(map(str, found))


def _objects(data: Mapping[str, Any], name: str, fields: Sequence[str]) -> list[Mapping[str, Any]]:
    found = data.get(name, [])
    if not isinstance(found, list) or not all(isinstance(x, Mapping) and all(x.get(f) for f in fields) for x in found):
        raise BadCase(f"{name}: expected a list of objects with {', '.join(fields)}")
    return found


def _groups(data: Mapping[str, Any]) -> list[Group]:
    told = _objects(data, "groups", ("name", "company", "members"))
    return [Group(str(g["name"]), str(g["company"]), tuple(sorted(map(str, g["members"])))) for g in told]


def _declared(data: Mapping[str, Any]) -> list[Declared]:
    told = _objects(data, "controllers", ("controller", "company"))
    return [Declared(str(d["controller"]), str(d["company"])) for d in told]

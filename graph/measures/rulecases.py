"""Cases beside the rows of the catalogue, written so that a lawyer can read and write them: ``catalogue/cases/*.yaml``.

Every row has a positive and a negative case: what stands, and whom the row reaches for it. Tests run them all
(``tests/graph/measures/test_rule_cases.py``). A case of a row that is switched off, of an act that makes a list and of
a choice of the market says that nobody is reached.

A line of ``records`` or ``documents``: ``KIND [STATE] [names PERSON [as ROLE] [and PERSON [as ROLE]]] [MARK …]``, see
:data:`STATES` and :data:`MARKS`. A line of ``roles``: ``PERSON ROLE [at UNIT] [FROM..TO | seen DAY]``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from graph.measures.catalogue import Catalogue, Measure
from graph.measures.review import SEPARATE_RULING
from graph.measures.terms import FOLDER
from graph.model.yamlfile import read_yaml

#: How a record or document stands on the day asked; none of them = it is active.
STATES = ("withdrawn", "expired", "repaired", "objected", "future")

#: Marks of a document: whoever it names is under age, has no number in it; it is of another case, of another unit.
MARKS = ("minor", "unnumbered", "other_case", "other_unit")

#: The day asked, where a case names none.
DAY = "2026-10-01"

#: The day of every record; the days on which every document was filed and published.
RECORDED, FILED, PUBLISHED = "2024-02-10", "2025-02-10", "2025-03-27"

_POLARITY = {"positive": True, "negative": False}
_FIELDS = {"says", "subject", "records", "documents", "roles", "day", "proposed", "refused", "switched_off"}
_ROLE = re.compile(
    r"(?P<person>\S+) (?P<role>\w+)(?: at (?P<unit>\S+))?"
    r"(?: seen (?P<seen>[\d-]{10})| (?P<start>[\d-]{10})?\.\.(?P<end>[\d-]{10})?)?"
)


class RuleCaseError(ValueError):
    """A file of cases cannot be read; the message names every fault."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A record or a document. ``names``: persons with the role that it states, "" = none."""

    kind: str
    names: tuple[tuple[str, str], ...]
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A row of the register. ``unit`` "": that of the case; no ``start``: undated; ``seen``: a state of that day."""

    person: str
    role: str
    unit: str
    start: str | None
    end: str | None
    seen: str | None


@dataclass(frozen=True, slots=True)
class RuleCase:
    """One case of one row.

    ``subject``: its kind, a word of ``applies_to``, " without number" after it for one known by name only.
    ``records`` are about it; ``documents`` are in their case, about whom they name. ``proposed``, ``refused``: all that
    the row says, by name, "subject" for the subject. ``switched_off``: the row is told as such, or as of other days.
    """

    row: str
    positive: bool
    says: str
    subject: str
    day: str
    records: tuple[Paper, ...]
    documents: tuple[Paper, ...]
    roles: tuple[RoleLine, ...]
    proposed: tuple[str, ...]
    refused: Mapping[str, str]
    switched_off: bool


def load_rule_cases(folder: Path = FOLDER) -> dict[str, tuple[RuleCase, ...]]:
    """The cases of a catalogue folder by id of their row, positive ones first; RuleCaseError names every fault."""
    cases: dict[str, list[RuleCase]] = {}
    faults: list[str] = []
    for path in sorted((folder / "cases").glob("*.yaml")):
        try:
            for row, polarity, raw in _raws(read_yaml(path)):
                try:
                    cases.setdefault(row, []).append(_case(row, polarity, raw))
                except (KeyError, TypeError, ValueError) as error:
                    faults.append(f"cases/{path.name}: {row}: {error}")
        except (AttributeError, TypeError, ValueError, yaml.YAMLError) as error:
            faults.append(f"cases/{path.name}: {' '.join(str(error).split())}")
    if faults:
        raise RuleCaseError("\n".join(faults))
    return {row: tuple(sorted(found, key=lambda case: not case.positive)) for row, found in sorted(cases.items())}


@cache
def standing_cases() -> dict[str, tuple[RuleCase, ...]]:
    """The cases of the catalogue of this installation, read once a process."""
    return load_rule_cases()


def _raws(
    document: Mapping[str, Mapping[str, list[dict[str, object]]]],
) -> Iterator[tuple[str, str, dict[str, object]]]:
    for row, lists in document.items():
        for polarity, found in lists.items():
            if polarity not in _POLARITY:
                raise ValueError(f"{row}: {polarity!r} is neither positive nor negative")
            yield from ((row, polarity, raw) for raw in found)


def _case(row: str, polarity: str, raw: dict[str, object]) -> RuleCase:
    odd = raw.keys() - _FIELDS
    if odd:
        raise ValueError(f"unknown: {', '.join(sorted(odd))}")
    refused = raw.get("refused", {})
    if not isinstance(refused, dict):
        raise ValueError("refused is no mapping of a name to a reason")
    return RuleCase(
        row=row,
        positive=_POLARITY[polarity],
        says=str(raw["says"]),
        subject=str(raw["subject"]),
        day=str(raw.get("day", DAY)),
        records=tuple(_paper(line) for line in _lines(raw, "records")),
        documents=tuple(_paper(line) for line in _lines(raw, "documents")),
        roles=tuple(_role(line) for line in _lines(raw, "roles")),
        proposed=tuple(_lines(raw, "proposed")),
        refused={str(name): str(reason) for name, reason in refused.items()},
        switched_off=raw.get("switched_off", False) is True,
    )


def _lines(raw: Mapping[str, object], field: str) -> list[str]:
    found = raw.get(field, [])
    if not isinstance(found, list) or not all(isinstance(line, str) for line in found):
        raise ValueError(f"{field} is no list of lines")
    return found


def _paper(line: str) -> Paper:
    kind, *words = line.split()
    names: list[tuple[str, str]] = []
    marks: set[str] = set()
    rest = iter(words)
    for word in rest:
        if word in ("names", "and"):
            names.append((next(rest, ""), ""))
        elif word == "as" and names:
            names[-1] = names[-1][0], next(rest, "")
        elif word in STATES or word in MARKS:
            marks.add(word)
        else:
            raise ValueError(f"{line!r}: what does {word!r} say?")
    return Paper(kind, tuple(names), frozenset(marks))


def _role(line: str) -> RoleLine:
    found = _ROLE.fullmatch(line)
    if not found:
        raise ValueError(f"{line!r}: expected PERSON ROLE [at UNIT] [FROM..TO | seen DAY]")
    part = found.groupdict()
    return RoleLine(part["person"], part["role"], part["unit"] or "", part["start"], part["end"], part["seen"])


def missing_cases(catalogue: Catalogue, cases: Mapping[str, Iterable[RuleCase]]) -> list[str]:
    """What is wrong with the cases of a catalogue, as ``id: what``: a row without them, or one that says nothing."""
    rows = {row.id: row for row in catalogue.measures}
    found = [f"{row_id}: has cases but is no row" for row_id in cases if row_id not in rows]
    for row_id, row in rows.items():
        own = list(cases.get(row_id, ()))
        found += [
            f"{row_id}: no {word} case" for word, is_so in _POLARITY.items() if is_so not in {c.positive for c in own}
        ]
        found += [f"{row_id}: {fault}" for case in own for fault in _faults(row, case, catalogue)]
    return found


def _faults(row: Measure, case: RuleCase, catalogue: Catalogue) -> Iterator[str]:
    """A positive case must show what the row is for, a negative one somebody whom it leaves out."""
    for kind in (paper.kind for paper in (*case.records, *case.documents)):
        if kind not in catalogue.terms.record_kinds:
            yield f"{case.says!r}: record kind {kind!r} is unknown"
    if case.positive:
        off = row.act == "consequence" and not row.enabled
        reaches = row.proposable and row.extends_mode != SEPARATE_RULING
        if not case.records or bool(case.proposed) is not reaches or case.switched_off is not off:
            yield f"{case.says!r}: a positive case shows whom the row reaches, or that it is switched off"
    elif (case.switched_off and not row.proposable) or (case.proposed and not case.refused):
        yield f"{case.says!r}: a negative case shows whom the row leaves out"

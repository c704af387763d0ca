"""The catalogue of measures: reviewed data, loaded into frozen rows and checked before anybody uses it.

The folder ``catalogue/`` holds one YAML file a field of law with the rows under ``measures``. A program reads
ids, words, numbers and yes/no only; ``trigger_condition``, ``term``, ``status_2026`` and ``note`` are for people.
A row is enabled by a lawyer who has read the law in force and enters the day in ``basis_checked_on``.
"""

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import get_args, get_origin

import yaml

from graph.measures.review import problems
from graph.measures.terms import FOLDER, TERMS_FILE, Terms, load_terms
from graph.model.yamlfile import read_yaml

#: Rows that may be proposed; ``list`` arrives as data and ``market`` is the choice of others.
PROPOSABLE = ("consequence", "reward")


class CatalogueError(ValueError):
    """The catalogue on disk breaks its rules; the message lists every breach."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the catalogue.

    ``applies_to``: kinds of the one who bears it. ``triggered_by``: record kinds. ``extends_to``: roles that the law
    itself names, empty = the subject of the record only. ``extends_mode``: what must name a further person
    (``graph.measures.review.MODES``), ``naming_document``: the record kind of that document, None = no source
    carries it. ``role_test_date``: the day on which the register must show the role. ``to_check``: what a person
    still has to verify. ``deciding_body``: who decides, by the text of the row: the court where others only assist.
    ``valid_from``, ``valid_to``: days ``[from, to)`` of the law, None = open as far as known. ``narrowed_by``: set by
    a rule pack that switched the row off, never in a file.
    """

    id: str
    name_zh: str
    act: str
    enabled: bool
    kind: str
    category: str
    legal_basis: str
    applies_to: tuple[str, ...]
    triggered_by: tuple[str, ...]
    trigger_condition: str
    extends_to: tuple[str, ...]
    extends_mode: str
    hop_limit: int
    naming_document: str | None
    role_test_date: str | None
    to_check: tuple[str, ...]
    requires_human_decision: str
    term: str
    end_conditions: str
    deciding_body: str
    implementing_department: tuple[str, ...]
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    status_2026: str
    note: str
    confidence: str
    basis_checked_on: datetime.date | None
    source: str
    narrowed_by: str = ""

    def in_force(self, day: str) -> bool:
        """Whether an ISO day is within the days of the row."""
        asked = datetime.date.fromisoformat(day)
        return (self.valid_from or asked) <= asked and (self.valid_to is None or asked < self.valid_to)

    @property
    def days(self) -> str:
        """The days of the row in words, "" for a row without any."""
        begun = f"from {self.valid_from}" if self.valid_from else ""
        return f"{begun} until {self.valid_to}".strip() if self.valid_to else begun

    @property
    def proposable(self) -> bool:
        """Whether the engine may propose this row at all."""
        return self.enabled and self.act in PROPOSABLE

    @property
    def why_not(self) -> str:
        """Why the row is never proposed, in words; "" for a row that may be."""
        if self.proposable:
            return ""
        if self.act not in PROPOSABLE:
            return {"list": "the act that makes the record; arrives as data"}.get(self.act, "the choice of others")
        if self.narrowed_by:
            return f"switched off by a rule pack: {self.narrowed_by}"
        return "switched off until a lawyer has read the law in force: " + "; ".join(self.to_check)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All rows in order of id, and the terms they are written in. ``version``: SHA-256 of the content."""

    measures: tuple[Measure, ...]
    terms: Terms
    version: str

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "Catalogue":
        """Read and check a catalogue folder; CatalogueError names every breach."""
        try:
            terms = load_terms(folder)
        except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
            raise CatalogueError(f"{TERMS_FILE}: {type(error).__name__}: {error}") from None
        rows, breaches = _read_rows(folder)
        return cls.of(rows, terms, breaches)

    @classmethod
    def of(cls, rows: Iterable[Measure], terms: Terms, breaches: Sequence[str] = ()) -> "Catalogue":
        """A catalogue of these rows; CatalogueError names the breaches known already and every other one."""
        ordered = sorted(rows, key=lambda row: row.id)
        found = [*breaches, *problems(ordered, terms)]
        if found:
            raise CatalogueError("\n".join(found))
        return cls(tuple(ordered), terms, _version(ordered, terms))


@cache
def standing_catalogue() -> Catalogue:
    """The catalogue of this installation, read and checked once a process: it changes with a release only."""
    return Catalogue.load()


def _version(rows: list[Measure], terms: Terms) -> str:
    content = {"measures": [asdict(row) for row in rows], "terms": asdict(terms)}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _read_rows(folder: Path) -> tuple[list[Measure], list[str]]:
    """The rows of a folder that can be read, and what is wrong with the others."""
    rows: list[Measure] = []
    breaches: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name == TERMS_FILE:
            continue
        try:
            found = read_yaml(path)["measures"]
            raws = [dict(raw) for raw in found]
        except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
            breaches.append(f"{path.name}: no list of measures: {' '.join(str(error).split())}")
            continue
        for raw in raws:
            try:
                rows.append(_measure(raw, path.name))
            except CatalogueError as error:
                breaches.append(str(error))
    return rows, breaches


def _measure(raw: Mapping[str, object], where: str) -> Measure:
    """A row from its mapping; CatalogueError for missing, unknown and ill-typed fields."""
    name = f"{where}: {raw.get('id', '?')}"
    expected = {field.name: field.type for field in fields(Measure) if field.default is MISSING}
    if raw.keys() != expected.keys():
        odd = ", ".join(sorted(raw.keys() ^ expected.keys()))
        raise CatalogueError(f"{name}: missing or unknown: {odd}")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    wrong = [f"{name}: {key} is not of type {hint}" for key, hint in expected.items() if not _fits(values[key], hint)]
    if wrong:
        raise CatalogueError("\n".join(wrong))
    return Measure(**values)  # type: ignore[arg-type]  # checked just above, field by field


def _fits(value: object, hint: object) -> bool:
    """Whether a value from YAML is of a field's type; a truth value is no number."""
    if isinstance(hint, UnionType):
        return any(_fits(value, part) for part in get_args(hint))
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(type(part) is str for part in value)
    return type(value) is (NoneType if hint is None else hint)

"""Cells that name several persons: ``姓名/证件号码/身份`` joined by ``；``."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.masking import mask_cell
from ingest.problems import Problem, problem
from ingest.spec import Bound, value_form

_SEPARATORS = re.compile(r"[;；\n]")


@dataclass(frozen=True, slots=True)
class Person:
    """One person of such a cell as written; ``number`` and ``role`` may be empty."""

    name: str
    number: str
    role: str


def split_people(text: str) -> list[Person]:
    """The persons of a cell in order; a part without slashes is a bare name."""
    people = []
    for part in filter(None, (piece.strip() for piece in _SEPARATORS.split(text))):
        name, number, role, *_ = (*(piece.strip() for piece in part.split("/")), "", "")
        people.append(Person(name, number, role))
    return people


def read_roles(text: str, bound: Bound, fields: dict[str, str], today: str) -> Iterator[Problem]:
    """Names and roles as ``<column>1_name``, ``<column>1_role`` …; the numbers are read with the identifiers."""
    for place, person in enumerate(split_people(text), 1):
        role = bound.column.values.get(value_form(person.role))
        if role is None or not person.name:
            yield problem("bad_enum", bound.title, "expected 姓名/证件号码/身份 with a role of the list")
            return
        fields[f"{bound.column.name}{place}_name"] = mask_cell(person.name)
        fields[f"{bound.column.name}{place}_role"] = role


def people_of(fields: Mapping[str, str], column: str) -> Iterator[tuple[str, str, str]]:
    """(name, role, name of the field that may hold the number) of each person of a canonical row."""
    place = 1
    while f"{column}{place}_name" in fields:
        yield fields[f"{column}{place}_name"], fields[f"{column}{place}_role"], f"{column}{place}_id"
        place += 1

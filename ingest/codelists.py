"""Readers of values from a code list: the text or its code, both are good."""

import re
from collections.abc import Iterator, Mapping

from ingest.dates import Reader
from ingest.masking import mask_cell
from ingest.people import read_roles
from ingest.problems import Problem, problem
from ingest.spec import Bound, Column, value_form

_YES = frozenset({"是", "1", "Y", "YES", "T", "TRUE"})
_NO = frozenset({"否", "0", "N", "NO", "F", "FALSE"})
_OUTER = re.compile(r"[;；|]")
_INNER = re.compile(r"[,，、]")


def read_enum(text: str, bound: Bound, fields: dict[str, str], today: str) -> Iterator[Problem]:
    """One value of the list; an open list keeps others as they are."""
    column = bound.column
    value = column.values.get(value_form(text))
    if value is not None:
        fields[column.name] = value
    elif column.open:
        fields[column.name] = mask_cell(text)
    else:
        yield problem("bad_enum", bound.title, "not a value of the code list")


def read_multi_enum(text: str, bound: Bound, fields: dict[str, str], today: str) -> Iterator[Problem]:
    """Several values joined by ``;``, a set: kept in the order of the list, free ones last."""
    found: dict[str, None] = {}
    for part in filter(None, (piece.strip() for piece in _OUTER.split(text))):
        values = _members(part, bound.column)
        if not values:
            yield problem("bad_enum", bound.title, "not a value of the code list")
            return
        found.update(dict.fromkeys(values))
    order = {value: place for place, value in enumerate(dict.fromkeys(bound.column.values.values()))}
    if not found:
        yield problem("bad_enum", bound.title, "separators without a value of the code list")
    else:
        fields[bound.column.name] = ";".join(sorted(found, key=lambda value: (order.get(value, len(order)), value)))


def _members(part: str, column: Column) -> list[str]:
    """The values that a part names, [] when it names none; some values hold the inner separators themselves."""
    whole = column.values.get(value_form(part))
    if whole is not None:
        return [whole]
    if column.free_prefix and part.startswith(column.free_prefix) and part != column.free_prefix:
        return [mask_cell(part)]
    pieces = [piece for piece in _INNER.split(part) if piece.strip()]
    values = [column.values.get(value_form(piece)) for piece in pieces]
    return [value for value in values if value] if all(values) and len(pieces) > 1 else []


def read_yes_no(text: str, bound: Bound, fields: dict[str, str], today: str) -> Iterator[Problem]:
    """是 or 否, kept as ``yes`` or ``no``."""
    form = value_form(text)
    if form in _YES:
        fields[bound.column.name] = "yes"
    elif form in _NO:
        fields[bound.column.name] = "no"
    else:
        yield problem("bad_enum", bound.title, "neither 是 nor 否")


CODE_READERS: Mapping[str, Reader] = {
    "enum": read_enum,
    "multi_enum": read_multi_enum,
    "yes_no": read_yes_no,
    "people": read_roles,
}

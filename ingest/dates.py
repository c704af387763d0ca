"""Readers of date cells and of former names with their intervals."""

import re
from collections.abc import Callable, Iterator, Mapping

from graph.model.claims import Name
from graph.model.values import parse_date
from ingest.masking import mask_cell
from ingest.problems import Problem, problem
from ingest.spec import Bound

#: A reader puts the value of a cell (text, column, fields, today) into the fields and yields what is wrong with it.
Reader = Callable[[str, Bound, dict[str, str], str], Iterator[Problem]]

_FORMER = re.compile(r"(?P<name>.+?)\s*\((?P<start>[^()]*?)至(?P<end>[^()]*)\)")
_SEPARATORS = re.compile(r"[;；\n]")


def read_date(text: str, bound: Bound, fields: dict[str, str], today: str) -> Iterator[Problem]:
    """Any date, ISO."""
    try:
        fields[bound.column.name] = parse_date(text)
    except ValueError:
        yield problem("bad_date", bound.title, "no such date")


def read_past_date(text: str, bound: Bound, fields: dict[str, str], today: str) -> Iterator[Problem]:
    """The date of something that has happened."""
    yield from read_date(text, bound, fields, today)
    if fields.get(bound.column.name, "") > today:
        yield problem("future_date", bound.title, "a date after today")


def read_former_names(text: str, bound: Bound, fields: dict[str, str], today: str) -> Iterator[Problem]:
    """``名称(起至止)`` joined by ``;``, the interval half open and optional."""
    parts: list[str] = []
    for part in filter(None, (piece.strip() for piece in _SEPARATORS.split(text))):
        match = _FORMER.fullmatch(part)
        if match is None:
            parts.append(mask_cell(part))
            continue
        try:
            start, end = (parse_date(day) if day else "" for day in (match["start"].strip(), match["end"].strip()))
        except ValueError:
            yield problem("bad_date", bound.title, "no such date")
            return
        parts.append(f"{mask_cell(match['name'])}({start}至{end})")
    if parts:
        fields[bound.column.name] = ";".join(parts)


def former_names(text: str) -> list[Name]:
    """The names of a canonical field of former names, in order of their end."""
    names = []
    for part in filter(None, text.split(";")):
        match = _FORMER.fullmatch(part)
        if match:
            names.append(Name(match["name"], True, match["start"] or None, match["end"] or None))
        else:
            names.append(Name(part, True))
    return sorted(names, key=lambda name: name.valid_to or "")


DATE_READERS: Mapping[str, Reader] = {
    "date": read_date,
    "past_date": read_past_date,
    "former_names": read_former_names,
}

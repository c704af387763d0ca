"""The code lists of the field as data: one CSV file a table under ``vocab/``, described in its README."""

import csv
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent / "vocab"


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    path = _FOLDER / f"{name}.csv"
    if name not in names():
        raise LookupError(f"no such table: {name!r}")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def names() -> list[str]:
    """The names of all tables, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.csv"))


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table, column → text, in the order of the file; LookupError for an unknown name.

    The dictionaries are the caller's own.
    """
    return [dict(row) for row in _rows(name)]

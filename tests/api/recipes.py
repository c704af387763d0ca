"""The recipes of ``docs/cypher.md``: each a query and the table of rows that it should give."""

import re
from pathlib import Path
from typing import Any, NamedTuple

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cypher.md"
_RECIPE = re.compile(
    r"^## (?P<title>.*)\n(?:[^#`].*\n|\n)*```cypher\n(?P<query>[^`]*)```\n\n?(?P<table>(?:\|.*\n)*)", re.M
)


class Recipe(NamedTuple):
    """``table``: header and rows as they are printed."""

    title: str
    query: str
    table: list[list[str]]


def recipes() -> list[Recipe]:
    """All recipes of the page, in order."""
    found = []
    for match in _RECIPE.finditer(PAGE.read_text("utf-8")):
        lines = [line.strip("|").split("|") for line in match["table"].splitlines()]
        table = [[cell.strip() for cell in line] for line in lines]
        found.append(Recipe(match["title"], match["query"], table[:1] + table[2:]))
    return found


def told(rows: list[dict[str, Any]]) -> list[list[str]]:
    """Rows as the page prints them, under their header."""

    def cell(value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(map(cell, value))
        return "—" if value is None else str(value)

    return [list(rows[0]), *([cell(value) for value in row.values()] for row in rows)] if rows else []

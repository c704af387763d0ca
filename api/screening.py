"""``screen``: rows of names, codes and numbers against the lists, one answer a row."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from api.rowfile import write_rows
from graph.book.book import Book
from graph.measures.screening import ScreenResult, screen_row
from graph.measures.triggers import STANDING, status
from graph.model.text import norm_name
from graph.store.base import Node, Reader, View

COLUMNS = ("row", "name", "uscc", "id_mask", "outcome", "lists", "entries", "why")
#: Columns of a query, any of which may be empty.
FIELDS = ("name", "uscc", "id_no")
#: Rows between two signs of progress.
_TOLD = 200
LISTS = frozenset({"L01", "L01a", "L02", "L03", "L05", "L06"})


class BookLookups:
    """The look-ups of screening over a book and a view."""

    def __init__(self, book: Book, reader: Reader, view: View) -> None:
        self._book, self._reader, self._view = book, reader, view

    def subject(self, key: str) -> Node | None:
        """The unit that holds a key."""
        return self._reader.by_key(self._view, key)

    def person(self, id_number: str) -> Node | None:
        """The person of a valid ID number."""
        pid = self._book.vault.find(id_number)
        return self._reader.by_key(self._view, pid) if pid else None

    def by_name(self, name: str) -> list[Node]:
        """Subjects of exactly this name at ``as_of``."""
        return self._reader.search(self._view, name, 200, exact=True)

    def names(self, node: Node) -> frozenset[str]:
        """All names of a subject in comparison form."""
        return frozenset(norm_name(n.text) for n in node.names)

    def active_entries(self, node: Node) -> list[tuple[str, str]]:
        """(list id, entry id) of the active entries about a subject."""
        edges = self._reader.neighbours(self._view, [node.id], ("about",), "in")
        records = self._reader.get(self._view, [edge.source for edge in edges]).values()
        day = self._view.as_of or self._view.today
        found = {
            (str(r.props["list"]), r.id) for r in records if r.props.get("list") in LISTS and status(r, day) in STANDING
        }
        return sorted(found)


def read_queries(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a query file; ValueError when none of name, uscc, id_no is a column."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from queries_of(file)


def queries_of(file: Iterable[str]) -> Iterator[dict[str, str]]:
    """The rows of an open CSV; ValueError when none of name, uscc, id_no is a column."""
    reader = csv.DictReader(file)
    if not set(FIELDS) & set(reader.fieldnames or ()):
        raise ValueError("expected a CSV with the columns name, uscc, id_no")
    for row in reader:
        yield {name: (row.get(name) or "").strip() for name in FIELDS}


def answer_row(number: int, found: ScreenResult) -> dict[str, str]:
    """The answer for a row in the columns of :data:`COLUMNS`; no full ID number."""
    return {
        "row": str(number),
        "name": found.name,
        "uscc": found.uscc,
        "id_mask": found.id_mask or "",
        "outcome": found.outcome,
        "lists": ";".join(found.lists),
        "entries": ";".join(found.entries),
        "why": found.why,
    }


def screen(book: Book, reader: Reader, view: View, queries: Iterable[dict[str, str]], out: Path) -> int:
    """Write one answer per query, in order, as CSV or (``.jsonl``) JSON lines; how many."""
    lookups = BookLookups(book, reader, view)

    def answers() -> Iterator[dict[str, str]]:
        for count, query in enumerate(queries, 1):
            if not count % _TOLD:
                book.tell("rows screened", _TOLD)
            yield answer_row(count, screen_row(query["name"], query["uscc"], query["id_no"], lookups))

    return write_rows(out, COLUMNS, answers())

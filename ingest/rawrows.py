"""Rows as a file gives them: numbered cells of text, whatever the format was."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

#: Rows above the header in which titles, units and dates of a form are looked for.
TITLE_ROWS = 30

#: Says whether cells are the header of the source that is read.
HeaderTest = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: its number as a person finds it in the file, its cells as text."""

    row: int
    cells: list[str]


@dataclass(slots=True)
class Table:
    """A file as rows.

    ``rows`` is read once, in order; it may raise :class:`ingest.problems.FileProblem`
    when the end of the file shows that it was cut. Wholly empty rows are left out.
    ``warnings`` are for the sender.
    """

    header: list[str]
    rows: Iterator[RawRow]
    warnings: list[str] = field(default_factory=list)


def is_blank(cells: Sequence[str]) -> bool:
    """Whether no cell holds anything but white space."""
    return not any(cell.strip() for cell in cells)


def split_header(rows: Iterator[RawRow], is_header: HeaderTest) -> tuple[RawRow | None, list[RawRow]]:
    """The header among the first rows and the rows already taken after it.

    Rows above a recognised header are titles and are dropped. When none of the first
    :data:`TITLE_ROWS` rows is a header, the first row that holds anything stands for it,
    so that the caller can say which columns it misses.
    """
    taken: list[RawRow] = []
    for row in rows:
        if is_blank(row.cells):
            continue
        if is_header(row.cells):
            return row, []
        taken.append(row)
        if len(taken) == TITLE_ROWS:
            break
    return (taken[0], taken[1:]) if taken else (None, [])

"""Excel workbooks (Office Open XML) as rows, read as a stream."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from ingest.problems import FileProblem
from ingest.rawrows import HeaderTest, RawRow, Table, is_blank, split_header

#: What the library raises for a damaged package, besides its own exception.
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


def cell_text(value: Any) -> str:
    """A cell as text: dates ISO, numbers as Excel shows them (15 significant digits), no exponent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        text = format(Decimal(f"{value:.15g}"), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def workbook_table(path: Path, is_header: HeaderTest) -> Table:
    """The first visible sheet that holds the header, as a table; rows are sheet rows.

    Hidden sheets are never read; they and further visible ones are named in the
    warnings. FileProblem ``not_text`` for a damaged or encrypted package.
    """
    try:
        with catch_warnings():
            # Style and extension warnings say nothing about the cells.
            simplefilter("ignore")
            book = load_workbook(path, read_only=True, data_only=True)
    except _BROKEN as error:
        raise FileProblem("not_text", "the file is not a readable workbook") from error
    try:
        return _first_table(book, is_header)
    except _BROKEN as error:
        book.close()
        raise FileProblem("not_text", "the workbook is damaged") from error


def _first_table(book: Workbook, is_header: HeaderTest) -> Table:
    warnings = [f"hidden sheet not read: {s.title}" for s in book.worksheets if s.sheet_state != "visible"]
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    chosen: Table | None = None
    for sheet in visible:
        rows = _sheet_rows(sheet)
        header, taken = split_header(rows, is_header)
        if header is not None and chosen is not None:
            warnings.append(f"sheet not read: {sheet.title}")
        elif header is not None and (is_header(header.cells) or sheet is visible[-1]):
            chosen = Table(_trimmed(header.cells), _closing(book, chain(taken, rows)), warnings)
    if chosen is None:
        book.close()
        return Table([], iter(()), warnings)
    return chosen


def _sheet_rows(sheet: Any) -> Iterator[RawRow]:
    # The dimension that a writer stored may be wrong; the rows themselves are not.
    sheet.reset_dimensions()
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        yield RawRow(number, _trimmed([cell_text(value) for value in values]))


def _trimmed(cells: Sequence[str]) -> list[str]:
    """The cells without empty ones at the end: a sheet has no own width."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return list(cells[:end])


def _closing(book: Workbook, rows: Iterator[RawRow]) -> Iterator[RawRow]:
    try:
        yield from (row for row in rows if not is_blank(row.cells))
    except _BROKEN as error:
        raise FileProblem("not_text", "the workbook is damaged") from error
    finally:
        book.close()

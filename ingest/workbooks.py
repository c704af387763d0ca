"""Excel workbooks (Office Open XML) as rows, read as a stream."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from ingest.problems import FileProblem
from ingest.rawrows import HeaderTest, RawRow, Table, is_blank, split_header

#: Rows that a sheet can have (Office Open XML); a row number beyond makes the library count for hours.
_MAX_ROW = 1 << 20
#: Rows read under one suppression of warnings.
_AT_ONCE = 100
#: A part of this size that shrank more than so many times was made to fill memory.
_BOMB_SIZE, _BOMB_RATIO = 64 << 20, 200
#: Text in a number format; a percent sign there is no percentage.
_LITERAL = re.compile(r'"[^"]*"|\\.')

#: What the library raises for a damaged package, besides its own exception.
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    # Of XML: that of the standard library, and that of lxml, which openpyxl takes where it is installed.
    SyntaxError,
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
        _check_size(path)
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


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        for part in package.infolist():
            if part.file_size > _BOMB_SIZE and part.file_size > _BOMB_RATIO * part.compress_size:
                raise FileProblem("not_text", "the workbook unpacks to far more than a table holds")


def _first_table(book: Workbook, is_header: HeaderTest) -> Table:
    if not book.worksheets:
        raise FileProblem("not_text", "the workbook holds no sheet")
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
        raise FileProblem("missing_column", "no visible sheet of the workbook has a header")
    return chosen


def _sheet_rows(sheet: Any) -> Iterator[RawRow]:
    # The dimension that a writer stored may be wrong; the rows themselves are not.
    sheet.reset_dimensions()
    for number, cells in enumerate(_quiet(sheet.iter_rows()), 1):
        if number > _MAX_ROW:
            raise FileProblem("not_text", "the workbook numbers its rows beyond the last row of a sheet")
        if cells:
            yield RawRow(number, _trimmed([_shown(cell) for cell in cells]))


def _quiet(rows: Iterator[Any]) -> Iterator[Any]:
    """The rows without warnings: the library tells a number that is no date, and it may be that of a person."""
    while True:
        with catch_warnings():
            simplefilter("ignore")
            some = list(islice(rows, _AT_ONCE))
        if not some:
            return
        yield from some


def _shown(cell: Any) -> str:
    """The text of a cell; a number in a percent format as the percentage that it shows."""
    value = cell.value
    if type(value) in (int, float) and "%" in _LITERAL.sub("", cell.number_format):
        return cell_text(float(Decimal(f"{value:.15g}") * 100)) + "%"
    return cell_text(value)


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

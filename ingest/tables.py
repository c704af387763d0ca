"""A file of rows of any accepted format as one stream of numbered text cells.

Formats are told apart by content first: a zip package is a workbook, ``[`` or ``{``
begins JSON, anything else is comma or tab separated text.
"""

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from ingest.encoding import text_encoding
from ingest.jsonrows import as_objects, lines_table, objects_table, parse
from ingest.problems import FileProblem
from ingest.rawrows import HeaderTest, RawRow, Table, is_blank, split_header
from ingest.workbooks import workbook_table

#: Longest cell that is read at all; a quoted cell longer than this was never closed.
MAX_CELL = 1 << 22

_ZIP = b"PK\x03\x04"
_JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})
_SNIFF = 8192


def open_table(path: Path, is_header: HeaderTest) -> Table:
    """The header and the rows of a file.

    ``is_header`` recognises the header of the source, so that title rows above it are
    skipped. Row numbers: CSV record with the header as 1, sheet row, entry from 1.
    Raises :class:`FileProblem` (empty_file, not_text, bad_json, cut_file, missing_column where no row
    holds anything); ``cut_file`` of a CSV may come from the rows, at their end.
    """
    with path.open("rb") as file:
        start = file.read(len(_ZIP))
    if start == _ZIP:
        return workbook_table(path, is_header)
    encoding = text_encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(_SNIFF)
    first = sample.lstrip()[:1]
    if path.suffix.lower() in _JSON_SUFFIXES or first in ("[", "{"):
        return _json_table(path, encoding, first)
    return _csv_table(path, encoding, "\t" if sample.count("\t") > sample.count(",") else ",", is_header)


def _json_table(path: Path, encoding: str, first: str) -> Table:
    if first == "{":
        try:
            return lines_table(path, encoding)[0]
        except FileProblem:
            # One object over several lines is a single row.
            return objects_table(as_objects([parse(path.read_text(encoding))]))
    return objects_table(as_objects(parse(path.read_text(encoding))))


def _csv_table(path: Path, encoding: str, delimiter: str, is_header: HeaderTest) -> Table:
    records = _csv_records(path, encoding, delimiter)
    header, taken = split_header(records, is_header)
    if header is None:
        raise FileProblem("missing_column", "the file has no header")
    shift = header.row - 1
    rows = (RawRow(r.row - shift, r.cells) for r in chain(taken, records) if not is_blank(r.cells))
    return Table(header.cells, rows)


def _csv_records(path: Path, encoding: str, delimiter: str) -> Iterator[RawRow]:
    """Records with their number from 1; FileProblem ``cut_file`` when the file ends inside quotes."""
    csv.field_size_limit(MAX_CELL)
    at_end = False
    with path.open(encoding=encoding, newline="") as file:

        def lines() -> Iterator[str]:
            nonlocal at_end
            yield from file
            at_end = True

        reader = csv.reader(lines(), delimiter=delimiter)
        number = 0
        try:
            for number, cells in enumerate(reader, 1):
                # The reader asks for a line beyond the last one only while a quote is open.
                if at_end:
                    raise FileProblem("cut_file", f"the file ends inside the quoted cell of record {number}")
                yield RawRow(number, cells)
        except csv.Error as error:
            raise FileProblem("cut_file", f"a quoted cell of record {number + 1} never ends") from error

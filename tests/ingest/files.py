"""One logical table written in every form that is accepted."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write rows of equal titles into a file; ``first``: the number of the first row when it is read."""

    name: str
    suffix: str
    first: int
    write: Callable[[Path, Sequence[Row]], None]


def _csv_text(rows: Sequence[Row], end: str = "\n", delimiter: str = ",", quoting: Any = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end, delimiter=delimiter, quoting=quoting)
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return out.getvalue()


def _bytes(encoding: str, **how: Any) -> Callable[[Path, Sequence[Row]], None]:
    return lambda path, rows: _write(path, _csv_text(rows, **how).encode(encoding))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _titled(path: Path, rows: Sequence[Row]) -> None:
    _write(path, ("信息公示表,,\r\n\r\n填报单位：岚汀市,单位：份\r\n" + _csv_text(rows, end="\r\n")).encode())


def _array(path: Path, rows: Sequence[Row]) -> None:
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2), "utf-8")


def _lines(path: Path, rows: Sequence[Row]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def _sheet(path: Path, rows: Sequence[Row], cell: Callable[[str], Any], above: int = 0) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    hidden = book.create_sheet("旧表", 0)
    hidden.append(["企业名称", "统一社会信用代码"])
    hidden.sheet_state = "hidden"
    for _ in range(above):
        sheet.append(["信息公示表"])
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([cell(text) for text in row.values()])
    book.save(path)


def typed(text: str) -> Any:
    """A cell as a person who uses Excel would have it: dates as dates, short numbers as numbers."""
    try:
        return datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        pass
    short = len(text) <= 9 and text.replace(".", "", 1).isdecimal() and text == f"{float(text):g}"
    return float(text) if short else text or None


FORMS = (
    Form("utf-8", ".csv", 2, _bytes("utf-8")),
    Form("utf-8 with BOM, CRLF", ".csv", 2, _bytes("utf-8-sig", end="\r\n")),
    Form("gb18030", ".csv", 2, _bytes("gb18030", end="\r\n")),
    Form("CR alone", ".csv", 2, _bytes("utf-8", end="\r", quoting=csv.QUOTE_ALL)),
    Form("all quoted", ".csv", 2, _bytes("utf-8", quoting=csv.QUOTE_ALL)),
    Form("tabs", ".txt", 2, _bytes("gb18030", delimiter="\t")),
    Form("titles above", ".csv", 2, _titled),
    Form("array", ".json", 1, _array),
    Form("lines", ".jsonl", 1, _lines),
    Form("text cells", ".xlsx", 2, lambda path, rows: _sheet(path, rows, lambda text: text)),
    Form("typed cells, titles above", ".xlsx", 4, lambda path, rows: _sheet(path, rows, typed, 2)),
)

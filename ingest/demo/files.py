"""Writing tables so that the same rows give the same bytes."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

#: The day that an Excel file of the demo claims to be written on.
_EPOCH = datetime(2026, 1, 1)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], encoding: str = "utf-8") -> None:
    """A CSV file with its header; rows are taken one by one, so any number fits."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_json(path: Path, body: Mapping[str, Any]) -> None:
    """A JSON file, readable by eye."""
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _cell(column: str, text: str) -> str | Decimal | datetime | None:
    """A cell as a clerk's Excel holds it: dates as dates, amounts as numbers."""
    if not text:
        return None
    if column in ("处罚决定日期", "公示截止期"):
        return datetime.strptime(text, "%Y/%m/%d")
    return Decimal(text) if "万元" in column else text


def write_xlsx(path: Path, title: str, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """A sheet with its header; openpyxl's clock and the time stamps of the archive are taken out."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    sheet.append(list(columns))
    for row in rows:
        sheet.append([_cell(column, row[column]) for column in columns])
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            if isinstance(cell.value, datetime):
                cell.number_format = "yyyy-mm-dd"
    draft = io.BytesIO()
    book.save(draft)
    with zipfile.ZipFile(draft) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            body = _STAMP.sub(rb"\g<1>" + _EPOCH.isoformat().encode() + b"Z", source.read(name))
            target.writestr(zipfile.ZipInfo(name, _EPOCH.timetuple()[:6]), body, zipfile.ZIP_DEFLATED)

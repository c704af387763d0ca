"""The file of refused rows, fit to be corrected and loaded again. It alone may hold full ID numbers."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.problems import Problem
from ingest.spec import REJECT_TITLES

#: Cells that a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused row as its sender wrote it."""

    header: tuple[str, ...]
    cells: tuple[str, ...]
    problem: Problem


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def write_rejects(path: Path, rows: Sequence[Refused]) -> None:
    """CSV in UTF-8 with BOM: the columns of the file, 错误代码 and 错误说明; readable by its owner only.

    OSError leaves what was there before.
    """
    header = list(dict.fromkeys(title for row in rows for title in row.header if title not in REJECT_TITLES))
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*header, *REJECT_TITLES])
            for row in rows:
                cells = dict(zip(row.header, row.cells, strict=False))
                told = (row.problem.code, row.problem.message)
                writer.writerow([_safe(cells.get(title, "")) for title in header] + [_safe(text) for text in told])
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)

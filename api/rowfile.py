"""Answers of many rows as a file, CSV or JSON lines by its ending; whole or not there."""

import csv
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def write_rows(out: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> int:
    """Write rows in order, ``.jsonl`` one object a line, else CSV; how many. OSError when it cannot be written."""
    draft, count = out.with_name(f".{out.name}.{os.getpid()}"), 0
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, columns)
            lines = out.suffix == ".jsonl"
            if not lines:
                table.writeheader()
            for row in rows:
                count += 1
                if lines:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
                else:
                    table.writerow(row)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return count

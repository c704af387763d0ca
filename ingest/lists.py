"""The debtor list: versions of a list, full or as changes, with their own header.

Form: a JSON object with ``entries``, or JSON lines of which the first holds the same
keys without ``entries``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from graph.model.values import parse_date
from ingest.encoding import text_encoding
from ingest.jsonrows import as_objects, lines_table, objects_table, parse, read_lines, written
from ingest.problems import FileProblem
from ingest.rawrows import Table

_SNIFF = 64
#: More places than any number of entries has.
_COUNT_PLACES = 12


@dataclass(frozen=True, slots=True)
class ListHeader:
    """What a list file says of itself.

    ``date``: ISO date of the version; ``version``: its name, the date by default;
    ``previous``: the version that a delta builds on; ``count``: number of entries,
    always given in a full list.
    """

    list_id: str
    date: str
    version: str
    kind: Literal["full", "delta"]
    previous: str | None
    count: int | None


def open_list(path: Path, list_id: str | None = None) -> tuple[ListHeader, Table]:
    """The header of a list file and its entries as rows numbered from 1. ``list_id``: the only list that is taken.

    Raises :class:`FileProblem`: empty_file, not_text, bad_json (also a header without
    list, date or kind, or of another list), cut_file (``count`` is missing in a full list or is another
    number than the entries).
    """
    with path.open("rb") as file:
        start = file.read(_SNIFF)
    encoding = text_encoding(path)
    whole = _single_object(path, encoding) if start.lstrip().startswith((b"{", b"\xef\xbb\xbf")) else None
    if whole is None:
        first = next(read_lines(path, encoding), None)
        if first is None:
            raise FileProblem("bad_json", "a list begins with its header")
        header = _header(first)
        table, count = lines_table(path, encoding, skip=1)
    else:
        header = _header(whole)
        objects = as_objects(whole.get("entries", []))
        table, count = objects_table(objects), len(objects)
    if list_id and header.list_id != list_id:
        raise FileProblem("bad_json", f"the header names another list than {list_id}")
    if header.count is None and header.kind == "full":
        raise FileProblem("cut_file", "a full list without count")
    if header.count is not None and header.count != count:
        raise FileProblem("cut_file", f"count says {header.count} entries, the file holds {count}")
    return header, table


def _single_object(path: Path, encoding: str) -> dict[str, Any] | None:
    """The list as one object; None when the file is JSON lines."""
    with path.open(encoding=encoding) as file:
        first = next(line for line in file if line.strip())
        rest = any(line.strip() for line in file)
    try:
        value = parse(first)
    except FileProblem:
        value = parse(path.read_text(encoding))
    else:
        if rest:
            return None
    if not isinstance(value, dict):
        raise FileProblem("bad_json", "a list is a JSON object with entries, or JSON lines")
    return value


def _header(value: dict[str, Any]) -> ListHeader:
    day = _day(value.get("date"))
    kind = value.get("kind")
    list_id = value.get("list")
    if day is None or not isinstance(list_id, str) or not list_id or kind not in ("full", "delta"):
        raise FileProblem("bad_json", "the header of a list names list, date and kind (full or delta)")
    return ListHeader(
        list_id=written(list_id).strip().upper(),
        date=day,
        version=written(str(value.get("version") or day)).strip(),
        kind="full" if kind == "full" else "delta",
        previous=written(str(value["previous"])).strip() if value.get("previous") else None,
        count=_count(value.get("count")),
    )


def _day(value: Any) -> str | None:
    try:
        return parse_date(str(value or ""))
    except ValueError:
        return None


def _count(value: Any) -> int | None:
    """The number of entries; numbers of JSON are kept as text by the parser."""
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip().isdecimal() or len(value) > _COUNT_PLACES:
        raise FileProblem("cut_file", "count is not a number")
    return int(value)

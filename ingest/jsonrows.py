"""JSON as rows: an array of objects, or one object a line."""

import json
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from ingest.problems import FileProblem
from ingest.rawrows import RawRow, Table, is_blank

#: Lists within lists that a cell may hold.
MAX_DEPTH = 50


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def written(text: str) -> str:
    """The text as it can be written: a lone surrogate is legal in JSON and in no encoding."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {written(name): value for name, value in pairs}
    if len(found) < len(pairs):
        raise ValueError("a name twice in one object")
    return found


def parse(text: str) -> Any:
    """The value of a JSON text, numbers kept as written; FileProblem ``bad_json`` otherwise.

    A name twice in one object is refused: either value would be lost unseen.
    """
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=_no_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise FileProblem("bad_json", "the file is not valid JSON") from error


def cell_text(value: Any, depth: int = 0) -> str:
    """A JSON value as the text of a cell: nothing for null, lists joined by ``；``; too deep a nest is ``bad_json``."""
    if depth > MAX_DEPTH:
        raise FileProblem("bad_json", "lists are nested too deeply")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return written(value)
    if isinstance(value, list):
        return "；".join(cell_text(item, depth + 1) for item in value)
    try:
        return written(json.dumps(value, ensure_ascii=False, sort_keys=True))
    except RecursionError as error:
        raise FileProblem("bad_json", "objects are nested too deeply") from error


def as_objects(values: Any) -> list[dict[str, Any]]:
    """The objects of a parsed array; ``bad_json`` when it is no array of objects."""
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise FileProblem("bad_json", "expected a JSON array of objects")
    return values


def objects_table(objects: list[dict[str, Any]]) -> Table:
    """Objects in memory as a table; rows are entry numbers from 1."""
    header = list(dict.fromkeys(key for item in objects for key in item))
    return Table(header, _rows(iter(objects), header))


def lines_table(path: Path, encoding: str, skip: int = 0) -> tuple[Table, int]:
    """One object a line as a table and their number, leaving out the first ``skip`` objects.

    The file is read twice: first every line is parsed, so that a broken one stops the file
    before a row of it is used; the rows are then read again, one at a time.
    """
    header: dict[str, None] = {}
    count = 0
    for position, item in enumerate(read_lines(path, encoding)):
        if position >= skip:
            header.update(dict.fromkeys(item))
            count += 1
    names = list(header)

    def objects() -> Iterator[dict[str, Any]]:
        for position, item in enumerate(read_lines(path, encoding)):
            if position >= skip:
                yield item

    return Table(names, _rows(objects(), names)), count


def read_lines(path: Path, encoding: str) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines; ``bad_json`` at the first line that is none."""
    with path.open(encoding=encoding) as file:
        yield from _objects(file)


def _objects(file: TextIOWrapper) -> Iterator[dict[str, Any]]:
    for line in file:
        if line.strip():
            value = parse(line)
            if not isinstance(value, dict):
                raise FileProblem("bad_json", "expected one JSON object a line")
            yield value


def _rows(objects: Iterator[Mapping[str, Any]], header: list[str]) -> Iterator[RawRow]:
    for number, item in enumerate(objects, 1):
        cells = [cell_text(item.get(name)) for name in header]
        if not is_blank(cells):
            yield RawRow(number, cells)

"""What cannot be read is told as a file with one clear code; no file ends in another exception."""

import json
import random
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from ingest.lists import ListHeader, open_list
from ingest.problems import FILE_CODES, FileProblem
from ingest.rawrows import RawRow
from ingest.schema import SourceSpec
from tests.ingest.cells import NUMBER, as_csv, good_row, tables
from tests.ingest.files import FORMS
from tests.ingest.sources.golden import TODAY

SPECS = {spec.id: spec for spec in tables()}
REGISTRY, LIST = SPECS["registry"], SPECS["dishonest-debtors"]
GOOD = good_row(REGISTRY)
HEADER = ",".join(GOOD)
LISTED = {"list": "L01", "date": "2025-04-01", "kind": "full", "count": 1}


def read(spec: SourceSpec, path: Path) -> list[RawRow]:
    """All rows of a file, each read by the source too."""
    table = open_list(path, spec.list_id)[1] if spec.form == "list" else spec.open(path)
    reader = spec.reader(table.header)
    rows = list(table.rows)
    for raw in rows:
        reader.canonical(raw, TODAY)
        reader.readable_key(raw, TODAY)
    json.dumps([table.warnings, reader.warnings], ensure_ascii=False).encode()
    assert all(cell.encode() is not None for raw in rows for cell in raw.cells)
    return rows


def code(spec: SourceSpec, content: bytes, suffix: str) -> str:
    """The code of a file as a whole; "rows: n" when it can be read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"f{suffix}"
        path.write_bytes(content)
        try:
            return f"rows: {len(read(spec, path))}"
        except FileProblem as problem:
            assert problem.code in FILE_CODES
            assert problem.message
            return problem.code


def nested(depth: int, inner: str) -> bytes:
    """JSON with lists in lists in one cell."""
    return f'[{{"企业名称": {"[" * depth}{inner}{"]" * depth}, "统一社会信用代码": "1"}}]'.encode()


def one(**cells: Any) -> bytes:
    """A JSON array of one registry row."""
    return json.dumps([{"企业名称": "甲", "统一社会信用代码": "1", **cells}]).encode()


@pytest.mark.parametrize(
    ("content", "suffix", "expected"),
    [
        (b"", ".csv", "empty_file"),
        (b"\xef\xbb\xbf \n", ".csv", "empty_file"),
        ("\u3000\n".encode(), ".csv", "empty_file"),
        ("\ufeff\ufeff\n".encode(), ".json", "empty_file"),
        (HEADER.encode("utf-16"), ".csv", "not_text"),
        (HEADER.encode("utf-16-be"), ".csv", "not_text"),
        (HEADER.encode("utf-32"), ".csv", "not_text"),
        (HEADER.encode() + b"\n\x00\x00", ".csv", "not_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls", "not_text"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\x00", ".csv", "not_text"),
        (f"{HEADER}\n甲".encode()[:-1], ".csv", "cut_file"),
        (f'{HEADER}\n"甲,乙\n丙'.encode(), ".csv", "cut_file"),
        (f'{HEADER}\n甲,"'.encode(), ".csv", "cut_file"),
        (b",,,\n,,,\n", ".csv", "missing_column"),
        (b"a,b\n1,2\n", ".csv", "missing_column"),
        (HEADER.encode(), ".csv", "rows: 0"),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + as_csv([GOOD]).encode(), ".csv", "rows: 1"),
        (b"PK\x03\x04", ".xlsx", "not_text"),
        (b"PK\x03\x04" + b"\x00" * 400, ".csv", "not_text"),
        (b"[", ".json", "bad_json"),
        (b'[{}, {"x": 1}]', ".json", "missing_column"),
        (b"[]", ".json", "rows: 0"),
        (b"{}", ".json", "rows: 0"),
        (b"[{}]", ".json", "rows: 0"),
        (b"[1]", ".json", "bad_json"),
        (b'"text"', ".json", "bad_json"),
        (b"[NaN]", ".json", "bad_json"),
        (b'[{"a": Infinity}]', ".json", "bad_json"),
        (b"[" * 100_000, ".json", "bad_json"),
        (b'{"a":' * 100_000, ".jsonl", "bad_json"),
        (nested(50, '"x"'), ".json", "rows: 1"),
        (nested(480, '"x"'), ".json", "bad_json"),
        (nested(950, '{"a": [1]}'), ".json", "bad_json"),
        (b'[{"\\u4f01\\u4e1a\\u540d\\u79f0": "a", "\\u4f01\\u4e1a\\u540d\\u79f0": "b"}]', ".json", "bad_json"),
        (b'{"a": 1, "a": 2}\n', ".jsonl", "bad_json"),
        (b'{"a": 1}\n{"a": \n', ".jsonl", "bad_json"),
        (one(x="\ud800"), ".json", "rows: 1"),
        (one(**{"\ud800": "x"}), ".json", "rows: 1"),
        (one(x={"a": ["\udfff", {"\udc00": "\ud800"}]}), ".json", "rows: 1"),
        (one(x=10**30, y=-0.0, z=1e308, t=True, n=None), ".json", "rows: 1"),
    ],
)
def test_hand_picked_files(content: bytes, suffix: str, expected: str) -> None:
    assert code(REGISTRY, content, suffix) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "rows: 1"),
        ({"kind": "delta", "count": 0, "entries": []}, "rows: 0"),
        ({"count": 0, "entries": []}, "rows: 0"),
        ({"count": None}, "cut_file"),
        ({"count": "two"}, "cut_file"),
        ({"count": 2}, "cut_file"),
        ({"count": int("9" * 4000)}, "cut_file"),
        ({"count": "9" * 5000}, "cut_file"),
        ({"count": [1]}, "cut_file"),
        ({"entries": {}}, "bad_json"),
        ({"entries": [[]]}, "bad_json"),
        ({"list": None}, "bad_json"),
        ({"list": "L05"}, "bad_json"),
        ({"list": " l01 "}, "rows: 1"),
        ({"list": ["L01"]}, "bad_json"),
        ({"date": "someday"}, "bad_json"),
        ({"kind": ["full"]}, "bad_json"),
        ({"version": "\ud800", "previous": "\udfff"}, "rows: 1"),
    ],
)
def test_hand_picked_lists(changes: dict[str, Any], expected: str) -> None:
    body = LISTED | {"entries": [good_row(LIST)]} | changes
    assert code(LIST, json.dumps(body).encode(), ".json") == expected
    entries = body.pop("entries")
    if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
        lines = "\n".join(json.dumps(part) for part in (body, *entries))
        assert code(LIST, lines.encode(), ".jsonl") == expected


def test_a_list_header_can_always_be_written(tmp_path: Path) -> None:
    body = LISTED | {"entries": [good_row(LIST)], "version": "v\ud800", "list": "l01\udc00"}
    (tmp_path / "f.json").write_text(json.dumps(body))
    assert open_list(tmp_path / "f.json")[0] == ListHeader("L01?", "2025-04-01", "v?", "full", None, 1)


@pytest.mark.parametrize("content", ["\ufeff\u3000", "\ufeff\u2003\n\u2003", "\ufeff"])
def test_a_list_of_white_space_is_empty(content: str) -> None:
    assert code(LIST, content.encode(), ".json") == "empty_file"


def workbook(change: Callable[[Any], None] = lambda sheet: None) -> bytes:
    """A good workbook of the registry with a change to its sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(GOOD))
    sheet.append(list(GOOD.values()))
    change(sheet)
    with tempfile.TemporaryDirectory() as folder:
        book.save(Path(folder) / "f.xlsx")
        return (Path(folder) / "f.xlsx").read_bytes()


def repacked(content: bytes, name: str, change: Callable[[bytes], bytes | None]) -> bytes:
    """A workbook with one part of its package changed, or left out."""
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder) / "a", Path(folder) / "b"
        old.write_bytes(content)
        with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as target:
            for item in source.namelist():
                part = source.read(item)
                kept = change(part) if item == name else part
                if kept is not None:
                    target.writestr(item, kept)
        return new.read_bytes()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (SHEET, lambda part: None),
        (SHEET, lambda part: part[: len(part) // 2]),
        (SHEET, lambda part: part.replace(b'<row r="2"', b'<row r="99999999"')),
        (SHEET, lambda part: part.replace(b'r="A2"', b'r="ZZZZZ2"')),
        (SHEET, lambda part: part.replace(b'r="A2"', b'r="?"')),
        (SHEET, lambda part: part.replace(b"</sheetData>", b" " * 100_000_000 + b"</sheetData>")),
        ("xl/workbook.xml", lambda part: b"<workbook/>"),
        ("xl/workbook.xml", lambda part: part.replace(b"</workbook>", b"")),
        ("xl/styles.xml", lambda part: b"not xml"),
        ("[Content_Types].xml", lambda part: None),
        ("[Content_Types].xml", lambda part: b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'a'>]><x>&a;</x>"),
    ],
)
def test_a_damaged_workbook_is_told(name: str, change: Callable[[bytes], bytes | None]) -> None:
    assert code(REGISTRY, repacked(workbook(), name, change), ".xlsx") == "not_text"


def test_a_number_in_a_date_cell_is_not_told_to_the_log() -> None:
    def change(sheet: Any) -> None:
        sheet["F2"] = int(NUMBER)
        sheet["F2"].number_format = "yyyy-mm-dd"

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert code(REGISTRY, workbook(change), ".xlsx") == "rows: 1"
    assert [str(warning.message) for warning in told] == []


WRITTEN: list[tuple[str, bytes]] = []
for _form in FORMS:
    with tempfile.TemporaryDirectory() as _folder:
        _path = Path(_folder) / f"f{_form.suffix}"
        _form.write(_path, [GOOD, GOOD])
        WRITTEN.append((_form.suffix, _path.read_bytes()))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(WRITTEN), st.integers(0, 2**32), st.integers(0, 8), st.floats(0, 1))
def test_truncated_and_mutated_files_never_raise_anything_else(
    written: tuple[str, bytes], seed: int, changes: int, kept: float
) -> None:
    suffix, content = written
    random_bytes = random.Random(seed)
    mutated = bytearray(content[: round(len(content) * kept)])
    for _ in range(changes if mutated else 0):
        mutated[random_bytes.randrange(len(mutated))] = random_bytes.randrange(256)
    assert code(REGISTRY, bytes(mutated), suffix).startswith(("rows: ", *FILE_CODES))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["registry", "dishonest-debtors"]),
    st.sampled_from([b"", b"PK\x03\x04", b"[", b"{", b"\xef\xbb\xbf", HEADER.encode() + b"\n"]),
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([".csv", ".json", ".jsonl", ".xlsx"]),
)
def test_any_bytes_are_read_or_told(source: str, start: bytes, content: bytes, suffix: str) -> None:
    assert code(SPECS[source], start + content, suffix).startswith(("rows: ", *FILE_CODES))


_NAMES = st.sampled_from([*list(good_row(LIST))[1:], "x", "\ud800"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from([*list(good_row(LIST))[1:], "x", "\ud800"]), _JSON, max_size=6), max_size=3
    )
)
def test_any_json_values_are_rows(entries: list[dict[str, Any]]) -> None:
    needed = {"被执行人姓名/名称": "甲", "身份证号码/组织机构代码": "", "案号": "", "执行法院": ""}
    whole = [needed | entry for entry in entries]
    body = LISTED | {"count": len(whole), "entries": whole}
    assert code(LIST, json.dumps(body).encode(), ".json") == f"rows: {len(whole)}"

"""One logical table in every accepted form gives the same canonical rows under the row numbers of the contract."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from ingest.lists import ListHeader, open_list
from ingest.problems import Problem
from ingest.schema import Canonical, SourceSpec
from ingest.spec import Column
from tests.ingest.cells import good, tables
from tests.ingest.files import FORMS, Form, Row, typed
from tests.ingest.sources.golden import TODAY

ROWED = {spec.id: spec for spec in tables() if spec.form == "table"}
SPEC_L01 = next(spec for spec in tables() if spec.form == "list")

#: Other cells for a type, beside the good one; empty, wrong and awkward ones among them.
_OTHERS = {
    "text": ["含,逗号", '引"号', "两\n行", "尾。", "'=1+1"],
    "name": ["岚汀市（集团）有限公司", "㐂田·甲"],
    "date": ["2024年3月5日", "2023-02-30", "1999-12-31"],
    "past_date": ["2024/3/5", "2099-01-01", "1999-12-31"],
    "money": ["0.5", "1,234.50", "壹佰"],
    "percent": ["12.5", "100", "七成"],
    "count": ["3", "1.5"],
    "doc_no": ["岚市监罚[2024]12号"],
    "case_no": ["(2024)闽9801执12号", "无"],
    "uscc": ["91359801TY0000000A"],
    "id_card": ["359801********1016", "1"],
}


def cells(column: Column) -> st.SearchStrategy[str]:
    """Cells of a column; shrinks towards the good one."""
    return st.sampled_from([good(column), "", *_OTHERS.get(column.type, [])])


@st.composite
def logical_tables(draw: st.DrawFn) -> tuple[str, list[Row]]:
    """A source id and rows under its Chinese titles; no row is wholly empty."""
    spec = ROWED[draw(st.sampled_from(sorted(ROWED)))]
    rows = draw(st.lists(st.fixed_dictionaries({c.zh: cells(c) for c in spec.columns}), min_size=1, max_size=4))
    ordered = [{c.zh: row[c.zh] for c in spec.columns} for row in rows]
    return spec.id, [row for row in ordered if any(row.values())] or [{c.zh: good(c) for c in spec.columns}]


def read(spec: SourceSpec, form: Form, rows: list[Row]) -> list[Canonical | Problem]:
    """What a form of the rows is read as."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows{form.suffix}"
        form.write(path, rows)
        table = spec.open(path)
        reader = spec.reader(table.header)
        raws = list(table.rows)
    assert [raw.row for raw in raws] == [form.first + place for place in range(len(rows))]
    return [reader.canonical(raw, TODAY) for raw in raws]


def plain(found: list[Canonical | Problem]) -> list[Any]:
    """Results without their row numbers, problems without the words of the file for the column."""
    return [replace(one, row=0) if isinstance(one, Canonical) else (one.code, one.outcome) for one in found]


@settings(max_examples=30, deadline=None)
@given(logical_tables())
def test_every_form_gives_the_same_rows(table: tuple[str, list[Row]]) -> None:
    spec, rows = ROWED[table[0]], table[1]
    expected = plain(read(spec, FORMS[0], rows))
    for form in FORMS[1:]:
        assert plain(read(spec, form, rows)) == expected, form.name


@settings(max_examples=60, deadline=None)
@given(logical_tables(), st.data())
def test_order_and_writing_of_the_header_do_not_matter(table: tuple[str, list[Row]], data: st.DataObject) -> None:
    spec, rows = ROWED[table[0]], table[1]
    places = data.draw(st.permutations(range(len(spec.columns))))
    columns = [spec.columns[place] for place in places]
    marks = st.sampled_from(["{}", " {} ", "*{}", "{}\n", "\ufeff{}"])
    titles = {c.zh: data.draw(st.sampled_from([c.zh, *_same_unit(c)])) for c in columns}
    written = {zh: data.draw(marks).format(title) for zh, title in titles.items()}
    other = [{written[c.zh]: row[c.zh] for c in columns} for row in rows]
    assert plain(read(spec, FORMS[0], other)) == plain(read(spec, FORMS[0], rows))


def _same_unit(column: Column) -> list[str]:
    """Other titles that say the same of the cells: a share without % in its title may be a fraction."""
    return [] if column.type == "percent" else list(column.aliases)


_WIDE = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


@settings(max_examples=40, deadline=None)
@given(logical_tables())
def test_width_and_outer_space_do_not_matter(table: tuple[str, list[Row]]) -> None:
    spec, rows = ROWED[table[0]], table[1]
    wide = [{title: f"\u3000{cell.translate(_WIDE)} " if cell else "" for title, cell in row.items()} for row in rows]
    assert plain(read(spec, FORMS[0], wide)) == plain(read(spec, FORMS[0], rows))


def test_the_typed_sheet_really_holds_dates_and_numbers() -> None:
    kinds = {type(typed(text)).__name__ for text in ("2024-03-05", "1234.5", "文字", "")}
    assert kinds == {"datetime", "float", "str", "NoneType"}


@pytest.mark.parametrize(
    ("title", "cell", "yuan"),
    [
        ("注册资本(万元)", "12.5", "125000"),
        ("注册资本（元）", "125000", "125000"),
        ("注册资本", "12.5", "125000"),
        ("注册资本（单位：元）", "125,000.00", "125000"),
    ],
)
def test_the_unit_of_an_amount_stands_in_the_header(title: str, cell: str, yuan: str) -> None:
    spec = ROWED["registry"]
    row = {c.zh: good(c) for c in spec.columns if c.name != "capital_yuan"} | {title: cell}
    (found,) = read(spec, FORMS[0], [row])
    assert isinstance(found, Canonical)
    assert found.fields["capital_yuan"] == yuan


_ENTRIES = [{c.aliases[0]: good(c) for c in SPEC_L01.columns if c.name not in ("action", "reason")}] * 2
_HEAD = {"list": "L01", "date": "2025-04-01", "kind": "full", "count": 2}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({**_HEAD, "entries": _ENTRIES}).encode(),
        json.dumps({**_HEAD, "entries": _ENTRIES}, ensure_ascii=False, indent=2).encode("gb18030"),
        json.dumps({"entries": _ENTRIES, **_HEAD}).encode("utf-8-sig"),
        "\r\n\r\n".join(json.dumps(part, ensure_ascii=False) for part in (_HEAD, *_ENTRIES)).encode("utf-8-sig"),
        "\n".join(json.dumps(part) for part in (_HEAD | {"count": "２"}, *_ENTRIES, "")[:3]).encode(),
    ],
)
def test_every_form_of_a_list_gives_the_same_header_and_entries(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.json").write_bytes(content)
    header, table = open_list(tmp_path / "list.json")
    assert header == ListHeader("L01", "2025-04-01", "2025-04-01", "full", None, 2)
    found = [(raw.row, SPEC_L01.reader(table.header).canonical(raw, TODAY)) for raw in table.rows]
    assert [row for row, _ in found] == [1, 2]
    assert len({repr(one) for one in plain([one for _, one in found])}) == 1
    assert all(isinstance(one, Canonical) for _, one in found)


def test_a_share_beyond_all_numbers_is_refused() -> None:
    row = {c.zh: good(c) for c in ROWED["shareholders"].columns} | {"认缴出资比例(%)": "9" * 400}
    (found,) = read(ROWED["shareholders"], FORMS[0], [row])
    assert isinstance(found, Problem)
    assert found.code == "bad_amount"


def test_a_percent_cell_of_a_sheet_is_read_as_it_shows(tmp_path: Path) -> None:
    spec = ROWED["shareholders"]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    row = {c.zh: good(c) for c in spec.columns}
    sheet.append(list(row))
    sheet.append(list(row.values()))
    place = [c.name for c in spec.columns].index("share") + 1
    sheet.cell(2, place, 0.655).number_format = "0.0%"
    book.save(tmp_path / "f.xlsx")
    table = spec.open(tmp_path / "f.xlsx")
    (found,) = [spec.reader(table.header).canonical(raw, TODAY) for raw in table.rows]
    assert isinstance(found, Canonical)
    assert found.fields["share"] == "65.5"

"""Whatever a cell holds: no reader fails on it, forms are stable, and no ID number stays in clear."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.book.book import Book
from graph.ledger.vault import Vault
from graph.model.ids import check_id_card, normalise
from ingest import registry
from ingest.demo import codes
from ingest.load import load
from ingest.problems import Problem
from ingest.rawrows import RawRow
from ingest.schema import Canonical, SourceSpec, clean
from ingest.sealing import seal
from ingest.spec import header_form, value_form
from tests.ingest.cells import as_csv, good, good_row, tables
from tests.ingest.sources.golden import TODAY, opened

SPECS = {spec.id: spec for spec in tables()}
sources = pytest.mark.parametrize("source", sorted(SPECS))

#: A number with the check character X, the harder case.
NUMBER = next(n for n in (codes.id_number(1, "1979-03-21", order) for order in range(99)) if n.endswith("X"))
_WIDE = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
DISGUISES = (
    NUMBER,
    NUMBER.lower(),
    NUMBER.translate(_WIDE),
    f"晁璞（身份证号{NUMBER}）",
    f"{NUMBER}、{NUMBER}",
    f"甲\n{NUMBER}\t乙",
    f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
    f"{NUMBER[:6]}-{NUMBER[6:14]}-{NUMBER[14:]}",
    f"晁{NUMBER[:6]}\u3000{NUMBER[6:14]}\u200b{NUMBER[14:]}",
    f"ID{NUMBER}",
    f"晁璞/{NUMBER}/其他直接责任人员",
    f"晁璞{NUMBER}//其他直接责任人员",
    f"{NUMBER}(2019-01-01至2020-01-01)",
    f"其他-{NUMBER}",
)

_TOKENS = st.sampled_from(
    [
        "；",
        "/",
        "(",
        "至",
        ")",
        "之",
        "号",
        "年",
        "-",
        "%",
        ",",
        "*",
        "X",
        "\n",
        " ",
        "〔2024〕",
        "（2024）闽9801执1号",
        NUMBER,
    ]
)
CELLS = st.text(max_size=12) | st.lists(_TOKENS | st.text(max_size=4), max_size=6).map("".join)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """A vault of its own."""
    made = Vault(tmp_path_factory.mktemp("vault") / "vault.db", bytes(32))
    yield made
    made.close()


def through(spec: SourceSpec, vault: Vault, cells: dict[str, str]) -> Canonical | Problem:
    """Take a row through everything that a load does with it before the ledger."""
    reader = spec.reader(list(cells))
    raw = RawRow(2, list(cells.values()))
    found = reader.canonical(raw, TODAY)
    if isinstance(found, Problem):
        reader.readable_key(raw, TODAY)
        return found
    parser = registry.parser(spec.id)
    extra = parser.derive(found.fields, found.births)
    sealed = seal(vault, spec.id, found.fields, found.ids, found.key, extra if isinstance(extra, dict) else {})
    told = repr((sealed.fields, parser.meta(sealed.fields)))
    stopped = extra if isinstance(extra, Problem) else parser.checks(sealed.fields)
    if stopped is None:
        claims = parser.claims(sealed.fields, sealed.rec)
        assert claims
        told += repr((claims, parser.references(sealed.fields)))
    # Within a longer run of figures it is no number.
    assert re.search(rf"(?<![0-9]){NUMBER}", normalise(told)) is None
    return found


@sources
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_no_cell_makes_a_reader_fail(vault: Vault, source: str, data: st.DataObject) -> None:
    spec = SPECS[source]
    row = good_row(spec)
    for title in data.draw(st.lists(st.sampled_from(list(row)), min_size=1, max_size=4, unique=True)):
        row[title] = data.draw(CELLS)
    left_out = data.draw(st.sets(st.sampled_from([c.zh for c in spec.columns if c.name not in _needed(spec)])))
    through(spec, vault, {title: cell for title, cell in row.items() if title not in left_out})


def _needed(spec: SourceSpec) -> set[str]:
    return {name for need in spec.needed for name in need.split("|")}


@sources
def test_a_good_row_goes_through(vault: Vault, source: str) -> None:
    assert isinstance(through(SPECS[source], vault, good_row(SPECS[source])), Canonical)


@settings(max_examples=300)
@given(st.text() | CELLS)
@example("'=x")
@example("''=x")
@example(" '\u200b=x")
def test_the_forms_of_cells_and_titles_are_stable(text: str) -> None:
    for form in (clean, header_form, value_form):
        assert form(form(text)) == form(text), form


@sources
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_canonical_row_read_again_is_the_same(vault: Vault, source: str, data: st.DataObject) -> None:
    spec = SPECS[source]
    row = good_row(spec)
    stable = [c for c in spec.columns if c.type not in ("uscc", "id_card", "reg_no", "org_code", "code_any", "people")]
    for place in data.draw(st.sets(st.integers(0, len(stable) - 1), min_size=1, max_size=3)):
        column = stable[place]
        row[column.zh] = data.draw(CELLS | st.just(good(column)))
    found = through(spec, vault, row)
    if isinstance(found, Problem):
        return
    units = {c.zh: c.zh.replace("(万元)", "").replace("(元)", "") + "(元)" for c in stable if c.type == "money"}
    again = {units.get(c.zh, c.zh): found.fields.get(c.name, "") for c in stable}
    numbers = {c.zh: row[c.zh] for c in spec.columns if c not in stable}
    once_more = through(spec, vault, again | numbers)
    assert isinstance(once_more, Canonical)
    assert once_more.fields == found.fields


def kept(home: Path) -> str:
    """Every value in every table of a data home but the vault, codes in their comparison form."""
    values: list[str] = []
    for path in (home / "ledger" / "ledger.db", home / "graph" / "graph.db"):
        with sqlite3.connect(path) as connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in connection.execute(f'SELECT * FROM "{name}"'):
                    values += [
                        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in row
                    ]
        connection.close()
    return normalise("|".join(values))


_CODE, _AUTHORITY = "统一社会信用代码", "处罚机关统一社会信用代码"


def planted(spec: SourceSpec) -> list[dict[str, str]]:
    """A row for each column and each disguise of the number."""
    rows: list[dict[str, str]] = []
    for column in spec.columns:
        for disguise in DISGUISES:
            place = 9000 + 4 * len(rows)
            own = {"uscc": codes.uscc(place), "code_any": codes.uscc(place + 1), "doc_no": f"岚罚〔2024〕{place}号"}
            own |= {"case_no": f"（2024）闽9801执{place}号", "reg_no": "", "org_code": ""}
            row = good_row(spec) | {c.zh: own[c.type] for c in spec.columns if c.type in own}
            rows.append(row | {column.zh: disguise})
    return rows


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """An empty book."""
    made = opened(tmp_path / "home")
    yield made
    made.close()


def write(spec: SourceSpec, folder: Path, rows: list[dict[str, str]]) -> Path:
    """A file of the source with these rows."""
    if spec.form == "table":
        (folder / "rows.csv").write_text(as_csv(list(rows)), "utf-8")
        return folder / "rows.csv"
    body = {"list": spec.list_id, "date": "2025-04-01", "kind": "full", "count": len(rows), "entries": rows}
    (folder / "rows.json").write_text(json.dumps(body), "utf-8")
    return folder / "rows.json"


@sources
def test_no_number_is_left_in_a_sealed_row_or_its_claims(vault: Vault, source: str) -> None:
    results = [through(SPECS[source], vault, row) for row in planted(SPECS[source])]
    assert sum(isinstance(found, Canonical) for found in results) > len(results) / 5


@sources
def test_no_number_stays_in_clear(book: Book, tmp_path: Path, source: str) -> None:
    assert check_id_card(NUMBER).valid
    spec = SPECS[source]
    rows = planted(spec)
    if source == "penalties":
        authorities = [{"部门名称": row["处罚机关"], _CODE: row[_AUTHORITY]} for row in rows]
        (tmp_path / "departments.csv").write_text(as_csv([a for a in authorities if NUMBER not in a[_CODE]]), "utf-8")
        load(book, "departments", [tmp_path / "departments.csv"])
    receipt = load(book, source, [write(spec, tmp_path, rows)])
    assert sum(receipt.counts.values()) == len(rows)
    assert len(rows) - receipt.counts["rejected"] > len(rows) / 5, receipt.counts
    told = normalise(json.dumps(receipt.as_json(), ensure_ascii=False))
    text = kept(tmp_path / "home")
    assert "岚汀市" in text
    assert NUMBER not in text
    assert NUMBER not in told


def test_no_number_in_a_title_or_a_name_of_a_file_is_told(book: Book, tmp_path: Path) -> None:
    spec = SPECS["departments"]
    row = good_row(spec) | {f"备注{NUMBER.translate(_WIDE)}": "x"}
    for name in (f"{NUMBER}.csv", f"晁璞 {NUMBER} 的表.csv"):
        (tmp_path / name).write_text(as_csv([row, row | {"部门名称": ""}]), "utf-8")
        receipt = load(book, "departments", [tmp_path / name])
        assert (receipt.counts["rejected"], len(receipt.warnings)) == (1, 1)
        assert NUMBER not in normalise(json.dumps(receipt.as_json(), ensure_ascii=False))
    (tmp_path / f"{NUMBER}-empty.csv").write_text("")
    assert NUMBER not in json.dumps(load(book, "departments", [tmp_path / f"{NUMBER}-empty.csv"]).as_json())
    assert NUMBER not in kept(tmp_path / "home")


def test_separators_alone_are_no_value_of_a_list(vault: Vault) -> None:
    spec = SPECS["penalties"]
    found = through(spec, vault, good_row(spec) | {"处罚类别": "；;"})
    assert isinstance(found, Problem)
    assert (found.code, found.field) == ("bad_enum", "处罚类别")

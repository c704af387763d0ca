"""Rows with as little as a file may carry: told with a code or recorded, never an exception."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from graph.book.book import Book
from graph.book.decisions import Refused
from graph.store.base import View
from ingest.decide import decide
from ingest.load import load
from ingest.receipt import Receipt
from ingest.schema import SourceSpec
from tests.ingest.cells import NUMBER, as_csv, needed_row, tables
from tests.ingest.sources.golden import TODAY, opened

SUBJECTS = {
    "departments": ("统一社会信用代码",),
    "registry": ("统一社会信用代码",),
    "shareholders": ("统一社会信用代码",),
    "officers": ("统一社会信用代码",),
    "branches": ("统一社会信用代码", "分支机构统一社会信用代码"),
    "guarantees": ("担保人代码", "被担保人代码"),
    "voting-arrangements": ("成员代码",),
    "judgment-debtors": ("证件号/组织机构代码",),
    "dishonest-debtors": ("cardNum",),
    "consumption-restrictions": ("身份证号",),
    "wage-arrears": ("统一社会信用代码",),
    "licences": ("行政相对人代码_1(统一社会信用代码)",),
    "abnormal-operations": ("统一社会信用代码",),
    "serious-violations": ("统一社会信用代码/证件号",),
    "tax-serious": ("纳税人识别号",),
    "red-list": ("主体代码",),
    "intermediaries": ("统一社会信用代码",),
    "commitments": ("承诺主体代码",),
    "repairs": ("申请主体代码",),
    "objections": ("申请人代码",),
}

#: Sources whose subject has no column that a file needs, or whose rows speak of another record.
NOT_ENOUGH = {
    "penalties": ["name_only"],
    "licences": ["name_only"],
    "objections": ["name_only"],
    "repairs": ["unknown_record"],
}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """An empty book."""
    made = opened(tmp_path / "home")
    yield made
    made.close()


def loaded(book: Book, folder: Path, spec: SourceSpec, row: Mapping[str, str]) -> Receipt:
    """The receipt of a file of one row."""
    if spec.form == "list":
        file = folder / "row.json"
        body = {"list": spec.list_id, "date": "2025-04-01", "kind": "full", "count": 1, "entries": [row]}
        file.write_text(json.dumps(body, ensure_ascii=False), "utf-8")
    else:
        file = folder / "row.csv"
        file.write_text(as_csv([row]), "utf-8")
    return load(book, spec.id, [file])


@pytest.mark.parametrize("spec", tables(), ids=lambda spec: spec.id)
def test_a_file_of_the_needed_columns_alone_is_read(book: Book, tmp_path: Path, spec: SourceSpec) -> None:
    row = needed_row(spec)
    numbers = {"被担保人代码": row["担保人代码"], "担保人代码": "91359804TY00078W7N"} if spec.id == "guarantees" else {}
    if spec.id == "consumption-restrictions":
        row["身份证号"] = NUMBER
    receipt = loaded(book, tmp_path, spec, {**row, **numbers})
    told = [(error["code"], error["message"]) for error in receipt.errors]
    assert [code for code, _ in told] == NOT_ENOUGH.get(spec.id, [])
    assert sum(receipt.counts.values()) == 1


@pytest.mark.parametrize(
    ("source", "title"), [(source, title) for source, titles in SUBJECTS.items() for title in titles]
)
@pytest.mark.parametrize("cell", ["", "359801********1016", "000000000000000000"])
def test_a_subject_without_a_number_is_held_as_name_only(
    book: Book, tmp_path: Path, source: str, title: str, cell: str
) -> None:
    spec = next(spec for spec in tables() if spec.id == source)
    row = needed_row(spec)
    row.pop("身份证号码/组织机构代码", None)
    receipt = loaded(book, tmp_path, spec, row | {title: cell})
    assert [(e["code"], e["field"], e["state"]) for e in receipt.errors] == [("name_only", title, "held")]


def test_a_registration_number_without_a_code_waits_for_the_register(book: Book, tmp_path: Path) -> None:
    spec = next(spec for spec in tables() if spec.id == "registry")
    bare = needed_row(spec) | {"注册号": "359802000070018"}
    number = {"统一社会信用代码": ""}
    receipt = loaded(book, tmp_path, spec, bare | number)
    assert [(e["code"], e["state"]) for e in receipt.errors] == [("unresolved_code", "waiting")]
    (tmp_path / "later").mkdir()
    later = loaded(book, tmp_path / "later", spec, bare)
    assert (later.counts["accepted"], later.released) == (1, 1)


def test_release_gives_the_key_to_the_one_party_that_lacks_it(book: Book, tmp_path: Path) -> None:
    spec = next(spec for spec in tables() if spec.id == "guarantees")
    both = needed_row(spec) | {"担保人代码": "", "被担保人代码": ""}
    one = needed_row(spec) | {"被担保人代码": ""}
    entries = [loaded(book, tmp_path, spec, row).known_at - 1 for row in (both, one)]
    release = {"kind": "release", "keys": ["uscc:91359804TY00078W7N"], "by": "审核员", "reason": "核对合同"}
    with pytest.raises(Refused, match="second subject"):
        decide(book, release | {"entry": entries[0]})
    decide(book, release | {"entry": entries[1]})
    ends = [(edge.relation, edge.source != edge.target) for edge in book.store.scan_edges(View(2, None, None, TODAY))]
    assert ends == [("guarantor_for", True)]

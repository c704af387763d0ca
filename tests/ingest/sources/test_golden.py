"""Every source has a golden folder, and loading it gives what the folder says, once and again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.book.book import Book
from graph.model.claims import RESTRICTED
from graph.store.base import View
from graph.store.project import read_back
from ingest import registry
from ingest.problems import FILE_CODES, ROW_CODES, FileProblem
from tests.ingest.sources.golden import FOLDER, GIVEN, TODAY, Golden, drawing, give, goldens, lines, opened, told

#: Quarantined rows that are retried by themselves; all others wait for a person.
WAITING = {
    "unresolved_code", "unknown_department", "unknown_record", "unknown_entry", "unknown_practitioner", "out_of_order",
}  # fmt: skip
#: Rows that a person has not released but a later file has, by source: sent again they are unchanged.
RELEASED = {"dishonest-debtors": ["1-delta-too-early.json"]}

each = pytest.mark.parametrize("golden", goldens(), ids=lambda golden: golden.source)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the departments and the registered companies that all golden files speak of."""
    home = tmp_path_factory.mktemp("given")
    book = opened(home)
    give(book, ("departments", "registry"))
    book.close()
    return home


@pytest.fixture
def book(given: Path, tmp_path: Path) -> Iterator[Book]:
    """A copy of that home, opened."""
    shutil.copytree(given, tmp_path / "home")
    made = opened(tmp_path / "home")
    yield made
    made.close()


def once_more(golden: Golden, file: Path) -> dict[int, str]:
    """The outcomes of a file sent again: recorded rows are unchanged, refused ones are refused again."""
    released = file.name in RELEASED.get(golden.source, [])
    rows = golden.rows(file).items()
    return {row: "unchanged" if released or outcome in ("accepted", "merged") else outcome for row, outcome in rows}


def digest(book: Book) -> str:
    """The digest, read back from the store."""
    state = book.store.state()
    assert state is not None
    assert read_back(book.store, book.stable) == state.digest
    return state.digest


def test_every_source_has_a_golden_folder() -> None:
    built = {path.parent.name for path in (FOLDER.parents[2] / "ingest" / "sources").glob("*/source.yaml")}
    assert len(built) >= 23
    assert {golden.folder.name for golden in goldens()} == built


@each
def test_every_file_of_a_folder_is_expected(golden: Golden) -> None:
    there = {path.name for path in golden.folder.iterdir() if path.name != "expected.yaml"}
    assert {file.name for file in golden.files} == there


def test_every_given_file_is_asked_for() -> None:
    asked = {source for golden in goldens() for source in golden.given}
    assert asked | {"departments", "registry"} == {path.stem for path in GIVEN.iterdir()}


@each
def test_each_row_has_its_outcome_and_the_graph_is_the_expected_one(book: Book, golden: Golden) -> None:
    give(book, golden.given)
    nodes, edges = drawing(book)
    for file in golden.files:
        outcomes, receipt = told(book, golden.source, file)
        problem = golden.problem(file)
        assert outcomes == golden.rows(file), file.name
        assert [e["code"] for e in receipt.errors if e["row"] is None] == ([problem] if problem else []), file.name
        assert receipt.as_json()["input"] == sum(receipt.counts.values()) == len(outcomes)
        for error in receipt.errors:
            if error["row"] is not None:
                wait = "waiting" if error["code"] in WAITING else "held"
                assert error.get("state") == (wait if error["outcome"] == "quarantined" else None)
    found, joined = drawing(book)
    assert [line for line in found if line not in nodes] == lines(golden.expected["nodes"])
    assert [line for line in joined if line not in edges] == lines(golden.expected["edges"])
    gone = [line for line in nodes + edges if line not in found + joined]
    assert sorted(gone) == lines(golden.expected["gone"])


@each
def test_sending_it_all_again_changes_nothing(book: Book, golden: Golden) -> None:
    give(book, golden.given)
    for file in golden.files:
        told(book, golden.source, file)
    before = digest(book)
    for file in golden.files:
        outcomes, receipt = told(book, golden.source, file)
        assert outcomes == once_more(golden, file), file.name
        assert receipt.released == 0
    assert digest(book) == before


def test_every_code_is_produced_by_a_golden_file() -> None:
    rows = [outcome.split() for golden in goldens() for file in golden.files for outcome in golden.rows(file).values()]
    produced = {(parts[1], parts[0]) for parts in rows if len(parts) > 1}
    # what only a key with a division meets has tests of its own, with the service
    assert produced == {(code, outcome) for code, (outcome, _) in ROW_CODES.items() if code != "other_division"}
    whole = {golden.problem(file) for golden in goldens() for file in golden.files} - {None}
    with pytest.raises(FileProblem) as unknown:
        registry.spec("no-such-source")
    # a text that is no judgment at all is held by a load; only ``extract`` refuses it
    assert whole | {unknown.value.code} == FILE_CODES - {"other_division", "no_judgment"}


def test_the_drawing_tells_claims_apart_by_level(book: Book) -> None:
    told(book, "guarantees", FOLDER / "guarantees" / "rows.csv")
    public = {edge.relation for edge in book.store.scan_edges(View(0, None, None, TODAY))}
    everything = {edge.relation for edge in book.store.scan_edges(View(RESTRICTED, None, None, TODAY))}
    assert everything - public == {"guarantor_for"}
    assert any("guarantor_for" in line and "level: shared" in line for line in drawing(book)[1])

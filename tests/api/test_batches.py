"""The list of loads holds loads only."""

from pathlib import Path

from api.records import batches_body
from graph.book.book import Book
from graph.book.home import Home
from graph.ledger.ledger import Draft
from graph.store.sqlite import SqliteStore
from ingest.load import load
from tests.nlp.other_texts import PENALTY


def test_the_boundary_of_a_decision_is_no_load(tmp_path: Path) -> None:
    file = tmp_path / "penalty.txt"
    file.write_text(PENALTY, "utf-8")
    book = Book(Home(tmp_path / "home"), lambda home: SqliteStore(home.graph))
    receipt = load(book, "judgments", [file])
    with book.writing() as writer:
        writer.append(Draft("batch", {"source": "decisions"}, source="decisions"))
    body, following = batches_body(book, None, 10)
    assert body["total"] == 1 and following is None
    assert [row["batch"] for row in body["results"]] == [receipt.batch]
    book.close()

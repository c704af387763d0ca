"""A penalty decision as a text: its own number stands for the case number, the punished for the party."""

from pathlib import Path

from graph.book.book import Book
from graph.book.home import Home
from graph.store.base import View
from graph.store.sqlite import SqliteStore
from ingest.load import load
from tests.nlp.other_texts import PENALTY

TODAY = "2026-01-01"


def opened(folder: Path) -> Book:
    return Book(Home(folder), lambda home: SqliteStore(home.graph))


def test_it_is_recorded_under_its_number_and_once(tmp_path: Path) -> None:
    file = tmp_path / "penalty.txt"
    file.write_text(PENALTY, "utf-8")
    book = opened(tmp_path / "home")
    assert load(book, "judgments", [file]).counts["accepted"] == 1
    view = View(2, None, None, TODAY)
    [document] = [node for node in book.store.scan_nodes(view) if node.kind == "judgment"]
    assert document.keys == ("doc:福市监罚字〔2018〕33号|福宁市市场监督管理局|行政处罚决定书|",)
    assert document.name == document.props["decision_no"] == "福市监罚字〔2018〕33号"
    [edge] = [edge for edge in book.store.scan_edges(view) if edge.relation == "penalised_by"]
    assert edge.props["amount_yuan"] == "23000"
    assert load(book, "judgments", [file]).counts["unchanged"] == 1
    book.close()


def test_a_penalty_decision_without_a_number_waits(tmp_path: Path) -> None:
    file = tmp_path / "penalty.txt"
    file.write_text(PENALTY.replace("福市监罚字〔2018〕33号\n", ""), "utf-8")
    book = opened(tmp_path / "home")
    receipt = load(book, "judgments", [file])
    assert receipt.counts["quarantined"] == 1 and receipt.errors[0]["code"] == "no_case_no"
    book.close()

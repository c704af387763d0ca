"""The index of texts is what the ledger says, after every kind of change, crash and damage; nothing erased is left."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from api.asking import Question
from api.commands import opened
from api.cut import cut
from api.documents import Filters, documents_body
from api.keeping import verify
from graph.book.book import Book
from graph.ledger.ledger import Draft, Ledger
from graph.model.claims import PUBLIC, RESTRICTED, SHARED, Mention, Name, NodeClaim
from graph.model.words import phrases
from graph.store import archive, texts
from graph.store.base import View
from graph.store.texts import TextIndex
from ingest.demo import codes
from tests.api.conftest import TODAY, run
from tests.api.judged import CASES, FIRST, NUMBER, SECOND, Judged, company, judged, judgment

__all__ = ["judged"]

#: A department that a register may bring.
DEPARTMENT = codes.uscc(9100, "11")

VIEW = View(RESTRICTED, TODAY, None, TODAY)


def index(home: Path) -> TextIndex:
    """The index of a home, as it lies there."""
    return TextIndex(home / "texts" / "texts.db")


def whole() -> None:
    """Ledger, graph and index agree."""
    body = run("verify", "--json").body
    assert body["ok"], body["problems"]


def bytes_of(home: Path) -> bytes:
    """Everything that lies in the folder of the index."""
    return b"".join(path.read_bytes() for path in sorted((home / "texts").iterdir()))


def test_it_is_current_after_each_commit_and_made_anew_the_same(judged: Judged) -> None:
    # Before anybody asks: who asks would let it catch up.
    state = index(judged.home).state()
    with opened() as book:
        seq = book.ledger.head()[0]
        assert state is not None and (state.seq, state.ledger_id) == (seq, book.ledger.id)
        before = book.texts(seq).found(phrases("货款"), VIEW, seq)
        assert len(before) == 3
    whole()
    assert run("rebuild").code == 0
    with opened() as book:
        assert book.texts(seq).found(phrases("货款"), VIEW, seq) == before
    whole()


def test_a_new_version_replaces_and_the_old_one_is_found_as_known_then(judged: Judged) -> None:
    then = run("verify", "--json").body["seq"]
    receipt = judged.load(first=FIRST.replace("违约", "订金"))
    assert receipt["merged"] == 1
    assert judged.found("违约金") == []
    assert judged.found("订金金") == CASES[1:2]
    assert judged.found("违约金", "--known-at", str(then)) == CASES[1:2]
    assert judged.found("订金金", "--known-at", str(then)) == []
    assert judged.found("货款", "--known-at", "0") == []
    whole()
    assert judged.load(first=FIRST)["unchanged"] == 1
    assert judged.found("违约金") == []


def test_a_document_that_waits_for_a_person_is_not_found(judged: Judged) -> None:
    receipt = judged.load(nameless=SECOND.replace("（2025）闽9803民初2号\n", "").replace("连带清偿", "无号文书"))
    assert receipt["quarantined"] == 1
    assert judged.found("无号文书") == []
    whole()


@pytest.mark.parametrize("by", ["entry", "keys"])
def test_nothing_of_an_erased_document_is_left(judged: Judged, by: str) -> None:
    words = "瞭塬渟漈 qzvx98177"
    text = judgment("（2025）闽9801民初9号", [("原告", "丁"), ("被告", "穆瑢")], f"约定{words}。")
    assert judged.load(secret=text.replace(NUMBER, "无"))["accepted"] == 1
    assert judged.found("瞭塬渟漈") == judged.found("qzvx98177") == ["（2025）闽9801民初9号"]
    assert "瞭".encode() in bytes_of(judged.home)
    row = run("documents", "瞭塬渟漈", "--json").body["results"][0]
    if by == "entry":
        judged.decide("erase", entry=row["evidence"][0]["seq"])
    else:
        keys = run("show", company("丁"), "--section", "keys", "--json").body["keys"]
        judged.decide("erase", keys=keys)
    for question in ("瞭塬渟漈", "qzvx98177", "穆瑢"):
        assert judged.found(question) == []
    left = bytes_of(judged.home)
    for sign in ("瞭", "塬", "渟", "漈", "qzvx98177", "瑢"):
        assert sign.encode() not in left, sign
    assert judged.found("货款") == CASES
    whole()
    assert run("documents", "瞭塬渟漈", "--known-at", str(row["evidence"][0]["seq"] + 1), "--json").body["total"] == 0


def test_no_work_is_done_when_no_document_changed(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    before = index(judged.home).state()
    path = judged.folder / "departments.csv"
    path.write_text(
        f"单位名称,统一社会信用代码,单位类型,层级,行政区划代码\n甲局,{DEPARTMENT},行政机关,市级,359801\n", "utf-8"
    )
    with monkeypatch.context() as patch:
        patch.setattr(TextIndex, "_writing", None)
        done = run("load", "departments", str(path), "--json")
        assert done.body["known_at"] > (before.seq if before else 0)
        assert judged.found("货款") == CASES
    assert index(judged.home).state() == before
    monkeypatch.setattr(texts, "_STRETCH", 1)
    done = run("load", "departments", str(path), "--json")
    after = index(judged.home).state()
    assert after is not None and after.seq == done.body["known_at"]
    whole()


class Broken(Exception):
    """Stands for a kill."""


def test_a_crash_leaves_it_whole_and_the_next_command_catches_up(
    judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = index(judged.home).state()

    def dies(*_: object) -> Iterator[object]:
        raise Broken

    text = SECOND.replace("民初2号", "民初22号").replace("连带清偿", "抵押登记")
    for place in ("indexed", "versions"):
        with monkeypatch.context() as patch:
            patch.setattr(texts, place, dies)
            with pytest.raises(Broken):
                judged.load(late=text)
        assert index(judged.home).state() == before
        with closing(sqlite3.connect(judged.home / "texts" / "texts.db")) as db:
            assert db.execute("SELECT count(*) FROM document").fetchone() == (3,)
    # The ledger had committed; whoever asks next finds it.
    assert judged.found("抵押登记") == ["（2025）闽9803民初22号"]
    whole()


@pytest.mark.parametrize(
    "damage", ["gone", "no file of SQLite", "broken within", "of another ledger", "older shape", "no state"]
)
def test_a_file_that_does_not_fit_is_made_anew(judged: Judged, damage: str, tmp_path: Path) -> None:
    path = judged.home / "texts" / "texts.db"
    if damage == "gone":
        path.unlink()
    elif damage == "no file of SQLite":
        path.write_bytes(b"no database at all" * 400)
    elif damage == "broken within":
        body = bytearray(path.read_bytes())
        body[4096:] = b"\xff" * (len(body) - 4096)
        path.write_bytes(bytes(body))
    else:
        with closing(sqlite3.connect(path)) as db, db:
            told = db.execute("SELECT value FROM meta").fetchone()[0]
            ledger, _, rest = told.partition(",")
            other = '["another",' + rest if damage == "of another ledger" else told[:-2] + "0]"
            other = "[" if damage == "no state" else other
            assert other != told and ledger
            db.execute("UPDATE meta SET value = ?", (other,))
            db.execute("DELETE FROM document")
    assert judged.found("货款") == CASES
    whole()


def test_verify_tells_what_does_not_fit_and_rebuild_mends_it(judged: Judged) -> None:
    path = judged.home / "texts" / "texts.db"
    for damage in (
        "DELETE FROM document WHERE entry = 1",
        "UPDATE text SET tokens = '货 款' WHERE rowid = 2",
        "DROP TABLE text",
    ):
        with closing(sqlite3.connect(path)) as db, db:
            assert db.execute(damage).rowcount
        body = run("verify", "--json").body
        assert not body["ok"]
        assert "index of texts" in body["problems"][0]
        assert run("rebuild").code == 0
        whole()


@pytest.mark.parametrize(
    ("level", "props", "expected"),
    [
        (PUBLIC, {}, {PUBLIC: 0, SHARED: 1, RESTRICTED: 1}),
        (SHARED, {"ended": "yes"}, {PUBLIC: 0, SHARED: 0, RESTRICTED: 1}),
    ],
)
def test_a_text_is_as_open_as_its_claim_and_its_node(
    judged: Judged, level: int, props: dict[str, str], expected: dict[int, int]
) -> None:
    """Neither does another claim that opens the node open the text, nor is a text found whose record has ended."""
    row = run("documents", "连带清偿", "--json").body["results"][0]["document"]["id"]
    told = {}
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        key = reader.get(view, [row])[row].keys[0]
        claim = NodeClaim(Mention((key,)), "judgment", (Name("另一来源的题名"),), props, level=level, rank=10)
        with book.writing() as writer:
            draft = Draft("record", {"fields": {}}, source="given", rec="rec:given/1", outcome="accepted")
            writer.append(draft, [claim])
            writer.append(Draft("batch", {}))
        for asked in expected:
            seen = replace(view, level=asked)
            question = Question(book, cut(book.view(as_of=TODAY, level=asked)[0], asked, ""), seen)
            told[asked] = documents_body(question, "连带清偿", Filters(), 20, None)["total"]
    assert told == expected


def test_who_asks_while_another_writes_is_told_to_ask_again(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    (judged.home / "texts" / "texts.db").unlink()
    from graph.book.home import Home, write_lock

    monkeypatch.setattr("graph.book.book._PATIENCE", 0.1)
    with write_lock(Home(judged.home)):
        done = run("documents", "货款", "--json")
    assert (done.code, done.body["status"]) == (2, 503)
    assert judged.found("货款") == CASES


def test_a_long_index_is_walked_by_new_entries_only(judged: Judged) -> None:
    """The step after a load of anything else looks at its entries, not at all documents, and at no claim by key."""
    with opened() as book:
        plans = []
        for statement in _statements(book):
            with book.ledger.reading() as connection:
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
            plans.append(" ".join(str(row[3]) for row in rows))
    assert "USING INTEGER PRIMARY KEY (rowid>?)" in plans[0]
    assert "claim_to" in plans[1]


def _statements(book: Book) -> list[str]:
    asked: list[str] = []
    from sqlalchemy import event

    def heard(_c: object, _x: object, statement: str, parameters: object, *_: object) -> None:
        values = iter(parameters if isinstance(parameters, tuple) else ())
        asked.append("".join(repr(next(values)) if c == "?" else c for c in statement))

    event.listen(book.ledger.engine, "before_cursor_execute", heard)
    try:
        with book.ledger.reading() as connection:
            archive.documents(connection, 3)
            archive._ended(connection, 3)
    finally:
        event.remove(book.ledger.engine, "before_cursor_execute", heard)
    return [text for text in asked if text.startswith("SELECT")]


def test_verify_is_silent_about_an_index_that_is_behind(judged: Judged) -> None:
    (judged.home / "texts" / "texts.db").unlink()
    with opened() as book:
        assert isinstance(book.ledger, Ledger)
        assert verify(book)["ok"]

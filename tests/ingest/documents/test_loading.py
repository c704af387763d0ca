"""``load judgments`` takes every format: numbers masked in place, of the bytes nothing kept but their hash."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from graph.book.book import Book
from graph.book.home import Home
from graph.ledger import tables as t
from graph.store.sqlite import SqliteStore
from ingest import textload
from ingest.decide import decide
from ingest.documents.reading import read_file
from ingest.documents.text import Text
from ingest.load import load
from ingest.masking import written_numbers
from ingest.receipt import Receipt
from ingest.textload import restored
from tests.ingest.documents.writers import WRITERS, as_docx, as_pdf
from tests.nlp import texts

_NUMBER = texts.ID_NUMBER


@pytest.fixture
def book(tmp_path: Path) -> Any:
    """An empty data home."""
    made = Book(Home(tmp_path / "home"), lambda home: SqliteStore(home.graph))
    yield made
    made.close()


def sent(book: Book, folder: Path, **files: bytes) -> Receipt:
    """Load files, named by suffix and place."""
    paths = []
    for place, (suffix, data) in enumerate(files.items()):
        path = folder / f"{place}.{suffix}"
        path.write_bytes(data)
        paths.append(path)
    return load(book, "judgments", paths)


def archived(book: Book, seq: int = 1) -> dict[str, Any]:
    """The payload of an entry."""
    with book.ledger.reading() as connection:
        body: str = connection.execute(select(t.payload.c.body).where(t.payload.c.seq == seq)).scalar_one()
    found: dict[str, Any] = json.loads(body)
    return found


def kept(folder: Path) -> bytes:
    """Every byte of a data home."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("form", WRITERS)
def test_the_archive_holds_the_masked_text_and_the_hash_of_the_bytes(form: str, book: Book, tmp_path: Path) -> None:
    data = WRITERS[form](texts.SECOND_INSTANCE)
    assert sent(book, tmp_path, **{form: data}).counts["accepted"] == 1
    text = read_file(tmp_path / f"0.{form}").text
    assert [number for _, _, number in written_numbers(text)] == [_NUMBER]
    body = archived(book)
    assert (body["format"], body["file_sha256"]) == (form, hashlib.sha256(data).hexdigest())
    assert body["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert not list(written_numbers(body["text"])) and len(body["text"]) == len(text)
    assert restored(book.vault, body["text"], body["numbers"]) == text
    with book.ledger.reading() as connection:
        claims = connection.execute(select(t.claim.c.data).where(t.claim.c.relation != "")).scalars().all()
    spans = [span for span in (json.loads(claim).get("s") for claim in claims) if span]
    assert spans and all(text[a:b].strip() for a, b in spans)
    home = kept(tmp_path / "home")
    assert body["file_sha256"].encode() in home
    assert _NUMBER.encode() not in home and data not in home
    assert not any(mark in home for mark in (b"%PDF-", b"word/document.xml", b"text-indent"))


def test_a_number_that_wraps_is_masked(book: Book, tmp_path: Path) -> None:
    for width in range(12):
        text = texts.SECOND_INSTANCE.replace("汉族，公民", f"{'汉' * width}族，公民")
        folder = tmp_path / str(width)
        folder.mkdir()
        assert sent(book, folder, pdf=as_pdf(text)).counts["rejected"] == 0
    assert _NUMBER.encode() not in kept(tmp_path / "home")


def test_the_same_text_from_another_format_changes_nothing(book: Book, tmp_path: Path) -> None:
    assert sent(book, tmp_path, txt=texts.OBJECTION.encode()).counts["accepted"] == 1
    assert sent(book, tmp_path, docx=as_docx(texts.OBJECTION)).counts["unchanged"] == 1


def test_two_documents_in_one_file_are_refused_and_the_others_read(book: Book, tmp_path: Path) -> None:
    receipt = sent(book, tmp_path, docx=as_docx(texts.OBJECTION + texts.CRIMINAL), txt=texts.CRIMINAL.encode())
    assert [(e["file"], e["row"], e["code"]) for e in receipt.errors] == [("0.docx", None, "several_documents")]
    assert (receipt.exit_code, receipt.counts["accepted"]) == (1, 1)


def test_bad_files_do_not_make_the_good_ones_be_read_again(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def noted(path: Path) -> Text:
        seen.append(path.name)
        return read_file(path)

    monkeypatch.setattr(textload, "read_file", noted)
    for name in ("1.txt", "3.txt", "5.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "2.txt").write_text(texts.OBJECTION, "utf-8")
    (tmp_path / "4.txt").write_text(texts.CRIMINAL, "utf-8")
    receipt = load(book, "judgments", [tmp_path / f"{n}.txt" for n in range(1, 6)])
    assert seen == [f"{n}.txt" for n in range(1, 6)]
    assert [(e["file"], e["code"]) for e in receipt.errors] == [(f"{n}.txt", "empty_file") for n in (1, 3, 5)]
    assert (receipt.exit_code, receipt.counts["accepted"]) == (1, 2)


def test_nothing_is_recorded_when_no_file_can_be_read(book: Book, tmp_path: Path) -> None:
    receipt = sent(book, tmp_path, pdf=as_pdf(texts.OBJECTION, password="geheim"), txt="私たちは、".encode() * 9)
    assert [e["code"] for e in receipt.errors] == ["not_text", "other_script"]
    assert receipt.exit_code == 2
    assert book.ledger.head()[0] == 0


@pytest.mark.parametrize("form", WRITERS)
def test_a_text_without_number_is_held_and_can_be_released(form: str, book: Book, tmp_path: Path) -> None:
    text = texts.SECOND_INSTANCE.replace("（2023）闽77民终512号\n", "")
    receipt = sent(book, tmp_path, **{form: WRITERS[form](text)})
    assert [(e["code"], e["state"]) for e in receipt.errors] == [("no_case_no", "held")]
    decision = {"kind": "release", "keys": [], "entry": 1, "by": "审核员", "reason": "核对原件", "basis": ""}
    made = archived(book, decide(book, decision)["seq"])["entries"]
    body = archived(book, made[0])
    given = read_file(tmp_path / f"0.{form}")
    assert (body["format"], body["file_sha256"]) == (form, given.file_sha256)
    assert restored(book.vault, body["text"], body["numbers"]) == given.text
    with book.ledger.reading() as connection:
        claims = connection.execute(select(t.claim.c.data)).scalars().all()
    assert any("邹明远" in claim for claim in claims)
    assert _NUMBER.encode() not in kept(tmp_path / "home")


def test_a_file_that_is_no_judgment_is_held(book: Book, tmp_path: Path) -> None:
    receipt = sent(book, tmp_path, docx=as_docx("春眠不觉晓，处处闻啼鸟。"))
    assert [e["code"] for e in receipt.errors] == ["no_case_no"]


def test_a_wrong_suffix_is_told_in_the_receipt(book: Book, tmp_path: Path) -> None:
    receipt = sent(book, tmp_path, txt=as_pdf(texts.OBJECTION))
    assert receipt.counts["accepted"] == 1
    assert [told for told in receipt.warnings if told.startswith("0.txt: ") and "a PDF" in told]

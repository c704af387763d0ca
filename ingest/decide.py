"""The one command for what people decide: same, different, undo, release, erase."""

import sqlite3
from typing import Any

from sqlalchemy import select

from graph.book import decisions
from graph.book.book import Book
from graph.book.decisions import Decision, Refused
from graph.ledger import tables as t
from graph.ledger.ledger import Draft, Writer
from ingest.readings import read_again
from ingest.retry import NotReleasable, release
from ingest.reviews import Verdict, decided_on, review_again
from ingest.reviews import undo as undo_review


def decide(book: Book, document: object) -> dict[str, Any]:
    """Carry out a decision and record it; ``{"seq": n}``. Refused says what was expected."""
    decision = decisions.parse(document)
    with book.writing() as writer:
        seq = _carry_out(book, writer, decision)
        _read_again(writer, decision)
    body: dict[str, Any] = {"seq": seq, "kind": decision.kind}
    warnings = [book.behind] if book.behind else []
    if decision.kind == "erase":
        try:
            decisions.forget_left(book)
        except sqlite3.OperationalError as error:
            warnings.append(f"the erasure is recorded, a number is still in the vault: {error}; verify takes it out")
    return body | ({"warnings": warnings} if warnings else {})


def _carry_out(book: Book, writer: Writer, decision: Decision) -> int:
    if decision.kind in ("same", "different"):
        return decisions.judge_identity(writer, decision)
    if decision.kind == "undo":
        return _undo(writer, decision)
    if decision.kind == "erase":
        return decisions.erase(writer, book.vault, decision)
    if decision.entry is None:
        raise Refused("entry: a release names the sequence of a quarantined row")
    try:
        entries = release(book, writer, decision.entry, "", decision.keys)
    except NotReleasable as error:
        raise Refused(f"entry: {error}") from None
    read_again(writer, "")
    review_again(writer, "")
    return decisions.record(writer, decision, {"entries": entries})


def _undo(writer: Writer, decision: Decision) -> int:
    rec = decided_on(writer, decision.entry or 0)
    if rec is None:
        return decisions.undo(writer, decision)
    verdict = Verdict("undo", "", decision.by, decision.reason, decision.basis)
    return undo_review(writer, verdict, decision.entry or 0, rec)


def _read_again(writer: Writer, decision: Decision) -> None:
    """A decision on who is who may change whose record a repair or objection means; a boundary ends what follows."""
    if decision.kind not in ("same", "different", "undo"):
        return
    writer.flush()
    link = t.link.c
    said = select(link.a, link.b).where(link.entry == decision.entry)
    keys = decision.keys or [key for row in writer.connection.execute(said) for key in row]
    if read_again(writer, "", keys):
        writer.append(Draft("batch", {"source": "decisions"}, source="decisions"))

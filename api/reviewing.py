"""``creditgraph review``: the queue on the command line, and what was decided as training data."""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from api.asking import Question
from api.commands import Answer, opened
from api.entities import Unanswerable
from api.reviews import Queue, decided_body
from graph.book.book import Book
from graph.ledger import reviews
from graph.ledger import tables as t
from graph.ledger.clock import today
from ingest.reviews import Verdict

#: Characters on each side of a sentence that a window of training data may reach to take in words of a correction.
_REACH = 1000


def review_command(args: argparse.Namespace) -> Answer:
    """List, show, decide or export facts of the queue."""
    _check(args)
    with opened() as book:
        reader, view = book.view(as_of=today())
        asked = Question(book, reader, view)
        queue = Queue(asked)
        if args.verb == "list":
            return queue.body(args.limit, args.cursor), 0
        if args.verb == "show":
            return queue.one(args.id), 0
        if args.verb == "export":
            return _export(book, queue, Path(args.out)), 0
        correction = _correction(Path(args.file)) if args.verb == "correct" else None
        verdict = Verdict(args.verb, args.id, args.by, args.reason, args.basis or "", correction)
        return decided_body(queue, asked, verdict), 0


def _check(args: argparse.Namespace) -> None:
    """Unanswerable 400 unless the verb has what it needs."""
    needed = {"list": (), "export": ("out",), "show": ("id",)}.get(args.verb, ("id", "by", "reason"))
    for name in (*needed, *(("file",) if args.verb == "correct" else ())):
        if not getattr(args, name):
            told = name if name in ("id", "file") else f"--{name}"
            raise Unanswerable(400, "incomplete command", f"review {args.verb} needs {told}")
    if args.verb == "list" and not 1 <= args.limit <= 1000:
        raise Unanswerable(400, "bad limit", "--limit: expected 1 to 1000")


def _correction(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Unanswerable(400, "unreadable correction", f"{path.name}: {type(error).__name__}") from None


def _export(book: Book, queue: Queue, target: Path) -> dict[str, Any]:
    """Write what was decided, a JSON line a fact; whole or absent, and for its owner only."""
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise Unanswerable(400, "no such folder", "--out: expected the name of a file in a folder that is there")
    draft, count = target.with_name(f".{target.name}.part"), 0
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            for row in examples(book, queue):
                file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
                count += 1
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return {"rows": count, "out": target.name}


def examples(book: Book, queue: Queue) -> Iterator[dict[str, Any]]:
    """Decided facts as training data, in the order of their decisions.

    ``text``: the sentence, numbers masked as archived; ``spans`` and ``label.words`` count its characters; ``read``:
    what the reader made of it; ``label``: what a person says it is, None for nothing. Facts of erased texts are none.
    """
    for row in queue.decided():
        with book.ledger.reading() as connection:
            bodies = select(t.payload.c.seq, t.payload.c.body).where(
                t.payload.c.seq.in_([row["seq"], row["decision"]["seq"]])
            )
            found = {seq: json.loads(body) for seq, body in connection.execute(bodies)}
        if row["sentence"] and found.keys() == {row["seq"], row["decision"]["seq"]}:
            yield _example(row, str(found[row["seq"]]["text"]), found[row["decision"]["seq"]])


def _example(row: dict[str, Any], text: str, decision: dict[str, Any]) -> dict[str, Any]:
    start, end = row["span"]
    decided = decision["decided"]
    words = decided["span"] if decided and decision["of"] == row["seq"] else None
    near = words and abs(words[0] - start) <= _REACH
    first, last = reviews.sentence_at(text, *_around((start, end), words if near else None))

    def within(span: list[int] | None) -> list[int] | None:
        held = span and first <= span[0] and span[1] <= last
        return [span[0] - first, span[1] - first] if span and held else None

    label = None
    if decided:
        label = {**_named(row["decision"]["fact"]), "words": within(words)}
    spans = {side: within(row["spans"][side]) for side in ("source", "target")} | {"words": within(row["span"])}
    read = {**_named(row), **{name: row[name] for name in ("confidence", "rule", "extractor")}}
    told = {"id": row["id"], "text": text[first:last], "spans": spans, "read": read, "label": label}
    kept = {name: row["decision"][name] for name in ("kind", "by", "reason", "date", "seq")}
    return told | {"decision": kept, "document": row["document"]["id"], "sha256": row["sha256"]}


def _around(read: tuple[int, int], words: list[int] | None) -> tuple[int, int]:
    """The stretch that holds what was read and, if given, the words of a correction."""
    start, end = words or read
    return min(read[0], start), max(read[1], end)


def _named(fact: dict[str, Any]) -> dict[str, Any]:
    """A fact with its ends by name."""
    return {
        "type": fact["type"],
        "source": fact["source"]["name"],
        "target": fact["target"]["name"],
        "amount_yuan": fact["amount_yuan"],
    }

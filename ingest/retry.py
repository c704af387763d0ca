"""Quarantined rows that may go on: retried when what they wait for came, released when a person says."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from graph.book.book import Book
from graph.ledger import tables as t
from graph.ledger.ledger import Writer
from graph.store.project import some_of
from ingest import registry
from ingest.citations import awaited
from ingest.known import Known
from ingest.listload import depth_of, held_row, take_held
from ingest.recorder import Parser, Recorder
from ingest.textload import read_document, restored


def _arrived(writer: Writer, needs: Iterable[str]) -> set[str]:
    """Those of the awaited keys that the ledger holds now."""
    wanted = [need for need in needs if need]
    lists = {need for need in wanted if need.startswith("list:") and depth_of(writer, need) is not None}
    records: set[str] = set()
    e = t.entry.c
    for some in some_of(need for need in wanted if need.startswith("rec:")):
        records.update(writer.connection.execute(select(e.rec).where(e.kind == "record", e.rec.in_(some))).scalars())
    known = Known(writer.connection)
    cited = {need: citation for need in wanted if (citation := awaited(need))}
    keys = [need for need in wanted if need not in cited and not need.startswith(("list:", "rec:"))]
    known.load(keys)
    named = {need for need, citation in cited.items() if known.cited(citation)}
    return lists | records | named | {key for key in keys if known.registered(key)}


def retry_waiting(writer: Writer, batch: str) -> int:
    """Take every waiting row whose reference has come, until nothing more moves; how many were recorded."""
    w = t.waiting.c
    taken = 0
    while True:
        writer.flush()
        is_open = (w.closed.is_(None), w.state == "waiting")
        needs = writer.connection.execute(select(w.needs).where(*is_open).distinct()).scalars().all()
        moved = 0
        for some in some_of(sorted(_arrived(writer, needs))):
            rows = writer.connection.execute(select(w.source, w.seq).where(*is_open, w.needs.in_(some)).order_by(w.seq))
            by_source: dict[str, list[int]] = {}
            for source, seq in rows:
                by_source.setdefault(source, []).append(seq)
            moved += sum(_retry(writer, source, batch, seqs) for source, seqs in sorted(by_source.items()))
        taken += moved
        if not moved:
            return taken


def _retry(writer: Writer, source: str, batch: str, seqs: list[int]) -> int:
    parser = registry.parser(source)
    if registry.spec(source).form == "list":
        return take_held(writer, source, parser, batch, seqs)
    recorder = Recorder(writer, source, parser, batch)
    taken = 0
    for seq in seqs:
        row = held_row(writer, seq)
        if row is None:
            continue
        recorder.prefetch([row])
        if recorder.check(row) is None:
            recorder.record(row, cites=seq)
            recorder.close(seq, writer.seq)
            taken += 1
    recorder.settle()
    return taken


class NotReleasable(ValueError):
    """The row cannot be released as asked; the message says why."""


def release(book: Book, writer: Writer, seq: int, batch: str, assigned: str | None) -> list[int]:
    """Release a held row; the sequences of the entries it made. NotReleasable says why not.

    ``assigned``: the key of the subject, for a row that named nobody by number.
    """
    w = t.waiting.c
    held = writer.connection.execute(select(t.waiting).where(w.seq == seq)).first()
    if held is None:
        raise NotReleasable(f"entry {seq} is no quarantined row")
    if held.closed is not None:
        raise NotReleasable(f"entry {seq} was released before, by entry {held.closed}")
    refused = registry.release_problem(held.code, assigned)
    if refused:
        raise NotReleasable(refused)
    first = writer.seq
    if registry.spec(held.source).form == "list":
        _release_listed(writer, held, batch, assigned)
    else:
        _release_row(book, writer, held, batch, assigned)
    if writer.seq == first:
        raise NotReleasable(f"entry {seq} cannot be recorded even now: {held.code}")
    return list(range(first + 1, writer.seq + 1))


def _release_listed(writer: Writer, held: Any, batch: str, assigned: str | None) -> None:
    w = t.waiting.c
    seqs = [held.seq]
    if held.code == "mass_withdrawal":
        same = select(w.seq).where(w.needs == held.needs, w.source == held.source, w.code == held.code)
        seqs = list(writer.connection.execute(same.order_by(w.seq)).scalars())
    take_held(writer, held.source, registry.parser(held.source), batch, seqs, assigned)


def _release_row(book: Book, writer: Writer, held: Any, batch: str, assigned: str | None) -> None:
    row = held_row(writer, held.seq)
    if row is None:
        raise NotReleasable(f"entry {held.seq} was erased")
    parser: Parser = registry.parser(held.source)
    if registry.spec(held.source).form == "text":
        text = restored(book.vault, row.extra["text"], row.extra["numbers"])
        parser = read_document(text, book.vault)
    elif held.code == "uscc_suggestion":
        raise NotReleasable("the row has no code that a person could confirm; its sender corrects it")
    if assigned:
        row.sealed.fields["assigned_key"] = assigned
    recorder = Recorder(writer, held.source, parser, batch)
    recorder.prefetch([])
    recorder.record(row, cites=held.seq)
    recorder.close(held.seq, writer.seq)
    recorder.settle()

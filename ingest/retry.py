"""Quarantined rows that may go on: retried when what they wait for came, released when a person says."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from graph.book.book import Book
from graph.ledger import tables as t
from graph.ledger.bulk import unsought
from graph.ledger.ledger import Writer
from graph.store.project import some_of
from ingest import registry, suggestion
from ingest.citations import awaited
from ingest.known import Known
from ingest.listload import chain_of, depth_of, held_row, take_held
from ingest.lists import ListHeader
from ingest.recorder import Parser, Recorder, Row
from ingest.textload import read_document, restored


def _arrived(writer: Writer, needs: Iterable[str]) -> set[str]:
    """Those of the awaited keys that the ledger holds now."""
    wanted = [need for need in needs if need]
    lists = {need for need in wanted if need.startswith("list:") and depth_of(writer, need) is not None}
    records: set[str] = set()
    e = t.entry.c
    for some in some_of(need for need in wanted if need.startswith("rec:")):
        of_them = (e.rec.in_(some), unsought(e.kind) == "record")
        records.update(writer.connection.execute(select(e.rec).where(*of_them)).scalars())
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


def release(book: Book, writer: Writer, seq: int, batch: str, keys: Sequence[str]) -> list[int]:
    """Release a held row; the sequences of the entries it made. NotReleasable says why not.

    ``keys``: the key of the subject, for a row that named nobody by number; for a row with codes in doubt, these.
    """
    w = t.waiting.c
    held = writer.connection.execute(select(t.waiting).where(w.seq == seq)).first()
    if held is None:
        raise NotReleasable(f"entry {seq} is no quarantined row")
    if held.closed is not None:
        raise NotReleasable(f"entry {seq} was released before, by entry {held.closed}")
    row = held_row(writer, seq)
    if row is None:
        raise NotReleasable(f"entry {seq} was erased")
    assigned = _assigned(writer, held, row, keys)
    first = writer.seq
    if registry.spec(held.source).form == "list":
        _release_listed(writer, held, batch, assigned)
    else:
        _release_row(book, writer, held, row, batch, assigned)
    if writer.seq == first:
        raise NotReleasable(f"entry {seq} cannot be recorded even now: {held.code}")
    made = list(range(first + 1, writer.seq + 1))
    retry_waiting(writer, batch)
    return made


def _assigned(writer: Writer, held: Any, row: Row, keys: Sequence[str]) -> str | None:
    """The key that the release gives the subject of the row."""
    if held.code == suggestion.CODE:
        _check_confirmed(writer, held, row, keys)
        return next((key for key in keys if key == f"uscc:{row.sealed.fields.get('subject_uscc')}"), None)
    if len(keys) > 1:
        raise NotReleasable("keys: a release names at most one")
    assigned = keys[0] if keys else None
    refused = registry.release_problem(held.code, assigned)
    if refused:
        raise NotReleasable(refused)
    return assigned


def _check_confirmed(writer: Writer, held: Any, row: Row, keys: Sequence[str]) -> None:
    """With its codes confirmed, the row must pass every check that any other row passes."""
    refused = suggestion.unconfirmed(row.extra, keys)
    if refused:
        raise NotReleasable(refused)
    recorder = Recorder(writer, held.source, registry.parser(held.source), "")
    recorder.prefetch([row])
    found = recorder.check(row)
    then = row.extra.get("then") or (found.code if found else None)
    if then:
        raise NotReleasable(f"with that code the row would be held for {then}; settle that first")
    if "list" in row.extra:
        chain = chain_of(writer, ListHeader(**row.extra["list"]))
        if chain is None or not chain.known:
            raise NotReleasable("the list version of the row has not been taken itself; settle that first")


def _release_listed(writer: Writer, held: Any, batch: str, assigned: str | None) -> None:
    w = t.waiting.c
    seqs = [held.seq]
    if held.code == "mass_withdrawal":
        same = select(w.seq).where(w.needs == held.needs, w.source == held.source, w.code == held.code)
        seqs = list(writer.connection.execute(same.order_by(w.seq)).scalars())
    taken = take_held(writer, held.source, registry.parser(held.source), batch, seqs, assigned)
    if held.code == suggestion.CODE and not taken:
        raise NotReleasable("even with that code the list has nothing that the row could change")


def _release_row(book: Book, writer: Writer, held: Any, row: Row, batch: str, assigned: str | None) -> None:
    parser: Parser = registry.parser(held.source)
    if registry.spec(held.source).form == "text":
        text = restored(book.vault, row.extra["text"], row.extra["numbers"])
        parser = read_document(text, book.vault)
    elif held.code == suggestion.CODE:
        row = replace(row, extra={"confirmed": row.extra["suggested"]})
    if assigned:
        row.sealed.fields["assigned_key"] = assigned
    still = parser.checks(row.sealed.fields)
    if still and still.code == "name_only":
        raise NotReleasable(f"the row names a second subject by name only, in {still.field}")
    recorder = Recorder(writer, held.source, parser, batch)
    recorder.prefetch([row])
    recorder.record(row, cites=held.seq)
    recorder.close(held.seq, writer.seq)
    recorder.settle()

"""Checks of the ledger against itself: chain, commitments, claims, and what is derived from them."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from graph.ledger import cases, reviews
from graph.ledger import tables as t
from graph.ledger.ledger import GENESIS, HEADER, commitment, entry_hash
from graph.ledger.rows import FIXED, claims_hash
from graph.model.progress import EVERY, Tell, silent

#: More problems than this are counted, not listed.
_LISTED = 50


def _claims_by_entry(connection: Connection, tell: Tell) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    c = t.claim.c
    columns = [c[name] for name in FIXED]
    current, rows = -1, list[tuple[Any, ...]]()
    for count, (entry, *values) in enumerate(connection.execute(select(c.entry, *columns).order_by(c.entry, c.id)), 1):
        if not count % EVERY:
            tell("claims checked", EVERY)
        if entry != current:
            if rows:
                yield current, rows
            current, rows = entry, []
        rows.append(tuple(values))
    if rows:
        yield current, rows


def _entries(connection: Connection, erased: set[int], tell: Tell) -> Iterator[str]:
    e, p = t.entry.c, t.payload.c
    columns = [e[name] for name in HEADER]
    query = select(*columns, e.hash, p.nonce, p.body).outerjoin(t.payload, p.seq == e.seq).order_by(e.seq)
    previous, expected = GENESIS, 1
    for *header, chained, nonce, body in connection.execute(query):
        seq = header[0]
        if not seq % EVERY:
            tell("entries checked", EVERY)
        if seq != expected:
            yield f"entry {expected} is missing"
        if entry_hash(previous, header) != chained:
            yield f"entry {seq} was changed: its hash does not fit"
        if body is None:
            if seq not in erased:
                yield f"entry {seq} has lost its payload without an erasure"
        elif commitment(nonce, body) != header[HEADER.index("commitment")]:
            yield f"entry {seq}: its payload was changed"
        previous, expected = chained, seq + 1


def _claims(connection: Connection, erased: set[int], tell: Tell) -> Iterator[str]:
    stored = dict(connection.execute(select(t.entry.c.seq, t.entry.c.claims_hash)).all())
    seen = set()
    for entry, rows in _claims_by_entry(connection, tell):
        seen.add(entry)
        if entry not in erased and stored.get(entry) != claims_hash(rows):
            yield f"entry {entry}: its claims were changed"
    for entry, expected in stored.items():
        if expected and entry not in seen and entry not in erased:
            yield f"entry {entry} has lost its claims"


def _close(intervals: dict[int, tuple[int, int | None]], old: int | None, seq: int) -> None:
    """The claims of entry ``old``, if there is one and they live, end with ``seq``."""
    if old is not None and intervals[old][1] is None:
        intervals[old] = (old, seq)


def _intervals(connection: Connection) -> dict[int, tuple[int, int | None]]:
    """When the claims of each version live: while it is the current one of its record, or until a ``reading`` of it
    stands instead. A reading lives until the next one of the record."""
    e = t.entry.c
    intervals: dict[int, tuple[int, int | None]] = {}
    current: dict[str, tuple[int, tuple[str, int, int, str]]] = {}
    read: dict[str, int] = {}
    query = select(e.seq, e.kind, e.outcome, e.rec, e.version_date, e.ended, e.filled, e.content).order_by(e.seq)
    for seq, kind, outcome, rec, *order in connection.execute(query):
        version = current.get(rec)
        if kind == "reading":
            _close(intervals, read.get(rec), seq)
            _close(intervals, version[0] if version and outcome == "instead" else None, seq)
            read[rec], intervals[seq] = seq, (seq, None)
        elif kind == "record":
            date, ended, filled, content = order
            place = (date, ended, filled, content)
            if version and version[1] >= place:
                intervals[seq] = (seq, seq)
                continue
            _close(intervals, version[0] if version else None, seq)
            current[rec], intervals[seq] = (seq, place), (seq, None)
    return intervals


def _liveness(connection: Connection) -> Iterator[str]:
    """Claims and links must live exactly in the interval of their entry."""
    intervals = _intervals(connection)
    for table in (t.claim, t.link):
        rows = connection.execute(select(table.c.entry, table.c.seq_from, table.c.seq_to).distinct())
        for entry, start, end in rows:
            if entry in intervals and intervals[entry] != (start, end):
                yield f"entry {entry}: {table.name} rows are live in the wrong interval"


def _links(connection: Connection, erased: set[int]) -> Iterator[str]:
    """Mention links must be those that the claims' extra keys say."""
    c, link = t.claim.c, t.link.c
    said: set[tuple[int, str, str]] = set()
    query = select(c.entry, c.a, c.data).where(c.relation == "", c.data.contains('"k":'))
    for entry, a, data in connection.execute(query):
        said.update((entry, a, key) for key in json.loads(data).get("k", ()))
    rows = connection.execute(select(link.entry, link.a, link.b).where(link.kind == "mention"))
    for entry in sorted({place[0] for place in said.symmetric_difference(map(tuple, rows))} - erased):
        yield f"entry {entry}: its links of keys do not fit its claims"


def _reviews(connection: Connection) -> Iterator[str]:
    """The queue must be what documents and decisions say."""
    for rec in reviews.documents(connection):
        expected = sorted(reviews.items(connection, rec))
        if sorted(reviews.stored(connection, rec)) != expected:
            yield f"the review queue does not fit its documents and decisions ({len(expected)} of one); run rebuild"


def _file(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        for (text,) in connection.exec_driver_sql("PRAGMA integrity_check(10)"):
            if text != "ok":
                yield f"ledger file: {text}"


def problems(connection: Connection, tell: Tell = silent) -> list[str]:
    """Everything that is wrong with the ledger; an empty list when nothing is."""
    erased = set(connection.execute(select(t.erased_entry.c.entry)).scalars())
    found: list[str] = []
    for check in (
        _file(connection),
        _entries(connection, erased, tell),
        _claims(connection, erased, tell),
        _liveness(connection),
        _links(connection, erased),
        _reviews(connection),
        cases.differences(connection),
    ):
        tell("checks of the ledger", 1)
        found.extend(check)
    if len(found) > _LISTED:
        found[_LISTED:] = [f"and {len(found) - _LISTED} more"]
    return found

"""The ledger: append-only entries with their claims, chained and committed.

``hash`` of an entry covers the one before it, its own header, a commitment to
its payload (SHA-256 over nonce and payload) and its claims; so a changed byte
shows, and a legal erasure can still take a payload away (design 3.5).
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, FromClause, Table, create_engine, event, func, insert, select, update
from sqlalchemy.pool import QueuePool

from graph.ledger import tables as t
from graph.ledger.bulk import insert_rows
from graph.ledger.clock import now
from graph.ledger.rows import FIXED, claims_hash, fixed_values, mention_links
from graph.model.claims import Claim
from graph.model.jsontext import dump, dump_sorted

SCHEMA = 1

#: Columns of an entry that its hash covers, in order.
HEADER = (
    "seq", "at", "kind", "batch", "source", "rec", "file", "row", "outcome", "content", "version_date", "ended",
    "filled", "cites", "claims_hash", "commitment",
)  # fmt: skip

GENESIS = "0" * 64


class Draft(NamedTuple):
    """An entry before it has its place. ``payload`` must hold no ID number."""

    kind: str
    payload: Mapping[str, Any]
    batch: str = ""
    source: str = ""
    rec: str = ""
    file: str = ""
    row: int = 0
    outcome: str = ""
    content: str = ""
    version_date: str = ""
    ended: bool = False
    filled: int = 0
    cites: int = 0


def entry_hash(previous: str, header: Sequence[Any]) -> str:
    """The chained hash of an entry, ``header`` in the order of :data:`HEADER`."""
    return hashlib.sha256(f"{previous}{dump(header)}".encode()).hexdigest()


def commitment(nonce: bytes, body: str) -> str:
    """What the chain holds of a payload."""
    return hashlib.sha256(nonce + body.encode()).hexdigest()


def _engine(path: Path) -> Engine:
    # Connections are kept while the ledger is open: to open one costs ten times a look-up.
    engine = create_engine(
        f"sqlite:///{path}", poolclass=QueuePool, pool_size=2, connect_args={"check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "busy_timeout=30000",
            "wal_autocheckpoint=16000",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA cache_size=-65536")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


#: Rows of one table that are held back before they are written.
_BUFFERED = 20_000

_ENTRY = (*HEADER, "hash")
_CLAIM = ("id", "entry", *FIXED, "seq_from", "seq_to")
_LINK = ("kind", "a", "b", "entry", "seq_from", "seq_to")


@dataclass(slots=True)
class _Buffer:
    """Rows of a table on their way."""

    table: Table
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass(slots=True)
class Writer:
    """One transaction of the ledger. Rows are buffered; :meth:`flush` before reading them back."""

    connection: Connection
    seq: int
    hash: str
    at: str
    next_claim: int
    _buffers: dict[str, _Buffer] = field(default_factory=dict)

    def _rows(self, table: Table, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
        """The buffer of a table, written first when it is full."""
        buffer = self._buffers.get(table.name)
        if buffer is None:
            buffer = self._buffers[table.name] = _Buffer(table, columns)
        if len(buffer.rows) >= _BUFFERED:
            self._write(buffer)
        return buffer.rows

    def _write(self, buffer: _Buffer) -> None:
        if buffer.rows:
            insert_rows(self.connection, buffer.table, buffer.columns, buffer.rows)
            buffer.rows.clear()

    def flush(self) -> None:
        """Write what is buffered."""
        for buffer in self._buffers.values():
            self._write(buffer)

    def append(self, draft: Draft, claims: Sequence[Claim] = (), *, live: bool = True) -> int:
        """Add an entry with its claims; ``live`` False for a version that is older than the current one."""
        seq = self.seq + 1
        nonce, body = secrets.token_bytes(16), dump_sorted(draft.payload)
        fixed = [fixed_values(c) for c in claims]
        header = (
            seq, self.at, draft.kind, draft.batch, draft.source, draft.rec, draft.file, draft.row, draft.outcome,
            draft.content, draft.version_date, int(draft.ended), draft.filled, draft.cites, claims_hash(fixed),
            commitment(nonce, body),
        )  # fmt: skip
        chained = entry_hash(self.hash, header)
        self._rows(t.entry, _ENTRY).append((*header, chained))
        self._rows(t.payload, ("seq", "nonce", "body")).append((seq, nonce, body))
        end = None if live else seq
        if claims:
            rows, claim = self._rows(t.claim, _CLAIM), self.next_claim
            rows.extend((claim + place, seq, *values, seq, end) for place, values in enumerate(fixed))
            self.next_claim = claim + len(fixed)
        for a, b in mention_links(claims):
            self.link("mention", a, b, seq, end)
        self.seq, self.hash = seq, chained
        return seq

    def link(self, kind: str, a: str, b: str, seq: int, end: int | None = None) -> None:
        """Put two keys together (mention, same) or apart (different) from ``seq`` on."""
        self._rows(t.link, _LINK).append((kind, a, b, seq, seq, end))

    def supersede(self, old: int, seq: int) -> None:
        """The claims and links of entry ``old`` end with ``seq``."""
        self.flush()
        for table in (t.claim, t.link):
            live = (table.c.entry == old) & table.c.seq_to.is_(None)
            self.connection.execute(update(table).where(live).values(seq_to=seq))

    def add(self, table: Table, row: Mapping[str, Any]) -> None:
        """Buffer a row of a derived table; rows of a table give the same columns in the same order."""
        self._rows(table, tuple(row)).append(tuple(row.values()))


class Ledger:
    """The ledger file of a data home; any number of readers, one writer."""

    def __init__(self, path: Path) -> None:
        """Open or make the ledger at ``path``; its folder must exist."""
        self._within: Connection | None = None
        self.engine = _engine(path)
        with self.engine.connect() as connection:
            # A ledger of before is given the tables that came since, empty: nothing in it speaks of them.
            known = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
        if not t.metadata.tables.keys() <= known:
            with self._transaction() as connection:
                t.metadata.create_all(connection)
                if connection.execute(select(t.book)).first() is None:
                    values = {"ledger_id": secrets.token_hex(16), "schema": str(SCHEMA)}
                    connection.execute(insert(t.book), [{"name": n, "value": v} for n, v in values.items()])
        with self.reading() as connection:
            stored = dict(connection.execute(select(t.book.c.name, t.book.c.value)).all())
        self.id = stored["ledger_id"]

    def close(self) -> None:
        """Release the file."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self.engine.connect().execution_options(writing=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All readings within are of one moment, on one connection; for one thread."""
        with self.reading() as connection:
            self._within = connection
            try:
                yield
            finally:
                self._within = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent snapshot, that of :meth:`snapshot` within one."""
        if self._within is not None:
            yield self._within
            return
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One transaction: all of it or nothing."""
        with self._transaction() as connection:
            last = connection.execute(
                select(t.entry.c.seq, t.entry.c.hash, t.entry.c.at).order_by(t.entry.c.seq.desc()).limit(1)
            ).first()
            top = connection.execute(select(func.coalesce(func.max(t.claim.c.id), 0))).scalar_one()
            seq, chained, at = (last.seq, last.hash, last.at) if last else (0, GENESIS, "")
            writer = Writer(connection, seq, chained, max(at, now()), top + 1)
            yield writer
            writer.flush()

    def head(self) -> tuple[int, str]:
        """Sequence and hash of the last entry, (0, zeros) for an empty ledger."""
        with self.reading() as connection:
            return head(connection)

    def hash_at(self, seq: int) -> str | None:
        """The hash of an entry; None when there is no such entry."""
        if seq == 0:
            return GENESIS
        with self.reading() as connection:
            return connection.execute(select(t.entry.c.hash).where(t.entry.c.seq == seq)).scalar()

    def seq_on(self, day: str) -> int:
        """The last sequence recorded on or before an ISO day, 0 when there is none."""
        with self.reading() as connection:
            found = connection.execute(select(func.max(t.entry.c.seq)).where(t.entry.c.at < day + "U")).scalar()
            return int(found or 0)


#: Made once: every question asks for the head.
_HEAD = select(t.entry.c.seq, t.entry.c.hash).order_by(t.entry.c.seq.desc()).limit(1)


def head(connection: Connection) -> tuple[int, str]:
    """Sequence and hash of the last entry within a transaction."""
    row = connection.execute(_HEAD).first()
    return (int(row.seq), str(row.hash)) if row else (0, GENESIS)


def live_at(table: FromClause, seq: int | None) -> Any:
    """The condition that a row of ``claim``, ``link`` or ``membership`` holds at ``seq`` (None = now)."""
    if seq is None:
        return table.c.seq_to.is_(None)
    return (table.c.seq_from <= seq) & (table.c.seq_to.is_(None) | (table.c.seq_to > seq))

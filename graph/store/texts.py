"""The full-text index of archived documents: a projection of the ledger in a file of its own, whichever store is used.

One row a version of a document, with the sequences between which it is current; so a question is answered for any
moment that the ledger knows. It is made from entries, their payload and their node claims alone, in one transaction
with its checkpoint. What an erasure takes from the ledger goes from here with the next step; the file of another
ledger, of another shape or a broken one is made anew.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from graph.ledger.ledger import Ledger, head
from graph.model.claims import PUBLIC, RESTRICTED, SHARED
from graph.model.progress import Tell, silent
from graph.model.words import indexed, query_of
from graph.store.archive import News, Version, archived_texts, documents, news, versions
from graph.store.base import View
from graph.store.project import some_of

#: Shape of the index and of its tokens; another number makes it anew.
SCHEMA = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS document (entry INTEGER PRIMARY KEY, own TEXT NOT NULL, date TEXT NOT NULL,
    pu TEXT NOT NULL, su TEXT NOT NULL, seq_from INTEGER NOT NULL, seq_to INTEGER);
CREATE INDEX IF NOT EXISTS document_pu ON document (pu);
CREATE INDEX IF NOT EXISTS document_su ON document (su);
CREATE VIRTUAL TABLE IF NOT EXISTS text USING fts5 (tokens, columnsize=0, tokenize='ascii');
"""

_FOUND = """SELECT d.entry, d.own, d.pu, d.su FROM text JOIN document d ON d.entry = text.rowid
    WHERE text MATCH ? AND d.seq_from <= ? AND (d.seq_to IS NULL OR d.seq_to > ?) {open} ORDER BY d.date DESC, d.own"""

#: Documents made ready at a time.
_PAGE = 200

#: Entries without a document after which the checkpoint moves on all the same, so that few are ever looked at again.
_STRETCH = 20_000


class Hit(NamedTuple):
    """A version that holds the words asked for; ``open_to``: the level to whom it is open on the reader's day."""

    entry: int
    own: str
    open_to: int


class Checkpoint(NamedTuple):
    """How far the index has come."""

    ledger_id: str
    head_hash: str
    seq: int
    schema: int


_Kept = dict[int, tuple[Version, str]]


class TextIndex:
    """The index in the file ``path``, opened for each use; its folder is made when it is missing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def _file(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(self._path, isolation_level=None, timeout=30)) as db:
            # Derived: what a power cut takes of it is caught up, so no force to the disk a commit.
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", "cache_size=-65536"):
                db.execute(f"PRAGMA {pragma}")
            yield db

    @contextmanager
    def _writing(self, db: sqlite3.Connection) -> Iterator[None]:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    @staticmethod
    def _state(db: sqlite3.Connection) -> Checkpoint | None:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            return None
        row = db.execute("SELECT value FROM meta WHERE name = 'checkpoint'").fetchone()
        try:
            return Checkpoint(*json.loads(row[0])) if row else None
        except (ValueError, TypeError):
            return None

    def state(self) -> Checkpoint | None:
        """The checkpoint; None when there is no index yet, or none that can be read."""
        if not self._path.exists():
            return None
        try:
            with self._file() as db:
                return self._state(db)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            return None

    def holds(self, ledger: Ledger, seq: int) -> bool:
        """Whether the index is of this ledger and knows every document up to a sequence."""
        state = self.state()
        if state is None or (state.ledger_id, state.schema) != (ledger.id, SCHEMA):
            return False
        # Beyond what this reader sees of the ledger another one may have written already.
        if state.seq <= ledger.head()[0] and ledger.hash_at(state.seq) != state.head_hash:
            return False
        with ledger.reading() as connection:
            return state.seq >= seq or not any(news(connection, state.seq))

    def _forget(self) -> None:
        """Remove the file, itself last, so that whoever opens it now makes all its parts."""
        for suffix in ("-shm", "-wal", ""):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def catch_up(self, ledger: Ledger, tell: Tell = silent, *, anew: bool = False) -> None:
        """Bring the index to the head of the ledger, or make it ``anew``: whole or not at all.

        Who calls it holds the right to write.
        """
        if anew:
            self._forget()
        try:
            self._step(ledger, tell)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._forget()
            self._step(ledger, tell)

    def _since(self, db: sqlite3.Connection, ledger: Ledger) -> int | None:
        """The sequence from which the index goes on; None when it is none of this ledger in this shape."""
        state = self._state(db)
        if state is None or (state.ledger_id, state.schema) != (ledger.id, SCHEMA):
            return None
        return state.seq if ledger.hash_at(state.seq) == state.head_hash else None

    def _step(self, ledger: Ledger, tell: Tell) -> None:
        with ledger.reading() as connection, self._file() as db:
            seq, chained = head(connection)
            known = self._since(db, ledger)
            said = news(connection, known) if known is not None else News([], [], documents(connection, 0))
            if known is not None and not any(said) and seq - known < _STRETCH:
                return
            with self._writing(db):
                if known is None:
                    for table in ("text", "document", "meta"):
                        db.execute(f"DROP TABLE IF EXISTS {table}")
                    for statement in _TABLES.split(";")[:-1]:
                        db.execute(statement)
                gone = self._drop(db, said.erased)
                db.executemany("UPDATE document SET seq_to = ?2 WHERE entry = ?1", said.ended)
                self._add(db, connection, said.new, tell)
                if gone:
                    # Deleted rows leave marks and their words in old segments; one segment holds only what is there.
                    db.execute("INSERT INTO text (text) VALUES ('optimize')")
                told = json.dumps(Checkpoint(ledger.id, chained, seq, SCHEMA))
                db.execute("INSERT OR REPLACE INTO meta VALUES ('checkpoint', ?)", (told,))
            if gone:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @staticmethod
    def _drop(db: sqlite3.Connection, entries: Sequence[int]) -> int:
        before = db.total_changes
        for entry in entries:
            if db.execute("SELECT 1 FROM document WHERE entry = ?", (entry,)).fetchone():
                db.execute("DELETE FROM text WHERE rowid = ?", (entry,))
                db.execute("DELETE FROM document WHERE entry = ?", (entry,))
        return db.total_changes - before

    @staticmethod
    def _add(db: sqlite3.Connection, connection: Connection, entries: Sequence[int], tell: Tell) -> None:
        for some in some_of(entries, _PAGE):
            texts = archived_texts(connection, [int(str(seq)) for seq in some])
            rows = [row for row in versions(connection, texts) if row.entry in texts]
            db.executemany("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            told = ((row.entry, indexed(texts[row.entry].text, texts[row.entry].hidden)) for row in rows)
            db.executemany("INSERT INTO text (rowid, tokens) VALUES (?, ?)", told)
            tell("texts indexed", len(rows))

    def found(self, wanted: Sequence[Sequence[str]], view: View, seq: int) -> list[Hit]:
        """The versions current at a sequence and open to the level of the view that hold all phrases.

        The newest date first, then by id; the same document at most once.
        """
        until = {RESTRICTED: "", SHARED: "su"}.get(view.level, "pu")
        shown = f"AND d.{until} > ?" if until else ""
        values: list[str | int] = [query_of(wanted), seq, seq, *([view.today] if shown else [])]
        with self._file() as db:
            if not wanted or self._state(db) is None:
                return []
            # Who may read no text at all is not told by the time it takes whether a text holds the words.
            open_to_him = f"SELECT 1 FROM document WHERE {until} > ? LIMIT 1"
            if until and not db.execute(open_to_him, (view.today,)).fetchone():
                return []
            rows = db.execute(_FOUND.format(open=shown), values).fetchall()
        found: dict[str, Hit] = {}
        for entry, own, public, shared in rows:
            open_to = PUBLIC if view.today < public else SHARED if view.today < shared else RESTRICTED
            found.setdefault(own, Hit(entry, own, open_to))
        return list(found.values())

    def problems(self, ledger: Ledger) -> list[str]:
        """What of the index is not as the ledger says, or not as SQLite would have it; empty when it is whole."""
        try:
            with ledger.reading() as connection, self._file() as db:
                db.execute("INSERT INTO text (text) VALUES ('integrity-check')")
                counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("document", "text")]
                pages = (self._page(db, connection, some) for some in some_of(documents(connection, 0), _PAGE))
                right = [len(rows) if rows == kept else -1 for rows, kept in pages]
                whole = -1 not in right and counts == [sum(right)] * 2
        except sqlite3.DatabaseError:
            whole = False
        return [] if whole else ["the index of texts is not what the ledger says; run rebuild"]

    @staticmethod
    def _page(db: sqlite3.Connection, connection: Connection, entries: Sequence[object]) -> tuple[_Kept, _Kept]:
        """Some documents as the ledger says them and as they are kept: version and tokens by entry."""
        texts = archived_texts(connection, [int(str(entry)) for entry in entries])
        rows = [row for row in versions(connection, texts) if row.entry in texts]
        said = {row.entry: (row, indexed(texts[row.entry].text, texts[row.entry].hidden)) for row in rows}
        query = "SELECT d.*, tokens FROM document d JOIN text ON text.rowid = d.entry WHERE d.entry = ?"
        found = (row for entry in entries for row in db.execute(query, (entry,)))
        return said, {row[0]: (Version(*row[:-1]), row[-1]) for row in found}

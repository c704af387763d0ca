"""The rivals of the load: a loop that does the same hashes and inserts and nothing else, and a bare insert of the rows.

The first takes what a load left in its files as ready rows and writes them into files of the same tables and indexes,
in the same batches, with every hash that the rows hold computed again. It parses, checks, compares, clusters and
serialises nothing. Reading the ready rows is not timed.
"""

import csv
import hashlib
import hmac
import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graph.book.home import Home
from graph.ledger.ledger import GENESIS
from graph.store.digest import Digest

_CHUNK = 10_000
_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"

Row = tuple[Any, ...]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class _Hashes:
    """The hashes that a load computes for a row of each table, once each."""

    def __init__(self) -> None:
        self.key = secrets.token_bytes(32)
        self.aead = AESGCM(self.key)
        self.digest = Digest()
        self.previous = GENESIS

    def entry(self, row: Row) -> None:
        """Record key, content hash and the chain."""
        hmac.digest(self.key, row[5].encode(), "sha256").hex()
        _sha(row[9])
        self.previous = _sha(f"{self.previous}{row}")

    def payload(self, row: Row) -> None:
        """The commitment, and the content hash over the text."""
        hashlib.sha256(row[1] + row[2].encode()).hexdigest()
        _sha(row[2])

    def claim(self, row: Row) -> None:
        """Its part of the hash of the claims."""
        _sha("\x1f".join(map(str, row[2:13])))

    def membership(self, row: Row) -> None:
        """The id that the key gives."""
        _sha(row[0])

    def person(self, row: Row) -> None:
        """The look-up hash and the sealed number."""
        hmac.digest(self.key, row[1].encode(), "sha256").hex()
        self.aead.encrypt(row[2], row[1][:18].encode(), row[0].encode())

    def node(self, row: Row) -> None:
        """The digest of the item."""
        self.digest.add((_sha(row[2]),))

    def key_(self, row: Row) -> None:
        """The id that the key gives."""
        _sha(row[0])

    def edge(self, row: Row) -> None:
        """The id and the digest of the item."""
        _sha(row[0] + row[2] + row[3])
        self.digest.add((_sha(row[9]),))

    def nothing(self, row: Row) -> None:
        """A row without a hash of its own."""


#: File, table, its rows in the order in which a load makes them, and the hashes of each.
_TABLES: tuple[tuple[str, str, str, Callable[[_Hashes, Row], None]], ...] = (
    ("vault", "person", "ORDER BY lookup", _Hashes.person),
    ("ledger", "entry", "ORDER BY seq", _Hashes.entry),
    ("ledger", "payload", "ORDER BY seq", _Hashes.payload),
    ("ledger", "claim", "ORDER BY id", _Hashes.claim),
    ("ledger", "link", "ORDER BY id", _Hashes.nothing),
    ("ledger", "membership", "ORDER BY seq_from", _Hashes.membership),
    ("graph", "node", "ORDER BY n", _Hashes.node),
    ("graph", "key", "ORDER BY (SELECT n FROM node WHERE id = node)", _Hashes.key_),
    ("graph", "edge", "ORDER BY json_extract(item, '$[10][0]')", _Hashes.edge),
    ("graph", "name", "ORDER BY rowid", _Hashes.nothing),
)


def _files(home: Home) -> dict[str, Path]:
    return {"vault": home.vault, "ledger": home.ledger, "graph": home.graph}


def _like(path: Path, copy: Path) -> sqlite3.Connection:
    """An empty file with the tables and indexes of another."""
    source, made = sqlite3.connect(path), sqlite3.connect(copy, isolation_level=None)
    made.executescript(_PRAGMAS)
    texts = source.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'name_%'").fetchall()
    for (text,) in texts:
        made.execute(text)
    made.execute("BEGIN")
    source.close()
    return made


def _chunks(path: Path, table: str, order: str) -> Iterator[Sequence[Row]]:
    """The rows of a table, some at a time, in the order in which a load made them."""
    source = sqlite3.connect(path)
    columns = "rowid, tokens" if table == "name" else "*"
    rows = source.execute(f"SELECT {columns} FROM {table} {order}")
    while some := rows.fetchmany(_CHUNK):
        yield some
    source.close()


def loop(home: Home, folder: Path) -> float:
    """Write what the book of ``home`` holds into files of the same form below ``folder``; seconds."""
    folder.mkdir()
    files, hashes = _files(home), _Hashes()
    copies = {name: _like(path, folder / f"{name}.db") for name, path in files.items()}
    spent = 0.0
    for name, table, order, hashed in _TABLES:
        db = copies[name]
        for some in _chunks(files[name], table, order):
            target = "name (rowid, tokens)" if table == "name" else table
            marks = ",".join("?" * len(some[0]))
            begin = time.perf_counter()
            for row in some:
                hashed(hashes, row)
            db.executemany(f"INSERT INTO {target} VALUES ({marks})", some)
            spent += time.perf_counter() - begin
    begin = time.perf_counter()
    hashes.digest.raw()
    for db in copies.values():
        db.execute("COMMIT")
        db.close()
    return spent + time.perf_counter() - begin


def bare(files: Sequence[Path], path: Path) -> float:
    """Read the rows of some files and insert them, one table a file, one transaction; seconds."""
    begin = time.perf_counter()
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(_PRAGMAS)
    db.execute("BEGIN")
    for place, file in enumerate(files):
        with file.open(encoding="utf-8-sig", newline="") as text:
            if file.suffix == ".csv":
                rows = csv.reader(text)
                columns = [f"c{n}" for n in range(len(next(rows)))]
                db.execute(f"CREATE TABLE t{place} ({','.join(columns)})")
                db.executemany(f"INSERT INTO t{place} VALUES ({','.join('?' * len(columns))})", rows)
            else:
                db.execute(f"CREATE TABLE t{place} (line)")
                db.executemany(f"INSERT INTO t{place} VALUES (?)", ((str(json.loads(line)),) for line in text))
    db.execute("COMMIT")
    db.close()
    return time.perf_counter() - begin

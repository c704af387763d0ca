"""The rival of the load: a plain loop that does the same hashes and inserts, and nothing else."""

import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

_TABLES = {
    "entry": "seq INTEGER PRIMARY KEY, header TEXT, hash TEXT",
    "payload": "seq INTEGER PRIMARY KEY, nonce BLOB, body TEXT",
    "claim": "id INTEGER PRIMARY KEY, entry INTEGER, relation TEXT, a TEXT, b TEXT, data TEXT",
    "membership": "key TEXT, seq INTEGER, own TEXT, node TEXT, PRIMARY KEY (key, seq)",
    "node": "id TEXT PRIMARY KEY, item TEXT, dh TEXT",
    "edge": "id TEXT PRIMARY KEY, rel TEXT, a TEXT, b TEXT, item TEXT, dh TEXT",
}
_INDEXES = (
    "claim (a, relation, b)", "claim (b, relation)", "membership (own)", "membership (node)", "edge (a, rel, b)",
    "edge (b, rel, a)",
)  # fmt: skip
_CHUNK = 5000


def volume(ledger: Path, graph: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What a load wrote, read from its files: the rows that the rival writes again."""
    source, store = sqlite3.connect(ledger), sqlite3.connect(graph)
    rows = {
        "entry": source.execute("SELECT seq, at || kind || source || rec || content FROM entry").fetchall(),
        "payload": source.execute("SELECT seq, body FROM payload").fetchall(),
        "claim": source.execute("SELECT id, entry, relation, a, b, data FROM claim").fetchall(),
        "membership": source.execute("SELECT key, seq_from, own, node FROM membership").fetchall(),
        "node": store.execute("SELECT id, item FROM node").fetchall(),
        "edge": store.execute("SELECT id, rel, a, b, item FROM edge").fetchall(),
        "name": store.execute("SELECT rowid, tokens FROM name").fetchall(),
    }
    source.close()
    store.close()
    return rows


def _hashed(table: str, rows: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    previous = ""
    for row in rows:
        if table == "entry":
            previous = hashlib.sha256(f"{previous}{row[1]}".encode()).hexdigest()
            yield (*row, previous)
        elif table == "payload":
            nonce = secrets.token_bytes(16)
            hashlib.sha256(nonce + row[1].encode()).hexdigest()
            yield (row[0], nonce, json.dumps(json.loads(row[1]), ensure_ascii=False, sort_keys=True))
        elif table in ("node", "edge"):
            yield (*row, hashlib.sha256(row[-1].encode()).hexdigest())
        else:
            yield row


def loop(rows: dict[str, list[tuple[Any, ...]]], path: Path) -> float:
    """Write the rows with their hashes into one file; seconds."""
    begin = time.perf_counter()
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    for table, columns in _TABLES.items():
        db.execute(f"CREATE TABLE {table} ({columns})")
    for place, index in enumerate(_INDEXES):
        db.execute(f"CREATE INDEX i{place} ON {index}")
    db.execute("CREATE VIRTUAL TABLE name USING fts5 (tokens, columnsize=0, tokenize='ascii')")
    db.execute("BEGIN")
    for table, found in rows.items():
        marks = ",".join("?" * (len(found[0]) + (table in ("entry", "payload", "node", "edge")))) if found else ""
        target = "name (rowid, tokens)" if table == "name" else table
        made = _hashed(table, found)
        while some := list(islice(made, _CHUNK)):
            db.executemany(f"INSERT INTO {target} VALUES ({marks})", some)
    db.execute("COMMIT")
    db.close()
    return time.perf_counter() - begin

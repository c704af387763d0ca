"""Keeping a book: verify, rebuild, backup and restore."""

import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from graph.book.book import Book
from graph.book.decisions import forget_left
from graph.book.home import Home, write_lock
from graph.ledger import verify as ledger_check
from graph.model.progress import Tell, silent
from graph.store.digest import Digest
from graph.store.errors import StoreUnavailable
from graph.store.past import PastReader
from graph.store.project import Units, read_back

#: What a backup holds: the ledger and the vault; the graph is made anew from them.
_PARTS = ("ledger/ledger.db", "vault/vault.db")

#: Pages of a database that are copied at a time.
_PAGES = 2048


def expected_digest(book: Book) -> str:
    """The digest of the graph as the ledger alone gives it."""
    digest = Digest()
    past = PastReader(book.ledger, None, book.stable)
    nodes = past.node_ids()
    with book.ledger.reading() as connection:
        for start in range(0, len(nodes), 5000):
            units = Units(connection, None, book.stable)
            some = nodes[start : start + 5000]
            book.tell("subjects compared with the ledger", len(some))
            digest.add(h for _, h in units.node_items(some))
            own = set(some)
            pairs = (pair for pair in units.pairs_of(some) if pair[1] in own)
            digest.add(h for _, h in units.edge_items(pairs))
    return digest.hex()


def verify(book: Book) -> dict[str, Any]:
    """Ledger, graph and their agreement: ``{"ok", "seq", "digest", "problems"}``."""
    problems: list[str] = []
    digest = None
    try:
        with book.ledger.reading() as connection:
            problems += ledger_check.problems(connection, book.tell)
    except Exception as error:  # a damaged file can fail in any way; that is a finding, not a crash
        problems.append(f"the ledger cannot be read: {type(error).__name__}")
    if not problems:
        try:
            forget_left(book)
            state = book.recover()
            if state is None:
                raise StoreUnavailable(book.lag.reason)
            digest = read_back(book.store, book.stable, book.tell)
            if state.digest != digest:
                problems.append("the graph was changed: its content does not fit its checkpoint; run rebuild")
            if expected_digest(book) != digest:
                problems.append("the graph is not what the ledger says; run rebuild")
            problems += book.texts(state.seq).problems(book.ledger)
        except StoreUnavailable as error:
            problems.append(f"the graph is behind the ledger: {error}")
    seq = book.ledger.head()[0] if not problems else None
    return {"ok": not problems, "seq": seq, "digest": digest, "problems": problems}


def backup(home: Home, target: Path, tell: Tell = silent) -> dict[str, Any]:
    """Write ledger and vault into one file while nobody writes; the master key is not in it."""
    draft = target.with_name(f".{target.name}.part")
    try:
        with write_lock(home), tempfile.TemporaryDirectory() as folder:
            for part in _PARTS:
                copy = Path(folder) / part
                copy.parent.mkdir(parents=True, exist_ok=True)
                with closing(sqlite3.connect(home.root / part)) as source, closing(sqlite3.connect(copy)) as sink:
                    source.backup(sink, pages=_PAGES, progress=lambda *_: tell("pages copied", _PAGES))
            with tarfile.open(draft, "w:gz") as archive:
                for part in _PARTS:
                    tell("files packed", 1)
                    archive.add(Path(folder) / part, part)
            draft.chmod(0o600)
            draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return {"file": target.name, "bytes": target.stat().st_size}


def restore(home: Home, source: Path) -> dict[str, Any]:
    """Bring a backup into an empty data home; FileExistsError when it already holds a ledger.

    Whole or absent: the ledger, by which a home is known, comes last.
    """
    if home.ledger.exists():
        raise FileExistsError("the data home holds a ledger already; restore into an empty folder")
    home.prepare()
    with tempfile.TemporaryDirectory(dir=home.root) as folder:
        with tarfile.open(source) as archive:
            archive.extractall(folder, members=[archive.getmember(part) for part in _PARTS], filter="data")
        for part in reversed(_PARTS):
            (Path(folder) / part).replace(home.root / part)
    return {"restored": source.name}

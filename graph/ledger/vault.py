"""The vault: the only place that holds ID numbers, encrypted.

A number is stored under a random token ``pid:…`` (AES-256-GCM, the master key
outside the data home) and found again by HMAC-SHA-256. Ledger, graph, audit
and logs know the token only (PIPL Art. 6, 28; design 3.5). The keyed hash is
the same in every home of one master key, so digests can be compared.
"""

import hashlib
import hmac
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graph.model.jsontext import dump

_SCHEMA = """
CREATE TABLE IF NOT EXISTS person (pid TEXT PRIMARY KEY, lookup TEXT NOT NULL UNIQUE, nonce BLOB NOT NULL,
    number BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS check_value (nonce BLOB NOT NULL, value BLOB NOT NULL);
"""
_PROBE = b"creditgraph vault"

#: Tokens kept in memory.
_CACHED = 200_000


class WrongMasterKey(RuntimeError):
    """The master key is not the one that this vault was made with."""


def default_key_path() -> Path:
    """``CREDITGRAPH_MASTER_KEY`` or ``~/.config/creditgraph/master.key`` (XDG_CONFIG_HOME respected)."""
    named = os.environ.get("CREDITGRAPH_MASTER_KEY")
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Path(named) if named else base / "creditgraph" / "master.key"


def master_key(path: Path | None = None) -> bytes:
    """The 32-byte master key, made once; two first commands at once get the same one."""
    place = path or default_key_path()
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = place.with_name(f".{place.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(secrets.token_bytes(32))
                out.flush()
                os.fsync(out.fileno())
            os.link(draft, place)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = place.read_bytes()
    if len(key) != 32:
        raise WrongMasterKey(f"{place} holds {len(key)} bytes, a master key has 32")
    return key


class Vault:
    """Numbers in, tokens out. Writes are committed at once: an unused token harms nobody."""

    def __init__(self, path: Path, key: bytes) -> None:
        """``key``: the master key; WrongMasterKey when the vault was made with another."""
        self._aead = AESGCM(hmac.digest(key, b"vault encryption", "sha256"))
        self._index_key = hmac.digest(key, b"vault index", "sha256")
        self._db = sqlite3.connect(path, check_same_thread=False, timeout=30)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + _SCHEMA)
        self._tokens: dict[str, str] = {}
        self._stable: dict[str, str] = {}
        self._check()

    def _check(self) -> None:
        row = self._db.execute("SELECT nonce, value FROM check_value").fetchone()
        if row is None:
            nonce = secrets.token_bytes(12)
            sealed = self._aead.encrypt(nonce, _PROBE, b"")
            with self._db:
                self._db.execute("INSERT INTO check_value VALUES (?,?)", (nonce, sealed))
            return
        try:
            self._aead.decrypt(row[0], row[1], b"")
        except InvalidTag:
            raise WrongMasterKey("the master key is not the one that this data home was made with") from None

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    def keyed(self, text: str) -> str:
        """Keyed hash of any text (32 hex digits), the same in every home of this master key."""
        return hmac.digest(self._index_key, text.encode(), "sha256").hex()[:32]

    def token(self, number: str) -> str:
        """The ``pid:…`` token of an ID number (normalised), made when new."""
        return self.sealed(number)[0]

    def sealed(self, number: str) -> tuple[str, str]:
        """Token and keyed hash of an ID number (normalised), made when new."""
        lookup = self.keyed(number)
        known = self._tokens.get(lookup) or self._find(lookup)
        if known:
            self._tokens[lookup] = known
            return known, lookup
        pid, nonce = "pid:" + secrets.token_hex(12), secrets.token_bytes(12)
        with self._db:
            sealed = self._aead.encrypt(nonce, number.encode(), pid.encode())
            self._db.execute("INSERT OR IGNORE INTO person VALUES (?,?,?,?)", (pid, lookup, nonce, sealed))
        return self.sealed(number)

    def tokens(self, numbers: Iterable[str]) -> None:
        """Make the tokens of many numbers in one transaction."""
        if len(self._tokens) > _CACHED:
            self._tokens.clear()
            self._stable.clear()
        fresh = {lookup: n for n in dict.fromkeys(numbers) if (lookup := self.keyed(n)) not in self._tokens}
        self._fetch(fresh)
        rows = []
        for lookup, number in fresh.items():
            if lookup not in self._tokens:
                pid, nonce = "pid:" + secrets.token_hex(12), secrets.token_bytes(12)
                rows.append((pid, lookup, nonce, self._aead.encrypt(nonce, number.encode(), pid.encode())))
        if rows:
            with self._db:
                self._db.executemany("INSERT OR IGNORE INTO person VALUES (?,?,?,?)", rows)
            self._fetch(lookup for _, lookup, _, _ in rows)

    def _fetch(self, lookups: Iterable[str]) -> None:
        """Remember the tokens that there are for some look-up hashes."""
        sql = "SELECT lookup, pid FROM person WHERE lookup IN (SELECT value FROM json_each(?))"
        for lookup, pid in self._db.execute(sql, (dump(list(lookups)),)):
            self._tokens[lookup] = pid
            self._stable[pid] = f"person:{lookup}"

    def find(self, number: str) -> str | None:
        """The token of a number that is already known, else None."""
        return self._find(self.keyed(number))

    def of_keyed(self, keyed: str) -> str | None:
        """The token of a number that is already known, by the keyed hash of the number (:meth:`keyed`), else None."""
        return self._find(keyed)

    def _find(self, lookup: str) -> str | None:
        row = self._db.execute("SELECT pid FROM person WHERE lookup = ?", (lookup,)).fetchone()
        return str(row[0]) if row else None

    def number(self, pid: str) -> str | None:
        """The number behind a token; None after its erasure."""
        row = self._db.execute("SELECT nonce, number FROM person WHERE pid = ?", (pid,)).fetchone()
        return self._aead.decrypt(row[0], row[1], pid.encode()).decode() if row else None

    def stable(self, key: str) -> str:
        """A key without random tokens: ``pid:…`` becomes ``person:<keyed hash>``; other keys stay."""
        if key[:4] != "pid:":
            return key
        known = self._stable.get(key)
        if known is None:
            row = self._db.execute("SELECT lookup FROM person WHERE pid = ?", (key,)).fetchone()
            known = f"person:{row[0]}" if row else key
            self._stable[key] = known
        return known

    def tokens_held(self) -> Iterator[str]:
        """Every token whose number is here."""
        for (pid,) in self._db.execute("SELECT pid FROM person"):
            yield str(pid)

    def forget(self, pid: str) -> None:
        """Delete a number for good (legal erasure)."""
        with self._db:
            self._db.execute("DELETE FROM person WHERE pid = ?", (pid,))
        self._tokens.clear()
        self._stable.pop(pid, None)


def content_hash(*parts: str) -> str:
    """SHA-256 over texts, unambiguous in their borders."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

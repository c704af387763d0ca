"""The keys of callers: shown once, kept hashed, expiring; in a file of their own in the data home.

A key is ``cg_<id>_<secret>``. The secret has 256 random bits, so one round of SHA-256 is enough: there is nothing to
guess from (NIST SP 800-63B section 5.1.2.2 asks for slow hashes of what people choose).
"""

import hashlib
import hmac
import secrets
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from api.auth import ROLES, Caller
from api.entities import Unanswerable
from graph.book.home import Home
from graph.ledger.clock import today

_SCHEMA = """CREATE TABLE IF NOT EXISTS key (id TEXT PRIMARY KEY, role TEXT NOT NULL, division TEXT NOT NULL,
    hash TEXT NOT NULL, expires TEXT NOT NULL, created TEXT NOT NULL)"""

#: Compared with when there is no such key, so that an unknown id takes as long as a wrong secret.
_NOTHING = "0" * 64


def _file(home: Home) -> Path:
    return home.root / "access" / "keys.db"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def create_key(home: Home, role: str, division: str = "", expires: str = "") -> dict[str, str]:
    """Make a key: ``{"id", "role", "key", …}``. ``expires``: first ISO day on which it no longer opens anything."""
    if role not in ROLES:
        raise Unanswerable(400, "unknown role", f"--role: expected one of {', '.join(ROLES)}")
    try:
        expires = date.fromisoformat(expires).isoformat() if expires else ""
    except ValueError:
        raise Unanswerable(400, "bad date", "--expires: expected YYYY-MM-DD") from None
    home.prepare()
    path = _file(home)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    key_id, secret = f"k{secrets.token_hex(6)}", secrets.token_urlsafe(32)
    with closing(sqlite3.connect(path, timeout=30)) as db, db:
        path.chmod(0o600)
        db.execute(_SCHEMA)
        row = (key_id, role, division, _hash(secret), expires, today())
        db.execute("INSERT INTO key (id, role, division, hash, expires, created) VALUES (?, ?, ?, ?, ?, ?)", row)
    body = {"id": key_id, "role": role, "key": f"cg_{key_id}_{secret}"}
    return body | ({"division": division} if division else {}) | ({"expires": expires} if expires else {})


def _row(home: Home, key_id: str) -> tuple[str, str, str, str] | None:
    """Role, division, hash and expiry of a key."""
    if not _file(home).exists():
        return None
    with closing(sqlite3.connect(f"{_file(home).as_uri()}?mode=ro", uri=True, timeout=30)) as db:
        found = db.execute("SELECT role, division, hash, expires FROM key WHERE id = ?", (key_id,)).fetchone()
    return tuple(found) if found else None


def _standing(role: str, expires: str) -> bool:
    return role in ROLES and not (expires and expires <= today())


def caller_of(home: Home, key: str) -> Caller | None:
    """Who holds a key; None when it is not good, for whatever reason."""
    parts = key.split("_", 2)
    if len(parts) != 3 or parts[0] != "cg":
        return None
    role, division, kept, expires = _row(home, parts[1]) or ("", "", _NOTHING, "")
    good = hmac.compare_digest(kept, _hash(parts[2]))
    return Caller(parts[1], role, division) if good and _standing(role, expires) else None


def holder_of(home: Home, key_id: str) -> Caller | None:
    """Who holds the key of an id, once the key itself was shown; None when it is not good any more."""
    role, division, _, expires = _row(home, key_id) or ("", "", "", "")
    return Caller(key_id, role, division) if _standing(role, expires) else None

"""Who is signed in: a session a browser, by a random token in a cookie, kept hashed in a file of the data home.

The key itself is in no cookie and in no page. A session ends by itself after twelve hours, when its key is revoked or
expires, and when its holder signs out.
"""

import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from api.auth import Caller
from api.keys import holder_of
from graph.book.home import Home

#: Seconds that a session lasts.
LASTS = 12 * 3600

COOKIE = "cg_session"

_SCHEMA = """CREATE TABLE IF NOT EXISTS session (hash TEXT PRIMARY KEY, key TEXT NOT NULL, purpose TEXT NOT NULL,
    ends INTEGER NOT NULL)"""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@contextmanager
def _file(home: Home) -> Iterator[sqlite3.Connection]:
    home.prepare()
    path = home.root / "access" / "sessions.db"
    path.parent.mkdir(exist_ok=True, mode=0o700)
    with closing(sqlite3.connect(path, timeout=30)) as db, db:
        path.chmod(0o600)
        db.execute(_SCHEMA)
        yield db


def start(home: Home, key: str, purpose: str) -> str:
    """Begin a session of the holder of a key (its id); the token, shown once."""
    token, moment = secrets.token_urlsafe(32), int(time.time())
    with _file(home) as db:
        db.execute("DELETE FROM session WHERE ends <= ?", (moment,))
        db.execute("INSERT INTO session VALUES (?, ?, ?, ?)", (_hash(token), key, purpose, moment + LASTS))
    return token


def caller_of(home: Home, token: str) -> Caller | None:
    """Who is signed in with a token; None when nobody is, or no longer."""
    path = home.root / "access" / "sessions.db"
    if not token or not path.exists():
        return None
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)) as db:
        found = db.execute("SELECT key, purpose, ends FROM session WHERE hash = ?", (_hash(token),)).fetchone()
    if found is None or found[2] <= time.time():
        return None
    caller = holder_of(home, found[0])
    return replace(caller, purpose=found[1]) if caller else None


def end(home: Home, token: str) -> None:
    """Forget a session."""
    with _file(home) as db:
        db.execute("DELETE FROM session WHERE hash = ?", (_hash(token),))


def form_token(token: str) -> str:
    """What a form must send back, so that no page from elsewhere can send it (the cookie alone is not enough)."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()[:32]

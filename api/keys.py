"""The keys of callers: shown once, kept hashed, expiring; in a file of their own in the data home.

A key is ``cg_<id>_<secret>``. The secret has 256 random bits, so one round of SHA-256 is enough: there is nothing to
guess from (NIST SP 800-63B section 5.1.2.2 asks for slow hashes of what people choose).
"""

import hashlib
import hmac
import json
import secrets
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from api.auth import BODIED, ROLES, Caller, body_of
from api.cases.bodies import bodies, is_body
from api.entities import Unanswerable
from graph.book.home import Home
from graph.ledger.clock import today

_SCHEMA = """CREATE TABLE IF NOT EXISTS key (id TEXT PRIMARY KEY, role TEXT NOT NULL, division TEXT NOT NULL,
    hash TEXT NOT NULL, expires TEXT NOT NULL, created TEXT NOT NULL, body TEXT NOT NULL DEFAULT '')"""

#: What a file of before lacks.
_ADDED = "ALTER TABLE key ADD COLUMN body TEXT NOT NULL DEFAULT ''"

#: The body of the department in the demo.
_DEMO_BODIES = {"department": "人社局"}

#: Compared with when there is no such key, so that an unknown id takes as long as a wrong secret.
_NOTHING = "0" * 64


def _file(home: Home) -> Path:
    return home.root / "access" / "keys.db"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _up_to_date(path: Path) -> None:
    """Give a file of before the column that it lacks."""
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as db:
        if "body" not in _columns(db):
            db.execute("BEGIN IMMEDIATE")
            # Asked again under the lock: another process may have been quicker.
            if "body" not in _columns(db):
                db.execute(_ADDED)
            db.execute("COMMIT")


def _columns(db: sqlite3.Connection) -> set[str]:
    return {str(row[1]) for row in db.execute("PRAGMA table_info(key)")}


def _check_body(role: str, body: str) -> None:
    """Unanswerable 400 for a role that acts for no body, or a body of which the catalogue knows nothing."""
    if body and role not in BODIED:
        raise Unanswerable(400, "no body", f"--body: for a key of role {', '.join(sorted(BODIED))}")
    if body and not is_body(body):
        known = "、".join(sorted(bodies()))
        raise Unanswerable(
            400,
            "unknown body",
            f"--body: expected the full name of an authority, or a word of the catalogue of measures: {known}",
        )


def create_key(home: Home, role: str, division: str = "", expires: str = "", body: str = "") -> dict[str, str]:
    """Make a key: ``{"id", "role", "key", …}``. ``expires``: first ISO day on which it no longer opens anything.

    ``body``: for which body its holder acts, a word of the catalogue. Unanswerable 400.
    """
    if role not in ROLES:
        raise Unanswerable(400, "unknown role", f"--role: expected one of {', '.join(ROLES)}")
    _check_body(role, body)
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
    _up_to_date(path)
    acts_for = body_of(role, body)
    with closing(sqlite3.connect(path, timeout=30)) as db, db:
        row = (key_id, role, division, _hash(secret), expires, today(), acts_for)
        columns = "id, role, division, hash, expires, created, body"
        db.execute(f"INSERT INTO key ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    told = {"id": key_id, "role": role, "key": f"cg_{key_id}_{secret}"}
    more = {"division": division, "body": acts_for, "expires": expires}
    return told | {name: value for name, value in more.items() if value}


def list_keys(home: Home) -> list[dict[str, str]]:
    """The keys there are, without what is secret: ``{"id", "role", "division", "body", "expires", "created"}``."""
    names = ("id", "role", "division", "body", "expires", "created")
    if not _file(home).exists():
        return []
    _up_to_date(_file(home))
    with closing(sqlite3.connect(f"{_file(home).as_uri()}?mode=ro", uri=True, timeout=30)) as db:
        found = db.execute(f"SELECT {', '.join(names)} FROM key ORDER BY created, rowid").fetchall()
    rows = [dict(zip(names, row, strict=True)) for row in found]
    return [row | {"body": body_of(row["role"], row["body"])} for row in rows]


def revoke_key(home: Home, key_id: str) -> dict[str, str]:
    """Take a key back: from now on it opens nothing, and sessions begun with it end. Unanswerable 404."""
    if key_id not in {row["id"] for row in list_keys(home)}:
        raise Unanswerable(404, "unknown key", "no key of this id; `key list` tells them")
    with closing(sqlite3.connect(_file(home), timeout=30)) as db, db:
        db.execute("DELETE FROM key WHERE id = ?", (key_id,))
    return {"revoked": key_id}


def demo_keys(home: Home) -> dict[str, str]:
    """A fresh key for every role, good for a week; those of an earlier start are taken back."""
    noted = _file(home).with_name("demo-keys.json")
    known = {row["id"] for row in list_keys(home)}
    for key_id in json.loads(noted.read_text()) if noted.exists() else ():
        if key_id in known:
            revoke_key(home, key_id)
    until = (date.fromisoformat(today()) + timedelta(days=7)).isoformat()
    made = {role: create_key(home, role, expires=until, body=_DEMO_BODIES.get(role, "")) for role in ROLES}
    noted.write_text(json.dumps([key["id"] for key in made.values()]))
    return {role: key["key"] for role, key in made.items()}


def _standing(role: str, expires: str) -> bool:
    return role in ROLES and not (expires and expires <= today())


class KeyReader:
    """Who holds which key, read from the file at each call, so that a key taken back opens nothing from then on.

    The connection is kept: to open one costs ten times a look-up. For one thread at a time.
    """

    def __init__(self, home: Home) -> None:
        self._file = _file(home)
        self._db: sqlite3.Connection | None = None

    def _row(self, key_id: str) -> tuple[str, str, str, str, str] | None:
        """Role, division, hash, expiry and body of a key."""
        if self._db is None:
            if not self._file.exists():
                return None
            _up_to_date(self._file)
            address = f"{self._file.as_uri()}?mode=ro"
            self._db = sqlite3.connect(address, uri=True, timeout=30, check_same_thread=False)
        query = "SELECT role, division, hash, expires, body FROM key WHERE id = ?"
        found: tuple[str, str, str, str, str] | None = self._db.execute(query, (key_id,)).fetchone()
        return found

    def caller_of(self, key: str) -> Caller | None:
        """Who holds a key; None when it is not good, for whatever reason."""
        parts = key.split("_", 2)
        if len(parts) != 3 or parts[0] != "cg":
            return None
        role, division, kept, expires, body = self._row(parts[1]) or ("", "", _NOTHING, "", "")
        good = hmac.compare_digest(kept, _hash(parts[2]))
        return Caller(parts[1], role, division, "", body_of(role, body)) if good and _standing(role, expires) else None

    def holder_of(self, key_id: str) -> Caller | None:
        """Who holds the key of an id, once the key itself was shown; None when it is not good any more."""
        role, division, _, expires, body = self._row(key_id) or ("", "", "", "", "")
        return Caller(key_id, role, division, "", body_of(role, body)) if _standing(role, expires) else None

    def close(self) -> None:
        """Release the file."""
        if self._db is not None:
            self._db.close()
            self._db = None


def caller_of(home: Home, key: str) -> Caller | None:
    """Who holds a key, asked once."""
    with closing(KeyReader(home)) as keys:
        return keys.caller_of(key)


def holder_of(home: Home, key_id: str) -> Caller | None:
    """Who holds the key of an id, asked once."""
    with closing(KeyReader(home)) as keys:
        return keys.holder_of(key_id)

"""The audit: one row a call, append-only, chained, a file a month in the data home.

``audit/YYYY-MM.jsonl`` holds the rows; each hashes the one before it, over the turn of the month too. ``head.json``
says how far the chain has come, so that rows cut off the end are missed as well. No row holds a name, a value of a cell
or an ID number: who (id of the key), role, purpose, action, a keyed hash of the query, persons by internal id.
"""

import errno
import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from api.auth import Caller
from graph.book.home import Home
from graph.ledger.clock import now
from graph.ledger.vault import default_key_path, master_key

_GENESIS = {"seq": 0, "hash": "0" * 64, "month": "", "size": 0}


class AuditBroken(OSError):
    """The audit is not what was written: rows are missing or cannot be read."""


def persons_in(body: Any) -> set[str]:
    """Ids of the persons that a body shows."""
    found: set[str] = set()
    if isinstance(body, dict):
        if body.get("kind") == "person" and isinstance(body.get("id"), str):
            found.add(body["id"])
        for value in body.values():
            found |= persons_in(value)
    elif isinstance(body, list):
        for value in body:
            found |= persons_in(value)
    return found


@cache
def _key(place: Path) -> bytes:
    """The master key, read once a process."""
    return master_key(place)


def query_hash(*parts: object) -> str:
    """A keyed hash of what was asked: equal for equal questions, nothing to be guessed from without the master key."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hmac.new(
        _key(default_key_path()), b"audit\0" + text.encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()


def row_of(caller: Caller, action: str, query: str, store_seq: int | None, body: Any, status: int) -> dict[str, Any]:
    """A row before it has its place in the chain."""
    row: dict[str, Any] = {"at": now(), "who": caller.key, "role": caller.role, "division": caller.division or None}
    row |= {"purpose": caller.purpose or None, "view": caller.level, "action": action, "query": query}
    return row | {"store_seq": store_seq, "status": status, "persons": sorted(persons_in(body))}


def _chained(previous: str, row: dict[str, Any]) -> str:
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{text}".encode()).hexdigest()


def _add(path: Path, content: bytes) -> None:
    """Put bytes at the end of a file and force them to the disk: all or none."""
    with path.open("ab", buffering=0) as file:
        os.fchmod(file.fileno(), 0o600)
        size = file.tell()
        try:
            if file.write(content) != len(content):
                raise OSError(errno.ENOSPC, "the audit was not written whole")
            os.fsync(file.fileno())
        except OSError:
            file.truncate(size)
            raise


class AuditLog:
    """The audit of a data home; any number of processes write to it, one after the other."""

    def __init__(self, home: Home) -> None:
        self._folder = home.root / "audit"

    def _month(self, month: str) -> Path:
        return self._folder / f"{month}.jsonl"

    @property
    def _head(self) -> Path:
        return self._folder / "head.json"

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _read_head(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._head.read_text("utf-8"))
        except FileNotFoundError:
            return dict(_GENESIS)
        return found

    def _caught_up(self) -> dict[str, Any]:
        """The head, after rows that a killed writer left behind it; a line that he did not finish is taken off."""
        head = self._read_head()
        for path in sorted(self._folder.glob("*.jsonl")):
            if path.stem < head["month"]:
                continue
            start = head["size"] if path.stem == head["month"] else 0
            size = path.stat().st_size
            if size < start:
                raise AuditBroken("rows of the audit are missing; run creditgraph audit verify")
            with path.open("rb+") as file:
                file.seek(start)
                rest = file.read()
                whole = rest[: rest.rfind(b"\n") + 1]
                if len(whole) < len(rest):
                    file.truncate(start + len(whole))
            for line in whole.splitlines():
                row = json.loads(line)
                head |= {"seq": row["seq"], "hash": row["hash"]}
            head |= {"month": path.stem, "size": start + len(whole)}
        return head

    def append(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows and force them to the disk; OSError when that fails, and then none counts as written."""
        if not rows:
            return
        with self._lock():
            head = self._caught_up()
            texts: dict[str, list[bytes]] = {}
            for row in rows:
                # The clock may be set back; the file of a month that has begun another stays closed.
                month = max(head["month"], row["at"][:7])
                placed = {"seq": head["seq"] + 1, **row}
                head |= {"seq": placed["seq"], "hash": _chained(head["hash"], placed)}
                if month != head["month"]:
                    head |= {"month": month, "size": 0}
                line = json.dumps(placed | {"hash": head["hash"]}, ensure_ascii=False).encode() + b"\n"
                head["size"] += len(line)
                texts.setdefault(month, []).append(line)
            for month, lines in texts.items():
                _add(self._month(month), b"".join(lines))
            draft = self._head.with_suffix(".part")
            draft.write_text(json.dumps(head), "utf-8")
            draft.replace(self._head)

    def rows(self) -> Iterator[dict[str, Any]]:
        """All whole rows, oldest first."""
        for path in sorted(self._folder.glob("*.jsonl")):
            with path.open("rb") as file:
                for line in file:
                    if line.endswith(b"\n"):
                        yield json.loads(line)

    def verify(self) -> dict[str, Any]:
        """Whether the chain is whole: ``{"ok", "rows", "hash", "problems"}``."""
        problems: list[str] = []
        count, previous = 0, str(_GENESIS["hash"])
        head, passed = dict(_GENESIS), False
        try:
            head = self._read_head()
            passed = head["seq"] == 0
            for row in self.rows():
                count += 1
                told = row.pop("hash", None)
                if row.get("seq") != count or told != _chained(previous, row):
                    problems.append(f"row {count}: changed, moved or missing")
                    break
                previous = told
                passed = passed or (count == head["seq"] and told == head["hash"])
        except (OSError, ValueError, AttributeError, KeyError) as error:
            problems.append(f"the audit cannot be read after row {count}: {type(error).__name__}")
        if not problems and not passed:
            problems.append(f"rows are missing at the end: {head['seq']} were written, {count} are there")
        return {"ok": not problems, "rows": count, "hash": previous, "problems": problems}

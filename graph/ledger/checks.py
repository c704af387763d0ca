"""Certified checks as the ledger keeps them: the answer as it was, and what was decided after it, each an entry.

The payload names by key everybody and every record that the answer speaks of (``keys``), so that an erasure of any of
them finds it. No payload holds an ID number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from graph.ledger import tables as t
from graph.ledger.ledger import Draft, Writer
from graph.model.jsontext import dump, load

KIND = "check"

#: Outcomes of the two kinds of entry.
MADE, DECISION = "made", "decision"


@dataclass(frozen=True, slots=True)
class Kept:
    """A check as it was kept. ``body`` None: an erasure took it. ``decisions``: what was fed back, the first first."""

    seq: int
    body: Mapping[str, Any] | None
    decisions: tuple[Mapping[str, Any], ...]


def keep(writer: Writer, check: str, body: Mapping[str, Any], keys: Iterable[str]) -> int:
    """Add a check; its sequence."""
    return writer.append(Draft(KIND, {**body, "keys": sorted(keys)}, rec=f"check:{check}", outcome=MADE))


def decide(writer: Writer, check: str, body: Mapping[str, Any]) -> int:
    """Add what was decided after a check; its sequence. LookupError when there is no such check, or no more."""
    kept = get(writer.connection, check)
    if kept is None or kept.body is None:
        raise LookupError(check)
    told = {**body, "keys": kept.body["keys"]}
    return writer.append(Draft(KIND, told, rec=f"check:{check}", outcome=DECISION, cites=kept.seq))


def get(connection: Connection, check: str) -> Kept | None:
    """A check by its id."""
    e, p = t.entry.c, t.payload.c
    query = select(e.seq, e.at, e.outcome, p.body).outerjoin(t.payload, p.seq == e.seq)
    rows = connection.execute(query.where(e.rec == f"check:{check}", e.kind == KIND).order_by(e.seq)).all()
    if not rows:
        return None
    made = rows[0]
    decisions = [{"seq": row.seq, "at": row.at, **load(row.body)} for row in rows[1:] if row.body]
    return Kept(made.seq, load(made.body) if made.body else None, tuple(decisions))


def naming(connection: Connection, keys: Iterable[str]) -> set[int]:
    """The entries of checks that speak of any of some keys."""
    e, p = t.entry.c, t.payload.c
    said = [p.body.contains(dump(key), autoescape=True) for key in keys]
    if not said:
        return set()
    query = select(e.seq).join(t.payload, p.seq == e.seq).where(e.kind == KIND)
    found: set[int] = set()
    for place in range(0, len(said), 100):
        found.update(connection.execute(query.where(or_(*said[place : place + 100]))).scalars())
    return found

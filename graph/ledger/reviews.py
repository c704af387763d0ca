"""Facts of documents that wait for a person, told from the ledger alone: what is open, what was decided, what stands.

The payload of a document holds every relation that its reader found (``relations``) and whom the document names
(``subjects``: name -> key and kind). A decision on one is an entry with the document as its record. Both together say
what waits; the table ``review`` only remembers it, and :func:`items` tells it anew at any time.

A fact is known again by its *mark*: document, type, both names, amount and words. So it does not matter whether a
decision came before or after a version that moves the words, nor which of two versions came first.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from graph.ledger import tables as t
from graph.model.jsontext import dump, load
from graph.model.text import norm_name

#: A fact of less than the reader's own limit of certainty waits; the payload says so fact by fact.
UNSURE = "unsure"

#: States in which an item waits for a person, and those in which it does not.
OPEN, CHANGED = "open", "ground_changed"
WAITING = (OPEN, CHANGED)
DECIDED = {"accept": "accepted", "correct": "corrected", "refuse": "refused"}

_ENDS = "。；！？!?\n"
_SENTENCE = re.compile(rf"[^{_ENDS}]*[{_ENDS}]?")


class Version(NamedTuple):
    """The current version of a document; ``body`` None once it was erased."""

    seq: int
    date: str
    file: str
    row: int
    body: Mapping[str, Any] | None


class Decision(NamedTuple):
    """A decision that was not taken back. ``body``: its payload."""

    seq: int
    kind: str
    body: Mapping[str, Any]


class Item(NamedTuple):
    """A row of the table ``review``."""

    id: str
    rec: str
    since: int
    held: int
    state: str
    decision: int | None


def _plain(text: str) -> str:
    """Words without what a new print of a text changes: line ends and blanks."""
    return "".join(text.split())


def _hash(*parts: object) -> str:
    return hashlib.sha256(dump(parts).encode()).hexdigest()


def saying_of(rec: str, fact: Mapping[str, Any], text: str) -> str:
    """The words of a fact, its type and its names, whatever amount was read."""
    start, end = fact["span"]
    names = [norm_name(fact[side]["name"]) for side in ("source", "target")]
    return _hash(rec, fact["type"], *names, _plain(text[start:end]))


def mark_of(rec: str, fact: Mapping[str, Any], text: str) -> str:
    """What makes a fact the same fact in another version of its document."""
    return _hash(saying_of(rec, fact, text), fact.get("amount"))


def fact_id(rec: str, fact: Mapping[str, Any], text: str) -> str:
    """The stable id of a fact at its place: ``f`` and 23 hex digits."""
    return "f" + _hash(mark_of(rec, fact, text), *fact["span"])[:23]


def sentence_at(text: str, start: int, end: int) -> tuple[int, int]:
    """The place of the sentence, or sentences, that hold ``text[start:end]``."""
    first = max((text.rfind(sign, 0, start) for sign in _ENDS), default=-1) + 1
    last = max(end - 1, start)
    after = [place for sign in _ENDS if (place := text.find(sign, last)) >= 0]
    return first, min(after) + 1 if after else len(text)


def ground_of(text: str, start: int, end: int) -> dict[str, Any]:
    """What a decision on some words rests on, without their text, which an erasure must find in one place only.

    ``sentence``: number and hash of the sentences around them; ``offset``: their place therein, blanks not counted.
    """
    first, last = sentence_at(text, start, end)
    pieces = _pieces(text[first:last])
    before = len(_plain(text[first:start]))
    offset = [before, before + len(_plain(text[start:end]))]
    return {"sentence": [len(pieces), _hash(*pieces)], "offset": offset}


def _pieces(text: str) -> list[str]:
    return [piece for found in _SENTENCE.findall(text) if (piece := _plain(found))]


def place_of(text: str, ground: Sequence[Any], offset: Sequence[int]) -> tuple[int, int] | None:
    """Where a text holds the sentences of a ground one after the other, and in them the words at ``offset``.

    ``offset`` counts signs that are no blanks, from the first sentence on. None when the text does not hold them.
    """
    count, wanted = ground
    found = [match for match in _SENTENCE.finditer(text) if _plain(match[0])]
    for at in range(len(found) - count + 1):
        some = found[at : at + count]
        if _hash(*(_plain(match[0]) for match in some)) == wanted:
            signs = [place for place in range(some[0].start(), some[-1].end()) if not text[place].isspace()]
            start, end = offset
            return signs[start], signs[end - 1] + 1
    return None


def current(connection: Connection, rec: str) -> Version | None:
    """The current version of a document, by its own order and never by arrival; None for none."""
    e, p = t.entry.c, t.payload.c
    query = select(t.entry, p.body).outerjoin(t.payload, p.seq == e.seq)
    # By record alone: with the kind in the question SQLite would walk all entries of that kind.
    found = [row for row in connection.execute(query.where(e.rec == rec)) if row.kind == "record"]
    if not found:
        return None
    row = max(found, key=lambda v: (v.version_date, v.ended, v.filled, v.content))
    return Version(row.seq, row.version_date, row.file, row.row, load(row.body) if row.body else None)


def decisions(connection: Connection, rec: str) -> list[Decision]:
    """The decisions on facts of a document that nobody took back and no erasure emptied, oldest first."""
    e, p = t.entry.c, t.payload.c
    query = select(e.seq, e.kind, e.outcome, e.cites, p.body).outerjoin(t.payload, p.seq == e.seq)
    rows = [row for row in connection.execute(query.where(e.rec == rec).order_by(e.seq)) if row.kind == "decision"]
    undone = {row.cites for row in rows if row.outcome == "undo"}
    kept = (row for row in rows if row.outcome in DECIDED and row.seq not in undone and row.body)
    return [Decision(row.seq, row.outcome, load(row.body)) for row in kept]


def in_force(found: Iterable[Decision]) -> dict[str, Decision]:
    """The last decision on each fact, by its mark."""
    return {decision.body["mark"]: decision for decision in found}


def facts_by_mark(rec: str, version: Version) -> dict[str, Mapping[str, Any]]:
    """The relations that a version tells, those said twice in the same words once, at their first place."""
    found: dict[str, Mapping[str, Any]] = {}
    body = version.body or {}
    for fact in sorted(body.get("relations", ()), key=lambda fact: fact["span"]):
        found.setdefault(mark_of(rec, fact, body["text"]), fact)
    return found


def stands(rec: str, version: Version, decision: Decision) -> bool:
    """Whether the words that a decision rests on still say it: they are read so again, or their sentence is there.

    Where the same words are read with another amount, they no longer say it. Of an erased version nobody can say, so
    what was decided stays.
    """
    if version.body is None:
        return True
    read = facts_by_mark(rec, version)
    if any(mark in read for mark in decision.body["grounds"]):
        return True
    said = {saying_of(rec, fact, version.body["text"]) for fact in read.values()}
    if not said.isdisjoint(decision.body["sayings"]):
        return False
    return place_of(version.body["text"], decision.body["sentence"], decision.body["offset"]) is not None


def items(connection: Connection, rec: str) -> list[Item]:
    """What the queue must hold of a document."""
    version = current(connection, rec)
    return items_of(rec, version, decisions(connection, rec)) if version else []


def items_of(rec: str, version: Version, found_decisions: Iterable[Decision]) -> list[Item]:
    """What the queue must hold of a document of this version with these decisions; nothing of an erased one."""
    if version.body is None:
        return []
    decided = in_force(found_decisions)
    read = facts_by_mark(rec, version)
    found = []
    for mark, fact in read.items():
        if mark in decided or fact.get(UNSURE):
            state, seq = _state(rec, version, decided.get(mark))
            found.append(Item(str(fact["id"]), rec, version.seq, version.seq, state, seq))
    for mark, decision in decided.items():
        if mark not in read:
            state, seq = _state(rec, version, decision)
            body = decision.body
            found.append(Item(str(body["item"]), rec, version.seq, int(body["entry"]), state, seq))
    return found


def _state(rec: str, version: Version, decision: Decision | None) -> tuple[str, int | None]:
    if decision is None:
        return OPEN, None
    holds = decision.kind == "refuse" or stands(rec, version, decision)
    return (DECIDED[decision.kind] if holds else CHANGED), decision.seq


def stored(connection: Connection, rec: str) -> list[Item]:
    """What the table holds of a document."""
    columns = [t.review.c[name] for name in Item._fields]
    return [Item(*row) for row in connection.execute(select(*columns).where(t.review.c.rec == rec))]


def remember(connection: Connection, rec: str, wanted: Sequence[Item]) -> None:
    """Let the table hold these items of a document and no others."""
    if sorted(stored(connection, rec)) == sorted(wanted):
        return
    connection.execute(delete(t.review).where(t.review.c.rec == rec))
    if wanted:
        connection.execute(insert(t.review), [item._asdict() for item in wanted])


def documents(connection: Connection) -> list[str]:
    """Every document with facts, decisions or rows of the table."""
    e, p = t.entry.c, t.payload.c
    documented = e.rec.startswith("doc:")
    told = select(e.rec).join(t.payload, p.seq == e.seq).where(documented, p.body.contains('"relations":[{'))
    decided = select(e.rec).where(documented, e.kind == "decision")
    return sorted({str(rec) for query in (told, decided, select(t.review.c.rec)) for rec in connection.scalars(query)})


def remake(connection: Connection) -> None:
    """Make the table anew from documents and decisions."""
    for rec in documents(connection):
        remember(connection, rec, items(connection, rec))

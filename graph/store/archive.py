"""Archived documents as the ledger tells them: texts, versions and when each was current, what is new of them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from graph.ledger import tables as t
from graph.model.jsontext import load
from graph.store.items import own_id
from graph.store.project import openness, some_of

#: Payloads read at a time.
_PAGE = 200


class Version(NamedTuple):
    """A version of a document: its entry, the id that its key gives, its date, openness and when it was current."""

    entry: int
    own: str
    date: str
    public_until: str
    shared_until: str
    seq_from: int
    seq_to: int | None


class Archived(NamedTuple):
    """The archived text of an entry: its hash, what read it, and the spans where a number was masked."""

    text: str
    sha256: str
    extractor: str
    hidden: tuple[tuple[int, int], ...]


def archived_texts(connection: Connection, entries: Iterable[int]) -> dict[int, Archived]:
    """The archived texts of some entries, by entry; one whose payload was erased has none.

    An entry that reads an earlier one anew (``of``) has the text of that one.
    """
    p = t.payload.c
    found: dict[int, Archived] = {}
    again: dict[int, list[int]] = {}
    for some in some_of(dict.fromkeys(entries), _PAGE):
        for seq, text in connection.execute(select(p.seq, p.body).where(p.seq.in_(some))):
            body = load(text)
            if "text" in body:
                hidden = tuple((int(start), int(end)) for start, end, *_ in body.get("numbers", ()))
                found[seq] = Archived(body["text"], body.get("sha256", ""), body.get("extractor", ""), hidden)
            elif "of" in body and body["of"] != seq:
                again.setdefault(int(body["of"]), []).append(seq)
    if again:
        for of, archived in archived_texts(connection, again).items():
            found |= dict.fromkeys(again[of], archived)
    return found


def versions(connection: Connection, entries: Iterable[int]) -> Iterator[Version]:
    """The versions that some entries of documents made, those that were never current left out."""
    e, c = t.entry.c, t.claim.c
    query = select(e.seq, e.rec, c.level, c.shown_until, c.seq_from, c.seq_to, c.data)
    query = query.join(t.claim, (c.entry == e.seq) & (c.a == e.rec) & (c.relation == ""))
    seen: set[int] = set()
    for some in some_of(entries):
        for seq, rec, level, until, start, end, data in connection.execute(query.where(e.seq.in_(some)).order_by(c.id)):
            if seq not in seen and (end is None or end > start):
                seen.add(seq)
                date = str(load(data).get("p", {}).get("date", ""))
                yield Version(seq, own_id(rec), date, *openness(level, until), start, end)


def documents(connection: Connection, since: int) -> list[int]:
    """Entries of documents after a sequence, in order; looks at no entry before it."""
    e = t.entry.c
    rows = connection.execute(select(e.seq).where(e.seq > since, e.rec.startswith("doc:")).order_by(e.seq))
    return [int(seq) for seq in rows.scalars()]


def _ended(connection: Connection, since: int) -> list[tuple[int, int]]:
    """Entries of documents that are current no longer since a sequence, with the sequence that ended them."""
    c = t.claim.c
    where = (c.seq_to > since, c.relation == "", c.a.startswith("doc:"))
    return [(entry, end) for entry, end in connection.execute(select(c.entry, c.seq_to).where(*where))]


def _erased(connection: Connection, since: int) -> list[int]:
    """Entries that an erasure after a sequence took something from."""
    gone = t.erased_entry.c
    return [int(seq) for seq in connection.execute(select(gone.entry).where(gone.seq > since)).scalars()]


class News(NamedTuple):
    """What a stretch of the ledger says of documents: entries that lost something, that ended and when, new ones."""

    erased: list[int]
    ended: list[tuple[int, int]]
    new: list[int]


def news(connection: Connection, since: int) -> News:
    """What the ledger says of documents after a sequence."""
    return News(_erased(connection, since), _ended(connection, since), documents(connection, since))

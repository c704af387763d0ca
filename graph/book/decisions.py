"""What people decide, as entries: who is one subject, who is not, undo, and legal erasure.

A decision has one shape: kind, keys or entry, by, reason, basis. It is the last
entry of its transaction, so the ledger is whole at its sequence.
"""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from graph.book.book import Book
from graph.ledger import cases, checks, reviews
from graph.ledger import tables as t
from graph.ledger.bulk import unsought
from graph.ledger.clock import today
from graph.ledger.ledger import Draft, Writer
from graph.ledger.vault import Vault
from graph.model.claims import key_kind
from graph.resolve.clusters import keys_of, node_of, recluster
from graph.store.items import own_id
from graph.store.project import some_of

KINDS = ("same", "different", "undo", "release", "erase")


class Refused(ValueError):
    """The decision cannot be taken as written; the message says what is expected."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as a person wrote it."""

    kind: str
    keys: tuple[str, ...]
    entry: int | None
    by: str
    reason: str
    basis: str

    def payload(self) -> dict[str, Any]:
        """What the ledger keeps of it."""
        body: dict[str, Any] = {"kind": self.kind, "keys": list(self.keys), "entry": self.entry, "by": self.by}
        return body | {"reason": self.reason, "basis": self.basis, "meta": {"issuer": self.by, "date": today()}}


def parse(document: object) -> Decision:
    """A decision from its JSON; Refused names the field and what was expected."""
    if not isinstance(document, dict):
        raise Refused("a decision is a JSON object with kind, keys, entry, by, reason and basis")
    kind, keys, entry = document.get("kind"), document.get("keys") or [], document.get("entry")
    if kind not in KINDS:
        raise Refused(f"kind: expected one of {', '.join(KINDS)}")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise Refused("keys: expected a list of keys as `show --section keys` prints them")
    for key in keys:
        try:
            key_kind(key)
        except ValueError:
            raise Refused("keys: one of them is no key such as uscc:…, pid:…, ctx:…") from None
    if entry is not None and (not isinstance(entry, int) or isinstance(entry, bool)):
        raise Refused("entry: expected the sequence of an entry")
    texts = {name: str(document.get(name) or "").strip() for name in ("by", "reason", "basis")}
    for name in ("by", "reason") + (("basis",) if kind == "erase" else ()):
        if not texts[name]:
            raise Refused(f"{name}: a decision of kind {kind} needs it")
    return Decision(kind, tuple(keys), entry, **texts)


def _append(writer: Writer, decision: Decision, more: dict[str, Any], cites: int = 0) -> int:
    draft = Draft("decision", decision.payload() | more, source="decisions", outcome=decision.kind, cites=cites)
    return writer.append(draft)


def record(writer: Writer, decision: Decision, more: dict[str, Any]) -> int:
    """Append a decision that another room has carried out (release)."""
    return _append(writer, decision, more, decision.entry or 0)


def judge_identity(writer: Writer, decision: Decision) -> int:
    """``same`` or ``different`` on a pair of keys; the sequence."""
    if len(set(decision.keys)) != 2:
        raise Refused(f"keys: {decision.kind} is said of two different keys")
    known = node_of(writer.connection, decision.keys)
    for key in decision.keys:
        if key not in known:
            raise Refused(f"keys: {key_kind(key)} key not known in this book")
    seq = _append(writer, decision, {})
    writer.link(decision.kind, decision.keys[0], decision.keys[1], seq)
    recluster(writer, (), decision.keys)
    return seq


def undo(writer: Writer, decision: Decision) -> int:
    """Take back a ``same`` or ``different``; the sequence."""
    links = t.link
    where = (links.c.entry == decision.entry, links.c.kind.in_(("same", "different")))
    found = writer.connection.execute(select(links).where(*where)).first()
    if found is None:
        raise Refused("entry: expected the sequence of a decision of kind same or different")
    if found.seq_to is not None:
        raise Refused(f"entry: decision {decision.entry} was undone before")
    seq = _append(writer, decision, {}, decision.entry or 0)
    writer.flush()
    writer.connection.execute(update(links).where(*where).values(seq_to=seq))
    recluster(writer, (), (found.a, found.b))
    return seq


def erase(writer: Writer, vault: Vault, decision: Decision) -> int:
    """Erase a subject (keys) or a record (entry) by law; the sequence.

    Payloads and claims go, the chain stays; ids and entries are noted as erased.
    The numbers leave the vault with :func:`forget_left` once the ledger has committed.
    """
    if bool(decision.keys) == (decision.entry is not None):
        raise Refused("an erasure names either keys (a subject) or entry (a record)")
    connection = writer.connection
    keys = _subject_keys(writer, decision.keys) if decision.keys else set()
    entries = _entries_of(writer, keys) if keys else _versions_of(writer, decision.entry or 0)
    readings = _readings_of(writer, _about_nobody_else(writer, entries, keys) if keys else entries)
    entries |= readings
    # A certified check tells of a person by token or, where nobody was found, by the keyed hash of the number.
    entries |= checks.naming(connection, keys.union(map(vault.stable, keys)) or _records_of(writer, entries))
    touched = _ends_of(writer, entries) | set(node_of(connection, keys).values())
    shown = Decision("erase", (), decision.entry, decision.by, decision.reason, decision.basis)
    seq = _append(writer, shown, {"touched": sorted(touched), "entries": sorted(entries)})
    writer.flush()
    if keys:
        _forget_claims(writer, entries, keys, readings)
        _forget_keys(writer, keys, seq)
    else:
        for some in some_of(sorted(entries)):
            connection.execute(delete(t.claim).where(t.claim.c.entry.in_(some)))
            connection.execute(delete(t.link).where(t.link.c.entry.in_(some), t.link.c.kind == "mention"))
    for some in some_of(sorted(entries)):
        connection.execute(delete(t.payload).where(t.payload.c.seq.in_(some)))
        connection.execute(delete(t.erased_entry).where(t.erased_entry.c.entry.in_(some)))
        connection.execute(insert(t.erased_entry), [{"entry": entry, "seq": seq} for entry in some])
    _forget_reviews(connection, entries)
    cases.forget(connection, entries)
    return seq


def _forget_reviews(connection: Connection, entries: Iterable[int]) -> None:
    """Facts of erased documents wait for nobody; those of others as their decisions that are left have it."""
    e = t.entry.c
    for some in some_of(sorted(entries)):
        query = select(e.rec).where(e.seq.in_(some), e.rec.startswith("doc:")).distinct()
        for rec in connection.execute(query).scalars().all():
            reviews.remember(connection, rec, reviews.items(connection, rec))


def forget_left(book: Book) -> int:
    """Take the numbers of all erased persons that are still there out of the vault; how many.

    The vault comes after the ledger, so a kill or a full disk in between leaves some. What was worked out of the graph
    and kept goes as a whole.
    """
    with book.ledger.reading() as connection:
        gone = set(connection.execute(select(t.erased.c.own)).scalars())
        some = connection.execute(select(t.erased_entry.c.entry).limit(1)).first()
    if gone or some:
        shutil.rmtree(book.home.analysis, ignore_errors=True)
    left = [pid for pid in book.vault.tokens_held() if own_id(pid) in gone] if gone else []
    for pid in left:
        book.vault.forget(pid)
    return len(left)


def _subject_keys(writer: Writer, keys: Sequence[str]) -> set[str]:
    nodes = node_of(writer.connection, keys)
    for key in keys:
        if key not in nodes:
            raise Refused(f"keys: {key_kind(key)} key not known in this book")
    return {key for members in keys_of(writer.connection, nodes.values()).values() for key in members}


def _entries_of(writer: Writer, keys: Iterable[str]) -> set[int]:
    """Entries that say anything of these keys: by claims, by a held row, by a decision."""
    found: set[int] = set()
    c, p, e = t.claim.c, t.payload.c, t.entry.c
    for some in some_of(keys):
        where = or_(c.a.in_(some), c.b.in_(some))
        found.update(writer.connection.execute(select(c.entry).where(where)).scalars())
        found.update(
            writer.connection.execute(
                select(t.link.c.entry).where(or_(t.link.c.a.in_(some), t.link.c.b.in_(some)))
            ).scalars()
        )
    for key in keys:
        said = p.body.contains(json.dumps(key, ensure_ascii=False)[1:-1], autoescape=True)
        # A document may name somebody of whom only a person's decision on it has made a claim.
        reviewed = (unsought(e.kind) == "record") & e.rec.in_(select(t.review.c.rec))
        told = or_(e.kind.in_(("quarantine", "decision", cases.KIND)), reviewed)
        held = select(e.seq).join(t.payload, p.seq == e.seq).where(told, said)
        found.update(writer.connection.execute(held).scalars())
    return found


def _versions_of(writer: Writer, entry: int) -> set[int]:
    e = t.entry.c
    rec = writer.connection.execute(
        select(e.rec).where(e.seq == entry, e.kind.in_(("record", "quarantine", "reading")))
    ).scalar()
    if rec is None:
        raise Refused("entry: expected the sequence of a record")
    return set(writer.connection.execute(select(e.seq).where(e.rec == rec)).scalars())


def _records_of(writer: Writer, entries: Iterable[int]) -> set[str]:
    """The keys of the records that some entries are versions of."""
    e = t.entry.c
    query = select(e.rec).where(e.kind == "record")
    found = (writer.connection.execute(query.where(e.seq.in_(some))).scalars() for some in some_of(sorted(entries)))
    return {rec for some in found for rec in some}


def _ends_of(writer: Writer, entries: Iterable[int]) -> set[str]:
    """Nodes that the claims of some entries touch."""
    keys: set[str] = set()
    for some in some_of(entries):
        for a, b in writer.connection.execute(select(t.claim.c.a, t.claim.c.b).where(t.claim.c.entry.in_(some))):
            keys.update((a, b) if b else (a,))
    return set(node_of(writer.connection, keys).values())


def _about_nobody_else(writer: Writer, entries: Iterable[int], keys: set[str]) -> set[int]:
    """Those entries that are records about the subject and about nobody else."""
    c = t.claim.c
    about: dict[int, set[bool]] = {}
    for some in some_of(sorted(entries)):
        query = select(c.entry, c.b).where(c.entry.in_(some), c.relation == "about")
        for entry, b in writer.connection.execute(query):
            about.setdefault(entry, set()).add(b in keys)
    return {entry for entry, own in about.items() if own == {True}}


def _readings_of(writer: Writer, entries: Iterable[int]) -> set[int]:
    """Readings of the records of some entries, and readings that tie other records to them."""
    c, e, connection = t.claim.c, t.entry.c, writer.connection
    recs: set[str] = set()
    for some in some_of(sorted(entries)):
        recs.update(connection.execute(select(e.rec).where(e.seq.in_(some), e.kind == "record")).scalars())
    found: set[int] = set()
    for part in some_of(sorted(recs)):
        found.update(connection.execute(select(e.seq).where(e.rec.in_(part), e.kind == "reading")).scalars())
        tied = select(c.entry).join(t.entry, e.seq == c.entry).where(c.b.in_(part), e.kind == "reading")
        found.update(connection.execute(tied).scalars())
    return found


def _forget_claims(writer: Writer, entries: Iterable[int], keys: set[str], readings: set[int]) -> None:
    """Delete the claims that mention the subject, and all of a record that is about nobody else, as it was read too."""
    c = t.claim.c
    whole = _about_nobody_else(writer, entries, keys) | readings
    for some in some_of(sorted(entries)):
        rows = writer.connection.execute(select(c.id, c.entry, c.a, c.b).where(c.entry.in_(some))).all()
        gone = [row.id for row in rows if row.a in keys or row.b in keys or row.entry in whole]
        for part in some_of(gone):
            writer.connection.execute(delete(t.claim).where(c.id.in_(part)))


def _forget_keys(writer: Writer, keys: set[str], seq: int) -> None:
    connection = writer.connection
    for some in some_of(sorted(keys)):
        connection.execute(delete(t.link).where(or_(t.link.c.a.in_(some), t.link.c.b.in_(some))))
        connection.execute(delete(t.membership).where(t.membership.c.key.in_(some)))
        connection.execute(delete(t.erased).where(t.erased.c.own.in_([own_id(str(key)) for key in some])))
        connection.execute(insert(t.erased), [{"own": own_id(str(key)), "seq": seq} for key in some])


def erased_by(writer_or_connection: Any, ids: Sequence[str]) -> int | None:
    """The erasure that took one of these ids away; None when there was none."""
    found = writer_or_connection.execute(select(t.erased.c.seq).where(t.erased.c.own.in_(list(ids)))).scalar()
    return None if found is None else int(found)

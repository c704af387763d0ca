"""From claims to the rows and words that prove them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, null, or_, select

from graph.ledger import tables as t
from graph.ledger.bulk import unsought
from graph.ledger.ledger import Ledger, live_at
from graph.model.claims import PUBLIC, RESTRICTED, SHARED
from graph.store.base import FOREVER, View
from graph.store.items import own_id, visible
from graph.store.project import openness, some_of

#: Letters shown on each side of a span.
_AROUND = 24


def _one(row: Any) -> dict[str, Any]:
    body = json.loads(row.body) if row.body else {}
    meta = body.get("meta", {})
    found: dict[str, Any] = {
        "record": own_id(row.rec),
        "source": row.source,
        "file": row.file,
        "row": row.row,
        "document_no": meta.get("document_no"),
        "issuer": meta.get("issuer"),
        "date": meta.get("date"),
        "seq": row.seq,
    }
    data = json.loads(row.data) if row.data else {}
    span = data.get("s")
    if data.get("d"):
        # A person confirmed it: the words are those of the version that the reading is of, and so is the row.
        found |= {"decision": data["d"], "seq": row.cites}
        body = json.loads(row.told) if row.told else {}
    text = body.get("text")
    if span and text:
        start, end = span
        found["span"] = span
        found["quote"] = text[start:end]
        found["context"] = text[max(0, start - _AROUND) : end + _AROUND]
        found["sha256"] = body.get("sha256")
    return found


def _with_entry(*columns: Any) -> Select[Any]:
    """Claims with their entry and its payload."""
    c, e, p, told = t.claim.c, t.entry.c, t.payload.c, t.payload.alias("told")
    chosen = select(*columns, c.data, e.seq, e.rec, e.source, e.file, e.row, e.cites, p.body, told.c.body.label("told"))
    # ``told``: the version that a reading is of.
    read = and_(e.kind == "reading", told.c.seq == e.cites)
    return chosen.join(t.entry, e.seq == c.entry).outerjoin(t.payload, p.seq == c.entry).outerjoin(told, read)


#: Made once: to put a statement together takes longer than to run it. ``some``: ids or keys.
_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_OF_CLAIMS = _with_entry(t.claim.c.id).where(t.claim.c.id.in_(_SOME))
_OF_RECORDS = _with_entry(t.claim.c.a, t.claim.c.level, t.claim.c.shown_until).where(
    t.claim.c.relation == "", t.entry.c.outcome != "beside", t.claim.c.a.in_(_SOME)
)
_OF_RECORDS_NOW = _OF_RECORDS.where(live_at(t.claim, None))


def of_claims(ledger: Ledger, claims: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Evidence objects of claims, by claim id; an erased claim has none."""
    found: dict[int, dict[str, Any]] = {}
    with ledger.reading() as connection:
        for some in some_of(claims):
            found.update((row.id, _one(row)) for row in connection.execute(_OF_CLAIMS, {"some": some}))
    return found


def _claim_body(row: Any, view: View) -> dict[str, Any]:
    public, shared = openness(row.level, row.shown_until)
    level, until = RESTRICTED, FOREVER
    if view.today < public:
        level, until = PUBLIC, public
    elif view.today < shared:
        level, until = SHARED, shared
    return {
        "claim": row.id,
        "relation": row.relation or None,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "seen_on": row.seen_on,
        "open_to": level,
        "open_until": until if until < FOREVER else None,
        "authority": row.rank,
        "recorded_at": row.at,
        "batch": row.batch,
        "extractor": json.loads(row.body).get("extractor", "") if row.body else "",
        "evidence": _one(row),
    }


def claims_told(ledger: Ledger, claims: Iterable[int], view: View) -> list[dict[str, Any]]:
    """What each claim that the view shows says of itself, by id: its term, openness, arrival and evidence.

    ``relation`` is None when it tells of one subject or record, not of two.
    ``open_to`` is the level to whom it is open on the reader's day, ``open_until`` the first day on which it no longer
    is (None = without end); ``extractor`` the reader of a text ("" = a row).
    """
    found: list[dict[str, Any]] = []
    names = ("id", "relation", "valid_from", "valid_to", "seen_on", "level", "shown_until", "rank")
    query = _with_entry(*(t.claim.c[name] for name in names), t.entry.c.at, t.entry.c.batch)
    with ledger.reading() as connection:
        for some in some_of(claims):
            for row in connection.execute(query.where(t.claim.c.id.in_(some))):
                if visible(*openness(row.level, row.shown_until), view):
                    found.append(_claim_body(row, view))
    return sorted(found, key=lambda claim: claim["claim"])


def decisions_told(ledger: Ledger, entries: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Who decided, when, why and how, by the sequence of the decision: ``{"seq", "kind", "by", "reason", "date"}``."""
    found: dict[int, dict[str, Any]] = {}
    e, p = t.entry.c, t.payload.c
    query = select(e.seq, p.body).join(t.payload, p.seq == e.seq).where(unsought(e.kind) == "decision")
    with ledger.reading() as connection:
        for some in some_of(sorted({entry for entry in entries if entry})):
            for seq, text in connection.execute(query.where(e.seq.in_(some))):
                body = json.loads(text)
                told = {name: body[name] for name in ("kind", "by", "reason")}
                found[seq] = {"seq": seq, **told, "date": body["meta"]["date"]}
    return found


def claims_of_record(ledger: Ledger, keys: Sequence[str], view: View) -> list[int]:
    """Ids of the live claims that say what a record is, by its keys; those of repairs and objections beside it too."""
    c = t.claim.c
    query = select(c.id).where(c.relation == "", c.a.in_(keys), live_at(t.claim, view.known_at)).order_by(c.id)
    with ledger.reading() as connection:
        return [int(found) for found in connection.execute(query).scalars()]


@dataclass(frozen=True, slots=True)
class Row:
    """A recorded row or text: ``evidence`` as everywhere, ``fields`` in canonical form (empty for a text).

    ``rec``: its key. ``has_node``: whether it is a record with a node of its own, not only roles or shares of others.
    ``claims``: id and keys of both ends of those of its claims that are live and that the view shows.
    """

    evidence: dict[str, Any]
    fields: dict[str, str]
    rec: str
    has_node: bool
    claims: tuple[tuple[int, str, str], ...]


def row_told(ledger: Ledger, seq: int, view: View) -> Row | None:
    """The row of an entry; None when there is none, or when its content was erased."""
    c, e, p = t.claim.c, t.entry.c, t.payload.c
    with ledger.reading() as connection:
        query = select(e.seq, e.rec, e.source, e.file, e.row, p.body, null().label("data")).join(
            t.payload, p.seq == e.seq
        )
        # That a record was read again tells that somebody repaired it or objected: not for every reader.
        kinds = ("record", "reading") if view.level >= RESTRICTED else ("record",)
        row = connection.execute(query.where(e.seq == seq, e.kind.in_(kinds))).first()
        if row is None or (view.known_at is not None and seq > view.known_at):
            return None
        body = json.loads(row.body)
        read_from = select(p.body).where(p.seq == body.get("of", seq))
        fields = json.loads(connection.execute(read_from).scalar() or "{}").get("fields", {})
        told = select(c.id, c.a, c.b, c.level, c.shown_until).where(c.entry == seq, live_at(t.claim, view.known_at))
        live = [r for r in connection.execute(told) if visible(*openness(r.level, r.shown_until), view)]
        own = select(c.id).where(c.a == row.rec, c.relation == "").limit(1)
        has_node = connection.execute(own).first() is not None
    claims = tuple((r.id, str(r.a), str(r.b or r.a)) for r in live)
    return Row(_one(row), dict(fields), str(row.rec), has_node, claims)


def merged(found: dict[int, dict[str, Any]], claims: Sequence[int]) -> list[dict[str, Any]]:
    """The evidence of some claims, each row of a source once, oldest entry first."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for claim in claims:
        if claim in found:
            row = found[claim]
            rows.setdefault((row["seq"], str(row.get("span"))), row)
    return sorted(rows.values(), key=lambda r: (r["seq"], str(r.get("span"))))


def of_records(ledger: Ledger, keys: Iterable[str], view: View) -> dict[str, list[dict[str, Any]]]:
    """Evidence of record nodes by their ``rec:`` or ``doc:`` key: the entries whose node claims the view shows.

    What is said beside a version, a repair or an objection, has evidence of its own.
    """
    found: dict[str, dict[int, dict[str, Any]]] = {}
    known_at = view.known_at
    query = _OF_RECORDS_NOW if known_at is None else _OF_RECORDS.where(live_at(t.claim, known_at))
    with ledger.reading() as connection:
        for some in some_of(keys):
            for row in connection.execute(query, {"some": some}):
                if visible(*openness(row.level, row.shown_until), view):
                    found.setdefault(row.a, {}).setdefault(row.seq, _one(row))
    return {key: [rows[seq] for seq in sorted(rows)] for key, rows in found.items()}


def archived(
    ledger: Ledger, keys: Iterable[str], seq: int | None = None
) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Documents by ``doc:`` key as archived at ``seq``: payload, and facts with span and quote by place."""
    c, p = t.claim.c, t.payload.c
    found = []
    with ledger.reading() as connection:
        for key in keys:
            current = select(c.entry).where(c.a == key, c.relation == "", live_at(t.claim, seq)).limit(1)
            entry = connection.execute(current).scalar()
            body = connection.execute(select(p.body).where(p.seq == entry)).scalar() if entry else None
            if body is None:
                continue
            text = json.loads(body)
            # What persons confirmed of it stands in readings beside the version.
            read = select(t.entry.c.seq).where(t.entry.c.rec == key, unsought(t.entry.c.kind) == "reading")
            of_it = or_(c.entry == entry, c.entry.in_(read) & live_at(t.claim, seq))
            rows = connection.execute(select(c.relation, c.data).where(of_it, c.relation != ""))
            spans = [(relation, json.loads(data).get("s")) for relation, data in rows]
            facts = [
                {"relation": relation, "span": span, "quote": text["text"][span[0] : span[1]]}
                for relation, span in spans
                if span
            ]
            found.append((text, sorted(facts, key=lambda f: (f["span"], f["relation"]))))
    return found

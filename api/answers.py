"""Reach and the changes of a list, as bodies."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from api.cut import Narrow
from api.entities import Unanswerable, edge_evidence, entity, record_evidence
from graph.book.book import Book
from graph.ledger import tables as t
from graph.measures.catalogue import standing_catalogue
from graph.measures.reach import reach
from graph.measures.received import received
from graph.store.base import Node, Reader, View
from graph.store.items import own_id
from ingest import registry


def reach_body(book: Book, reader: Reader, view: View, node: Node) -> dict[str, Any]:
    """Who is reached by which measure and who is not, with the ground of each."""
    catalogue = standing_catalogue()
    found = reach(reader, view, node.id, catalogue, lambda edge: received(book, edge))
    records = {r.id: r for p in found.proposed for r in p.records}
    rows = record_evidence(book, list(records.values()), view)
    grounds = {e.id: e for p in found.proposed for e in p.grounds}
    grounds |= {e.id: e for r in found.not_reached for e in r.grounds}
    proof = edge_evidence(book, grounds.values())

    def evidence_of(parts: Sequence[list[dict[str, Any]]]) -> list[dict[str, Any]]:
        seen = {(row["seq"], str(row.get("span"))): row for part in parts for row in part}
        return list(seen.values())

    proposed = [
        {
            "measure": p.measure,
            "party": entity(p.party),
            "role": p.role,
            "hop": p.hop,
            "mode": p.mode,
            "basis": p.basis,
            "trigger": {"record": p.trigger.id, "kind": str(p.trigger.props.get("record_kind"))},
            "evidence": evidence_of([rows.get(r.id, []) for r in p.records] + [proof[e.id] for e in p.grounds]),
            "to_check": list(p.to_check),
            "until": p.until,
        }
        for p in found.proposed
    ]
    refused = [
        {
            "measure": r.measure,
            "party": entity(r.party)
            if r.party
            else {"id": None, "kind": "person", "name": r.party_name, "id_mask": None},
            "role": r.role,
            "reason": r.reason,
            "note": r.note,
            "evidence": evidence_of([proof[e.id] for e in r.grounds]),
        }
        for r in found.not_reached
    ]
    return {
        "subject": entity(node),
        "as_of": view.as_of,
        "known_at": book.seq(view),
        "truncated": False,
        "explored": found.explored,
        "catalogue": found.version,
        "proposed": proposed,
        "not_reached": refused,
        "disabled": [{"measure": d.measure, "reason": d.reason} for d in found.disabled],
    }


def list_of(asked: str) -> tuple[str, str]:
    """List id and source id of a list asked by either. Unanswerable 404."""
    known = {**registry.list_sources(), "L01a": "consumption-restrictions"}
    for list_id, source in known.items():
        if asked in (list_id, source):
            return list_id, source
    raise Unanswerable(404, "unknown list", f"no list {asked} is built; built are: {', '.join(sorted(known))}")


def delta_body(book: Book, view: View, asked: str, since: int, reader: Narrow | None = None) -> dict[str, Any]:
    """Every add, change and withdrawal of a list after a sequence, in order.

    With a ``reader`` that is cut: adds and changes of the entries that it shows. A withdrawal ends what such a reader
    may know of an entry, so it is told of those only that he sees whole.
    """
    list_id, source = list_of(asked)
    until = book.seq(view)
    e, p, c = t.entry.c, t.payload.c, t.claim.c
    query = select(e.seq, e.rec, e.source, e.file, e.row, p.body, c.data).select_from(
        t.entry.join(t.payload, p.seq == e.seq).join(t.claim, (c.entry == e.seq) & (c.a == e.rec) & (c.relation == ""))
    )
    where = (e.kind == "record", e.source == source, e.seq > since, e.seq <= until)
    with book.ledger.reading() as connection:
        rows = connection.execute(query.where(*where).order_by(e.seq)).all()
        abouts = select(c.entry, c.b).where(c.relation == "about", c.entry > since, c.entry <= until).order_by(c.id)
        subjects: dict[int, str] = {}
        for entry, key in connection.execute(abouts):
            subjects.setdefault(entry, str(key))
    told: Narrow | Reader
    if reader is None:
        told, view = book.view(known_at=view.known_at)
    else:
        told, ids = reader, [own_id(row.rec) for row in rows]
        entries, whole = reader.get(view, ids), reader.whole(view, ids)
        rows = [
            row
            for row in rows
            if (entry := own_id(row.rec)) in whole
            or (entry in entries and json.loads(row.body).get("op") != "withdraw")
        ]
    nodes = told.get(view, [own_id(key) for key in subjects.values()])
    changes = [
        _change(book, row, nodes.get(own_id(subjects.get(row.seq, "ctx:none/none"))))
        for row in rows
        if json.loads(row.data).get("p", {}).get("list") == list_id and "op" in json.loads(row.body)
    ]
    body: dict[str, Any] = {"list": list_id, "since": since, "known_at": until, "total": len(changes), "next": None}
    return body | {"truncated": False, "changes": changes}


def _change(book: Book, row: Any, subject: Node | None) -> dict[str, Any]:
    body = json.loads(row.body)
    meta, fields = body.get("meta", {}), body.get("fields", {})
    name = fields.get("subject_name") or fields.get("person_name") or fields.get("unit_name")
    proof = {
        "record": own_id(row.rec),
        "source": row.source,
        "file": row.file,
        "row": row.row,
        "document_no": meta.get("document_no"),
        "issuer": meta.get("issuer"),
        "date": meta.get("date"),
        "seq": row.seq,
    }
    return {
        "seq": row.seq,
        "op": body["op"],
        "entry": own_id(row.rec),
        "case_no": fields.get("case_no"),
        "document_no": meta.get("document_no"),
        "name": name,
        "subject": entity(subject) if subject else None,
        "reason": body.get("reason"),
        "fields": body.get("changed", []),
        "date": body.get("event_date") or meta.get("date"),
        "evidence": [proof],
    }

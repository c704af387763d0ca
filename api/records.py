"""Records, documents, lists and batches, as bodies."""

import json
from typing import Any

from sqlalchemy import func, select

from api.answers import list_of
from api.entities import Unanswerable, entity, is_subject, record_evidence
from api.proof import record_claims
from api.show import displayed
from graph.book.book import Book
from graph.book.evidence import archived
from graph.ledger import tables as t
from graph.ledger.ledger import live_at
from graph.measures.triggers import status
from graph.model.effects import PROPERTY, effects_of
from graph.store.base import Node, Reader, View
from graph.store.items import own_id


def _row(node: Node, view: View) -> dict[str, Any]:
    return {
        "id": node.id,
        "kind": node.kind,
        "name": node.name,
        "status": status(node, view.as_of or view.today),
        "displayed": displayed(node, view.today),
        "effects": [{"kind": e.kind, "from": e.start, "to": e.end or None} for e in effects_of(node.props)],
        "props": {name: value for name, value in node.props.items() if name != PROPERTY},
    }


def record_body(book: Book, reader: Reader, view: View, record: str) -> dict[str, Any]:
    """A record, whom it is about or names, and its evidence. Unanswerable 404 for anything else."""
    node = reader.get(view, [record]).get(record)
    if node is None or is_subject(node):
        raise Unanswerable(404, "unknown record", "no record of this id is known")
    edges = reader.neighbours(book.all_times(view), [node.id])
    ends = reader.get(view, [edge.other(node.id) for edge in edges])
    linked = [
        {"relation": edge.relation, "direction": "out" if edge.source == node.id else "in", "entity": entity(ends[end])}
        for edge in edges
        if (end := edge.other(node.id)) in ends
    ]
    body = {"record": _row(node, view), "linked": linked, "as_of": view.as_of, "known_at": book.seq(view)}
    proof = record_evidence(book, [node], view).get(node.id, [])
    body |= {"truncated": False, "explored": 1 + len(ends), "evidence": proof}
    return body | {"claims": record_claims(book, reader, view, node)}


def text_body(book: Book, reader: Reader, view: View, sha256: str) -> dict[str, Any]:
    """The archived text of a judgment, its ID numbers masked, and the span of every fact. Unanswerable 404."""
    e = t.entry.c
    with book.ledger.reading() as connection:
        query = select(e.rec).where(e.content == sha256, e.rec.startswith("doc:")).distinct()
        keys = [str(key) for key in connection.execute(query).scalars()]
    for key in keys:
        node = reader.by_key(view, key)
        if node is None:
            continue
        for text, facts in archived(book.ledger, [key], view.known_at):
            if text["sha256"] == sha256:
                body = {"sha256": sha256, "document": entity(node), "extractor": text["extractor"]}
                body |= {"text": text["text"], "facts": facts}
                return body | {"as_of": view.as_of, "known_at": book.seq(view), "truncated": False, "explored": 1}
    raise Unanswerable(404, "unknown document", "no document of this SHA-256 is known")


def list_entries(book: Book, reader: Reader, view: View, asked: str) -> tuple[str, str, list[Node]]:
    """List id, source and the entries that the view shows, ordered by id. Unanswerable 404."""
    list_id, source = list_of(asked)
    c, e = t.claim.c, t.entry.c
    query = select(c.a).join(t.entry, e.seq == c.entry).where(c.relation == "", live_at(t.claim, view.known_at))
    with book.ledger.reading() as connection:
        found = connection.execute(query.where(e.source == source, c.a.startswith("rec:")).distinct()).scalars()
        ids = [own_id(str(key)) for key in found]
    nodes = {node.id: node for node in reader.get(view, ids).values() if node.props.get("list") == list_id}
    return list_id, source, [nodes[i] for i in sorted(nodes)]


def entry_rows(book: Book, reader: Reader, view: View, nodes: list[Node]) -> list[dict[str, Any]]:
    """Entries of a list as rows, with subject and evidence."""
    edges = reader.neighbours(view, [node.id for node in nodes], ("about",), "out")
    subjects = reader.get(view, [edge.target for edge in edges])
    about = {edge.source: subjects[edge.target] for edge in reversed(edges) if edge.target in subjects}
    proof = record_evidence(book, nodes, view)
    return [
        {
            "entry": node.id,
            "subject": entity(about[node.id]) if node.id in about else None,
            "status": status(node, view.as_of or view.today),
            "displayed": displayed(node, view.today),
            "from": node.props.get("active_from"),
            "to": node.props.get("active_to"),
            "document_no": node.props.get("document_no"),
            "evidence": proof.get(node.id, []),
        }
        for node in nodes
    ]


def batches_body(book: Book, before: int | None, limit: int) -> tuple[dict[str, Any], int | None]:
    """Receipts, the latest first, and the sequence after which the next page begins."""
    e, p = t.entry.c, t.payload.c
    # A decision that has records read again ends with a boundary of kind batch too, which is no load.
    loads = (e.kind == "batch", e.batch != "")
    with book.ledger.reading() as connection:
        total = connection.execute(select(func.count()).select_from(t.entry).where(*loads)).scalar_one()
        query = select(e.seq, e.at, p.body).join(t.payload, p.seq == e.seq).where(*loads)
        if before is not None:
            query = query.where(e.seq < before)
        rows = connection.execute(query.order_by(e.seq.desc()).limit(limit + 1)).all()
    results = [{"at": row.at, **json.loads(row.body)} for row in rows[:limit]]
    following = int(rows[limit - 1].seq) if len(rows) > limit else None
    return {"total": int(total), "results": results}, following


def batch_body(book: Book, batch: str) -> dict[str, Any]:
    """One receipt. Unanswerable 404."""
    e, p = t.entry.c, t.payload.c
    with book.ledger.reading() as connection:
        query = select(e.at, p.body).join(t.payload, p.seq == e.seq).where(e.kind == "batch", e.batch == batch)
        row = connection.execute(query).first()
    if row is None:
        raise Unanswerable(404, "unknown batch", "no batch of this id is known")
    return {"at": row.at, **json.loads(row.body)}

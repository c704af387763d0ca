"""Cases as bodies: a line of the desk, and one case with all that a person needs to decide it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from api.answers import reach_body
from api.asking import Question
from api.cases.desk import Desk, Wanted, overdue
from api.cases.next import next_steps
from api.cases.remedies import remedy_body
from api.cut import Narrow
from api.entities import entity
from graph.book.evidence import claims_told, of_records
from graph.ledger import cases
from graph.ledger.cases import Event, Row
from graph.measures.cases import acts
from graph.measures.cases.machine import kinds
from graph.measures.catalogue import Measure, standing_catalogue
from graph.measures.triggers import status
from graph.model.claims import SHARED
from graph.store.base import Node
from graph.store.items import own_id


@cache
def measures() -> Mapping[str, Measure]:
    """The rows of the catalogue by id."""
    return {measure.id: measure for measure in standing_catalogue().measures}


def _name(measure: str) -> str:
    row = measures().get(measure)
    return row.name_zh if row else measure


def nodes_of(asked: Question, keys: Sequence[str]) -> dict[str, Node]:
    """The nodes of keys that the reader shows, by key."""
    found = asked.reader.get(asked.view, sorted({own_id(key) for key in keys}))
    return {key: found[own_id(key)] for key in keys if own_id(key) in found}


def lines(asked: Question, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Cases as lines of a desk."""
    nodes = nodes_of(asked, [key for row in rows for key in (row.subject, row.party)])
    return [_line(row, nodes) for row in rows]


def _line(row: Row, nodes: Mapping[str, Node]) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "flag": row.flag or None,
        "measure": row.measure,
        "name": _name(row.measure) or kinds()[row.kind].zh,
        "subject": _who(nodes.get(row.subject)),
        "party": _who(nodes.get(row.party)),
        "role": row.role,
        "body": row.body,
        "parent": row.parent or None,
        "opened": row.opened,
        "last": row.last,
        "due": row.due or None,
        "overdue": overdue(row),
    }


def _who(node: Node | None) -> dict[str, Any]:
    """Somebody as an entity; without id and name whom the reader does not show."""
    return entity(node) if node else {"id": None, "kind": "", "name": ""}


def list_body(desk: Desk, wanted: Wanted, limit: int, cursor: str | None) -> dict[str, Any]:
    """The cases that a caller sees: ``{"total", "next", "results"}``, the nearest day first."""
    total, following, rows = desk.found(wanted, limit, cursor)
    body = {"total": total, "next": following, "results": lines(desk.asked, rows)}
    return body | desk.asked.times(len(rows))


def use_body(desk: Desk) -> dict[str, Any]:
    """How measures are used: counts by kind of case, measure, body and state."""
    told = [
        {"kind": kind, "measure": measure, "name": _name(measure), "body": body, "state": state, "count": count}
        for (kind, measure, body, state), count in sorted(desk.use().items())
    ]
    return {"total": len(told), "next": None, "results": told} | desk.asked.times(len(told))


def case_body(desk: Desk, case: str) -> dict[str, Any]:
    """One case with its argument, its steps, what may be done next, its tasks and what would end it.

    Unanswerable 404 for a case that the caller does not see.
    """
    row, asked = desk.get(case), desk.asked
    with asked.book.ledger.reading() as connection:
        events = cases.events(connection, row.id)
        root = cases.get(connection, row.parent) if row.parent else row
        above = cases.events(connection, row.parent) if row.parent else events
    argument = acts.argument(above)
    told, *others = lines(asked, [row, *([root] if root and row.parent else []), *desk.parts(row.id)])
    body: dict[str, Any] = {"case": told, "parent": others.pop(0) if root and row.parent else None, "tasks": others}
    body |= {"proposal": _proposal(asked, argument) if "measure" in argument else None}
    body |= {"remedy": remedy_body(desk, row, events)}
    body |= {"not_reached": _not_reached(asked, row), "ends": _ends(row, argument)}
    body |= {"steps": [_step(event) for event in events], "next": next_steps(row, events, desk.caller)}
    if row.parent:
        body["decided"] = [step for step in map(_step, above) if step["by"]["key"] != "system"]
    return body | asked.times(1 + len(others))


def _ends(row: Row, argument: Mapping[str, Any]) -> dict[str, Any]:
    """What would end a measure: the words of the catalogue as it stands, and the first day without a record."""
    measure = measures().get(row.measure)
    return {
        "conditions": measure.end_conditions if measure else None,
        "term": measure.term if measure else argument.get("term"),
        "until": argument.get("until"),
    }


def _step(event: Event) -> dict[str, Any]:
    body = event.body or {}
    row = body.get("row", {})
    told = {"seq": event.seq, "at": event.at, "transition": event.transition, "state": row.get("state")}
    told |= {"by": body.get("by", {"key": "", "body": ""}), "flag": row.get("flag") or None}
    return told | {"fields": dict(body.get("fields", {})), "why": body.get("why")}


def _not_reached(asked: Question, row: Row) -> list[dict[str, Any]]:
    """Whom the same measure does not reach through the same subject, and what is lacking."""
    if row.kind != acts.MEASURE:
        return []
    subject = nodes_of(asked, [row.subject]).get(row.subject)
    if subject is None:
        return []
    answer = reach_body(asked.book, asked.reader, asked.view, subject)
    return [refusal for refusal in answer["not_reached"] if refusal["measure"] == row.measure]


def _proposal(asked: Question, argument: Mapping[str, Any]) -> dict[str, Any]:
    """The latest argument of a case, with what the reader may see of its evidence."""
    names = ("measure", "name", "act", "basis", "term", "mode", "hop", "role", "until", "to_check", "catalogue", "rule")
    told: dict[str, Any] = {name: argument[name] for name in names}
    told |= {"deciding": argument["deciding"], "implementing": argument["implementing"]}
    proof = evidence_of(asked, [claim for ground in argument["grounds"] for claim in ground["claims"]])
    told["grounds"] = [
        {name: ground[name] for name in ("relation", "from", "to")}
        | {"evidence": [proof[claim] for claim in ground["claims"] if claim in proof]}
        for ground in argument["grounds"]
    ]
    nodes = nodes_of(asked, [record["key"] for record in argument["records"]])
    rows = _rows_of(asked, list(nodes.values()))
    told["records"] = [
        {
            "id": node.id,
            "kind": record["kind"],
            "name": node.name,
            "document_no": node.props.get("document_no"),
            "issuer": node.props.get("issuer"),
            "date": node.props.get("date"),
            "status": status(node, asked.view.today),
            "evidence": rows.get(node.id, []),
        }
        for record in argument["records"]
        if (node := nodes.get(record["key"]))
    ]
    told["records_hidden"] = len(argument["records"]) - len(told["records"])
    return told


def _rows_of(asked: Question, records: Sequence[Node]) -> dict[str, list[dict[str, Any]]]:
    """The rows of records by node id; of a record that the reader does not see whole what departments see."""
    whole = _whole(asked, [record.id for record in records])
    lower = replace(asked.view, level=min(asked.view.level, SHARED))
    found: dict[str, list[dict[str, Any]]] = {}
    for view, ids in ((asked.view, whole), (lower, {record.id for record in records} - whole)):
        keys = {key: record.id for record in records if record.id in ids for key in record.keys}
        for key, some in of_records(asked.book.ledger, keys, view).items():
            found.setdefault(keys[key], []).extend(some)
    return found


def _whole(asked: Question, ids: Sequence[str]) -> frozenset[str]:
    """Those of some records of which the reader sees everything."""
    reader = asked.reader
    return reader.whole(asked.view, ids) if isinstance(reader, Narrow) else frozenset(ids)


def evidence_of(asked: Question, claims: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Evidence by claim id, of those claims that the reader may see.

    A claim of a row that is a record of its own shows with that record: whole, or as departments see it.
    """
    told = claims_told(asked.book.ledger, claims, asked.view)
    ids = sorted({claim["evidence"]["record"] for claim in told})
    records = asked.book.store.get(asked.view, ids).keys()
    shown, whole = asked.reader.get(asked.view, ids), _whole(asked, ids)

    def seen(claim: Mapping[str, Any]) -> bool:
        record = claim["evidence"]["record"]
        return record in whole or record not in records or (record in shown and claim["open_to"] <= SHARED)

    return {claim["claim"]: claim["evidence"] for claim in told if seen(claim)}

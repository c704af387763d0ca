"""Repairs and objections as they are told: the record, the clock that runs, severity, papers and what to check."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from api.cases.desk import Desk
from api.entities import entity
from graph.ledger import cases
from graph.ledger.cases import Event, Row
from graph.measures.cases.clocks import clock_on
from graph.measures.cases.remedies import REMEDIES, REPAIR, fields_of, plea_of
from graph.measures.cases.severity import bar, severity_of
from graph.measures.triggers import status
from graph.store.items import own_id


def remedy_body(desk: Desk, row: Row, events: Sequence[Event]) -> dict[str, Any] | None:
    """What a repair or an objection is about and how far it is; None for another case, or once it was erased."""
    plea = plea_of(events)
    if row.kind not in REMEDIES or plea is None:
        return None
    known, asked = fields_of(events), desk.asked
    record = asked.reader.get(asked.view, [own_id(row.ground)]).get(own_id(row.ground))
    severity = severity_of(record, asked.view.today, known.get("severity", "")) if record else None
    return {
        "number": row.id,
        "record": entity(record) if record else None,
        "record_status": status(record, asked.view.today) if record else None,
        "document_no": plea.number,
        "issuer": plea.issuer,
        "determining": plea.determining,
        "ground": known.get("ground"),
        "papers": {name: known.get(name) for name in ("performance_proof", "commitment", "evidence")},
        "clock": _clock(row, events),
        "severity": asdict(severity) if severity else None,
        "to_check": _to_check(desk, row, asdict(severity) if severity else {}),
    }


def _clock(row: Row, events: Sequence[Event]) -> dict[str, Any] | None:
    """The clock that runs now: working days, the rule, and how well that was read (known, verified, design)."""
    entered = [event.at[:10] for event in events if event.body and event.body["row"]["state"] == row.state]
    clock = clock_on(row.kind, row.state, entered[-1]) if entered and row.due else None
    names = ("working_days", "basis", "confidence", "counts")
    return {name: getattr(clock, name) for name in names} if clock else None


def _to_check(desk: Desk, row: Row, severity: Mapping[str, Any]) -> list[str]:
    """What the rules tell and nothing here decides: display, severity, an earlier cheat."""
    if row.kind != REPAIR:
        return []
    found = []
    if not severity.get("severity"):
        found.append("severity: not known from the data; the deciding body tells it")
    elif severity.get("earliest") and severity["earliest"] > desk.asked.view.today:
        found.append(f"shortest display: over on {severity['earliest']} ({severity['confidence']}; start doubtful)")
    with desk.asked.book.ledger.reading() as connection:
        others = [other for other in cases.of_keys(connection, [row.subject]) if other.kind == REPAIR]
        known = {other.id: fields_of(cases.events(connection, other.id)) for other in others if other.id != row.id}
    rule = bar()
    for case, fields in sorted(known.items()):
        if "revoked_on" not in fields:
            continue
        revoked = date.fromisoformat(fields["revoked_on"])
        until = date(revoked.year + int(rule["years"]), revoked.month, min(revoked.day, 28)).isoformat()
        if until > desk.asked.view.today:
            told = f"bar after false material until {until} ({rule['confidence']}: {rule['basis']})"
            found.append(f"{told}; the case is {case}")
    return found

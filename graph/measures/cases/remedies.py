"""Repair (信用修复) and objection (异议): cases that somebody opens about a record of his, and that two bodies handle.

The platform takes an application and passes it on; the body that determined the record decides (国办发〔2025〕22号: who
determined, repairs). What a case does to the record is done by a row of the source ``repairs`` or ``objections``
(:mod:`ingest.remedies`), never here.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from graph.ledger import cases
from graph.ledger.cases import Event, Row
from graph.ledger.clock import today
from graph.ledger.ledger import Writer
from graph.measures.cases import clocks
from graph.measures.cases.machine import Actor, NotAllowed, Transition, kinds, opening

REPAIR, OBJECTION = "repair", "objection"
REMEDIES = frozenset({REPAIR, OBJECTION})

#: The word for the credit platform as a body.
PLATFORM = "信用平台"

#: States in which nothing has been decided: as long as a case is in one, no other may be opened about its record.
PENDING: Mapping[str, frozenset[str]] = {
    REPAIR: frozenset({"submitted", "need_supplement", "forwarded", "accepted", "verifying", "extended"}),
    OBJECTION: frozenset({"submitted", "verifying", "extended"}),
}

#: Days of a granted repair that may not lie before the decision.
STOP_DAYS = ("publish_stopped_on", "share_stopped_on", "measures_released_on")


@dataclass(frozen=True, slots=True)
class Plea:
    """What a case is about, as it is kept with it. ``record``: key of the record; ``number``: how the record is cited.

    ``determining``: the body that decides, as a key names it; ``issuer``: its name in the record; ``source``: of the
    record; ``info_kind``: what Order 36 calls the record, "" for an objection.
    """

    record: str
    number: str
    source: str
    issuer: str
    determining: str
    info_kind: str = ""


def plea_of(events: Sequence[Event]) -> Plea | None:
    """What a case was opened about; None once an erasure took it, and for a case of another kind."""
    body = events[0].body if events else None
    return Plea(**body["plea"]) if body and "plea" in body else None


def fields_of(events: Sequence[Event]) -> dict[str, str]:
    """Everything given with the steps of a case, the latest of a name."""
    return {name: text for event in events if event.body for name, text in event.body["fields"].items()}


def _whose(plea: Plea, who: str) -> str:
    return PLATFORM if who == "platform" else plea.determining


def bodies_of(row: Row, events: Sequence[Event], step: Transition | None) -> tuple[str, ...]:
    """The bodies that may take a step: of a measure or task its body, here the platform or whoever determined."""
    plea = plea_of(events)
    return (_whose(plea, step.who),) if plea and step else (row.body,)


def body_then(row: Row, events: Sequence[Event], state: str) -> str:
    """The body whose turn it is in a state; that of the row for other kinds of case."""
    plea = plea_of(events)
    return _whose(plea, kinds()[row.kind].states[state].turn) if plea else row.body


def began(row: Row, step: Transition, fields: Mapping[str, str]) -> str:
    """The day from which the clock of the next state runs: here that of the act itself, entered later or not."""
    days = (fields[name] for name in step.needs if name.endswith("_on") and name in fields)
    return next(days, today()) if row.kind in REMEDIES else today()


def check_step(row: Row, events: Sequence[Event], transition: str, fields: Mapping[str, str]) -> None:
    """Rules of a step that its state does not tell. NotAllowed."""
    if row.kind != REPAIR:
        return
    known = fields_of(events) | dict(fields)
    if transition == "forward" and not known.get("commitment"):
        raise NotAllowed("papers_missing", "commitment: name the letter of commitment first, or ask for it")
    if transition == "grant":
        if not known.get("performance_proof"):
            raise NotAllowed("papers_missing", "performance_proof: name the proof that the duties are performed")
        for name in STOP_DAYS:
            if fields[name] < fields["decided_on"]:
                raise NotAllowed("dates_out_of_order", f"{name} {fields[name]} lies before decided_on")
    if transition == "revoke" and all(event.transition != "grant" for event in events):
        raise NotAllowed("never_granted", "revoke: this repair was never granted")


def open_remedy(
    writer: Writer, kind: str, subject: str, plea: Plea, actor: Actor, given: Mapping[str, object]
) -> tuple[Row, dict[str, str]]:
    """Begin a case: how it stands, and its fields as kept. NotAllowed for fields missing, unknown or no day."""
    told = kinds()[kind]
    fields = opening(told, "apply", {"submitted_on": today()} | dict(given), today())
    name = "c" + hashlib.sha256(f"{kind}|{subject}|{plea.record}|{writer.seq + 1}".encode()).hexdigest()[:23]
    until = clocks.due(kind, told.start, fields["submitted_on"])
    body = _whose(plea, told.states[told.start].turn)
    row = Row(name, kind, told.start, "", "", subject, subject, "subject", body, plea.record, "", 0, 0, until)
    # Who may see a case is told by the records of its argument, as for a measure.
    argument = {"records": [{"key": plea.record}], "grounds": []}
    by = {"key": actor.key, "body": actor.body}
    more: dict[str, Any] = {"by": by, "fields": fields, "plea": asdict(plea), "argument": argument}
    return cases.write(writer, row, "apply", more), fields

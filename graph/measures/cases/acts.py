"""What people and the engine do to cases, as steps in the ledger; tasks follow their case."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.ledger import cases
from graph.ledger.cases import Event, Row
from graph.ledger.clock import today
from graph.ledger.ledger import Writer
from graph.measures.cases import clocks, remedies
from graph.measures.cases.machine import SYSTEM, Actor, NotAllowed, Step, kinds, taken

MEASURE, TASK, RELEASE = "measure", "task", "release"

#: Flags: a person has to look at the case; while an objection is open nothing new may be done from its record.
GROUND_CHANGED, OBJECTED = "ground_changed", "objected"

#: Steps that go on with a measure, and what is said of each flag that stops them.
ONWARDS = frozenset({"notice", "decide", "enforce"})
STOPPED_BY = {
    OBJECTED: ("objection_open", "an objection to its record is open; refuse, or wait"),
    GROUND_CHANGED: ("ground_changed", "what it rests on has changed; confirm or refuse first"),
}

#: States in which a person has said no to this very ground: it is not proposed again until it changes.
SETTLED = frozenset({"refused", "lifted"})

#: States after which nobody may go on carrying a measure out.
_OVER = frozenset({"ended", "lifted"})


class Unknown(LookupError):
    """There is no case of this id."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A case in the making, by what tells it from others of its kind."""

    kind: str
    measure: str
    subject: str
    party: str
    role: str
    body: str
    ground: str = ""
    parent: str = ""


def open_case(writer: Writer, case: Opened, transition: str, told: Mapping[str, Any]) -> Row:
    """Begin a case; its id is of what it is about and of the sequence in which it began."""
    about = "|".join((case.kind, case.measure, case.subject, case.party, case.role, case.body, case.parent))
    name = "c" + hashlib.sha256(f"{about}|{writer.seq + 1}".encode()).hexdigest()[:23]
    state = kinds()[case.kind].start
    row = Row(
        name, case.kind, state, "", case.measure, case.subject, case.party, case.role, case.body, case.ground,
        case.parent, 0, 0, clocks.due(case.kind, state, today()),
    )  # fmt: skip
    return cases.write(writer, row, transition, _by(SYSTEM, SYSTEM) | dict(told))


def _by(key: str, body: str, fields: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"by": {"key": key, "body": body}, "fields": dict(fields or {})}


def follow(
    writer: Writer, row: Row, transition: str, told: Mapping[str, Any], *, flag: str = "", ground: str | None = None
) -> Row:
    """A step that follows from the graph, after which the row has this flag and, if given, this ground."""
    step = kinds()[row.kind].transitions[transition]
    state = row.state if step.target == "same" else step.target
    due = row.due if state == row.state else clocks.due(row.kind, state, today())
    after = row._replace(state=state, due=due, flag=flag, ground=row.ground if ground is None else ground)
    done = cases.write(writer, after, transition, _by(SYSTEM, SYSTEM) | dict(told))
    if row.kind == MEASURE and done.state != row.state:
        _tasks_follow(writer, done)
    return done


def _steps(events: list[Event]) -> list[Step]:
    told = [(event.transition, event.body) for event in events if event.body]
    return [Step(name, body["by"]["key"], body["by"]["body"], body["fields"]) for name, body in told]


def argument(events: list[Event]) -> dict[str, Any]:
    """The latest argument of a case, {} for one that has none."""
    found = [event.body["argument"] for event in events if event.body and "argument" in event.body]
    return dict(found[-1]) if found else {}


def act(writer: Writer, case: str, transition: str, actor: Actor, given: Mapping[str, object]) -> Row:
    """A step that a person takes. Unknown, NotAllowed; nothing is written then."""
    row = cases.get(writer.connection, case)
    if row is None:
        raise Unknown(case)
    if row.flag in STOPPED_BY and transition in ONWARDS:
        code, why = STOPPED_BY[row.flag]
        raise NotAllowed(code, f"{transition}: {why}")
    events, step = cases.events(writer.connection, case), kinds()[row.kind].transitions.get(transition)
    bodies = remedies.bodies_of(row, events, step)
    state, fields = taken(kinds()[row.kind], row.state, _steps(events), transition, actor, bodies, given, today())
    assert step, "taken"
    remedies.check_step(row, events, transition, fields)
    due, body = row.due, remedies.body_then(row, events, state)
    if state != row.state:
        due = clocks.due(row.kind, state, remedies.began(row, step, fields), row.due)
    flag = "" if transition == "confirm" and row.flag == GROUND_CHANGED else row.flag
    after = cases.write(
        writer, row._replace(state=state, due=due, flag=flag, body=body), transition, _by(actor.key, actor.body, fields)
    )
    if row.kind == MEASURE and after.state != row.state:
        _tasks_follow(writer, after)
    return after


def _tasks_follow(writer: Writer, row: Row) -> None:
    """A measure in force gives each implementing body its task; one that ended takes them back.

    Who was told of it, by taking the task on or by reporting, is told again: with a task to release.
    """
    writer.flush()
    connection = writer.connection
    if row.state == "in_force":
        for body in argument(cases.events(connection, row.id)).get("implementing", ()):
            sent = Opened(TASK, row.measure, row.subject, row.party, row.role, body, parent=row.id)
            open_case(writer, sent, "send", {})
    elif row.state in _OVER:
        for task in cases.parts_of(connection, row.id):
            if task.kind != TASK or task.state == "withdrawn":
                continue
            follow(writer, task, "withdraw", {"why": "the measure has ended"})
            release = Opened(RELEASE, row.measure, row.subject, row.party, row.role, task.body, parent=row.id)
            if task.state != "sent":
                open_case(writer, release, "send", {})

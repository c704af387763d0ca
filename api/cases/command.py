"""``creditgraph cases``: let cases follow the graph, list and show them, enter what a body did, write its tasks."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.asking import Question
from api.auth import Caller
from api.cases.acting import act_body
from api.cases.desk import Desk, Wanted
from api.cases.lodging import receipt_body
from api.cases.paper import lines_of, word_file
from api.cases.taskfile import write_tasks
from api.cases.told import case_body, list_body
from api.commands import Answer, find_asked, opened
from api.entities import Unanswerable
from graph.book.book import Book
from graph.ledger.clock import today
from graph.measures.cases.machine import kinds
from graph.measures.cases.sync import Synced, sync
from graph.store.room import no_room

#: What each verb cannot do without.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "sync": (),
    "list": (),
    "show": ("id",),
    "act": ("id", "transition", "body"),
    "apply": ("id", "subject", "record", "ground"),
    "tasks": ("body", "out"),
    "paper": ("id", "transition", "out"),
}


def cases_command(args: argparse.Namespace) -> Answer:
    """One verb of ``cases``. Unanswerable 400, 403, 404; NotAllowed."""
    for name in _NEEDS[args.verb]:
        if not getattr(args, name):
            told = {"id": "CASE", "transition": "a step"}.get(name, f"--{name}")
            told = "repair or objection" if (args.verb, name) == ("apply", "id") else told
            raise Unanswerable(400, "incomplete command", f"cases {args.verb} needs {told}")
    if not 1 <= args.limit <= 1000:
        raise Unanswerable(400, "bad limit", "--limit: expected 1 to 1000")
    with opened() as book:
        if args.verb == "sync":
            return synced_body(sync(book, everybody=args.everybody)), 0
        return _VERBS[args.verb](_desk(book, args.by), args), 0


def synced_body(done: Synced) -> dict[str, Any]:
    """What a run did, by kind of step."""
    return asdict(done) | {"steps": done.steps}


def _desk(book: Book, by: str = "") -> Desk:
    """The desk of the command line; ``by`` tells apart the persons who use it."""
    reader, view = book.view(as_of=today())
    return Desk(Question(book, reader, view), Caller(f"cli {by}".strip(), "operator"))


def _list(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    asked, keys = desk.asked, None
    if args.subject:
        keys = find_asked(asked.book, asked.reader, asked.view, args.subject)[0].keys
    wanted = Wanted(args.state, args.kind, args.measure, args.body, keys, args.overdue)
    return list_body(desk, wanted, args.limit, args.cursor)


def _show(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    return case_body(desk, args.id)


def _act(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    kind = kinds()[desk.get(args.id).kind]
    step = kind.transitions.get(args.transition)
    if step and step.other_than and not args.by:
        told = f"--by: say who enters it; it must be another person than the one who entered {step.other_than}"
        raise Unanswerable(400, "nobody named", told)
    given = {"transition": args.transition, "body": args.body, "reason": args.reason}
    given |= {"document_no": args.document_no, "effect": args.effect} | _fields(args.field)
    if args.on:
        field = next((name for name in step.needs if name.endswith("_on")), None) if step else None
        if field is None:
            raise Unanswerable(400, "no day", f"--on: {args.transition} asks for no day")
        given[field] = args.on
    return act_body(desk, args.id, given)


def _fields(told: list[str]) -> dict[str, str]:
    """What ``--field NAME=TEXT`` gave. Unanswerable 400."""
    for text in told:
        if "=" not in text:
            raise Unanswerable(400, "bad field", "--field: expected NAME=TEXT")
    return dict(text.split("=", 1) for text in told)


def _apply(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    given = {"kind": args.id, "subject": args.subject, "record": args.record, "ground": args.ground}
    return receipt_body(desk, given | {"submitted_on": args.on, "reason": args.reason} | _fields(args.field))


def _tasks(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    return {"rows": write_tasks(desk, args.body, Path(args.out)), "out": Path(args.out).name}


def _paper(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    out = Path(args.out)
    try:
        out.write_bytes(word_file(lines_of(case_body(desk, args.id), args.transition)))
    except OSError as error:
        if no_room(error, out.absolute().parent):
            raise
        raise Unanswerable(400, "unwritable file", f"--out {out.name}: {error.strerror}") from None
    return {"paper": args.transition, "out": out.name}


_VERBS = {"list": _list, "show": _show, "act": _act, "apply": _apply, "tasks": _tasks, "paper": _paper}

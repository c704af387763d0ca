"""What may be done next in a case by somebody, what each step needs, and why a step is not open to him."""

from collections.abc import Sequence
from typing import Any

from api.auth import ACTIONS, Caller, names_body
from graph.ledger.cases import Event, Row
from graph.measures.cases import acts
from graph.measures.cases.machine import SYSTEM, Transition, kinds
from graph.measures.cases.remedies import bodies_of

#: Fields that every step takes.
_ALWAYS = ("reason", "document_no")


def next_steps(row: Row, events: Sequence[Event], caller: Caller) -> list[dict[str, Any]]:
    """Each step that starts where the case is: ``{"transition", "to", "body", "needs", "takes", "words", "why_not"}``.

    ``why_not``: the code of the rule that keeps this caller from it, None when he may take it. A caller without a body
    of his own must name ``body`` besides, the one that may take it.
    """
    kind = kinds()[row.kind]
    return [
        {
            "transition": step.name,
            "to": row.state if step.target == "same" else step.target,
            "body": bodies_of(row, events, step)[0],
            "needs": list(step.needs),
            "takes": list(dict.fromkeys((*step.needs, *step.takes, *_ALWAYS))),
            "words": {name: list(kind.words[name]) for name in (*step.needs, *step.takes) if name in kind.words},
            "why_not": _why_not(step, row, events, caller),
        }
        for step in kind.next(row.state)
        if step.who != SYSTEM
    ]


def _why_not(step: Transition, row: Row, events: Sequence[Event], caller: Caller) -> str | None:
    if caller.role not in ACTIONS["act_cases"]:
        return "not_allowed"
    if not names_body(caller) and caller.body not in bodies_of(row, events, step):
        return "wrong_body"
    if row.flag in acts.STOPPED_BY and step.name in acts.ONWARDS:
        return acts.STOPPED_BY[row.flag][0]
    before = [event.body["by"]["key"] for event in events if event.body and event.transition == step.other_than]
    return "same_person" if before and before[-1] == caller.key else None

"""A step that somebody takes in a case, from a body to the case as it stands then."""

from collections.abc import Mapping
from typing import Any

from api.auth import acting_body
from api.cases.after import follow
from api.cases.desk import Desk
from api.cases.told import case_body
from api.entities import Unanswerable
from graph.measures.cases.machine import Actor
from graph.measures.cases.remedies import REMEDIES
from ingest.masking import mask_cell
from ingest.remedies import act


def fields_of(document: object) -> tuple[str, str, dict[str, str]]:
    """Transition, body named and fields of ``{"transition", "body", …}``. Unanswerable 400.

    ID numbers in them are masked: the ledger holds none.
    """
    if not isinstance(document, dict) or not all(isinstance(text, str | None) for text in document.values()):
        raise Unanswerable(400, "bad step", "expected an object with transition and its fields, all of them text")
    told = {mask_cell(name): mask_cell(text) for name, text in document.items() if text}
    transition = told.pop("transition", "")
    if not transition:
        raise Unanswerable(400, "bad step", "transition: expected the name of a step; the case tells which it takes")
    return transition, told.pop("body", "").strip(), told


def act_body(desk: Desk, case: str, document: object) -> dict[str, Any]:
    """Take a step; the case as it stands then. Unanswerable 400, 403, 404; NotAllowed, and nothing is written."""
    transition, named, fields = fields_of(document)
    row = desk.get(case)
    take(desk, row.id, transition, named, fields)
    return case_body(desk, row.id)


def take(desk: Desk, case: str, transition: str, named: str, fields: Mapping[str, str]) -> None:
    """Write a step of the caller of a desk; cases of measures follow what a repair or an objection brought about."""
    actor = Actor(desk.caller.key, acting_body(desk.caller, named))
    if act(desk.asked.book, case, transition, actor, fields).kind in REMEDIES:
        follow(desk.asked.book)

"""Repairs and objections lodged by staff for an applicant, who has no key: the receipt has the number to ask by."""

from typing import Any

from api.auth import names_body
from api.cases.after import follow
from api.cases.desk import Desk
from api.cases.remedies import remedy_body
from api.cases.told import lines
from api.entities import Unanswerable
from graph.ledger import cases
from graph.ledger.cases import Row
from graph.measures.cases.machine import Actor
from graph.measures.cases.remedies import PLATFORM
from ingest.masking import mask_cell
from ingest.remedies import Application, apply, record_of


def receipt_body(desk: Desk, document: object) -> dict[str, Any]:
    """Lodge a case: its line and what it is about; its id is the number under which its state is asked.

    Told to whoever lodged it, though the next step be another body's. As :func:`_lodged`.
    """
    row = _lodged(desk, document)
    follow(desk.asked.book)
    with desk.asked.book.ledger.reading() as connection:
        events = cases.events(connection, row.id)
    return {"case": lines(desk.asked, [row])[0], "remedy": remedy_body(desk, row, events)} | desk.asked.times(1)


def _lodged(desk: Desk, document: object) -> Row:
    """Open the case of ``{"kind", "subject", "record", "ground", …}``. Unanswerable 400, 404; NotAllowed.

    The caller names a record that he sees. ID numbers in the fields are masked: the ledger holds none.
    """
    if not isinstance(document, dict) or not all(isinstance(text, str | None) for text in document.values()):
        raise Unanswerable(400, "bad application", "expected an object with kind, subject, record and fields, all text")
    told = {mask_cell(name): text for name, text in document.items() if text}
    missing = [name for name in ("kind", "subject", "record") if name not in told]
    if missing:
        raise Unanswerable(400, "bad application", f"{missing[0]}: an application needs it")
    kind, asked, number = (told.pop(name) for name in ("kind", "subject", "record"))
    subject = desk.asked.find(asked)[0]
    record = record_of(desk.asked.reader, desk.asked.view, subject, number)
    fields = {name: mask_cell(text) for name, text in told.items()}
    body = PLATFORM if names_body(desk.caller) or not desk.caller.body else desk.caller.body
    application = Application(kind, subject.id, record.id, fields)
    return apply(desk.asked.book, application, Actor(desk.caller.key, body))

"""Screening of rows against the lists. ID numbers come in the body only and leave masked."""

import csv
import io
import json
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.asking import Question, Timed, TimedCall
from api.entities import Unanswerable
from api.posted import posted
from api.screening import FIELDS, BookLookups, answer_row, queries_of
from graph.measures.screening import screen_row

router = APIRouter(tags=["screening"])

#: Rows of one call; more go through the command line.
_ROWS = 10_000

_ROW = {"type": "object", "properties": {name: {"type": "string"} for name in FIELDS}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["rows"],
                    "properties": {"rows": {"type": "array", "maxItems": _ROWS, "items": _ROW}},
                },
                "example": {"rows": [{"name": "岚汀市荻苇机电设备有限公司", "uscc": "", "id_no": ""}]},
            },
            "text/csv": {"schema": {"type": "string"}, "example": "name,uscc,id_no\n岚汀市荻苇机电设备有限公司,,\n"},
        },
    }
}


def _from_json(text: str) -> list[dict[str, str]]:
    body = json.loads(text)
    rows = body.get("rows") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise ValueError("expected an object with rows, a list")
    found = []
    for row in rows:
        if not isinstance(row, dict) or any(not isinstance(row.get(name, ""), str | None) for name in FIELDS):
            raise ValueError("a row is an object with the texts name, uscc, id_no")
        found.append({name: (row.get(name) or "").strip() for name in FIELDS})
    return found


def _queries(content: bytes, kind: str) -> list[dict[str, str]]:
    """The rows of a body; Unanswerable 400, 413 or 415. No message repeats what was sent."""
    if kind not in ("application/json", "text/csv"):
        raise Unanswerable(415, "unknown format", "expected application/json or text/csv")
    try:
        text = content.decode("utf-8-sig")
        rows = _from_json(text) if kind == "application/json" else list(queries_of(io.StringIO(text, newline="")))
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error, RecursionError) as error:
        raise Unanswerable(400, "unreadable rows", f"the body is not {kind}: {type(error).__name__}") from None
    except ValueError as error:
        raise Unanswerable(400, "unreadable rows", str(error)) from None
    if len(rows) > _ROWS:
        raise Unanswerable(413, "too many rows", f"at most {_ROWS} rows a call")
    return rows


@router.post("/screening", summary="Screen rows of name, code and number against the lists", openapi_extra=_BODY)
async def screening(call: Timed) -> Response:
    """One answer a row, in order: `hit`, `needs_review`, `no_hit` or `invalid`. Never `hit` by a name alone."""
    return await posted(call, "screen", lambda content: _screened(call, content))


def _screened(call: TimedCall, content: bytes) -> Response:
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()

    def ask(asked: Question) -> dict[str, Any]:
        lookups = BookLookups(asked.book, asked.reader, asked.view)
        rows = [
            answer_row(place, screen_row(row["name"], row["uscc"], row["id_no"], lookups))
            for place, row in enumerate(_queries(content, kind), 1)
        ]
        return {"total": len(rows), "next": None, "results": rows} | asked.times(len(rows))

    return call.answer("screen", ask, query=content.hex())

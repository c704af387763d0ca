"""One-stop comparison before a decision, its certificate, and what was decided."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.asking import Call, Calling, Question, Timed, TimedCall
from api.checks import OUTCOMES, certified_body, check_body, decided_body, kept_body
from api.entities import Unanswerable
from api.posted import json_of, posted
from graph.measures.purposes import standing_purposes

router = APIRouter(tags=["checks"])

CheckId = Annotated[str, Path(pattern=r"^k[0-9a-f]{23}$")]

_TEXT = {"type": "string"}


def _body(properties: Mapping[str, Any], example: Mapping[str, str]) -> dict[str, Any]:
    """The description of a body of texts, all of them needed."""
    schema = {"type": "object", "required": list(properties), "properties": dict(properties)}
    content = {"application/json": {"schema": schema, "example": dict(example)}}
    return {"requestBody": {"required": True, "content": content}}


_CHECK = _body(
    {
        "subject": {"type": "string", "description": "internal id, code or ID number; a name is only counted"},
        "purpose": {"enum": list(standing_purposes().all)},
    },
    {"subject": "91359801TY00000801", "purpose": "licence"},
)
_DECISION = _body(
    {
        "outcome": {"enum": list(OUTCOMES)},
        "document_no": _TEXT,
        "decided_on": {"type": "string", "format": "date"},
        "reason": _TEXT,
    },
    {"outcome": "refused", "document_no": "岚审批〔2026〕12号", "decided_on": "2026-10-01", "reason": "依法限制"},
)


def _asked(content: bytes) -> tuple[str, object]:
    """Subject and purpose of a body; Unanswerable 400. No message repeats what was sent."""
    body = json_of(content, "body")
    if not isinstance(body, dict) or not isinstance(body.get("subject"), str):
        raise Unanswerable(400, "unreadable question", "expected an object with the texts subject and purpose")
    return body["subject"], body.get("purpose")


@router.post("/checks", summary="Which measures bind a decision on a subject", status_code=201, openapi_extra=_CHECK)
async def check(
    call: Timed, certify: Annotated[bool, Query(description="keep the answer and sign a certificate of it")] = False
) -> Response:
    """Those that a person has put in force, with law and records; those proposed apart; others counted by category."""
    action = "keep_checks" if certify else "check"
    return await posted(call, action, lambda content: _checked(call, action, content))


def _checked(call: TimedCall, action: str, content: bytes) -> Response:
    def ask(asked: Question) -> dict[str, Any]:
        subject, purpose = _asked(content)
        if action == "keep_checks":
            return certified_body(asked, subject, purpose, call.caller.key)
        return check_body(asked, subject, purpose)

    return call.answer(action, ask, query=content.hex(), status=201)


@router.get("/checks/{id}", summary="A certified check as it was, and what was decided after it")
def kept(call: Calling, id: CheckId) -> Response:
    """Kept back, `withheld`, where a record that it rests on shows to the reader no more."""
    return call.answer("read_checks", lambda asked: kept_body(asked, id))


@router.post("/checks/{id}/decision", summary="Feed back what was decided", status_code=201, openapi_extra=_DECISION)
async def decide(call: Calling, id: CheckId) -> Response:
    """An entry of the ledger that cites the check; several may follow one another."""
    return await posted(call, "keep_checks", lambda content: _decided(call, id, content))


def _decided(call: Call, check_id: str, content: bytes) -> Response:
    def ask(asked: Question) -> dict[str, Any]:
        return decided_body(asked, check_id, json_of(content, "body"), call.caller.key)

    return call.answer("keep_checks", ask, query=content.hex(), status=201)

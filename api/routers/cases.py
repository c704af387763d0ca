"""Cases of measures: what waits on a desk, one case with its argument, a step in it; how measures are used."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.asking import Call, Calling, Question, no_number
from api.cases.acting import act_body
from api.cases.desk import Desk, Wanted
from api.cases.lodging import receipt_body
from api.cases.told import case_body, list_body, use_body
from api.posted import json_of, posted
from api.routers.entities import Cursor, Limit

router = APIRouter(tags=["cases"])

CaseId = Annotated[str, Path(pattern=r"^c[0-9a-f]{23}$")]
Word = Annotated[str, Query(max_length=60)]

_DAY = {"type": "string", "format": "date"}
_TEXT = {"type": "string", "maxLength": 2000}
_STEP = {
    "type": "object",
    "required": ["transition"],
    "description": "the step, and the fields that it takes; a key without a body of its own names `body` too",
    "properties": {
        "transition": {"type": "string"},
        "body": _TEXT,
        **dict.fromkeys(("reason", "document_no", "effect", "notice_no", "result", "severity", "commitment"), _TEXT),
        **dict.fromkeys(
            ("noticed_on", "heard_on", "decided_on", "in_force_on", "ended_on", "acknowledged_on", "reported_on"), _DAY
        ),
        "performance_proof": _TEXT,
        **dict.fromkeys(
            (
                "released_on",
                "supplemented_on",
                "forwarded_on",
                "accepted_on",
                "revoked_on",
                "received_on",
                "replied_on",
                "publish_stopped_on",
                "share_stopped_on",
                "measures_released_on",
            ),
            _DAY,
        ),
    },
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": _STEP,
                "example": {
                    "transition": "decide",
                    "reason": "事实清楚，依据充分",
                    "document_no": "（2025）闽9801执216号之三",
                    "decided_on": "2026-10-01",
                },
            }
        },
    }
}

_LODGE = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["kind", "subject", "record", "ground"],
                    "description": "`record`: id or number of a record about the subject; papers are named, not sent",
                    "properties": {
                        "kind": {"enum": ["repair", "objection"]},
                        **dict.fromkeys(("subject", "record", "ground", "channel", "reason"), _TEXT),
                        **dict.fromkeys(("performance_proof", "commitment", "evidence", "document_no"), _TEXT),
                        "submitted_on": _DAY,
                    },
                },
                "example": {
                    "kind": "objection",
                    "subject": "91359802TY00000R6K",
                    "record": "岚市监处罚〔2025〕61号",
                    "ground": "信息错误",
                },
            }
        },
    }
}


def wanted_of(asked: Question, subject: str, **more: Any) -> Wanted:
    """What is asked for; ``subject``: an id, a code or an exact name. Unanswerable 400, 404, 409, 410."""
    keys = asked.find(no_number(subject, "subject"))[0].keys if subject else None
    return Wanted(**more, keys=keys)


@router.get("/cases", summary="Cases of measures, the nearest day first")
def waiting(
    call: Calling,
    state: Word = "",
    kind: Word = "",
    measure: Word = "",
    body: Word = "",
    subject: Annotated[str, Query(max_length=200)] = "",
    overdue: bool = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """A department and a court see those of their body; `kind=release&state=sent` tells who still holds what ended."""

    def ask(asked: Question) -> dict[str, Any]:
        wanted = wanted_of(asked, subject, state=state, kind=kind, measure=measure, body=body, overdue=overdue)
        return list_body(Desk(asked, call.caller), wanted, limit, cursor)

    return call.answer("read_cases", ask)


@router.post("/cases", summary="Lodge a repair or an objection for an applicant", status_code=201, openapi_extra=_LODGE)
async def lodge(call: Calling) -> Response:
    """The receipt: `case.id` is the number under which its state is asked. 409 with a `code` when it is refused."""
    return await _written(call, receipt_body)


@router.get("/cases/{id}", summary="One case: what is proposed, on what it rests, what may be done next")
def one(call: Calling, id: CaseId) -> Response:
    """With every step, its tasks and what would end it; `why_not` of a next step names the rule that bars it."""
    return call.answer("read_cases", lambda asked: case_body(Desk(asked, call.caller), id))


@router.post("/cases/{id}", summary="Take a step in a case", status_code=201, openapi_extra=_BODY)
async def act(call: Calling, id: CaseId) -> Response:
    """One entry of the ledger, by the owner of the key for its body. 409 with a `code` when the step is not allowed."""
    return await _written(call, lambda desk, document: act_body(desk, id, document))


async def _written(call: Call, write: Callable[[Desk, object], dict[str, Any]]) -> Response:
    return await posted(call, "act_cases", lambda content: _answered(call, write, content))


def _answered(call: Call, write: Callable[[Desk, object], dict[str, Any]], content: bytes) -> Response:
    def ask(asked: Question) -> dict[str, Any]:
        return write(Desk(asked, call.caller), json_of(content, "step"))

    return call.answer("act_cases", ask, query=content.hex(), status=201)


@router.get("/measures/use", summary="How measures are used: counts by measure, body and state")
def use(call: Calling) -> Response:
    """Of the cases and tasks that the caller sees; nobody is counted by name."""
    return call.answer("read_cases", lambda asked: use_body(Desk(asked, call.caller)))

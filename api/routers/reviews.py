"""The review queue: facts that wait for a person, and decisions on them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.asking import Call, Calling
from api.posted import json_of, posted
from api.reviews import Queue, admits_of, decided_body, verdict_of
from api.routers.entities import Cursor, Limit
from ingest.correction import KINDS, TYPES
from ingest.reviews import VERBS

router = APIRouter(tags=["reviews"])

FactId = Annotated[str, Path(pattern=r"^f[0-9a-f]{23}$")]

_TEXT = {"type": "string"}
_SIDE = {
    "anyOf": [_TEXT, {"type": "object", "required": ["name"], "properties": {"name": _TEXT, "kind": {"enum": KINDS}}}]
}
_CORRECTION = {
    "type": "object",
    "description": "what should read otherwise; what is left out stays as it was read",
    "properties": {
        "type": {"enum": TYPES},
        "source": _SIDE,
        "target": _SIDE,
        "amount_yuan": {"anyOf": [_TEXT, {"type": "null"}]},
        "words": _TEXT,
        "start": {"type": "integer"},
        "end": {"type": "integer"},
    },
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["decision", "reason"],
                    "properties": {
                        "decision": {"enum": VERBS},
                        "reason": _TEXT,
                        "basis": _TEXT,
                        "correction": _CORRECTION,
                    },
                },
                "example": {"decision": "accept", "reason": "与判决主文核对一致"},
            }
        },
    }
}


@router.get("/reviews", summary="Facts that wait for a person, the oldest first")
def waiting(call: Calling, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Each with its sentence, rule, extractor and confidence; a key with a division sees those of its courts."""
    return call.answer("read_reviews", lambda asked: Queue(asked, admits_of(call, asked)).body(limit, cursor))


@router.get("/reviews/{id}", summary="One fact of the queue, decided or not")
def one(call: Calling, id: FactId) -> Response:
    """By the stable id of the fact; `decision` tells who decided it and why."""
    return call.answer("read_reviews", lambda asked: Queue(asked, admits_of(call, asked)).one(id))


@router.post(
    "/reviews/{id}", summary="Accept, correct or refuse a fact, or undo that", status_code=201, openapi_extra=_BODY
)
async def decide(call: Calling, id: FactId) -> Response:
    """One entry of the ledger, by the owner of the key. 409 when the fact does not wait, or its words are gone."""
    return await posted(call, "decide_reviews", lambda content: _decided(call, id, content))


def _decided(call: Call, fact: str, content: bytes) -> Response:
    def ask(asked: Any) -> dict[str, Any]:
        verdict = verdict_of(json_of(content, "decision"), fact, call.caller.key)
        return decided_body(Queue(asked, admits_of(call, asked)), asked, verdict)

    return call.answer("decide_reviews", ask, query=content.hex(), status=201)

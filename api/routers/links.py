"""Links among a group of subjects."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.asking import Question, Timed, TimedCall
from api.entities import Unanswerable
from api.linking import GROUP, group_of
from api.paging import cursor_of, offset_of
from api.paths import links_body
from api.posted import json_of, posted
from api.routers.entities import Cursor, Limit

router = APIRouter(tags=["subjects"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["subjects"],
                    "properties": {
                        "subjects": {
                            "type": "array",
                            "maxItems": GROUP,
                            "items": {"type": "string", "description": "internal id, code or exact name; no ID number"},
                        },
                        "max_depth": {"type": "integer", "minimum": 1, "maximum": 6, "default": 3},
                        "ever": {"type": "boolean", "default": False, "description": "edges of all times"},
                    },
                },
                "example": {"subjects": ["岚汀市荻苇机电设备有限公司", "91359801TY00000801"]},
            }
        },
    }
}

#: Hops that a link of a group may have at most.
_DEEPEST = 6


def _asked(content: bytes) -> tuple[list[str], int, bool]:
    """Subjects, hops and whether of all times; Unanswerable 400. No message repeats what was sent."""
    body = json_of(content, "group")
    subjects = body.get("subjects") if isinstance(body, dict) else None
    if not isinstance(subjects, list) or not all(isinstance(one, str) for one in subjects):
        raise Unanswerable(400, "unreadable group", "expected an object with subjects, a list of texts")
    depth, ever = body.get("max_depth", 3), body.get("ever", False)
    if isinstance(depth, bool) or not isinstance(depth, int) or not 1 <= depth <= _DEEPEST:
        raise Unanswerable(400, "bad max_depth", f"max_depth: expected 1 to {_DEEPEST}")
    if not isinstance(ever, bool):
        raise Unanswerable(400, "bad ever", "ever: expected true or false")
    return subjects, depth, ever


@router.post("/links", summary="Who of many subjects is linked with whom, within a few hops", openapi_extra=_BODY)
async def links(call: Timed, limit: Annotated[Limit, Query()] = 50, cursor: Cursor = None) -> Response:
    """Each linked pair once with its cheapest path, hard links only; pairs that are not linked are counted."""
    return await posted(call, "read", lambda content: _linked(call, content, limit, cursor))


def _linked(call: TimedCall, content: bytes, limit: int, cursor: str | None) -> Response:
    def ask(asked: Question) -> dict[str, Any]:
        subjects, depth, ever = _asked(content)
        group, unresolved = group_of(subjects, asked.reader, asked.view, asked.find)
        body = links_body(asked.seen(ever), group, max_depth=depth, limit=limit, offset=offset_of(cursor))
        following = cursor_of([int(body["next"])]) if body["next"] else None
        return body | {"next": following, "ever": ever, "unresolved": unresolved}

    return call.answer("read", ask, query=content.hex())

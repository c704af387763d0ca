"""Who owns and controls a company: shares, control, beneficial owners, groups, rings, and what if."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.asking import Question, Timed, TimedCall, no_number
from api.ownership.beneficial import beneficial_body, rules_asked
from api.ownership.control import controllers_body
from api.ownership.group import group_body
from api.ownership.shares import ownership_body
from api.ownership.whatif import change_of, what_if_body
from api.posted import json_of, posted
from api.questions import above_body, holds_body, section_body
from api.routers.entities import Cursor, Id, Limit

router = APIRouter(tags=["ownership"])

_EDGE_ID = {"type": "string", "pattern": "^e[0-9a-f]{23}$"}
_WITH = {
    "type": "object",
    "required": ["owner", "owned"],
    "properties": {"owner": {"type": "string"}, "owned": {"type": "string"}, "pct": {"type": ["number", "string"]}},
}
_CHANGE = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "without": {"type": "array", "items": _EDGE_ID, "maxItems": 50},
                        "with": {"type": "array", "items": _WITH, "maxItems": 50},
                    },
                },
                "example": {"with": [{"owner": "岚汀市某某有限公司", "owned": "岚汀市甲乙有限公司", "pct": 10}]},
            }
        },
    }
}  # fmt: skip


@router.get("/entities/{id}/ownership", summary="Who has what of a company, directly and through any chain")
def ownership(
    call: Timed,
    id: Id,
    chains: Annotated[int, Query(ge=0, le=10, description="heaviest chains told of each holder")] = 3,
) -> Response:
    """Shares exact on rings, with the chains that make them, what is odd, and who controls the company."""
    return call.answer("read", lambda asked: above_body(asked, id, lambda owned: ownership_body(owned, chains)))


@router.get("/entities/{id}/tree", summary="All holders of a company by level, for a drawing")
def tree(call: Timed, id: Id, limit: Limit = 200, cursor: Cursor = None) -> Response:
    """Effective share, least number of steps, and whether the holder is in a ring."""
    return call.answer("read", lambda asked: section_body(asked, id, "tree", limit, cursor))


@router.get("/entities/{id}/controllers", summary="Who controls a company, and why the others do not")
def controllers(call: Timed, id: Id) -> Response:
    """Each ultimate controller with the votes of every step; the declared ones come before the computed ones."""
    return call.answer("read", lambda asked: above_body(asked, id, controllers_body))


@router.get("/entities/{id}/beneficial-owners", summary="Beneficial owners by a dated rule set")
def beneficial_owners(call: Timed, id: Id, rule: Annotated[str | None, Query(max_length=40)] = None) -> Response:
    """Each with the article that he meets; everybody else with what he lacks. A person decides."""

    def ask(asked: Question) -> dict[str, Any]:
        rules = rules_asked(rule, asked.view.as_of or asked.view.today)
        return above_body(asked, id, lambda owned: beneficial_body(owned, rules))

    return call.answer("read_owners", ask)


@router.get("/entities/{id}/holds", summary="What a subject has of the companies below it")
def holds(call: Timed, id: Id, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every company with the share of it, the largest first, and whether the subject controls it."""
    return call.answer("read", lambda asked: holds_body(asked, id, limit, cursor))


@router.get("/entities/{id}/group", summary="The group of a company: its ultimate controllers and all they control")
def group(call: Timed, id: Id) -> Response:
    """Sister companies are context for a reader, never a ground for a consequence."""
    return call.answer("read", lambda asked: group_of(asked, id))


def group_of(asked: Question, subject: str) -> dict[str, Any]:
    """The body of the group of a subject."""
    question = asked.asked(subject)
    body, truncated = group_body(question.owned)
    return (
        body
        | {"entity": question.owned.who(question.node.id)}
        | asked.times(question.owned.excerpt.explored, truncated)
    )


@router.get("/entities/{id}/rings", summary="Rings of holdings and guarantees that a subject is in")
def rings(call: Timed, id: Id, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """Members, the edges between them with their evidence, circles, and the amounts that hang on them."""
    return call.answer("read", lambda asked: section_body(asked, id, "rings", limit, cursor))


@router.post("/entities/{id}/what-if", summary="Shares and control if some holdings were other", openapi_extra=_CHANGE)
async def what_if(call: Timed, id: Id) -> Response:
    """The same answers with edges left out or holdings added; nothing is stored."""
    return await posted(call, "read", lambda content: _what_if(call, id, content))


def _what_if(call: TimedCall, subject: str, content: bytes) -> Response:
    def ask(asked: Question) -> dict[str, Any]:
        body = json_of(content, "change")
        change = change_of(body, lambda name: asked.find(no_number(name, "with"))[0])
        return above_body(asked, subject, lambda owned: what_if_body(owned, change))

    return call.answer("read", ask, query=content.hex())

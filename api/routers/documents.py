"""Documents: search inside their texts."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.asking import Timed
from api.documents import LENGTH, Filters, documents_body
from api.routers.entities import Cursor

router = APIRouter(tags=["records"])

Words = Annotated[
    str, Query(min_length=1, max_length=LENGTH, description="words, all of which must be there; a phrase in “”")
]
Part = Annotated[str, Query(max_length=LENGTH, description="the whole or a part")]
Day = Annotated[str, Query(max_length=20, description="YYYY-MM-DD, included")]


@router.get("/documents", summary="Documents by the words in them, with snippets")
def documents(
    call: Timed,
    q: Words,
    court: Part = "",
    cause: Part = "",
    doc_type: Part = "",
    start: Annotated[Day, Query(alias="from")] = "",
    to: Day = "",
    party: Annotated[str, Query(max_length=LENGTH, description="id, code or exact name of a party of the case")] = "",
    role: Annotated[str, Query(max_length=LENGTH, description="role of the party in the case, such as 被告")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Cursor = None,
) -> Response:
    """The newest first. `text` of a snippet is signs `start` to `end` of the archived text, whose spans `marks` are.

    Only documents that the view shows; judgments are shared, so the public finds none.
    """
    filters = Filters(court, cause, doc_type, start, to, party, role)
    return call.answer("read", lambda asked: documents_body(asked, q, filters, limit, cursor))

"""The audit for auditors: who read what, and who looked a person up."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.asking import Calling, Question
from api.paging import cursor_of, key_of
from api.routers.entities import Cursor, Limit

router = APIRouter(tags=["audit"])


@router.get("/audit", summary="Rows of the audit, the latest first")
def audit(
    call: Calling,
    person: Annotated[str | None, Query(pattern=r"^n[0-9a-f]{23}$", description="id of a person who was shown")] = None,
    who: Annotated[str | None, Query(max_length=20, description="id of a key")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """`total` counts all rows that fit, of every month."""

    def ask(asked: Question) -> dict[str, Any]:
        before = int(key_of(cursor, (int,))[0]) if cursor else None
        total, rows = 0, []
        for row in call.service.audit.log.rows():
            if (person is None or person in row["persons"]) and (who is None or who == row["who"]):
                total += 1
                if before is None or row["seq"] < before:
                    rows.append(row)
                    # The latest are the last: keep one more than a page, to know whether another follows.
                    del rows[: -limit - 1]
        some = rows[::-1][:limit]
        following = cursor_of([some[-1]["seq"]]) if len(rows) > limit else None
        return {"total": total, "next": following, "results": some}

    return call.answer("read_audit", ask)

"""Pages of the review queue: what waits, each with its sentence, and the forms of a decision."""

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.auth import permit
from api.reviews import Queue, admits_of, decided_body, verdict_of
from api.site.visit import PageRoute, Visit, Visiting, check_form, problem_page
from ingest.correction import TYPES

router = APIRouter(route_class=PageRoute, include_in_schema=False)

#: Facts of a page: each brings its forms.
_PAGE = 20

#: Fields of the form of a correction, as the correction names them.
_CORRECTED = ("type", "source", "target", "amount_yuan", "words")


@router.get("/reviews")
def waiting(
    visit: Visiting,
    cursor: Annotated[str | None, Query(max_length=600)] = None,
    done: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    decided: Annotated[str, Query(pattern=r"^(f[0-9a-f]{23})?$")] = "",
) -> Response:
    """The queue, the oldest first; ``done``, ``decided``: sequence and fact of a decision just made."""
    return visit.page(
        "reviews.html",
        "read_reviews",
        lambda asked: Queue(asked, admits_of(visit, asked)).body(_PAGE, cursor or None),
        types=TYPES,
        done=done,
        decided=decided,
    )


@router.get("/reviews/{id}")
def one(visit: Visiting, id: Annotated[str, Path(pattern=r"^f[0-9a-f]{23}$")]) -> Response:
    """One fact, decided or not."""
    return visit.page(
        "review.html", "read_reviews", lambda asked: Queue(asked, admits_of(visit, asked)).one(id), types=TYPES
    )


@router.post("/reviews/{id}")
async def decide(visit: Visiting, id: Annotated[str, Path(pattern=r"^f[0-9a-f]{23}$")]) -> Response:
    """Carry out the decision of a form, then show the queue."""
    permit(visit.caller, "decide_reviews")
    async with visit.request.form(max_files=0, max_fields=20) as form:
        check_form(visit, form.get("form_token"))
        document = _document(form)
    return await to_thread.run_sync(_decided, visit, id, document, limiter=visit.service.loads)


def _document(form: FormData) -> dict[str, Any]:
    """A form as the body that the operation takes: of a correction only what was changed."""
    told = {name: str(form.get(name, "")) for name in ("decision", "reason", "basis")}
    if told["decision"] != "correct":
        return told
    # A browser drops line ends from a field, but not from what is hidden.
    changed = {name: str(form.get(name, "")).strip() for name in _CORRECTED}
    before = {name: "".join(str(form.get(f"read_{name}", "")).split()) for name in _CORRECTED}
    return told | {"correction": {k: text for k, text in changed.items() if "".join(text.split()) != before[k]}}


def _decided(visit: Visit, fact: str, document: dict[str, Any]) -> Response:
    verdict = verdict_of(document, fact, visit.caller.key)
    told = visit.told(
        "decide_reviews",
        lambda asked: decided_body(Queue(asked, admits_of(visit, asked)), asked, verdict),
        query=document,
        status=201,
    )
    if told.status >= 400:
        return problem_page(visit.request, told.body)
    return RedirectResponse(f"/reviews?done={told.body['seq']}&decided={fact}", 303)

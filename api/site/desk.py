"""The desk: cases that wait for a body, one case as a person needs it to decide, and the forms of its next steps."""

from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.asking import Question
from api.auth import bound_to, names_body, permit
from api.cases.acting import act_body
from api.cases.desk import Desk, Wanted
from api.cases.told import case_body, list_body
from api.site.visit import PageRoute, Visit, Visiting, check_form, html, problem_page
from graph.measures.cases.machine import kinds

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PAGE = 50

#: Longest field of a form that is read.
_FIELD = 4000


async def _now(visit: Visiting) -> Visit:
    """The visit, of now: how a case stands is told of no other time."""
    visit.as_of = visit.known_at = None
    return visit


Now = Annotated[Visit, Depends(_now)]
Word = Annotated[str, Query(max_length=60)]
CaseId = Annotated[str, Path(pattern=r"^c[0-9a-f]{23}$")]


@router.get("/desk")
def desk(
    visit: Now,
    state: Word = "",
    kind: Word = "",
    measure: Word = "",
    body: Word = "",
    overdue: Literal["", "yes"] = "",
    cursor: Annotated[str | None, Query(max_length=600)] = None,
) -> Response:
    """Cases by their days: of whoever acts for a body those of that body, without ``state`` those that are open.

    ``state`` is told with its kind: ``measure.in_force``.
    """
    own = bound_to(visit.caller)
    whose = body if own is None else own
    of_kind, _, word = state.rpartition(".")
    wanted = Wanted(word, of_kind or kind, measure.strip(), whose, None, bool(overdue), unsettled=not word)
    return visit.page(
        "desk.html",
        "read_cases",
        lambda asked: list_body(Desk(asked, visit.caller), wanted, _PAGE, cursor or None),
        own=own,
        kinds=kinds(),
    )


@router.get("/desk/{id}")
def one(visit: Now, id: CaseId, done: Annotated[int | None, Query(ge=1, le=2**53)] = None) -> Response:
    """One case; ``done``: the sequence of a step just taken."""
    return visit.page("desk_case.html", "read_cases", _asking(visit, id), **_more(visit), done=done)


def _asking(visit: Visit, case: str) -> Any:
    def ask(asked: Question) -> dict[str, Any]:
        return case_body(Desk(asked, visit.caller), case)

    return ask


def _more(visit: Visit, given: dict[str, str] | None = None, error: dict[str, str] | None = None) -> dict[str, Any]:
    """What a page of a case needs besides its body. ``given``: what a form held that was not taken, and why not."""
    return {"given": given or {}, "error": error, "names_body": names_body(visit.caller)}


@router.post("/desk/{id}")
async def act(visit: Now, id: CaseId) -> Response:
    """Take the step of a form; the case then, or the form again with what is wrong beside the field."""
    permit(visit.caller, "act_cases")
    async with visit.request.form(max_files=0, max_fields=20) as form:
        check_form(visit, form.get("form_token"))
        given = _given(form)
    return await to_thread.run_sync(_acted, visit, id, given, limiter=visit.service.loads)


def _given(form: FormData) -> dict[str, str]:
    """The fields of a form, what is empty left out."""
    fields = {name: str(value).strip()[:_FIELD] for name, value in form.multi_items() if name != "form_token"}
    return {name: text for name, text in fields.items() if text}


def _acted(visit: Visit, case: str, given: dict[str, str]) -> Response:
    def ask(asked: Question) -> dict[str, Any]:
        return act_body(Desk(asked, visit.caller), case, given)

    told = visit.told("act_cases", ask, query=given, status=201)
    if told.status < 400:
        return RedirectResponse(f"/desk/{case}?done={told.body['case']['last']}", 303)
    if "code" not in told.body:
        return problem_page(visit.request, told.body)
    shown = visit.told("read_cases", _asking(visit, case))
    if shown.status >= 400:
        return problem_page(visit.request, shown.body)
    more = _more(visit, given, _error(told.body, given))
    return html(visit.request, "desk_case.html", shown.body, told.status, visit=visit, done=None, **more)


def _error(problem: dict[str, Any], given: dict[str, str]) -> dict[str, str]:
    """Which step was not taken, the rule, and the field that it speaks of, "" for the step as a whole."""
    transition = given.get("transition", "")
    steps = [kind.transitions[transition] for kind in kinds().values() if transition in kind.transitions]
    fields = [name for step in steps for name in (*step.needs, "reason", "document_no")]
    # The message of the machine begins with the field that it is about.
    field = next((name for name in fields if problem["detail"].startswith(name)), "")
    return {"transition": transition, "code": str(problem["code"]), "field": field}

"""Signing in and out, and the style sheet."""

from pathlib import Path

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, RedirectResponse, Response

from api.auth import ROLES, tidy_purpose
from api.keys import caller_of
from api.site import session
from api.site.visit import PageRoute, Visit, Visiting, check_form, html

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_STYLE = Path(__file__).with_name("site.css")


@router.get("/static/site.css")
def style() -> Response:
    """The one style sheet."""
    return FileResponse(_STYLE, media_type="text/css", headers={"cache-control": "public, max-age=3600"})


@router.get("/sign-in")
def form(visit: Visiting) -> Response:
    """The form for a key and a purpose."""
    return html(visit.request, "sign_in.html", {}, visit=visit, trouble="", purpose="")


@router.post("/sign-in")
async def sign_in(visit: Visiting) -> Response:
    """Begin a session; the form again when the key is not good or its role needs a purpose."""
    async with visit.request.form(max_files=0, max_fields=10) as sent:
        key, purpose = str(sent.get("key", "")).strip(), tidy_purpose(str(sent.get("purpose", "")))
    return await run_in_threadpool(_signed_in, visit, key, purpose)


def _signed_in(visit: Visit, key: str, purpose: str) -> Response:
    home = visit.service.home
    caller = caller_of(home, key)
    trouble = "sign.bad" if caller is None else ""
    if caller and ROLES[caller.role].purpose and not purpose:
        trouble = "sign.needs_purpose"
    if caller is None or trouble:
        return html(visit.request, "sign_in.html", {}, 403, visit=visit, trouble=trouble, purpose=purpose)
    answer = RedirectResponse("/", 303)
    secure = visit.request.url.scheme == "https"
    token = session.start(home, caller.key, purpose)
    answer.set_cookie(
        session.COOKIE, token, max_age=session.LASTS, httponly=True, samesite="strict", secure=secure, path="/"
    )
    return answer


@router.post("/sign-out")
async def sign_out(visit: Visiting) -> Response:
    """End the session."""
    async with visit.request.form(max_files=0, max_fields=10) as sent:
        check_form(visit, sent.get("form_token"))
    await run_in_threadpool(session.end, visit.service.home, visit.token)
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(session.COOKIE, path="/", httponly=True, samesite="strict")
    return answer

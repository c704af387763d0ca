"""One page: who visits, in which language, the answer of the service as HTML, every problem as a page too."""

from collections.abc import Callable, Coroutine
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode
from zlib import crc32

from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.asking import Ask, TimedCall
from api.auth import ACTIONS, Caller
from api.entities import Unanswerable
from api.gate import TooLarge, TooSlow
from api.problems import problem_of
from api.service import Service
from api.site import session
from api.site.circle import ring_drawing
from api.site.drawing import drawing, timeline
from api.site.holders import holders_drawing
from api.site.marking import marked, pieces_of, words_as_facts
from api.site.words import LANGUAGES, Words, money, percent
from graph.model.ontology import ontology

#: The key id of whoever has not signed in, as the audit names him.
ANONYMOUS = "anonymous"

#: Buckets of the rate limit that visitors without a key share by their address.
_BUCKETS = 4096

_LANGUAGE_COOKIE = "cg_language"


class _Absent(StrictUndefined):
    """A key that a body may lack: false in a condition, an error when printed."""

    def __bool__(self) -> bool:  # type: ignore[override]  # Jinja's own says that it never returns
        return False


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("api.site"), autoescape=select_autoescape(), undefined=_Absent, trim_blocks=True
    )
    made.lstrip_blocks = True
    made.filters |= {"money": money, "percent": percent, "path": lambda text: quote(str(text), safe="")}
    made.globals |= {
        "drawing": drawing,
        "holders_drawing": holders_drawing,
        "ring_drawing": ring_drawing,
        "timeline": timeline,
        "marked": marked,
        "pieces_of": pieces_of,
        "words_as_facts": words_as_facts,
    }
    return made


@cache
def _subject_kinds() -> frozenset[str]:
    """Kinds whose nodes have a file; the others are records."""
    return frozenset(name for name, kind in ontology().kinds.items() if kind.subject)


def _language(request: Request) -> str:
    """The language asked for, else that of the last visit, else what the browser prefers, else Chinese."""
    asked = request.query_params.get("lang") or request.cookies.get(_LANGUAGE_COOKIE, "")
    if asked in LANGUAGES:
        return asked
    preferred = request.headers.get("accept-language", "").lower()
    return "en" if preferred.startswith("en") else LANGUAGES[0]


def _visitor(request: Request) -> Caller:
    """The holder of the session, else the public; Unanswerable 429 above the rate."""
    service: Service = request.app.state.service
    found = session.caller_of(service.home, request.cookies.get(session.COOKIE, ""))
    host = request.client.host if request.client else ""
    bucket = found.key if found else f"{ANONYMOUS}-{crc32(host.encode()) % _BUCKETS}"
    caller = found or Caller(ANONYMOUS, "public")
    request.state.caller = caller
    wait = service.limiter.wait(bucket)
    if wait:
        seconds = int(wait) + 1
        raise Unanswerable(429, "too many calls", f"ask again after {seconds} seconds", retry_after=seconds)
    return caller


class Visit(TimedCall):
    """A call by somebody with a browser."""

    @property
    def token(self) -> str:
        """The token of the session, "" without one."""
        return "" if self.caller.key == ANONYMOUS else self.request.cookies.get(session.COOKIE, "")

    def may(self, action: str) -> bool:
        """Whether to show the way to an action; whether it is done, policy decides again."""
        return self.caller.role in ACTIONS.get(action, ())

    def page(self, template: str, action: str, ask: Ask, *, query: object = None, **more: Any) -> Response:
        """The answer to a question as a page, audited as any other; a merged subject leads on to the survivor."""
        told = self.told(action, ask, query=query)
        if told.moved:
            # Only internal ids are retired, so the id stands in the path as it is.
            asked = str(self.request.path_params["id"])
            target = self.request.url.path.replace(asked, told.moved, 1)
            return RedirectResponse(f"{target}?{urlencode({'merged_from': asked})}", 303)
        if told.status >= 400:
            return problem_page(self.request, told.body)
        return html(self.request, template, told.body, visit=self, **more)


def html(request: Request, template: str, body: dict[str, Any], status: int = 200, **more: Any) -> HTMLResponse:
    """A template with the body it tells, in the language of the visitor."""
    words = Words(_language(request))
    caller: Caller = getattr(request.state, "caller", Caller(ANONYMOUS, "public"))
    signed_in = caller.key != ANONYMOUS
    token = request.cookies.get(session.COOKIE, "") if signed_in else ""
    other = next(language for language in LANGUAGES if language != words.language)
    # What was asked is repeated only where it was answered: a refused question may hold what must stand in no address.
    asked = [(k, v) for k, v in request.query_params.multi_items() if k != "lang" and status < 400]
    times = [(k, v) for k, v in asked if k in ("as_of", "known_at") and v]
    context = {
        "body": body,
        "w": words,
        "reader": caller,
        "signed_in": signed_in,
        "form_token": session.form_token(token) if token else "",
        "other_language": f"?{urlencode([*asked, ('lang', other)])}",
        "staff": caller.role in ACTIONS["read_batches"],
        "reviewer": caller.role in ACTIONS["read_reviews"],
        "path": request.url.path,
        "query": dict(asked),
        # A link that keeps the point in time.
        "kept": f"?{urlencode(times)}" if times else "",
        "subjects_kinds": _subject_kinds(),
    }
    text = _templates().get_template(template).render(context | more)
    answer = HTMLResponse(text, status, headers={"content-language": words.language, "vary": "Cookie, Accept-Language"})
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie(_LANGUAGE_COOKIE, words.language, max_age=365 * 86400, samesite="lax", httponly=True)
    return answer


def problem_page(request: Request, problem: dict[str, Any]) -> Response:
    """A problem object as a page."""
    status = int(problem["status"])
    answer = html(request, "problem.html", problem, status)
    if "retry_after" in problem:
        answer.headers["retry-after"] = str(problem["retry_after"])
    return answer


def check_form(visit: Visit, token: object) -> None:
    """Unanswerable 403 unless a form was made for this session."""
    if not visit.token or token != session.form_token(visit.token):
        raise Unanswerable(403, "form expired", Words(_language(visit.request))("sign.no_form"))


class PageRoute(APIRoute):
    """A route whose problems are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with its errors told as pages; what nobody can do something about goes on."""
        handler = super().get_route_handler()

        async def paged(request: Request) -> Response:
            try:
                return await handler(request)
            except (HTTPException, TooLarge, TooSlow):
                raise
            except RequestValidationError as error:
                names = ", ".join(sorted({str(found["loc"][-1]) for found in error.errors()}))
                return problem_page(request, {"status": 400, "title": "bad parameter", "detail": names})
            except Exception as error:
                problem = problem_of(error)
                if problem is None:
                    raise
                return problem_page(request, problem)

        return paged


async def visiting(
    request: Request,
    as_of: Annotated[str | None, Query(max_length=20)] = None,
    known_at: Annotated[str | None, Query(max_length=20)] = None,
    lang: Annotated[Literal["zh", "en"] | None, Query()] = None,
) -> Visit:
    """The visit of a request, once it is known who comes."""
    await run_in_threadpool(_visitor, request)
    return Visit(request, as_of or None, known_at or None)


Visiting = Annotated[Visit, Depends(visiting)]

"""The application: factory, lifespan, routes, one shape of error, the OpenAPI document."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.gate import PREFIX, Gate, TooLarge, TooSlow, problem_response, too_large, too_slow
from api.problems import problem_of
from api.routers import audit, cases, checks, documents, entities, links, ownership, records, reviews, screening
from api.routers import open as open_routes
from api.schemas import ANSWERS, EXAMPLES, PARTS
from api.service import THREADS, THREADS_NEO4J, Service
from api.site import desk as desk_pages
from api.site import documents as document_pages
from api.site import ownership as ownership_pages
from api.site import records as record_pages
from api.site import reviews as review_pages
from api.site import signing, subjects
from api.site.visit import problem_page
from api.store import EMBEDDED
from graph.book.home import Home, home_from_environment

log = logging.getLogger("creditgraph.http")

#: Problems that any operation behind the gate may answer with.
_PROBLEMS = {
    400: "a parameter or the body is not as expected",
    401: "no good key",
    403: "not allowed, or a purpose is missing; the detail says what is needed",
    404: "not known, or not to this reader",
    409: "the sequence of `at_least` is not there yet; or as the operation says",
    408: "the body did not come in time",
    413: "the body is too large",
    423: "somebody else is writing",
    429: "too many calls; ask again after Retry-After seconds",
    503: "store or audit away",
}

#: Operation -> what else it may answer with.
_MORE: dict[str, dict[int, str]] = {
    "/entities/{id}": {
        308: "merged into another subject",
        409: "several subjects bear this name",
        410: "erased by law",
        501: "a section that is not built",
    },
    "/documents": {409: "several subjects bear the name of the party", 410: "the party was erased by law"},
    "/paths": {409: "several subjects bear this name", 410: "erased by law"},
    "/reviews/{id}": {409: "the fact does not wait, or its words are gone", 507: "the disk is full"},
    "/cases": {
        409: "several subjects bear this name; or the step is not allowed now, as `code` says",
        410: "the subject was erased by law",
        507: "the disk is full",
    },
    "/checks": {
        409: "the sequence of `at_least` is not there yet, or the store belongs to another ledger",
        410: "the subject, or what the check told, was erased by law",
        507: "the disk is full",
    },
    "/screening": {415: "neither JSON nor CSV"},
    "/batches": {409: "the store belongs to another ledger", 507: "the disk is full"},
}


def _problem(told: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": told, "content": {"application/problem+json": {"schema": schema}}}


def _describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: a key for every operation behind the gate, and the problems it may answer with."""
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    parts = document.setdefault("components", {})
    parts["schemas"] = dict(PARTS)
    parts["securitySchemes"] = {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}}
    purpose = {"name": "X-Purpose", "in": "header", "schema": {"type": "string"}, "description": "why this is asked"}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            answers.pop("422", None)
            if not path.startswith(PREFIX):
                continue
            operation["security"] = [{"key": []}]
            operation.setdefault("parameters", []).append(purpose)
            name = f"{method} {path.removeprefix(PREFIX)}"
            example = {"example": EXAMPLES[name]} if name in EXAMPLES else {}
            answers[next(iter(answers))]["content"] = {"application/json": {"schema": ANSWERS[name], **example}}
            if "get" in operations and operation is operations["get"]:
                answers["304"] = {"description": "as it was when If-None-Match was given"}
            more = {k: v for name, told in _MORE.items() if path.startswith(PREFIX + name) for k, v in told.items()}
            answers |= {str(status): _problem(told) for status, told in sorted({**_PROBLEMS, **more}.items())}
    return document


def _handlers(app: FastAPI) -> None:
    """Every error as a problem object that repeats nothing of what was sent."""

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        told = "; ".join(
            f"{'.'.join(str(part) for part in found['loc'][1:2])}: {found['type']}" for found in error.errors()
        )
        return problem_response({"status": 400, "title": "bad parameter", "detail": told or "not as expected"})

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        told = {404: "no such operation", 405: "this operation does not take this method"}
        detail = told.get(error.status_code, "the request cannot be read")
        body = {"status": error.status_code, "title": "not possible", "detail": detail}
        return answer(request, body, dict(error.headers or {}))

    async def large(request: Request, _: Exception) -> Response:
        return too_large(request.app.state.service.body_limit)

    async def slow(request: Request, _: Exception) -> Response:
        return too_slow(request.app.state.service.body_seconds)

    def answer(request: Request, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
        """A page for a browser that asked for one, else the problem object."""
        page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(PREFIX)
        return problem_page(request, body) if page else problem_response(body, headers)

    async def other(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem is None:
            # The message of an error may hold a value; its type and place do not.
            place = error.__traceback__
            while place and place.tb_next:
                place = place.tb_next
            where = f"{place.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{place.tb_lineno}" if place else ""
            log.error('{"id": "%s", "error": "%s", "at": "%s"}', request.state.request_id, type(error).__name__, where)
            problem = {"status": 500, "title": "internal error", "detail": f"request {request.state.request_id}"}
        return answer(request, problem)

    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(TooLarge, large)
    app.add_exception_handler(TooSlow, slow)
    for kind in (ValueError, OSError, RuntimeError, LookupError, TypeError, ArithmeticError, AssertionError):
        app.add_exception_handler(kind, other)
    app.add_exception_handler(Exception, other)


def create_app(home: Home | None = None) -> FastAPI:
    """The application over a data home, default that of the environment."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        embedded = os.environ.get("CREDITGRAPH_STORE", "") in EMBEDDED
        to_thread.current_default_thread_limiter().total_tokens = THREADS if embedded else THREADS_NEO4J
        service = Service(home or home_from_environment())
        app.state.service = service
        try:
            with service.books.one() as book:
                book.recover()
            yield
        finally:
            service.close()

    app = FastAPI(
        title="creditgraph",
        version="1",
        description="信用图谱: a city's credit graph; every fact names the row or the words that prove it.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    app.include_router(open_routes.router)
    for routes in (entities, links, ownership, documents, records, reviews, cases, checks, screening, audit):
        app.include_router(routes.router, prefix=PREFIX)
    for pages in (subjects, ownership_pages, document_pages, record_pages, review_pages, desk_pages, signing):
        app.include_router(pages.router)
    _handlers(app)
    app.add_middleware(Gate, service=lambda: app.state.service)
    document: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not document:
            document.update(_describe(app))
        return document

    app.openapi = openapi  # type: ignore[method-assign]
    return app

"""The gate before every route: request ids, keys, limits, headers and a log line without personal data.

Pure ASGI, so that a call without a good key is answered before its parameters or its body are looked at.
"""

import asyncio
import json
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from api.auth import tidy_purpose
from api.service import Service

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/api/v1"

log = logging.getLogger("creditgraph.http")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "; ".join(
        ("default-src 'none'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'")
    ),
}

#: One body for every key that is not good: it must not say which part was wrong.
_UNAUTHORISED = {"status": 401, "title": "no good key", "detail": "give a key that is valid in the header X-API-Key"}


class TooLarge(Exception):
    """A body above the limit."""


class TooSlow(Exception):
    """A body that did not come in time."""


def problem_response(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """A problem object as ``application/problem+json`` (RFC 9457)."""
    text = json.dumps({"type": "about:blank", **body}, ensure_ascii=False)
    return Response(text, int(body["status"]), headers, "application/problem+json")


def too_slow(seconds: float) -> Response:
    """The answer to a body that did not come in time; the connection is closed after it."""
    told = {"status": 408, "title": "body too slow", "detail": f"a body must have come within {seconds:g} seconds"}
    return problem_response(told, {"connection": "close"})


def too_large(limit: int) -> Response:
    """The answer to a body above the limit."""
    return problem_response({"status": 413, "title": "body too large", "detail": f"at most {limit} bytes are taken"})


class Gate:
    """Wraps the application; ``service`` gives the service of the running one."""

    def __init__(self, app: App, service: Callable[[], Service]) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        service, start, status = self._service(), time.monotonic(), [500]
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) and not given.isdigit() else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                headers["x-request-id"] = request_id
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            refusal = self._refusal(service, scope)
            handler = refusal or self._app
            await handler(scope, _bounded(receive, service.body_limit, service.body_seconds), sending)
        finally:
            self._tell(service, scope, status[0], time.monotonic() - start)

    @staticmethod
    def _refusal(service: Service, scope: Scope) -> Response | None:
        """The answer to a call that does not come in: no good key, too many calls, too large."""
        headers = Headers(scope=scope)
        path = str(scope["path"])
        if path == PREFIX or path.startswith(f"{PREFIX}/"):
            caller = service.keys.caller_of(headers.get("x-api-key", ""))
            if caller is None:
                return problem_response(_UNAUTHORISED, {"www-authenticate": "ApiKey"})
            wait = service.limiter.wait(caller.key)
            if wait:
                told = {"status": 429, "title": "too many calls", "detail": "ask again after Retry-After seconds"}
                return problem_response(told, {"retry-after": str(int(wait) + 1)})
            # A header is ASCII; a purpose in Chinese comes percent-encoded or as raw UTF-8.
            purpose = headers.get("x-purpose", "").encode("latin-1").decode("utf-8", "replace")
            scope["state"]["caller"] = replace(caller, purpose=tidy_purpose(unquote(purpose)))
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > service.body_limit:
            return too_large(service.body_limit)
        return None

    @staticmethod
    def _tell(service: Service, scope: Scope, status: int, seconds: float) -> None:
        """One line a call: the route's template, never the path or the query of the call."""
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS") else "OTHER"
        service.figures.count(method, route, status, seconds)
        caller = scope["state"].get("caller")
        line = {"id": scope["state"]["request_id"], "method": method, "route": route, "status": status}
        line |= {"ms": round(seconds * 1000, 1), "key": caller.key if caller else None}
        log.info(json.dumps(line))


def _bounded(receive: Receive, limit: int, seconds: float) -> Receive:
    """Counts the bytes of a body as they come, whatever its header says; TooLarge beyond the limit.

    TooSlow when it is not whole in time. Once it is, nobody is hurried: what comes then is that the client went away.
    """
    got, whole, until = 0, False, time.monotonic() + seconds

    async def bounded() -> Message:
        nonlocal got, whole
        if whole:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), until - time.monotonic())
        except TimeoutError:
            raise TooSlow from None
        got += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if got > limit:
            raise TooLarge
        return message

    return bounded

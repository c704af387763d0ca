"""A question with a body: who may not ask is told before it is read, since it may be large; writes wait their turn."""

import json
from collections.abc import Callable
from typing import Any

from anyio import to_thread
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.asking import Call
from api.auth import WRITES, permit
from api.entities import Unanswerable


async def posted(call: Call, action: str, work: Callable[[bytes], Response]) -> Response:
    """What ``work`` makes of the body of a request whose caller may take the action; else the refusal, audited."""
    try:
        permit(call.caller, action)
    except Unanswerable as refused:
        return await run_in_threadpool(call.refused, action, refused)
    content = await call.request.body()
    return await to_thread.run_sync(work, content, limiter=call.service.loads if action in WRITES else None)


def json_of(content: bytes, what: str) -> Any:
    """A body as JSON; Unanswerable 400 ``unreadable …``, which repeats nothing of what was sent."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unanswerable(400, f"unreadable {what}", f"the body is no JSON: {type(error).__name__}") from None

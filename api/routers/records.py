"""Records, documents, lists and their changes, batches."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from api.asking import Call, Calling, Timed
from api.auth import permit_load
from api.entities import Unanswerable
from api.loading import load_uploads
from api.proof import row_body
from api.questions import changes_body, list_body, receipts_body
from api.records import record_body, text_body
from api.routers.entities import Cursor, Limit

router = APIRouter(tags=["records"])

_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                }
            }
        },
    }
}


@router.get("/records/{id}", summary="A record with whom it is about and its evidence")
def record(call: Timed, id: Annotated[str, Path(pattern=r"^n[0-9a-f]{23}$")]) -> Response:
    """By its internal id, as evidence names it."""
    return call.answer("read", lambda asked: record_body(asked.book, asked.reader, asked.view, id))


@router.get("/rows/{seq}", summary="A source row and the claims that were made from it")
def row(call: Timed, seq: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
    """By its sequence, as evidence names it. The cells are for restricted views, numbers masked."""
    return call.answer("read", lambda asked: row_body(asked.book, asked.reader, asked.view, seq))


@router.get("/documents/{sha256}/text", summary="The text of a judgment and the span of each fact")
def text(call: Timed, sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]) -> Response:
    """`span` counts characters of `text`; ID numbers are masked in place, so spans hold."""
    return call.answer("read", lambda asked: text_body(asked.book, asked.reader, asked.view, sha256))


@router.get("/lists/{id}", summary="The entries of a list")
def entries(call: Timed, id: Annotated[str, Path(max_length=60)], limit: Limit = 50, cursor: Cursor = None) -> Response:
    """By list id (`L01`) or source id, ordered by entry."""

    return call.answer("read", lambda asked: list_body(asked, id, limit, cursor))


@router.get("/lists/{id}/delta", summary="What changed on a list after a sequence")
def delta(
    call: Timed,
    id: Annotated[str, Path(max_length=60)],
    since: Annotated[int, Query(ge=0, le=2**53)],
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
    cursor: Cursor = None,
) -> Response:
    """The body of `delta`: every event in order. The public is told of entries that it may see, not of withdrawals."""

    return call.answer("read", lambda asked: changes_body(asked, id, since, limit, cursor))


@router.get("/batches", summary="Receipts of loads, the latest first")
def batches(call: Calling, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """What became of the rows of each load."""

    return call.answer("read_batches", lambda asked: receipts_body(asked, limit, cursor))


@router.post("/batches", summary="Load files of a source", status_code=201, openapi_extra=_UPLOAD)
async def load_files(call: Calling, source: Annotated[str, Query(max_length=60)]) -> Response:
    """One batch, whole or absent; the answer is the receipt. Fields `file` of a multipart form, one or more."""
    try:
        permit_load(call.caller, source)
    except Unanswerable as refused:
        return await run_in_threadpool(call.refused, "load", refused)
    if not call.request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await to_thread.run_sync(_loaded, call, source, [], limiter=call.service.loads)
    async with call.request.form(max_files=100, max_fields=100) as form:
        uploads = [part for part in form.getlist("file") if isinstance(part, UploadFile)]
        return await to_thread.run_sync(_loaded, call, source, uploads, limiter=call.service.loads)


def _loaded(call: Call, source: str, uploads: list[UploadFile]) -> Response:
    return call.answer(
        "load",
        lambda asked: load_uploads(call, asked, source, uploads),
        query=source,
        status=201,
    )

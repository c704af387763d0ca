"""Records, documents, lists and their changes, batches."""

import os
import shutil
import tempfile
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from api.answers import delta_body
from api.asking import Call, Calling, Question, Timed
from api.auth import permit_load
from api.cut import Narrow
from api.divisions import Departments
from api.entities import Unanswerable
from api.paging import cursor_of, key_of, page
from api.records import batches_body, entry_rows, list_entries, record_body, text_body
from api.routers.entities import Cursor, Limit
from api.service import Service
from ingest.load import load
from ingest.submitters import Admits

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


@router.get("/documents/{sha256}/text", summary="The text of a judgment and the span of each fact")
def text(call: Timed, sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]) -> Response:
    """`span` counts characters of `text`; ID numbers are masked in place, so spans hold."""
    return call.answer("read", lambda asked: text_body(asked.book, asked.reader, asked.view, sha256))


@router.get("/lists/{id}", summary="The entries of a list")
def entries(call: Timed, id: Annotated[str, Path(max_length=60)], limit: Limit = 50, cursor: Cursor = None) -> Response:
    """By list id (`L01`) or source id, ordered by entry."""

    def ask(asked: Question) -> dict[str, Any]:
        list_id, source, nodes = list_entries(asked.book, asked.reader, asked.view, id)
        some, following = page(nodes, lambda n: (n.id,), cursor, limit, (str,))
        rows = entry_rows(asked.book, asked.reader, asked.view, some)
        body = {"list": list_id, "source": source, "total": len(nodes), "next": following, "results": rows}
        return body | asked.times(len(nodes))

    return call.answer("read", ask)


@router.get("/lists/{id}/delta", summary="What changed on a list after a sequence")
def delta(
    call: Timed,
    id: Annotated[str, Path(max_length=60)],
    since: Annotated[int, Query(ge=0, le=2**53)],
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
    cursor: Cursor = None,
) -> Response:
    """The body of `delta`: every event in order. The public is told of entries that it may see, not of withdrawals."""

    def ask(asked: Question) -> dict[str, Any]:
        narrow = asked.reader if isinstance(asked.reader, Narrow) else None
        body = delta_body(asked.book, asked.view, id, since, narrow)
        some, following = page(body["changes"], lambda row: (row["seq"],), cursor, limit, (int,))
        return body | {"next": following, "changes": some}

    return call.answer("read", ask)


@router.get("/batches", summary="Receipts of loads, the latest first")
def batches(call: Calling, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """What became of the rows of each load."""

    def ask(asked: Question) -> dict[str, Any]:
        body, before = batches_body(asked.book, int(key_of(cursor, (int,))[0]) if cursor else None, limit)
        return body | {"next": None if before is None else cursor_of([before])}

    return call.answer("read_batches", ask)


def incoming(service: Service) -> FilePath:
    """Where files lie until they are loaded; what a killed service left there is taken away."""
    folder = service.home.root / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.iterdir():
        owner = left.name.split("-")[0]
        if not (owner.isdigit() and FilePath(f"/proc/{owner}").exists()):
            shutil.rmtree(left, ignore_errors=True)
    return folder


def _kept(upload: UploadFile, folder: FilePath, place: int) -> FilePath:
    """An upload as a file under the name that its sender gave it, which evidence shows."""
    name = FilePath((upload.filename or "").replace("\\", "/")).name
    if not name or name in (".", "..") or "\0" in name or len(name.encode()) > 200:
        raise Unanswerable(400, "bad file name", "file: expected a name of at most 200 bytes")
    target = folder / str(place) / name
    target.parent.mkdir()
    with target.open("xb") as file:
        shutil.copyfileobj(upload.file, file, 1 << 20)
    return target


@router.post("/batches", summary="Load files of a source", status_code=201, openapi_extra=_UPLOAD)
async def load_files(call: Calling, source: Annotated[str, Query(max_length=60)]) -> Response:
    """One batch, whole or absent; the answer is the receipt. Fields `file` of a multipart form, one or more."""
    try:
        permit_load(call.caller, source)
    except Unanswerable as refused:
        return await run_in_threadpool(call.refused, "load", refused)
    if not call.request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await run_in_threadpool(_loaded, call, source, [])
    async with call.request.form(max_files=100, max_fields=100) as form:
        uploads = [part for part in form.getlist("file") if isinstance(part, UploadFile)]
        return await run_in_threadpool(_loaded, call, source, uploads)


def _admits(call: Call, asked: Question) -> Admits | None:
    """Which departments' rows the key may load; None for a key without a division, which may load all."""
    if not call.caller.division:
        return None
    reader, view = asked.book.view()
    departments = Departments(reader, call.caller.division)
    return lambda code, name: departments.admits(view, code, name)


def _loaded(call: Call, source: str, uploads: list[UploadFile]) -> Response:
    def ask(asked: Question) -> dict[str, Any]:
        if not uploads:
            raise Unanswerable(400, "no file", "expected multipart/form-data with one or more fields named file")
        with tempfile.TemporaryDirectory(dir=incoming(call.service), prefix=f"{os.getpid()}-") as folder:
            paths = [_kept(upload, FilePath(folder), place) for place, upload in enumerate(uploads)]
            receipt = load(asked.book, source, paths, admits=_admits(call, asked))
        if asked.book.behind:
            receipt.warnings.append(asked.book.behind)
        body = receipt.as_json()
        if receipt.exit_code == 2:
            first = receipt.errors[0]
            raise Unanswerable(400, first["code"], f"{first['file']}: {first['message']}", receipt=body)
        return body

    return call.answer("load", ask, query=source, status=201)

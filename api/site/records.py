"""Pages about what proves a fact: records, documents, lists and their changes, batches."""

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.asking import Question
from api.auth import loadable, permit, permit_load
from api.entities import Unanswerable
from api.loading import load_uploads
from api.proof import row_body
from api.questions import changes_body, list_body, receipts_body
from api.records import batch_body, record_body
from api.show import SECTIONS
from api.site.visit import PageRoute, Visiting, check_form, html, problem_page
from ingest import registry

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Cursor = Annotated[str | None, Query(max_length=600)]

_PAGE = 50


@router.get("/records/{id}")
def record(visit: Visiting, id: Annotated[str, Path(pattern=r"^n[0-9a-f]{23}$")]) -> Response:
    """A record: what it says, its source row, its claims; of a case or a document also its chain."""

    def ask(asked: Question) -> dict[str, Any]:
        body = record_body(asked.book, asked.reader, asked.view, id)
        if body["record"]["kind"] not in ("case", "judgment"):
            return body
        question = asked.asked(id)
        chain = SECTIONS["chain"](question)
        return body | {"chain": chain} | asked.times(body["explored"] + question.explored, question.truncated)

    return visit.page("record.html", "read", ask)


@router.get("/rows/{seq}")
def row(visit: Visiting, seq: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
    """A source row, cell by cell."""
    return visit.page("row.html", "read", lambda asked: row_body(asked.book, asked.reader, asked.view, seq))


@router.get("/lists")
def lists(visit: Visiting) -> Response:
    """The lists that are built."""
    known = sorted({**registry.list_sources(), "L01a": "consumption-restrictions"}.items())
    return html(visit.request, "lists.html", {"lists": known}, visit=visit)


@router.get("/lists/{id}")
def entries(visit: Visiting, id: Annotated[str, Path(max_length=60)], cursor: Cursor = None) -> Response:
    """The entries of a list."""
    return visit.page("list.html", "read", lambda asked: list_body(asked, id, _PAGE, cursor or None))


@router.get("/lists/{id}/delta")
def delta(
    visit: Visiting,
    id: Annotated[str, Path(max_length=60)],
    since: Annotated[int, Query(ge=0, le=2**53)] = 0,
    cursor: Cursor = None,
) -> Response:
    """What changed on a list."""
    return visit.page("delta.html", "read", lambda asked: changes_body(asked, id, since, _PAGE, cursor or None))


@router.get("/batches")
def batches(visit: Visiting, cursor: Cursor = None) -> Response:
    """Receipts, the latest first, and the form to send a file."""
    sources = loadable(visit.caller, registry.sources())
    return visit.page(
        "batches.html", "read_batches", lambda asked: receipts_body(asked, _PAGE, cursor or None), loads=sources
    )


@router.get("/batches/{id}")
def batch(visit: Visiting, id: Annotated[str, Path(pattern=r"^b[0-9]{1,12}$")]) -> Response:
    """One receipt with every row that was not taken."""
    return visit.page("batch.html", "read_batches", lambda asked: batch_body(asked.book, id))


@router.post("/batches")
async def send(visit: Visiting) -> Response:
    """Load the files of the form; the receipt."""
    permit(visit.caller, "load")
    async with visit.request.form(max_files=100, max_fields=100) as form:
        check_form(visit, form.get("form_token"))
        source = str(form.get("source", ""))
        try:
            permit_load(visit.caller, source)
        except Unanswerable as refused:
            await run_in_threadpool(visit.refused, "load", refused)
            raise
        uploads = [part for part in form.getlist("file") if isinstance(part, UploadFile) and part.filename]
        return await to_thread.run_sync(_sent, visit, source, uploads, limiter=visit.service.loads)


def _sent(visit: Visiting, source: str, uploads: list[UploadFile]) -> Response:
    told = visit.told("load", lambda asked: load_uploads(visit, asked, source, uploads), query=source, status=201)
    receipt = told.body.get("receipt") if told.status >= 400 else told.body
    if receipt is None:
        return problem_page(visit.request, told.body)
    return html(visit.request, "batch.html", receipt, told.status, visit=visit)

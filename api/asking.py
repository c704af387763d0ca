"""One call over HTTP: who asks for which view, the answer as bytes with its ETag, its row in the audit."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.audit import query_hash, row_of
from api.auth import LOGGED, WRITES, Caller, narrowing, permit, tells_erased
from api.cut import cut
from api.entities import Unanswerable, find
from api.gate import PREFIX, problem_response
from api.ownership.owned import whole_register
from api.paths import Seen, indexed_anew
from api.problems import problem_of
from api.service import Service
from api.show import Asked
from graph.analysis.evidence.kept import Kept
from graph.book.book import Book
from graph.ledger.clock import today
from graph.model.claims import PUBLIC
from graph.model.ids import check_id
from graph.model.jsontext import dump
from graph.store.base import Node, Reader, View

if TYPE_CHECKING:
    from graph.analysis.evidence.index import Index


@dataclass(frozen=True, slots=True)
class Question:
    """A book, and the reader and view of who asks; ``kept``: indexes of paths, by the ``division`` too."""

    book: Book
    reader: Reader
    view: View
    kept: Kept | None = None
    division: str = ""

    def find(self, asked: str) -> tuple[Node, str | None]:
        """The subject of an ID, and the retired id it was asked by; Unanswerable 404, 409, 410."""
        try:
            if asked == "-":
                raise Unanswerable(404, "unknown subject", "no subject of this code or name is known")
            return find(self.book, self.reader, self.view, asked)
        except Unanswerable as error:
            if error.body["status"] not in (404, 410) or tells_erased(self.view.level):
                raise
            raise Unanswerable(404, "unknown subject", "no subject of this id, code or name is known") from None

    def asked(self, subject: str) -> Asked:
        """The question about one subject; Moved when another id answers for it."""
        node, retired = self.find(subject)
        if retired:
            raise Moved(node.id)
        register = whole_register(self.book, self.reader, self.view, self.division)
        return Asked(self.book, self.reader, self.view, node, None, register)

    def seen(self, ever: bool) -> Seen:
        """Where paths are asked; ``ever``: over edges of all times."""
        edges = self.book.all_times(self.view) if ever else self.view
        return Seen(self.book, self.reader, self.view, edges, self.index)

    def index(self, edges: View) -> "Index":
        """The index of paths of what the reader shows, kept while the graph stays what it is."""
        make = partial(indexed_anew(self.reader), edges)
        if self.kept is None:
            return make()
        past, seq = edges.known_at is not None, self.book.seq(edges)
        key = (self.book.ledger.id, seq, past, edges.level, edges.as_of, edges.today, self.division)
        return self.kept.get(key, make)

    def times(self, explored: int, truncated: bool = False) -> dict[str, Any]:
        """What every answer from the graph says of itself."""
        body: dict[str, Any] = {"as_of": self.view.as_of, "known_at": self.book.seq(self.view)}
        return body | {"truncated": truncated, "explored": explored}


#: Seconds that a question waits for a sequence.
_PATIENCE = 10.0

#: How often a question is asked while batches come in between.
_TRIES = 10


class Moved(Exception):
    """The subject is now told under another id."""

    def __init__(self, survivor: str) -> None:
        super().__init__("merged")
        self.survivor = survivor


Ask = Callable[[Question], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a question: the body or problem object, its status, and the id that answers instead ("" = none)."""

    body: dict[str, Any]
    status: int
    moved: str = ""


def iso_day(text: str | None) -> str | None:
    """An ISO day; Unanswerable 400."""
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        raise Unanswerable(400, "bad date", "as_of: expected YYYY-MM-DD") from None


class Call:
    """A call with its key; ``answer`` is the one way to a body."""

    as_of: str | None = None
    known_at: str | None = None
    at_least: int = 0

    def __init__(self, request: Request) -> None:
        self.request = request
        self.caller: Caller = request.state.caller
        self.service: Service = request.app.state.service

    def question(self, book: Book) -> Question:
        """The reader and view of the caller; Unanswerable 400 for a bad time, 403 for the past."""
        if self.known_at is not None:
            # What was open then may have been closed since: the past is not for the lower levels.
            permit(self.caller, "read_past")
        if self.at_least:
            self._wait(book)
        try:
            reader, view = book.view(
                as_of=iso_day(self.as_of) or today(), known_at=self.known_at, level=self.caller.level
            )
        except (ValueError, OverflowError):
            raise Unanswerable(400, "bad known_at", "expected a sequence or YYYY-MM-DD") from None
        division = narrowing(self.caller)
        return Question(book, cut(reader, self.caller.level, division), view, self.service.evidence, division)

    def _wait(self, book: Book) -> None:
        """Unanswerable 409 when the graph does not hold the sequence asked for, after :func:`timed` has waited."""
        seq = self._graph_seq(book)
        if seq < self.at_least:
            told = f"the graph holds {seq} of the {self.at_least} asked for; ask again"
            raise Unanswerable(409, "not there yet", told)

    @staticmethod
    def _graph_seq(book: Book) -> int:
        state = book.store.state()
        return state.seq if state else 0

    def nothing_to_wait_for(self) -> bool:
        """Whether the graph holds the sequence asked for, or the ledger does not either, so that it is on no way."""
        with self.service.books.one() as book:
            return self._graph_seq(book) >= self.at_least or book.ledger.head()[0] < self.at_least

    def audit(self, query: object, seq: int | None, body: Any, status: int, *, always: bool) -> None:
        """A row for whatever shows a person, is read above the public view, or writes."""
        method, route = self.request.method, self.request.scope["route"].path
        asked = query_hash(method, self.request.url.path, sorted(self.request.query_params.multi_items()), query)
        row = row_of(self.caller, f"{method} {route}", asked, seq, body, status)
        if row["persons"] or always:
            self.service.audit.put(row)

    def told(self, action: str, ask: Ask, *, query: object = None, status: int = 200) -> Told:
        """What a question was told, audited: a body, a problem object, or where it is answered now."""
        always = action not in ("read_audit", "read_batches") and (action in LOGGED or self.caller.level > PUBLIC)
        seq: int | None = None
        try:
            permit(self.caller, action)
            with self.service.books.one() as book:
                body = self._whole(book, ask) if action not in WRITES else ask(self.question(book))
                seq = int(body["known_at"]) if "known_at" in body else None
        except Moved as moved:
            shown = {"kind": "person", "id": moved.survivor}
            self.audit(query, None, shown, 308, always=self.caller.level > PUBLIC)
            return Told({"status": 308}, 308, moved.survivor)
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            self.audit(query, None, problem, int(problem["status"]), always=always)
            return Told(problem, int(problem["status"]))
        self.audit(query, seq, body, status, always=always)
        return Told(body, status)

    def _whole(self, book: Book, ask: Ask) -> dict[str, Any]:
        """The body of a question that reads several times, all of one moment.

        Where the store has no such thing it is asked again when a batch came in between; Unanswerable 503 when one
        comes each time.
        """
        for _ in range(_TRIES):
            with book.snapshot() as one:
                before = None if one else book.store.state()
                body = ask(self.question(book))
                if one or self.known_at is not None or book.store.state() == before:
                    return body
        raise Unanswerable(503, "batches keep coming", "the graph changed while it was read; ask again")

    def answer(self, action: str, ask: Ask, *, query: object = None, status: int = 200) -> Response:
        """The body of a question with its ETag; problems, 304 and 308 too."""
        told = self.told(action, ask, query=query, status=status)
        if told.moved:
            return self._moved(told.moved)
        if told.status >= 400:
            return problem_response(told.body)
        return self._sent(told.body, status)

    def refused(self, action: str, refusal: Unanswerable) -> Response:
        """A refusal that came before the question, audited as any other answer."""

        def ask(_: Question) -> dict[str, Any]:
            raise refusal

        return self.answer(action, ask)

    def _sent(self, body: Any, status: int) -> Response:
        content = dump(body).encode()
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "X-API-Key"}
        if self.request.method == "GET" and tag in self.request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, status, headers, "application/json")

    def _moved(self, survivor: str) -> Response:
        """308 to the same question about the survivor."""
        asked = self.request.path_params.get("id", "")
        rest = self.request.url.path.removeprefix(f"{PREFIX}/entities/{asked}")
        target = f"{PREFIX}/entities/{survivor}{rest}" + (
            f"?{self.request.url.query}" if self.request.url.query else ""
        )
        told = {"status": 308, "title": "merged", "detail": "the subject is told under another id", "id": survivor}
        return problem_response(told, {"location": target})


def no_number(text: str, where: str) -> str:
    """The text, unless it is an ID number, which may stand in no URL; Unanswerable 400."""
    if check_id(text).kind == "id_card":
        raise Unanswerable(400, "ID number in a URL", f"{where}: an ID number is never asked in a URL")
    return text


class TimedCall(Call):
    """A call that may ask for a day of valid time and for what was known then."""

    def __init__(self, request: Request, as_of: str | None, known_at: str | None, at_least: int = 0) -> None:
        super().__init__(request)
        self.as_of, self.known_at, self.at_least = as_of, known_at, at_least


async def calling(request: Request) -> Call:
    """The call of a request. Not a plain function: such a dependency would take a thread of its own."""
    return Call(request)


async def timed(
    request: Request,
    as_of: Annotated[str | None, Query(max_length=20, description="day of valid time, default today")] = None,
    known_at: Annotated[
        str | None, Query(max_length=20, description="sequence or day of recorded time, default now")
    ] = None,
    at_least: Annotated[
        int, Query(ge=0, le=2**53, description="wait until the graph holds this sequence, ten seconds at most")
    ] = 0,
) -> TimedCall:
    """The call of a request that may ask for a time; who waits for a sequence holds no thread meanwhile."""
    call, until = TimedCall(request, as_of, known_at, at_least), time.monotonic() + _PATIENCE
    while at_least and time.monotonic() < until and not await run_in_threadpool(_there, call):
        await asyncio.sleep(0.1)
    return call


def _there(call: Call) -> bool:
    """Whether there is nothing to wait for; what goes wrong now goes wrong when the question is asked, and is told."""
    try:
        return call.nothing_to_wait_for()
    except Exception:
        return True


Calling = Annotated[Call, Depends(calling)]
Timed = Annotated[TimedCall, Depends(timed)]

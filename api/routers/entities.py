"""Subjects: search, file, neighbourhood, records, measures; paths between two of them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.answers import reach_body
from api.asking import Question, Timed
from api.auth import permit
from api.paths import Rank, Way
from api.questions import link_body, neighbours_body, paths_body, search_body, section_body
from api.show import show

router = APIRouter(tags=["subjects"])

#: Sections that ask for more than a file does.
MORE = {"keys": "read_keys", "beneficial-owners": "read_owners"}

Id = Annotated[
    str, Path(max_length=200, description="internal id, unified code, registration number, exact name; no ID number")
]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=600, description="the `next` of an earlier answer")]


@router.get("/search", summary="Subjects by name or part of it, former name, pinyin, initials, code or case number")
def search(
    call: Timed, q: Annotated[str, Query(min_length=1, max_length=200)], limit: Limit = 20, cursor: Cursor = None
) -> Response:
    """Results are entities in the order of their ids; `total` counts up to a thousand."""

    return call.answer("read", lambda asked: search_body(asked, q, limit, cursor))


@router.get("/entities/{id}", summary="The file of a subject")
def file_of(call: Timed, id: Id, section: Annotated[list[str] | None, Query(max_length=20)] = None) -> Response:
    """The body of `show`: people, holdings, judgments, records, lists and more, each fact with its evidence."""
    sections = section or []

    def ask(asked: Question) -> dict[str, Any]:
        for section, action in MORE.items():
            if section in sections:
                permit(call.caller, action)
        return show(asked.asked(id), sections)

    return call.answer("read", ask)


@router.get("/entities/{id}/expansions", summary="How many edges of which relation a subject has")
def expansions(call: Timed, id: Id, limit: Limit = 200, cursor: Cursor = None) -> Response:
    """Results `{"relation", "direction", "count"}`."""
    return call.answer("read", lambda asked: section_body(asked, id, "expansions", limit, cursor))


@router.get("/entities/{id}/records", summary="The records about a subject")
def records(call: Timed, id: Id, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Penalties, licences, judgments' debts and other records with status, display and evidence."""
    return call.answer("read", lambda asked: section_body(asked, id, "records", limit, cursor))


@router.get("/entities/{id}/chain", summary="A case with those it follows and those that follow it")
def chain(call: Timed, id: Id, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Of a case or a document, by case number or id: cases in order with documents, parties and who became what."""
    return call.answer("read", lambda asked: section_body(asked, id, "chain", limit, cursor))


@router.get("/entities/{id}/neighbours", summary="The neighbours of a subject, an edge a row")
def neighbours(
    call: Timed,
    id: Id,
    relation: Annotated[str | None, Query(max_length=60)] = None,
    direction: Literal["in", "out", "both"] = "both",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Results `{"node", "edge"}`; `total` is the `count` of the expansion."""

    return call.answer("read", lambda asked: neighbours_body(asked, id, relation, direction, limit, cursor))


@router.get("/entities/{id}/edges/{edge}", summary="One edge of a subject and the claims that it rests on")
def edge_of(call: Timed, id: Id, edge: Annotated[str, Path(pattern=r"^e[0-9a-f]{23}$")]) -> Response:
    """Each claim with its row or words, what read it, to whom it is open and until when, and what would end it."""
    return call.answer("read", lambda asked: link_body(asked, id, edge))


@router.get("/entities/{id}/measures", summary="Who is reached by which measure, and who is not")
def measures(call: Timed, id: Id) -> Response:
    """The body of `reach`: what may be proposed and what is refused, with grounds. A person decides."""
    return call.answer("read", lambda asked: reach_body(asked.book, asked.reader, asked.view, asked.asked(id).node))


@router.get("/paths", summary="How two subjects are linked")
def paths(
    call: Timed,
    start: Annotated[str, Query(alias="from", min_length=1, max_length=200)],
    to: Annotated[str, Query(min_length=1, max_length=200)],
    max_depth: Annotated[int | None, Query(ge=1, le=8, description="hops; default 6, by evidence any number")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    relations: Annotated[str | None, Query(max_length=300, description="separated by commas")] = None,
    rank: Annotated[Rank, Query(description="by hops, or by strength of evidence")] = "hops",
    soft: Annotated[bool, Query(description="shared addresses and agents too, listed last")] = False,
    ever: Annotated[bool, Query(description="edges of all times, each with its dates")] = False,
    cursor: Cursor = None,
) -> Response:
    """The body of `path`: shortest or best proved first, every hop with its evidence."""

    way = Way(max_depth, limit, 0, relations.split(",") if relations else None, rank, soft, ever)
    return call.answer("read", lambda asked: paths_body(asked, (start, to), way, cursor))

"""Subjects: search, file, neighbourhood, records, measures; paths between two of them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.answers import path_body, reach_body
from api.asking import Question, Timed, TimedCall, no_number
from api.auth import permit
from api.entities import Unanswerable, edge_body, edge_evidence, entity, is_subject, keys_for
from api.paging import cursor_of, key_of, page
from api.show import SECTIONS, show
from graph.model.ids import check_id
from graph.model.text import parse_case_no
from graph.store.base import Node
from graph.store.items import edge_order

router = APIRouter(tags=["subjects"])

Id = Annotated[
    str, Path(max_length=200, description="internal id, unified code, registration number, exact name; no ID number")
]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=600, description="the `next` of an earlier answer")]

#: Subjects that a search counts; beyond them it says that it is truncated.
_COUNTED = 1000


def _by_code(asked: Question, text: str) -> list[Node]:
    """Subjects of a code or number, and the case of a case number."""
    keys, found = keys_for(text), check_id(text)
    if found.kind == "org_code" and found.valid:
        keys.append(f"org:{found.normalised}")
    case = parse_case_no(text)
    if case:
        keys.append(f"case:{case.base}")
    nodes = [node for key in keys if (node := asked.reader.by_key(asked.view, key))]
    return list({node.id: node for node in nodes}.values())


def _found(asked: Question, text: str) -> tuple[list[Node], bool]:
    """All that a text finds, ordered by id, and whether there is more than is counted."""
    found = {node.id: node for node in _by_code(asked, text)}
    after: str | None = None
    while len(found) <= _COUNTED:
        some = asked.reader.search(asked.view, text, _COUNTED, after=after)
        found |= {node.id: node for node in some if is_subject(node)}
        if len(some) < _COUNTED:
            break
        after = some[-1].id
    nodes = [found[i] for i in sorted(found)]
    return nodes[:_COUNTED], len(nodes) > _COUNTED


@router.get("/search", summary="Subjects by name or part of it, former name, pinyin, initials, code or case number")
def search(
    call: Timed, q: Annotated[str, Query(min_length=1, max_length=200)], limit: Limit = 20, cursor: Cursor = None
) -> Response:
    """Results are entities in the order of their ids; `total` counts up to a thousand."""

    def ask(asked: Question) -> dict[str, Any]:
        nodes, truncated = _found(asked, no_number(q, "q"))
        some, following = page(nodes, lambda n: (n.id,), cursor, limit, (str,))
        body = {"total": len(nodes), "next": following, "results": [entity(node) for node in some]}
        return body | asked.times(len(nodes), truncated)

    return call.answer("read", ask)


@router.get("/entities/{id}", summary="The file of a subject")
def file_of(call: Timed, id: Id, section: Annotated[list[str] | None, Query(max_length=20)] = None) -> Response:
    """The body of `show`: people, holdings, judgments, records, lists and more, each fact with its evidence."""
    sections = section or []

    def ask(asked: Question) -> dict[str, Any]:
        if "keys" in sections:
            permit(call.caller, "read_keys")
        return show(asked.asked(id), sections)

    return call.answer("read", ask)


def _section(call: TimedCall, id: str, name: str, limit: int, cursor: str | None) -> Response:
    """A section of the file as a list; the order of the section stands, the cursor is a place in it."""

    def ask(asked: Question) -> dict[str, Any]:
        question = asked.asked(id)
        rows = SECTIONS[name](question)
        numbered = list(enumerate(rows))
        some, following = page(numbered, lambda row: (row[0],), cursor, limit, (int,))
        body = {"entity": entity(question.node), "total": len(rows), "next": following}
        return body | {"results": [row for _, row in some]} | asked.times(question.explored)

    return call.answer("read", ask)


@router.get("/entities/{id}/expansions", summary="How many edges of which relation a subject has")
def expansions(call: Timed, id: Id, limit: Limit = 200, cursor: Cursor = None) -> Response:
    """Results `{"relation", "direction", "count"}`."""
    return _section(call, id, "expansions", limit, cursor)


@router.get("/entities/{id}/records", summary="The records about a subject")
def records(call: Timed, id: Id, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Penalties, licences, judgments' debts and other records with status, display and evidence."""
    return _section(call, id, "records", limit, cursor)


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

    def ask(asked: Question) -> dict[str, Any]:
        node = asked.asked(id).node
        relations = None if relation is None else (relation,)
        edges = asked.reader.neighbours(asked.view, [node.id], relations, direction)
        some, following = page(edges, edge_order, cursor, limit, (str,) * 5)
        nodes = asked.reader.get(asked.view, [edge.other(node.id) for edge in some])
        proof = edge_evidence(asked.book, some)
        rows = [
            {"node": entity(nodes[edge.other(node.id)]), "edge": edge_body(edge, proof[edge.id])}
            for edge in some
            if edge.other(node.id) in nodes
        ]
        return {"total": len(edges), "next": following, "results": rows} | asked.times(1 + len(nodes))

    return call.answer("read", ask)


@router.get("/entities/{id}/measures", summary="Who is reached by which measure, and who is not")
def measures(call: Timed, id: Id) -> Response:
    """The body of `reach`: what may be proposed and what is refused, with grounds. A person decides."""
    return call.answer("read", lambda asked: reach_body(asked.book, asked.reader, asked.view, asked.asked(id).node))


@router.get("/paths", summary="How two subjects are linked")
def paths(
    call: Timed,
    start: Annotated[str, Query(alias="from", min_length=1, max_length=200)],
    to: Annotated[str, Query(min_length=1, max_length=200)],
    max_depth: Annotated[int, Query(ge=1, le=8)] = 6,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    relations: Annotated[str | None, Query(max_length=300, description="separated by commas")] = None,
    cursor: Cursor = None,
) -> Response:
    """The body of `path`: shortest first, every hop with its evidence."""

    def ask(asked: Question) -> dict[str, Any]:
        ends = (asked.find(start)[0], asked.find(to)[0])
        chosen = relations.split(",") if relations else None
        offset = int(key_of(cursor, (int,))[0]) if cursor else 0
        if offset < 0:
            raise Unanswerable(400, "bad cursor", "cursor: expected the next of an earlier answer")
        bounds = {"max_depth": max_depth, "limit": limit, "offset": offset}
        body = path_body(asked.book, asked.reader, asked.view, ends, relations=chosen, **bounds)
        return body | {"next": cursor_of([int(body["next"])]) if body["next"] else None}

    return call.answer("read", ask)

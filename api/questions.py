"""Questions that the service and its pages share, as bodies in pages of a list."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from api.answers import delta_body
from api.asking import Question, no_number
from api.cut import Narrow
from api.entities import Unanswerable, edge_body, edge_evidence, entity, is_subject, keys_for
from api.ownership.holding import holdings, holdings_told
from api.ownership.owned import Owned
from api.paging import cursor_of, key_of, offset_of, page
from api.paths import Way, path_body
from api.proof import claims_body
from api.records import batches_body, entry_rows, list_entries
from api.show import SECTIONS
from graph.model.ids import check_id
from graph.model.text import parse_case_no
from graph.store.base import Node
from graph.store.items import edge_order

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


def search_body(asked: Question, text: str, limit: int, cursor: str | None) -> dict[str, Any]:
    """Entities in the order of their ids; ``total`` counts up to a thousand. Unanswerable 400 for an ID number."""
    nodes, truncated = _found(asked, no_number(text, "q"))
    some, following = page(nodes, lambda n: (n.id,), cursor, limit, (str,))
    body = {"total": len(nodes), "next": following, "results": [entity(node) for node in some]}
    return body | asked.times(len(nodes), truncated)


def section_body(asked: Question, subject: str, name: str, limit: int, cursor: str | None) -> dict[str, Any]:
    """A section of the file as a list; the order of the section stands, the cursor is a place in it."""
    question = asked.asked(subject)
    rows = SECTIONS[name](question)
    some, following = page(list(enumerate(rows)), lambda row: (row[0],), cursor, limit, (int,))
    body = {"entity": entity(question.node), "total": len(rows), "next": following}
    return body | {"results": [row for _, row in some]} | asked.times(question.explored, question.truncated)


def holds_body(asked: Question, subject: str, limit: int, cursor: str | None) -> dict[str, Any]:
    """What a subject holds; evidence is read for the page alone, since some hold thousands."""
    question = asked.asked(subject)
    found = holdings(asked.reader, asked.view, question.node, question.register)
    some, following = page(list(enumerate(found.rows)), lambda row: (row[0],), cursor, limit, (int,))
    rows = holdings_told(asked.book, asked.reader, asked.view, question.node, [row for _, row in some])
    body = {"entity": entity(question.node), "total": len(found.rows), "next": following, "results": rows}
    return body | asked.times(found.explored)


def above_body(asked: Question, subject: str, tell: Callable[[Owned], dict[str, Any]]) -> dict[str, Any]:
    """What is told of a subject and everybody above it."""
    question = asked.asked(subject)
    body = tell(question.owned)
    read = question.owned.excerpt
    return body | {"entity": entity(question.node)} | asked.times(read.explored, read.truncated)


def neighbours_body(
    asked: Question,
    subject: str,
    relation: str | None,
    direction: Literal["in", "out", "both"],
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Results ``{"node", "edge"}``, an edge a row; ``total`` is the ``count`` of the expansion."""
    node = asked.asked(subject).node
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


def link_body(asked: Question, subject: str, edge_id: str) -> dict[str, Any]:
    """``{"edge", "from", "to", "claims"}`` of an edge at any time. Unanswerable 404 when the reader sees none."""
    node, view = asked.asked(subject).node, asked.book.all_times(asked.view)
    edge = next((e for e in asked.reader.neighbours(view, [node.id]) if e.id == edge_id), None)
    ends = asked.reader.get(asked.view, [edge.source, edge.target]) if edge else {}
    if edge is None or len({edge.source, edge.target} - ends.keys()):
        raise Unanswerable(404, "unknown edge", "the subject has no edge of this id")
    body: dict[str, Any] = {"edge": edge_body(edge, edge_evidence(asked.book, [edge])[edge.id])}
    body |= {"from": entity(ends[edge.source]), "to": entity(ends[edge.target])}
    return body | {"claims": claims_body(asked.book, asked.view, edge.claims)} | asked.times(2)


def paths_body(asked: Question, ends: tuple[str, str], way: Way, cursor: str | None) -> dict[str, Any]:
    """The body of ``path``; ``cursor`` takes the place of the offset of ``way``."""
    start, end = asked.find(ends[0])[0], asked.find(ends[1])[0]
    way = replace(way, offset=offset_of(cursor))
    body = path_body(asked.book, asked.reader, asked.view, (start, end), way, asked.index)
    return body | {"next": cursor_of([int(body["next"])]) if body["next"] else None}


def list_body(asked: Question, asked_list: str, limit: int, cursor: str | None) -> dict[str, Any]:
    """Entries of a list that the reader sees, ordered by entry."""
    list_id, source, nodes = list_entries(asked.book, asked.reader, asked.view, asked_list)
    some, following = page(nodes, lambda n: (n.id,), cursor, limit, (str,))
    rows = entry_rows(asked.book, asked.reader, asked.view, some)
    body = {"list": list_id, "source": source, "total": len(nodes), "next": following, "results": rows}
    return body | asked.times(len(nodes))


def changes_body(asked: Question, asked_list: str, since: int, limit: int, cursor: str | None) -> dict[str, Any]:
    """The body of ``delta``, a page of its changes."""
    narrow = asked.reader if isinstance(asked.reader, Narrow) else None
    body = delta_body(asked.book, asked.view, asked_list, since, narrow)
    some, following = page(body["changes"], lambda row: (row["seq"],), cursor, limit, (int,))
    return body | {"next": following, "changes": some}


def receipts_body(asked: Question, limit: int, cursor: str | None) -> dict[str, Any]:
    """Receipts of loads, the latest first."""
    body, before = batches_body(asked.book, int(key_of(cursor, (int,))[0]) if cursor else None, limit)
    return body | {"next": None if before is None else cursor_of([before])}

"""Entities and evidence in the shapes that every command prints."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from graph.book import evidence
from graph.book.book import Book
from graph.book.decisions import erased_by
from graph.model.claims import key_kind
from graph.model.ids import check_id, check_reg_no, check_uscc
from graph.model.ontology import kind as kind_of
from graph.model.text import case_base
from graph.store.base import Edge, Node, Reader, View
from graph.store.items import own_id

_INTERNAL = re.compile(r"n[0-9a-f]{23}")


class Unanswerable(Exception):
    """A question that ends with a problem object: status, title, detail and perhaps candidates."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.body: dict[str, Any] = {"status": status, "title": title, "detail": detail, **more}


def entity(node: Node) -> dict[str, Any]:
    """``{"id", "kind", "name", "uscc"}``, or ``id_mask`` for a person."""
    body: dict[str, Any] = {"id": node.id, "kind": node.kind, "name": node.name}
    if node.kind == "person":
        body["id_mask"] = node.props.get("id_mask")
    else:
        body["uscc"] = node.props.get("uscc")
    if node.labels:
        body["labels"] = list(node.labels)
    return body


def edge_evidence(book: Book, edges: Iterable[Edge]) -> dict[str, list[dict[str, Any]]]:
    """Evidence of edges by edge id."""
    edges = list(edges)
    found = evidence.of_claims(book.ledger, [claim for edge in edges for claim in edge.claims])
    return {edge.id: evidence.merged(found, edge.claims) for edge in edges}


def record_evidence(book: Book, nodes: Sequence[Node], view: View) -> dict[str, list[dict[str, Any]]]:
    """Evidence of record nodes by node id."""
    keys = {key: node.id for node in nodes for key in node.keys}
    found = evidence.of_records(book.ledger, keys, view)
    rows: dict[str, list[dict[str, Any]]] = {}
    for key, some in found.items():
        rows.setdefault(keys[key], []).extend(some)
    return rows


def edge_body(edge: Edge, proof: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """An edge as printed."""
    body: dict[str, Any] = {
        "id": edge.id,
        "relation": edge.relation,
        "from": edge.source,
        "to": edge.target,
        "valid_from": edge.valid_from,
        "valid_to": edge.valid_to,
        "match": edge.match,
        "evidence": list(proof),
    }
    if edge.seen_on:
        body["seen_on"] = edge.seen_on
    if edge.disagree:
        body["disagree"] = True
    return body | {name: value for name, value in edge.props.items() if name not in body}


def is_subject(node: Node) -> bool:
    """Whether a node is somebody of whom records can be, not a record or a case itself."""
    return kind_of(node.kind).subject


def keys_for(text: str) -> list[str]:
    """Keys that a code on the command line may mean."""
    uscc, reg = check_uscc(text), check_reg_no(text)
    keys = [f"uscc:{uscc.normalised}"] if uscc.valid else []
    return keys + ([f"reg:{reg.normalised}"] if reg.valid else [])


def find(book: Book, reader: Reader, view: View, asked: str, stdin: str | None = None) -> tuple[Node, str | None]:
    """The node of an ID and, when a retired id was asked, that id.

    ``stdin``: the ID number, given when ``asked`` is ``-``. Unanswerable 404, 409 or 410.
    """
    if asked == "-":
        return _by_number(book, reader, view, stdin or ""), None
    if _INTERNAL.fullmatch(asked):
        return _by_internal(book, reader, view, asked)
    if check_id(asked).kind == "id_card":
        raise Unanswerable(
            400, "ID number on the command line", "give an ID number on standard input, with - as the ID"
        )
    for key in keys_for(asked):
        node = reader.by_key(view, key)
        if node:
            return node, None
        _check_erased(book, [own_id(key)])
    case = case_base(asked)
    # Documents and records bear the number of their case; who gives a case number means the case.
    if case and (node := reader.by_key(view, f"case:{case}")):
        return node, None
    return _by_name(reader, view, asked), None


def _by_number(book: Book, reader: Reader, view: View, number: str) -> Node:
    found = check_id(number.strip())
    if not (found.kind == "id_card" and found.valid):
        raise Unanswerable(404, "unknown subject", "standard input holds no valid ID number")
    pid = book.vault.find(found.normalised)
    node = reader.by_key(view, pid) if pid else None
    if node is None:
        if pid:
            _check_erased(book, [own_id(pid)])
        raise Unanswerable(404, "unknown subject", "nobody of this number is known")
    return node


def _by_internal(book: Book, reader: Reader, view: View, asked: str) -> tuple[Node, str | None]:
    node = reader.get(view, [asked]).get(asked)
    if node is None:
        _check_erased(book, [asked])
        raise Unanswerable(404, "unknown subject", "no node of this id is known")
    return node, asked if node.id != asked else None


def _check_erased(book: Book, ids: Sequence[str]) -> None:
    with book.ledger.reading() as connection:
        seq = erased_by(connection, ids)
    if seq is not None:
        raise Unanswerable(410, "erased", f"the subject was erased by law, entry {seq}")


def _by_name(reader: Reader, view: View, name: str) -> Node:
    found = reader.search(view, name, 50, exact=True)
    found = [n for n in found if is_subject(n)] or found
    if not found:
        raise Unanswerable(404, "unknown subject", "no subject of this code or name is known")
    if len(found) > 1 and (registered := _registered(found)):
        return registered
    if len(found) > 1:
        detail = f"{len(found)} subjects bear this name; ask by code or by id"
        raise Unanswerable(409, "ambiguous name", detail, candidates=[entity(node) for node in found])
    return found[0]


def _registered(found: Sequence[Node]) -> Node | None:
    """The one organisation among namesakes that bears a number, where all others are names in some document.

    Whoever asks by name means it; the others stay what they are, and a search shows them. A person is never chosen.
    """
    numbered = [node for node in found if any(key_kind(key) != "ctx" for key in node.keys)]
    persons = any(node.kind == "person" for node in found)
    return numbered[0] if len(numbered) == 1 and not persons else None

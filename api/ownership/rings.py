"""Rings of holdings and guarantees that a subject is in, with what hangs on them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from api.entities import edge_body, edge_evidence, entity
from graph.analysis.ownership.rings import KINDS, Ring, ring_of
from graph.book.book import Book
from graph.model.values import parse_decimal
from graph.store.base import Edge, Node, Reader, View


def _yuan(edges: Iterable[Edge]) -> str:
    """The sum of the amounts that are told, as decimal text."""
    told = (Decimal(str(edge.props["amount_yuan"])) for edge in edges if "amount_yuan" in edge.props)
    return parse_decimal(sum(told, Decimal(0)))


def _ring_body(book: Book, reader: Reader, view: View, ring: Ring) -> dict[str, Any]:
    nodes = reader.get(view, [*ring.around, *ring.members])
    proof = edge_evidence(book, ring.edges)
    body: dict[str, Any] = {
        "kind": ring.kind,
        "members": [entity(nodes[m]) for m in ring.members],
        "edges": [edge_body(edge, proof[edge.id]) for edge in ring.edges],
        "circles": [list(circle) for circle in ring.circles],
        "circles_cut": ring.circles_cut,
        "around": {"subjects": len(ring.around), "links": len(ring.around_edges), "truncated": ring.truncated},
    }
    if ring.kind == "guarantee":
        body["exposed_yuan"] = _yuan(ring.edges)
        body["around"]["exposed_yuan"] = _yuan(ring.around_edges)
        body["without_amount"] = sum("amount_yuan" not in edge.props for edge in ring.edges)
    return body


def rings_body(book: Book, reader: Reader, view: View, node: Node) -> list[dict[str, Any]]:
    """The rings that a subject is in: members, edges with evidence, circles, and what hangs on them."""
    found = [ring for kind in sorted(KINDS) if (ring := ring_of(reader, view, kind, node.id))]
    return [_ring_body(book, reader, view, ring) for ring in found]

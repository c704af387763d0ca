"""What a fact rests on: its claims, what read them, to whom they are open, what would end them, and the source row."""

from collections.abc import Sequence
from typing import Any

from api.auth import shows_rows
from graph.book.book import Book
from graph.book.evidence import claims_of_record, claims_told, row_of
from graph.model.claims import type_names
from graph.store.base import Node, View
from ingest.registry import sources
from ingest.spec import Description

_LEVELS = {number: name for name, number in type_names.items()}

#: Ends of the names of fields that point into the vault, and of their masks.
_SEALED, _MASKED = "_id", "_id_mask"


def _read_by(claim: dict[str, Any]) -> str:
    """The rule that made a claim: the extractor of a text, else the layout of its source."""
    source = sources().get(claim["evidence"]["source"])
    layout = source.layout if isinstance(source, Description) else ""
    return claim["extractor"] or (f"{source.id} {layout}" if source else claim["evidence"]["source"])


def _ends_when(source_id: str) -> list[dict[str, Any]]:
    """By which fields of a later version a source says that the record has ended; ``values`` empty = any value."""
    source = sources().get(source_id)
    if not isinstance(source, Description):
        return []
    return [{"field": source.by_name[name].zh, "values": sorted(values)} for name, values in source.ended_when.items()]


def claims_body(book: Book, view: View, claims: Sequence[int]) -> list[dict[str, Any]]:
    """Claims that the view shows, each with ``read_by``, ``open_to`` (public, shared, restricted) and ``ends_when``."""
    return [
        {name: value for name, value in claim.items() if name != "extractor"}
        | {"open_to": _LEVELS[claim["open_to"]], "read_by": _read_by(claim)}
        | {"ends_when": _ends_when(claim["evidence"]["source"])}
        for claim in claims_told(book.ledger, claims, view)
    ]


def record_claims(book: Book, view: View, node: Node) -> list[dict[str, Any]]:
    """The claims of a record node."""
    keys = [key for key in node.keys if key.startswith(("rec:", "doc:"))]
    return claims_body(book, view, claims_of_record(book.ledger, keys, view))


def row_body(book: Book, view: View, proof: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The latest source row of a record, cell by cell: ``{"field", "title", "value"}``; none below the level for it.

    A person's number shows as its mask.
    """
    if not proof or not shows_rows(view.level):
        return []
    latest = proof[-1]
    source = sources().get(latest["source"])
    columns = source.by_name if isinstance(source, Description) else {}
    cells = row_of(book.ledger, latest["seq"])
    rows = []
    for name, value in cells.items():
        if name.endswith(_SEALED) and f"{name}_mask" in cells:
            continue
        plain = name.removesuffix("_mask") if name.endswith(_MASKED) else name
        title = (
            columns[plain].zh
            if plain in columns
            else next((c.zh for c in columns.values() if c.party and plain.startswith(f"{c.party}_")), plain)
        )
        # Amounts are kept in yuan, whatever unit the sender used.
        told = title.replace("万元", "元") if plain.endswith("_yuan") else title
        rows.append({"field": plain, "title": told, "value": str(value)})
    return rows

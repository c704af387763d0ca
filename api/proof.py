"""What a fact rests on: its claims, what read them, to whom they are open, what would end them, and the source row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from api.auth import LEVELS, shows_rows
from api.cut import Narrow
from api.entities import Unanswerable, entity
from graph.book.book import Book
from graph.book.evidence import Row, claims_of_record, claims_told, decisions_told, row_told
from graph.model.claims import SHARED
from graph.store.base import Node, Reader, View
from ingest.registry import sources
from ingest.spec import Description

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
    """Claims that the view shows, each with ``read_by``, ``open_to`` (public, shared, restricted) and ``ends_when``.

    ``confirmed_by``: the person who confirmed it from a text, for those who see source rows too.
    """
    told = [
        {name: value for name, value in claim.items() if name != "extractor"}
        | {"open_to": LEVELS[claim["open_to"]], "read_by": _read_by(claim)}
        | {"ends_when": _ends_when(claim["evidence"]["source"])}
        for claim in claims_told(book.ledger, claims, view)
    ]
    if shows_rows(view.level):
        persons = decisions_told(book.ledger, [claim["evidence"].get("decision", 0) for claim in told])
        for claim in told:
            if claim["evidence"].get("decision") in persons:
                claim["confirmed_by"] = persons[claim["evidence"]["decision"]]
    return told


def _seen(reader: Reader, view: View, record: Node | None) -> View:
    """The view in which a record shows: the shared one, at most, when the reader does not see it whole."""
    whole = record is None or not isinstance(reader, Narrow) or record.id in reader.whole(view, [record.id])
    return view if whole else replace(view, level=min(view.level, SHARED))


def record_claims(book: Book, reader: Reader, view: View, node: Node) -> list[dict[str, Any]]:
    """The claims of a record node that the reader may see."""
    view = _seen(reader, view, node)
    keys = [key for key in node.keys if key.startswith(("rec:", "doc:"))]
    return claims_body(book, view, claims_of_record(book.ledger, keys, view))


def _cells(row: Row) -> list[dict[str, Any]]:
    """A row cell by cell, a person's number as its mask; amounts are kept in yuan, whatever unit the sender used."""
    source = sources().get(row.evidence["source"])
    columns = source.by_name if isinstance(source, Description) else {}
    parties = {f"{c.party}_": c.zh for c in reversed(columns.values()) if c.party}
    cells = []
    for name, value in row.fields.items():
        if name.endswith(_SEALED) and f"{name}_mask" in row.fields:
            continue
        plain = name.removesuffix("_mask") if name.endswith(_MASKED) else name
        title = (
            columns[plain].zh
            if plain in columns
            else next((zh for party, zh in parties.items() if plain.startswith(party)), plain)
        )
        told = title.replace("万元", "元") if plain.endswith("_yuan") else title
        cells.append({"field": plain, "title": told, "value": str(value)})
    return cells


def row_body(book: Book, reader: Reader, view: View, seq: int) -> dict[str, Any]:
    """A source row by its sequence: ``{"row": evidence, "record", "cells", "claims"}``. Unanswerable 404.

    A row that is a record of its own shows with that record; any other (roles, shares) with a claim of which the
    reader sees both ends. The cells are for the level that :func:`api.auth.shows_rows` names; others see the claims.
    """
    row = row_told(book.ledger, seq, view)
    node = reader.by_key(view, row.rec) if row else None
    within = _seen(reader, view, node)
    row = row_told(book.ledger, seq, within) if within != view else row
    seen: list[int] = []
    if row:
        keys = {key for _, *ends in row.claims for key in ends}
        there = {key for key in keys if reader.by_key(view, key)}
        seen = [claim for claim, a, b in row.claims if {a, b} <= there]
    if row is None or (row.has_node and node is None) or not (seen or node):
        raise Unanswerable(404, "unknown row", "no row of this sequence is known")
    body: dict[str, Any] = {"row": row.evidence, "record": entity(node) if node else None}
    body |= {"cells": _cells(row) if shows_rows(within.level) else [], "claims": claims_body(book, within, seen)}
    return body | {"as_of": view.as_of, "known_at": book.seq(view), "truncated": False, "explored": 1}

"""Text with marked entities while it is put together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Label = Literal["CASE_NO", "DATE", "MONEY", "LAW", "PERSON", "ORG", "COURT"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``label`` "" for plain words."""

    text: str
    label: Label | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A marked stretch: ``text`` of the document from ``start`` to ``end`` (end exclusive)."""

    start: int
    end: int
    label: Label
    text: str


def joined(pieces: list[Piece]) -> tuple[str, tuple[Entity, ...]]:
    """The text and its entities."""
    parts: list[str] = []
    entities: list[Entity] = []
    at = 0
    for piece in pieces:
        if piece.label:
            entities.append(Entity(at, at + len(piece.text), piece.label, piece.text))
        parts.append(piece.text)
        at += len(piece.text)
    return "".join(parts), tuple(entities)


def mapped(pieces: list[Piece], table: Mapping[int, str | int]) -> list[Piece]:
    """Every sign replaced by the table, one for one."""
    return [replace(piece, text=piece.text.translate(table)) for piece in pieces]

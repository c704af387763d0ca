"""The training corpus: composed documents cut into passages, persons and organisations marked.

Passages teach the model to do without the shape of a whole document, and mix the
kinds within a batch. A few signs of the plain words are replaced at random, so
that no sentence is learned by heart. Courts are left unmarked: rules find them.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import spacy
from spacy.tokens import DocBin, Span

from nlp.composed import Composed, compose, pieces_of
from nlp.composed.lot import Lot
from nlp.composed.names import common_signs
from nlp.composed.pieces import Entity, Piece, joined

LABELS = ("ORG", "PERSON")
#: Seed and number of documents. "dev" only watches the run: it is of the same split, and picks nothing.
PARTS = {"train": (11, 1800), "dev": (12, 60)}
_NOISE = 0.06


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document with the entities that the model learns."""

    text: str
    entities: tuple[Entity, ...]


def passages(part: str) -> Iterator[Passage]:
    """The passages of a part of ``PARTS``, in order."""
    seed, count = PARTS[part]
    for position, document in enumerate(compose(seed, count, "train")):
        yield from _cut(document, Lot(seed * 7919 + position), noise=part == "train")


def _cut(document: Composed, lot: Lot, noise: bool) -> Iterator[Passage]:
    """A document as passages of 60 to 500 signs that end where a sentence or line does; some stay whole."""
    held: list[Piece] = []
    length, limit = 0, _limit(lot)
    for piece in pieces_of(document):
        for part in _sentences(piece):
            held.append(_noisy(part, lot) if noise and not part.label else part)
            length += len(part.text)
            if length >= limit and not part.label and part.text[-1] in "。\n；;":
                yield _passage(held)
                held, length, limit = [], 0, _limit(lot)
    if held:
        yield _passage(held)


def _limit(lot: Lot) -> int:
    return 5_000 if lot.chance(0.1) else lot.between(60, 500)


def _sentences(piece: Piece) -> Iterator[Piece]:
    """The piece itself, or plain words cut behind the ends of sentences and lines."""
    start = 0
    for at, char in enumerate(piece.text):
        if not piece.label and char in "。\n；;":
            yield Piece(piece.text[start : at + 1])
            start = at + 1
    if start < len(piece.text):
        yield Piece(piece.text[start:], piece.label)


def _noisy(piece: Piece, lot: Lot) -> Piece:
    """Plain words with some signs replaced; ends of sentences stay."""
    if not lot.chance(0.5):
        return piece
    signs = common_signs()
    text = "".join(lot.pick(signs) if "\u4e00" <= c <= "\u9fff" and lot.chance(_NOISE) else c for c in piece.text)
    return Piece(text)


def _passage(pieces: list[Piece]) -> Passage:
    text, entities = joined(pieces)
    return Passage(text, tuple(entity for entity in entities if entity.label in LABELS))


def digest() -> str:
    """SHA-256 of texts and places of both parts: equal on every machine, whatever spaCy stores."""
    found = hashlib.sha256()
    for part in PARTS:
        for passage in passages(part):
            marks = ";".join(f"{entity.start},{entity.end},{entity.label}" for entity in passage.entities)
            found.update(f"{part}\x00{passage.text}\x00{marks}\x01".encode())
    return found.hexdigest()


def write(folder: Path) -> dict[str, int]:
    """``train.spacy`` and ``dev.spacy`` in ``folder``; how many signs each part has."""
    language = spacy.blank("zh")
    folder.mkdir(parents=True, exist_ok=True)
    sizes: dict[str, int] = {}
    for part in PARTS:
        store = DocBin(attrs=["ENT_IOB", "ENT_TYPE"])
        for passage in passages(part):
            doc = language(passage.text)
            doc.ents = [_span(doc.char_span(e.start, e.end, e.label)) for e in passage.entities]
            store.add(doc)
            sizes[part] = sizes.get(part, 0) + len(passage.text)
        store.to_disk(folder / f"{part}.spacy")
    return sizes


def _span(span: Span | None) -> Span:
    if span is None:
        raise ValueError("an entity of the corpus ends within a token")
    return span

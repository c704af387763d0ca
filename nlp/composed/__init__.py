"""Composed Chinese legal documents with gold annotation, to train on and to measure with.

``compose`` gives documents of twenty-odd kinds from sentences and names of our own
making: ``data/kinds.yaml`` says who takes part, ``data/<split>`` holds the
sentences, ``data/names.yaml`` what names are made of. The splits "train" and
"held-out" share no sentence, no character of a given name and none of a 字号.
The same seed gives the same documents on every machine (``lot``).
Templates: [a|b] is a choice, {P} a slot (``scene``), what follows " => " the relations
that the sentence states.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nlp.composed.gold import gold
from nlp.composed.layout import Layout
from nlp.composed.lot import Lot
from nlp.composed.names import Names, Split
from nlp.composed.pieces import Entity, Piece, joined
from nlp.composed.scene import Scene
from nlp.composed.write import block_words, heading, kinds, narrative, party_block, sentences, signatures

__all__ = ["Composed", "Entity", "Split", "compose"]


@dataclass(frozen=True, slots=True)
class Composed:
    """One document: its kind, the text, its entities by place, and its annotation (``nlp.composed.gold``)."""

    name: str
    kind: str
    text: str
    entities: tuple[Entity, ...]
    gold: dict[str, Any]


def compose(seed: int, count: int, split: Split) -> Iterator[Composed]:
    """``count`` documents of a split; the n-th depends on ``seed``, n and the split alone."""
    names = list(kinds())
    weighted = [name for name in names for _ in range(kinds()[name]["weight"])]
    for position in range(count):
        lot = Lot((seed * 1_000_003 + position) * 2 + (split == "held-out"))
        # The first documents are one of each kind, so that a small set has them all.
        kind = names[position] if position < len(names) else lot.pick(weighted)
        yield _document(f"c{position + 1:04}", kind, lot, split)


def _document(name: str, kind: str, lot: Lot, split: Split) -> Composed:
    scene = Scene(lot, Names(lot, split), kinds()[kind])
    layout = Layout(lot)
    words, steps = block_words(split), sentences(split)[kind]
    head = heading(scene, words)
    headless = layout.run and bool(scene.number) and scene.kind["sign"] == "judges" and lot.chance(0.4)
    if headless:
        head = head[-1:]
    paragraphs = [*head, *party_block(scene, words)]
    paragraphs += narrative(scene, [*steps["intro"], *steps["body"], *steps.get("reasons", ())], split)
    scene.amounts = []
    paragraphs += narrative(scene, steps.get("ruling", []), split)
    signed, judges = signatures(scene, words)
    text, entities = joined(layout.set([*paragraphs, *signed], len(head)))
    return Composed(name, kind, text, entities, gold(scene, layout, judges, headless))


def pieces_of(document: Composed) -> list[Piece]:
    """The text cut at its entities."""
    pieces: list[Piece] = []
    at = 0
    for entity in document.entities:
        pieces += [Piece(document.text[at : entity.start]), Piece(entity.text, entity.label)]
        at = entity.end
    return [piece for piece in [*pieces, Piece(document.text[at:])] if piece.text]

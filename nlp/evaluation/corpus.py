"""Annotated texts: a folder of NAME.txt with NAME.json beside it, or the project's own composed set."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.annotation import annotation
from nlp.composed import Composed, compose
from nlp.reader import read_many


class BadCorpus(ValueError):
    """The folder holds no annotated texts, or one that cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A text and its annotation in the exchange form."""

    name: str
    text: str
    annotation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """A text with what it says (``gold``) and what was read (``found``)."""

    name: str
    text: str
    gold: dict[str, Any]
    found: dict[str, Any]


def from_folder(folder: Path) -> Iterator[Gold]:
    """The annotated texts of a folder, by name; BadCorpus names what is wrong."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise BadCorpus(f"{folder}: expected NAME.txt with NAME.json beside it, found no .json")
    for file in files:
        try:
            text = file.with_suffix(".txt").read_text("utf-8")
            yield Gold(file.stem, text, json.loads(file.read_text("utf-8")))
        except (OSError, ValueError) as error:
            raise BadCorpus(f"{file}: expected an annotation of {file.stem}.txt in UTF-8 ({error})") from None


def judged(golds: list[Gold], *, with_entities: bool = True) -> list[Judged]:
    """Read every text; without entities in a tenth of the time."""
    texts = [gold.text for gold in golds]
    read = read_many(texts, with_entities=with_entities)
    found = (annotation(facts, text) for facts, text in zip(read, texts, strict=True))
    return [Judged(gold.name, gold.text, gold.annotation, one) for gold, one in zip(golds, found, strict=True)]


def composed(seed: int, count: int) -> list[Gold]:
    """Documents of the project's own held-out set, entities among their gold."""
    return [
        Gold(one.name, one.text, one.gold | {"entities": _entities(one)}) for one in compose(seed, count, "held-out")
    ]


def _entities(one: Composed) -> list[dict[str, Any]]:
    return [
        {"start": entity.start, "end": entity.end, "label": entity.label, "text": one.text[entity.start : entity.end]}
        for entity in one.entities
    ]

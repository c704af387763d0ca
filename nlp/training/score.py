"""Exact-span scores of a pipeline's ``doc.ents`` on composed documents."""

from collections import Counter
from collections.abc import Iterable
from typing import TypedDict

from spacy.language import Language
from spacy.tokens import Doc

from nlp.composed import Composed, Split, compose

Mark = tuple[int, int, str]

#: Seed and number of documents: names that were not trained on, and with "held-out" new sentences, too.
SETS: dict[Split, tuple[int, int]] = {"train": (21, 60), "held-out": (22, 120)}


class Score(TypedDict):
    """Precision, recall and F1 to three places, and how many there are to find."""

    precision: float
    recall: float
    f1: float
    gold: int


def compared(pairs: Iterable[tuple[set[Mark], set[Mark]]], labels: tuple[str, ...]) -> dict[str, Score]:
    """Scores by label, and of all labels under "all", from (gold, found) of each document."""
    right: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for gold, found in pairs:
        for counter, marks in ((wanted, gold), (given, found), (right, gold & found)):
            for mark in marks:
                if mark[2] in labels:
                    counter[mark[2]] += 1
                    counter["all"] += 1
    return {label: _score(right[label], given[label], wanted[label]) for label in (*labels, "all")}


def _score(right: int, given: int, wanted: int) -> Score:
    precision, recall = right / max(given, 1), right / max(wanted, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3), "gold": wanted}


def ents(doc: Doc) -> set[Mark]:
    """What the pipeline has found."""
    return {(span.start_char, span.end_char, span.label_) for span in doc.ents}


def gold_of(document: Composed) -> set[Mark]:
    """What is there to find."""
    return {(entity.start, entity.end, entity.label) for entity in document.entities}


def scores(
    language: Language, labels: tuple[str, ...] = ("PERSON", "ORG"), splits: Iterable[Split] = tuple(SETS)
) -> dict[str, dict[str, Score]]:
    """Scores on the sets of ``splits``."""
    result = {}
    for split in splits:
        seed, count = SETS[split]
        documents = list(compose(seed, count, split))
        docs = language.pipe(document.text for document in documents)
        pairs = ((gold_of(document), ents(doc)) for document, doc in zip(documents, docs, strict=True))
        result[str(split)] = compared(pairs, labels)
    return result

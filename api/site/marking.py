"""A text with the spans of its facts marked: overlapping spans become pieces that name all their facts."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple


class Piece(NamedTuple):
    """A piece of the text; ``facts``: places of the facts that rest on it, ``starts``: of those that begin with it."""

    text: str
    facts: tuple[int, ...]
    starts: tuple[int, ...]


def marked(text: str, facts: Sequence[dict[str, Any]]) -> list[Piece]:
    """The pieces of a text, in order; joined they are the text. ``span`` of a fact counts characters, half-open."""
    spans = [(max(0, fact["span"][0]), min(len(text), fact["span"][1])) for fact in facts]
    cuts = sorted({0, len(text)} | {place for span in spans if span[0] < span[1] for place in span})
    pieces = []
    for start, end in pairwise(cuts):
        within = tuple(i for i, span in enumerate(spans) if span[0] <= start and end <= span[1])
        pieces.append(Piece(text[start:end], within, tuple(i for i in within if spans[i][0] == start)))
    return pieces


def words_as_facts(spans: Sequence[Sequence[int]]) -> list[dict[str, Any]]:
    """Spans of words that were searched for, to be marked beside the facts of a text."""
    return [{"span": span, "relation": ""} for span in spans]


def pieces_of(snippet: dict[str, Any]) -> list[Piece]:
    """The pieces of a snippet, whose marks are spans of the whole text."""
    spans = ([start - snippet["start"], end - snippet["start"]] for start, end in snippet["marks"])
    return marked(snippet["text"], [{"span": span} for span in spans])

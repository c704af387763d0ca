"""The words of a running text and where they stand: one token a hanzi, one a run of Latin letters and figures.

Full width, traditional characters and case are folded sign by sign, so every token knows its place in the text as it
was written. White space and punctuation part tokens and are none: 民 事 判 决 is found by 民事判决, ３０００ by 3000.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from graph.model.text import fold_sign

#: Stands for a number that was masked: no question can hold it, so no phrase leads over it.
BARRIER = "\ue000"

#: A phrase in quotation marks, else what stands between blanks and quotation marks.
_PART = re.compile(r"[“\"„「『](.*?)[”\"“」』]|([^\s“\"„「『”」』]+)", re.DOTALL)

#: Words that one question may hold.
MOST_WORDS = 20


class Token(NamedTuple):
    """A token in its folded form, and the half-open span of the signs it was read from."""

    text: str
    start: int
    end: int


@lru_cache(1 << 16)
def _folded(sign: str) -> str:
    """The letters and figures of a sign: compatibility forms, simplified, without accents, lower case."""
    plain = "".join(map(fold_sign, normalize("NFKD", sign))).casefold()
    return "".join(c for c in normalize("NFKD", plain) if c.isalnum())


def tokens(text: str, hidden: Sequence[tuple[int, int]] = ()) -> list[Token]:
    """The tokens of a text, in order. Each of the spans ``hidden`` is one :data:`BARRIER`, whatever stands there."""
    found: list[Token] = []
    place = 0
    for start, end in sorted(hidden):
        if start >= place:
            found.extend(_tokens(text, place, start))
            found.append(Token(BARRIER, start, end))
            place = end
    found.extend(_tokens(text, place, len(text)))
    return found


def _tokens(text: str, begin: int, stop: int) -> Iterator[Token]:
    run, start = "", begin
    for place in range(begin, stop):
        signs = _folded(text[place])
        if signs and signs.isascii():
            start, run = (start if run else place), run + signs
            continue
        if run:
            yield Token(run, start, place)
            run = ""
        for sign in signs:
            yield Token(sign, place, place + 1)
    if run:
        yield Token(run, start, stop)


def phrases(question: str) -> list[tuple[str, ...]]:
    """The phrases of a question, as typed: what stands in quotation marks, every other word by itself; at most twenty.

    Signs that are neither letter nor figure, operators of a search engine among them, drop out.
    """
    parts = (match[1] if match[1] is not None else match[2] for match in _PART.finditer(question))
    read = (tuple(token.text for token in tokens(part)) for part in parts)
    return list(dict.fromkeys(phrase for phrase in read if phrase))[:MOST_WORDS]


def indexed(text: str, hidden: Sequence[tuple[int, int]] = ()) -> str:
    """What a full-text index holds of a text: its tokens with blanks between them."""
    return " ".join(token.text for token in tokens(text, hidden))


def query_of(wanted: Iterable[Sequence[str]]) -> str:
    """Phrases as a full-text index (FTS5) takes them: all of them; tokens hold no sign that could mean anything."""
    return " AND ".join(f'"{" ".join(phrase)}"' for phrase in wanted)


def places(text: Sequence[Token], phrase: Sequence[str]) -> list[tuple[int, int]]:
    """The spans at which a phrase stands in a text, in order, without overlap."""
    found: list[tuple[int, int]] = []
    words, size, at = [token.text for token in text], len(phrase), 0
    wanted = list(phrase)
    while at + size <= len(words):
        if words[at] == wanted[0] and words[at : at + size] == wanted:
            found.append((text[at].start, text[at + size - 1].end))
            at += size
        else:
            at += 1
    return found


class Snippet(NamedTuple):
    """A piece of a text, ``text[start:end]``, with the spans (of the whole text) of the words found in it."""

    text: str
    start: int
    end: int
    marks: list[tuple[int, int]]


class Found(NamedTuple):
    """Where phrases stand in a text: all places in order, what touches as one; ``first``: where each phrase begins."""

    marks: list[tuple[int, int]]
    first: list[int]


def find(text: str, wanted: Iterable[Sequence[str]], hidden: Sequence[tuple[int, int]] = ()) -> Found:
    """The places of some phrases; ``marks`` is empty when the text has none of them."""
    read = tokens(text, hidden)
    each = [places(read, phrase) for phrase in wanted]
    joined: list[tuple[int, int]] = []
    for start, end in sorted({span for spans in each for span in spans}):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return Found(joined, [spans[0][0] for spans in each if spans])


def snippets(text: str, found: Found, around: int, most: int) -> list[Snippet]:
    """At most ``most`` pieces of a text, ``around`` signs on each side of a place; first those that begin a phrase.

    Pieces do not overlap; a piece ends before it is longer than five times ``around``, unless one place is.
    """
    pieces: list[Snippet] = []
    for start, end in found.marks:
        left, right = max(0, start - around), min(len(text), end + around)
        if pieces and left <= pieces[-1].end:
            last = pieces.pop()
            if right - last.start <= 5 * around:
                pieces.append(Snippet(text[last.start : right], last.start, right, [*last.marks, (start, end)]))
                continue
            left = min(last.end, start)
            pieces.append(last._replace(text=text[last.start : left], end=left))
        pieces.append(Snippet(text[left:right], left, right, [(start, end)]))
    firsts = [place for place, piece in enumerate(pieces) if any(piece.start <= at < piece.end for at in found.first)]
    chosen = list(dict.fromkeys([*firsts, *range(len(pieces))]))[:most]
    return [pieces[place] for place in sorted(chosen)]

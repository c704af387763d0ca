"""Names in the full-text index of a store: what is written there, what is asked, and the check of what comes back.

One text per node serves both stores. A name stands in it as one token per sign and, where it is Chinese, as one token
per syllable and one per pair of initials. The index may find too much; whether a name that the view shows is meant is
decided here, so all stores and the view of the past answer alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from math import prod

from graph.model.pinyin import Run, initials, parts_of, readings, spells, syllables_at
from graph.model.text import search_tokens
from graph.store.base import Node, View
from graph.store.items import valid_at

#: First and last token of a name, so that a phrase can be anchored and leads from no name into the next.
START, END = "xs", "xe"

#: What tells a syllable and a pair of initials from the hexadecimal token of a sign.
_SYLLABLE, _PAIR = "p", "q"

#: Phrases that stand for one stretch of a question that can be cut into syllables in several ways (xian, xi'an).
_WAYS = 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """A name that is asked for. ``query``: as the full-text indexes of both stores take it.

    ``phrase``: its signs as tokens; ``parts`` and ``letters``: the question as pinyin and as initials, empty when it
    can be none or when an ``exact`` name is asked.
    """

    query: str
    phrase: str
    exact: bool
    parts: tuple[str, ...]
    letters: str


def _pairs(letters: str) -> str:
    return " ".join([_PAIR + one + two for one, two in pairwise(letters)])


def _syllables(run: Run) -> str:
    return " ".join([_SYLLABLE + syllable for syllable in run])


@lru_cache(1 << 14)
def _indexed(name: str) -> str:
    texts = [" ".join(search_tokens(name))]
    for run in readings(name):
        texts += [_syllables(run), _pairs(initials(run))]
    return " ".join(f"{START} {text} {END}" for text in texts if text)


def search_text(names: Iterable[str]) -> str:
    """What the search index holds for a node."""
    return " ".join(map(_indexed, sorted(set(names))))


def wanted_name(text: str, exact: bool) -> Wanted | None:
    """What finds a name or (not ``exact``) a part of it; None when the text has no letter or digit."""
    tokens = search_tokens(text)
    if not tokens:
        return None
    if exact:
        phrase = " ".join((START, *tokens, END))
        return Wanted(f'"{phrase}"', phrase, True, (), "")
    phrase = " ".join(tokens)
    parts = parts_of(text)
    letters = "".join(parts)
    queries = [f'"{phrase}"']
    if len(letters) > 1:
        queries.append(f'"{_pairs(letters)}"')
    spelled = _spelled(parts)
    if spelled:
        queries.append(f"({spelled})")
    return Wanted(" OR ".join(queries), phrase, False, parts, letters)


def _spelled(parts: tuple[str, ...]) -> str:
    """A query that finds at least all names with these syllables in a row; "" when they are no syllables."""
    groups: list[list[list[str]]] = []
    closed = True
    for part in parts:
        if not part or not (found := list(_stretches(part))):
            return ""
        for ways, whole in found:
            if closed or not whole or prod(map(len, groups[-1])) * len(ways) > _WAYS:
                groups.append([])
            groups[-1].append(ways)
            closed = not whole
    phrases = ([" ".join(way) for way in product(*group)] for group in groups)
    return " AND ".join("(" + " OR ".join(f'"{phrase}"' for phrase in some) + ")" for some in phrases)


def _stretches(part: str) -> Iterator[tuple[list[str], bool]]:
    """The shortest stretches between places that every way of cutting a part passes: ways, whether they are whole."""
    ends = syllables_at(part)
    start = 0
    while start < len(part) and ends[start]:
        cut = max(ends[start])
        place = start + 1
        while place < cut:
            # who begins a syllable before the cut and ends behind it moves the cut
            cut = max([cut, *ends[place]])
            place += 1
        yield _ways(part, ends, start, cut)
        start = cut


def _ways(part: str, ends: list[list[int]], start: int, cut: int) -> tuple[list[str], bool]:
    """The ways to cut a stretch, as phrases, and True; of too many, only the syllables with which they may begin."""
    ways = [(start, "")]
    done: list[str] = []
    while ways:
        place, phrase = ways.pop()
        for end in ends[place]:
            longer = f"{phrase} {_SYLLABLE}{part[place:end]}".strip()
            if end == cut:
                done.append(longer)
            else:
                ways.append((end, longer))
        if len(done) + len(ways) > _WAYS:
            return [_SYLLABLE + part[start:end] for end in ends[start]], False
    return done, True


def text_matches(text: str, wanted: Wanted) -> bool:
    """Whether a name is (``exact``) or holds what is asked, by its signs, its syllables or its initials."""
    tokens = search_tokens(text)
    if f" {wanted.phrase} " in f" {START} {' '.join(tokens)} {END} ":
        return True
    if not wanted.parts:
        return False
    runs = readings(text)
    return any(spells(wanted.parts, run) for run in runs) or (
        len(wanted.letters) > 1 and any(wanted.letters in initials(run) for run in runs)
    )


def name_matches(view: View, node: Node, wanted: Wanted) -> bool:
    """Whether a name of the node that the view shows is meant; exact only among names valid at ``as_of``."""
    return any(
        text_matches(name.text, wanted)
        for name in node.names
        if not wanted.exact or valid_at(name.valid_from, name.valid_to, view.as_of)
    )

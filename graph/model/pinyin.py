"""How Chinese names are read (汉语拼音, GB/T 16159), for finding them by it: without tones, ``ü`` as ``v``.

Readings come from pypinyin: by the phrase where a phrase is read otherwise than its characters (厦门, 银行), else by
the character. It is loaded when the first name is read, not when a command starts.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, pairwise

from graph.model.text import norm_name

#: Names of at most so many characters may begin with a surname, which is often read otherwise than the word (曾, 单).
_PERSON = 4

_UMLAUT = dict.fromkeys(map(ord, "üǖǘǚǜ"), "v")
_VOWELS = frozenset("aeiouv")
#: What parts the syllables of a question beside white space: xi'an, lan-ting.
_PARTERS = dict.fromkeys(map(ord, "'’‘`-·"), " ")

Run = tuple[str, ...]


def _toneless(syllable: str) -> str:
    """A syllable without its tone."""
    spread = unicodedata.normalize("NFD", unicodedata.normalize("NFC", syllable).translate(_UMLAUT))
    return "".join(c for c in spread if not unicodedata.combining(c))


@dataclass(frozen=True, slots=True)
class _Dictionary:
    """``characters``: readings by character, the usual one first. ``starts``: the first two characters of phrases
    that are read otherwise than their characters. ``syllables``: all that there are."""

    characters: dict[str, tuple[str, ...]]
    starts: frozenset[str]
    syllables: frozenset[str]


@cache
def _dictionary() -> _Dictionary:
    from pypinyin.phrases_dict import phrases_dict
    from pypinyin.pinyin_dict import pinyin_dict

    plain = {toned: _toneless(toned) for text in set(pinyin_dict.values()) for toned in text.split(",")}
    characters = {
        chr(code): tuple(dict.fromkeys(plain[toned] for toned in text.split(","))) for code, text in pinyin_dict.items()
    }
    usual = {char: found[0] for char, found in characters.items()}
    starts = {
        phrase[:2]
        for phrase, toned in phrases_dict.items()
        if [plain.get(one[0], "") for one in toned] != [usual.get(char) for char in phrase]
    }
    return _Dictionary(characters, frozenset(starts), frozenset(s for s in plain.values() if _VOWELS & set(s)))


def _read(run: str) -> Run:
    """The syllables of characters that all have a reading."""
    known = _dictionary()
    # Few names hold such a phrase; the library takes ten times as long to look for it.
    if known.starts.isdisjoint(map("".join, pairwise(run))):
        return tuple(known.characters[char][0] for char in run)
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(run))


@lru_cache(1 << 14)
def readings(name: str) -> tuple[Run, ...]:
    """The syllables of each run of characters of a name, broken by letters and figures but not by brackets.

    A short name has one more for each further reading of its first character.
    """
    known = _dictionary().characters
    signs = [char for char in norm_name(name) if char.isalnum()]
    runs = ["".join(group) for has, group in groupby(signs, known.__contains__) if has]
    found = [_read(run) for run in runs]
    if len(runs) == 1 and len(runs[0]) == len(signs) <= _PERSON:
        found += [(other, *found[0][1:]) for other in known[runs[0][0]] if other != found[0][0]]
    return tuple(found)


def initials(run: Run) -> str:
    """The first letters of syllables: 岚汀市 is lts."""
    return "".join(syllable[0] for syllable in run)


def parts_of(text: str) -> tuple[str, ...]:
    """A question as runs of small letters between blanks, without tones; () when it is no pinyin at all.

    ``ü`` may be written v or, as in passports (GB/T 28039), yu after l and n.
    """
    plain = _toneless(unicodedata.normalize("NFKC", text).translate(_PARTERS).casefold())
    parts = plain.replace("lyu", "lv").replace("nyu", "nv").split()
    return tuple(parts) if all(part.isascii() and part.isalpha() for part in parts) else ()


def spells(parts: tuple[str, ...], run: Run) -> bool:
    """Whether a question spells out some syllables of a run that follow each other: whole ones, each in one part."""
    return any(_spells_at(parts, run, start) for start in range(len(run)))


def _spells_at(parts: tuple[str, ...], run: Run, place: int) -> bool:
    for part in parts:
        rest = part
        while rest:
            if place == len(run) or not rest.startswith(run[place]):
                return False
            rest, place = rest[len(run[place]) :], place + 1
    return True


def syllables_at(part: str) -> list[list[int]]:
    """For each place of a part of a question, where a syllable that begins there may end so that the rest is one too.

    Empty lists where no way from the beginning to the end leads through; all are empty for what is no pinyin.
    """
    known = _dictionary().syllables
    longest = max(map(len, known))
    size = len(part)
    closed = [False] * size + [True]
    ends: list[list[int]] = [[] for _ in range(size)]
    for start in range(size - 1, -1, -1):
        ends[start] = [
            end for end in range(start + 1, min(size, start + longest) + 1) if closed[end] and part[start:end] in known
        ]
        closed[start] = bool(ends[start])
    reached = [True] + [False] * size
    for start in range(size):
        if not reached[start]:
            ends[start] = []
        for end in ends[start]:
            reached[end] = True
    return ends

"""A folded view of a text for matching, with the way back to the text as given.

Judgments come with letter-spaced headings (民 事 判 决 书), full-width digits and
three kinds of bracket. Folding all of that once keeps the rules short; the
offset map keeps every match on the words as printed.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

_FOLD = str.maketrans("〔【﹝[〕】﹞]︰﹕﹐｡", "(" * 4 + ")" * 4 + "::,。")
_FOLD |= {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("［"): ord("("), ord("］"): ord(")")}

_NOT_SPACE = re.compile(r"[^\s\u200b\ufeff]+")
_LOOSE_SPACE = re.compile(r"(?<![A-Za-z.,&])[\s\u200b\ufeff]+|[\s\u200b\ufeff]+(?![A-Za-z&(])")

#: A text is wrapped when no line is longer than ``_WIDEST`` and some that end in no stop are as long as the longest,
#: but for ``_RAGGED`` signs.
_FEW, _WIDEST, _RAGGED = 2, 60, 2
_STOPS = "。；;：:"


@dataclass(frozen=True, slots=True)
class Compact:
    """``text``: no white space but one ``\\n`` where lines broke, full-width ASCII and brackets folded.

    ``offsets[i]`` is the index in the text as given of ``text[i]``; a line break
    maps to its first white-space character.
    """

    original: str
    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Indexes in the text as given of ``text[start:end]``; ``start < end``, both ends not white space."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def index(self, offset: int) -> int:
        """First index in ``text`` that lies at or after ``offset`` of the text as given."""
        return bisect_left(self.offsets, offset)


def _wrapped_at(original: str) -> int:
    """The width at which a text is wrapped, 0 for a text whose lines are its paragraphs."""
    lines = [line.rstrip() for line in original.splitlines() if line.strip()]
    width = max(map(len, lines), default=0)
    if not width or width > _WIDEST:
        return 0
    broken = sum(len(line) >= width - _RAGGED and line[-1] not in _STOPS for line in lines[:-1])
    return width if broken >= _FEW else 0


def _goes_on(original: str, end: int, gap: str, width: int) -> bool:
    """Whether the line that ends at ``end`` was broken for want of room, not at the end of a paragraph."""
    begin = max(original.rfind("\n", 0, end), original.rfind("\r", 0, end)) + 1
    return end - begin >= width - _RAGGED and original[end - 1] not in _STOPS and gap.count("\n") < 2


@lru_cache(maxsize=4)
def compact(original: str) -> Compact:
    """The folded view of ``original``; cached, since each component of the pipeline asks for it."""
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    width = _wrapped_at(original)
    for match in _NOT_SPACE.finditer(original):
        gap = original[at : match.start()]
        if offsets and ("\n" in gap or "\r" in gap) and not (width and _goes_on(original, at, gap, width)):
            pieces.append("\n")
            offsets.append(at)
        pieces.append(match.group())
        offsets.extend(range(match.start(), match.end()))
        at = match.end()
    return Compact(original, "".join(pieces).translate(_FOLD), tuple(offsets))


def printed(original: str, start: int, end: int) -> str:
    """``original[start:end]`` without the white space that only spaces out hanzi; Latin words keep one blank."""
    return re.sub(r"\s+", " ", _LOOSE_SPACE.sub("", original[start:end]))

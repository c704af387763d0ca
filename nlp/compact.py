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


@lru_cache(maxsize=4)
def compact(original: str) -> Compact:
    """The folded view of ``original``; cached, since each component of the pipeline asks for it."""
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    for match in _NOT_SPACE.finditer(original):
        gap = original[at : match.start()]
        if offsets and ("\n" in gap or "\r" in gap):
            pieces.append("\n")
            offsets.append(at)
        pieces.append(match.group())
        offsets.extend(range(match.start(), match.end()))
        at = match.end()
    return Compact(original, "".join(pieces).translate(_FOLD), tuple(offsets))


def printed(original: str, start: int, end: int) -> str:
    """``original[start:end]`` without the white space that only spaces out hanzi; Latin words keep one blank."""
    return re.sub(r"\s+", " ", _LOOSE_SPACE.sub("", original[start:end]))

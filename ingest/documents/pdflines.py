"""Glyphs on pages as lines, and lines as paragraphs.

A PDF knows neither: it places glyphs. A line is what shares a baseline, from left to right; a paragraph goes on
where a line is full and the next one is not indented (GB/T 9704-2012 and the court style sheets indent by two
characters), over the end of a page too. Pages of two columns are not told apart.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

#: Radicals for the characters that they look like, where Unicode gives no folding; fonts mix them up. The last is the
#: dot between the parts of a name: Adobe-GB1 has one glyph (CID 99) for it, and its tables name that a katakana sign.
_ALIKE = dict(
    zip(
        map(ord, "⺠⻓⻅⻆⻉⻋⻔⻘⻙⻚⻛⻜⻝⻢⻥⻦⻨⻩⻬⻮⻰⺟⻳⺝⻄⻣⻤⻁・"),
        "民长见角贝车门青韦页风飞食马鱼鸟麦黄齐齿龙母龟月西骨鬼虎·",
        strict=True,
    )
)
_LIKE = re.compile("[\u2f00-\u2fd5\uf900-\ufaff]")
_HAN = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

_PAGE_NUMBER = re.compile(
    r"[-—–·.\s]*(?:第\s*)?(\d{1,4})\s*(?:页)?(?:\s*[/,，、]?\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–·.\s]*"
)
_STOPS = tuple("。；：！？.;:")
#: In units of the size of a glyph.
_SAME_LINE, _OVERPRINT, _GAP, _HAN_GAP = 0.4, 0.4, 0.25, 0.8
_INDENT, _MIDDLE, _FULL, _LEAST_WIDTH = 1.2, 3.2, 2.2, 12


#: A line that alone reaches further than this many others, not much shorter, is a headline or table beside the text.
_KEPT_BY, _KEPT_WITHIN = 3, 0.8


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph: left and right edge, baseline and size in points, and its characters."""

    x0: float
    x1: float
    baseline: float
    size: float
    text: str


@dataclass(slots=True)
class PageGlyphs:
    """The glyphs of a page; ``picture``: the part of the page that its largest picture covers."""

    glyphs: list[Glyph] = field(default_factory=list)
    picture: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its edges and size in points, its text without blanks at the ends."""

    x0: float
    x1: float
    size: float
    text: str


def lines_of(glyphs: Sequence[Glyph]) -> list[Line]:
    """The lines of a page, from above."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (-g.baseline, g.x0, g.text)):
        if not rows or rows[-1][0].baseline - glyph.baseline > _SAME_LINE * min(rows[-1][0].size, glyph.size):
            rows.append([])
        rows[-1].append(glyph)
    return [line for row in rows if (line := _line(row))]


def _line(row: list[Glyph]) -> Line | None:
    """The glyphs of one line in order; the second of two printed over each other (bold type) is left out."""
    seen = [glyph for glyph in row if glyph.text.strip()]
    if not seen:
        return None
    pieces: list[str] = []
    last: Glyph | None = None
    for glyph in sorted(row, key=lambda g: (g.x0, g.text)):
        if last is not None:
            if glyph.text == last.text and glyph.x0 - last.x0 < _OVERPRINT * (last.x1 - last.x0):
                continue
            wide = _HAN.match(glyph.text) and _HAN.match(last.text)
            if glyph.x0 - last.x1 > (_HAN_GAP if wide else _GAP) * glyph.size:
                pieces.append(" ")
        pieces.append(glyph.text)
        last = glyph
    text = _LIKE.sub(lambda m: unicodedata.normalize("NFKC", m[0]), "".join(pieces)).translate(_ALIKE)
    size = sorted(glyph.size for glyph in seen)[len(seen) // 2]
    return Line(min(g.x0 for g in seen), max(g.x1 for g in seen), size, text.strip())


def paragraphs(pages: Sequence[list[Line]]) -> str:
    """The lines of all pages as text; page numbers are left out where each page has one."""
    lines = [line for page in _without_numbers(pages) for line in page]
    if not lines:
        return ""
    return "".join(_joined(lines)) + "\n"


def _joined(lines: list[Line]) -> Iterator[str]:
    right = _right(lines)
    edge = min(line.x0 for line in lines)
    full = [line.x1 > max(right - _FULL * line.size, edge + _LEAST_WIDTH * line.size) for line in lines]
    # Where a full line is followed by the rest of its paragraph, that begins at the left margin.
    left = min((after.x0 for after, was_full in zip(lines[1:], full, strict=False) if was_full), default=0.0)
    indented = [line.x0 > left + _INDENT * line.size for line in lines]
    # What begins a paragraph for certain, headings in the middle aside: flush or indented?
    begins = [i for i, line in enumerate(lines) if not (i and full[i - 1]) and line.x0 < left + _MIDDLE * line.size]
    by_indent = bool(begins) and 2 * sum(indented[i] for i in begins) >= len(begins)
    yield lines[0].text
    for i in range(1, len(lines)):
        before, text = lines[i - 1].text, lines[i].text
        goes_on = full[i - 1] and not indented[i] and (by_indent or not before.endswith(_STOPS))
        words = before[-1].isascii() and before[-1].isalpha() and text[0].isascii() and text[0].isalpha()
        yield (" " if words else "") + text if goes_on else "\n" + text


def _right(lines: list[Line]) -> float:
    """The right margin: where the longest line ends, but where many lines end if that one stands out alone."""
    ends = sorted(line.x1 for line in lines)
    size = sorted(line.size for line in lines)[len(lines) // 2]
    least = ends[-1] - (1 - _KEPT_WITHIN) * (ends[-1] - min(line.x0 for line in lines))
    for at in range(len(ends) - 1, -1, -1):
        near = at + 1 - bisect_left(ends, ends[at] - size)
        if ends[at] < least or (at == len(ends) - 1 and near > 1):
            break
        if near >= _KEPT_BY:
            return ends[at]
    return ends[-1]


def _without_numbers(pages: Sequence[list[Line]]) -> Sequence[list[Line]]:
    """The pages without their numbers: only where every page begins or ends with one, each one more than the last."""
    for place in (0, -1):
        found = [_PAGE_NUMBER.fullmatch(page[place].text) if page else None for page in pages]
        numbers = [int(match[1]) for match in found if match]
        counted = numbers and list(range(numbers[0], numbers[0] + len(pages)))
        if len(pages) > 1 and numbers and numbers == counted:
            return [page[1:] if place == 0 else page[:-1] for page in pages]
    return pages

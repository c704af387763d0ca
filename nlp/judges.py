"""Who signed: judges, assessors and clerks of the signature block, each with the title as printed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from nlp.compact import Compact
from nlp.lexicon import JUDGE_TITLES, alternatives

_TITLE = re.compile(rf"(?:{alternatives(JUDGE_TITLES)})(?:\(?[兼代]\)?(?=[\u3400-\u9fff]))?")
_DATE_AHEAD = re.compile(r"[一二][九〇○零OoОΟо0]|\d{4}年")
_AFTERWORD = re.compile(r"附[:本录件相件适]|附$|本(?:判决|裁定|案|件|院)|以上|此件")
_NOT_A_NAME = re.compile(r"附|本件|核对|无异|印章|年|月|日")
_MAX_NAME = 12


@dataclass(frozen=True, slots=True)
class Signer:
    """A name at ``text[start:end]`` of the folded text, and the title before it."""

    name: str
    title: str
    start: int
    end: int


def _name_end(text: str, start: int, end: int) -> int:
    """Where the name that begins at ``start`` ends: at a break, a bracket, a date or ``end``.

    A line that holds one sign only goes on in the next: names are spaced out over the line end.
    """
    at = start
    while at < end:
        if (
            _DATE_AHEAD.match(text, at)
            or _AFTERWORD.match(text, at)
            or not ("\u3400" <= text[at] <= "\u9fff" or text[at] in "·*×xX\n")
        ):
            break
        if text[at] == "\n" and at - start != 1:
            break
        at += 1
    return at


def signers_in(view: Compact, start: int, end: int) -> list[Signer]:
    """The signers in ``view.text[start:end]``, in order; a name under its title once."""
    text = view.text
    titles = list(_TITLE.finditer(text, start, end))
    found: dict[tuple[str, str], Signer] = {}
    for position, match in enumerate(titles):
        begin = match.end()
        while begin < end and text[begin] in ":\n、,":
            begin += 1
        limit = titles[position + 1].start() if position + 1 < len(titles) else end
        stop = min(_name_end(text, begin, limit), begin + _MAX_NAME)
        title = re.sub(r"\(.*", "", match.group())
        for first, last in _apart(view, begin, begin + len(text[begin:stop].rstrip("\n"))):
            name = text[first:last].replace("\n", "")
            if len(name) >= 2 and not _NOT_A_NAME.search(name):
                found.setdefault((name, title), Signer(name, title, first, last))
    return list(found.values())


def _apart(view: Compact, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The names of one title: blanks part several (王建国　李红), unless they space out one (赵　曼　琪)."""
    gaps = [at for at in range(start + 1, end) if view.offsets[at] - view.offsets[at - 1] > 1]
    bounds = [start, *gaps, end]
    if gaps and all(stop - begin >= 2 for begin, stop in pairwise(bounds)):
        yield from pairwise(bounds)
    elif start < end:
        yield start, end

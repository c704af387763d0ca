"""Legal representatives stated outside the party block: 甲系丙公司法定代表人, 丙公司法定代表人甲."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.cast import Cast

_IS = re.compile(r"(?:系|为|是|担任|作为|任)(?:了)?$")
_TITLE = re.compile(r"(?:的|之)?(?:原|现|时任|前)?法定代表人(?!身份|变更|处)")
_NEGATED = re.compile(r"不(?:是|系|再|担任)|并非|未担任|离任|辞去|变更")


@dataclass(frozen=True, slots=True)
class Office:
    """``person`` is the legal representative of ``unit``: indexes into the cast."""

    person: int
    unit: int
    start: int
    end: int
    confidence: float


def offices(text: str, cast: Cast, start: int, end: int) -> Iterator[Office]:
    """The legal representatives that ``text[start:end]`` names beside the unit."""
    for match in _TITLE.finditer(text, start, end):
        begin = max(text.rfind(sign, start, match.start()) for sign in "。;\n") + 1
        begin = max(begin, start)
        stop = min((at for sign in "。;\n" if (at := text.find(sign, match.end(), end)) >= 0), default=end)
        if _NEGATED.search(text, begin, stop):
            continue
        mentions = [m for m in cast.find(begin, stop) if len(m.subjects) == 1]
        units = [m for m in mentions if m.end == match.start() and cast.subjects[m.subjects[0]].kind != "person"]
        if not units:
            continue
        unit = units[-1]
        persons = [m for m in mentions if cast.subjects[m.subjects[0]].kind == "person"]
        behind = [m for m in persons if m.start == match.end()]
        before = [m for m in persons if m.end <= unit.start and _IS.search(text[m.end : unit.start])]
        for mention in behind or before[-1:]:
            if (
                not behind
                and re.search(r"[,]", text[mention.end : unit.start]) is None
                and len(text[mention.end : unit.start]) > 4
            ):
                continue
            yield Office(mention.subjects[0], unit.subjects[0], begin, stop, 0.9)

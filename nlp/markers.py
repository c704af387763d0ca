"""Where the party block ends and which words in it open a party, a representative or an agent.

Works on the folded text of ``nlp.compact``. Sources print the block in three
ways: one entry a line, sentences run together on one line, and no punctuation
at all. A marker word counts when it opens a sentence, when a colon follows, or
when nothing but a name stands between it and the marker before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from nlp.lexicon import (
    AGENT_WORDS,
    BYSTANDERS,
    COMPANY_ENDINGS,
    OTHER_ENDINGS,
    REPRESENTATIVE_WORDS,
    ROLE_WORDS,
    alternatives,
)

Kind = Literal["role", "representative", "agent", "bystander"]

_NUMERAL = "[一二两三四五六七八九十]"
#: 被告人寿保险… and 第三人民医院 hold a role word only by accident.
_ROLE = rf"(?:原审|一审|二审|原(?!公诉))?(?:{ROLE_WORDS})(?![民寿保力才])(?<!各方当事人)(?<!双方当事人)"
_BRACKETS = r"(?:\([^()\n]{1,40}\))*"

_MARKER = re.compile(
    rf"(?P<scope>(?:上列|上述|以上|下列|前述)?(?:(?:{_NUMERAL}|\d{{1,2}})(?=[位名个人]|{_ROLE})[位名个]?人?)?"
    rf"(?:(?:{_ROLE})[、和及与]?){{0,4}}[的之]?(?:共同)?[的之]?)"
    rf"(?:特别授权|一般授权)?(?P<agent>{AGENT_WORDS})(?P<agent_brackets>{_BRACKETS})(?P<agent_colon>:?)"
    rf"|(?:该(?:公司|单位|行|店))?(?P<representative>{REPRESENTATIVE_WORDS}){_BRACKETS}(?P<representative_colon>:?)"
    rf"|(?P<bystander>{alternatives(BYSTANDERS)})(?P<bystander_colon>:?)"
    rf"|(?:第{_NUMERAL})?(?P<role>{_ROLE})(?:(?:[一二三四五六七八九十]{{1,2}}|\d{{1,2}})(?=[:(]))?"
    rf"(?:[暨兼](?P<second>{_ROLE}))?(?P<role_brackets>{_BRACKETS})(?P<role_colon>:?)"
)
_KINDS: tuple[Kind, ...] = ("agent", "representative", "bystander", "role")

#: Words of the sentence that tells how the case came before the court.
_CUE = re.compile(
    r"一案|向本院|本院[于在受依根执作认收审经]|本院立案|起诉书|提起(?:公诉|上诉|诉讼|控诉|自诉)|诉至|诉称|审理终结"
    r"|不服[^,。;\n]{2,40}(?:判决|裁定|决定)|(?:本|我)(?:局|机关|厅|委|支队|大队)|执法人员|违法(?:事实|行为)"
    r"|查明|收案|(?:请求|要求|向)本院|载明|的理由是|(?:答复|主张|抗辩)称?,"
)
#: What a criminal judgment tells of an accused within the party block.
_CUSTODY = re.compile(r"逮捕|取保候审|拘留|监视居住|羁押|刑满|释放|判处")
_PROSECUTION = re.compile(r"起诉书|公诉|控诉|上诉")
_PERSONAL = re.compile(r"[^,。;:\n]{2,40},(?:男|女|住|地址|汉族|法定代表人|\d{4}年)")

_PERSON = r"[\u3400-\u9fffX×*]{2,4}\d?"
_NOT_LAST = "诉与和及因以对向由经被于的之"
PURE_NAME = re.compile(
    rf"(?:{_PERSON}|[^,。;:\n、]{{2,40}}(?:{alternatives(COMPANY_ENDINGS + OTHER_ENDINGS)}))(?<![{_NOT_LAST}])"
)
_NAME_END = re.compile(r"[,。;:\n(]")
_MAX_UNMARKED = 8
_MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Marker:
    """One marker word at ``text[start:end]`` (with its brackets and colon).

    ``word``: the title or role as folded; ``scope``: whose agent (两被告共同);
    ``second``: a further role (被告人暨附带民事诉讼被告人); ``colon``: whether one follows.
    """

    kind: Kind
    start: int
    end: int
    word: str
    scope: str
    second: str
    brackets: str
    colon: bool
    word_start: int


def _marker(match: re.Match[str]) -> Marker:
    group = match.groupdict(default="")
    kind = next(kind for kind in _KINDS if group[kind])
    return Marker(
        kind=kind,
        start=match.start(),
        end=match.end(),
        word=group[kind],
        scope=group["scope"] if kind == "agent" else "",
        second=group["second"] if kind == "role" else "",
        brackets=group.get(f"{kind}_brackets", ""),
        colon=bool(group[f"{kind}_colon"]),
        word_start=match.start(kind),
    )


def markers_in(text: str, start: int, end: int) -> Iterator[Marker]:
    """Every marker word in ``text[start:end]``, whether it opens an entry or not."""
    return (_marker(match) for match in _MARKER.finditer(text, start, end))


def first_marker(text: str, end: int) -> int:
    """Index of the first marker before ``end`` with a colon, at the start of a line or behind the case number.

    ``end`` when there is none.
    """
    for marker in markers_in(text, 0, end):
        if marker.colon or marker.start == 0 or text[marker.start - 1] in "\n号":
            return marker.start
    return end


#: Words of every sentence of a penalty decision; they open an entry with a colon only.
_COLON_ONLY = frozenset({"当事人", "被处罚人", "被处罚单位", "被处罚当事人"})


def _opens(text: str, marker: Marker, previous: Marker | None, start: int) -> bool:
    """Whether ``marker`` opens an entry of the block that begins at ``start``."""
    if marker.colon:
        return True
    if marker.word in _COLON_ONLY:
        return False
    if marker.start == start:
        return True
    before = text[marker.start - 1]
    if before in "\n。;":
        return True
    if before in ",、":
        return marker.kind != "role" or bool(_PERSONAL.match(text, marker.end))
    gap = text[previous.end : marker.start] if previous else ""
    return bool(PURE_NAME.fullmatch(gap))


def _units(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Sentences from ``start`` on; a line break inside a sentence does not end it."""
    at = start
    while at < len(text):
        end = at
        while end < len(text) and text[end] != "。":
            if text[end] == "\n" and _line_ends(text, at, end):
                break
            end += 1
        if text[at:end].strip("\n"):
            yield at, end
        at = end + 1


def _line_ends(text: str, start: int, at: int) -> bool:
    """Whether the line break at ``at`` ends the sentence begun at ``start``."""
    if at == start or at - start > 400:
        return True
    if text[at - 1] not in ",、" and not text[at - 1].isdigit():
        return True
    following = _MARKER.match(text, at + 1)
    return following is not None


def _glued_stop(text: str, markers: list[Marker], start: int, cue: int) -> int:
    """Start of the narrative in a sentence whose markers have no colon: names come first, then a repeated role."""
    for position, marker in enumerate(markers):
        if marker.start > cue:
            break
        following = markers[position + 1].start if position + 1 < len(markers) else cue
        if not PURE_NAME.fullmatch(text[marker.end : following].rstrip(",")):
            return marker.start if position else start
    return start


def _stop(text: str, markers: list[Marker], start: int, cue: int, declared: list[str]) -> int:
    """Where in the sentence ``text[start:…]`` with a cue at ``cue`` the party block gives way to the narrative."""
    strong = [marker for marker in markers if marker.colon and marker.start < cue]
    if not strong:
        if markers and markers[0].start == start:
            return _glued_stop(text, markers, start, cue)
        return start
    last = strong[-1]
    candidates = [m.start for m in markers if m.kind == "role" and not m.colon and last.end <= m.start <= cue]
    for name in declared:
        again = text.find(name, last.end, cue + 1)
        if again > last.end:
            candidates.append(again)
    if candidates:
        return min(candidates)
    name_end = _NAME_END.search(text, last.end, cue)
    return name_end.start() if name_end else cue


def _is_narrative(text: str, start: int, end: int) -> re.Match[str] | None:
    """The cue of a sentence that belongs to the narrative, None for a sentence of the party block."""
    cue = _CUE.search(text, start, end)
    if cue and _CUSTODY.search(text, start, end) and not _PROSECUTION.search(text, start, end):
        return None
    return cue


def party_block(text: str, start: int) -> tuple[list[Marker], int]:
    """Markers that open entries from ``start`` on, and where the block ends (``start`` when there is none)."""
    accepted: list[Marker] = []
    declared: list[str] = []
    unmarked = 0
    last_end = start
    for unit_start, unit_end in _units(text, start):
        found = list(markers_in(text, unit_start, unit_end))
        cue = _is_narrative(text, unit_start, unit_end)
        stop = _stop(text, found, unit_start, cue.start(), declared) if cue else unit_end
        marked = False
        for marker in found:
            if marker.end <= stop and _opens(text, marker, accepted[-1] if accepted else None, start):
                accepted.append(marker)
                marked = True
                reach = min(stop, marker.end + _MAX_NAME)
                name_end = _NAME_END.search(text, marker.end, reach)
                name = text[marker.end : name_end.start() if name_end else reach]
                if marker.kind == "role" and len(name) >= 4:
                    declared.append(name)
        if cue:
            return accepted, stop if accepted else start
        unmarked = 0 if marked else unmarked + 1
        last_end = unit_end if marked else last_end
        if unmarked > _MAX_UNMARKED:
            break
    return accepted, last_end

"""The sentence that opens the narrative (原告X与被告Y…纠纷一案): further parties, short names, the cause.

All functions work on the folded text of ``nlp.compact`` and give indexes into it.
"""

import re
from collections.abc import Collection, Iterable

from nlp.lexicon import CAUSES, COMPANY_ENDINGS, OTHER_ENDINGS, ROLES, alternatives
from nlp.markers import markers_in
from nlp.names import Stretch, names_at

_REACH = 700
_CASE_WORD = re.compile("一案")
_JOINTS = re.compile(r"[与诉和及、因以对向,]+$")
_CAUSE = re.compile(alternatives(CAUSES))
_CAUSE_END = re.compile(rf"(?:{alternatives(CAUSES)})$")
_ORGANISATION = re.compile(rf".*(?:{alternatives(COMPANY_ENDINGS + OTHER_ENDINGS)})")
_CHARGE = re.compile(r"(?<!涉嫌)犯(?P<cause>[\u3400-\u9fff、()]{2,30}?罪)")
_CONVICTED = re.compile(r"(?:构成|犯(?!罪))(?P<cause>[\u3400-\u9fff、]{2,24}?罪)(?=[,。;]|,)")
_PIECE = re.compile(r"[^,。;:()\n《》\"“”]{2,60}$")
_LEAD = re.compile(r"^(?:.*(?:因|之间|为|等|关于|[^纠]诉))?")
_BEFORE_CAUSE = "因为就的之等间"
_NOT_A_CAUSE = re.compile(r"^(?:行政(?:非诉)?(?:执行|审查)?|执行|民事|刑事|该|本|此|上述|非诉.*|.*\d+号.*|.*决定书?)$")
_SHORT_NAME = re.compile(r"\((?:以下)?(?:统称|简称|下称)[:为]?[\"“]?(?P<alias>[^()\"“”,。]{2,20})[\"”]?\)")

#: Full role, by the parts of it that stand for the same side.
_SAME = {"被告人": "被告", "被告单位": "被告", "原告人": "原告"}


def intro_end(text: str, start: int) -> int:
    """End of the stretch before 一案 in the sentence that opens the narrative at ``start``; ``start`` without one."""
    match = _CASE_WORD.search(text, start, start + _REACH)
    return match.start() if match else start


def further_parties(text: str, start: int, end: int, declared: Collection[str]) -> list[tuple[Stretch, str]]:
    """Names and roles in ``text[start:end]`` under roles that the party block does not use.

    A block that declares 原告 and 被告 is complete; one of 申请人 alone leaves the sides of the suit to this sentence.
    """
    found: list[tuple[Stretch, str]] = []
    roles = [marker for marker in markers_in(text, start, end) if marker.kind == "role"]
    for position, marker in enumerate(roles):
        word = base_role(marker.word)
        if word in declared or _SAME.get(word, word) in declared:
            continue
        limit = roles[position + 1].start if position + 1 < len(roles) else end
        last = limit == end
        joint = _JOINTS.search(text[marker.end : limit])
        limit -= len(joint.group()) if joint else 0
        names = names_at(text, marker.end, limit)
        for name in names:
            cut = _without_cause(text, name) if last and name is names[-1] else name
            if cut is not None:
                found.append((cut, word))
    return found


def _without_cause(text: str, name: Stretch) -> Stretch | None:
    """A name that the cause follows without a break, cut where it ends; None when that cannot be told."""
    start, end = name
    cause = _CAUSE_END.search(text[start:end])
    if cause:
        end = start + cause.start()
    organisation = _ORGANISATION.match(text[start:end])
    if organisation and organisation.end() > 4:
        return start, start + organisation.end()
    return (start, end) if 2 <= end - start <= 4 else None


def base_role(word: str) -> str:
    """The role reported for a printed one: 原审 and 一审 dropped, variants to the usual word."""
    for prefix in ("原审", "一审", "二审", "原"):
        rest = word.removeprefix(prefix)
        if rest != word and word not in ROLES and rest in ROLES:
            return ROLES[rest]
    return ROLES.get(word, word)


def short_names(text: str, start: int, end: int) -> list[tuple[int, Stretch]]:
    """The short names that ``text[start:end]`` gives in brackets: where the bracket opens, and the short name."""
    return [(match.start(), match.span("alias")) for match in _SHORT_NAME.finditer(text, start, end)]


def cause(text: str, start: int, end: int, names: Iterable[str], *, criminal: bool = False) -> Stretch | None:
    """The first charge (犯…罪) of the opening sentence, else the cause of action before 一案 at ``end``; None without.

    In a ``criminal`` document the offence that the court finds stands for a charge that the opening does not print.

    ``names``: all names and short names known, which may stand right before the cause.
    """
    charge = _CHARGE.search(text, start, end if end > start else start + _REACH)
    if charge:
        return charge.span("cause")
    if criminal:
        found = [*_CONVICTED.finditer(text, start)]
        return found[-1].span("cause") if found else None
    if end <= start:
        named = _CAUSE.search(text, start, start + _REACH)
        return named.span() if named else None
    piece = _PIECE.search(text, max(start, end - 60), end)
    if piece is None:
        return None
    begin = piece.start()
    bounded = text[begin - 1 : begin] == ")"
    for name in names:
        behind = text.rfind(name, start, end)
        if behind >= 0 and behind + len(name) > begin:
            begin, bounded = behind + len(name), True
    while bounded and begin < end and text[begin] in _BEFORE_CAUSE:
        begin += 1
    if not bounded:
        known = _CAUSE_END.search(text[begin:end])
        lead = _LEAD.match(text[begin:end])
        begin += known.start() if known else lead.end() if lead else 0
    if not 2 <= end - begin <= 30 or _NOT_A_CAUSE.match(text[begin:end]):
        return None
    return begin, end

"""Names in the party block: where one ends, what kind of subject it is, which firm an agent belongs to.

All functions work on the folded text of ``nlp.compact`` and give indexes into it.
"""

import re
from typing import Literal

from nlp.lexicon import COMPANY_ENDINGS, FIRM_ENDINGS, NAME_BRACKETS, OPERATOR_TITLES, OTHER_ENDINGS, alternatives

PartyKind = Literal["person", "company", "other_org"]
Stretch = tuple[int, int]

MAX_NAME = 60
_STOPS = frozenset(',。;:\n、!?"“”‘’《》<>')
_ENDINGS = alternatives(COMPANY_ENDINGS + OTHER_ENDINGS)
_ORGANISATION_TAIL = re.compile(rf"[^,。;:\n()、]{{0,30}}?(?:{_ENDINGS})(?=[,。;:\n()、]|$)")
#: Words that follow a name where the source dropped the comma.
_DETAIL = re.compile(
    r"(?:住所地?|住址|地址|户籍地?|注册地|组织机构代码|统一社会信用代码|信用代码|公民身份|身份证|营业执照|\d{6,}"
    r"|(?<=..)系(?=单位|公司|该)|(?<=..)申请(?:强制)?执行(?!人)|(?<=..)关于)"
)
_GENDER = re.compile(r"(?<=..)[男女](?=,(?![男女],))")
_AND_OTHERS = re.compile(r"等[一二三四五六七八九十\d]+[人名家位户].*$")
_LETTER = re.compile(r"[\u3400-\u9fffA-Za-z]")
_FIRM = re.compile(
    r"[\u3400-\u9fffA-Za-z·×*\d]{2,24}(?:\([\u3400-\u9fff]{1,10}\))?[\u3400-\u9fff]{0,10}?"
    rf"(?:{alternatives(FIRM_ENDINGS)})"
)
_FIRM_LEAD = re.compile(
    r"(?:(?:以上|上述)?[一二两三四]?人?)?(?:分别|均|皆|都)?(?:(?:系|为|是)|(?:执业|任职|就职|供职|工作|受聘|隶属)于|来自)(?=[\u3400-\u9fff]{5})"
)
_PERSONAL = re.compile(
    r"[,(](?:男|女)(?=[,)。\n]|$)|\d{4}年\d{1,2}月\d{1,2}日出?生"
    r"|[,。][\u3400-\u9fff]{1,5}族[,。]|公民身份|身份证"
)
_COMPANY_END = re.compile(rf"(?:{alternatives(COMPANY_ENDINGS)})(?:\([^()]*\))?$")
_OTHER_END = re.compile(rf"(?:{alternatives(OTHER_ENDINGS)})(?:\([^()]*\))?$")
_PERSON_TAIL = re.compile(
    r"^(?P<name>[\u3400-\u9fff]{2,4}?)"
    r"(?:系|任|职务|担任|该(?:公司|单位|行|社|村)|为该|律师$|先生$|女士$)"
)


def _after_bracket(text: str, at: int, end: int) -> int | None:
    """Index behind the bracket at ``at`` when it is part of a name, None when the name ends before it."""
    close = text.find(")", at, min(end, at + 40))
    if close < 0:
        return None
    inside = text[at + 1 : close]
    if inside.startswith(("以下", "简称", "下称", "统称")):
        return None
    if inside in NAME_BRACKETS or (len(inside) <= 12 and _ORGANISATION_TAIL.match(text, close + 1, end)):
        return close + 1
    return None


def skip_brackets(text: str, at: int, end: int) -> int:
    """Index behind the bracketed remarks that begin at ``at``."""
    while at < end and text[at] == "(":
        close = text.find(")", at, end)
        if close < 0:
            return at
        at = close + 1
    return at


def name_at(text: str, start: int, end: int) -> Stretch | None:
    """The name that begins at or just after ``start``, None when there is none of 2 to 60 places."""
    while start < end and text[start] in ":,、.·":
        start += 1
    at = start
    while at < end and text[at] not in _STOPS:
        if text[at] == "(":
            behind = _after_bracket(text, at, end)
            if behind is None:
                break
            at = behind
        else:
            at += 1
    for pattern in (_DETAIL, _GENDER, _AND_OTHERS):
        # One place more than the name, for what must follow it.
        found = pattern.search(text, start, min(at + 2, end)) if pattern is _GENDER else pattern.search(text, start, at)
        if found and found.start() - start >= 2:
            at = found.start()
    if not 2 <= at - start <= MAX_NAME or not _LETTER.search(text, start, at):
        return None
    return start, at


def names_at(text: str, start: int, end: int) -> list[Stretch]:
    """The names joined by 、 from ``start`` on; brackets behind a name are skipped."""
    names: list[Stretch] = []
    at = start
    while (name := name_at(text, at, end)) is not None:
        names.append(name)
        at = skip_brackets(text, name[1], end)
        if at >= end or text[at] != "、":
            break
        at += 1
    return names


def person_at(text: str, start: int, end: int) -> Stretch | None:
    """A person's name at ``start``: as ``name_at``, without a title glued to it; None for what is too long for one."""
    name = name_at(text, start, end)
    return name and person_within(text, name)


def person_within(text: str, name: Stretch) -> Stretch | None:
    """``name`` without a title glued to it, None for what is too long for a person."""
    start, end = name
    glued = _PERSON_TAIL.match(text[start:end])
    if glued:
        end = start + len(glued["name"])
    limit = 20 if "·" in text[start:end] or text[start].isascii() else 8
    return (start, end) if end - start <= limit else None


def firm_in(text: str, start: int, end: int) -> Stretch | None:
    """The law firm, legal service or legal aid office named in ``text[start:end]``."""
    match = _FIRM.search(text, start, end)
    if match is None:
        return None
    begin = match.start()
    lead = _FIRM_LEAD.match(text, begin, match.end())
    return (lead.end() if lead else begin), match.end()


def kind_of(name: str, details: str, representative: str) -> PartyKind:
    """What a party is, by the words about it before its representative, its name and the representative's title.

    Rule of the annotation: companies, banks and their branches are companies; a shop with an operator
    (个体工商户), an authority, a committee, a cooperative is another organisation.
    """
    if "个体工商户" in name or "个体工商户" in details or representative in OPERATOR_TITLES:
        return "other_org"
    if len(name) > 4 and _COMPANY_END.search(name):
        return "company"
    if _PERSONAL.search(details) and not representative:
        return "person"
    if len(name) > 4 and _OTHER_END.search(name):
        return "other_org"
    if representative:
        return "company"
    return "person" if len(name) <= 4 or "·" in name or "某" in name or name.isascii() else "other_org"

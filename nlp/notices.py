"""Documents addressed to somebody: notices of enforcement, orders that restrict consumption.

They have no party block. Whom they are written to stands on a line of his own before a colon and is the judgment
debtor; who applied is told in the first sentence (你单位与甲…一案, 甲申请执行你单位).
"""

import re
from dataclasses import dataclass

from nlp.lexicon import CAUSES, COMPANY_ENDINGS, OTHER_ENDINGS, SURNAMES, alternatives
from nlp.names import Stretch

YOU = r"你(?:\((?:单位|公司|方)\)|单位|公司|方|们)?"
_ADDRESSEE = re.compile(r"(?:^|\n)(?P<names>[^\n:,。;]{2,300}):(?=\n|$|你|本院|因|关于)")
_NAME = (
    rf"(?:[\u3400-\u9fff()A-Za-z0-9·×*]{{3,40}}?(?:{alternatives(COMPANY_ENDINGS + OTHER_ENDINGS)})"
    rf"|(?:{alternatives(SURNAMES)})[\u3400-\u9fff·某×*]{{1,3}}\d?|[\u3400-\u9fff]{{2,8}}·[\u3400-\u9fff]{{2,8}})"
)
_OTHER = re.compile(
    rf"{YOU}[^,。;与]{{0,20}}与(?P<party>[^,。;]{{2,60}}?)(?:\([^()]*\))?(?=(?:{alternatives(CAUSES)})一案)"
    rf"|{YOU}[^,。;与]{{0,20}}与(?P<with>{_NAME})(?:\([^()]*\))?(?=[^,。;]{{0,24}}?一案)"
    rf"|(?:立案执行|执行|受理)(?:的)?(?:申请执行人)?(?P<applied>{_NAME})(?:\([^()]*\))?(?=申请(?:强制)?执行{YOU}|与{YOU})"
    rf"|申请执行人(?P<named>{_NAME})(?:\([^()]*\))?(?=[与向于申,])"
)
_CAUSE = re.compile(rf"{YOU}[^,。;]{{0,80}}?(?P<cause>{alternatives(CAUSES)})一案")
_HEAD = re.compile(
    rf"{YOU}(?:的)?(?:法定代表人|主要负责人|负责人)(?P<name>(?:{alternatives(SURNAMES)})[\u3400-\u9fff·×*]{{1,3}}?)(?=[、,。;()采不的]|$)"
)


_REMARK = re.compile(r"\([^()]*(?:代码|号码|\d{6})[^()]*\)$")


@dataclass(frozen=True, slots=True)
class Notice:
    """Who is addressed, who applied, the head of the addressee, the cause, and where the addressee's line ends."""

    debtors: list[Stretch]
    applicant: Stretch | None
    head: Stretch | None
    cause: Stretch | None
    end: int


def notice_at(text: str, start: int) -> Notice | None:
    """The notice in a folded text whose heading ends at ``start``; None when nobody is addressed."""
    line = _ADDRESSEE.search(text, max(0, start - 1), start + 200)
    if line is None or not re.search(YOU, text[line.end() : line.end() + 600]):
        return None
    debtors: list[Stretch] = []
    at = line.start("names")
    for name in line["names"].split("、"):
        own = _REMARK.sub("", name)
        if own.strip("\n"):
            debtors.append((at, at + len(own)))
        at += len(name) + 1
    other = _OTHER.search(text, line.end())
    applicant = (
        next((other.span(group) for group in ("party", "with", "applied", "named") if other[group]), None)
        if other
        else None
    )
    head = _HEAD.search(text, line.end())
    cause = _CAUSE.search(text, line.end())
    return Notice(
        debtors, applicant, head.span("name") if head else None, cause.span("cause") if cause else None, line.end()
    )

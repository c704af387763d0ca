"""``cg_patterns``: case numbers, dates, codes and the heading.

Sets ``doc.spans["patterns"]``: CASE_NO, DATE (full dates, Arabic or Chinese
numerals), USCC (18-place unified code, GB 32100-2015), ORG_CODE (organisation
code, GB 11714-1997, also masked), ID_NUMBER (citizen's number, GB 11643-1999,
by form), and of the document itself OWN_CASE_NO, COURT, DOC_TYPE, AGENCY and OWN_DOC_NO (of a penalty decision) and
JUDGMENT_DATE; MONEY (figure to 元) and LAW (titles of laws with their marks). ``Span._.norm`` is the ISO date
of dates, fen of money and "" of the rest.
Codes are found by form and context; whether one is valid is for the reader of
the facts to check.
"""

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from graph.model.values import parse_date
from nlp.compact import Compact, compact
from nlp.lexicon import CASE_NO
from nlp.money import sums_in
from nlp.sections import DOC_TYPE, FACTS, HEAD, PARTIES, RULING, TAIL
from nlp.spans import section, span_at, text_of
from nlp.statutes import laws_in

_ZERO = "零〇○◯OoΟОοо0"
_CHINESE_DATE = (
    rf"(?:二[{_ZERO}]|一九)[{_ZERO}一二三四五六七八九]{{2}}年"
    rf"[{_ZERO}元一二三四五六七八九十]{{1,3}}月[{_ZERO}一二三四五六七八九十廿卅]{{1,4}}日"
)
_ARABIC_DATE = r"(?<!\d)(?:19|20)\d{2}年\d{1,2}月\d{1,2}日"
_DATE = re.compile(f"{_CHINESE_DATE}|{_ARABIC_DATE}")

_CODE_CHAR = "[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]"
_CODES = re.compile(
    rf"(?P<ORG_CODE>(?<=组织机构代码)(?:证|证号|号)?:?(?P<org>[0-9A-Za-z*×]{{8}}-?[0-9A-Za-z*×]))(?![0-9A-Za-z])"
    rf"|(?<![0-9A-Za-z])(?P<ID_NUMBER>[1-9]\d{{5}}(?:19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dXx])(?![0-9A-Za-z])"
    rf"|(?<![0-9A-Za-z])(?P<USCC>{_CODE_CHAR}{{2}}\d{{6}}{_CODE_CHAR}{{10}})(?![0-9A-Za-z])"
)
_UNIFIED = re.compile(r"信用代码(?:证|号|证号)?:?$")

_CASE_NO = re.compile(CASE_NO)
_OWN_CASE_NO = re.compile(rf"(?:^|(?<=\n)|(?<=[书院:]))(?:案号:?)?(?P<value>{CASE_NO})")
_DOC_TYPE = re.compile(rf"(?:^|(?<=\n)|(?<=法院))(?P<value>{DOC_TYPE})(?=\n|\(|$)")
_COURT = re.compile(
    rf"(?:^|(?<=[\n书号]))(?P<value>(?:(?!书)[\u3400-\u9fff]){{2,30}}?法院)(?=\n|$|(?:{DOC_TYPE})(?:\n|\(|$)|\((?:19|20)\d\d\))"
)
#: The ruling that ends or stays an execution names the case that it is given in.
_NAMED_IN_RULING = re.compile(
    rf"(?:终结|中止|恢复)(?P<court>[\u3400-\u9fff]{{2,30}}?法院)?的?(?P<value>{CASE_NO})(?:一?案件?)的?(?:本次)?(?:强制)?执行"
)
#: A penalty decision: who gives it, above its title, and its number (国办函〔2018〕118号 and older forms alike).
_AGENCY = re.compile(r"(?:^|(?<=\n))(?P<value>[\u3400-\u9fff()]{4,40}?)(?=\n?(?:不予|减轻)?行政处罚决定书)")
_DOC_NO = re.compile(r"[\u3400-\u9fff]{1,14}\((?:19|20)\d{2}\)第?\d{1,6}号")
_APPENDIX = re.compile(r"\n(?:附|本判决所依据|本案引用|《|第[一二三四五六七八九十百]+条)")


def iso_date(text: str) -> str | None:
    """The ISO date of 2017年12月27日 or 二〇一七年十二月二十七日, None when there is no such day."""
    try:
        return parse_date(text)
    except ValueError:
        return None


Hit = tuple[str, int, int, str]


def _dates(text: str) -> Iterator[Hit]:
    for match in _DATE.finditer(text):
        value = iso_date(match.group())
        if value:
            yield "DATE", match.start(), match.end(), value


def _codes(text: str) -> Iterator[Hit]:
    for match in _CODES.finditer(text):
        label = match.lastgroup if match.lastgroup != "org" else "ORG_CODE"
        if match["ORG_CODE"]:
            label, start, end = "ORG_CODE", *match.span("org")
        else:
            label, (start, end) = ("USCC" if match["USCC"] else "ID_NUMBER"), match.span()
            if _UNIFIED.search(text, max(0, start - 8), start):
                label = "USCC"
        yield label, start, end, ""


def _heading(text: str, head: tuple[int, int]) -> Iterator[Hit]:
    """Court, kind and number of the document from its heading."""
    for label, pattern in (("COURT", _COURT), ("DOC_TYPE", _DOC_TYPE), ("OWN_CASE_NO", _OWN_CASE_NO)):
        found = list(pattern.finditer(text, 0, head[1])) if head[0] < head[1] else []
        if found:
            yield label, *found[-1].span("value"), ""


def _penalty(text: str, head: tuple[int, int]) -> Iterator[Hit]:
    """Authority and number of a penalty decision; the number stands above or below its title, or below the party."""
    agency = _AGENCY.search(text, 0, min(len(text), head[1] + 40))
    if agency is None:
        return
    yield "AGENCY", *agency.span("value"), ""
    number = _DOC_NO.search(text, agency.end(), agency.end() + 400)
    if number:
        yield "OWN_DOC_NO", *number.span(), ""


def _in_ruling(text: str, ruling: tuple[int, int]) -> Iterator[Hit]:
    """Number and court of a text without heading, from its ruling."""
    match = _NAMED_IN_RULING.search(text, *ruling)
    if match and "执" in match["value"]:
        yield "OWN_CASE_NO", *match.span("value"), ""
        if match["court"]:
            yield "COURT", *match.span("court"), ""


def _signed(text: str, tail: tuple[int, int]) -> Iterator[Hit]:
    """The day of signing: the first full date of the tail before its appendix."""
    appendix = _APPENDIX.search(text, *tail)
    match = _DATE.search(text, tail[0], appendix.start() if appendix else tail[1])
    if match and (value := iso_date(match.group())):
        yield "JUDGMENT_DATE", match.start(), match.end(), value


def find(view: Compact, sections: dict[str, tuple[int, int]]) -> list[Hit]:
    """All patterns of a folded text as (label, start, end, norm), in the order of their start.

    ``sections``: where head, ruling and tail lie in the folded text.
    """
    text = view.text
    hits = [("CASE_NO", match.start(), match.end(), "") for match in _CASE_NO.finditer(text)]
    hits += [("MONEY", money.start, money.end, str(money.fen)) for money in sums_in(text, 0, len(text))]
    hits += [("LAW", law.start, law.end, "") for law in laws_in(text, 0, len(text))]
    hits += [
        *_dates(text),
        *_codes(text),
        *_heading(text, sections[HEAD]),
        *_penalty(text, sections[HEAD]),
        *_signed(text, sections[TAIL]),
    ]
    if not any(label == "OWN_CASE_NO" for label, *_ in hits):
        hits += _in_ruling(text, sections[RULING])
    return sorted(hits, key=lambda hit: (hit[1], hit[2], hit[0]))


@Language.factory("cg_patterns")
class PatternFinder:
    """Finds numbers, dates and codes; holds no state besides its name."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        if not Span.has_extension("norm"):
            Span.set_extension("norm", default="")

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.spans["patterns"]``; needs ``doc.spans["sections"]``."""
        view = compact(text_of(doc))
        places = {label: section(doc, view, label) for label in (HEAD, PARTIES, FACTS, RULING, TAIL)}
        spans = []
        for label, start, end, norm in find(view, places):
            span = span_at(doc, *view.span(start, end), label)
            if norm:
                span._.norm = norm
            spans.append(span)
        doc.spans["patterns"] = SpanGroup(doc, name="patterns", spans=spans)
        return doc

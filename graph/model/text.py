"""Comparison forms of names, and the canonical forms of case numbers and document numbers.

Case numbers follow 法〔2015〕137号 as amended by 法〔2018〕335号; older ones (…字第…号) the practice before 2016.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from graph.model.numerals import read_numeral, write_numeral
from graph.model.vocab import table

#: One form each of brackets, of the dots between the parts of a transliterated name, and of dashes.
_MARKS = str.maketrans("〔【〖[{〕】〗]}•‧∙⋅・᛫‐‑‒–—―−", "(((((" + ")))))" + "······" + "-------")
_WIDE_BRACKETS = str.maketrans("()", "（）")

_PROVINCES = "京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川贵云陕甘青桂藏宁新内军兵"
_YEAR = r"\((?P<year>(?:19|20)[0-9]{2})\)"
_N = r"[0-9〇零一二两三四五六七八九十百]{1,5}"
_TAIL = rf"(?P<serial>[0-9]{{1,8}})(?:-(?P<dash>[0-9]{{1,3}})|之(?P<inner>{_N}))?号(?:之(?P<outer>{_N}))?"

#: From 2016 on. Printed numbers sometimes lack the province character: the figures alone are taken too.
_NEW_CASE = re.compile(
    rf"{_YEAR}(?P<court>最高法|[{_PROVINCES}](?:[0-9]{{2}}(?:[0-9]{{2}})?)?|[0-9]{{4}})"
    rf"(?P<special>知)?(?P<type>(?:(?![字第号])[一-鿿]){{1,4}}){_TAIL}"
)
#: Before 2016 no court code existed: a few characters, or none for the 最高人民法院.
_OLD_CASE = re.compile(
    rf"{_YEAR}(?P<court>[一-鿿0-9]{{0,8}}?)(?P<special>(?!))?(?P<type>[民刑行商经知执赔破督催特][一-鿿]{{0,6}}?字)第?{_TAIL}"
)

_DOCUMENT = re.compile(
    r"(?P<organ>.*[一-鿿].*)〔(?P<year>(?:19|20)[0-9]{2})〕第?(?P<number>[0-9A-Z]+(?:[-/][0-9A-Z]+)*)号"
)
_YEAR_BRACKETS = re.compile(r"（((?:19|20)[0-9]{2})）")


@cache
def _fold_table() -> dict[int, str]:
    return {ord(row["traditional"]): row["simplified"] for row in table("traditional_simplified")}


def fold_sign(sign: str) -> str:
    """The simplified form of one traditional character; any other sign as it is."""
    return _fold_table().get(ord(sign), sign)


def _plain(text: str) -> str:
    """NFKC, one form of brackets, dots and dashes, without white space and invisible characters."""
    marked = unicodedata.normalize("NFKC", text).translate(_MARKS)
    plain = marked
    # What is printable and no blank is neither white space nor invisible.
    if not plain.isprintable() or " " in plain:
        plain = "".join(c for c in marked if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"})
    # What stood apart may now compose with its neighbour.
    return plain if plain == text else _plain(plain)


@lru_cache(1 << 16)
def norm_name(text: str) -> str:
    """The comparison form of a name, never shown: equal forms are one name.

    NFKC, brackets and dots of one form, no white space, simplified characters one by one (so that a part of a
    name has the form of the part), case folded. Idempotent. "" for text without any sign.
    """
    form = _plain(text).translate(_fold_table()).casefold()
    return form if form == text else norm_name(form)


def search_tokens(text: str) -> list[str]:
    """One token per letter or figure of ``norm_name``: its code point in lower-case hex; punctuation drops out."""
    return [f"{ord(char):x}" for char in norm_name(text) if char.isalnum()]


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number (案号), taken apart.

    ``court_code``: 闽0502, 最高法, before 2016 a few characters or "". ``special``: word of a specialised trial
    (知) or "". ``type``: type code (民初; before 2016 with 字). ``serial``: without leading zeros.
    ``suffix``: "之一" … for a further document of the same case, or "".
    """

    year: str
    court_code: str
    special: str
    type: str
    serial: str
    suffix: str

    @property
    def base(self) -> str:
        """The number of the case itself, without 之N."""
        ordinal = "第" if self.type.endswith("字") else ""
        return f"（{self.year}）{self.court_code}{self.special}{self.type}{ordinal}{self.serial}号"

    @property
    def text(self) -> str:
        """The canonical form, with （） and 之N."""
        return self.base + self.suffix


@lru_cache(1 << 12)
def parse_case_no(text: str) -> CaseNumber | None:
    """A text that is a case number as a whole, in the form since 2016 or before; None for anything else.

    Brackets of any form; a text without serial is none. 505-1号 and 505之一号 are read as 505号之一; a range of
    cases (505-507号) is none, it is not one case.
    """
    plain = _plain(text)
    match = _NEW_CASE.fullmatch(plain) or _OLD_CASE.fullmatch(plain)
    if match is None:
        return None
    serial = match["serial"] if len(match["serial"]) == 8 else match["serial"].lstrip("0")
    marks = [mark for mark in (match["dash"], match["inner"], match["outer"]) if mark]
    if not serial or len(marks) > 1 or (match["dash"] and int(match["dash"]) > int(serial)):
        return None
    try:
        suffix = f"之{write_numeral(read_numeral(marks[0]))}" if marks else ""
    except ValueError:
        return None
    return CaseNumber(match["year"], match["court"], match["special"] or "", match["type"], serial, suffix)


def norm_case_no(text: str) -> str | None:
    """The canonical case number with （） and 之N (``（2024）闽0502执505号之一``); None when ``text`` is none."""
    case = parse_case_no(text)
    return case.text if case else None


def case_base(text: str) -> str | None:
    """The canonical number of the case, without 之N; None when ``text`` is no case number."""
    case = parse_case_no(text)
    return case.base if case else None


def case_suffix(text: str) -> str:
    """The canonical ``之N`` of a case number; "" without one, and for what is no case number."""
    case = parse_case_no(text)
    return case.suffix if case else ""


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A document number of an authority, taken apart: 泉市监处罚 · 2024 · 12."""

    organ: str
    year: str
    number: str


@lru_cache(1 << 12)
def norm_doc_no(text: str) -> str:
    """The canonical document number: NFKC, upper case, no spaces, 〔〕 around the year, other brackets （）.

    A case number keeps the form of case numbers. Numbers without a year in brackets (川检字2025第001号) stay
    what they are. Idempotent.
    """
    case = parse_case_no(text)
    if case:
        return case.text
    plain = _plain(text)
    upper = _plain(plain.upper())
    wide = (upper if upper == plain else _plain(upper.upper())).translate(_WIDE_BRACKETS)
    return _YEAR_BRACKETS.sub(r"〔\1〕", wide)


def parse_doc_no(text: str) -> DocumentNumber | None:
    """A text of the form organ word〔year〕n号 with any brackets; None for anything else, case numbers included."""
    match = None if parse_case_no(text) else _DOCUMENT.fullmatch(norm_doc_no(text))
    return DocumentNumber(match["organ"], match["year"], match["number"]) if match else None

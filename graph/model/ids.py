"""Identifiers of organisations and persons: form, check characters, masks.

Unified social credit code 统一社会信用代码 (GB 32100-2015), organisation code 组织机构代码 (GB 11714-1997),
registration number 工商注册号 (GS 15-2006), citizen identity number 公民身份号码 (GB 11643-1999). Only form and
check decide: no list of divisions, departments or categories is asked, since such lists grow.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import mul
from typing import Any, Literal

from graph.model.text import norm_doc_no, parse_case_no, parse_doc_no

IdKind = Literal["uscc", "id_card", "reg_no", "org_code", "case_no", "doc_no"]
Reason = Literal["placeholder", "format", "date", "check", "unknown"]

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))
_USCC_VALUES = {char: value for value, char in enumerate(_USCC_ALPHABET)}
_ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_VALUES = {char: value for value, char in enumerate(_ORG_ALPHABET)}
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_USCC = re.compile(rf"[{_USCC_ALPHABET}]{{2}}[0-9]{{6}}[{_USCC_ALPHABET}]{{10}}")
_ORG_CODE = re.compile(r"[0-9A-Z]{8}[0-9X]")
_REG_NO = re.compile(r"[0-9]{15}")
_ID_CARD = re.compile(r"[0-9]{17}[0-9X]")
_ID_SHAPE = re.compile(r"[0-9]{6}(?:19|20)[0-9]{9}[0-9A-Z]")
_ALL_EQUAL = re.compile(r"([0-9])\1*|0{17}X")

#: Letters outside the alphabet of the unified code, and the characters they are mistaken for.
_CONFUSABLE = str.maketrans("IOZSV", "1025U")

_STARS = re.compile(r"[*×✱∗●○■□•]")
_X_RUN = re.compile(r"X{4}")

#: The figures of an ID number in full width, each one place as the half-width figure is.
_HALF_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘx", "0123456789XXX")
_ID_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9X](?![0-9A-Za-z])")

_FULL_AGE = 18


@dataclass(frozen=True, slots=True)
class IdCheck:
    """What a value is and whether it holds; true when valid.

    ``kind``: what it looks like, None for nothing known. ``reason``: None when valid. ``parts``: by kind, empty
    when not valid: uscc {department, category, division, org_code}, id_card {division, birth_date}, reg_no
    {organ, sequence}, case_no {year, court_code, special, type, serial, suffix}, doc_no {organ, year, number}.
    ``suggestion``: a unified code that would hold, never applied. ``warning``: org_code_check or None.
    """

    value: str
    kind: IdKind | None
    valid: bool
    reason: Reason | None
    parts: dict[str, str] = field(default_factory=dict)
    normalised: str = ""
    suggestion: str | None = None
    warning: str | None = None

    def __bool__(self) -> bool:
        return self.valid

    def as_json(self) -> dict[str, Any]:
        """The object that ``check-id`` prints; ``warning`` only when set.

        No output holds a full ID number, so ``value`` and ``normalised`` are masked where they hold one, and the
        birth date, which would complete the mask, is left out.
        """
        value, normalised, parts = mask_text(self.value), mask_text(self.normalised), dict(self.parts)
        if self.kind == "id_card":
            value = normalised = mask_id(self.normalised)
            parts.pop("birth_date", None)
        body: dict[str, Any] = {
            "value": value,
            "kind": self.kind,
            "valid": self.valid,
            "reason": self.reason,
            "parts": parts,
            "normalised": normalised,
            "suggestion": self.suggestion,
        }
        if self.warning:
            body["warning"] = self.warning
        return body


def _stripped(value: str) -> str:
    upper = unicodedata.normalize("NFKC", value).upper()
    code = "".join(
        char
        for char in upper
        if not char.isspace() and char != "−" and unicodedata.category(char) not in {"Pd", "Cf", "Cc"}
    )
    # What stood apart may now compose with its neighbour.
    return code if code == value else normalise(code)


def normalise(value: str) -> str:
    """The form in which codes are compared: NFKC, upper case, without spaces, hyphens and invisible characters."""
    if value.isascii() and value.isalnum():
        return value.upper()
    plain = _stripped(value)
    # A sign that is left without its space may compose with the letter before it: again, until nothing changes.
    while (again := _stripped(plain)) != plain:
        plain = again
    return plain


def is_absent(value: str) -> bool:
    """Whether ``value`` is nobody's number: empty, a placeholder or masked."""
    code = normalise(value)
    if not code or _ALL_EQUAL.fullmatch(code):
        return True
    # Stars are no letters: where a code is all letters and figures, only a run of X can hide places.
    return (not code.isalnum() or "XXXX" in code) and is_masked(code)


def is_placeholder(value: str) -> bool:
    """Whether ``value`` stands for "no number": all figures equal, or 00000000000000000X."""
    return _ALL_EQUAL.fullmatch(normalise(value)) is not None


def is_masked(value: str) -> bool:
    """Whether places of a number were hidden by stars, crosses or at least four X; a masked number is nobody's."""
    code = normalise(value)
    return bool(_STARS.search(code)) or (bool(_X_RUN.search(code)) and _uscc_reason(code) is not None)


def _weighed(code: str, values: dict[str, int], weights: tuple[int, ...]) -> int:
    """The sum of value by weight over the places that have a weight."""
    return sum(map(mul, map(values.__getitem__, code[: len(weights)]), weights))


def _uscc_reason(code: str) -> Reason | None:
    if _ALL_EQUAL.fullmatch(code):
        return "placeholder"
    if not _USCC.fullmatch(code):
        return "format"
    total = _weighed(code, _USCC_VALUES, _USCC_WEIGHTS)
    return None if _USCC_ALPHABET[-total % 31] == code[17] else "check"


def _org_code_reason(code: str) -> Reason | None:
    if _ALL_EQUAL.fullmatch(code):
        return "placeholder"
    if not _ORG_CODE.fullmatch(code):
        return "format"
    total = _weighed(code, _ORG_VALUES, _ORG_WEIGHTS)
    return None if "0123456789X"[-total % 11] == code[8] else "check"


def _reg_no_reason(code: str) -> Reason | None:
    if _ALL_EQUAL.fullmatch(code):
        return "placeholder"
    if not _REG_NO.fullmatch(code):
        return "format"
    product = 10
    for figure in code[:14]:
        product = ((product + int(figure)) % 10 or 10) * 2 % 11
    return None if (product + int(code[14])) % 10 == 1 else "check"


def _id_card_reason(code: str) -> Reason | None:
    if _ALL_EQUAL.fullmatch(code):
        return "placeholder"
    if not _ID_CARD.fullmatch(code):
        return "format"
    try:
        born = date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return "date"
    if not 1900 <= born.year <= 2099:
        return "date"
    total = _weighed(code, _ORG_VALUES, _ID_WEIGHTS)
    return None if _ID_CHECKS[total % 11] == code[17] else "check"


def _uscc_parts(code: str) -> dict[str, str]:
    return {"department": code[0], "category": code[1], "division": code[2:8], "org_code": code[8:17]}


def _id_card_parts(code: str) -> dict[str, str]:
    return {"division": code[:6], "birth_date": f"{code[6:10]}-{code[10:12]}-{code[12:14]}"}


def _reg_no_parts(code: str) -> dict[str, str]:
    return {"organ": code[:6], "sequence": code[6:14]}


def _outcome(
    kind: IdKind, value: str, reason_of: Callable[[str], Reason | None], parts_of: Callable[[str], dict[str, str]]
) -> IdCheck:
    code = normalise(value)
    reason = reason_of(code)
    return IdCheck(value, kind, reason is None, reason, {} if reason else parts_of(code), code)


@lru_cache(1 << 16)
def check_uscc(value: str) -> IdCheck:
    """``value`` judged as a unified code by GB 32100: 18 places of its alphabet, figures at 3-8, modulo 31.

    ``warning`` org_code_check: the organisation code inside fails its own check while the whole holds.
    ``suggestion``: the code in which I O Z S V are read as 1 0 2 5 U, when it holds.
    """
    found = _outcome("uscc", value, _uscc_reason, _uscc_parts)
    code, suggestion, warning = found.normalised, None, None
    if found.valid and _org_code_reason(code[8:17]) is not None:
        warning = "org_code_check"
    elif not found.valid:
        likely = code.translate(_CONFUSABLE)
        suggestion = likely if likely != code and _uscc_reason(likely) is None else None
    return IdCheck(value, "uscc", found.valid, found.reason, found.parts, code, suggestion, warning)


def check_org_code(value: str) -> IdCheck:
    """``value`` judged as an organisation code by GB 11714: 8 places and a check place, with hyphen or without."""
    return _outcome("org_code", value, _org_code_reason, lambda code: {})


def check_reg_no(value: str) -> IdCheck:
    """``value`` judged as a registration number by GS 15-2006: 15 figures, ISO 7064 MOD 11,10."""
    return _outcome("reg_no", value, _reg_no_reason, _reg_no_parts)


def check_id_card(value: str) -> IdCheck:
    """``value`` judged as an ID number by GB 11643: 17 figures and a check place, a birth date, MOD 11-2."""
    return _outcome("id_card", value, _id_card_reason, _id_card_parts)


def _check_18(value: str, code: str) -> IdCheck:
    """18 places: an ID number or a unified code by shape, unless only the other check holds."""
    by_shape = (check_id_card, check_uscc) if _ID_SHAPE.fullmatch(code) else (check_uscc, check_id_card)
    first, other = (check(value) for check in by_shape)
    return other if other.valid and not first.valid else first


def _check_number(value: str) -> IdCheck | None:
    """A case number or document number, None for anything else."""
    case = parse_case_no(value)
    if case:
        parts = {
            "year": case.year,
            "court_code": case.court_code,
            "special": case.special,
            "type": case.type,
            "serial": case.serial,
            "suffix": case.suffix,
        }
        return IdCheck(value, "case_no", True, None, parts, case.text)
    document = parse_doc_no(value)
    if document:
        parts = {"organ": document.organ, "year": document.year, "number": document.number}
        return IdCheck(value, "doc_no", True, None, parts, norm_doc_no(value))
    return None


def check_id(value: str) -> IdCheck:
    """What ``value`` looks like after normalisation, and whether it holds (the ``check-id`` contract).

    Masked numbers and what looks like nothing known have kind None, reason unknown. Never raises.
    """
    code = normalise(value)
    if not is_masked(code) and code.isascii() and code.isalnum():
        if len(code) == 18:
            return _check_18(value, code)
        if _REG_NO.fullmatch(code):
            return check_reg_no(value)
        if len(code) == 9:
            return check_org_code(value)
    return _check_number(value) or IdCheck(value, None, False, "unknown", {}, code)


def mask_id(number: str) -> str:
    """The public form of a number: first six, eight stars, last four; a shorter one keeps its first sign only."""
    code = normalise(number)
    return f"{code[:6]}********{code[-4:]}" if len(code) >= 15 else f"{code[:1]}********"


def find_ids(text: str) -> list[tuple[int, int, str]]:
    """Valid 18-place ID numbers inside running text as (start, end, number), offsets into ``text``, end exclusive.

    Figures in full width count; a number inside a longer run of figures or letters is none.
    """
    plain = text.translate(_HALF_WIDTH)
    return [
        (match.start(), match.end(), match[0])
        for match in _ID_IN_TEXT.finditer(plain)
        if _id_card_reason(match[0]) is None
    ]


def mask_text(text: str) -> str:
    """``text`` with every valid ID number in it masked."""
    if len(text) < 18:
        return text
    for start, end, number in reversed(find_ids(text)):
        text = text[:start] + mask_id(number) + text[end:]
    return text


def birth_date(number: str) -> str:
    """The birth date (ISO) inside a valid ID number; ValueError, without the number, for anything else."""
    found = check_id_card(number)
    if not found.valid:
        raise ValueError(f"not a valid ID number: {found.reason}")
    return found.parts["birth_date"]


def adult_on(number: str, iso_date: str) -> bool:
    """Whether the holder of a valid ID number has turned 18 on ``iso_date`` (民法典 Art. 17); ValueError as above.

    The 18th birthday counts. Who was born on 29 February turns 18 on 1 March where the year has no such day: in
    doubt a minor.
    """
    born, day = date.fromisoformat(birth_date(number)), date.fromisoformat(iso_date)
    return (born.year + _FULL_AGE, born.month, born.day) <= (day.year, day.month, day.day)

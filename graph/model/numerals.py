"""Chinese numerals up to 999, as they stand in dates and in the 之N of a case number."""

import re

_DIGITS = "〇一二三四五六七八九"

#: Other writings of the same figures: capital forms of cheques, circles and letters used for zero.
_FOLD = str.maketrans("零○◯ＯOoΟοО０0壹贰貳叁參肆伍陆陸柒捌玖两兩拾佰", "〇" * 11 + "一二二三三四五六六七八九二二十百")

_TENS = {"廿": "二十", "卅": "三十"}

_FORM = re.compile(
    r"(?:(?P<hundreds>[一二三四五六七八九])百〇?)?(?:(?P<tens>[一二三四五六七八九])?(?P<ten>十))?(?P<ones>[一二三四五六七八九])?"
)


def fold_digits(text: str) -> str:
    """``text`` with every writing of a Chinese figure turned into one of 〇一二…九十百 (廿 and 卅 opened)."""
    folded = text.translate(_FOLD)
    for short, full in _TENS.items():
        folded = folded.replace(short, full)
    return folded


def read_numeral(text: str) -> int:
    """The number 1 to 999 that ``text`` writes, in Chinese or in figures; ValueError for anything else.

    一十六 is read as 十六: clerks write both.
    """
    if text.isascii() and text.isdigit():
        number = int(text)
    else:
        match = _FORM.fullmatch(fold_digits(text))
        if match is None:
            raise ValueError("not a numeral")
        hundreds, tens, ones = (_value(match[part]) for part in ("hundreds", "tens", "ones"))
        number = 100 * hundreds + (10 * max(tens, 1) if match["ten"] else 0) + ones
    if not 1 <= number <= 999:
        raise ValueError("not a numeral between 1 and 999")
    return number


def read_digits(text: str) -> int:
    """The number that a row of Chinese figures writes place by place (二〇二四 = 2024); ValueError otherwise."""
    folded = fold_digits(text)
    if not folded or any(figure not in _DIGITS for figure in folded):
        raise ValueError("not a row of Chinese figures")
    return int("".join(str(_DIGITS.index(figure)) for figure in folded))


def write_numeral(number: int) -> str:
    """``number`` (1 to 999) in Chinese: 1 一, 12 十二, 105 一百零五; ValueError outside the range."""
    if not 1 <= number <= 999:
        raise ValueError("not a number between 1 and 999")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _value(figure: str | None) -> int:
    return _DIGITS.index(figure) if figure else 0

"""Dates, amounts and shares: one form each, exact, and an error for everything else."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.numerals import read_digits, read_numeral, write_numeral
from graph.model.values import CHINA, parse_chinese_date, parse_date, parse_decimal, parse_percent, to_yuan


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05",
        "2024/3/5",
        "2024.3.5",
        "2024年3月5日",
        "2024 年 3 月 5 日",
        "２０２４年３月５日",
        "20240305",
        "20240305093000",
        "45356",
        "45356.75",
        "1709568000000",
        " 2024-03-05 ",
        "2024-03-05 00:00:00",
        "2024-03-05T23:59:59.999",
        "2024/3/5 9:30",
        "2024-03-04T16:00:00Z",
        "2024-03-04 16:00:00+00:00",
        "2024-03-05T08:00:00+0800",
        "二〇二四年三月五日",
    ],
)
def test_writings_of_one_day(text: str) -> None:
    assert parse_date(text) == "2024-03-05"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "2024-03",
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-3/5",
        "1024-03-05",
        "45",
        "4535",
        "202403",
        "202403050930",
        "2024-03-05 24:30",
        "2024-03-05 09:61",
        "9999-12-31T23:00:00Z",
        "05/03/2024",
        "三月五日",
        "二〇二四年十三月五日",
        "二〇二四年三月三十二日",
        "二〇二四年百月五日",
        "二〇二百年三月五日",
        "长期",
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_date(text)


@given(st.dates(date(1900, 1, 1), date(9999, 12, 31)))
def test_every_day_is_read_in_every_form(day: date) -> None:
    forms = [
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        day.strftime("%Y").zfill(4) + day.strftime("%m%d"),
    ]
    year = "".join("〇一二三四五六七八九"[int(figure)] for figure in str(day.year))
    forms.append(f"{year}年{write_numeral(day.month)}月{write_numeral(day.day)}日")
    assert {parse_date(form) for form in forms} == {day.isoformat()}


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_serial_days_of_spreadsheets(day: date) -> None:
    assert parse_date(str((day - date(1899, 12, 30)).days)) == day.isoformat()


@given(st.datetimes(datetime(2001, 9, 10), datetime(2099, 12, 31)))
def test_milliseconds_are_read_as_of_china(moment: datetime) -> None:
    stamp = (moment.replace(tzinfo=CHINA) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert parse_date(str(stamp)) == moment.date().isoformat()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二四年十二月十六日", "2024-12-16"),
        ("二○二四年 十二月 十六日", "2024-12-16"),
        ("二O二四年十二月十六日", "2024-12-16"),
        ("二零二四年十二月一十六日", "2024-12-16"),
        ("二0二四年12月16日", "2024-12-16"),
        ("二〇一七年元月廿一日", "2017-01-21"),
        ("２０２４年十月三十一日", "2024-10-31"),
        ("贰零贰肆年壹月叁拾日", "2024-01-30"),
    ],
)
def test_signing_dates(text: str, day: str) -> None:
    assert parse_chinese_date(text) == day


@given(st.integers(1, 999))
def test_numerals_go_there_and_back(number: int) -> None:
    assert read_numeral(write_numeral(number)) == number
    assert read_numeral(str(number)) == number


@pytest.mark.parametrize(
    ("number", "text"), [(10, "十"), (20, "二十"), (105, "一百零五"), (110, "一百一十"), (300, "三百")]
)
def test_numerals_read_as_written(number: int, text: str) -> None:
    assert write_numeral(number) == text


def test_numerals_outside_their_range() -> None:
    assert read_digits("二〇二四") == 2024
    for call in (
        lambda: read_numeral("0"),
        lambda: read_numeral("1000"),
        lambda: read_numeral("〇"),
        lambda: read_numeral("千"),
        lambda: read_digits("十"),
        lambda: read_digits(""),
        lambda: write_numeral(0),
    ):
        with pytest.raises(ValueError, match=r"numeral|number|figures"):
            call()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("92500", "92500"),
        ("92,500.00", "92500"),
        ("1，234，567.50", "1234567.5"),
        ("０．５０", "0.5"),
        (".5", "0.5"),
        ("007", "7"),
        ("+3", "3"),
        ("−3.0", "-3"),
        ("-0.00", "0"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (92500, "92500"),
        (Decimal("1.50"), "1.5"),
        ("123456789012345678901234567890123456789.5", "123456789012345678901234567890123456789.5"),
    ],
)
def test_decimals(value: str | float | Decimal, text: str) -> None:
    assert parse_decimal(value) == text


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        ".",
        "5.",
        "12,34",
        "1234,567",
        "0,123",
        "1,23,456",
        "5万",
        "五万元",
        "1e5",
        "1 000",
        "--1",
        "٣",
        True,
        float("nan"),
        float("inf"),
    ],
)
def test_what_is_no_number(value: str | float) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_decimal(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_decimal_text_is_exact_and_stable(number: Decimal) -> None:
    text = parse_decimal(format(number, "f"))
    assert Fraction(text) == Fraction(number)
    assert parse_decimal(text) == text == parse_decimal(number)
    assert parse_decimal(format(number, ",f")) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_yuan_is_exact_in_both_units(number: Decimal) -> None:
    text = format(number, "f")
    assert to_yuan(text, "元") == parse_decimal(text)
    assert Fraction(to_yuan(text, "万元")) == Fraction(number) * 10_000


def test_no_other_units() -> None:
    assert to_yuan(9.25, "万元") == "92500"
    with pytest.raises(ValueError, match="unit"):
        to_yuan("1", "亿元")


def test_shares() -> None:
    assert parse_percent("65") == parse_percent("65%") == parse_percent("65.00 ％") == "65"
    assert parse_percent("0.65", fraction=True) == parse_percent(0.65, fraction=True) == "65"
    assert parse_percent("65%", fraction=True) == "65"
    assert parse_percent(33.1) == "33.1"
    with pytest.raises(ValueError, match="not a number"):
        parse_percent("约65%")


@given(st.decimals(0, 100, places=8))
def test_percent_text_is_stable(number: Decimal) -> None:
    text = parse_percent(format(number, "f"))
    assert parse_percent(text) == text == parse_percent(f"{text}%")


@pytest.mark.parametrize("parse", [parse_date, parse_chinese_date, parse_decimal, parse_percent])
@given(text=st.one_of(st.text(), st.text("0123456789-/.,年月日 :TZ+%二〇十", max_size=20)))
def test_random_text_is_read_or_refused(parse: Callable[[str], str], text: str) -> None:
    try:
        form = parse(text)
    except ValueError:
        return
    if parse is not parse_chinese_date:
        assert parse(form) == form

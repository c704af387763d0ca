"""Numbers in running text: every writing of a valid one is masked, nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.ids import mask_id, normalise
from ingest.demo import codes
from ingest.masking import fill_in_place, mask_cell, mask_in_place, written_numbers

_GAPS = st.sampled_from(["", " ", "-", " -", "\n", "\u3000", "–"])


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A valid number and one way to write it."""
    number = codes.nth_id_number(draw(st.integers(0, codes.ID_NUMBERS - 1)))
    cuts = draw(st.sets(st.integers(1, 17), max_size=4))
    text = "".join((draw(_GAPS) if place in cuts else "") + sign for place, sign in enumerate(number))
    wide = text.translate({code: code + 0xFEE0 for code in range(0x30, 0x5B)})
    return number, draw(st.sampled_from([text, text.lower(), wide]))


@given(st.lists(written(), min_size=1, max_size=3), st.sampled_from(["；", "、ID", " 号 ", "/No:", "x,"]))
def test_every_writing_of_a_number_is_masked(numbers: list[tuple[str, str]], between: str) -> None:
    told = mask_cell(between.join(["甲", *(text for _, text in numbers), "乙"]))
    assert told == between.join(["甲", *(mask_id(number) for number, _ in numbers), "乙"])
    assert mask_cell(told) == told
    assert all(number not in normalise(told) for number, _ in numbers)


@given(st.lists(written(), min_size=1, max_size=3), st.sampled_from(["；", "、ID", " 号 ", "/No:", "x,"]))
def test_a_text_keeps_its_places_and_its_numbers_can_be_put_back(numbers: list[tuple[str, str]], between: str) -> None:
    text = between.join(["甲", *(writing for _, writing in numbers), "乙"])
    masked = mask_in_place(text)
    assert len(masked) == len(text)
    assert not list(written_numbers(masked))
    back = masked
    for (start, end, writing), (number, _) in zip(written_numbers(text), numbers, strict=True):
        assert masked[:1] == "甲" and normalise(writing) == number
        back = back[:start] + fill_in_place(back[start:end], number) + back[end:]
    assert normalise(back) == normalise(text)


def test_two_numbers_may_touch_where_the_first_ends_in_a_letter() -> None:
    number = next(found for found in map(codes.nth_id_number, range(99)) if found.endswith("X"))
    assert mask_cell(number + number) == mask_id(number) * 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        codes.uscc(5),
        codes.registration_number(5),
        codes.spoil(codes.nth_id_number(5)),
        "6" + codes.nth_id_number(7)[:17] + "1",
        codes.nth_id_number(7)[:9] + "；" + codes.nth_id_number(7)[9:],
        "2024-03-05 12:00:00 至 2024-03-06 12:00:00",
        "（2024）闽9801执501号",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert mask_cell(text) == text

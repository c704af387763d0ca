"""Identifiers: valid codes pass, the errors the standards promise to catch are caught, nothing crashes or leaks."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from graph.model.ids import (
    adult_on,
    birth_date,
    check_id,
    check_id_card,
    check_org_code,
    check_reg_no,
    check_uscc,
    find_ids,
    is_masked,
    is_placeholder,
    mask_id,
    mask_text,
    normalise,
)

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FIGURES = "0123456789"

#: The example of GB 11643 itself.
ID = "11010519491231002X"

VECTORS = [
    "91350502MA90000112",
    "91350582MA900002XM",
    "92350581MA90000384",
    "93350525MA9000046Q",
    "11350500003900012F",
    "12350500489900011C",
    "51350500500900013L",
    "52350503500900021P",
    "31350000MD9000012T",
]


def completed(body: str, alphabet: str, passes: object) -> str:
    """``body`` with the one check character of ``alphabet`` that ``passes``."""
    assert callable(passes)
    found = [body + char for char in alphabet if passes(body + char)]
    assert len(found) == 1
    return found[0]


def uscc_codes(first: str = "123456789ANYG") -> st.SearchStrategy[str]:
    """Valid unified codes, inner organisation code and all."""
    bodies = st.tuples(
        st.sampled_from(first),
        st.sampled_from("1239"),
        st.text(FIGURES, min_size=6, max_size=6),
        org_codes(USCC_ALPHABET),
    ).map("".join)
    return bodies.map(lambda body: completed(body, USCC_ALPHABET, check_uscc))


def org_codes(alphabet: str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") -> st.SearchStrategy[str]:
    """Valid organisation codes without hyphen."""
    bodies = st.text(alphabet, min_size=8, max_size=8).filter(lambda body: "XXXX" not in body and len(set(body)) > 1)
    return bodies.map(lambda body: completed(body, "0123456789X", check_org_code))


def reg_nos() -> st.SearchStrategy[str]:
    """Valid registration numbers."""
    bodies = st.text(FIGURES, min_size=14, max_size=14).filter(lambda body: len(set(body)) > 1)
    return bodies.map(lambda body: completed(body, FIGURES, check_reg_no))


def id_cards() -> st.SearchStrategy[str]:
    """Valid ID numbers."""
    bodies = st.tuples(
        st.text(FIGURES, min_size=6, max_size=6),
        st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(lambda day: day.strftime("%Y%m%d")),
        st.text(FIGURES, min_size=3, max_size=3),
    ).map("".join)
    return bodies.map(lambda body: completed(body, "0123456789X", check_id_card))


@pytest.mark.parametrize("code", VECTORS)
def test_published_vectors_hold(code: str) -> None:
    found = check_id(code)
    assert (found.kind, found.valid, found.reason, found.warning) == ("uscc", True, None, None)
    assert found.parts == {
        "department": code[0],
        "category": code[1],
        "division": code[2:8],
        "org_code": code[8:17],
    }
    assert check_org_code(found.parts["org_code"])


def test_a_changed_last_character_is_caught() -> None:
    found = check_id("91350502MA90000113")
    assert found.as_json() == {
        "value": "91350502MA90000113",
        "kind": "uscc",
        "valid": False,
        "reason": "check",
        "parts": {},
        "normalised": "91350502MA90000113",
        "suggestion": None,
    }


@given(uscc_codes())
def test_generated_unified_codes_hold_whatever_letter_they_begin_with(code: str) -> None:
    assert check_uscc(code).valid
    assert check_uscc(code).warning is None


@given(uscc_codes("ANYG"))
def test_codes_that_begin_with_a_letter_are_unified_codes(code: str) -> None:
    found = check_id(code)
    assert (found.kind, found.valid) == ("uscc", True)


@given(uscc_codes(), st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_every_single_change_of_a_unified_code_is_caught(code: str, place: int, char: str) -> None:
    assume(code[place] != char)
    assert not check_uscc(code[:place] + char + code[place + 1 :])


@given(id_cards(), st.integers(0, 17), st.sampled_from(FIGURES))
def test_every_single_change_of_an_id_number_is_caught(number: str, place: int, figure: str) -> None:
    assume(number[place] != figure)
    assert not check_id_card(number[:place] + figure + number[place + 1 :])


@given(id_cards(), st.integers(0, 16))
def test_every_swap_of_neighbours_in_an_id_number_is_caught(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    assert not check_id_card(number[:place] + number[place + 1] + number[place] + number[place + 2 :])


@given(reg_nos(), st.integers(0, 14), st.sampled_from(FIGURES))
def test_every_single_change_of_a_registration_number_is_caught(number: str, place: int, figure: str) -> None:
    assume(number[place] != figure)
    found = check_id(number)
    assert (found.kind, found.valid) == ("reg_no", True)
    assert found.parts == {"organ": number[:6], "sequence": number[6:14]}
    assert not check_reg_no(number[:place] + figure + number[place + 1 :])


@given(org_codes(), st.integers(0, 8), st.sampled_from(FIGURES))
def test_every_changed_figure_of_an_organisation_code_is_caught(code: str, place: int, figure: str) -> None:
    found = check_id(f"{code[:8]}-{code[8]}")
    assert (found.kind, found.valid, found.normalised) == ("org_code", True, code)
    assume(code[place] in FIGURES and code[place] != figure)
    assert not check_org_code(code[:place] + figure + code[place + 1 :])


@given(id_cards())
def test_generated_id_numbers_hold_and_never_come_out(number: str) -> None:
    found = check_id(f" {number[:6]} {number[6:14]}-{number[14:].lower()}")
    assert (found.kind, found.valid, found.normalised) == ("id_card", True, number)
    assert found.parts["birth_date"].replace("-", "") == number[6:14] == birth_date(number).replace("-", "")
    printed = json.dumps(found.as_json())
    assert number not in printed
    assert birth_date(number) not in printed
    assert found.as_json()["value"] == f"{number[:6]}********{number[14:]}"


@pytest.mark.parametrize(
    ("value", "kind", "reason"),
    [
        (ID, "id_card", None),
        ("11010519491231002Ｘ", "id_card", None),
        ("810000199408230021", "id_card", None),
        ("110105194912310021", "id_card", "check"),
        ("110105194902300027", "id_card", "date"),
        ("110105194913310021", "id_card", "date"),
        ("11010519491231002A", "id_card", "format"),
        ("00000000000000000X", "uscc", "placeholder"),
        ("000000000000000000", "uscc", "placeholder"),
        ("111111111111111", "reg_no", "placeholder"),
        ("999999999", "org_code", "placeholder"),
        ("91AB0502MA90000112", "uscc", "format"),
        ("350503100000123", "reg_no", "check"),
        ("12345678Z", "org_code", "format"),
        ("MA9000012", "org_code", "check"),
        ("350500********1234", None, "unknown"),
        ("3505****1234", None, "unknown"),
        ("110105XXXXXXXX1234", None, "unknown"),
        ("66734XXXX", None, "unknown"),
        ("9135050", None, "unknown"),
        ("晴川市澜霁建设工程有限公司", None, "unknown"),
        ("（2024）闽9902执字", None, "unknown"),
        ("〔2025〕12号", None, "unknown"),
        ("", None, "unknown"),
        ("（2024）闽0502民初123号", "case_no", None),
        ("(2014)泉民初字第123号", "case_no", None),
        ("泉市监处罚〔2024〕12号", "doc_no", None),
        ("泉市监处罚【2024】12号", "doc_no", None),
    ],
)
def test_kinds_and_first_reasons(value: str, kind: str | None, reason: str | None) -> None:
    found = check_id(value)
    assert (found.kind, found.reason, found.valid) == (kind, reason, reason is None)
    assert bool(found) is found.valid
    assert found.suggestion is None


def test_parts_of_numbers() -> None:
    assert check_id("[2024]闽0502执505-1号").parts == {
        "year": "2024",
        "court_code": "闽0502",
        "special": "",
        "type": "执",
        "serial": "505",
        "suffix": "之一",
    }
    document = check_id("泉市监处罚 (2024) 第12号")
    assert document.parts == {"organ": "泉市监处罚", "year": "2024", "number": "12"}
    assert document.normalised == "泉市监处罚〔2024〕第12号"


def test_a_value_that_passes_only_one_of_two_checks_is_that_kind() -> None:
    by_shape_id_card = completed("91350019500101123", USCC_ALPHABET, check_uscc)
    assert not check_id_card(by_shape_id_card)
    assert (check_id(by_shape_id_card).kind, check_id(by_shape_id_card).valid) == ("uscc", True)


@given(st.text(FIGURES, min_size=17, max_size=17), st.sampled_from("0123456789X"))
@example("11010519491231002", "X")
def test_the_kind_of_figures_follows_the_checks(body: str, last: str) -> None:
    value = body + last
    as_id, as_code = check_id_card(value).valid, check_uscc(value).valid
    found = check_id(value)
    assert found.valid is (as_id or as_code)
    if as_id != as_code:
        assert found.kind == ("id_card" if as_id else "uscc")


@given(uscc_codes(), st.data())
def test_confusable_letters_are_suggested_never_applied(code: str, data: st.DataObject) -> None:
    wrong = {"1": "I", "0": "O", "2": "Z", "5": "S", "U": "V"}
    places = [place for place, char in enumerate(code) if char in wrong]
    assume(places)
    place = data.draw(st.sampled_from(places))
    found = check_id(code[:place] + wrong[code[place]] + code[place + 1 :])
    assume(found.kind == "uscc")
    assert (found.valid, found.reason, found.suggestion) == (False, "format", code)


def test_no_suggestion_that_would_not_hold() -> None:
    assert check_uscc("913505O2MA90000113").suggestion is None


def test_a_bad_inner_organisation_code_is_a_warning() -> None:
    code = completed("91350502MA9000012", USCC_ALPHABET, check_uscc)
    found = check_id(code)
    assert (found.valid, found.warning) == (True, "org_code_check")
    assert found.as_json()["warning"] == "org_code_check"


@pytest.mark.parametrize("code", ["AAAA", "5", "", "00000000000000001X"])
def test_what_is_no_placeholder(code: str) -> None:
    assert is_placeholder(code) is (code == "5")


def test_masked_numbers() -> None:
    assert is_masked("3599***********229")
    assert is_masked("3599××××1234")
    assert not is_masked(ID)
    valid_with_a_run = completed("91350502XXXX12345", USCC_ALPHABET, check_uscc)
    assert not is_masked(valid_with_a_run)
    assert check_id(valid_with_a_run).kind == "uscc"


def test_masks() -> None:
    assert mask_id(ID) == "110105********002X"
    assert mask_id("E12345678") == "E********"
    assert mask_text(f"身份证{ID}，电话13800000000") == "身份证110105********002X，电话13800000000"
    assert ID not in json.dumps(check_id(f"证号{ID}").as_json(), ensure_ascii=False)


@given(st.lists(st.one_of(id_cards(), st.text("张三身份证号，。 ", max_size=5)), max_size=6))
def test_id_numbers_are_found_in_running_text(pieces: list[str]) -> None:
    text = "：".join(pieces)
    found = find_ids(text)
    assert [number for _, _, number in found] == [piece for piece in pieces if len(piece) == 18]
    assert all(text[start:end] == number for start, end, number in found)
    assert find_ids(mask_text(text)) == []


def test_id_numbers_inside_longer_runs_are_none() -> None:
    assert find_ids(f"1{ID}") == find_ids(f"{ID}A") == find_ids(f"a{ID}") == find_ids("110105194912310021") == []
    wide = "１１０１０５１９４９１２３１００２ｘ"
    assert find_ids(f"号{wide}。") == [(1, 19, ID)]


@given(id_cards(), st.integers(-400, 400))
def test_full_age_begins_on_the_eighteenth_birthday(number: str, offset: int) -> None:
    born = date.fromisoformat(birth_date(number))
    leap = (born.month, born.day) == (2, 29)
    birthday = date(born.year + 18, 3, 1) if leap and (born.year + 18) % 4 else born.replace(year=born.year + 18)
    assert adult_on(number, (birthday + timedelta(days=offset)).isoformat()) is (offset >= 0)


def test_born_on_a_leap_day() -> None:
    number = completed("35990220040229001", "0123456789X", check_id_card)
    assert not adult_on(number, "2022-02-28")
    assert adult_on(number, "2022-03-01")


def test_the_birth_date_of_an_invalid_number_is_refused_without_naming_it() -> None:
    with pytest.raises(ValueError, match="check") as caught:
        birth_date("110105194912310021")
    assert "110105194912310021" not in str(caught.value)


@given(st.one_of(st.text(), st.text("0123456789XIOZSVx-* 号（）〔〕字第闽执民", max_size=25)))
@example("R\u00b8")
def test_nothing_crashes(value: str) -> None:
    found = check_id(value)
    assert found.valid == (found.reason is None)
    assert (found.kind is None) == (found.reason == "unknown")
    json.dumps(found.as_json())
    for check in (check_uscc, check_org_code, check_reg_no, check_id_card):
        assert check(value).valid in {True, False}
    assert normalise(normalise(value)) == normalise(value)
    assert isinstance(mask_id(value), str)
    assert is_masked(value) in {True, False}
    mask_text(value)

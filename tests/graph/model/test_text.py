"""Names compare as the contract says; case and document numbers have one form each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.text import (
    case_base,
    case_suffix,
    norm_case_no,
    norm_doc_no,
    norm_name,
    parse_case_no,
    parse_doc_no,
    search_tokens,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("晴川市瀾霽建設工程有限公司", "晴川市澜霁建设工程有限公司"),
        ("晴川（福建）贸易有限公司", "晴川(福建)贸易 有限公司"),
        ("晴川〔福建〕贸易", "晴川【福建】贸易"),
        ("ＡＢＣ贸易", "abc贸易"),
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提"),
        ("臺灣裏", "台湾里"),
        ("陳偉傑\u200b", "\u3000陈伟杰"),
    ],
)
def test_writings_of_one_name(one: str, other: str) -> None:
    assert norm_name(one) == norm_name(other)
    assert search_tokens(one) == search_tokens(other)


def test_other_names_stay_other() -> None:
    assert norm_name("晴川市栩嵘陶瓷有限公司") != norm_name("晴川市栩嵘陶瓷厂")
    assert norm_name("晴川(福建)") != norm_name("晴川福建")


def test_tokens_are_code_points_without_punctuation() -> None:
    assert search_tokens("瀾A、1 （乙）") == ["6f9c", "61", "31", "4e59"]
    assert search_tokens("·（）") == []


@given(st.text())
def test_the_form_of_a_name_is_stable(text: str) -> None:
    form = norm_name(text)
    assert norm_name(form) == form
    assert not any(char.isspace() for char in form)
    assert search_tokens(form) == search_tokens(text)


@given(st.text("晴川市瀾霽建設ABab12（）·", max_size=12), st.text("晴川市瀾霽建設ABab12（）·", max_size=12))
def test_a_part_of_a_name_keeps_its_form(left: str, right: str) -> None:
    assert norm_name(left + right) == norm_name(left) + norm_name(right)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("(2022)新2801执3679号", "（2022）新2801执3679号"),
        ("[2024] 闽 0502 民初 123 号", "（2024）闽0502民初123号"),
        ("〔2024〕闽0502民初00123号", "（2024）闽0502民初123号"),
        ("（2016）最高法民辖9号", "（2016）最高法民辖9号"),
        ("（2020）最高法知民终1号", "（2020）最高法知民终1号"),
        ("（2019）闽民终77号", "（2019）闽民终77号"),
        ("（2024）京0491民初5号", "（2024）京0491民初5号"),
        ("（2017）1029民初383号", "（2017）1029民初383号"),
        ("（2022）豫0103执6650号之一", "（2022）豫0103执6650号之一"),
        ("（2022）豫0103执6650号之12", "（2022）豫0103执6650号之十二"),
        ("（2022）豫0103执6650之二十号", "（2022）豫0103执6650号之二十"),
        ("（2022）豫0103执6650-3号", "（2022）豫0103执6650号之三"),
        ("（2019）最高法刑核01234567号", "（2019）最高法刑核01234567号"),
        ("（2014）泉民初字第123号", "（2014）泉民初字第123号"),
        ("(2014)泉民初字123号", "（2014）泉民初字第123号"),
        ("（2015）一中行初字第481号", "（2015）一中行初字第481号"),
        ("（2014）榆商北关初字第43号", "（2014）榆商北关初字第43号"),
        ("（2013）民申字第7号", "（2013）民申字第7号"),
        ("（2024）闽9902执字", None),
        ("（2024）闽9902执号", None),
        ("（2024）闽9902执0号", None),
        ("（2013）150号", None),
        ("（2017）MGD106号", None),
        ("（2015）临鉴字第817号", None),
        ("（2024）闽0502执505-507号", None),
        ("（2024）闽0502执505-1号之二", None),
        ("（2024）闽0502执505号之〇", None),
        ("（1824）闽0502执505号", None),
        ("2024闽0502执505号", None),
        ("泉市监处罚〔2024〕12号", None),
        ("", None),
    ],
)
def test_case_numbers(text: str, canonical: str | None) -> None:
    assert norm_case_no(text) == canonical
    if canonical:
        assert norm_case_no(canonical) == canonical


def test_a_further_ruling_is_of_the_same_case() -> None:
    ruling = "(2022)豫0103执6650号之一"
    assert case_base(ruling) == "（2022）豫0103执6650号"
    assert case_suffix(ruling) == "之一"
    assert case_suffix("（2022）豫0103执6650号") == ""
    assert case_base("执字") is None
    assert case_suffix("执字") == ""


def test_the_parts_of_case_numbers() -> None:
    new = parse_case_no("（2023）京73知民初8号")
    assert new is not None
    assert (new.court_code, new.special, new.type, new.serial) == ("京73", "知", "民初", "8")
    old = parse_case_no("（2012）并立民终字第387号")
    assert old is not None
    assert (old.court_code, old.special, old.type, old.serial) == ("并立", "", "民终字", "387")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("泉市监处罚(2024)12号", "泉市监处罚〔2024〕12号"),
        ("泉市监处罚【2024】 12号", "泉市监处罚〔2024〕12号"),
        ("泉（鲤）市监罚［2024］第12号", "泉（鲤）市监罚〔2024〕第12号"),
        ("晴税a〔2025〕10号", "晴税A〔2025〕10号"),
        ("川检字2025第001号", "川检字2025第001号"),
        ("〔2024〕闽0502执505-1号", "（2024）闽0502执505号之一"),
        ("", ""),
    ],
)
def test_document_numbers(text: str, canonical: str) -> None:
    assert norm_doc_no(text) == canonical


def test_the_parts_of_document_numbers() -> None:
    found = parse_doc_no("泉（鲤）市监罚(2024)12-3号")
    assert found is not None
    assert (found.organ, found.year, found.number) == ("泉（鲤）市监罚", "2024", "12-3")
    assert parse_doc_no("（2024）闽0502执505号") is None
    assert parse_doc_no("川检字2025第001号") is None


NUMBERS = st.text("0123456789()（）〔〕[]【】闽最高法民执初字第知号之一二十-/aＡ ", max_size=24)


@given(st.one_of(st.text(), NUMBERS, NUMBERS.map(lambda rest: f"（2024）闽0502执{rest}号")))
def test_numbers_are_stable_and_nothing_crashes(text: str) -> None:
    case = norm_case_no(text)
    assert case is None or norm_case_no(case) == case
    assert norm_doc_no(norm_doc_no(text)) == norm_doc_no(text)
    assert (case is not None) == (case_base(text) is not None)
    assert case_suffix(text) == "" or case is not None
    assert parse_doc_no(text) is None or case is None


@given(
    st.integers(1949, 2099),
    st.sampled_from(["闽0502", "闽05", "闽", "最高法"]),
    st.sampled_from(["民初", "执", "执恢", "诉前调"]),
    st.integers(1, 9_999_999),
    st.one_of(st.none(), st.integers(1, 999)),
)
def test_every_well_formed_case_number_is_read(
    year: int, court: str, type_: str, serial: int, suffix: int | None
) -> None:
    base = f"（{year}）{court}{type_}{serial}号"
    text = base if suffix is None else f"{base}之{suffix}"
    assert case_base(text) == base
    assert bool(case_suffix(text)) is (suffix is not None)
    assert norm_case_no(norm_case_no(text) or "") == norm_case_no(text)

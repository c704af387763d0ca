"""Names are read as pypinyin reads them, and a question is pinyin when it can be cut into syllables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from graph.model.pinyin import initials, parts_of, readings, spells, syllables_at

#: Characters of many readings, and phrases that are read otherwise than their characters.
_HANZI = "厦门银行重庆长江朝阳乐器曾单解仇都会计还中国晴川市岚汀荻苇有限公司参差不齐大夫率了地得"

#: Syllables that together can be cut in several ways.
_AMBIGUOUS = ("xi", "an", "xian", "ge", "gen", "fang", "gan", "fan", "ang", "qi", "qiang", "o", "e")


@given(st.text(_HANZI, min_size=5, max_size=12))
def test_a_name_is_read_as_the_library_reads_it(name: str) -> None:
    assert readings(name) == (tuple(lazy_pinyin(name)),)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("厦门银行股份有限公司", "xia men yin hang gu fen you xian gong si"),
        ("廈門銀行股份有限公司", "xia men yin hang gu fen you xian gong si"),
        ("晴川（中国）贸易公司", "qing chuan zhong guo mao yi gong si"),
    ],
)
def test_phrases_traditional_signs_and_brackets(name: str, found: str) -> None:
    assert readings(name) == (tuple(found.split()),)


def test_letters_break_a_name_and_a_surname_has_all_its_readings() -> None:
    assert readings("岚汀A股2号") == (("lan", "ting"), ("gu",), ("hao",))
    assert {run[0] for run in readings("曾淑珊")} == {"ceng", "zeng"}
    assert {run[0] for run in readings("吕不韦")} == {"lv"}
    assert {run[0] for run in readings("曾淑珊贸易公司")} == {"ceng"}
    assert readings("ABC-12") == readings("") == readings("·") == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("LanTing", ("lanting",)), (" lan  ting", ("lan", "ting")), ("lán tīng", ("lan", "ting")), ("lü", ("lv",)),
        ("LYU", ("lv",)), ("ＬＡＮ", ("lan",)), ("xi'an", ("xi", "an")), ("xi’an", ("xi", "an")), ("岚ting", ()),
        ("lan1", ()), ("", ()), ("\"lan\" OR 1", ()), ("lan*", ()),
    ],
)  # fmt: skip
def test_what_may_be_pinyin(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(text) == parts


@given(
    st.lists(
        st.sampled_from(["xi", "an", "xian", "ge", "gen", "fang", "gan", "fan", "ang", "qi", "ang", "qiang", "o", "e"]),
        min_size=1,
        max_size=9,
    )
)
def test_a_question_is_cut_in_every_way_that_there_is(syllables: list[str]) -> None:
    part = "".join(syllables)
    ends = syllables_at(part)
    place = 0
    for syllable in syllables:
        assert place + len(syllable) in ends[place]
        place += len(syllable)
    assert syllables_at(part + "t") == [[]] * (len(part) + 1)


def test_a_question_spells_whole_syllables_and_a_blank_stands_between_two() -> None:
    run = ("xi", "an", "lan", "ting")
    for text in ("xian", "xi an", "xianlanting", "anlan", "ting", "xi an lanting"):
        assert spells(parts_of(text), run), text
    for text in ("x", "ian", "xia nlan", "anl", "tin", "tingting", "lan an"):
        assert not spells(parts_of(text), run), text
    assert initials(run) == "xalt"

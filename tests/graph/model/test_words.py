"""Tokens and where they stand: what is marked are the words asked for, however the text writes them."""

import sqlite3
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.model.words import BARRIER, MOST_WORDS, find, indexed, phrases, places, query_of, snippets, tokens

#: Signs of judgments, what breaks a careless tokeniser, and any sign at all.
_SIGNS = st.one_of(
    st.sampled_from(list("借款本金公司甲乙貸債 　\n\t0123３４５abcＡＢＣ，。（）《》*\"'-·éｱ㈱㎡①ß豈\ue000\x00")),
    st.characters(),
)
_TEXTS = st.text(_SIGNS, max_size=80)


@settings(deadline=None)  # a busy machine is no failure
@given(_TEXTS)
def test_every_token_is_what_stands_at_its_place(text: str) -> None:
    read = tokens(text)
    assert [t.start for t in read] == sorted(t.start for t in read)
    for token in read:
        assert token.text
        assert token.text == token.text.lower() or not token.text.isascii()
        within = [t.text for t in tokens(text[token.start : token.end])]
        assert token.text in within
    for before, after in pairwise(read):
        assert before.end <= after.start or (before.start, before.end) == (after.start, after.end)


def _holds(text: str, phrase: tuple[str, ...]) -> bool:
    """Whether the tokens of a text hold a phrase in a row; one sign (가, ㈱) may be several tokens."""
    read = [t.text for t in tokens(text)]
    return any(tuple(read[at : at + len(phrase)]) == phrase for at in range(len(read)))


@settings(deadline=None)
@given(_TEXTS, st.data())
@example("原告：甲\n公　司，借款３００元", None)
def test_a_piece_of_a_text_is_found_and_marked_there(text: str, data: st.DataObject | None) -> None:
    read = tokens(text)
    if not read:
        assert find(text, [("甲",)]).marks == []
        return
    first = data.draw(st.integers(0, len(read) - 1)) if data else 3
    last = data.draw(st.integers(first, min(len(read) - 1, first + 6))) if data else 5
    phrase = tuple(t.text for t in read[first : last + 1])
    spans = places(read, phrase)
    assert spans
    for start, end in spans:
        assert _holds(text[start:end], phrase)
        assert any(phrase[0].startswith(t.text) for t in tokens(text[start]))
        assert any(phrase[-1].endswith(t.text) for t in tokens(text[end - 1]))
    for piece in snippets(text, find(text, [phrase]), 5, 3):
        assert piece.text == text[piece.start : piece.end]
        for start, end in piece.marks:
            assert piece.start <= start < end <= piece.end
            assert _holds(text[start:end], phrase)


@settings(deadline=None)
@given(st.lists(_TEXTS, min_size=1, max_size=4), _TEXTS)
@example(["甲公司 3000元", "甲 司公"], "甲公司")
@example(['NEAR("a b")', "a OR b"], 'a* OR NEAR(b) "x')
def test_the_index_finds_what_the_snippets_mark(texts: list[str], question: str) -> None:
    wanted = phrases(question)
    if not wanted:
        return
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE text USING fts5 (tokens, columnsize=0, tokenize='ascii')")
    db.executemany("INSERT INTO text (rowid, tokens) VALUES (?, ?)", enumerate(map(indexed, texts)))
    found = {row for (row,) in db.execute("SELECT rowid FROM text WHERE text MATCH ?", (query_of(wanted),))}
    db.close()
    assert found == {row for row, text in enumerate(texts) if all(places(tokens(text), phrase) for phrase in wanted)}


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("民 事 判 决 书", "民事判决书"),
        ("３０００元", "3000元"),
        ("貸款債務", "贷款债务"),
        ("ＡＢＣ公司", "abc公司"),
        ("甲\n公\r\n司", "“甲 公司”"),
        ("（２０２４）闽0502民初1号", "(2024)闽0502民初1号"),
    ],
)
def test_the_same_words_however_they_are_written(text: str, question: str) -> None:
    marks = find(text, phrases(question)).marks
    assert len(marks) == 1
    assert indexed(text[slice(*marks[0])]) == indexed(text)


def test_figures_match_as_a_whole_and_phrases_in_their_order() -> None:
    assert find("支付13000元", phrases("3000")).marks == []
    assert find("司公甲", phrases("甲公司")).marks == []
    assert find("借款，本金", phrases("借款本金")).marks == [(0, 5)]


def test_no_phrase_leads_over_a_masked_number() -> None:
    text = "翟霏，350502********1234，住"
    hidden = [(3, 21)]
    assert indexed(text, hidden).split() == ["翟", "霏", BARRIER, "住"]
    for question in ("350502", "1234", "翟霏住", "350502 1234"):
        assert find(text, [phrases(question)[0]], hidden).marks == [], question
    assert phrases(BARRIER) == []


def test_a_question_keeps_its_order_and_holds_twenty_words() -> None:
    assert phrases("丙 “甲 乙”丁") == [("丙",), ("甲", "乙"), ("丁",)]
    assert phrases('"甲 乙') == [("甲",), ("乙",)]
    assert len(phrases(" ".join(map(str, range(50))))) == MOST_WORDS
    for nothing in ("", "“”", "*", "\x00", "()", '"""', "-- ;"):
        assert phrases(nothing) == [], nothing


def test_each_phrase_is_shown_before_one_is_shown_twice() -> None:
    text = ("甲" + "，" * 200) * 6 + "乙"
    shown = snippets(text, find(text, [("甲",), ("乙",)]), 10, 3)
    assert len(shown) == 3
    assert any("乙" in piece.text for piece in shown)
    crowded = snippets("甲，" * 500, find("甲，" * 500, [("甲",)]), 10, 3)
    assert all(len(piece.text) <= 60 for piece in crowded)

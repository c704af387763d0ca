"""The same judgment as text, Word, HTML and PDF gives the same facts, each on its words in its own text."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.documents.reading import read_file
from ingest.documents.text import Text
from nlp.compact import printed
from nlp.facts import Agent, Found, JudgmentFacts, Party
from nlp.reader import read
from tests.ingest.documents.writers import LEADING, SIZE, TOP, WRITERS, as_html, as_pdf
from tests.nlp import texts


def read_bytes(folder: Path, data: bytes, name: str) -> Text:
    """The text of a file of these bytes."""
    (folder / name).write_bytes(data)
    return read_file(folder / name)


def lines(text: str) -> list[str]:
    """The lines with something in them, without white space."""
    return [line for line in ("".join(line.split()) for line in text.splitlines()) if line]


def _values(of: Any) -> Any:
    """Facts without their places."""
    if isinstance(of, dict):
        return {name: _values(value) for name, value in of.items() if name not in ("start", "end")}
    return [_values(value) for value in of] if isinstance(of, list | tuple) else of


def _found(of: Any) -> Iterator[tuple[str, int, int]]:
    """Every value with its place."""
    if isinstance(of, Found):
        yield of.value, of.start, of.end
    elif isinstance(of, Party | Agent):
        yield of.name, of.start, of.end
    if is_dataclass(of):
        for one in fields(of):
            yield from _found(getattr(of, one.name))
    elif isinstance(of, tuple):
        for one in of:
            yield from _found(one)


def _undated(facts: JudgmentFacts) -> Iterator[tuple[str, int, int]]:
    date = facts.judgment_date
    return (found for found in _found(facts) if date is None or found != (date.value, date.start, date.end))


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("text", texts.ALL)
def test_every_format_gives_the_same_facts(form: str, text: str, tmp_path: Path) -> None:
    data = WRITERS[form](text)
    given = read_bytes(tmp_path, data, f"j.{form}")
    assert (given.format, given.file_sha256) == (form, hashlib.sha256(data).hexdigest())
    assert lines(given.text) == lines(text)
    facts = read(given.text)
    assert _values(asdict(facts)) == _values(asdict(read(text)))
    found = list(_undated(facts))
    assert found
    assert all(printed(given.text, start, end) == value for value, start, end in found)


def test_plain_text_comes_as_it_stands(tmp_path: Path) -> None:
    text = texts.OBJECTION.replace("\n", "\r\n")
    assert read_bytes(tmp_path, b"\xef\xbb\xbf" + text.encode(), "j.txt").text == text
    assert read_bytes(tmp_path, text.encode("gb18030"), "j.txt").text == text


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "gb18030"])
def test_a_page_in_its_declared_encoding(charset: str, tmp_path: Path) -> None:
    text = texts.OBJECTION.replace("岏", "山")
    assert lines(read_bytes(tmp_path, as_html(text, charset), "j.htm").text) == lines(text)


def test_a_page_in_big5_is_read_by_its_declaration(tmp_path: Path) -> None:
    text = "臺灣某地方法院民事判決\n原告與被告間請求給付貨款事件，判決如下：\n原告之訴駁回。\n"
    assert lines(read_bytes(tmp_path, as_html(text, "big5"), "j.html").text) == lines(text)


def test_a_page_that_declares_the_wrong_chinese_encoding(tmp_path: Path) -> None:
    page = as_html(texts.OBJECTION, "gbk").decode("gbk").encode()
    assert b"charset='gbk'" in page
    assert lines(read_bytes(tmp_path, page, "j.html").text) == lines(texts.OBJECTION)


def test_what_a_browser_does_not_show_is_left_out(tmp_path: Path) -> None:
    page = (
        "<html><body><p>江渚县人民法院</p><p>执行<b>裁定</b>书<br>（2021）皖7722执异15号&nbsp;</p>"
        "<div style='display : none'>隐藏<p>一</p></div><noscript>请开启</noscript><!-- 注 -->"
        "<table><tr><td><p>异议人：</p></td><td>江渚县青蚨小额贷款有限责任公司</td></tr><tr><th>书记员</th><td>何必</td></tr></table>"
        "&#x9886;&lt;略&gt;<pre>一\n二</pre></body></html>"
    )
    text = read_bytes(tmp_path, page.encode(), "j.html").text
    assert text == (
        "江渚县人民法院\n执行裁定书\n（2021）皖7722执异15号\xa0\n异议人：\t江渚县青蚨小额贷款有限责任公司\n书记员\t何必\n领<略>\n一\n二\n"
    )


def test_a_page_may_nest_deeper_than_python_calls(tmp_path: Path) -> None:
    page = f"<html><body>{'<div>' * 20_000}江渚县人民法院执行裁定书</body></html>"
    assert read_bytes(tmp_path, page.encode(), "j.html").text == "江渚县人民法院执行裁定书\n"


@pytest.mark.parametrize("indent", [0.0, 2.0 * SIZE])
def test_a_sentence_goes_on_over_the_end_of_a_page(indent: float, tmp_path: Path) -> None:
    for shift in range(1, 24):
        given = read_bytes(tmp_path, as_pdf(texts.SECOND_INSTANCE, indent=indent, top=TOP - shift * LEADING), "j.pdf")
        assert lines(given.text) == lines(texts.SECOND_INSTANCE), shift


@pytest.mark.parametrize("sign", "。：；，")
def test_a_paragraph_goes_on_after_a_full_line_with_any_sign_at_its_end(sign: str, tmp_path: Path) -> None:
    for width in range(20, 40):
        text = "江渚县人民法院执行裁定书\n" + "甲" * width + sign + "乙" * 50 + "。\n丙方另行起诉，本院不予处理。\n"
        assert lines(read_bytes(tmp_path, as_pdf(text), "j.pdf").text) == lines(text), width


@pytest.mark.parametrize("numbers", ["{}", "- {} -", "— {} —", "第 {} 页", "第{}页 共9页", "{}/9"])
def test_page_numbers_on_every_page_are_left_out(numbers: str, tmp_path: Path) -> None:
    pdf = as_pdf(texts.SECOND_INSTANCE, numbers=numbers, top=TOP - 20 * LEADING)
    assert lines(read_bytes(tmp_path, pdf, "j.pdf").text) == lines(texts.SECOND_INSTANCE)


@pytest.mark.parametrize("numbers", ["7", "岚屿公司案", "第{}号"])
def test_a_foot_that_is_no_page_number_stays(numbers: str, tmp_path: Path) -> None:
    pdf = as_pdf(texts.SECOND_INSTANCE, numbers=numbers, top=TOP - 20 * LEADING)
    assert lines(read_bytes(tmp_path, pdf, "j.pdf").text).count(numbers.format(1)) == (2 if "{" not in numbers else 1)


@pytest.mark.parametrize("form", WRITERS)
def test_reading_is_deterministic(form: str, tmp_path: Path) -> None:
    data = WRITERS[form](texts.CRIMINAL)
    assert len({read_bytes(tmp_path, data, f"{n}.{form}") for n in range(3)}) == 1

"""The spaCy side: sections, patterns, and that pipeline and results can be stored."""

from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from nlp.patterns import iso_date
from nlp.pipeline import COMPONENTS, build
from nlp.reader import from_doc, read_many
from tests.nlp import texts


def test_sections_follow_each_other() -> None:
    doc = build()(texts.SECOND_INSTANCE)
    sections = {span.label_: span.text for span in doc.spans["sections"]}
    assert list(sections) == ["HEAD", "PARTIES", "FACTS", "REASONING", "RULING", "TAIL"]
    assert sections["HEAD"].endswith("（2023）闽77民终512号")
    assert sections["PARTIES"].startswith("上诉人（原审被告、反诉原告）")
    assert sections["FACTS"].startswith("上诉人青禾市岚屿建设有限公司（以下简称")
    assert sections["REASONING"].lstrip("。\n").startswith("本院认为")
    assert "驳回上诉" in sections["RULING"] and sections["TAIL"].startswith("审 判 长")


def test_patterns() -> None:
    doc = build()(texts.SECOND_INSTANCE)
    found = {(span.label_, span.text) for span in doc.spans["patterns"]}
    assert ("CASE_NO", "（2022）闽7701民初88号") in found
    assert ("USCC", texts.USCC_COMPANY) in found and ("ID_NUMBER", texts.ID_NUMBER) in found
    dates = {span.text: span._.norm for span in doc.spans["patterns"] if span.label_ == "DATE"}
    assert dates["二〇二三年五月六日"] == "2023-05-06" and dates["1979年2月3日"] == "1979-02-03"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("二○一七年十二月二十七日", "2017-12-27"), ("2021年6月8日", "2021-06-08"), ("2021年2月30日", None)],
)
def test_dates(text: str, expected: str | None) -> None:
    assert iso_date(text) == expected


def test_the_pipeline_is_saved_and_restored(tmp_path: Path) -> None:
    built = build()
    built.to_disk(tmp_path)
    restored = spacy.load(tmp_path)
    assert tuple(restored.pipe_names) == COMPONENTS
    for text in texts.ALL:
        assert from_doc(restored(text)) == next(read_many([text], with_entities=True))


def test_a_result_is_saved_and_restored() -> None:
    language = build()
    doc = language(texts.SECOND_INSTANCE)
    assert from_doc(Doc(language.vocab).from_bytes(doc.to_bytes())) == next(
        read_many([texts.SECOND_INSTANCE], with_entities=True)
    )

"""The scorer: its rules by hand-counted cases, its report, and the baseline of the composed set."""

import json
from pathlib import Path

import pytest

from nlp.evaluation.__main__ import BASELINES, COUNT, SEED, main
from nlp.evaluation.corpus import BadCorpus, composed, from_folder, judged
from nlp.evaluation.report import errors, figures, lowered, read_baseline
from nlp.evaluation.scoring import Count, folded, keys_of, score

GOLD = {
    "doc": {
        "case_no": "（2021）闽0999民初88号",
        "court": None,
        "judgment_date": "二〇二一年三月三日",
        "cause": "民间借贷纠纷",
    },
    "parties": [{"name": "林小波", "role": "原告", "kind": "person", "id_number": "35019919790203001x"}],
    "agents": [{"name": "何 静", "firm": "福建闽东律师事务所", "for": ["林小波"]}],
    "relations": [{"type": "creditor_of", "from": "林小波", "to": "陈大海", "amount": "50000.00"}],
    "amounts": [{"value_yuan": "5万元", "what": "principal"}, {"value_yuan": "1,050", "what": "court_fee"}],
    "statutes": [{"law": "《中华人民共和国民法典》", "article": "第一千零六十四条第一款"}],
    "judges": [{"name": "何平", "title": "审判员"}],
    "entities": [{"start": 0, "end": 3, "label": "PERSON", "text": "林小波"}],
}


def test_keys_are_folded() -> None:
    keys = keys_of(GOLD)
    assert keys["doc.case_no"] == {("(2021)闽0999民初88号",)} and keys["doc.court"] == set()
    assert keys["doc.judgment_date"] == {("2021-03-03",)}
    assert keys["parties"] == {("林小波", "原告")}
    assert keys["party.id"] == {("林小波", "id_number", "35019919790203001X")}
    assert keys["agents"] == {("何静",)} and keys["agent.firm"] == {("何静", "福建闽东律师事务所")}
    assert keys["relation.debtor_of"] == {("陈大海", "林小波")}
    assert keys["relation.amount"] == {("debtor_of", "陈大海", "林小波", "50000")}
    assert keys["amounts"] == {("50000",), ("1050",)}
    assert keys["statutes"] == {("中华人民共和国民法典", "第1064条")}
    assert keys["judges"] == {("何平", "审判员")} and keys["entity.PERSON"] == {(0, 3)}


def test_width_brackets_and_marks_make_no_difference() -> None:
    assert folded("〔２０２１〕 《民法典》") == folded("(2021)民法典") == "(2021)民法典"
    assert folded(None) is None and folded(" ") is None


def test_figures_of_a_field() -> None:
    count = Count()
    count.add({("a",), ("b",), ("c",)}, {("a",), ("b",), ("x",)})
    assert (count.right, count.wrong, count.missed) == (2, 1, 1)
    assert count.precision == count.recall == count.f1 == pytest.approx(2 / 3)
    assert Count().f1 is None


def test_micro_pools_and_macro_is_the_mean_over_what_is_there() -> None:
    gold = {
        "judges": [{"name": "甲", "title": "审判员"}, {"name": "乙", "title": "书记员"}],
        "amounts": [{"value_yuan": "1"}],
    }
    found = {"judges": [{"name": "甲", "title": "审判员"}, {"name": "乙", "title": "书记员"}], "amounts": []}
    result = score([(gold, found)])
    assert result.micro == pytest.approx(2 * 2 / (2 * 2 + 1)) and result.macro == pytest.approx((1.0 + 0.0) / 2)


def test_a_reading_of_its_own_gold_is_perfect() -> None:
    result = score([(GOLD, GOLD)])
    assert result.micro == result.macro == 1.0


def test_every_miss_is_shown_in_its_sentence(tmp_path: Path) -> None:
    text = "原告：林小波。\n审判员 何平\n"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    (tmp_path / "a.json").write_text(json.dumps({"judges": [{"name": "何平安", "title": "审判员"}]}), "utf-8")
    lines = list(errors(judged(list(from_folder(tmp_path)), with_entities=False)))
    assert "a missed judges 何平安 | 审判员" in lines and "a wrong judges 何平 | 审判员" in lines
    assert any("审判员何平" in line for line in lines)


def test_a_folder_without_annotations_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadCorpus, match=r"found no \.json"):
        list(from_folder(tmp_path))
    assert main([str(tmp_path)]) == 2 and "nlp-eval:" in capsys.readouterr().err


def test_a_figure_that_falls_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "fallen"
    folder.mkdir()
    (folder / "a.txt").write_text("审判员 何平\n", "utf-8")
    (folder / "a.json").write_text(json.dumps({"judges": [{"name": "何平安", "title": "审判员"}]}), "utf-8")
    result = score((one.gold, one.found) for one in judged(list(from_folder(folder)), with_entities=False))
    assert lowered(result, {"judges": 1.0, "micro": 0.0}) == ["judges: 0.0000, was 1.0000"]
    assert lowered(result, figures(result)) == []


def test_the_composed_set_is_read_as_well_as_before() -> None:
    result = score((one.gold, one.found) for one in judged(composed(SEED, COUNT), with_entities=False))
    baseline = read_baseline(BASELINES / "composed.json")
    assert len(baseline) > 15
    assert lowered(result, baseline) == [], "make nlp-eval ARGS=--errors shows what is missed"

"""Courts and authorities by form, and the merge of all finds into entities."""

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from nlp import gazetteer
from nlp.compact import compact
from nlp.entities import LABELS, entities
from nlp.pipeline import build
from nlp.regions import region_start
from nlp.spans import span_at
from tests.nlp import texts


@pytest.fixture(scope="module")
def rules() -> Language:
    return build(learned=False)


def found(text: str) -> list[tuple[str, str]]:
    return [(label, text[start:end]) for label, start, end in gazetteer.find(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("上诉于福建省泉州市中级人民法院。", "福建省泉州市中级人民法院"),
        ("委托天津市和平区人民法院查询", "天津市和平区人民法院"),
        ("由云泽市青石区人民法院受理", "云泽市青石区人民法院"),
        ("不服北京市第一中级人民法院的判决", "北京市第一中级人民法院"),
        ("经宁夏回族自治区云泽市和港区人民法院执行", "宁夏回族自治区云泽市和港区人民法院"),
        ("移送青禾海事法院", "青禾海事法院"),
        ("被告住所地在上海市，由上海铁路运输法院管辖", "上海铁路运输法院"),
        ("民事判决书云泽市沛县人民法院", "云泽市沛县人民法院"),
        ("报请最高人民法院核准", "最高人民法院"),
    ],
)
def test_courts(text: str, name: str) -> None:
    assert found(text) == [("COURT", name)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("被云泽市公安局青石分局交通警察大队查获", "云泽市公安局青石分局交通警察大队"),
        ("向云泽市公安局经济开发区分局报案", "云泽市公安局经济开发区分局"),
        ("第三人云泽市人力资源和社会保障局述称", "云泽市人力资源和社会保障局"),
        ("云泽市市中区自然资源局作出决定", "云泽市市中区自然资源局"),
        ("新疆云泽哈萨克自治州住房和城乡建设局", "新疆云泽哈萨克自治州住房和城乡建设局"),
        ("应由某市公安局某分局某大队处理", "某市公安局某分局某大队"),
        ("晋江市人民政府国有资产监督管理委员会", "晋江市人民政府国有资产监督管理委员会"),
        ("被上诉人中华人民共和国财政部", "中华人民共和国财政部"),
    ],
)
def test_authorities(text: str, name: str) -> None:
    assert found(text) == [("ORG", name)]


@pytest.mark.parametrize(
    "text", ["公安机关讯问笔录", "依照《最高人民法院关于民事执行的规定》", "向人民法院起诉", "市场监督管理部门", ""]
)
def test_nobody_in_particular(text: str) -> None:
    assert found(text) == []


def test_a_region_begins_behind_what_leads_to_it() -> None:
    text = "申请执行人不服云泽市青石区"
    assert text[region_start(text, len(text)) :] == "云泽市青石区"
    assert region_start("纠纷", 2) == 2 and region_start("泉州", 2) == 2
    assert region_start("泉州", 2, bare=True) == 0


def marked(language: Language, text: str) -> dict[str, set[str]]:
    result: dict[str, set[str]] = {}
    for entity in entities(language(text)):
        assert text[entity.start : entity.end] == entity.text
        result.setdefault(entity.label, set()).add(entity.text)
    return result


def test_declared_names_are_found_all_over_the_document(rules: Language) -> None:
    doc = rules(texts.SECOND_INSTANCE)
    places = [entity for entity in entities(doc) if entity.text == "岚屿公司"]
    assert len(places) == texts.SECOND_INSTANCE.count("岚屿公司")
    assert {place.alias_of for place in places} == {"青禾市岚屿建设有限公司"}
    names = marked(rules, texts.SECOND_INSTANCE)
    bank = "青禾农村商业银行股份有限公司海滨支行"
    assert {bank, "青禾市禾木商行", "福建岚洲律师事务所"} <= names["ORG"]
    assert {"邹明远", "胡一舟", "欧阳若水", "沈知行", "丁小满"} <= names["PERSON"]
    assert names["COURT"] == {"青禾市中级人民法院", "青禾市海滨区人民法院"}
    assert names["CASE_NO"] == {"（2023）闽77民终512号", "（2022）闽7701民初88号"}
    everywhere = [entity.start for entity in entities(doc) if entity.text == bank]
    assert len(everywhere) == texts.SECOND_INSTANCE.count(bank)


def test_the_longest_name_stands(rules: Language) -> None:
    text = (
        "原告：云泽市墨池商贸有限公司。\n被告：墨池。\n原告云泽市墨池商贸有限公司与被告墨池买卖合同纠纷一案，本院受理。\n"
        "墨池称，云泽市墨池商贸有限公司已收款。"
    )
    assert [(entity.label, entity.text) for entity in entities(rules(text))][-2:] == [
        ("PERSON", "墨池"),
        ("ORG", "云泽市墨池商贸有限公司"),
    ]


def test_a_short_name_of_who_is_no_party(rules: Language) -> None:
    text = "经云泽市青石区应急管理局（以下简称青石应急局）调查，青石应急局作出决定。一审法院（以下简称原审）认为。"
    assert [(entity.text, entity.alias_of) for entity in entities(rules(text))] == [
        ("云泽市青石区应急管理局", ""),
        ("青石应急局", "云泽市青石区应急管理局"),
        ("青石应急局", "云泽市青石区应急管理局"),
    ]


def test_a_court_is_no_short_name(rules: Language) -> None:
    text = "不服云泽市青石区人民法院（以下简称一审法院）的判决，一审法院认为。"
    assert [entity.text for entity in entities(rules(text))] == ["云泽市青石区人民法院"]


def test_a_law_goes_before_all_that_it_names(rules: Language) -> None:
    law = "《云泽市人民政府关于（2020）皖7701民初1号和10万元的规定》"
    assert [(e.label, e.text) for e in entities(rules(f"依照{law}办理"))] == [("LAW", law)]
    inside = law.strip("《》")
    assert [e.label for e in entities(rules(inside))] == ["ORG", "CASE_NO", "MONEY"]


def test_sums_are_taken_from_the_pattern_finder(rules: Language) -> None:
    found = [(entity.label, entity.text) for entity in entities(rules("2020年1月2日支付10万元"))]
    assert found == [("DATE", "2020年1月2日"), ("MONEY", "10万元")]


def test_who_signs_is_a_person(rules: Language) -> None:
    assert {"王 一", "李 二", "赵 四"} <= marked(rules, texts.SECOND_INSTANCE)["PERSON"]


def test_what_the_ner_says_gives_way_to_what_is_declared() -> None:
    text = "原告：宋词。\n被告：元曲。\n原告宋词与被告元曲民间借贷纠纷一案，本院受理。宋词诉称，秦观作证，秦观来了。"
    language = build(learned=False)
    doc = language.make_doc(text)
    for name, pipe in language.pipeline:
        if name == "cg_merge":
            wrong = span_at(doc, text.rindex("宋词"), text.rindex("宋词") + 3, "ORG")
            first = span_at(doc, text.index("秦观"), text.index("秦观") + 2, "PERSON")
            doc.ents = [wrong, first]
        doc = pipe(doc)
    got = [(entity.label, entity.text) for entity in entities(doc)]
    assert got[-2:] == [("PERSON", "宋词"), ("PERSON", "秦观")]


def with_learned(text: str, words: str, label: str) -> list[tuple[str, str]]:
    """Entities when the ner has found ``words`` where they stand last."""
    language = build(learned=False)
    doc = language.make_doc(text)
    for name, pipe in language.pipeline:
        if name == "cg_merge":
            doc.ents = [span_at(doc, text.rindex(words), text.rindex(words) + len(words), label)]
        doc = pipe(doc)
    return [(entity.label, entity.text) for entity in entities(doc)]


def test_a_longer_find_counts_when_it_ends_as_organisations_do() -> None:
    text = (
        "原告：墨池贸易商行。\n被告：元曲。\n原告墨池贸易商行诉被告元曲买卖合同纠纷一案。云泽墨池贸易商行分公司到庭。"
    )
    assert with_learned(text, "云泽墨池贸易商行分公司", "ORG")[-1] == ("ORG", "云泽墨池贸易商行分公司")
    text = text.replace("云泽墨池贸易商行分公司到庭", "墨池贸易商行不履行付款义务行")
    assert with_learned(text, "墨池贸易商行不履行付款义务行", "ORG")[-1] == ("ORG", "墨池贸易商行")


def test_a_paper_of_an_authority_is_no_case(rules: Language) -> None:
    assert marked(rules, "作出云市监罚字〔2021〕15号处罚决定，不服（2021）皖7701行初3号判决") == {
        "CASE_NO": {"（2021）皖7701行初3号"}
    }


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(texts.ALL), st.integers(0, 500), st.integers(1, 700))
def test_any_stretch_gives_entities_in_place(text: str, start: int, length: int) -> None:
    cut = text[start : start + length]
    ends = 0
    for entity in entities(build(learned=False)(cut)):
        assert entity.label in LABELS and entity.start >= ends and cut[entity.start : entity.end] == entity.text
        ends = entity.end


def test_places_are_those_of_the_text_as_given(rules: Language) -> None:
    spaced = texts.CRIMINAL.replace("\n", "\r\n　　").replace("云泽", "云 泽")
    plain = [(e.label, "".join(e.text.split())) for e in entities(rules(texts.CRIMINAL))]
    assert [(e.label, "".join(e.text.split())) for e in entities(rules(spaced))] == plain
    assert compact(spaced).text == compact(texts.CRIMINAL).text


def test_a_blank_pipeline_has_no_entities() -> None:
    assert entities(spacy.blank("zh")("云泽市人民法院")) == ()

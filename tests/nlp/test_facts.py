"""Composed judgments of many kinds: what is read, and that every value stands where it is said to stand."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.values import parse_date
from nlp.facts import MAX_CHARS, Found, JudgmentFacts, TextTooLong
from nlp.reader import read, read_many
from tests.nlp import texts


def values(facts: JudgmentFacts) -> Iterator[Found]:
    """Every value with a place except the judgment date, which is turned."""
    yield from filter(None, (facts.case_no, facts.court, facts.doc_type, facts.cause))
    for party in facts.parties:
        yield Found(party.name, party.start, party.end)
        yield from filter(None, (party.uscc, party.id_number, party.legal_rep, party.legal_rep_id, *party.aliases))
    for agent in facts.agents:
        yield Found(agent.name, agent.start, agent.end)
        yield from filter(None, (agent.firm,))


def assert_in_place(text: str, facts: JudgmentFacts) -> None:
    """Every value is the text at its place, white space aside."""
    for found in values(facts):
        assert 0 <= found.start < found.end <= len(text)
        assert "".join(found.value.split()) == "".join(text[found.start : found.end].split()).replace("\u200b", "")
    date = facts.judgment_date
    if date:
        assert parse_date(text[date.start : date.end]) == date.value


def document(facts: JudgmentFacts) -> tuple[str | None, ...]:
    found = (facts.case_no, facts.court, facts.doc_type, facts.judgment_date, facts.cause)
    return tuple(value.value if value else None for value in found)


def roles(facts: JudgmentFacts) -> list[tuple[str, str, str]]:
    return [(party.name, party.role, party.kind) for party in facts.parties]


def representatives(facts: JudgmentFacts) -> dict[str, tuple[str, str]]:
    return {p.name: (p.legal_rep.value, p.legal_rep_title) for p in facts.parties if p.legal_rep}


def agents(facts: JudgmentFacts) -> list[tuple[str, str | None, tuple[str, ...]]]:
    return [(agent.name, agent.firm.value if agent.firm else None, agent.for_parties) for agent in facts.agents]


@pytest.mark.parametrize("text", texts.ALL)
def test_every_value_stands_at_its_place(text: str) -> None:
    assert_in_place(text, read(text))
    assert_in_place(text.replace("\n", "\r\n　　"), read(text.replace("\n", "\r\n　　")))


def test_second_instance_with_bracketed_roles_a_branch_and_a_shop() -> None:
    facts = read(texts.SECOND_INSTANCE)
    assert document(facts) == (
        "（2023）闽77民终512号",
        "青禾市中级人民法院",
        "民事判决书",
        "2023-05-06",
        "金融借款合同纠纷",
    )
    bank = "青禾农村商业银行股份有限公司海滨支行"
    assert roles(facts) == [
        ("青禾市岚屿建设有限公司", "上诉人", "company"),
        ("胡一舟", "上诉人", "person"),
        (bank, "被上诉人", "company"),
        ("青禾市禾木商行", "第三人", "other_org"),
    ]
    assert facts.parties[0].earlier_roles == ("被告", "原告")
    assert [alias.value for alias in facts.parties[0].aliases] == ["岚屿公司"]
    assert facts.parties[0].uscc and facts.parties[0].uscc.value == texts.USCC_COMPANY
    assert facts.parties[1].id_number and facts.parties[1].id_number.value == texts.ID_NUMBER
    assert representatives(facts) == {
        "青禾市岚屿建设有限公司": ("邹明远", "法定代表人"),
        bank: ("沈知行", "负责人"),
        "青禾市禾木商行": ("丁小满", "经营者"),
    }
    assert agents(facts) == [
        ("欧阳若水", "福建岚洲律师事务所", ("青禾市岚屿建设有限公司",)),
        ("白露", "福建衡岳律师事务所", (bank,)),
        ("方清", "福建衡岳律师事务所", (bank,)),
    ]


def test_a_later_ruling_of_an_enforcement_case() -> None:
    facts = read(texts.OBJECTION)
    assert document(facts) == (
        "（2021）皖7722执异15号之一",
        "江渚县人民法院",
        "执行裁定书",
        "2021-06-08",
        "劳动争议纠纷",
    )
    assert roles(facts) == [
        ("江渚县青蚨小额贷款有限责任公司", "异议人", "company"),
        ("江渚县人力资源和社会保障局", "申请执行人", "other_org"),
        ("江渚县第三人民医院", "被执行人", "other_org"),
    ]


def test_criminal_judgment() -> None:
    facts = read(texts.CRIMINAL)
    assert document(facts)[3:] == ("2020-03-20", "虚开发票罪")
    assert roles(facts) == [
        ("云泽市青石区人民检察院", "公诉机关", "other_org"),
        ("云泽市墨池商贸有限公司", "被告单位", "company"),
        ("阮清", "被告人", "person"),
        ("阿依古丽·买买提", "被告人", "person"),
    ]
    assert agents(facts) == [
        ("陶然", None, ("云泽市墨池商贸有限公司",)),
        ("邵一鸣", "云泽市法律援助中心", ("阮清",)),
    ]


def test_parties_run_together_on_one_line() -> None:
    facts = read(texts.RUN_TOGETHER)
    assert document(facts) == ("(2022)皖7701执88号", None, None, "2022-08-09", "民间借贷纠纷")
    company = "云泽市秋水餐饮管理有限公司"
    assert roles(facts) == [("宋词", "申请执行人", "person"), (company, "被执行人", "company")]
    assert representatives(facts) == {company: ("庄周", "法定代表人")}
    assert agents(facts) == [("元曲", "安徽澄江律师事务所", ("宋词",))]


def test_no_punctuation_at_all() -> None:
    facts = read(texts.UNPUNCTUATED)
    assert roles(facts) == [("木某某1", "申请人", "person"), ("辛某某1", "被申请人", "person")]
    assert agents(facts) == [("兰某某1", None, ("木某某1",))]
    assert facts.judgment_date and facts.judgment_date.value == "2023-02-16"


def test_without_heading_the_ruling_names_the_case() -> None:
    facts = read(texts.HEADLESS)
    assert document(facts) == ("（2023）皖7722执恢39号", "江渚县人民法院", None, "2023-03-22", None)
    assert roles(facts) == [("江渚县渔政局", "申请执行人", "other_org"), ("采某某2", "被执行人", "person")]


def test_parties_that_only_the_narrative_names() -> None:
    facts = read(texts.CHANGE_OF_PARTIES)
    assert roles(facts) == [
        ("关雎", "申请人", "person"),
        ("葛覃", "申请人", "person"),
        ("樛木", "原告", "person"),
        ("螽斯", "被告", "person"),
        ("云泽桃夭财产保险股份有限公司江渚中心支公司", "被告", "company"),
    ]
    assert facts.cause and facts.cause.value == "机动车交通事故责任纠纷"


def test_numbered_defendants_and_a_common_agent() -> None:
    facts = read(texts.MANY_DEFENDANTS)
    assert [party.kind for party in facts.parties] == ["person", "company", "other_org", "company"]
    assert facts.cause and facts.cause.value == "房屋租赁合同纠纷"
    pair = ("云泽市兔罝区芣苢街道办事处", "云泽鹊巢股权投资合伙企业（有限合伙）")
    assert agents(facts) == [("行露", "福建衡岳律师事务所", pair), ("羔羊", "福建衡岳律师事务所", pair)]


def test_a_summary_without_party_block() -> None:
    facts = read(texts.SUMMARY_ONLY)
    assert roles(facts) == [("柏舟", "原告", "person"), ("绿衣", "被告", "person")]
    assert document(facts) == (None, None, None, "2020-03-01", "离婚纠纷")


@pytest.mark.parametrize("text", ["", " \n", "\ud800", "会议纪要：今天讨论了预算。"])
def test_what_is_no_judgment_gives_nothing(text: str) -> None:
    facts = read(text)
    assert document(facts) == (None,) * 5
    assert facts.parties == () and facts.agents == ()


def test_many_at_once_are_read_as_one_by_one() -> None:
    assert list(read_many(texts.ALL)) == [read(text) for text in texts.ALL]


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(TextTooLong):
        read("字" * (MAX_CHARS + 1))


WORDS = (
    "原告", "被告：", "第三人", "法定代表人：", "负责人",
    "经营者：", "委托诉讼代理人：", "两被告共同委托代理人", "公诉机关", "一案",
    "本院认为", "判决如下：", "审判员", "书记员", "（",
    "）", "，", "。", "、", "\n",
    " ", "　", "\u200b", "有限公司", "张三",
    "（2020）皖7701民初1号", "二〇二〇年三月一日", "2020年13月45日", "人民法院", "民事判决书",
    "与", "诉", "纠纷", "男", "犯盗窃罪",
    "统一社会信用代码", texts.USCC_COMPANY, texts.ID_NUMBER, "组织机构代码", "1234567-8",
    "（以下简称甲）", "律师事务所", "等三人",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=30).map("".join))
def test_any_text_is_read_and_every_offset_holds(text: str) -> None:
    assert_in_place(text, read(text))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(texts.ALL), st.integers(0, 400), st.integers(0, 400))
def test_a_text_cut_anywhere_is_read(text: str, start: int, length: int) -> None:
    cut = text[start : start + length]
    assert_in_place(cut, read(cut))

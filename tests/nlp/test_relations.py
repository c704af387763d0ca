"""Who owes, who guarantees, who holds: each way to say it, and that every fact stands on words of the text."""

import pytest

from nlp.facts import SURE, JudgmentFacts
from nlp.reader import read
from tests.nlp import other_texts, texts
from tests.nlp.suits import BANK, CARRIER, FIRM, INSURER, LOAN, THREE, TRAFFIC, TWO, Suit

Edge = tuple[str, str, str, str]


def edges(facts: JudgmentFacts) -> set[Edge]:
    """(type, from, to, yuan or "") of every relation."""
    return {
        (one.type, one.source.value, one.target.value, "" if one.amount is None else f"{one.amount / 100:.2f}")
        for one in facts.relations
    }


def owes(debtor: str, creditor: str, yuan: str) -> Edge:
    return "debtor_of", debtor, creditor, yuan


def guards(guarantor: str, debtor: str) -> Edge:
    return "guarantor_for", guarantor, debtor, ""


SUITS = {
    "a base in brackets is no sum": (
        Suit(TWO, "被告陈大海应于本判决生效之日起十日内偿还原告林小波借款本金人民币50000元"
            "及利息（以50000元为基数，按年利率6%计算）。"),
        {owes("陈大海", "林小波", "50000.00")},
    ),
    "向 before the creditor, a sum in 万元, a second verb": (
        Suit(TWO, "一、陈大海于本判决生效之日起十日内向林小波偿还借款10万元，并支付利息1.2万元；\n"
            "二、驳回林小波的其他诉讼请求。"),
        {owes("陈大海", "林小波", "112000.00")},
    ),
    "liability with recourse is a guarantee": (
        Suit(
            THREE,
            "一、被告陈大海于本判决生效后十日内一次性偿还原告林小波借款30000元；\n二、被告黄秀英对上述款项承担连带清偿责任；\n"
            "三、被告黄秀英承担保证责任后，有权向被告陈大海追偿。",
            "黄秀英为上述借款提供连带责任保证。",
        ),
        {owes("陈大海", "林小波", "30000.00"), guards("黄秀英", "陈大海")},
    ),
    "a printed total is not added to its parts": (
        Suit(THREE, "一、被告陈大海、黄秀英共同偿还原告林小波借款本金80,000元及利息9,600元，"
            "合计89,600元，限判决生效后七日内付清。"),
        {owes("陈大海", "林小波", "89600.00"), owes("黄秀英", "林小波", "89600.00")},
    ),
    "a spouse who is liable for the debt owes it": (
        Suit(
            THREE,
            "一、被告陈大海偿还原告林小波借款本金80000元；二、被告黄秀英对上述第一项债务承担连带清偿责任。",
            "陈大海与黄秀英系夫妻关系，借款用于家庭共同生活。",
        ),
        {owes("陈大海", "林小波", "80000.00"), owes("黄秀英", "林小波", "80000.00")},
    ),
    "sureties and the owner of pledged land": (
        Suit(
            LOAN,
            f"一、被告{FIRM}应于本判决生效之日起十日内偿还原告{BANK}借款本金2000000元、利息123456.78元（暂计至2020年12月20日）；\n"
            f"二、被告张建国对上述债务承担连带清偿责任，其承担保证责任后，有权向被告{FIRM}追偿；\n"
            "三、原告有权以被告吴丽萍名下位于福宁市东路1号的房产折价或者拍卖、变卖所得价款优先受偿。",
            cause="金融借款合同纠纷",
        ),
        {owes(FIRM, BANK, "2123456.78"), guards("张建国", FIRM), guards("吴丽萍", FIRM)},
    ),
    "an insurer pays twice, a driver once": (
        Suit(
            TRAFFIC,
            f"一、被告{INSURER}在机动车交通事故责任强制保险限额内赔偿原告郑美兰各项损失共计120000元；\n"
            f"二、被告{INSURER}在商业三者险限额内赔偿原告郑美兰35210.5元；\n三、被告周强赔偿原告郑美兰鉴定费1200元。",
            cause="机动车交通事故责任纠纷",
        ),
        {owes(INSURER, "郑美兰", "155210.50"), owes("周强", "郑美兰", "1200.00")},
    ),
    "由 names the payer, liability follows in the same sentence": (
        Suit(
            TRAFFIC,
            f"原告郑美兰的各项损失合计200000元，由被告{INSURER}赔偿150000元，由被告周强赔偿50000元，"
            f"被告{CARRIER}对被告周强的赔偿款承担连带责任。",
            cause="机动车交通事故责任纠纷",
        ),
        {owes(INSURER, "郑美兰", "150000.00"), owes("周强", "郑美兰", "50000.00"), owes(CARRIER, "郑美兰", "50000.00")},
    ),
    "a rent by the month is no sum, a counterclaim turns round": (
        Suit(
            TWO,
            "一、被告陈大海支付原告林小波租金12000元、水电费560.5元，并按每月2000元的标准支付房屋占用费至实际腾空之日止；\n"
            "二、原告林小波返还被告陈大海押金3000元。",
        ),
        {owes("陈大海", "林小波", "12560.50"), owes("林小波", "陈大海", "3000.00")},
    ),
    "instalments that add up to the debt count once": (
        Suit(
            TWO,
            "一、被告陈大海确认尚欠原告林小波借款本金100000元，该款由被告陈大海于2021年6月30日前支付50000元，"
            "余款50000元于2021年12月31日前付清。",
        ),
        {owes("陈大海", "林小波", "100000.00")},
    ),
    "a sum may stand before its verb": (
        Suit(TWO, "一、原告林小波的医疗费损失8000元由被告陈大海于本判决生效后十日内赔偿。"),
        {owes("陈大海", "林小波", "8000.00")},
    ),
    "a sum in words": (
        Suit(TWO, "被告陈大海自本判决生效之日起十日内返还林小波购房定金二十万元。"),
        {owes("陈大海", "林小波", "200000.00")},
    ),
    "who is found to be surety owes nothing himself": (
        Suit(
            LOAN,
            f"被告{FIRM}、张建国于本判决生效之日起十日内连带偿还原告{BANK}借款本金300000元。",
            "张建国在借款合同担保人处签名。",
            cause="金融借款合同纠纷",
        ),
        {owes(FIRM, BANK, "300000.00"), guards("张建国", FIRM)},
    ),
    "of a defendant against whom the claim fails nothing is taken": (
        Suit(
            LOAN,
            f"一、被告{FIRM}偿还原告{BANK}借款本金300000元；\n二、被告张建国对上述债务承担连带保证责任；\n"
            "三、驳回原告其他诉讼请求。",
            f"张建国为{FIRM}的借款提供连带责任保证。吴丽萍未为该笔借款提供担保。",
            cause="金融借款合同纠纷",
        ),
        {owes(FIRM, BANK, "300000.00"), guards("张建国", FIRM)},
    ),
    "a refusal fixes nothing": (Suit(TWO, "驳回林小波要求陈大海支付50000元的诉讼请求。"
            "案件受理费50元，由林小波负担。"), set()),
    "a judgment that is varied": (
        Suit(
            TWO, "变更福宁市人民法院（2020）闽0999民初1号民事判决第一项为："
            "陈大海于本判决生效之日起十日内支付林小波欠款25000元。"
        ),
        {owes("陈大海", "林小波", "25000.00")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SUITS)
def test_debts_and_guarantees(name: str) -> None:
    suit, expected = SUITS[name]
    assert edges(read(suit.text())) == expected


@pytest.mark.parametrize("name", other_texts.ALL)
def test_other_documents(name: str) -> None:
    text, expected = other_texts.ALL[name]
    assert edges(read(text)) == expected


@pytest.mark.parametrize(
    "text", [*(suit.text() for suit, _ in SUITS.values()), *(t for t, _ in other_texts.ALL.values())]
)
def test_every_fact_stands_on_its_words(text: str) -> None:
    for one in read(text).relations:
        assert text[one.source.start : one.source.end] == one.source.value
        assert text[one.target.start : one.target.end] == one.target.value
        assert 0 <= one.start < one.end <= len(text) and 0 < one.confidence <= 1
        assert text[one.start : one.end].strip()


def test_debts_of_an_order_are_the_words_of_the_order() -> None:
    suit = SUITS["a sum in words"][0]
    [debt] = read(suit.text()).relations
    assert suit.text()[debt.start : debt.end] == "被告陈大海自本判决生效之日起十日内返还林小波购房定金二十万元"
    assert debt.confidence >= 0.8 and debt.rule == "debt.disposition"


def test_an_obligation_has_its_deadline() -> None:
    facts = read(SUITS["liability with recourse is a guarantee"][0].text())
    assert [(o.item, o.debtors, o.creditors, o.amounts) for o in facts.obligations] == [
        (1, ("陈大海",), ("林小波",), (3000000,))
    ]
    deadline = facts.obligations[0].deadline
    assert deadline and deadline.value == "于本判决生效后十日内"


def test_who_comes_to_the_hearing_for_a_unit_is_told_by_the_court() -> None:
    came = f"被告{FIRM}法定代表人陈大海到庭参加诉讼。现已审理终结。"
    text = TOLD_BY.replace("WHO称，", "原告林小波诉称，").replace("现已审理终结。", came)
    [office] = [one for one in read(text).relations if one.type == "legal_rep_of"]
    assert office.source.value == "陈大海" and office.confidence >= SURE


def test_what_two_parties_are_called_means_neither() -> None:
    one, two = "福宁市海联水产有限公司", "宁德市海联水产有限公司"
    suit = Suit(
        (("原告", "林小波"), ("被告", one), ("被告", two)),
        "海联公司于本判决生效之日起十日内支付原告林小波货款50000元。",
    )
    text = suit.text().replace(f"{one}、{two}买卖", f"{one}（以下简称海联公司）、{two}（以下简称海联公司）买卖")
    text = text.replace(f"{one}、{two}民间借贷", f"{one}（以下简称海联公司）、{two}（以下简称海联公司）民间借贷")
    assert text.count("海联公司") == 3
    assert edges(read(text)) == set()


def test_two_names_may_stand_behind_one_title() -> None:
    signed = "审 判 长　何　　平\n人民陪审员　王建国　李红梅\n审判员  欧阳 静"
    text = SUITS["a sum in words"][0].text().replace("审 判 员 何 平", signed)
    assert [(one.name, one.title) for one in read(text).judges] == [
        ("何平", "审判长"), ("王建国", "人民陪审员"), ("李红梅", "人民陪审员"), ("欧阳静", "审判员"),
        ("李丽", "书记员"),
    ]  # fmt: skip


def test_a_wage_that_is_taken_month_by_month_is_no_debt() -> None:
    text = other_texts.PRESERVATION.replace("执保15号", "执15号").replace("申请人：福宁", "申请执行人：福宁")
    text = text.replace("被申请人：", "被执行人：").replace("存款人民币50万元或", "收入2000元/月，冻结其存款50万元或")
    assert edges(read(text)) == {("debtor_of", "张建国", BANK, "500000.00")}


def test_who_bears_the_costs() -> None:
    suit = Suit(
        THREE,
        "驳回原告林小波的诉讼请求。\n案件受理费2040元，减半收取1020元，由原告林小波负担20元，被告陈大海、黄秀英负担1000元。\n"
        "财产保全费300元，由被告陈大海负担。",
    )
    assert [(one.bearers, one.fen) for one in read(suit.text()).costs] == [
        (("林小波",), 2000), (("陈大海", "黄秀英"), 100000), (("陈大海",), 30000),
    ]  # fmt: skip


def test_statutes_above_the_thousandth_article() -> None:
    statutes = read(SUITS["a sum in words"][0].text()).statutes
    assert [(one.law, one.article) for one in statutes] == [
        ("中华人民共和国民法典", "第675条"), ("中华人民共和国民法典", "第1064条"),
    ]  # fmt: skip


def test_an_appeal_tells_what_it_follows_and_what_it_changed() -> None:
    facts = read(other_texts.APPEAL)
    assert [(one.case_no.value, one.court, one.how) for one in facts.earlier] == [
        ("（2020）闽0999民初66号", "福宁市人民法院", "appeal")
    ]
    assert [(one.kind, one.items) for one in facts.changes] == [("affirmed", (2,)), ("revoked", (1, 3))]


def test_an_enforcement_ruling_follows_its_title() -> None:
    facts = read(other_texts.ENFORCEMENT)
    assert [(one.case_no.value, one.how) for one in facts.earlier] == [("（2020）闽0999民初88号", "enforcement")]


def test_a_notice_may_print_the_code_of_whom_it_is_written_to() -> None:
    text = other_texts.NOTICE.replace(
        "福宁市海联水产有限公司：", f"福宁市海联水产有限公司（统一社会信用代码{texts.USCC_COMPANY}）、吴大勇："
    )
    facts = read(text)
    assert [(p.name, p.role, p.uscc and p.uscc.value) for p in facts.parties] == [
        ("福宁市海联水产有限公司", "被执行人", texts.USCC_COMPANY),
        ("吴大勇", "被执行人", None),
        ("福宁市农村商业银行股份有限公司", "申请执行人", None),
    ]
    assert facts.cause and facts.cause.value == "金融借款合同纠纷"


def test_a_penalty_decision_has_an_authority_and_a_number() -> None:
    facts = read(other_texts.PENALTY)
    assert facts.case_no is None and facts.agency and facts.agency.value == "福宁市市场监督管理局"
    assert facts.document_no and facts.document_no.value == "福市监罚字〔2018〕33号"
    assert facts.judgment_date and facts.judgment_date.value == "2018-01-03"


TOLD_BY = f"""福宁市人民法院
民 事 判 决 书
（2021）闽0999民初91号
原告：林小波，住福宁市。
被告：{FIRM}，住福宁市。
法定代表人：陈大海，经理。
原告林小波与被告{FIRM}买卖合同纠纷一案，本院受理后，依法公开开庭进行了审理。现已审理终结。
WHO称，{FIRM}的股东为张建国、吴丽萍。
经审理查明，双方签有买卖合同。
依照《中华人民共和国民法典》第五百零九条规定，判决如下：
驳回原告林小波的诉讼请求。
审 判 员 何 平
"""


@pytest.mark.parametrize(
    ("who", "sure"), [("原告林小波诉", False), (f"被告{FIRM}辩", True), ("经审理查明，据登记机关", True)]
)
def test_what_only_the_other_side_alleges_waits_for_a_person(who: str, sure: bool) -> None:
    facts = read(TOLD_BY.replace("WHO", who).replace("登记机关称，", "登记机关的档案，"))
    holdings = [one for one in facts.relations if one.type == "shareholder_of"]
    assert {one.source.value for one in holdings} == {"张建国", "吴丽萍"}
    assert {one.confidence >= SURE for one in holdings} == {sure}

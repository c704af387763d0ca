"""Judgments as claims: keys, kinds, relations and spans; no ID number gets through."""

import hashlib

import pytest

from graph.model.claims import SHARED, EdgeClaim, NodeClaim
from ingest.sources.judgments.parser import claims, document_key
from nlp.reader import read
from tests.nlp import other_texts, texts
from tests.nlp.suits import Suit

TOKEN = "pid:token-1"


def pid_of(number: str) -> tuple[str, str]:
    assert number == texts.ID_NUMBER
    return TOKEN, "350199********0011"


def read_claims(text: str) -> tuple[str, list[NodeClaim], list[EdgeClaim]]:
    facts = read(text)
    key = document_key(facts, text)
    found = claims(facts, key, pid_of)
    nodes = [claim for claim in found if isinstance(claim, NodeClaim)]
    return key, nodes, [claim for claim in found if isinstance(claim, EdgeClaim)]


def test_document_key() -> None:
    assert document_key(read(texts.OBJECTION), "") == "（2021）皖7722执异15号|江渚县人民法院|执行裁定书|之一"
    assert document_key(read(texts.RUN_TOGETHER), "") == "（2022）皖7701执88号|||"
    digest = hashlib.sha256(texts.SUMMARY_ONLY.encode()).hexdigest()
    assert document_key(read(texts.SUMMARY_ONLY), texts.SUMMARY_ONLY) == f"sha256:{digest}"


def test_graph_of_a_judgment() -> None:
    key, nodes, edges = read_claims(texts.SECOND_INSTANCE)
    document, own = f"doc:{key}", f"ctx:doc:{key}/"
    case, company, shop = "case:（2023）闽77民终512号", f"uscc:{texts.USCC_COMPANY}", f"uscc:{texts.USCC_SHOP}"
    bank = own + "青禾农村商业银行股份有限公司海滨支行"
    triples = {(edge.relation, edge.source.best, edge.target.best) for edge in edges}
    assert triples == {
        ("decided_in", document, case),
        ("decided_by", document, "court:青禾市中级人民法院"),
        ("party_in", company, case),
        ("party_in", TOKEN, case),
        ("party_in", bank, case),
        ("party_in", shop, case),
        ("legal_rep_of", own + "邹明远", company),
        ("main_responsible_of", own + "沈知行", bank),
        ("legal_rep_of", own + "丁小满", shop),
        ("represents", own + "欧阳若水", company),
        ("represents", own + "白露", bank),
        ("represents", own + "方清", bank),
        ("follows", case, "case:（2022）闽7701民初88号"),
    }
    kinds = {node.mention.best: node.kind for node in nodes}
    assert kinds[company] == "company" and kinds[shop] == "individual_business" and kinds[TOKEN] == "person"
    assert kinds[document] == "judgment" and kinds[case] == "case"
    assert set(kinds) == {end.best for edge in edges for end in (edge.source, edge.target)}
    assert next(node.props for node in nodes if node.kind == "judgment")["date"] == "2023-05-06"


def test_levels_ranks_spans_and_dates() -> None:
    _, nodes, edges = read_claims(texts.SECOND_INSTANCE)
    assert {(node.level, node.rank) for node in nodes} == {(SHARED, 30)}
    assert {(edge.level, edge.rank) for edge in edges} == {(SHARED, 30)}
    assert all(edge.span and edge.valid_from is None and edge.valid_to is None for edge in edges)
    agent = next(edge for edge in edges if edge.relation == "represents" and edge.source.best.endswith("/白露"))
    assert agent.span and texts.SECOND_INSTANCE[slice(*agent.span)] == "白露"
    assert agent.props == {"case": "（2023）闽77民终512号", "title": "委托诉讼代理人", "firm": "福建衡岳律师事务所"}
    assert {edge.seen_on for edge in edges} == {"2023-05-06"}


def test_no_number_enters_a_claim() -> None:
    for text in (texts.SECOND_INSTANCE, texts.SECOND_INSTANCE.replace("，公民身份号码", "")):
        facts = read(text)
        assert texts.ID_NUMBER not in repr(claims(facts, document_key(facts, text), pid_of))


def test_a_document_without_number_has_no_case() -> None:
    key, nodes, edges = read_claims(texts.SUMMARY_ONLY)
    assert edges == []
    assert {node.kind for node in nodes} == {"judgment", "person"}
    assert next(node.props for node in nodes if node.kind == "judgment")["sha256"] == key.removeprefix("sha256:")


@pytest.mark.parametrize(("text", "how"), [(other_texts.APPEAL, "appeal"), (other_texts.ENFORCEMENT, "enforcement")])
def test_a_case_follows_the_one_it_goes_on_from(text: str, how: str) -> None:
    facts = read(text)
    found = claims(facts, document_key(facts, text), lambda number: ("pid:x", number))
    [edge] = [claim for claim in found if isinstance(claim, EdgeClaim) and claim.relation == "follows"]
    assert edge.props == {"how": how} and edge.span
    assert text[slice(*edge.span)] == facts.earlier[0].case_no.value
    assert edge.source.best.startswith("case:（2021）") and edge.target.best.startswith("case:（2020）")


def test_a_case_that_is_only_cited_is_not_followed() -> None:
    facts = read(other_texts.CRIMINAL)
    assert {one.how for one in facts.earlier} == {"cited"}
    found = claims(facts, document_key(facts, other_texts.CRIMINAL), lambda number: ("pid:x", number))
    assert not [claim for claim in found if isinstance(claim, EdgeClaim) and claim.relation == "follows"]


def test_a_name_that_two_parties_bear_is_neither_of_them() -> None:
    suit = Suit((("原告", "林小波"), ("被告", "陈大海"), ("第三人", "陈大海")), "被告陈大海支付原告林小波货款50000元。")
    text = suit.text().replace("被告：陈大海，", f"被告：陈大海，公民身份号码{texts.ID_NUMBER}，")
    key, _, edges = read_claims(text)
    [debt] = [edge for edge in edges if edge.relation == "debtor_of"]
    assert debt.source.best == f"ctx:doc:{key}/陈大海" and debt.source.best != TOKEN


def test_who_is_added_by_a_ruling_is_told_so() -> None:
    _, _, edges = read_claims(other_texts.ADDED)
    added = [edge for edge in edges if edge.props.get("added_by_ruling")]
    assert [(edge.relation, edge.source.best.rpartition("/")[2], edge.props["role"]) for edge in added] == [
        ("party_in", "纪东", "被执行人")
    ]

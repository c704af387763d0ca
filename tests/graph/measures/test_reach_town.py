"""The stories of a small town: exact answers for a debtor company, its people, and what must stay out."""

import pytest

from tests.graph.measures.scenes import EXIT, Scene, proposed, refused, switched_off

CASE = "（2025）闽9901执9318号"
OLD_CASE = "（2024）闽9901执9505号"
OWN_CASE = "（2025）闽9901执9077号"


@pytest.fixture(scope="module")
def town() -> Scene:
    """A builder in debt with an owner behind it, a carrier that has paid, a taxpayer in arrears, a wage debtor."""
    scene = Scene()
    builder, holding, stone = (scene.unit(name) for name in ("岚澄建设", "璟投资", "青石建材"))
    foods, packing, carrier, decor = (scene.unit(name) for name in ("翎食品", "峰包装", "野物流", "溯装饰"))
    head, owner, former, officer, manager = (scene.person(n) for n in ("林甲", "郭乙", "周丙", "曾丁", "蔡戊"))
    decorator, foreman = scene.person("吴己"), scene.person("洪庚")

    scene.officer(former, builder, "2012-03-08", "2023-02-01")
    scene.officer(head, builder, "2023-02-01")
    scene.snapshot(head, builder, "2012-03-08")
    scene.officer(head, builder, "2023-02-01", relation="director_of")
    scene.officer(officer, builder, "2012-03-08", relation="supervisor_of")
    scene.officer(owner, holding, "2010-05-20")
    scene.holds(owner, holding)
    scene.holds(holding, builder)
    scene.holds(holding, stone)
    scene.officer(officer, stone, "2018-01-01")
    for unit, start in ((foods, "2013-01-15"), (packing, "2016-07-11"), (carrier, "2018-02-27")):
        scene.officer(manager, unit, start)
    scene.officer(decorator, decor, "2015-05-15")

    scene.debtor(builder, CASE)
    scene.listed(builder, CASE)
    for person, role in ((head, "legal_rep"), (owner, "actual_controller"), (former, "legal_rep")):
        scene.order(person, role, CASE, unit=builder)
    scene.order(head, "legal_rep", CASE, unit=builder, kind=EXIT)
    scene.debtor(carrier, OLD_CASE, "2024-06-03", closed=True)
    scene.listed(carrier, OLD_CASE, "2024-07-10", withdrawn="2025-07-01")
    scene.order(manager, "legal_rep", OLD_CASE, unit=carrier, published="2024-07-18", lifted="2025-01-20")
    scene.tax_notice(packing, manager)
    paper = [("谢辛", "other_directly_responsible")]
    scene.wage_listing(decor, [(decorator, "legal_rep"), (foreman, "directly_in_charge")], paper)
    scene.record("serious_illegal_list", [stone], list="L02", date="2025-06-01", active_from="2025-06-01")
    scene.debtor(officer, OWN_CASE, "2025-01-08")
    scene.listed(officer, OWN_CASE, "2025-03-01")
    scene.order(officer, "subject", OWN_CASE, published="2025-02-22")
    return scene


def test_the_builder_reaches_its_head_and_the_controller_the_court_found(town: Scene) -> None:
    answer = town.ask("岚澄建设")
    assert proposed(answer) == {
        ("M002", "岚澄建设", 0),
        ("M006", "岚澄建设", 0),
        ("M087", "岚澄建设", 0),
        ("M002", "林甲", 1),
        ("M002", "郭乙", 1),
        ("M005", "林甲", 1),
    }
    assert switched_off(answer) == {"M075", "M076", "M090"}
    assert refused(answer) == {
        ("M002", "周丙", "role_ended"),
        ("M002", "曾丁", "role_not_in_law"),
        ("M002", "璟投资", "role_not_in_law"),
        ("M002", "璟投资", "second_hop"),
        ("M005", "曾丁", "role_not_in_law"),
        ("M005", "璟投资", "role_not_in_law"),
        ("M016", "璟投资", "not_named"),
    }


def test_the_answer_says_what_it_rests_on(town: Scene) -> None:
    answer = town.ask("岚澄建设")
    restricted = next(p for p in answer.proposed if (p.measure, p.party.name) == ("M002", "林甲"))
    assert (restricted.role, restricted.mode, restricted.until) == ("legal_rep", "named_in_order", None)
    assert [record.props["record_kind"] for record in restricted.records] == [
        "judgment_debtor",
        "listed_dishonest_debtor",
    ]
    assert restricted.trigger == restricted.records[0]
    assert {edge.relation for edge in restricted.grounds} == {"about", "in_case", "names", "legal_rep_of"}
    assert restricted.basis.startswith("法释〔2015〕17号")
    assert len(restricted.to_check) == 3
    assert answer.explored > 5


def test_who_has_paid_is_not_reached_any_more(town: Scene) -> None:
    answer = town.ask("野物流")
    assert proposed(answer) == set()
    assert refused(answer) == {
        ("M002", "蔡戊", "record_ended"),
        ("M002", "野物流", "record_ended"),
        ("M006", "野物流", "record_ended"),
        ("M087", "野物流", "record_ended"),
    }
    assert switched_off(answer) == set()


def test_the_tax_notice_reaches_the_legal_representative_alone(town: Scene) -> None:
    answer = town.ask("峰包装")
    assert proposed(answer) == {("M022", "蔡戊", 1)}
    assert refused(answer) == {("M022", "翎食品", "second_hop"), ("M022", "野物流", "second_hop")}


def test_the_wage_listing_reaches_whom_it_lists_with_a_number(town: Scene) -> None:
    answer = town.ask("溯装饰")
    assert proposed(answer) == {("M020", "溯装饰", 0), ("M087", "溯装饰", 0), ("M020", "吴己", 1), ("M020", "洪庚", 1)}
    assert refused(answer) == {("M020", "谢辛", "name_only")}
    assert switched_off(answer) == {"M076", "M090"}
    assert {p.until for p in answer.proposed} == {"2028-05-09"}
    own = town.ask("洪庚")
    assert proposed(own) == {(measure, "洪庚", 0) for measure in ("M010", "M012", "M020", "M087")}


def test_a_seriously_unlawful_company_reaches_nobody(town: Scene) -> None:
    answer = town.ask("青石建材")
    assert proposed(answer) == {("M087", "青石建材", 0)}
    assert switched_off(answer) == {"M031", "M032", "M033", "M076", "M086", "M090"}
    assert refused(answer) == {("M033", "曾丁", "disabled")}


def test_a_listed_person_bears_it_alone(town: Scene) -> None:
    answer = town.ask("曾丁")
    measures = ["M002", "M003", "M004", "M005", "M006", "M008", "M009", "M010", "M011", "M012", "M013", "M087"]
    assert proposed(answer) == {(measure, "曾丁", 0) for measure in measures}
    assert refused(answer) == set()
    assert switched_off(answer) == {"M075", "M076", "M090"}


def test_an_order_binds_the_former_head_until_the_court_lifts_it(town: Scene) -> None:
    assert proposed(town.ask("周丙")) == {("M003", "周丙", 0), ("M004", "周丙", 0)}
    assert refused(town.ask("周丙")) == set()
    note = next(r.note for r in town.ask("岚澄建设").not_reached if r.party_name == "周丙")
    assert note == "the role had ended; the order itself stands until the court lifts it (法发〔2019〕35号 item 17)"

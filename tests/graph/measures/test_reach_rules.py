"""Every rule of reach by one case that passes and one that fails it."""

import pytest

from graph.measures.reach import reach
from graph.measures.roles import Received
from graph.store.base import Edge, View
from tests.graph.measures.scenes import (
    CATALOGUE,
    DAY,
    EXIT,
    Scene,
    proposed,
    reached_by,
    reason,
    refused,
    switched_off,
    view,
)

CASE, OTHER_CASE = "（2025）闽9901执9001号", "（2025）闽9901执9002号"


class Debtor(Scene):
    """A unit that is a judgment debtor, and a person whom an order in its case may name."""

    def __init__(self, *, closed: bool = False) -> None:
        super().__init__()
        self.firm = self.unit("甲公司")
        self.head = self.person("张一")
        self.claim = self.debtor(self.firm, CASE, closed=closed)


# The register test -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("2020-01-01", None, None),
        ("2020-01-01", "2025-02-11", None),  # still in office on the day of filing
        ("2025-03-27", None, None),  # in office from the day of publication: the last day counts
        ("2020-01-01", "2025-02-10", "role_ended"),  # [from, to): left on the day of filing
        ("2025-03-28", None, "role_ended"),  # came the day after publication
    ],
)
def test_a_dated_role_must_fall_between_filing_and_publication(start: str, end: str | None, why: str | None) -> None:
    scene = Debtor()
    scene.officer(scene.head, scene.firm, start, end)
    scene.order(scene.head, "legal_rep", CASE)
    answer = scene.ask(scene.firm)
    assert reached_by(answer, "M002") == (set() if why else {scene.head})
    assert reason(answer, "M002", scene.head) == ({why} if why else set())


def test_one_of_several_terms_is_enough() -> None:
    scene = Debtor()
    scene.officer(scene.head, scene.firm, "2010-01-01", "2012-01-01")
    scene.officer(scene.head, scene.firm, "2024-01-01", "2025-06-01")
    scene.order(scene.head, "legal_rep", CASE)
    assert reached_by(scene.ask(scene.firm), "M002") == {scene.head}


def test_dated_rows_of_anybody_silence_a_snapshot() -> None:
    scene = Debtor()
    scene.snapshot(scene.head, scene.firm, "2020-01-01")
    scene.order(scene.head, "legal_rep", CASE)
    assert reached_by(scene.ask(scene.firm), "M002") == {scene.head}
    scene.officer(scene.person("李二"), scene.firm, "2012-01-01", "2013-01-01")
    answer = scene.ask(scene.firm)
    assert reached_by(answer, "M002") == set()
    assert reason(answer, "M002", scene.head) == {"role_date_unknown"}


def test_dated_rows_of_another_role_or_unit_do_not_silence_a_snapshot() -> None:
    scene = Debtor()
    scene.snapshot(scene.head, scene.firm, "2020-01-01")
    scene.order(scene.head, "legal_rep", CASE)
    scene.officer(scene.person("李二"), scene.firm, "2012-01-01", relation="main_responsible_of")
    scene.officer(scene.head, scene.unit("乙公司"), "2012-01-01", "2013-01-01")
    assert reached_by(scene.ask(scene.firm), "M002") == {scene.head}


@pytest.mark.parametrize(("seen_on", "proved"), [("2025-03-27", True), ("2025-03-28", False), (None, False)])
def test_a_snapshot_proves_the_role_from_the_day_it_was_seen(seen_on: str | None, proved: bool) -> None:
    scene = Debtor()
    scene.snapshot(scene.head, scene.firm, seen_on)
    scene.order(scene.head, "legal_rep", CASE)
    answer = scene.ask(scene.firm)
    assert reached_by(answer, "M002") == ({scene.head} if proved else set())
    assert reason(answer, "M002", scene.head) == (set() if proved else {"role_date_unknown"})


def test_without_a_day_of_its_own_a_snapshot_counts_from_receipt() -> None:
    scene = Debtor()
    scene.snapshot(scene.head, scene.firm, None)
    scene.order(scene.head, "legal_rep", CASE)

    def received(day: str) -> Received:
        return lambda edge: day

    assert reached_by(scene.ask(scene.firm, received=received("2025-03-27")), "M002") == {scene.head}
    assert reached_by(scene.ask(scene.firm, received=received("2025-03-28")), "M002") == set()


@pytest.mark.parametrize(("end", "proved"), [(None, True), ("2026-10-02", True), (DAY, False), ("2025-05-01", False)])
def test_an_undated_row_proves_nothing_once_its_end_has_passed(end: str | None, proved: bool) -> None:
    scene = Debtor()
    scene.officer(scene.head, scene.firm, None, end)
    scene.order(scene.head, "legal_rep", CASE)
    answer = scene.ask(scene.firm, received=lambda edge: "2025-01-01")
    assert reached_by(answer, "M002") == ({scene.head} if proved else set())


@pytest.mark.parametrize("sources", [("judgments",), ("shareholders",), ()])
def test_only_the_register_proves_a_role(sources: tuple[str, ...]) -> None:
    scene = Debtor()
    scene.snapshot(scene.head, scene.firm, "2020-01-01", sources)
    scene.order(scene.head, "legal_rep", CASE)
    assert reason(scene.ask(scene.firm, received=lambda edge: "2020-01-01"), "M002", scene.head) == {
        "role_date_unknown"
    }


def test_a_day_that_another_source_may_have_set_is_asked_of_the_ledger() -> None:
    scene = Debtor()
    scene.snapshot(scene.head, scene.firm, "2011-01-01", ("judgments", "registry"))
    scene.order(scene.head, "legal_rep", CASE)
    asked: list[Edge] = []

    def received(edge: Edge) -> str | None:
        asked.append(edge)
        return "2025-01-01"

    assert reached_by(scene.ask(scene.firm), "M002") == set()
    assert reached_by(scene.ask(scene.firm, received=received), "M002") == {scene.head}
    assert [edge.sources for edge in asked[:1]] == [("judgments", "registry")]


def test_a_role_guessed_by_the_matcher_proves_nothing() -> None:
    scene = Debtor()
    scene.snapshot(scene.head, scene.firm, "2020-01-01", match="candidate")
    scene.order(scene.head, "legal_rep", CASE)
    assert reason(scene.ask(scene.firm), "M002", scene.head) == {"role_date_unknown"}


def test_an_order_without_any_day_cannot_be_tested() -> None:
    scene = Debtor()
    scene.officer(scene.head, scene.firm, "2020-01-01")
    scene.order(scene.head, "legal_rep", CASE, filed="", published="")
    assert reason(scene.ask(scene.firm), "M002", scene.head) == {"role_date_unknown"}


def test_an_order_without_day_of_filing_is_tested_on_publication() -> None:
    scene = Debtor()
    scene.officer(scene.head, scene.firm, "2020-01-01", "2025-03-27")
    scene.order(scene.head, "legal_rep", CASE, filed="")
    assert reason(scene.ask(scene.firm), "M002", scene.head) == {"role_ended"}


@pytest.mark.parametrize(("start", "reached"), [("2025-09-01", True), ("2025-09-02", False)])
def test_the_tax_notice_is_tested_on_its_own_day(start: str, reached: bool) -> None:
    scene = Debtor()
    scene.officer(scene.head, scene.firm, start)
    scene.tax_notice(scene.firm, scene.head)
    answer = scene.ask(scene.firm)
    assert reached_by(answer, "M022") == ({scene.head} if reached else set())
    assert reason(answer, "M022", scene.head) == (set() if reached else {"role_ended"})
    notes = {r.note for r in answer.not_reached if r.measure == "M022" and r.reason == "role_ended"}
    assert all("the notice itself stands" in note for note in notes)


# What the document says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["directly_responsible_debt", "actual_controller"])
def test_the_order_itself_finds_roles_that_no_register_keeps(role: str) -> None:
    scene = Debtor()
    scene.order(scene.head, role, CASE)
    assert reached_by(scene.ask(scene.firm), "M002") == {scene.head}


@pytest.mark.parametrize("role", ["relative", "配偶", "supervisor", "shareholder", "guarantor"])
def test_no_other_role_is_reached_whatever_the_document_says(role: str) -> None:
    scene = Debtor()
    scene.officer(scene.head, scene.firm, "2020-01-01")
    scene.order(scene.head, role, CASE)
    scene.order(scene.head, role, CASE, kind=EXIT)
    answer = scene.ask(scene.firm)
    assert proposed(answer) == {("M002", scene.firm, 0), ("M006", scene.firm, 0)}
    assert "role_not_in_law" in reason(answer, "M002", scene.head)


def test_a_controller_is_barred_from_spending_but_not_from_leaving() -> None:
    scene = Debtor()
    scene.order(scene.head, "actual_controller", CASE)
    scene.order(scene.head, "actual_controller", CASE, kind=EXIT)
    answer = scene.ask(scene.firm)
    assert reached_by(answer, "M002") == {scene.head}
    assert reached_by(answer, "M005") == set()
    assert reason(answer, "M005", scene.head) == {"role_not_in_law"}


def test_a_consumption_order_is_no_exit_decision_and_the_reverse() -> None:
    scene = Debtor()
    scene.order(scene.head, "directly_responsible_debt", CASE)
    assert reached_by(scene.ask(scene.firm), "M005") == set()
    scene = Debtor()
    scene.order(scene.head, "directly_responsible_debt", CASE, kind=EXIT)
    assert reached_by(scene.ask(scene.firm), "M005") == {scene.head}
    assert reached_by(scene.ask(scene.firm), "M002") == set()


def test_an_exit_ban_needs_the_case_among_the_judgment_debtors() -> None:
    scene = Scene()
    firm, head = scene.unit("甲公司"), scene.person("张一")
    scene.listed(firm, CASE)
    scene.order(head, "directly_responsible_debt", CASE, kind=EXIT)
    scene.order(head, "directly_responsible_debt", CASE)
    answer = scene.ask(firm)
    assert reached_by(answer, "M005") == set()
    assert reached_by(answer, "M002") == {head}
    scene.debtor(firm, CASE)
    assert reached_by(scene.ask(firm), "M005") == {head}


def test_a_person_without_number_is_nobody() -> None:
    scene = Debtor()
    nameless = scene.person("王无号", numbered=False)
    scene.order(nameless, "directly_responsible_debt", CASE)
    answer = scene.ask(scene.firm)
    assert reached_by(answer, "M002") == set()
    assert reason(answer, "M002", nameless) == {"name_only"}


def test_a_name_on_paper_is_refused_without_a_node() -> None:
    scene = Debtor()
    scene.wage_listing(scene.firm, [], [("谢纸", "directly_in_charge")])
    (refusal,) = [r for r in scene.ask(scene.firm).not_reached if r.measure == "M020"]
    assert (refusal.party, refusal.party_name, refusal.role) == (None, "谢纸", "directly_in_charge")
    assert refusal.reason == "name_only"


@pytest.mark.parametrize("adult", ["no", ""])
def test_nobody_under_age_is_reached(adult: str) -> None:
    scene = Debtor()
    scene.order(scene.head, "directly_responsible_debt", CASE, adult=adult)
    child = scene.person("幼一")
    scene.wage_listing(scene.firm, [(child, "directly_in_charge")], adult=adult)
    answer = scene.ask(scene.firm)
    assert {party for _, party, hop in proposed(answer) if hop == 1} == set()
    assert reason(answer, "M002", scene.head) == reason(answer, "M020", child) == {"minor"}


def test_a_guessed_naming_names_nobody() -> None:
    scene = Debtor()
    scene.order(scene.head, "directly_responsible_debt", CASE, match="candidate")
    answer = scene.ask(scene.firm)
    assert reached_by(answer, "M002") == set()
    scene.order(scene.head, "directly_responsible_debt", CASE, match="confirmed")
    assert reached_by(scene.ask(scene.firm), "M002") == {scene.head}


def test_who_is_not_named_is_not_reached() -> None:
    scene = Debtor()
    scene.officer(scene.head, scene.firm, "2020-01-01")
    answer = scene.ask(scene.firm)
    assert proposed(answer) == {("M002", scene.firm, 0), ("M006", scene.firm, 0)}
    assert reason(answer, "M002", scene.head) == reason(answer, "M005", scene.head) == {"not_named"}


def test_an_order_of_another_case_names_nobody_here() -> None:
    scene = Debtor()
    scene.officer(scene.head, scene.firm, "2020-01-01")
    scene.order(scene.head, "legal_rep", OTHER_CASE)
    answer = scene.ask(scene.firm)
    assert reached_by(answer, "M002") == set()
    assert reason(answer, "M002", scene.head) == {"not_named"}


def test_an_order_about_another_debtor_of_the_case_names_nobody_here() -> None:
    scene = Debtor()
    partner = scene.unit("乙公司")
    scene.debtor(partner, CASE)
    code = scene.graph.get(view(), [partner])[partner].keys[0].removeprefix("uscc:")
    scene.order(scene.head, "actual_controller", CASE, unit=partner, unit_code=code)
    assert reached_by(scene.ask(partner), "M002") == {scene.head}
    answer = scene.ask(scene.firm)
    assert reached_by(answer, "M002") == set()
    assert reason(answer, "M002", scene.head) == {"not_named"}


def test_the_unit_of_an_order_is_compared_by_code_first_then_by_name() -> None:
    scene = Debtor()
    code = scene.graph.get(view(), [scene.firm])[scene.firm].keys[0].removeprefix("uscc:")
    scene.order(scene.head, "actual_controller", CASE, unit="旧名", unit_code=f" {code.lower()} ")
    assert reached_by(scene.ask(scene.firm), "M002") == {scene.head}
    other = scene.person("李二")
    scene.order(other, "actual_controller", CASE, unit="另一公司")
    assert reason(scene.ask(scene.firm), "M002", other) == {"not_named"}


def test_an_order_against_the_debtor_himself_reaches_nobody_through_his_company() -> None:
    scene = Debtor()
    scene.order(scene.head, "subject", CASE)
    answer = scene.ask(scene.firm)
    assert reached_by(answer, "M002") == set()
    assert refused(answer) == set()


def test_a_notice_that_states_a_role_is_held_to_it() -> None:
    scene = Debtor()
    scene.officer(scene.head, scene.firm, "2020-01-01")
    scene.tax_notice(scene.firm, scene.head, role="main_responsible")
    answer = scene.ask(scene.firm)
    assert reached_by(answer, "M022") == set()
    assert "role_not_in_law" in reason(answer, "M022", scene.head)


def test_a_listing_without_role_reaches_nobody_by_itself() -> None:
    scene = Debtor()
    scene.wage_listing(scene.firm, [(scene.head, "")])
    assert reached_by(scene.ask(scene.firm), "M020") == set()
    assert ("M020", scene.head, 0) in proposed(scene.ask(scene.head))


# Records and time ------------------------------------------------------------------------------------------------


def test_a_closed_case_reaches_nobody_even_if_the_order_stands() -> None:
    scene = Debtor(closed=True)
    scene.order(scene.head, "directly_responsible_debt", CASE)
    answer = scene.ask(scene.firm)
    assert proposed(answer) == set()
    assert reason(answer, "M002", scene.head) == {"record_ended"}
    assert proposed(scene.ask(scene.head)) == {("M003", scene.head, 0), ("M004", scene.head, 0)}


def test_a_lifted_order_reaches_nobody_even_if_the_debt_stands() -> None:
    scene = Debtor()
    scene.order(scene.head, "directly_responsible_debt", CASE, lifted="2026-01-20")
    assert reached_by(scene.ask(scene.firm, "2026-01-19"), "M002") == {scene.head}
    answer = scene.ask(scene.firm, "2026-01-20")
    assert reached_by(answer, "M002") == set()
    assert reason(answer, "M002", scene.head) == {"record_ended"}


def test_nothing_is_known_of_a_record_before_it_begins() -> None:
    scene = Debtor()
    scene.order(scene.head, "directly_responsible_debt", CASE)
    assert (proposed(scene.ask(scene.firm, "2025-02-09")), refused(scene.ask(scene.firm, "2025-02-09"))) == (
        set(),
        set(),
    )
    assert reached_by(scene.ask(scene.firm, "2025-03-26"), "M002") == set()
    assert reached_by(scene.ask(scene.firm, "2025-03-27"), "M002") == {scene.head}


def test_the_oldest_record_is_the_trigger_and_the_last_end_counts() -> None:
    scene = Scene()
    firm = scene.unit("甲公司")
    later = scene.record(
        "penalty_decision", [firm], date="2025-05-01", active_from="2025-05-01", active_to="2027-05-01"
    )
    older = scene.record(
        "penalty_decision", [firm], date="2024-05-01", active_from="2024-05-01", active_to="2027-01-01"
    )
    (proposal,) = scene.ask(firm).proposed
    assert (proposal.trigger.id, [record.id for record in proposal.records]) == (older, [older, later])
    assert proposal.until == "2027-05-01"
    assert {edge.source for edge in proposal.grounds} == {older, later}
    scene.record("penalty_decision", [firm], date="2026-01-01")
    assert scene.ask(firm).proposed[0].until is None


def test_the_end_of_an_order_ends_what_rests_on_it() -> None:
    scene = Debtor()
    scene.order(scene.head, "directly_responsible_debt", CASE, lifted="2027-01-20")
    (proposal,) = [p for p in scene.ask(scene.firm).proposed if p.hop == 1]
    assert proposal.until == "2027-01-20"


def test_a_record_joined_by_a_guess_triggers_nothing() -> None:
    scene = Scene()
    firm = scene.unit("甲公司")
    scene.record("judgment_debtor", [firm], match="candidate")
    assert proposed(scene.ask(firm)) == set()
    scene.record("judgment_debtor", [firm], match="confirmed")
    assert proposed(scene.ask(firm)) == {("M002", firm, 0), ("M006", firm, 0)}


# Who bears it ----------------------------------------------------------------------------------------------------


def test_a_subject_known_by_name_only_bears_nothing() -> None:
    scene = Scene()
    nameless = scene.person("王无号", numbered=False)
    unit = scene.unit("无码店", code=False)
    for subject in (nameless, unit):
        scene.debtor(subject, CASE)
        answer = scene.ask(subject)
        assert proposed(answer) == set()
        assert reason(answer, "M002", subject) == {"name_only"}


@pytest.mark.parametrize(
    ("kind", "prefix", "bears"),
    [
        ("company", "91", True),
        ("other_org", "12", True),
        ("individual_business", "92", False),
        ("company", "93", False),
    ],
)
def test_words_of_applies_to_go_by_code_and_parent(kind: str, prefix: str, bears: bool) -> None:
    scene = Scene()
    unit = scene.unit("丙单位", kind, prefix)
    scene.record("sme_arrears_dishonest_record", [unit])
    assert proposed(scene.ask(unit)) == ({("M077", unit, 0)} if bears else set())


def test_a_unit_has_no_exit_to_restrict() -> None:
    scene = Debtor()
    person = scene.person("李二")
    scene.debtor(person, OTHER_CASE)
    assert ("M005", scene.firm, 0) not in proposed(scene.ask(scene.firm))
    assert ("M005", person, 0) in proposed(scene.ask(person))


def test_not_even_the_subject_bears_what_needs_a_ruling_of_its_own() -> None:
    scene = Debtor()
    scene.holds(scene.head, scene.firm)
    answer = scene.ask(scene.firm)
    assert "M016" not in {p.measure for p in answer.proposed}
    assert reason(answer, "M016", scene.head) == {"not_named"}


def test_nothing_climbs_from_a_person_to_his_units() -> None:
    scene = Scene()
    head, firm = scene.person("张一"), scene.unit("甲公司")
    scene.officer(head, firm, "2020-01-01")
    scene.holds(head, firm)
    scene.listed(head, CASE)
    scene.debtor(head, CASE)
    scene.order(scene.person("李二"), "directly_responsible_debt", CASE)
    assert {party for _, party, _ in proposed(scene.ask(head))} == {head}
    assert proposed(scene.ask(firm)) == set()


def test_there_is_no_second_hop() -> None:
    scene = Debtor()
    own, held, left = scene.unit("张的店"), scene.unit("张持股"), scene.unit("张已离开")
    scene.officer(scene.head, own, "2020-01-01")
    scene.holds(scene.head, held)
    scene.officer(scene.head, left, "2020-01-01", "2021-01-01")
    scene.order(scene.head, "actual_controller", CASE)
    answer = scene.ask(scene.firm)
    assert {party for _, party, _ in proposed(answer)} == {scene.firm, scene.head}
    assert {(p, r) for _, p, r in refused(answer)} == {(own, "second_hop"), (held, "second_hop")}
    assert proposed(scene.ask(own)) == set()


def test_officers_and_owners_are_told_that_the_law_leaves_them_out() -> None:
    scene = Debtor()
    people = {name: scene.person(name) for name in ("监事", "董事", "经理", "股东", "无号监事")}
    for name, relation in (("监事", "supervisor_of"), ("董事", "director_of"), ("经理", "manager_of")):
        scene.officer(people[name], scene.firm, "2020-01-01", relation=relation)
    scene.officer(scene.person("旧监事"), scene.firm, "2020-01-01", "2021-01-01", relation="supervisor_of")
    scene.holds(people["股东"], scene.firm)
    scene.graph.add_edge("guarantor_for", scene.unit("保证人"), scene.firm, sources=["guarantees"])
    scene.graph.add_edge("legal_rep_of", scene.person("判决所称"), scene.firm, sources=["judgments"])
    answer = scene.ask(scene.firm)
    assert {party for m, party, why in refused(answer) if (m, why) == ("M002", "role_not_in_law")} == {
        "监事", "董事", "经理", "股东",
    }  # fmt: skip
    assert {party for m, party, _ in refused(answer) if m == "M002"} == {"监事", "董事", "经理", "股东"}


def test_a_head_known_by_name_only_is_told_so() -> None:
    scene = Debtor()
    nameless = scene.person("王无号", numbered=False)
    scene.officer(nameless, scene.firm, "2020-01-01")
    assert reason(scene.ask(scene.firm), "M002", nameless) == {"name_only"}


def test_switched_off_rows_are_shown_with_what_has_to_be_read() -> None:
    scene = Scene()
    firm, head = scene.unit("甲公司"), scene.person("张一")
    scene.officer(head, firm, "2020-01-01")
    scene.record("serious_illegal_list", [firm], list="L02", active_to="2026-01-01")
    assert switched_off(scene.ask(firm)) == set()
    scene.record("serious_illegal_list", [firm], list="L02")
    answer = scene.ask(firm)
    assert switched_off(answer) == {"M031", "M032", "M033", "M076", "M086", "M090"}
    assert {row.measure: row.reason for row in answer.disabled}["M033"].endswith("amended article of 2024")
    assert reason(answer, "M033", head) == {"disabled"}
    assert proposed(answer) == {("M087", firm, 0)}


@pytest.mark.parametrize("on_list", ["L01", "L02", "L05", "L06"])
def test_any_severe_list_counts_as_one(on_list: str) -> None:
    scene = Scene()
    person = scene.person("张一")
    scene.record("some_listing", [person], list=on_list)
    assert proposed(scene.ask(person)) == {(measure, person, 0) for measure in ("M010", "M012", "M087")}


@pytest.mark.parametrize("on_list", ["L01a", "L03", "red"])
def test_no_other_list_is_a_severe_one(on_list: str) -> None:
    scene = Scene()
    person = scene.person("张一")
    scene.record("some_listing", [person], list=on_list)
    assert proposed(scene.ask(person)) == set()


# The question ----------------------------------------------------------------------------------------------------


def test_a_retired_id_answers_for_its_survivor() -> None:
    scene = Debtor()
    scene.graph.retire("former", scene.firm)
    assert scene.ask("former") == scene.ask(scene.firm)


def test_a_question_without_day_or_subject_is_refused() -> None:
    scene = Debtor()
    with pytest.raises(LookupError):
        scene.ask("nobody")
    with pytest.raises(ValueError, match="day"):
        reach(scene.graph, view(None), scene.firm, CATALOGUE)


def test_a_reader_is_told_only_what_his_view_shows() -> None:
    scene = Debtor()
    secret = scene.graph.add_node("hidden", "record", "令", keys=["rec:test/h"], props={"record_kind": EXIT}, level=2)
    scene.graph.add_edge("in_case", secret.id, CASE, level=2)
    scene.graph.add_edge(
        "names", secret.id, scene.head, props={"role": "directly_responsible_debt", "adult": "yes"}, level=2
    )
    shown = reach(scene.graph, View(0, DAY, None, DAY), scene.firm, CATALOGUE)
    assert reached_by(shown, "M005") == set()
    assert reached_by(scene.ask(scene.firm), "M005") == {scene.head}

"""What binds a decision: only what a person has put in force, only for the purpose, of one's own or through a unit."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.ledger.cases import Row
from graph.measures.cases.argument import argument_of, ground_of
from graph.measures.catalogue import CatalogueError
from graph.measures.check import Asking, Check, check, units_naming
from graph.measures.decided import Decided
from graph.measures.purposes import read_purposes, standing_purposes
from graph.measures.walk import Walk
from graph.model.effects import Effect, dump
from tests.graph.measures.scenes import CATALOGUE, DAY, EXIT, Scene, view
from tests.graph.measures.test_reach_properties import PEOPLE, UNITS, scenes

PURPOSES = standing_purposes().all
MEASURES = {row.id: row for row in CATALOGUE.measures}
IN_FORCE = {"document_no": "汀人社决〔2026〕1号", "decided_on": "2026-06-01", "in_force_on": "2026-06-10"}


def asked(
    scene: Scene, subject: str, purpose: str, decided: Sequence[Decided] = (), day: str = DAY, *, whole: bool = True
) -> Check:
    """The answer of a scene."""
    asking = Asking(scene.graph, replace(view(day), today=day), CATALOGUE, whole=whole)
    return check(asking, subject, PURPOSES[purpose], decided)


def case_of(scene: Scene, measure: str, party: str, unit: str, state: str = "in_force", **more: Any) -> Decided:
    """A case of what reach proposes for a party because of a unit, in a state, as the ledger would have it."""
    answer = scene.ask(unit)
    proposal = next(p for p in answer.proposed if p.measure == measure and p.party.name == party)
    argument = argument_of(proposal, answer.subject, MEASURES[measure], CATALOGUE) | more.pop("argument", {})
    row = Row(
        "c1", "measure", state, "", measure, answer.subject.keys[0], proposal.party.keys[0], proposal.role, "人社局",
        ground_of(argument), "", 1, 2, "",
    )  # fmt: skip
    fields = more.pop("fields", IN_FORCE if state in ("in_force", "ended") else {})
    return Decided(row, fields, more.pop("ended", ""), argument)


@pytest.fixture
def arrears() -> Scene:
    """A unit on the wage arrears list with a person whom the decision names."""
    scene = Scene()
    scene.unit("甲公司")
    scene.person("张一")
    scene.wage_listing("甲公司", [("张一", "legal_rep")])
    return scene


def told(found: Check) -> list[tuple[str, str, str, str]]:
    """(measure, role, state, unit) of what binds and of what is proposed."""
    rows = (*found.binding, *found.proposed)
    return [(b.measure.id, b.role, b.state, b.through.name if b.through else "") for b in rows]


def test_nothing_binds_before_a_person_has_put_it_in_force(arrears: Scene) -> None:
    found = asked(arrears, "甲公司", "subsidy")
    assert not found.binding
    assert told(found) == [("M020", "subject", "proposed", "")]
    for state in ("proposed", "noticed", "decided"):
        found = asked(arrears, "甲公司", "subsidy", [case_of(arrears, "M020", "甲公司", "甲公司", state)])
        assert not found.binding and told(found) == [("M020", "subject", state, "")]
    found = asked(arrears, "甲公司", "subsidy", [case_of(arrears, "M020", "甲公司", "甲公司")])
    assert not found.proposed
    assert told(found) == [("M020", "subject", "in_force", "")]
    (bound,) = found.binding
    assert bound.until == "2028-05-09" and bound.decided and bound.decided.fields == IN_FORCE
    assert [record.props["record_kind"] for record in bound.records] == ["wage_arrears_list"]


def test_a_measure_binds_its_purposes_and_is_counted_for_all_others(arrears: Scene) -> None:
    decided = [case_of(arrears, "M020", "甲公司", "甲公司")]
    named = {"licence", "tender", "procurement", "subsidy", "honour", "tax"}
    for purpose in PURPOSES:
        found = asked(arrears, "甲公司", purpose, decided)
        assert bool(found.binding) == (purpose in named), purpose
        assert found.others == ({"publicity": 1} if purpose in named else {"joint": 1, "publicity": 1})
        assert all(bound.source.startswith("保障农民工工资支付条例 Art.48") for bound in found.binding)
        assert found.records == set(arrears.records)


def test_a_person_bears_what_is_his_own_and_what_reaches_him_through_units(arrears: Scene) -> None:
    arrears.unit("乙公司")
    arrears.debtor("乙公司", "c9")
    arrears.order("张一", "directly_responsible_debt", "c9", unit="乙公司", kind=EXIT)
    walk = Walk(arrears.graph, view())
    person = walk.node("张一")
    assert person and units_naming(walk, person) == ["乙公司", "甲公司"]
    assert told(asked(arrears, "张一", "border")) == [("M005", "directly_responsible_debt", "proposed", "乙公司")]
    assert told(asked(arrears, "张一", "honour")) == [
        ("M020", "legal_rep", "proposed", "甲公司"),
        ("M020", "subject", "proposed", ""),
    ]
    # A decision for one unit and role is none for another.
    through = case_of(arrears, "M020", "张一", "甲公司")
    assert ("M020", "legal_rep", "in_force", "甲公司") in told(asked(arrears, "张一", "honour", [through]))
    assert not asked(arrears, "甲公司", "honour", [through]).binding
    assert not asked(arrears, "张一", "honour", [replace(through, row=through.row._replace(subject="uscc:x"))]).binding
    assert not asked(arrears, "张一", "honour", [replace(through, row=through.row._replace(party="pid:x"))]).binding


@pytest.mark.parametrize(
    "more",
    [
        {"fields": IN_FORCE | {"in_force_on": "2026-10-02"}},
        {"fields": {}},
        {"state": "ended", "ended": "2026-10-01"},
        {"argument": {"until": "2026-10-01"}},
    ],
)
def test_what_is_not_in_force_on_the_day_does_not_bind(arrears: Scene, more: dict[str, Any]) -> None:
    case = case_of(arrears, "M020", "甲公司", "甲公司", **more)
    found = asked(arrears, "甲公司", "subsidy", [case])
    assert not found.binding and len(found.proposed) == 1
    assert {bound.state for bound in found.proposed} <= {"decided", "proposed"}


def test_what_ends_later_binds_until_then(arrears: Scene) -> None:
    case = case_of(arrears, "M020", "甲公司", "甲公司", "ended", ended="2026-10-02")
    assert asked(arrears, "甲公司", "subsidy", [case]).binding
    early = asked(arrears, "甲公司", "subsidy", [case], "2026-06-09")
    assert early.proposed and not early.binding


def test_no_measure_binds_without_its_ground(arrears: Scene) -> None:
    case = case_of(arrears, "M020", "甲公司", "甲公司", argument={"until": None})
    found = asked(arrears, "甲公司", "subsidy", [case], "2028-05-09")
    assert not found.binding and not found.proposed and not found.others


def test_while_an_objection_is_open_what_is_in_force_stands_and_nothing_new_is_proposed() -> None:
    scene = Scene()
    scene.unit("甲公司")
    scene.person("张一")
    scene.record("wage_arrears_list", ["甲公司"], list="L06", date="2025-05-09", active_from="2025-05-09")
    case = case_of(scene, "M020", "甲公司", "甲公司")
    said = scene.graph.get(view(), scene.records)[scene.records[0]]

    def effect(found: Effect) -> None:
        props = {**said.props, "effects": dump([found])}
        scene.graph.add_node(said.id, said.kind, "entry", keys=said.keys, props=props)

    effect(Effect("objected", "2026-09-01", "2026-10-15"))
    assert not asked(scene, "甲公司", "subsidy").proposed
    (bound,) = asked(scene, "甲公司", "subsidy", [case]).binding
    assert bound.objected and bound.state == "in_force"
    assert not asked(scene, "甲公司", "subsidy", [case_of_state(case, "decided")]).binding
    # Repaired: it is over, whatever the case still says.
    effect(Effect("repaired", "2026-09-01"))
    assert not asked(scene, "甲公司", "subsidy", [case]).binding


def case_of_state(case: Decided, state: str) -> Decided:
    """The same case in another state, not in force yet."""
    return replace(case, row=case.row._replace(state=state), fields={})


def test_what_a_person_refused_is_told_no_more_on_the_same_ground(arrears: Scene) -> None:
    refused = case_of(arrears, "M020", "甲公司", "甲公司", "refused")
    found = asked(arrears, "甲公司", "subsidy", [refused])
    assert not found.proposed and not found.binding
    other = replace(refused, row=refused.row._replace(ground="another"))
    assert told(asked(arrears, "甲公司", "subsidy", [other])) == [("M020", "subject", "proposed", "")]


def test_who_does_not_see_all_that_a_decision_rests_on_is_not_told_of_it(arrears: Scene) -> None:
    case = case_of(arrears, "M020", "甲公司", "甲公司")
    assert asked(arrears, "甲公司", "subsidy", [case], whole=False).binding
    hidden = {"records": [*case.argument["records"], {"key": "rec:hidden/1", "kind": "x", "content": "y"}]}
    more = replace(case, argument={**case.argument, **hidden})
    assert told(asked(arrears, "甲公司", "subsidy", [more], whole=False)) == [("M020", "subject", "proposed", "")]
    tie: dict[str, Any] = {"relation": "names", "from": None, "to": None, "claims": []}
    tied = replace(case, argument={**case.argument, "grounds": [*case.argument["grounds"], tie]})
    assert not asked(arrears, "甲公司", "subsidy", [tied], whole=False).binding
    assert asked(arrears, "甲公司", "subsidy", [more]).binding


def test_switched_off_rows_are_told_to_those_whom_they_would_concern() -> None:
    scene = Scene()
    scene.unit("甲公司")
    scene.person("张一")
    scene.record("serious_illegal_list", ["甲公司", "张一"], list="L03", date="2025-01-01", active_from="2025-01-01")
    unit, person = asked(scene, "甲公司", "tender"), asked(scene, "张一", "appointment")
    assert [one.measure.id for one in unit.switched_off] == ["M031"]
    assert [one.measure.id for one in person.switched_off] == ["M033"]
    assert not asked(scene, "甲公司", "filing").switched_off  # M033 is for persons
    assert unit.records == set(scene.records)
    assert all(one.why_not.startswith("switched off") for one in unit.switched_off)


def test_every_category_is_placed_and_every_row_has_its_source(tmp_path: Path) -> None:
    purposes = standing_purposes()
    assert {"licence", "tender", "procurement", "subsidy", "appointment", "honour", "filing"} <= purposes.all.keys()
    categories = {row.category for row in CATALOGUE.measures}
    assert categories == {c for p in purposes.all.values() for c in p.categories} | purposes.unbound.keys()
    text = (Path(__file__).parents[3] / "graph/measures/purposes.yaml").read_text("utf-8")
    for old, new, breach in (
        ("{category: fiscal, source: design}", "{measure: M999, source: design}", "M999 is no measure"),
        ("{category: fiscal, source: design}", "{measure: M020, source: ''}", "and its source"),
        ("{category: fiscal,", "{category: fiscall,", "none of the catalogue"),
        ("  - {category: market, why: the choice of others}\n", "", "'market' binds nothing"),
        ("id: tender", "id: licence", "licence: told twice"),
    ):
        assert old in text
        (tmp_path / "p.yaml").write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(CatalogueError, match=breach):
            read_purposes(CATALOGUE, tmp_path / "p.yaml")


@settings(max_examples=60, deadline=None)
@given(scenes(), st.sampled_from(sorted(PURPOSES)))
def test_every_proposal_for_the_subject_is_told_or_counted_once(scene: Scene, purpose: str) -> None:
    for subject in (*UNITS, *PEOPLE):
        found = asked(scene, subject, purpose)
        assert not found.binding
        own = {(p.measure, p.role, unit) for unit in (*UNITS, subject) for p in scene.ask(unit).proposed
               if p.party.name == subject and (p.hop or unit == subject)}  # fmt: skip
        bound = {(b.measure.id, b.role, b.through.name if b.through else subject) for b in found.proposed}
        assert bound == {one for one in own if PURPOSES[purpose].source(MEASURES[one[0]])}
        assert sum(found.others.values()) == len(own) - len(bound)
        for measure, role, unit in sorted(own):
            case = case_of(scene, measure, subject, unit)
            if case.row.role == role:
                names = {b.measure.id for b in asked(scene, subject, purpose, [case]).binding}
                assert names == ({measure} if PURPOSES[purpose].source(MEASURES[measure]) else set())

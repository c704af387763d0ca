"""Status of records: own ends, repairs and objections, and the suspension of red entries."""

from dataclasses import replace

import pytest

from graph.measures.catalogue import Catalogue
from graph.measures.reach import reach
from graph.measures.triggers import status, statuses
from graph.model.effects import Effect, dump, effects_of
from graph.store.base import Node, Value
from tests.graph.measures.scenes import CATALOGUE, DAY, Scene, view

TERMS = CATALOGUE.terms


def _record(*effects: Effect, node_id: str = "r", **props: Value) -> Node:
    told = {"effects": dump(effects)} if effects else {}
    return Node(node_id, "penalty", (), "", (), {"active_from": "2025-01-01", **props, **told}, ())


REPAIRED = Effect("repaired", "2026-04-24")
OBJECTED = Effect("objected", "2026-09-20")
ANSWERED = Effect("objected", "2026-02-03", "2026-02-17")


@pytest.mark.parametrize(
    ("effects", "day", "expected"),
    [
        ((), "2024-12-31", None),
        ((), DAY, "active"),
        ((REPAIRED,), "2026-04-23", "active"),
        ((REPAIRED,), "2026-04-24", "repaired"),
        ((OBJECTED,), "2026-09-19", "active"),
        ((OBJECTED,), DAY, "objected"),
        ((ANSWERED,), "2026-02-16", "objected"),
        ((ANSWERED,), "2026-02-17", "active"),
        ((OBJECTED, REPAIRED), DAY, "repaired"),
        ((Effect("stopped", "2026-01-01"),), DAY, "active"),
        ((Effect("withdrawn", "2026-01-01"),), DAY, "withdrawn"),
    ],
)
def test_status(effects: tuple[Effect, ...], day: str, expected: str | None) -> None:
    assert status(_record(*effects), day) == expected


def test_a_repaired_record_stays_repaired_after_its_term_and_was_active_before() -> None:
    record = _record(REPAIRED, active_to="2026-03-14", end_kind="expired")
    assert [status(record, day) for day in ("2026-03-13", "2026-03-14", "2026-04-24")] == [
        "active",
        "expired",
        "repaired",
    ]
    assert status(_record(OBJECTED, ended="yes", end_kind="revoked"), DAY) == "revoked"


def test_effects_are_kept_sorted_and_once() -> None:
    text = dump([OBJECTED, REPAIRED, OBJECTED])
    assert text == dump([REPAIRED, OBJECTED])
    assert effects_of({"effects": text}) == [OBJECTED, REPAIRED]
    assert effects_of({}) == []


@pytest.mark.parametrize(
    ("list_id", "effects", "expected"),
    [
        ("L01", (), "suspended"),
        ("L02", (OBJECTED,), "suspended"),
        ("L05", (), "suspended"),
        ("L06", (), "suspended"),
        ("L05", (REPAIRED,), "active"),
        ("L03", (), "active"),
        ("L01a", (), "active"),
    ],
)
def test_a_red_entry_is_suspended_by_severe_lists_only(
    list_id: str, effects: tuple[Effect, ...], expected: str
) -> None:
    red = _record(node_id="red", list="red")
    black = _record(*effects, node_id="black", list=list_id)
    assert statuses([red, black], TERMS, DAY)["red"] == expected
    assert statuses([black, _record(node_id="red", list="red", ended="yes")], TERMS, DAY)["red"] == "expired"


def _rewarding() -> Catalogue:
    """The catalogue with one reward of the red list switched on, as a lawyer might: nothing proposes it today."""
    rows = [replace(row, enabled=row.enabled or row.id == "W007") for row in CATALOGUE.measures]
    return replace(CATALOGUE, measures=tuple(rows))


def test_a_suspended_entry_brings_no_reward_and_an_objected_record_no_measure() -> None:
    scene = Scene()
    good, black, objecting = (scene.unit(name) for name in ("甲厂", "乙厂", "丙厂"))
    for unit in (good, black):
        scene.record("tax_rating_A", [unit], list="red", active_from="2025-04-30", date="2025-04-30")
    scene.record("major_tax_violation_decision", [black], list="L05", active_from="2025-08-15", date="2025-08-15")
    scene.record("penalty_decision", [objecting], date="2025-05-01", effects=dump([OBJECTED]))

    def measures(unit: str, day: str = DAY) -> set[str]:
        return {p.measure for p in reach(scene.graph, view(day), unit, _rewarding()).proposed}

    assert measures(good) == {"W007"}
    assert measures(black) == {"M087"}
    assert measures(black, "2025-08-14") == {"W007"}
    assert measures(objecting) == set()
    assert measures(objecting, "2026-09-19") == {"M087"}

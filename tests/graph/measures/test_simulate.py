"""A changed rule is tried on the data first: whom it newly reaches, whom no longer, whom it refuses and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from graph.measures.catalogue import Catalogue
from graph.measures.differences import differences
from graph.measures.reach import reach
from graph.measures.simulate import EXAMPLES, Reached, Simulation, changed_rows, simulate
from tests.graph.measures.adversary import Loaded, misleading_town
from tests.graph.measures.scenes import CATALOGUE, Scene, view

CASE = "（2025）闽9901执9001号"


def changed(**rows: Mapping[str, object]) -> Catalogue:
    """The standing catalogue with some fields of some rows changed."""
    made = [replace(row, **rows.get(row.id, {})) for row in CATALOGUE.measures]  # type: ignore[arg-type]
    return Catalogue.of(made, CATALOGUE.terms)


@pytest.fixture(scope="module")
def town() -> Scene:
    """Thirty listed companies and a person; an order names the head of the first, that of the second had left."""
    scene = Scene()
    for n in range(30):
        firm = scene.unit(f"公司{n:02d}")
        scene.listed(firm, f"{CASE}之{n}", withdrawn="2026-01-01" if n >= 28 else "")
    scene.listed(scene.person("张本人"), CASE)
    for n, (start, end) in enumerate((("2020-01-01", None), ("2010-01-01", "2024-01-01"))):
        head = scene.person(f"法人{n}")
        scene.officer(head, f"公司{n:02d}", start, end)
        scene.order(head, "legal_rep", f"{CASE}之{n}")
    return scene


def _tried(town: Scene, after: Catalogue) -> Simulation:
    return simulate(town.graph, view(), CATALOGUE, after)


def test_a_row_switched_on_reaches_anew_and_refuses_with_its_reasons(town: Scene) -> None:
    told = _tried(town, changed(M075={"enabled": True, "confidence": "verified"}))
    assert set(told.effects) == {"M075"}
    assert (told.newly, told.ceases, told.refused) == (29, Counter(), Counter({"record_ended": 2}))
    assert told.subjects == 33  # thirty companies, the listed person, and two persons under an order
    examples = told.effects["M075"].newly.examples
    assert len(examples) == EXAMPLES
    assert examples[0] == Reached("公司00", "公司00", "subject")
    assert (told.before, told.as_of) == (CATALOGUE.version, "2026-10-01")
    assert told.after != told.before


def test_a_row_switched_off_ceases_for_everybody_it_reached(town: Scene) -> None:
    off = {"enabled": False, "to_check": ("read the law again",)}
    told = _tried(town, changed(M002=off))
    # Whom a register role suggests is told that the row is switched off; the others that nothing proposes it.
    assert told.ceases == Counter({"switched_off": 29, "disabled": 1})
    assert told.newly == 0


def test_every_way_to_cease_has_its_reason(town: Scene) -> None:
    told = _tried(town, changed(M002={"extends_to": ("actual_controller",)}, M006={"applies_to": ("person",)}))
    assert {reason: tally.count for reason, tally in told.effects["M002"].ceases.items()} == {"role_not_in_law": 1}
    assert told.effects["M002"].unchanged == 29
    assert told.effects["M002"].refused["role_not_in_law"].examples == [
        Reached("公司00", "法人0", "legal_rep"),
        Reached("公司01", "法人1", "legal_rep"),
    ]
    assert told.ceases == Counter({"narrowed": 28, "role_not_in_law": 1})
    other_days = _tried(town, changed(M006={"valid_from": date(2027, 1, 1)}))
    assert other_days.ceases == Counter({"other_days": 29})
    gone = Catalogue.of([row for row in CATALOGUE.measures if row.id != "M006"], CATALOGUE.terms)
    assert _tried(town, gone).ceases == Counter({"row_gone": 29})


def test_rows_that_read_the_same_are_not_asked(town: Scene) -> None:
    assert changed_rows(CATALOGUE, CATALOGUE) == frozenset()
    told = _tried(town, CATALOGUE)
    assert (told.subjects, told.effects) == (0, {})
    terms = replace(CATALOGUE.terms, second_hop=())
    assert len(changed_rows(CATALOGUE, Catalogue.of(CATALOGUE.measures, terms))) == 89


def test_a_simulation_needs_a_day(town: Scene) -> None:
    with pytest.raises(ValueError, match="day"):
        simulate(town.graph, view(None), CATALOGUE, CATALOGUE)


@pytest.mark.parametrize("seed", range(20))
def test_asking_changed_rows_only_tells_what_asking_all_rows_tells(seed: int) -> None:
    town = misleading_town(seed)
    loaded = Loaded(town)
    after = changed(
        M002={"extends_to": ("actual_controller", "directly_responsible_debt")},
        M005={"extends_to": ("main_responsible", "guardian")},
        M075={"enabled": True, "confidence": "verified"},
        M087={"triggered_by": ("penalty_decision",)},
    )
    asked = view(town.day)
    told = simulate(loaded.graph, asked, CATALOGUE, after, loaded.received)
    newly = gone = 0
    for subject in town.subjects:
        answers = [reach(loaded.graph, asked, subject, c, loaded.received) for c in (CATALOGUE, after)]
        was, now = ({(p.measure, p.party.id, p.role) for p in answer.proposed} for answer in answers)
        newly, gone = newly + len(now - was), gone + len(was - now)
    assert (told.newly, sum(told.ceases.values())) == (newly, gone)


def test_a_difference_is_told_field_by_field() -> None:
    after = changed(
        M002={"extends_to": ("legal_rep",), "note": "", "enabled": True},
        M075={"enabled": True, "confidence": "verified", "basis_checked_on": date(2026, 11, 1)},
    )
    one_less = Catalogue.of([row for row in after.measures if row.id != "M089"], CATALOGUE.terms)
    assert [str(change) for change in differences(CATALOGUE, one_less)] == [
        "M002: extends_to: legal_rep; main_responsible; directly_responsible_debt; actual_controller → legal_rep",
        "M002: note: Nine spending kinds incl. plane, soft berth, ship 2nd class+, all G-train seats and 1st class of "
        "other EMU → (none)",
        "M075: enabled: no → yes",
        "M075: confidence: known → verified",
        "M075: basis_checked_on: (none) → 2026-11-01",
        "M089: the row is gone: 从严审慎授信",
    ]
    assert [str(change) for change in differences(one_less, CATALOGUE)][-1] == "M089: a new row: 从严审慎授信"
    terms = replace(CATALOGUE.terms, second_hop=(), suggests=frozenset({"registry"}))
    told = [str(change) for change in differences(CATALOGUE, Catalogue.of(CATALOGUE.measures, terms))]
    assert told == [
        "terms: suggests: officers; registry; shareholders → registry",
        "terms: second_hop: legal_rep_of; actual_controller_of; shareholder_of → (none)",
    ]
    assert differences(CATALOGUE, CATALOGUE) == []

"""Rule packs of units and counties: they narrow, and can do nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.measures.catalogue import Catalogue
from graph.measures.packs import Narrowing, Pack, PackError, load_pack, narrowed
from graph.measures.reach import reach
from tests.graph.measures.adversary import Loaded, Town, misleading_town
from tests.graph.measures.scenes import CATALOGUE, Scene, switched_off, view

ROWS = {row.id: row for row in CATALOGUE.measures}

GOOD = """
issuer: 甲县社会信用办
division: "990001"
basis: 甲信用〔2026〕1号
rows:
  M087: {reason: penalties of persons are not published here, applies_to: [enterprise]}
  M002: {reason: only the head, extends_to: [legal_rep]}
  M020: {reason: nobody further, extends_to: []}
  M006: {reason: not in this county, enabled: false}
"""


def _pack(**rows: Narrowing) -> Pack:
    return Pack("甲县", "990001", "甲信用〔2026〕1号", rows)


def _written(folder: Path, text: str) -> Path:
    path = folder / "pack.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_pack_narrows_rows_and_says_whose_it_is(tmp_path: Path) -> None:
    pack = load_pack(_written(tmp_path, GOOD))
    assert (pack.issuer, pack.division) == ("甲县社会信用办", "990001")
    catalogue = narrowed(CATALOGUE, pack)
    rows = {row.id: row for row in catalogue.measures}
    assert rows["M087"].applies_to == ("enterprise",)
    assert rows["M002"].extends_to == ("legal_rep",)
    assert (rows["M020"].extends_to, rows["M020"].hop_limit, rows["M020"].extends_mode) == ((), 0, "none")
    assert rows["M006"].why_not == (
        "switched off by a rule pack: 甲县社会信用办 (甲信用〔2026〕1号): not in this county"
    )
    assert catalogue.version != CATALOGUE.version
    assert [row for row in catalogue.measures if row != ROWS[row.id]] == [
        rows[m] for m in ("M002", "M006", "M020", "M087")
    ]
    scene = Scene()
    scene.debtor(scene.unit("甲公司"), "c1")
    answer = reach(scene.graph, view(), "甲公司", catalogue)
    assert {p.measure for p in answer.proposed} == {"M002"}
    assert switched_off(answer) == {"M006"}


@pytest.mark.parametrize(
    ("row", "said", "place"),
    [
        ("M008", {"applies_to": ("person", "org")}, "M008: applies_to: org is not within person"),
        ("M077", {"applies_to": ("org",)}, "org is not within gov_organ"),
        ("M002", {"triggered_by": ("penalty_decision",)}, "M002: triggered_by: penalty_decision is not in the row"),
        ("M002", {"extends_to": ("legal_rep", "relative")}, "M002: extends_to: relative is not in the row"),
        ("M006", {"extends_to": ("legal_rep",)}, "M006: extends_to: legal_rep is not in the row"),
        ("M016", {"extends_to": ()}, "without a ruling of its own"),
        ("M002", {"triggered_by": ()}, "triggered_by: nothing is left"),
        ("M002", {"applies_to": ()}, "applies_to: nothing is left"),
        ("M999", {}, "M999: would add a row"),
    ],
)
def test_what_would_widen_is_refused(row: str, said: dict[str, tuple[str, ...]], place: str) -> None:
    with pytest.raises(PackError, match=place):
        narrowed(CATALOGUE, _pack(**{row: replace(Narrowing("why"), **said)}))  # type: ignore[arg-type]


def test_every_place_is_named_at_once() -> None:
    wide = Narrowing("why", applies_to=("org",), triggered_by=("penalty_decision",))
    with pytest.raises(PackError) as caught:
        narrowed(CATALOGUE, _pack(M008=wide, M009=wide, M999=Narrowing("why")))
    assert len(str(caught.value).splitlines()) == 5


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("issuer: 甲县社会信用办\n", "", "issuer is missing"),
        ("basis: ", "basis: # ", "basis is missing"),
        ("enabled: false", "enabled: true", "a pack switches nothing on"),
        ("enabled: false", "enabled: 0", "a pack switches nothing on"),
        ("enabled: false", "hop_limit: 2", "a pack may not change hop_limit"),
        ("{reason: not in this county, enabled", "{enabled", "M006: reason is missing"),
        ("[legal_rep]", "legal_rep", "extends_to is no list of words"),
        ("rows:", "row:", "no rule pack"),
        ("rows:", "extra: 1\nrows:", "unknown: extra"),
        ("rows:", "rows: [", "no rule pack"),
    ],
)
def test_a_pack_with_a_fault_is_not_read(tmp_path: Path, old: str, new: str, fault: str) -> None:
    with pytest.raises(PackError, match=fault):
        load_pack(_written(tmp_path, GOOD.replace(old, new, 1)))


def test_a_row_that_is_off_already_keeps_its_own_reason() -> None:
    catalogue = narrowed(CATALOGUE, _pack(M075=Narrowing("why", off=True)))
    assert catalogue.version == CATALOGUE.version


def _switched_on() -> Catalogue:
    """Every row that may be switched on at all: the more can be proposed, the more a pack could widen."""
    rows = [
        replace(row, enabled=True, confidence="verified") if row.act != "market" and row.hop_limit < 2 else row
        for row in CATALOGUE.measures
    ]
    return Catalogue.of(rows, CATALOGUE.terms)


ON = _switched_on()
TOWNS = [misleading_town(seed) for seed in range(8)]
GRAPHS = [Loaded(town) for town in TOWNS]


def _proposed(town: Town, loaded: Loaded, catalogue: Catalogue) -> set[tuple[str, str, str, str]]:
    found = set()
    for subject in town.subjects:
        answer = reach(loaded.graph, view(town.day), subject, catalogue, loaded.received)
        found |= {(subject, p.measure, p.party.id, p.role) for p in answer.proposed}
    return found


WHOLE = [_proposed(town, loaded, ON) for town, loaded in zip(TOWNS, GRAPHS, strict=True)]

#: Rows that the records of the towns trigger, and words that fit their subjects: where widening would show.
LIVELY = ("M002", "M005", "M006", "M008", "M010", "M016", "M020", "M022", "M073", "M074", "M083", "M087")
KINDS = ("judgment_debtor", "listed_dishonest_debtor", "penalty_decision", "severe_list_any")


def _narrowings(row_id: str) -> st.SearchStrategy[Narrowing]:
    """Any narrowing of a row, many of which widen it and are refused."""
    row = ROWS[row_id]

    def some(own: tuple[str, ...], others: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...] | None]:
        within = st.sets(st.sampled_from(own)) if own else st.just(set[str]())
        anything = st.sets(st.sampled_from((*own, *others)), max_size=3)
        return st.none() | within.map(sorted).map(tuple) | anything.map(sorted).map(tuple)

    return st.builds(
        Narrowing,
        st.just("why"),
        some(row.applies_to, ("person", "org", "enterprise", "gov_organ")),
        some(row.triggered_by, KINDS),
        some(row.extends_to, ("legal_rep", "actual_controller")),
        st.sampled_from((False, False, True)),
    )


@pytest.mark.parametrize("row_id", LIVELY)
def test_a_pack_never_adds_a_proposal(row_id: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(_narrowings(row_id))
    def narrows(narrowing: Narrowing) -> None:
        try:
            catalogue = narrowed(ON, _pack(**{row_id: narrowing}))
        except PackError:
            return
        # Rows answer for themselves: asking the row of the pack is enough, and quick.
        mine = replace(catalogue, measures=tuple(row for row in catalogue.measures if row.id == row_id))
        for town, loaded, before in zip(TOWNS, GRAPHS, WHOLE, strict=True):
            assert _proposed(town, loaded, mine) <= before

    narrows()


def test_a_row_answers_for_itself() -> None:
    off = narrowed(ON, _pack(M002=Narrowing("why", off=True), M087=Narrowing("why", extends_to=())))
    for town, loaded, before in zip(TOWNS, GRAPHS, WHOLE, strict=True):
        assert _proposed(town, loaded, off) == {one for one in before if one[1] != "M002"}

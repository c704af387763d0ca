"""The catalogue: what a row must satisfy, and every row by what it proposes and what it does not."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from graph.measures.cases.argument import argument_of
from graph.measures.catalogue import Catalogue, CatalogueError, Measure
from graph.measures.reach import reach
from graph.measures.report import main, render
from graph.measures.review import MODES, SEPARATE_RULING, problems
from graph.measures.terms import FOLDER
from tests.graph.measures.scenes import CATALOGUE, Scene, view

ROWS = {row.id: row for row in CATALOGUE.measures}
PAGE = Path(__file__).resolve().parents[3] / "docs" / "measures.md"


def test_the_catalogue_has_all_rows() -> None:
    assert len(ROWS) == 89
    assert sum(row.enabled for row in ROWS.values()) == 59
    assert [row.id for row in CATALOGUE.measures] == sorted(ROWS)


@pytest.mark.parametrize("row", CATALOGUE.measures, ids=lambda row: row.id)
def test_a_row_is_proposed_to_its_subject_exactly_when_it_may_be(row: Measure) -> None:
    scene = Scene()
    for kind in row.triggered_by:
        props = {"list": "L01"} if kind == "severe_list_any" else {}
        scene.record(kind, [scene.person(f"张{kind}")], **props)
        scene.record(kind, [scene.unit(f"甲{kind}")], **props)
        for subject in (f"张{kind}", f"甲{kind}"):
            answer = scene.ask(subject)
            (node,) = scene.graph.search(view(), subject, 1, exact=True)
            fits = bool(CATALOGUE.terms.words_of(node) & set(row.applies_to))
            allowed = row.enabled and row.act in ("consequence", "reward")
            expected = allowed and fits and row.extends_mode != SEPARATE_RULING
            assert (row.id in {p.measure for p in answer.proposed}) is expected
            switched_off = row.act == "consequence" and not row.enabled
            assert (row.id in {d.measure for d in answer.disabled}) is switched_off


@pytest.mark.parametrize(
    ("breach", "change"),
    [
        ("although its basis is not verified", {"confidence": "known"}),
        ("go together", {"hop_limit": 0}),
        ("go together", {"extends_to": ()}),
        ("go together", {"extends_mode": "none"}),
        ("go together", {"role_test_date": None}),
        ("may never be reached", {"extends_to": ("legal_rep", "relative")}),
        ("role 'friend' is unknown", {"extends_to": ("friend",)}),
        ("record kind 'rumour' is unknown", {"triggered_by": ("rumour",)}),
        ("record kind 'rumour' is unknown", {"naming_document": "rumour"}),
        ("no entity kind", {"applies_to": ("company",)}),
        ("act 'threat' is unknown", {"act": "threat"}),
        ("second hop", {"hop_limit": 2}),
        ("not 0, 1 or 2", {"hop_limit": 3}),
        ("role_test_date 'today' is unknown", {"role_test_date": "today"}),
        ("no naming document", {"extends_mode": "statutory"}),
        ("no relation shows it", {"extends_to": ("chairman",)}),
        ("without saying what has to be read", {"enabled": False, "to_check": ()}),
        ("without a human decision", {"requires_human_decision": "no"}),
        ("must not be empty", {"applies_to": ()}),
        ("id is not", {"id": "X1"}),
        ("deciding_body must not be empty", {"deciding_body": " "}),
        ("not after valid_from", {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)}),
    ],
)
def test_a_breach_of_the_rules_is_named(breach: str, change: dict[str, object]) -> None:
    row = ROWS["M002"]
    assert problems([row], CATALOGUE.terms) == []
    broken = replace(row, **change)  # type: ignore[arg-type]  # one field at a time, on purpose
    assert any(breach in problem for problem in problems([broken], CATALOGUE.terms))


@pytest.mark.parametrize(
    ("begins", "ends", "holds"),
    [
        (None, None, True),
        (date(2026, 10, 1), None, True),
        (date(2026, 10, 2), None, False),
        (None, date(2026, 10, 2), True),
        (None, date(2026, 10, 1), False),
    ],
)
def test_a_row_outside_its_days_is_not_proposed_and_says_so(
    begins: date | None, ends: date | None, holds: bool
) -> None:
    scene = Scene()
    scene.debtor(scene.unit("甲公司"), "c1")
    rows = [replace(r, valid_from=begins, valid_to=ends) if r.id == "M002" else r for r in CATALOGUE.measures]
    answer = reach(scene.graph, view("2026-10-01"), "甲公司", Catalogue.of(rows, CATALOGUE.terms))
    assert {p.measure for p in answer.proposed} == ({"M002", "M006"} if holds else {"M006"})
    told = {row.measure: row.reason for row in answer.disabled}
    assert told == ({} if holds else {"M002": f"not in force on this day: the law holds {_row_days(begins, ends)}"})


def _row_days(begins: date | None, ends: date | None) -> str:
    return " ".join([*([f"from {begins}"] if begins else []), *([f"until {ends}"] if ends else [])])


def test_the_court_decides_where_others_only_assist() -> None:
    by_court = {row.id for row in ROWS.values() if row.deciding_body == "court"}
    assert by_court == {"M001", "M002", "M003", "M004", "M005", "M006", "M007", "M011", "M016"}
    elsewhere = {row.id for row in ROWS.values() if row.deciding_body not in row.implementing_department}
    assert elsewhere == {"M003"}
    scene = Scene()
    scene.order(scene.person("张一"), "subject", "c1")
    (found,) = [p for p in scene.ask("张一").proposed if p.measure == "M003"]
    assert argument_of(found, found.party, ROWS["M003"], CATALOGUE)["deciding"] == "court"


def test_an_id_stands_once() -> None:
    assert problems([ROWS["M002"], ROWS["M002"]], CATALOGUE.terms) == ["M002: more than one row"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("    term: ", "    terms: ", "missing or unknown: term, terms"),
        ("    hop_limit: 1", "    hop_limit: true", "hop_limit is not of type"),
        ("    enabled: true", "    enabled: 'yes'", "enabled is not of type"),
        ("    confidence: verified", "    confidence: known", "not verified"),
    ],
)
def test_a_folder_with_a_fault_is_not_loaded(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(FOLDER, folder)
    assert Catalogue.load(folder) == CATALOGUE
    path = folder / "court_enforcement.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=complaint):
        Catalogue.load(folder)


def test_every_breach_of_a_folder_is_named_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(FOLDER, folder)
    for name, old, new in (
        ("court_enforcement.yaml", "    term: until lifted by court", "    terms: until lifted by court"),
        ("positions.yaml", "    hop_limit: 0", "    hop_limit: 1.5"),
        ("rewards.yaml", "    confidence: known", "    confidence: rumour"),
    ):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    (folder / "odd.yaml").write_text("measures: [", encoding="utf-8")
    (folder / "other.yaml").write_text("rows: []", encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        Catalogue.load(folder)
    told = str(caught.value).splitlines()
    assert len(told) == 5
    for part in (
        "missing or unknown: term, terms",
        "hop_limit is not",
        "confidence 'rumour'",
        "odd.yaml",
        "other.yaml",
    ):
        assert any(part in line for line in told)


def test_the_version_changes_with_the_content_alone(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(FOLDER, folder)
    path = folder / "tax.yaml"
    path.rename(folder / "renamed.yaml")
    assert Catalogue.load(folder).version == CATALOGUE.version
    text = (folder / "renamed.yaml").read_text(encoding="utf-8")
    (folder / "renamed.yaml").write_text(text.replace("basis_checked_on: null", "basis_checked_on: 2026-11-01", 1))
    assert Catalogue.load(folder).version != CATALOGUE.version


def test_only_naming_modes_have_a_document_and_it_is_given_where_a_source_carries_it() -> None:
    named = {row.id: row.naming_document for row in ROWS.values() if row.naming_document}
    assert named == {
        "M002": "consumption_restriction_order",
        "M005": "exit_restriction_decision",
        "M020": "wage_arrears_list",
        "M022": "tax_arrears_record",
    }
    assert {MODES[ROWS[row_id].extends_mode] for row_id in named} == {"case", "record"}


def test_the_page_is_up_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert PAGE.read_text(encoding="utf-8") == render(CATALOGUE)
    stale = tmp_path / "measures.md"
    assert main(["--check", str(stale)]) == 1
    assert "out of date" in capsys.readouterr().err
    assert main([str(stale)]) == 0
    assert main(["--check", str(stale)]) == 0
    stale.write_text("x", encoding="utf-8")
    assert main(["--check", str(stale)]) == 1
    assert all(f"| {row_id} |" in render(CATALOGUE) for row_id in ROWS)

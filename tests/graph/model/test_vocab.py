"""The code lists are whole: columns filled, codes unique, references held; the glossary covers the code."""

from pathlib import Path

import pytest

from graph.model import glossary
from graph.model.claims import KEY_RANK, type_names
from graph.model.ontology import ontology
from graph.model.text import norm_case_no
from graph.model.vocab import names, table

KEYS = {
    "penalty_kinds": "id",
    "openness_classes": "id",
    "record_kinds": "id",
    "person_roles": "id",
    "practitioner_categories": "id",
    "intermediary_categories": "id",
    "court_types": "id",
    "case_type_codes": "code",
    "entity_kinds": "id",
    "traditional_simplified": "traditional",
}


def test_all_tables_are_known_and_described() -> None:
    readme = (Path(glossary.__file__).parent / "vocab" / "README.md").read_text(encoding="utf-8")
    assert set(names()) == {*KEYS, "glossary"}
    assert all(f"`{name}`" in readme for name in names())


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_rows_are_whole_and_codes_unique(name: str, key: str) -> None:
    rows = table(name)
    columns = list(rows[0])
    assert all(list(row) == columns and None not in row.values() for row in rows)
    codes = [row[key] for row in rows]
    assert all(codes) and len(set(codes)) == len(codes)


def test_callers_cannot_change_a_table() -> None:
    table("penalty_kinds")[0]["name_zh"] = "changed"
    assert table("penalty_kinds")[0]["name_zh"] == "警告"


@pytest.mark.parametrize("name", ["nothing", "../ontology", ""])
def test_an_unknown_table_is_an_error(name: str) -> None:
    with pytest.raises(LookupError):
        table(name)


def test_kinds_of_entities_have_known_parents() -> None:
    rows = table("entity_kinds")
    assert {row["parent"] for row in rows} - {""} <= {row["id"] for row in rows}


def test_every_type_code_makes_a_case_number() -> None:
    for row in table("case_type_codes"):
        old = row["code"].endswith("字")
        text = f"（2014）泉{row['code']}第7号" if old else f"（2024）闽0502{row['code']}7号"
        assert norm_case_no(text) == text


def test_simplified_characters_are_ends_of_the_folding() -> None:
    pairs = {row["traditional"]: row["simplified"] for row in table("traditional_simplified")}
    assert len(pairs) > 4000
    assert all(len(left) == len(right) == 1 for left, right in pairs.items())
    assert not pairs.keys() & set(pairs.values())
    assert pairs["瀾"] == "澜"


def test_the_glossary_is_current() -> None:
    assert glossary.main(["--check"]) == 0


def test_the_glossary_has_every_word_once() -> None:
    page = glossary.render()
    words = ontology()
    for term in (*words.kinds.values(), *words.labels.values(), *words.relations.values()):
        assert f"| {term.zh} | `{term.name}` | {term.en} |" in page
    by_section: dict[str, list[str]] = {}
    for row in table("glossary"):
        assert all(row.values())
        by_section.setdefault(row["section"], []).append(row["code"])
    assert all(len(set(codes)) == len(codes) for codes in by_section.values())
    assert set(by_section["Keys"]) == set(KEY_RANK)
    assert set(by_section["Visibility"]) == set(type_names)


def test_an_old_or_missing_page_is_told_and_rewritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "glossary.md"
    assert glossary.main(["--check"], page) == 1
    assert "not current" in capsys.readouterr().err
    page.write_text("old", encoding="utf-8")
    assert glossary.main(["--check"], page) == 1
    assert glossary.main([], page) == 0
    assert glossary.main(["--check"], page) == 0
    assert glossary.main(["--wrong"], page) == 2

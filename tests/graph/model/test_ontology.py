"""The ontology is sound, complete for the contract, and says what is wrong with a bad one."""

import pytest
import yaml

from graph.model.ontology import (
    PATH_RELATIONS,
    SUBJECT_KINDS,
    OntologyError,
    kind,
    label,
    ontology,
    read,
    relation,
)

KIND = {"name": "company", "neo4j": "Company", "zh": "企业", "en": "company"}
RELATION = {"name": "owns", "neo4j": "OWNS", "zh": "持有", "en": "owns", "from": ["company"], "to": ["company"]}
LABEL = {"name": "agent", "neo4j": "Agent", "zh": "代理", "en": "agent", "bearers": ["company"]}


def written(**changes: object) -> str:
    """A small sound ontology as YAML, with changes."""
    return yaml.safe_dump({"kinds": [KIND], "labels": [LABEL], "relations": [RELATION], **changes}, allow_unicode=True)


def test_paths_prefer_relations_in_the_order_of_the_contract() -> None:
    assert PATH_RELATIONS == (
        "legal_rep_of",
        "shareholder_of",
        "director_of",
        "supervisor_of",
        "manager_of",
        "main_responsible_of",
        "actual_controller_of",
        "branch_of",
        "guarantor_for",
        "practises_at",
    )


def test_subjects_are_the_kinds_of_entities() -> None:
    assert set(SUBJECT_KINDS) == {
        "company",
        "branch",
        "person",
        "individual_business",
        "department",
        "court",
        "other_org",
    }
    assert not kind("penalty").subject


def test_one_entry_of_each_class() -> None:
    assert (kind("other_org").neo4j, kind("other_org").zh) == ("OtherOrg", "其他组织")
    assert kind("company").ftm is not None
    assert kind("repair").ftm is None
    assert label("practitioner").on == ("person",)
    guarantee = relation("guarantor_for")
    assert (guarantee.neo4j, guarantee.identity, guarantee.path) == ("GUARANTOR_FOR", ("contract_no",), True)
    assert relation("shareholder_of").joins("person", "company")
    assert not relation("shareholder_of").joins("company", "person")
    assert relation("director_of").identity == relation("manager_of").identity == ("title",)


def test_every_entry_has_both_languages_and_path_ends_are_subjects() -> None:
    words = ontology()
    for term in (*words.kinds.values(), *words.labels.values(), *words.relations.values()):
        assert term.zh and term.en
        assert term.name == term.name.lower()
    for entry in words.relations.values():
        assert entry.neo4j == entry.name.upper()
        if entry.path:
            assert {*entry.source_kinds, *entry.target_kinds} <= set(SUBJECT_KINDS)


def test_an_unknown_word_is_an_error() -> None:
    for look_up in (kind, label, relation):
        with pytest.raises(KeyError):
            look_up("nothing")


def test_a_sound_text_is_read() -> None:
    words = read(written())
    assert words.relations["owns"].joins("company", "company")
    assert words.labels["agent"].on == ("company",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"relations": [{**RELATION, "to": ["firm"]}]}, "owns: its ends are no known kinds: .'firm'."),
        ({"relations": [{**RELATION, "from": []}]}, "owns: its ends"),
        ({"labels": [{**LABEL, "bearers": ["firm"]}]}, "agent: its ends"),
        ({"kinds": [KIND, KIND]}, "company: given twice"),
        ({"kinds": [KIND, {**KIND, "name": "firm"}]}, "firm: given twice"),
        ({"labels": [{**LABEL, "name": "company"}]}, "company: given twice"),
        ({"relations": [RELATION, RELATION]}, "owns: given twice"),
        ({"relations": [{**RELATION, "neo4j": "OWNS`) DETACH"}]}, "owns: .* is no name for Neo4j"),
        ({"kinds": [{**KIND, "neo4j": "company"}]}, "company: .* is no name for Neo4j"),
    ],
)
def test_a_contradiction_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(OntologyError, match=message):
        read(written(**changes))

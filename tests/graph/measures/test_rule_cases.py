"""Every row of the catalogue by the cases beside it: what a lawyer wrote is what the engine says."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from graph.measures.rulecases import (
    FILED,
    MARKS,
    PUBLISHED,
    RECORDED,
    STATES,
    Paper,
    RoleLine,
    RuleCase,
    RuleCaseError,
    load_rule_cases,
    missing_cases,
)
from graph.model.effects import Effect, dump
from graph.model.vocab import table
from graph.store.base import Value
from tests.graph.measures.scenes import CATALOGUE, Scene

CASES = load_rule_cases()
ALL = [case for found in CASES.values() for case in found]

_CASE, _OTHER_CASE = "（2025）闽9901执9001号", "（2025）闽9901执9002号"
_LISTS = {row["id"]: row["list_id"] for row in table("record_kinds")}
_PREFIXES = {row["id"]: row["uscc_prefix"].split(",")[0] for row in table("entity_kinds")}
_NODE_KINDS = {"enterprise": "company", "branch": "branch", "individual_business": "individual_business"}


class Court(Scene):
    """The scene of one case: its subject, what is on record of it, and whoever is named."""

    def __init__(self, case: RuleCase) -> None:
        super().__init__()
        self.case = case
        self.subject = self._subject()
        self.made: set[str] = set()
        for paper in case.records:
            self._paper(paper, [self.subject])
        for paper in case.documents:
            self._paper(paper, [])
        for line in case.roles:
            self._role(line)

    def _subject(self) -> str:
        kind, _, without = self.case.subject.partition(" without ")
        if kind == "person":
            return self.person("某人", numbered=not without)
        return self.unit("某单位", _NODE_KINDS.get(kind, "other_org"), _PREFIXES[kind], code=not without)

    def _somebody(self, name: str, *, numbered: bool = True) -> str:
        if name not in self.made:
            self.made.add(name)
            self.person(name, numbered=numbered)
        return name

    def _paper(self, paper: Paper, about: Sequence[str]) -> None:
        numbered, of_person = "unnumbered" not in paper.marks, not about
        on_paper = [{"name": name, "role": role} for name, role in paper.names if about and not numbered]
        people = [(self._somebody(n, numbered=numbered), role) for n, role in paper.names if of_person or numbered]
        date = PUBLISHED if of_person else RECORDED
        props = {"list": _LISTS.get(paper.kind, ""), "date": date, "active_from": date} | _standing(paper)
        if of_person:
            props |= {"filed": FILED, "published": PUBLISHED}
        if "other_unit" in paper.marks:
            props["unit_name"] = "另一单位"
        if on_paper:
            props["named_only"] = json.dumps(on_paper)
        listed = [name for name, _ in people]
        case = _OTHER_CASE if "other_case" in paper.marks else _CASE
        record = self.record(paper.kind, [*about, *listed], case=case, **props)
        for name, role in people:
            said: dict[str, Value] = {"adult": "no" if "minor" in paper.marks else "yes"}
            self.graph.add_edge("names", record, name, props=said | ({"role": role} if role else {}))

    def _role(self, line: RoleLine) -> None:
        unit = line.unit or self.subject
        if line.unit and line.unit not in self.made:
            self.made.add(self.unit(line.unit))
        person, relation = self._somebody(line.person), CATALOGUE.terms.relations[line.role]
        if line.seen:
            self.snapshot(person, unit, line.seen)
        else:
            self.officer(person, unit, line.start, line.end, relation)


def _standing(paper: Paper) -> dict[str, str]:
    state = next((state for state in STATES if state in paper.marks), "")
    if state in ("withdrawn", "expired"):
        return {"active_to": "2026-01-01", "end_kind": state}
    if state in ("repaired", "objected"):
        return {"effects": dump([Effect("repaired" if state == "repaired" else "objected", "2026-01-01")])}
    return {"active_from": "2026-12-31"} if state == "future" else {}


def says(case: RuleCase) -> tuple[list[str], dict[str, str], bool]:
    """What the row of a case says in its scene: proposed, refused, switched off."""
    scene = Court(case)
    answer = scene.ask(scene.subject, case.day)

    def name(node_name: str) -> str:
        return "subject" if node_name == scene.subject else node_name

    proposed = [name(p.party.name) for p in answer.proposed if p.measure == case.row]
    refused = {name(r.party_name): r.reason for r in answer.not_reached if r.measure == case.row}
    return sorted(proposed), refused, case.row in {row.measure for row in answer.disabled}


@pytest.mark.parametrize("row", CASES)
def test_a_row_does_what_its_cases_say(row: str) -> None:
    for case in CASES[row]:
        expected = sorted(case.proposed), dict(case.refused), case.switched_off
        assert says(case) == expected, case.says


def test_every_row_has_a_positive_and_a_negative_case() -> None:
    assert missing_cases(CATALOGUE, CASES) == []
    assert set(CASES) == {row.id for row in CATALOGUE.measures}


def test_cases_that_are_missing_or_say_nothing_are_named() -> None:
    lost = {row: found for row, found in CASES.items() if row != "M003"} | {"M999": CASES["M003"]}
    assert missing_cases(CATALOGUE, lost) == [
        "M999: has cases but is no row",
        "M003: no positive case",
        "M003: no negative case",
    ]
    only = {**CASES, "M003": tuple(case for case in CASES["M003"] if case.positive)}
    assert missing_cases(CATALOGUE, only) == ["M003: no negative case"]
    good, bad = CASES["M003"][0], CASES["M003"][-1]
    for wrong, fault in (
        (replace(good, proposed=()), "a positive case shows"),
        (replace(good, records=()), "a positive case shows"),
        (replace(bad, proposed=("subject",), refused={}), "a negative case shows"),
        (replace(bad, records=(Paper("rumour", (), frozenset()),)), "record kind 'rumour' is unknown"),
    ):
        (found,) = missing_cases(CATALOGUE, {**CASES, "M003": (good, bad, wrong)})
        assert fault in found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("M003: {positive: [{says: x, subject: person, records: [judgment_debtor sleeping]}]}", "'sleeping'"),
        ("M003: {positive: [{says: x, subject: person, roles: [张一]}]}", "expected PERSON ROLE"),
        ("M003: {positive: [{says: x, subject: person, refuse: {}}]}", "unknown: refuse"),
        ("M003: {positive: [{subject: person}]}", "says"),
        ("M003: {likely: []}", "neither positive nor negative"),
        ("M003: {positive: [{says: x, subject: person, records: judgment_debtor}]}", "no list of lines"),
        ("M003: [", "cases/a.yaml"),
    ],
)
def test_a_file_of_cases_with_a_fault_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleCaseError, match=fault):
        load_rule_cases(tmp_path)


def test_the_cases_speak_of_every_state_and_mark() -> None:
    used = {mark for case in ALL for paper in (*case.records, *case.documents) for mark in paper.marks}
    assert used == {*STATES, *MARKS}
    reasons = {reason for case in ALL for reason in case.refused.values()}
    assert len(reasons) == 9

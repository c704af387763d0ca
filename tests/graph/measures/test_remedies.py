"""What dated data tell of repairs and objections: clocks, severity, display; and what the machine holds them to."""

import pytest

from graph.measures.cases.clocks import Dated, clock_on, dated_clocks, due
from graph.measures.cases.machine import kinds
from graph.measures.cases.remedies import PENDING, REMEDIES
from graph.measures.cases.severity import later, severity_of
from graph.store.base import Node
from ingest import registry
from ingest.schema import SourceSpec

DAY = "2026-10-01"


def _record(kind: str, **props: str) -> Node:
    return Node("n1", kind, (), kind, (), {"date": "2026-05-31", **props}, ("rec:x/1",))


@pytest.mark.parametrize(
    ("kinds_of_penalty", "expected"),
    [
        ("警告", "轻微"),
        ("警告;通报批评", "轻微"),
        ("警告;没收违法所得", "一般"),
        ("罚款;吊销许可证件", "严重"),
        ("罚款", None),
        ("警告;罚款", None),
        ("", None),
    ],
)
def test_the_most_severe_kind_governs_and_what_no_data_tell_is_not_known(
    kinds_of_penalty: str, expected: str | None
) -> None:
    found = severity_of(_record("penalty", kinds=kinds_of_penalty), DAY)
    assert found.severity == expected
    assert (found.until is None) == (expected is None)


def test_display_runs_from_the_decision_and_no_rule_holds_before_its_day() -> None:
    found = severity_of(_record("penalty", kinds="没收违法所得"), DAY)
    assert (found.shortest, found.longest, found.earliest, found.until) == (3, 12, "2026-08-31", "2027-05-31")
    assert (found.confidence, found.start) == ("verified", "doubtful")
    assert severity_of(_record("penalty", kinds="警告"), "2026-03-31").until is None
    assert severity_of(_record("penalty", kinds="罚款"), DAY, "一般").until == "2027-05-31"


def test_an_entry_of_a_severe_list_is_shown_for_the_term_of_its_list() -> None:
    found = severity_of(_record("list_entry", list="L01"), DAY)
    assert (found.severity, found.longest, found.until) == ("严重", None, None)
    assert severity_of(_record("list_entry", list="L03"), DAY).severity is None


def test_months_end_on_the_last_day_of_a_shorter_one() -> None:
    assert [later("2026-01-31", n) for n in (0, 1, 12, 13)] == ["2026-01-31", "2026-02-28", "2027-01-31", "2027-02-28"]


def test_the_clock_of_the_day_holds() -> None:
    old, new = (Dated("repair", "forwarded", n, "x", "known", "entered", d) for n, d in ((3, "2026-04-01"), (2, DAY)))
    assert clock_on("repair", "forwarded", "2026-03-31", (old, new)) is None
    assert [c.working_days for d in ("2026-04-01", DAY) if (c := clock_on("repair", "forwarded", d, (new, old)))] == [
        3,
        2,
    ]


def test_a_verification_keeps_the_day_of_the_acceptance_and_an_extension_adds_to_it() -> None:
    accepted = due("repair", "accepted", "2026-10-12")
    assert accepted == "2026-10-26"
    assert due("repair", "verifying", "2026-10-14", accepted) == accepted
    assert due("repair", "extended", "2026-10-14", accepted) == "2026-11-09"


def test_clocks_are_of_states_that_there_are_and_numbers_stand_in_dated_data_alone() -> None:
    for clock in dated_clocks():
        assert kinds()[clock.kind].states[clock.state].open
        assert clock.confidence != "verified", "none was read in the text of the rule yet"
    for kind in REMEDIES:
        told = kinds()[kind]
        assert all(state.turn for state in told.states.values())
        assert PENDING[kind] <= {state.name for state in told.states.values() if state.open}


@pytest.mark.parametrize(("kind", "source"), [("repair", "repairs"), ("objection", "objections")])
def test_words_are_those_of_the_source(kind: str, source: str) -> None:
    spec = registry.spec(source)
    assert isinstance(spec, SourceSpec)
    for field, words in kinds()[kind].words.items():
        assert words == tuple(spec.by_name[field].values)


@pytest.mark.parametrize("kind", sorted(REMEDIES))
def test_every_state_is_reached_and_every_open_one_left(kind: str) -> None:
    told = kinds()[kind]
    assert {step.target for step in told.transitions.values()} == set(told.states)
    assert all(told.next(state.name) for state in told.states.values() if state.open)
    assert [step.name for step in told.transitions.values() if not step.sources] == ["apply"]

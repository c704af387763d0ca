"""Beneficial owners: dated rule sets, the side of the cut, the order of criteria, and what is not read stays off."""

from fractions import Fraction

import pytest

from graph.analysis.ownership.owners import RuleSet, Standing, beneficial_owners, in_force, rule_sets

QUARTER = Fraction(1, 4)


def _told(rules: RuleSet, *people: Standing, state: bool = False) -> list[tuple[str, str, bool, bool]]:
    found = beneficial_owners(rules, people, state_controlled=state)
    return [(one.person, one.criterion.article, one.sure, one.consider) for one in found]


def test_rule_sets_are_dated_and_the_latest_in_force_is_taken() -> None:
    assert [r.id for r in rule_sets().values()] == ["CN-2024-3", "CN-2017-235"]
    days = {
        "2026-10-01": "CN-2024-3",
        "2024-11-01": "CN-2024-3",
        "2024-10-31": "CN-2017-235",
        "2017-10-20": "CN-2017-235",
    }
    for day, expected in days.items():
        rules = in_force(day)
        assert rules is not None and rules.id == expected
    assert in_force("2017-10-19") is None


@pytest.mark.parametrize(("rule", "at_the_cut"), [("CN-2024-3", True), ("CN-2017-235", False)])
def test_exactly_a_quarter_is_in_by_one_rule_and_out_by_the_other(rule: str, at_the_cut: bool) -> None:
    rules = rule_sets()[rule]
    assert bool(_told(rules, Standing("p", share=QUARTER))) is at_the_cut
    assert _told(rules, Standing("p", share=QUARTER + Fraction(1, 10000)))
    assert not _told(rules, Standing("p", share=QUARTER - Fraction(1, 10000)))


def test_any_criterion_is_enough_in_2024_and_the_first_that_finds_somebody_in_2017() -> None:
    people = (
        Standing("p", share=Fraction(2, 5)),
        Standing("q", votes=Fraction(2, 5)),
        Standing("r", controls="together"),
    )
    new = _told(rule_sets()["CN-2024-3"], *people)
    assert [(who, article) for who, article, _, _ in new] == [
        ("p", "Art. 6(1)"),
        ("q", "Art. 6(2)"),
        ("r", "Art. 6(3)"),
    ]
    assert [who for who, *_ in _told(rule_sets()["CN-2017-235"], *people)] == ["p"]
    assert [who for who, *_ in _told(rule_sets()["CN-2017-235"], *people[1:])] == ["q"]


def test_each_person_is_found_by_the_first_criterion_that_fits() -> None:
    found = _told(rule_sets()["CN-2024-3"], Standing("p", share=Fraction(3, 5), votes=Fraction(3, 5), controls="alone"))
    assert found == [("p", "Art. 6(1)", True, False)]


def test_what_a_missing_share_allows_is_possible_and_no_more() -> None:
    rules = rule_sets()["CN-2024-3"]
    unsure = Standing("p", share=Fraction(1, 10), most=Fraction(3, 10))
    assert _told(rules, unsure) == [("p", "Art. 6(1)", False, False)]
    assert _told(rules, Standing("p", share=Fraction(1, 10), most=Fraction(1, 5))) == []
    by_votes = Standing("p", share=Fraction(1, 10), most=Fraction(3, 10), votes=Fraction(3, 10))
    assert _told(rules, by_votes) == [("p", "Art. 6(2)", True, False)]


def test_an_office_counts_only_where_nobody_is_found_and_somebody_has_read_the_law() -> None:
    officer = Standing("m", offices=("manager_of", "legal_rep_of"))
    old, new = rule_sets()["CN-2017-235"], rule_sets()["CN-2024-3"]
    assert _told(old, officer) == [("m", "164号 三(一)3", True, True)]
    assert _told(old, officer, Standing("p", share=Fraction(1, 2))) == [("p", "235号 一(三)1", True, False)]
    assert _told(new, officer) == [] == _told(new, officer, state=True)
    assert [c.article for c in new.criteria if not c.enabled] == ["Art. 7", "Art. 8"]

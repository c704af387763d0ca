"""Control by more than half of the votes: one least set, joint votes, groups, treasury shares, declared controllers."""

from fractions import Fraction

from hypothesis import given, settings

from graph.analysis.ownership.control import Votes, candidates, controllers, without_subsidiaries
from graph.analysis.ownership.register import Declared, Group, Register
from tests.graph.analysis.registers import majority, register, sound


def _heads(held: Register, company: str, *, declared: bool = False) -> list[str]:
    return [one.holder for one in controllers(without_subsidiaries(held), company, declared=declared)]


@settings(max_examples=200, deadline=None)
@given(sound())
def test_control_is_the_least_set_that_majority_closes(held: Register) -> None:
    votes = Votes(held)
    for holder in votes.holders():
        assert set(votes.controlled(holder)) == majority(held.holdings, holder)


@settings(max_examples=100, deadline=None)
@given(sound())
def test_who_controls_is_controlled_by_nobody_but_those_he_controls(held: Register) -> None:
    votes = Votes(held)
    for company in votes.rows:
        for one in controllers(votes, company):
            assert one.steps[-1].company == company or company in {step.company for step in one.steps}
            over = {h for h in votes.holders() if one.holder in majority(held.holdings, h)}
            assert over <= majority(held.holdings, one.holder)
            for step in one.steps:
                assert sum(step.by.values()) == step.votes > Fraction(1, 2)


def test_exactly_half_controls_nothing_and_joint_votes_do() -> None:
    assert _heads(register("p>a 50, q>a 50", "p q"), "a") == []
    held = register("p>a 60, p>c 30, a>c 21, q>c 49", "p q")
    assert _heads(held, "c") == ["p"]
    steps = controllers(Votes(held), "c")[0].steps
    assert [(s.company, s.votes) for s in steps] == [("a", Fraction(3, 5)), ("c", Fraction(51, 100))]
    assert steps[1].by == {"p": Fraction(3, 10), "a": Fraction(21, 100)}


def test_a_ring_that_controls_itself_names_its_other_members() -> None:
    held = register("l>a 5, l>b 10, b>a 35, c>a 60, a>b 40, c>b 50, a>c 55, b>c 45", "l")
    assert {c: _heads(held, c) for c in "abc"} == {"a": ["c"], "b": ["a", "c"], "c": ["a"]}


def test_votes_add_up_beyond_one_hundred_without_being_made_smaller() -> None:
    held = register("a>b 90, c>b 90, a>c 100")
    assert Votes(held).controlled("a")["b"].votes == Fraction(9, 5)


def test_a_company_has_no_vote_in_itself() -> None:
    held = register("v>v 20, p>v 45, q>v 35", "p q")
    assert _heads(held, "v") == ["p"]
    assert controllers(Votes(held), "v")[0].steps[0].votes == Fraction(9, 16)


def test_a_subsidiary_of_a_listed_company_has_no_vote_in_it() -> None:
    told = "p>v 45, v>s 80, s>v 20, q>v 35"
    assert _heads(register(told, "p q"), "v") == []
    assert _heads(register(told, "p q", listed=frozenset("v")), "v") == ["p"]


def test_a_declared_group_votes_as_one_at_its_company_only() -> None:
    group = (Group("g", "c", ("p", "q")),)
    held = register("p>c 30, q>h 60, h>c 25, r>c 45, c>d 40, p>d 20, r>d 40", "p q r", groups=group)
    found = controllers(Votes(held), "c")
    assert [one.holder for one in found] == ["g"]
    assert found[0].steps[0].by == {"p": Fraction(3, 10), "h": Fraction(1, 4)}
    # At d the members have made no agreement: 40 by c, and p's own 20 do not count for the group.
    assert _heads(held, "d") == []
    assert Votes(register("p>c 30, q>c 20, r>c 50", "p q r", groups=group)).controlled("g") == {}
    reaches = register("p>c 30, q>c 25, r>c 45, c>d 60", "p q r", groups=group)
    assert _heads(reaches, "d") == ["g"]


def test_a_declared_controller_is_told_beside_the_computed_one() -> None:
    held = register("p>a 60, a>t 60, x>t 10", "p x", declared=(Declared("x", "t"),))
    assert _heads(held, "t") == ["p"]
    assert _heads(held, "t", declared=True) == ["x"]
    above = register("p>a 60, a>t 60", "p x", declared=(Declared("x", "a"),))
    assert _heads(above, "t", declared=True) == ["x"]
    assert _heads(register("p>a 60, a>t 60", "p"), "t", declared=True) == []
    same = register("p>t 60", "p", declared=(Declared("p", "t"),))
    assert _heads(same, "t", declared=True) == ["p"]


def test_the_others_are_named_with_what_they_lack() -> None:
    held = register("p>a 60, a>t 60, q>t 40", "p q")
    votes = Votes(held)
    told = candidates(votes, "t", controllers(votes, "t"))
    assert [(c.holder, c.reason, c.by) for c in told] == [("a", "controlled", ("p",)), ("q", "not_over_half", ())]
    assert told[1].votes == Fraction(2, 5)

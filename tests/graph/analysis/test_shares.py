"""Integrated shares: against another way of working them out, against random walks, and on shapes that break tools."""

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings

from graph.analysis.ownership.chains import heaviest, tree
from graph.analysis.ownership.linear import EXACT, Singular, inverse
from graph.analysis.ownership.register import Holding, Register, capital_rows
from graph.analysis.ownership.shares import above, held_by, look_through
from tests.graph.analysis.registers import integrated, register, sound


def _share(held: Register, holder: str, company: str) -> Fraction:
    part = look_through(capital_rows(held), company, held.persons).shares.get(holder, Fraction(0))
    assert isinstance(part, Fraction)
    return part


@settings(max_examples=150, deadline=None)
@given(sound())
def test_up_and_down_and_plain_elimination_agree(held: Register) -> None:
    rows = capital_rows(held)
    for company in rows:
        up = look_through(rows, company, held.persons)
        assert not up.closed and not up.inconsistent and not up.unnumbered
        for holder in sorted({h.owner for h in held.holdings} - {company}):
            expected = integrated(held.holdings, holder)
            assert expected is not None
            assert up.shares.get(holder, 0) == expected[company] == held_by(rows, holder).get(company, 0)
        persons = sum((up.shares.get(p, Fraction(0)) for p in held.persons), Fraction(0))
        assert up.unattributed is not None
        assert persons + up.unattributed == 1


@settings(max_examples=40, deadline=None)
@given(sound())
def test_a_random_walk_stays_with_a_holder_as_often_as_he_has_shares(held: Register) -> None:
    rows, dice, walks = capital_rows(held), random.Random(5), 3000
    company = max(rows)
    ends: dict[str, int] = {}
    for _ in range(walks):
        node = company
        while node in rows:
            pick, node_next = dice.random(), ""
            for owner, part in rows[node].known.items():
                pick -= float(part)
                if pick < 0:
                    node_next = owner
                    break
            node = node_next
        ends[node] = ends.get(node, 0) + 1
    shares = look_through(rows, company, held.persons).shares
    for person in held.persons:
        expected = float(shares.get(person, 0))
        assert abs(ends.get(person, 0) / walks - expected) < 6 * (expected * (1 - expected) / walks) ** 0.5 + 0.004


@settings(max_examples=80, deadline=None)
@given(sound())
def test_chains_and_their_rest_make_the_whole_share(held: Register) -> None:
    rows = capital_rows(held)
    company = max(rows)
    for holder, part in look_through(rows, company, held.persons).shares.items():
        few, many = heaviest(rows, holder, company, part, 1), heaviest(rows, holder, company, part, 1000)
        assert sum((c.part for c in many.chains), Fraction(0)) + many.rest == part
        assert many.rest >= 0 and not many.cut
        assert [c.part for c in many.chains] == sorted((c.part for c in many.chains), reverse=True)
        assert few.chains == many.chains[:1]
        for chain in many.chains:
            assert (chain.nodes[0], chain.nodes[-1]) == (holder, company)
            assert len(set(chain.nodes)) == len(chain.nodes)


def test_the_only_outsider_of_a_ring_has_all_of_it() -> None:
    held = register("l>a 5, l>b 10, b>a 35, c>a 60, a>b 40, c>b 50, a>c 55, b>c 45", "l")
    assert {c: _share(held, "l", c) for c in "abc"} == {"a": 1, "b": 1, "c": 1}
    assert _share(held, "a", "b") == Fraction(27, 31)


def test_nobody_is_counted_again_through_himself() -> None:
    held = register("a>b 50, b>a 50, p>a 50, q>b 50", "p q")
    assert _share(held, "a", "b") == Fraction(1, 2)
    assert _share(held, "p", "b") == Fraction(1, 3)


def test_sixty_levels_and_a_ladder_of_many_paths_are_exact_and_quick() -> None:
    tower = register(",".join(f"c{i + 1}>c{i} 99" for i in range(60)))
    assert _share(tower, "c60", "c0") == Fraction(99, 100) ** 60
    steps = [f"{a}{i + 1}>{b}{i} 50" for i in range(30) for a in "xy" for b in "xy"]
    ladder = register(",".join([*steps, "p>x30 80, p>y30 60"]), "p")
    assert _share(ladder, "p", "x0") == Fraction(7, 10)


@pytest.mark.parametrize("size", [5, 12, 30, EXACT + 10])
def test_a_ring_of_nearly_all_is_solved_and_a_large_one_in_floating_point(size: int) -> None:
    links = [f"c{i}>c{(i + 1) % size} 99.99" for i in range(size)]
    held = register(",".join([*links, "p>c0 0.01"]), "p")
    found = look_through(capital_rows(held), "c0", held.persons)
    part = found.shares["p"]
    # The other companies have a hundredth of a percent each that nobody is told to have.
    expected = Fraction(1, 10000) / (1 - Fraction(9999, 10000) ** size)
    assert isinstance(part, Fraction) is (size <= EXACT)
    assert abs(float(part - expected)) < 1e-12
    assert found.unattributed is not None
    assert abs(float(part + found.unattributed) - 1) < 1e-9


def test_what_a_company_holds_in_itself_is_cancelled() -> None:
    held = register("v>v 20, p>v 60, q>v 20", "p q")
    assert _share(held, "p", "v") == Fraction(3, 4)
    assert _share(held, "v", "v") == 0


def test_a_ring_without_an_outsider_has_no_number_and_says_so() -> None:
    held = register("a>b 100, b>a 100, p>t 40, a>t 60", "p")
    rows = capital_rows(held)
    found = look_through(rows, "a", held.persons)
    assert (found.shares, found.unattributed, found.closed) == ({}, None, (("a", "b"),))
    below = look_through(rows, "t", held.persons)
    # A member of the ring, cut loose from what holds it, still has its part; the person's is clear anyhow.
    assert below.shares == {"p": Fraction(2, 5), "a": Fraction(3, 5), "b": Fraction(3, 5)}
    assert below.unattributed is None and below.closed == (("a", "b"),)
    assert look_through(capital_rows(register("v>v 100")), "v").closed == (("v",),)


def test_a_ring_whose_parts_are_too_much_for_any_number_is_told_apart() -> None:
    held = register("a>b 150, b>a 80, p>a 10, a>t 50", "p")
    found = look_through(capital_rows(held), "t", held.persons)
    assert found.inconsistent == (("a", "b"),) and not found.closed
    assert "p" in found.unnumbered and "p" not in found.shares
    assert capital_rows(held)["b"].over


def test_a_missing_share_is_an_interval_and_the_rest_goes_to_one_holder_at_most() -> None:
    held = register("p>a 40, q>a ?, r>a ?, a>b 50, q>b 10", "p q r")
    rows = capital_rows(held)
    assert _share(held, "q", "b") == Fraction(1, 10)
    assert held_by(rows, "q", at_most=True) == {"a": Fraction(3, 5), "b": Fraction(2, 5)}
    assert held_by(rows, "p", at_most=True) == {"a": Fraction(2, 5), "b": Fraction(1, 5)}
    through = register("q>a ?, q>k 50, k>a ?, p>a 40", "p q")
    assert held_by(capital_rows(through), "q", at_most=True)["a"] == Fraction(3, 5)
    # Unknown in a ring: the best that the ring allows, never more than all.
    ring = register("q>a ?, b>a 50, a>b 50, q>b 20", "q")
    assert held_by(capital_rows(ring), "q", at_most=True) == {"a": Fraction(4, 5), "b": Fraction(3, 5)}


@settings(max_examples=60, deadline=None)
@given(sound())
def test_the_most_is_never_less_than_the_least_nor_more_than_all(held: Register) -> None:
    blurred = Register(
        tuple(Holding(h.owner, h.owned, None if n % 3 == 0 else h.share) for n, h in enumerate(held.holdings))
    )
    rows, true = capital_rows(blurred), capital_rows(held)
    for holder in sorted({h.owner for h in held.holdings}):
        least, most, real = held_by(rows, holder), held_by(rows, holder, at_most=True), held_by(true, holder)
        for company in rows:
            assert least.get(company, 0) <= real.get(company, 0) <= most.get(company, 0) <= 1


def test_rows_over_one_hundred_are_kept_as_they_are() -> None:
    held = register("p>a 80, q>a 70, a>b 50", "p q")
    assert capital_rows(held)["a"].over
    assert _share(held, "p", "b") == Fraction(2, 5)


def test_a_tree_tells_levels_and_rings() -> None:
    rows = capital_rows(register("a>t 60, b>t 40, p>a 50, b>a 50, p>b 100", "p"))
    leaves = tree(rows, "t", look_through(rows, "t", frozenset("p")).shares, {"a"})
    assert [(leaf.node, leaf.level, leaf.ring) for leaf in leaves] == [
        ("t", 0, False), ("b", 1, False), ("a", 1, True), ("p", 2, False),
    ]  # fmt: skip
    assert above(rows, "t") == {"t", "a", "b", "p"}


def test_an_inverse_is_that_of_fractions_and_a_singular_one_is_refused() -> None:
    half, third = Fraction(1, 2), Fraction(1, 3)
    assert inverse([[Fraction(0), half], [half, Fraction(0)]]) == [[4 * third, 2 * third], [2 * third, 4 * third]]
    with pytest.raises(Singular):
        inverse([[Fraction(0), Fraction(1)], [Fraction(1), Fraction(0)]])
    size = EXACT + 1
    closed = [[Fraction(j == (i + 1) % size) for j in range(size)] for i in range(size)]
    with pytest.raises(Singular):
        inverse(closed)

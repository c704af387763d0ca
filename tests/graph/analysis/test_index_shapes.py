"""The index on shapes with known answers: rings, ladders, deep chains, rows that do not sum to 100 %."""

from fractions import Fraction

import numpy as np
import pytest

from graph.analysis.index import Edges, OwnershipIndex, RingTooLarge, rings
from tests.graph.analysis.exact import Case, case, controls, integrated, ring_of

# One worker compiles the kernels, not each.
pytestmark = pytest.mark.xdist_group("index")


def share(index: OwnershipIndex, holder: int, company: int) -> float:
    """One share, the same both ways; 0 without one."""
    up, down = index.up(company), index.down(holder)
    found: float = dict(zip(up.node.tolist(), up.share.tolist(), strict=True)).get(holder, 0.0)
    assert found == pytest.approx(dict(zip(down.node.tolist(), down.share.tolist(), strict=True)).get(company, 0.0))
    return found


@pytest.mark.parametrize("size", [2, 5, 12, 30, 70])
def test_a_ring_is_counted_once(size: int) -> None:
    half = Fraction(1, 2)
    index = ring_of(size, half).index()
    for behind in range(size):
        # Every turn of the ring leaves half on each of its companies.
        wanted = half**behind * half / (1 - half**size)
        assert share(index, size + (3 - behind) % size, 3 % size) == pytest.approx(float(wanted), abs=1e-12)
        if behind:
            assert share(index, (3 - behind) % size, 3 % size) == pytest.approx(float(half**behind), abs=1e-12)


def test_a_ring_with_a_hundred_millionth_outside_is_right_to_the_last_digits() -> None:
    nearly = Fraction(99_999_999, 100_000_000)
    small = ring_of(3, nearly)
    for (u, v), x in integrated(small).items():
        assert share(small.index(), u, v) == pytest.approx(float(x), abs=1e-12)
    large = ring_of(80, nearly).index()
    for behind in (0, 1, 79):
        wanted = nearly**behind * (1 - nearly) / (1 - nearly**80)
        assert share(large, 80 + (90 - behind) % 80, 10) == pytest.approx(float(wanted), abs=1e-12)


def test_whoever_holds_the_only_outside_part_holds_all() -> None:
    index = case(3, 4, {(0, 1): 100, (1, 2): 100, (2, 0): 99.99, (3, 0): 0.01}).index()
    assert [share(index, 3, v) for v in range(3)] == pytest.approx([1.0] * 3, abs=1e-10)


def test_a_closed_ring_has_no_number_and_stops_what_comes_through_it() -> None:
    index = case(4, 5, {(0, 1): 100, (1, 2): 100, (2, 0): 100, (2, 3): 60, (4, 3): 40}).index()
    (closed,) = index.rings()
    assert (closed.kind, closed.members) == ("closed", (0, 1, 2))
    assert index.up(1).blocked == 1.0 and len(index.up(1).node) == 0
    up = index.up(3)
    assert up.blocked == pytest.approx(0.6) and up.rings == (closed.number,)
    assert share(index, 4, 3) == pytest.approx(0.4)
    assert len(index.down(0).node) == 0 or set(index.down(0).node.tolist()) <= {3}
    owners = index.owners_at_least(0.25)
    assert (owners.company.tolist(), owners.person.tolist()) == ([3], [4])


@pytest.mark.parametrize("size", [2, 70])
def test_an_inconsistent_ring_has_no_number(size: int) -> None:
    links: dict[tuple[int, int], float | str | Fraction] = {((i - 1) % size, i): 110 for i in range(size)}
    index = case(size, size + 1, links | {(size, 0): 10}).index()
    assert [(one.kind, len(one.members)) for one in index.rings()] == [("inconsistent", size)]
    assert index.up(0).blocked == 1.0


def test_a_ring_that_gives_back_all_it_takes_has_no_number_whatever_rounding_makes_of_it() -> None:
    """Without treasury stock 4/3 times 3/4: exactly one, so that walks have no sum."""
    parts: dict[tuple[int, int], float | str | Fraction] = {(0, 0): 25, (1, 0): 100, (2, 0): 10, (1, 1): 60, (0, 1): 30}
    for order in (lambda pair: pair, lambda pair: (-pair[0], -pair[1])):
        pairs = sorted(parts, key=order)
        share = [float(str(parts[pair])) / 100 for pair in pairs]
        kinds = np.array([True, True, False])
        index = OwnershipIndex.build(kinds, Edges.of([], [], []))
        for (u, v), x in zip(pairs, share, strict=True):
            index.changed(Edges.of([u], [v], [x]))
        assert [one.kind for one in index.rings()] == ["inconsistent"]


def test_rows_over_100_are_summed_and_named() -> None:
    index = case(2, 4, {(2, 0): 80, (3, 0): 45, (0, 1): 50, (2, 1): 50}).index()
    up = index.up(1)
    assert up.over_100 == (0,) and up.excess == pytest.approx(0.125)
    assert share(index, 3, 1) == pytest.approx(0.225)
    assert index.up(0).over_100 == (0,)


def test_treasury_stock_is_cancelled_in_capital_and_votes() -> None:
    index = case(1, 3, {(0, 0): 20, (1, 0): 48, (2, 0): 32}).index()
    assert [share(index, u, 0) for u in (1, 2)] == pytest.approx([0.6, 0.4])
    assert index.control().controllers_of(0).tolist() == [1]


def test_a_company_that_holds_all_of_itself_is_a_closed_ring_of_one() -> None:
    index = case(2, 3, {(0, 0): 100, (0, 1): 70, (2, 1): 30}).index()
    assert [(one.kind, one.members) for one in index.rings()] == [("closed", (0,))]
    assert index.up(1).blocked == pytest.approx(0.7)


def ladder(steps: int) -> Case:
    """Two companies a step, each held half and half by both of the step before; the first two by two persons."""
    half, parts = Fraction(1, 2), dict[tuple[int, int], Fraction]()
    for step in range(1, steps):
        for one in (0, 1):
            parts |= {(2 * step - 2 + other, 2 * step + one): half for other in (0, 1)}
    parts |= {(2 * steps, 0): Fraction(1), (2 * steps + 1, 1): Fraction(1)}
    return Case(2 * steps, 2 * steps + 2, parts, parts)


def test_a_ladder_of_2_to_the_30_paths_takes_one_push() -> None:
    index = ladder(31).index()
    assert [share(index, 62 + i, 61) for i in (0, 1)] == pytest.approx([0.5, 0.5], abs=1e-12)
    owners = index.owners_at_least(0.5)
    assert len(owners.company) == 2 + 2 * 60


def test_sixty_levels_keep_a_small_part_and_control() -> None:
    levels = 60
    percent: dict[tuple[int, int], float | str | Fraction] = {(i - 1, i): 90 for i in range(1, levels)}
    index = case(levels, levels + 1, percent | {(levels, 0): 90}).index()
    assert share(index, levels, levels - 1) == pytest.approx(0.9**levels, rel=1e-12)
    assert len(index.control().controlled_by(levels)) == levels
    assert index.control().ultimate(levels - 1).tolist() == [levels]


def test_a_mutual_majority_has_each_other_for_controllers() -> None:
    """Each holds 60 % of the other: who holds the rest of both, most of the money, controls nothing."""
    index = case(2, 3, {(0, 1): 60, (1, 0): 60, (2, 0): 40, (2, 1): 40}).index()
    control = index.control()
    assert share(index, 2, 0) == pytest.approx(1.0)
    assert control.ultimate(0).tolist() == [1] and control.ultimate(1).tolist() == [0]
    assert control.controlled_by(2).tolist() == []


def test_joint_holdings_of_the_controlled_are_summed_and_equal_halves_control_nothing() -> None:
    given = case(4, 5, {(4, 0): 51, (4, 1): 51, (0, 2): 30, (1, 2): 30, (4, 3): 50, (0, 3): 0})
    pairs = set(zip(*(part.tolist() for part in given.index().control().pairs()), strict=True))
    assert pairs == controls(given) == {(4, 0), (4, 1), (4, 2)}
    tenths = case(4, 5, {(4, 0): 60, (4, 1): 60, (4, 2): 60, (0, 3): 10, (1, 3): 20, (2, 3): 20})
    assert (4, 3) not in set(zip(*(part.tolist() for part in tenths.index().control().pairs()), strict=True))


def test_a_ring_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.analysis.index.build.LARGEST", 4)
    ring_of(4, Fraction(1, 2)).index()
    with pytest.raises(RingTooLarge, match=r"5 companies .* limit") as told:
        ring_of(5, Fraction(1, 2)).index()
    assert (told.value.members, rings.LARGEST) == (5, 5_000)


@pytest.mark.parametrize(
    ("owner", "owned", "part", "message"),
    [
        ([0, 0], [1, 1], [0.1, 0.2], "two edges join one pair"),
        ([0], [2], [0.1], "node 2 is no company"),
        ([3], [1], [0.1], "outside 0 … 2"),
        ([-1], [1], [0.1], "outside 0 … 2"),
        ([0], [1], [-0.1], "negative"),
        ([0], [1], [float("nan")], "not a number"),
        ([0], [1], [float("inf")], "endless"),
        ([0, 1], [1], [0.1], "different lengths"),
    ],
)
def test_edges_that_are_no_holdings_are_refused(
    owner: list[int], owned: list[int], part: list[float], message: str
) -> None:
    kinds = np.array([True, True, False])
    with pytest.raises(ValueError, match=message):
        OwnershipIndex.build(kinds, Edges.of(owner, owned, part))


def test_a_cut_is_a_part_of_one() -> None:
    index = case(1, 2, {(1, 0): 100}).index()
    for cut in (0.0, -0.1, 25.0):
        with pytest.raises(ValueError, match="part of one"):
            index.owners_at_least(cut)
    assert index.owners_at_least(1.0).person.tolist() == [1]
    assert index.owners_at_least(1.0, strict=True).person.tolist() == []


def test_what_a_list_dropped_far_above_is_remembered() -> None:
    """0.3 % of the first is too little to keep, and is 0.3 % of the last all the same."""
    index = case(3, 5, {(3, 0): 0.3, (4, 0): 99.7, (0, 1): 100, (1, 2): 100}).index()
    owners = index.owners_at_least(0.003)
    found = set(zip(owners.company.tolist(), owners.person.tolist(), strict=True))
    assert found == {(v, u) for v in range(3) for u in (3, 4)}


def test_who_cannot_be_held_and_who_holds_nothing() -> None:
    index = case(2, 3, {(2, 0): 30}).index()
    assert (len(index.up(2).node), index.up(2).unattributed) == (0, 1.0)
    assert (len(index.up(1).node), index.up(1).unattributed) == (0, 1.0)
    assert index.up(0).unattributed == pytest.approx(0.7)
    assert len(index.down(1).node) == 0

"""After any changes an index answers as one built anew, and makes again no more than it must."""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis.index import Changed, Edges, OwnershipIndex, Ring, RingTooLarge
from tests.graph.analysis.exact import Case, ring_of

# One worker compiles the kernels, not each.
pytestmark = pytest.mark.xdist_group("index")

COMPANIES, NODES = 8, 11
Pair = tuple[int, int]
Parts = dict[Pair, tuple[float, float]]


def edges(parts: Parts, same: bool) -> Edges:
    """(capital, votes) per pair as arrays."""
    share = np.array([part[0] for part in parts.values()], np.float64)
    votes = share if same else np.array([part[1] for part in parts.values()], np.float64)
    return Edges.of([u for u, _ in parts], [v for _, v in parts], share, votes)


def anew(parts: Parts, same: bool, nodes: int = NODES) -> OwnershipIndex:
    """Built from what there is."""
    return OwnershipIndex.build(np.arange(nodes) < COMPANIES, edges(parts, same))


def shares(index: OwnershipIndex) -> dict[tuple[str, int, int], float]:
    """Everything that look-ups tell of shares, both ways."""
    told: dict[tuple[str, int, int], float] = {}
    for v in range(COMPANIES):
        up = index.up(v)
        told |= {("up", u, v): x for u, x in zip(up.node.tolist(), up.share.tolist(), strict=True)}
        rests = {-1: up.unattributed, -2: up.excess, -3: up.blocked}
        told |= {("rest", rest, v): x for rest, x in rests.items()}
    for u in range(index.nodes):
        down = index.down(u)
        told |= {("down", u, v): x for v, x in zip(down.node.tolist(), down.share.tolist(), strict=True)}
    return told


def rings(found: Iterable[Ring]) -> list[tuple[tuple[int, ...], str]]:
    """Rings without their numbers."""
    return sorted((one.members, one.kind) for one in found)


def pairs(index: OwnershipIndex) -> set[Pair]:
    """Everybody and whom they control."""
    return set(zip(*(part.tolist() for part in index.control().pairs()), strict=True))


def owners(index: OwnershipIndex, cut: float, strict: bool) -> list[Pair]:
    """(company, person) that reach the cut."""
    told = index.owners_at_least(cut, strict)
    return sorted(zip(told.company.tolist(), told.person.tolist(), strict=True))


def same_answers(index: OwnershipIndex, fresh: OwnershipIndex) -> None:
    """All questions, asked of both."""
    ours, theirs = shares(index), shares(fresh)
    assert ours.keys() == theirs.keys()
    for about, x in theirs.items():
        assert ours[about] == pytest.approx(x, rel=1e-7, abs=1e-7), about
    assert rings(index.rings()) == rings(fresh.rings())
    for cut, strict in ((0.25, False), (0.25, True), (0.002, False)):
        assert owners(index, cut, strict) == owners(fresh, cut, strict)
    assert pairs(index) == pairs(fresh)
    one, other = index.control(), fresh.control()
    for v in range(COMPANIES):
        assert set(one.ultimate(v).tolist()) == set(other.ultimate(v).tolist())
        assert set(one.controllers_of(v).tolist()) == set(other.controllers_of(v).tolist())


PART = st.sampled_from([0.0, 0.0, 0.01, 0.1, 0.25, 0.3, 0.5, 0.51, 0.9, 1.0])
CHANGE = st.dictionaries(
    st.tuples(st.integers(0, NODES - 1), st.integers(0, COMPANIES - 1)), st.tuples(PART, PART), min_size=1, max_size=5
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CHANGE, min_size=1, max_size=8), st.booleans(), st.integers(0, 3))
def test_any_changes_are_the_same_as_building_anew(changes: list[Parts], same: bool, asked: int) -> None:
    index, parts = anew({}, True), dict[Pair, tuple[float, float]]()
    for place, change in enumerate(changes):
        if place >= asked:
            index.control()
            index.owners_at_least(0.25)
        index.changed(edges(change, same))
        parts |= {pair: (part[0], part[0] if same else part[1]) for pair, part in change.items()}
    same_answers(index, anew({pair: part for pair, part in parts.items() if any(part)}, same))


def started(parts: Parts) -> OwnershipIndex:
    """An index that was asked everything once."""
    index = anew(parts, True)
    index.control()
    index.owners_at_least(0.25)
    return index


def changed(index: OwnershipIndex, parts: Parts, change: Parts) -> Changed:
    """Change, and compare with a fresh build."""
    told = index.changed(edges(change, True))
    parts |= change
    same_answers(index, anew({pair: part for pair, part in parts.items() if any(part)}, True))
    return told


def chain() -> Parts:
    """0 holds 1 holds 2 … holds 7, a person some of 0."""
    return {(i - 1, i): (0.6, 0.6) for i in range(1, COMPANIES)} | {(9, 0): (0.6, 0.6)}


def test_only_what_is_below_is_made_again_and_nothing_where_nothing_changes() -> None:
    parts = chain()
    index = started(parts)
    assert changed(index, parts, {(10, 5): (0.1, 0.1)}) == Changed(3, 0, False)
    assert changed(index, parts, {(10, 5): (0.1, 0.1)}) == Changed(1, 0, False)
    # 0.6 ** 7 is under what a list keeps, and 7 loses it as it did before.
    assert changed(index, parts, {(8, 7): (0.2, 0.2)}).companies == 1


def test_a_ring_closes_changes_and_falls_apart() -> None:
    parts = chain()
    index = started(parts)
    assert changed(index, parts, {(7, 0): (0.3, 0.3)}).inverted == 1
    assert changed(index, parts, {(3, 4): (0.5, 0.5)}).inverted == 1
    assert changed(index, parts, {(7, 0): (0.0, 0.0), (5, 2): (0.1, 0.1)}).inverted == 1
    assert rings(index.rings()) == [((2, 3, 4, 5), "sound")]
    assert not changed(index, parts, {(5, 2): (0.0, 0.0)}).anew
    assert index.rings() == []


def test_the_order_is_made_anew_when_too_much_is_between(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = chain()
    index = started(parts)
    monkeypatch.setattr("graph.analysis.index.change.BUDGET", 3)
    assert not changed(index, parts, {(1, 0): (0.1, 0.1)}).anew
    assert changed(index, parts, {(7, 0): (0.3, 0.3), (10, 3): (0.1, 0.1)}).anew


def test_a_ring_without_room_for_its_parts_makes_the_order_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.analysis.index.build.SPACING", 4)
    parts = chain() | {(7, 0): (0.3, 0.3)}
    index = started(parts)
    assert changed(index, parts, {(7, 0): (0.0, 0.0), (10, 3): (0.1, 0.1)}).anew


def test_many_changes_at_once_are_one_new_build() -> None:
    nodes, parts = 145, chain() | {(2, 2): (0.2, 0.1), (9, 3): (0.1, 0.0), (8, 3): (0.0, 0.3)}
    index = OwnershipIndex.build(np.arange(nodes) < COMPANIES, edges(parts, False))
    many = {(u, v): (0.001, 0.002) for u in range(10, nodes) for v in range(COMPANIES)}
    assert index.changed(edges(many, False)).anew
    same_answers(index, anew(parts | many, False, nodes))


def test_a_ring_that_grows_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    index = started(chain())
    monkeypatch.setattr("graph.analysis.index.change.LARGEST", 7)
    index.changed(edges({(6, 0): (0.1, 0.1)}, True))
    with pytest.raises(RingTooLarge):
        index.changed(edges({(7, 0): (0.1, 0.1)}, True))


def test_new_nodes_come_behind_the_others() -> None:
    parts = chain()
    index = started(parts)
    kinds = np.append(index.is_company, [True, False])
    index.changed(Edges.of([NODES, NODES + 1, 7], [0, NODES, NODES], [0.2, 0.9, 0.05]), kinds)
    up = index.up(7)
    assert dict(zip(up.node.tolist(), up.share.tolist(), strict=True))[NODES + 1] == pytest.approx(
        0.6**7 * 0.2 * 0.9 / (1 - 0.6**7 * 0.2 * 0.05)
    )
    assert (NODES, NODES + 1) in owners(index, 0.25, False)
    assert index.control().controllers_of(NODES).tolist() == [NODES + 1]
    with pytest.raises(ValueError, match="nodes stay what they are"):
        index.changed(Edges.of([], [], []), kinds[:-1])
    with pytest.raises(ValueError, match="nodes stay what they are"):
        index.changed(Edges.of([], [], []), ~kinds)


def test_nothing_is_done_where_the_change_is_no_holding() -> None:
    parts = chain()
    index = started(parts)
    with pytest.raises(ValueError, match="no company"):
        index.changed(Edges.of([9, 0], [1, 9], [0.1, 0.1]))
    same_answers(index, anew(parts, True))


def test_one_row_of_a_large_ring_is_a_rank_one_step_until_rounding_could_add_up() -> None:
    size = 70
    quarter = ring_of(size, Fraction(1, 4))
    # 5 holds much of 4 in turn, so that a step there comes back to itself.
    parts = quarter.shares | {(size + 4, 4): Fraction(3, 10), (5, 4): Fraction(9, 20)}
    given = Case(size, 2 * size, parts, parts)
    index = given.index()
    for turn in range(40):
        part = 0.1 + turn / 100
        told = index.changed(Edges.of([4], [5], [part]))
        assert told.inverted == (1 if turn % 33 == 32 else 0)
        before = given.edges
        place = np.flatnonzero((before.owner == 4) & (before.owned == 5))
        before.share[place] = part
        fresh = OwnershipIndex.build(given.is_company, before)
        for v in (0, 5, 6):
            mine, other = index.up(v), fresh.up(v)
            assert dict(zip(mine.node.tolist(), mine.share.tolist(), strict=True)) == pytest.approx(
                dict(zip(other.node.tolist(), other.share.tolist(), strict=True)), abs=1e-11
            )


def test_many_touched_closures_are_found_anew_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.analysis.index.control._LATER", 3)
    parts = chain()
    index = started(parts)
    changed(index, parts, {(0, 1): (0.4, 0.4)})
    changed(index, parts, {(9, 5): (0.55, 0.55), (5, 6): (0.1, 0.1)})
    changed(index, parts, {(3, 4): (0.0, 0.0)})

"""The index against exact fractions, random walks and brute force on generated registers."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from graph.analysis.index import OwnershipIndex
from graph.analysis.index.kernel import TOLERANCE
from tests.graph.analysis.exact import Case, cases, controls, integrated, ultimate, unsound, without_treasury

# One worker compiles the kernels, not each.
pytestmark = pytest.mark.xdist_group("index")


def looked_up(index: OwnershipIndex, companies: int) -> dict[tuple[int, int], float]:
    """All pairs by looking up."""
    found: dict[tuple[int, int], float] = {}
    for company in range(companies):
        holders = index.up(company)
        pairs = [(int(u), company) for u in holders.node]
        assert len(set(pairs)) == len(pairs)
        found |= dict(zip(pairs, holders.share.tolist(), strict=True))
    return found


def looked_down(index: OwnershipIndex) -> dict[tuple[int, int], float]:
    """All pairs by looking down."""
    found: dict[tuple[int, int], float] = {}
    for holder in range(index.nodes):
        held = index.down(holder)
        found |= dict(zip([(holder, int(v)) for v in held.node], held.share.tolist(), strict=True))
    return found


def same(found: dict[tuple[int, int], float], exact: dict[tuple[int, int], Fraction]) -> None:
    """Equal to 1e-9, relative where over 1."""
    assert found.keys() == exact.keys()
    for pair, share in exact.items():
        assert found[pair] == pytest.approx(float(share), rel=1e-9, abs=1e-9), pair


@settings(max_examples=150, deadline=None)
@given(cases())
def test_shares_are_those_of_exact_fractions_both_ways(register: Case) -> None:
    index, exact = register.index(), integrated(register)
    same(looked_up(index, register.companies), exact)
    same(looked_down(index), exact)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_rings_without_a_number_are_named(register: Case) -> None:
    kinds = {v: ring.kind for ring in register.index().rings() for v in ring.members if ring.kind != "sound"}
    assert kinds == unsound(register)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_every_part_of_a_company_is_accounted_for(register: Case) -> None:
    index, bad = register.index(), unsound(register)
    rows = without_treasury(register.shares)
    for company in range(register.companies):
        up = index.up(company)
        ends = up.share[up.node >= register.companies].sum()
        assert ends + up.unattributed + up.blocked - up.excess == pytest.approx(1.0, abs=1e-6, rel=1e-9)
        if company in bad:
            assert (len(up.node), up.blocked) == (0, 1.0)
            continue
        chain = {company, *(int(u) for u in up.node if u < register.companies and int(u) not in bad)}
        over = {v for v in chain if sum(part for (_, w), part in rows.items() if w == v) > 1}
        assert set(up.over_100) == over
        members = {v for ring in index.rings() if ring.number in up.rings for v in ring.members}
        assert members >= {int(u) for u in up.node if int(u) in bad}
        assert bool(up.rings) == any(int(u) in bad for u in up.node)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_owners_of_all_companies_are_those_of_single_look_ups(register: Case) -> None:
    index, exact = register.index(), integrated(register)
    for cut, strict in ((0.25, False), (0.25, True), (0.5, False), (0.02, False), (0.001, True)):
        owners = index.owners_at_least(cut, strict)
        found = set(zip(owners.company.tolist(), owners.person.tolist(), strict=True))
        bar = Fraction(str(cut))
        wanted = {
            (v, u) for (u, v), x in exact.items() if u >= register.companies and (x > bar if strict else x >= bar)
        }
        assert found == wanted
        assert len(owners.company) == len(found)
        for v, u, share in zip(*(part.tolist() for part in owners), strict=True):
            assert share <= float(exact[u, v]) + TOLERANCE


@settings(max_examples=100, deadline=None)
@given(cases())
def test_control_is_the_least_fixpoint(register: Case) -> None:
    control, pairs = register.index().control(), controls(register)
    assert set(zip(*(part.tolist() for part in control.pairs()), strict=True)) == pairs
    for v in range(register.companies):
        assert set(control.controllers_of(v).tolist()) == {x for x, y in pairs if y == v}
        assert set(control.ultimate(v).tolist()) == ultimate(pairs, v)
    for x in range(register.nodes):
        assert set(control.controlled_by(x).tolist()) == {y for holder, y in pairs if holder == x}


@settings(max_examples=30, deadline=None)
@given(cases())
def test_many_at_once_are_the_same_as_one_by_one(register: Case) -> None:
    index = register.index()
    companies = np.arange(register.companies, dtype=np.int32)
    many = index.up_many(companies)
    for i in range(register.companies):
        one, part = index.up(i), slice(many.start[i], many.start[i + 1])
        assert (many.node[part].tolist(), many.share[part].tolist()) == (one.node.tolist(), one.share.tolist())
        assert (many.unattributed[i], many.excess[i], many.blocked[i]) == (one.unattributed, one.excess, one.blocked)
    below = index.down_many(np.arange(register.nodes, dtype=np.int32))
    for i in range(register.nodes):
        held, part = index.down(i), slice(below.start[i], below.start[i + 1])
        assert (below.node[part].tolist(), below.share[part].tolist()) == (held.node.tolist(), held.share.tolist())


def absorbed(register: Case, company: int, rng: np.random.Generator, walkers: int) -> dict[int, float]:
    """Where walks end that go from a company to a holder drawn by share: the part of them that each end gets."""
    rows: dict[int, list[tuple[int, float]]] = {}
    for (u, v), part in without_treasury(register.shares).items():
        rows.setdefault(v, []).append((u, float(part)))
    ends: dict[int, float] = {}
    for _ in range(walkers):
        at: int | None = company
        while at is not None and at < register.companies:
            row = rows.get(at, [])
            draw = int(np.searchsorted(np.cumsum([part for _, part in row]), rng.random(), side="right"))
            at = row[draw][0] if draw < len(row) else None
        if at is not None:
            ends[at] = ends.get(at, 0.0) + 1 / walkers
    return ends


@settings(max_examples=8, deadline=None, derandomize=True)
@given(cases(over=False))
def test_random_walks_end_as_often_as_shares_say(register: Case) -> None:
    if unsound(register):
        return
    index, rng, walkers = register.index(), np.random.default_rng(5), 1500
    for company in range(min(register.companies, 2)):
        up = index.up(company)
        ends = absorbed(register, company, rng, walkers)
        for u, share in zip(up.node.tolist(), up.share.tolist(), strict=True):
            if u >= register.companies:
                spread = 5 * (share * max(1 - share, 0.0) / walkers) ** 0.5 + 1e-9
                assert abs(ends.get(u, 0.0) - share) <= spread

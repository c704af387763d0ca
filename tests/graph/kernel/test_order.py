"""What is loaded decides the graph; when and how often does not."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.store import since
from tests.graph.kernel.harness import towns

_SEEDS = st.integers(0, 10_000)


@settings(max_examples=8, deadline=None)
@given(_SEEDS, st.integers(4, 24))
def test_loading_twice_changes_nothing(seed: int, n: int) -> None:
    with towns() as (town,):
        records = town.records(seed, n)
        town.load(records)
        before, head = town.digest, town.book.ledger.head()[0]
        assert set(town.load(records)) == {"unchanged"}
        assert town.digest == before
        assert town.book.ledger.head()[0] == head + 1
        town.check()


@settings(max_examples=12, deadline=None)
@given(_SEEDS, st.integers(4, 14), _SEEDS, st.integers(1, 6))
def test_any_order_and_any_batches_give_the_same_digest(seed: int, n: int, shuffle: int, size: int) -> None:
    with towns(2) as (one, two):
        one.load(one.records(seed, n))
        records = two.records(seed, n)
        random.Random(shuffle).shuffle(records)
        for start in range(0, len(records), size):
            two.load(records[start : start + size])
        two.check()
        assert one.digest == two.digest


@settings(max_examples=8, deadline=None)
@given(_SEEDS, st.integers(4, 12), st.booleans())
def test_a_rebuild_equals_the_incremental_graph(seed: int, n: int, conflicts: bool) -> None:
    with towns() as (town,):
        records = town.records(seed, n, conflicts=conflicts)
        for record in records:
            town.load([record])
        before = town.digest
        town.check()
        town.book.rebuild()
        assert town.digest == before
        town.check()


@settings(max_examples=8, deadline=None)
@given(_SEEDS, st.integers(1, 7))
def test_small_pages_make_the_same_graph(seed: int, page: int) -> None:
    """A unit whose claims lie on many pages is made once a run, with all of them."""
    with towns(2) as (one, two):
        records = one.records(seed, 14, conflicts=True)
        one.load(records[:9])
        one.load(records[5:])
        whole, since._PAGE = since._PAGE, page
        try:
            same = two.records(seed, 14, conflicts=True)
            two.load(same[:9])
            two.load(same[5:])
            two.check()
            again = two.digest
            two.book.rebuild()
        finally:
            since._PAGE = whole
        assert one.digest == again == two.digest

"""Items of nodes: which facts count, and that the short way of a look-up says what the long way says."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from graph.model.claims import PUBLIC, RESTRICTED, SHARED
from graph.model.jsontext import dump_sorted
from graph.store.base import View
from graph.store.items import dump_node, load_node, node_at, stored_node_at
from graph.store.project import Said, node_item

_KEY = "uscc:91359801TY0000001A"
_DAYS = ("2019-01-01", "2022-06-30", "2026-01-01", "2030-01-01")


def _said(rank: int, level: int, until: str | None, names: list[list[object]], props: dict[str, object]) -> Said:
    return (_KEY, "company", level, until, rank, dump_sorted({"n": names, "p": props}), _KEY)


_names = st.lists(
    st.tuples(st.sampled_from(("岚汀荻苇", "岚汀蓼")), st.booleans(), st.none() | st.sampled_from(_DAYS)).map(
        lambda n: [n[0], int(n[1]), None, n[2]]
    ),
    max_size=2,
)
_claims = st.builds(
    _said,
    st.sampled_from((50, 80, 90)),
    st.sampled_from((PUBLIC, SHARED, RESTRICTED)),
    st.none() | st.sampled_from(_DAYS),
    _names,
    st.dictionaries(st.sampled_from(("address", "capital_yuan")), st.sampled_from(("1", "2", 3)), max_size=2),
)
_views = st.builds(
    View,
    st.sampled_from((PUBLIC, SHARED, RESTRICTED)),
    st.none() | st.sampled_from(_DAYS),
    st.none(),
    st.sampled_from(_DAYS),
)


@given(st.lists(_claims, min_size=1, max_size=4), _views)
def test_the_stored_text_shows_what_the_item_shows(said: list[Said], view: View) -> None:
    item = node_item("n1", (_KEY,), said)
    assert item is not None
    text = dump_node(item)
    assert load_node("n1", text) == item
    assert stored_node_at(view, "n1", text) == node_at(view, item)


@given(st.lists(_claims, min_size=1, max_size=4), st.randoms())
def test_an_item_does_not_depend_on_the_order_of_its_claims(said: list[Said], rng: Random) -> None:
    shuffled = list(said)
    rng.shuffle(shuffled)
    assert node_item("n1", (_KEY,), said) == node_item("n1", (_KEY,), shuffled)


def test_a_weaker_fact_counts_only_for_readers_who_do_not_see_the_stronger_one() -> None:
    props: dict[str, object] = {"address": "1"}
    hidden, open_ = _said(90, RESTRICTED, None, [], props), _said(50, PUBLIC, None, [], props)
    both = node_item("n1", (_KEY,), [hidden, open_])
    assert both and [(f.rank, f.public_until > "") for f in both.facts if f.prop == "address"] == [
        (50, True),
        (90, False),
    ]
    stronger = node_item("n1", (_KEY,), [_said(90, PUBLIC, None, [], props), open_])
    assert stronger and [f.rank for f in stronger.facts if f.prop == "address"] == [90]

"""The cheapest path is the cheapest: against networkx and against trying all, on graphs drawn at random."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis.evidence.costs import SOFT_RELATIONS
from graph.analysis.evidence.group import group_links
from graph.analysis.evidence.search import best_path, evidence_paths
from tests.graph.analysis.evidence import chain, drawn, index_of, least, least_within

# Compiling what they use takes seconds: one worker does it.
pytestmark = pytest.mark.xdist_group("evidence")

_RELATIONS = ("shareholder_of", "legal_rep_of", "director_of", "represents")

#: Nodes, links, size of a hub: trees with many dead ends, and graphs with many ways.
_SHAPES = st.tuples(st.integers(2, 30), st.integers(1, 60), st.sampled_from((2, 3, 5, 1000)))


def _same(links: list[tuple[str, str, str]], hub: int, ends: tuple[str, str], soft: bool) -> None:
    index = index_of(links, hub)
    free, any_way = (least(links, *ends, hub, hubs=hubs, soft=soft) for hubs in (False, True))
    found, word = best_path(index, *ends, soft=soft)
    assert word == ("none" if any_way is None else "found")
    assert (found.cost if found else None) == pytest.approx(any_way if free is None else free)
    if found:
        assert found.hubs == (free is None)
        assert (found.nodes[0], found.nodes[-1]) == ends
        assert len(set(found.nodes)) == len(found.nodes)
    if not soft:
        told = evidence_paths(index, *ends)
        assert told.searched == word
        assert told.paths[:1] == ((found,) if found else ())


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(shape=_SHAPES, seed=st.integers(0, 2**32), soft=st.booleans())
def test_the_cheapest_path_costs_what_networkx_finds(shape: tuple[int, int, int], seed: int, soft: bool) -> None:
    rng = random.Random(seed)
    links = drawn(rng, *shape[:2], _RELATIONS)
    names = sorted({end for a, _, b in links for end in (a, b)})
    if len(names) > 1:
        one, two = rng.sample(names, 2)
        _same(links, shape[2], (one, two), soft)


def test_every_pair_of_a_chain_is_found_whichever_end_has_nothing_else() -> None:
    links = chain("na", "nb", "nc", "nd", "ne")
    for one in ("na", "nb", "nc", "nd", "ne"):
        for two in {"na", "nb", "nc", "nd", "ne"} - {one}:
            _same(links, 1000, (one, two), soft=False)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(shape=_SHAPES, seed=st.integers(0, 2**32), most=st.integers(1, 4))
def test_within_so_many_steps_the_cheapest_is_found_by_one_search_and_by_a_group(
    shape: tuple[int, int, int], seed: int, most: int
) -> None:
    rng = random.Random(seed)
    links = drawn(rng, min(shape[0], 12), min(shape[1], 24), _RELATIONS)
    hard = [link for link in links if link[1] not in SOFT_RELATIONS]
    names = sorted({end for a, _, b in links for end in (a, b)})
    if not names:
        return
    index = index_of(links, shape[2])
    group = {(path.nodes[0], path.nodes[-1]): path for path in group_links(index, names, max_depth=most).links}
    for one in names:
        for two in names[names.index(one) + 1 :]:
            free, any_way = (least_within(hard, one, two, shape[2], most, hubs=hubs) for hubs in (False, True))
            wanted = any_way if free is None else free
            told = evidence_paths(index, one, two, max_depth=most)
            for cost in (
                told.paths[0].cost if told.paths else None,
                group[one, two].cost if (one, two) in group else None,
            ):
                assert cost == pytest.approx(wanted), (one, two)

"""Rings of holdings and guarantees: their members, circles, edges, and what hangs on them."""

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis.components import components, reached
from graph.analysis.ownership.rings import CIRCLES, LONGEST, circles_of, ring_of
from graph.store.base import View
from tests.fakes import FakeGraph

VIEW = View(2, "2026-10-01", None, "2026-10-01")
_NODES = st.sampled_from("abcdefgh")
_EDGES = st.sets(st.tuples(_NODES, _NODES), max_size=24)


@settings(max_examples=200, deadline=None)
@given(_EDGES)
def test_components_and_circles_are_those_of_networkx(edges: set[tuple[str, str]]) -> None:
    graph = nx.DiGraph(sorted(edges))
    found = components(sorted(graph), lambda node: list(graph.successors(node)))
    assert {frozenset(ring) for ring in found} == {frozenset(ring) for ring in nx.strongly_connected_components(graph)}
    place = {node: number for number, ring in enumerate(found) for node in ring}
    assert all(place[b] <= place[a] for a, b in edges)
    for ring in found:
        inside = graph.subgraph(ring)
        out = {node: sorted(set(inside.successors(node)) - {node}) for node in ring}
        circles, cut = circles_of(ring, out)
        expected = {
            tuple(c[c.index(min(c)) :] + c[: c.index(min(c))])
            for c in nx.simple_cycles(inside)
            if 1 < len(c) <= LONGEST
        }
        assert set(circles) <= expected
        assert cut or set(circles) == expected
        assert len(circles) <= CIRCLES


def _guaranteed(edges: str) -> FakeGraph:
    graph = FakeGraph()
    for node in sorted(set(edges) - set("> ")):
        graph.add_node(node, "company", node)
    for number, pair in enumerate(edges.split()):
        source, target = pair.split(">")
        graph.add_edge("guarantor_for", source, target, props={"amount_yuan": str(100 + number)}, level=1)
    return graph


def test_a_ring_has_members_edges_circles_and_what_hangs_on_it() -> None:
    graph = _guaranteed("a>b b>c c>a c>d e>a a>a")
    ring = ring_of(graph, VIEW, "guarantee", "b")
    assert ring is not None
    assert ring.members == ("a", "b", "c") and ring.circles == (("a", "b", "c"),) and not ring.circles_cut
    assert [(e.source, e.target) for e in ring.edges] == [("a", "b"), ("b", "c"), ("c", "a")]
    assert ring.around == ("a", "b", "c", "d", "e") and len(ring.around_edges) == 5 and not ring.truncated


def test_outside_a_ring_or_below_its_level_there_is_none() -> None:
    graph = _guaranteed("a>b b>c c>a c>d e>e")
    assert ring_of(graph, VIEW, "guarantee", "d") is None
    assert ring_of(graph, VIEW, "guarantee", "e") is None
    assert ring_of(graph, VIEW, "shareholding", "a") is None
    assert ring_of(graph, View(0, "2026-10-01", None, "2026-10-01"), "guarantee", "a") is None


def test_longer_circles_are_not_listed_and_that_is_told() -> None:
    names = "abcdefghij"
    edges = " ".join(f"{a}>{names[(n + 1) % 10]}" for n, a in enumerate(names))
    ring = ring_of(_guaranteed(edges), VIEW, "guarantee", "a")
    assert ring is not None
    assert len(ring.members) == 10 and ring.circles == () and ring.circles_cut


def test_what_is_reached_is_everything_that_follows() -> None:
    out = {"a": "b", "b": "ca", "c": ""}
    assert reached("b", lambda node: out[node]) == {"a", "b", "c"}

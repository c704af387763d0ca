"""Small graphs for tests of evidence paths, and what the cheapest path costs by a search written another way."""

import itertools
import math
import random
from collections.abc import Iterable, Sequence

import networkx as nx

from graph.analysis.evidence.costs import COSTS, SOFT_RELATIONS, UNIT
from graph.analysis.evidence.index import Index, build
from graph.store.base import View
from tests.fakes import FakeGraph

#: Links of all times: the composed graphs have no dates.
EVER = View(0, None, None, "2026-01-01")

#: Source, relation, target.
Link = tuple[str, str, str]

HELD = "shareholder_of"


def graph_of(links: Iterable[Link], nodes: Iterable[str] = (), addresses: dict[str, str] | None = None) -> FakeGraph:
    """A graph of companies; those that no link names too."""
    links, given = list(links), addresses or {}
    graph = FakeGraph()
    for node in sorted({*nodes, *given, *(end for a, _, b in links for end in (a, b))}):
        graph.add_node(node, "company", node, props={"address": given[node]} if node in given else {})
    for a, relation, b in links:
        graph.add_edge(relation, a, b)
    return graph


def index_of(links: Iterable[Link], hub: int = 1000, nodes: Iterable[str] = ()) -> Index:
    """The index of such a graph."""
    return build(graph_of(links, nodes), EVER, hub=hub)


def chain(*nodes: str, relation: str = HELD) -> list[Link]:
    """Links from each node to the next."""
    return [(a, relation, b) for a, b in itertools.pairwise(nodes)]


def star(centre: str, leaves: int, relation: str = HELD) -> list[Link]:
    """A node with many neighbours of its own."""
    return [(centre, relation, f"{centre}leaf{n:04}") for n in range(leaves)]


def drawn(rng: random.Random, nodes: int, links: int, relations: Sequence[str]) -> list[Link]:
    """Links drawn at random, with a few favourites, so that some nodes are shared by many."""
    names = [f"n{n:02}" for n in range(nodes)]
    found = [
        (rng.choice(names), rng.choice(relations), rng.choice(names[: rng.choice((3, nodes))])) for _ in range(links)
    ]
    return [(a, relation, b) for a, relation, b in found if a != b]


def neighbours(links: Iterable[Link]) -> dict[tuple[str, str], set[str]]:
    """Who is linked with a node by a relation, whichever way."""
    found: dict[tuple[str, str], set[str]] = {}
    for a, relation, b in links:
        found.setdefault((a, relation), set()).add(b)
        found.setdefault((b, relation), set()).add(a)
    return found


def _passing(degree: int) -> int:
    """Half of what passing a node costs; by the rule, not by what the index keeps."""
    return max(0, round((math.log2(degree) - 3) * UNIT / 2))


def state_graph(links: Sequence[Link], start: str, end: str, hub: int, *, hubs: bool, soft: bool) -> "nx.DiGraph[str]":
    """Links as weighted steps between two nodes; ``hubs``: also through nodes with more than ``hub`` neighbours."""
    near = neighbours(links)
    steps: nx.DiGraph[str] = nx.DiGraph()
    for a, relation, b in links:
        if relation in SOFT_RELATIONS and not soft:
            continue
        for v, w in ((a, b), (b, a)):
            inner = [node for node in (v, w) if node not in (start, end)]
            degrees = [len(near[node, relation]) for node in inner]
            if not hubs and any(degree > hub for degree in degrees):
                continue
            cost = COSTS[relation] + sum(map(_passing, degrees))
            if not steps.has_edge(v, w) or steps[v][w]["weight"] > cost:
                steps.add_edge(v, w, weight=cost)
    return steps


def least(links: Sequence[Link], start: str, end: str, hub: int, *, hubs: bool, soft: bool = False) -> float | None:
    """What the cheapest path costs by networkx, None without one."""
    steps = state_graph(links, start, end, hub, hubs=hubs, soft=soft)
    try:
        return float(nx.dijkstra_path_length(steps, start, end)) / UNIT
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return None


def least_within(links: Sequence[Link], start: str, end: str, hub: int, most: int, *, hubs: bool) -> float | None:
    """What the cheapest path of at most so many steps costs, by trying all simple paths."""
    steps = state_graph(links, start, end, hub, hubs=hubs, soft=False)
    if not (steps.has_node(start) and steps.has_node(end)):
        return None
    costs = [nx.path_weight(steps, path, "weight") for path in nx.all_simple_paths(steps, start, end, cutoff=most)]
    return min(costs) / UNIT if costs else None

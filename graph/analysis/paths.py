"""How two subjects are linked: simple paths over the credit relations, shortest first.

Both ends are expanded half way, so every path within the depth lies in what was
explored. Nodes are counted before they are expanded; what the budget leaves out
is told, never passed over (design 3.11).
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.model.ontology import PATH_RELATIONS
from graph.store.base import Edge, Reader, View

#: How surely the ends of an edge were identified, the surest first.
MATCHES = {"exact": 0, "confirmed": 1, "candidate": 2}


@dataclass(frozen=True, slots=True)
class Hop:
    """One step: the edge shown and the other edges of the pair, best first."""

    edge: Edge
    also: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """Node ids in order and the hops between them."""

    nodes: tuple[str, ...]
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Paths:
    """An answer: ``total`` sequences of nodes were found; ``truncated``: there may be more."""

    paths: tuple[Path, ...]
    total: int
    truncated: bool
    explored: int


@dataclass(slots=True)
class Budget:
    """What one question may cost: edges read, steps walked."""

    edges: int = 50_000
    steps: int = 200_000


class _Explored:
    """The part of the graph around both ends."""

    def __init__(self, reader: Reader, view: View, relations: Sequence[str], budget: Budget) -> None:
        self._reader, self._view, self._relations, self._budget = reader, view, relations, budget
        self.near: dict[str, dict[str, list[Edge]]] = {}
        self.truncated = False

    def _affordable(self, nodes: Sequence[str]) -> list[str]:
        counts = self._reader.counts(self._view, nodes)
        degree = dict.fromkeys(nodes, 0)
        for (node, relation, _), n in counts.items():
            if relation in self._relations:
                degree[node] += n
        chosen = []
        for node in sorted(nodes, key=lambda n: (degree[n], n)):
            if degree[node] > self._budget.edges:
                self.truncated = True
            else:
                self._budget.edges -= degree[node]
                chosen.append(node)
        return chosen

    def expand(self, nodes: Sequence[str]) -> None:
        """Read the edges of nodes not read before."""
        fresh = self._affordable([n for n in nodes if n not in self.near])
        for node in fresh:
            self.near[node] = {}
        asked = frozenset(fresh)
        for edge in self._reader.neighbours(self._view, fresh, self._relations):
            for node in {edge.source, edge.target} & asked:
                if edge.source != edge.target:
                    self.near[node].setdefault(edge.other(node), []).append(edge)

    def distances(self, start: str, depth: int) -> dict[str, int]:
        """Hops from ``start``, up to ``depth``."""
        found, frontier = {start: 0}, [start]
        for hop in range(1, depth + 1):
            self.expand(frontier)
            reached = sorted({other for node in frontier for other in self.near.get(node, ())} - found.keys())
            found.update(dict.fromkeys(reached, hop))
            frontier = reached
        return found


def _walk(near: dict[str, set[str]], start: str, end: str, length: int, least: dict[str, int], budget: Budget,
          far: int) -> Iterator[tuple[str, ...]]:  # fmt: skip
    """Simple paths of exactly ``length`` hops, in order of node ids; ``least``: hops to ``end``, ``far`` beyond."""
    stack: list[tuple[str, ...]] = [(start,)]
    while stack:
        path = stack.pop()
        budget.steps -= 1
        if budget.steps < 0:
            return
        left = length - len(path) + 1
        if left == 0:
            if path[-1] == end:
                yield path
            continue
        for other in sorted(near.get(path[-1], ()), reverse=True):
            if other in path or (other == end) != (left == 1):
                continue
            if least.get(other, far) <= left - 1:
                stack.append((*path, other))


def _hop(edges: Sequence[Edge]) -> Hop:
    best = sorted(edges, key=lambda e: (MATCHES[e.match], PATH_RELATIONS.index(e.relation), e.id))
    return Hop(best[0], tuple(best[1:]))


def paths(
    reader: Reader,
    view: View,
    start: str,
    end: str,
    *,
    max_depth: int = 6,
    limit: int = 20,
    offset: int = 0,
    relations: Sequence[str] = PATH_RELATIONS,
    budget: Budget | None = None,
) -> Paths:
    """Paths between two nodes of at most ``max_depth`` hops over ``relations``, walked either way.

    ``start`` and ``end`` are ids that the view shows. The same node twice gives no path.
    """
    budget = budget or Budget()
    explored = _Explored(reader, view, relations, budget)
    half = (max_depth + 1) // 2
    explored.distances(start, max_depth - half)
    least = explored.distances(end, half)
    near: dict[str, set[str]] = {}
    pairs: dict[tuple[str, str], list[Edge]] = {}
    for node, others in explored.near.items():
        for other, edges in others.items():
            near.setdefault(node, set()).add(other)
            near.setdefault(other, set()).add(node)
            pairs[min(node, other), max(node, other)] = edges
    found: list[tuple[str, ...]] = []
    if start != end:
        for length in range(1, max_depth + 1):
            found.extend(_walk(near, start, end, length, least, budget, half + 1))
    shown = [
        Path(nodes, tuple(_hop(pairs[min(a, b), max(a, b)]) for a, b in itertools.pairwise(nodes)))
        for nodes in found[offset : offset + limit]
    ]
    truncated = explored.truncated or budget.steps < 0
    return Paths(tuple(shown), len(found), truncated, len(near) or 1)

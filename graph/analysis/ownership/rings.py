"""Rings of holdings and of guarantees (担保圈): who is in one, which circles it has, how much hangs on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.store.base import Direction, Edge, Reader, View

#: Kind of ring -> its relation.
KINDS = {"shareholding": "shareholder_of", "guarantee": "guarantor_for"}

#: Nodes that one question walks; circles listed and steps taken looking for them.
BUDGET, CIRCLES, STEPS = 5_000, 20, 20_000
#: Members of a circle that is listed: longer ones are nobody's arrangement.
LONGEST = 6


@dataclass(frozen=True, slots=True)
class Ring:
    """The strongly connected set that a subject is in, sorted. ``edges``: inside it.

    ``circles``: simple circles through its members, shortest first; ``circles_cut``: there may be more or longer ones.
    ``around``: everybody linked to the ring in either direction, the ring included (its weak component);
    ``exposed``: the amounts of the edges inside, in yuan, as far as they are told.
    """

    kind: str
    members: tuple[str, ...]
    edges: tuple[Edge, ...]
    circles: tuple[tuple[str, ...], ...]
    circles_cut: bool
    around: tuple[str, ...]
    around_edges: tuple[Edge, ...]
    truncated: bool


class _Net:
    """Edges of one relation, read as far as the budget allows."""

    def __init__(self, reader: Reader, view: View, relation: str) -> None:
        self._reader, self._view, self._relation = reader, view, relation
        self.edges: dict[str, Edge] = {}
        self.truncated = False

    def walk(self, start: str, direction: Direction) -> set[str]:
        """Everything met from ``start`` in a direction, ``start`` included."""
        met, frontier = {start}, [start]
        while frontier:
            if len(met) > BUDGET:
                self.truncated = True
                break
            found = self._reader.neighbours(self._view, frontier, (self._relation,), direction)
            self.edges |= {edge.id: edge for edge in found if edge.source != edge.target}
            frontier = sorted({end for edge in found for end in (edge.source, edge.target)} - met)
            met.update(frontier)
        return met

    def within(self, nodes: set[str]) -> tuple[Edge, ...]:
        """The edges read of which both ends are among ``nodes``."""
        found = [edge for edge in self.edges.values() if {edge.source, edge.target} <= nodes]
        return tuple(sorted(found, key=lambda e: (e.source, e.target, e.id)))


def ring_of(reader: Reader, view: View, kind: str, subject: str) -> Ring | None:
    """The ring that a subject is in, None when it is in none: all that leads to him and to which he leads.

    A self-holding is no ring.
    """
    net = _Net(reader, view, KINDS[kind])
    inside = net.walk(subject, "out") & net.walk(subject, "in")
    if len(inside) < 2:
        return None
    edges, members = net.within(inside), tuple(sorted(inside))
    out = {node: sorted({edge.target for edge in edges if edge.source == node}) for node in members}
    circles, cut = circles_of(members, out)
    around = net.walk(subject, "both")
    return Ring(kind, members, edges, circles, cut, tuple(sorted(around)), net.within(around), net.truncated)


def circles_of(members: Sequence[str], out: Mapping[str, Sequence[str]]) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Simple circles among ``members``, each from its smallest on, shortest first; whether some may be missing."""
    found: list[tuple[str, ...]] = []
    steps, cut = 0, False
    for start in members:
        back = _distances(start, out, start)
        stack: list[tuple[str, ...]] = [(start,)]
        while stack:
            steps += 1
            if steps > STEPS or len(found) >= 10 * CIRCLES:
                return _listed(found), True
            walk = stack.pop()
            for other in out[walk[-1]]:
                if other == start and len(walk) > 1:
                    found.append(walk)
                elif other > start and other not in walk:
                    if len(walk) + back.get(other, LONGEST + 1) <= LONGEST:
                        stack.append((*walk, other))
                    else:
                        cut = cut or other in back
    return _listed(found), cut or len(found) > CIRCLES


def _listed(found: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(found, key=lambda circle: (len(circle), circle))[:CIRCLES])


def _distances(end: str, out: Mapping[str, Sequence[str]], least: str) -> dict[str, int]:
    """Steps from each node to ``end`` over nodes not before ``least``."""
    into: dict[str, list[str]] = {}
    for node, others in out.items():
        for other in others:
            into.setdefault(other, []).append(node)
    found, frontier = {end: 0}, [end]
    while frontier:
        following = []
        for node in frontier:
            for other in into.get(node, ()):
                if other >= least and other not in found:
                    found[other] = found[node] + 1
                    following.append(other)
        frontier = following
    return found

"""The index of one view: its subjects, what links them, and the addresses and law firms that several share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from graph.analysis.evidence.costs import (
    ADDRESS,
    AGENT,
    COSTS,
    FIRM,
    HUB,
    NO_BRIDGES,
    RELATIONS,
    SOFT_RELATIONS,
    UNIT,
)
from graph.analysis.evidence.kernel import (
    BEGIN,
    BLOCK,
    END,
    FAR,
    FREE,
    HUBWARD,
    KIND,
    MILD,
    OTHER,
    RELATION,
    Ints,
    Longs,
)
from graph.analysis.evidence.parts import components, peel
from graph.model.ontology import SUBJECT_KINDS
from graph.model.text import norm_name
from graph.store.base import Edge, Node, View
from graph.store.items import own_id

#: What is no address or firm, however often it stands there; shorter texts name no place either.
_NOTHING = frozenset({"无", "暂无", "不详", "未知", "住址不详", "地址不详"})
_LEAST = 4

#: Links read before they are put into arrays.
_CHUNK = 1 << 16

Names = NDArray[np.bytes_]


class Scanned(Protocol):
    """What an index is made from: the two scans of a reader."""

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """All nodes of the view."""

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All edges of the view."""


@dataclass(frozen=True, slots=True)
class SoftNode:
    """An address or a law firm: no node of the graph, only a text that several subjects give."""

    id: str
    kind: str
    name: str


class _Column:
    """Texts put into fixed-width arrays a chunk at a time, since millions of texts take ten times their room."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._parts: list[Names] = []

    def add(self, text: str) -> None:
        self._texts.append(text)
        if len(self._texts) >= _CHUNK:
            self._flush()

    def _flush(self) -> None:
        self._parts.append(np.array([text.encode() for text in self._texts], dtype=np.bytes_))
        self._texts.clear()

    def whole(self) -> Names:
        self._flush()
        return np.concatenate(self._parts) if any(p.size for p in self._parts) else np.empty(0, dtype="S1")


class _Shared:
    """Texts by comparison form, and the subjects that give each."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._found: dict[str, tuple[str, set[str]]] = {}

    def add(self, text: str, subject: str) -> None:
        form = norm_name(text)
        if len(form) >= _LEAST and form not in _NOTHING:
            told, members = self._found.get(form, (text, set()))
            members.add(subject)
            self._found[form] = min(told, text), members

    def links(self) -> Iterator[tuple[SoftNode, list[str]]]:
        """What more than one subject gives."""
        for form, (text, members) in self._found.items():
            if len(members) > 1:
                yield SoftNode(own_id(f"{self._kind}:{form}"), self._kind, text), sorted(members)


@dataclass(frozen=True)
class Index:
    """Nodes by place, in the order of their ids; ``bounds`` and ``arc`` as in :mod:`graph.analysis.evidence.kernel`.

    ``soft``: addresses and firms by id. ``parts``: weak components by (soft links too, hubs passed too).
    """

    ids: Names
    bounds: Longs
    arc: Ints
    hub: int
    soft: dict[str, SoftNode]
    parts: dict[tuple[bool, bool], Ints]

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return int(self.ids.size)

    def at(self, node: str) -> int:
        """The place of a node, -1 when it is none of the index."""
        # Of the width of the column: else the whole column would be brought to that of the id.
        place = int(np.searchsorted(self.ids, np.array(node.encode(), dtype=self.ids.dtype)))
        return place if place < self.size and self.name(place) == node else -1

    def name(self, place: int) -> str:
        """The id of a place."""
        return bytes(self.ids[place]).decode()

    def arcs_of(self, node: str) -> int:
        """How many arcs a node of the index has."""
        bounds = self.bounds[self.at(node)]
        return int(bounds[END] - bounds[BEGIN])

    def is_hub(self, place: int) -> bool:
        """Whether a node is a hub in some relation, or of a kind that only ends a path."""
        return bool(self.bounds[place, MILD] < self.bounds[place, END])

    def shared_by(self, place: int, relation: str) -> int:
        """How many neighbours a node has in a relation."""
        kinds, kind = self.arc[self.bounds[place, BEGIN] : self.bounds[place, END], RELATION], RELATIONS.index(relation)
        return int(np.count_nonzero(kinds & KIND == kind))

    def may_link(self, one: int, two: int, *, soft: bool, hubs: bool) -> bool:
        """False when no path can be, by components; without a hub unless ``hubs``."""
        part = self.parts[soft, hubs]
        if part[one] == part[two] or self._beside(one, two):
            return True
        return bool(np.isin(self._parts_of(one, part, hubs), self._parts_of(two, part, hubs)).any())

    def _beside(self, one: int, two: int) -> bool:
        """Whether a step joins two nodes of which one is a hub in it."""
        return bool((self.arc[self.bounds[one, FREE] : self.bounds[one, END], OTHER] == two).any())

    def _parts_of(self, node: int, part: Ints, hubs: bool) -> Ints:
        """The components that a path from the node may begin in: its own, and those that it meets as a hub itself."""
        arcs = self.arc[self.bounds[node, MILD] : self.bounds[node, END]]
        beside = arcs[(arcs[:, FAR] < BLOCK) if hubs else (arcs[:, RELATION] & HUBWARD == 0), OTHER]
        return np.append(part[beside], part[node]).astype(np.int32)

    @cached_property
    def hub_passing(self) -> int:
        """Half of what passing a node costs that is not yet a hub."""
        return int(_passing(np.array([self.hub], dtype=np.int64))[0])

    @cached_property
    def no_strain(self) -> Ints:
        """The strain of a first search."""
        return np.empty(0, np.int32)

    @staticmethod
    def halves(relations: Iterable[str], *, soft: bool) -> Longs:
        """Half of what a step costs by relation, -1 for those that are not walked."""
        chosen = {*relations, *(SOFT_RELATIONS if soft else ())}
        return np.array([COSTS[name] // 2 if name in chosen else -1 for name in RELATIONS], dtype=np.int64)


def _read(reader: Scanned, view: View) -> tuple[_Column, _Column, Names, Names, NDArray[np.int8], dict[str, SoftNode]]:
    """Node ids, those of no bridges, ends and relations of links, soft nodes."""
    nodes, barred, addresses, firms = _Column(), _Column(), _Shared("address"), _Shared("agent")
    for node in reader.scan_nodes(view):
        if node.kind in SUBJECT_KINDS:
            nodes.add(node.id)
            if node.kind in NO_BRIDGES:
                barred.add(node.id)
            elif node.kind != "person" and "address" in node.props:
                addresses.add(str(node.props["address"]), node.id)
    left, right, relations, place = _Column(), _Column(), [], {name: i for i, name in enumerate(RELATIONS)}
    for edge in reader.scan_edges(view, RELATIONS[: -len((ADDRESS, FIRM))]):
        left.add(edge.source)
        right.add(edge.target)
        relations.append(place[edge.relation])
        if edge.relation == AGENT and edge.props.get("firm"):
            firms.add(str(edge.props["firm"]), edge.target)
    soft: dict[str, SoftNode] = {}
    for shared, relation in ((addresses, ADDRESS), (firms, FIRM)):
        for found, members in shared.links():
            soft[found.id] = found
            nodes.add(found.id)
            for member in members:
                left.add(member)
                right.add(found.id)
                relations.append(place[relation])
    return nodes, barred, left.whole(), right.whole(), np.array(relations, dtype=np.int8), soft


def _places(ids: Names, some: Names) -> Ints:
    """Places of ids, -1 for what is none of them."""
    if not ids.size or not some.size:
        return np.full(some.size, -1, np.int32)
    found = np.minimum(np.searchsorted(ids, some), ids.size - 1)
    return np.where(ids[found] == some, found, -1).astype(np.int32)


def _links(left: Ints, right: Ints, relation: NDArray[np.int8]) -> tuple[Ints, Ints, NDArray[np.int8]]:
    """Each pair once a relation, whichever way and however often it is told; nobody is linked to himself."""
    kept = (left >= 0) & (right >= 0) & (left != right)
    low, high = np.minimum(left, right)[kept].astype(np.int64), np.maximum(left, right)[kept]
    kind = relation[kept]
    order = np.lexsort((kind, high, low))
    low, high, kind = low[order], high[order], kind[order]
    new = np.ones(low.size, dtype=np.bool_)
    new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (kind[1:] != kind[:-1])
    return low[new].astype(np.int32), high[new], kind[new]


def _degrees(count: int, left: Ints, right: Ints, kind: NDArray[np.int8]) -> tuple[Longs, Longs]:
    """Of each link, how many neighbours its ends have in its relation."""
    at_left, at_right = np.zeros(left.size, np.int64), np.zeros(left.size, np.int64)
    for relation in range(len(RELATIONS)):
        some = kind == relation
        if some.any():
            degree = np.bincount(np.concatenate((left[some], right[some])), minlength=count)
            at_left[some], at_right[some] = degree[left[some]], degree[right[some]]
    return at_left, at_right


def _passing(degree: Longs) -> Ints:
    """Half of what passing a node of a degree costs, in thousandths."""
    return np.maximum(0, np.rint((np.log2(np.maximum(degree, 1)) - 3) * (UNIT / 2))).astype(np.int32)


def build(reader: Scanned, view: View, *, hub: int = HUB) -> Index:
    """The index of what a reader shows in a view (``as_of`` None: links of all times).

    ``hub``: a node with more neighbours in a relation is a hub in it. Time and room are linear in the graph.
    """
    nodes, barred, source, target, relation, soft = _read(reader, view)
    ids = np.unique(nodes.whole())
    left, right, kind = _links(_places(ids, source), _places(ids, target), relation)
    at_left, at_right = _degrees(ids.size, left, right, kind)
    closed = np.zeros(ids.size, dtype=np.bool_)
    closed[_places(ids, barred.whole())] = bool(ids.size)
    pass_left = np.where(closed[left], BLOCK, _passing(at_left)).astype(np.int32)
    pass_right = np.where(closed[right], BLOCK, _passing(at_right)).astype(np.int32)
    hub_left, hub_right = (at_left > hub) | closed[left], (at_right > hub) | closed[right]

    v, w = np.concatenate((left, right)), np.concatenate((right, left))
    kinds = np.concatenate((kind, kind))
    near, far = np.concatenate((pass_left, pass_right)), np.concatenate((pass_right, pass_left))
    near_hub, far_hub = np.concatenate((hub_left, hub_right)), np.concatenate((hub_right, hub_left))
    section = np.where(near_hub, 2, far_hub.astype(np.int8))
    order = np.lexsort((kinds, w, section, v))
    counts = [np.bincount(v[section <= most], minlength=ids.size) for most in (0, 1, 2)]
    begin = np.cumsum(counts[2]) - counts[2]
    ends = [begin + count for count in (counts[0], *counts)]
    bounds = np.stack((begin, *ends), axis=1).astype(np.int64)
    told = kinds + HUBWARD * far_hub.astype(np.int32)
    arc = np.stack([column[order] for column in (w, near, far, told)], axis=1).astype(np.int32)
    peel(bounds, arc)
    parts: dict[tuple[bool, bool], Ints] = {}
    for with_soft in (False, True):
        among = np.ones(kind.size, np.bool_) if with_soft else kind < len(RELATIONS) - len(SOFT_RELATIONS)
        parts[with_soft, False] = components(ids.size, left, right, among & ~hub_left & ~hub_right)
        parts[with_soft, True] = components(ids.size, left, right, among & ~closed[left] & ~closed[right])
    return Index(ids, bounds, arc, hub, soft, parts)


def shown_node(found: SoftNode) -> Node:
    """A soft node as if it were one of the graph."""
    return Node(found.id, found.kind, (), found.name, (), {}, ())

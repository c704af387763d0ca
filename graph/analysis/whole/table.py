"""A register as arrays: whose holdings count, and of which companies arrays do not tell everything.

A row counts as it does for one company (``graph.analysis.ownership.reading``): from its best source, of two holdings
of a pair that overlap the later.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from graph.analysis.index import Edges, OwnershipIndex
from graph.analysis.ownership.arrangements import AT
from graph.analysis.ownership.reading import CONTROLS, HOLDS, Authority, strongest
from graph.model.ontology import SUBJECT_KINDS
from graph.store.base import Edge, Node, Reader, View

Flags = NDArray[np.bool_]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Ids = NDArray[np.bytes_]

#: Kinds that nobody holds.
ENDS = frozenset({"person", "department", "court"})

#: What speaks of a row besides holdings.
ROW = (HOLDS, CONTROLS, AT)

#: Sums of parts over one by less are rounding.
_ROUND = 1e-9

_ID, _DAY = "S24", "S10"


@dataclass(frozen=True, slots=True)
class Held:
    """Holdings by their owner: ``order`` of holdings, ``start`` of each owner's in it."""

    order: Longs
    start: Longs

    @classmethod
    def of(cls, owner: Ints, nodes: int) -> "Held":
        """The holdings of each of so many nodes."""
        order = np.argsort(owner, kind="stable")
        return cls(order, np.searchsorted(owner[order], np.arange(nodes + 1)))

    def of_each(self, owners: Ints | Longs) -> tuple[Longs, Longs]:
        """Places of the holdings of some owners, one owner after the other, and how many each has."""
        count = self.start[owners + 1] - self.start[owners]
        first = np.repeat(self.start[owners] - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
        return self.order[(first + np.arange(count.sum())).astype(np.int64)], count


@dataclass(slots=True)
class Table:
    """``ids``: node ids by number; ``kind``: place in ``SUBJECT_KINDS``; ``order``: numbers in the order of ids.

    ``owner``, ``owned``, ``share``: holdings that count, parts of one, nan where none is told. ``odd``: companies of
    whose row more is to be said than shares (a share not told, sources that disagree, an arrangement, a declared
    controller, parts over one, a holding in itself).
    """

    ids: Ids
    kind: NDArray[np.uint8]
    order: Longs
    owner: Ints
    owned: Ints
    share: Floats
    odd: Flags

    @property
    def is_company(self) -> Flags:
        """Who may be held."""
        ends = [place for place, name in enumerate(SUBJECT_KINDS) if name in ENDS]
        held: Flags = ~np.isin(self.kind, ends)
        return held

    def of_kind(self, *names: str) -> Flags:
        """The nodes of some kinds."""
        found: Flags = np.isin(self.kind, [SUBJECT_KINDS.index(name) for name in names])
        return found

    def number(self, node: str) -> int | None:
        """The number of a node id."""
        place = int(np.searchsorted(self.ids, node.encode(), sorter=self.order))
        number = int(self.order[place]) if place < len(self.order) else -1
        return number if number >= 0 and self.ids[number] == node.encode() else None

    def id(self, number: int) -> str:
        """The node id of a number."""
        return bytes(self.ids[number]).decode()

    def index(self) -> OwnershipIndex:
        """The index of the holdings whose share is told."""
        told = self.share > 0
        return OwnershipIndex.build(self.is_company, Edges.of(self.owner[told], self.owned[told], self.share[told]))

    def below(self, some: Flags) -> Flags:
        """These nodes and everything that they have a part of through any chain."""
        held = Held.of(self.owner, len(self.ids))
        met = some.copy()
        frontier: Ints | Longs = np.flatnonzero(some)
        while len(frontier):
            reached = np.unique(self.owned[held.of_each(frontier)[0]])
            frontier = reached[~met[reached]]
            met[frontier] = True
        return met

    def votes_of(self, some: Sequence[int]) -> Floats:
        """By company: the votes that some holders have there together, as shares are told."""
        among = np.zeros(len(self.ids), np.bool_)
        among[np.array(some, np.int64)] = True
        told = among[self.owner] & (self.share > 0) & (self.owner != self.owned)
        votes = np.bincount(self.owned[told], self.share[told], minlength=len(self.ids))
        return votes.astype(np.float64)

    def add(self, nodes: Iterable[Node]) -> None:
        """Nodes behind those that are there."""
        fresh = [node for node in nodes if self.number(node.id) is None]
        if not fresh:
            return
        ids = np.array([node.id.encode() for node in fresh], _ID)
        self.ids = np.concatenate([self.ids, ids])
        kinds = np.array([SUBJECT_KINDS.index(node.kind) for node in fresh], np.uint8)
        self.kind = np.concatenate([self.kind, kinds])
        self.odd = np.concatenate([self.odd, np.zeros(len(fresh), np.bool_)])
        self.order = np.argsort(self.ids, kind="stable")

    def replace(self, rows: Mapping[int, Sequence[tuple[int, float]]], odd: Mapping[int, bool]) -> Edges:
        """Give companies other rows; the pairs that changed, 0 for those that are gone, as the index takes them."""
        stays = ~np.isin(self.owned, list(rows))
        before = {
            (int(u), int(v)): float(s)
            for u, v, s in zip(self.owner[~stays], self.owned[~stays], self.share[~stays], strict=True)
        }
        after = {(u, v): s for v, row in rows.items() for u, s in row}
        owner, owned = (np.array([pair[side] for pair in after], np.int32) for side in (0, 1))
        self.owner = np.concatenate([self.owner[stays], owner])
        self.owned = np.concatenate([self.owned[stays], owned])
        self.share = np.concatenate([self.share[stays], np.array(list(after.values()), np.float64)])
        for company, is_odd in odd.items():
            self.odd[company] = is_odd
        told = {pair: 0.0 if np.isnan(s) else s for pair, s in after.items()}
        known = {pair: 0.0 if np.isnan(s) else s for pair, s in before.items()}
        pairs = [p for p in sorted(told.keys() | known.keys()) if told.get(p, 0.0) != known.get(p, 0.0)]
        return Edges.of([u for u, _ in pairs], [v for _, v in pairs], [told.get(p, 0.0) for p in pairs])


def part_of(edge: Edge) -> float:
    """The part of one that a holding tells, nan when it tells none."""
    told = edge.props.get("share")
    return float("nan") if told is None else float(Fraction(str(told)) / 100)


class _Columns:
    """Holdings as they come: numbers, dates and ids in arrays, since an object each takes twenty times the room."""

    def __init__(self) -> None:
        self.owner, self.owned, self.rank = array("i"), array("i"), array("i")
        self.share, self.differs = array("d"), array("b")
        self.day, self.id = bytearray(), bytearray()

    def put(self, owner: int, owned: int, rank: int, edge: Edge) -> None:
        """One holding."""
        self.owner.append(owner)
        self.owned.append(owned)
        self.rank.append(rank)
        self.share.append(part_of(edge))
        self.differs.append(edge.disagree)
        self.day += (edge.valid_from or "").encode().ljust(10, b"\0")
        self.id += edge.id.encode().ljust(24, b"\0")

    def counted(self, nodes: int) -> tuple[Ints, Ints, Floats, Flags]:
        """Owner, owned and share of what counts, and the companies of which two holdings of a pair differ."""
        owner, owned = np.array(self.owner, np.int32), np.array(self.owned, np.int32)
        rank, share = np.array(self.rank, np.int32), np.array(self.share, np.float64)
        differs = np.array(self.differs, np.bool_)
        day, ids = np.frombuffer(bytes(self.day), _DAY), np.frombuffer(bytes(self.id), _ID)
        best = np.full(nodes, -1, np.int32)
        np.maximum.at(best, owned, rank)
        kept = np.flatnonzero(rank == best[owned])
        kept = kept[np.lexsort((ids[kept], day[kept], owner[kept], owned[kept]))]
        pair = owner[kept].astype(np.int64) * nodes + owned[kept]
        last = np.append(pair[1:] != pair[:-1], True) if len(pair) else np.zeros(0, np.bool_)
        odd = np.zeros(nodes, np.bool_)
        odd[owned[kept[~last]]] = True
        kept = kept[last]
        odd[owned[kept[differs[kept]]]] = True
        return owner[kept], owned[kept], share[kept], odd


def _strange(owner: Ints, owned: Ints, share: Floats, nodes: int) -> Flags:
    """Companies with a share not told, a holding in themselves, or parts that sum to over one."""
    odd = np.zeros(nodes, np.bool_)
    odd[owned[np.isnan(share) | (owner == owned)]] = True
    sums = np.bincount(owned, np.nan_to_num(share), minlength=nodes)
    found: Flags = odd | (sums > 1 + _ROUND)
    return found


def scan(reader: Reader, view: View, authority: Authority) -> Table:
    """The register of all that a view shows; two passes over the store."""
    place: dict[str, int] = {}
    kinds = bytearray()
    for node in reader.scan_nodes(view):
        if node.kind in SUBJECT_KINDS:
            place[node.id] = len(place)
            kinds.append(SUBJECT_KINDS.index(node.kind))
    columns, more = _Columns(), np.zeros(len(place), np.bool_)
    for edge in reader.scan_edges(view, ROW):
        if edge.target not in place:
            continue
        if edge.relation != HOLDS:
            more[place[edge.target]] = True
        elif edge.source in place:
            columns.put(place[edge.source], place[edge.target], authority(edge), edge)
    owner, owned, share, odd = columns.counted(len(place))
    odd |= more | _strange(owner, owned, share, len(place))
    ids = np.array([node.encode() for node in place], _ID)
    return Table(ids, np.frombuffer(bytes(kinds), np.uint8), np.argsort(ids, kind="stable"), owner, owned, share, odd)


def rows_of(
    reader: Reader, view: View, companies: Sequence[str], authority: Authority
) -> Iterator[tuple[str, list[Edge], bool]]:
    """Each company with the holdings of its row that count, and whether more is to be said of it."""
    edges: dict[str, list[Edge]] = {company: [] for company in companies}
    for edge in reader.neighbours(view, companies, ROW, "in"):
        if edge.target in edges:
            edges[edge.target].append(edge)
    for company, some in edges.items():
        kept, _, disputed = strongest([edge for edge in some if edge.relation == HOLDS], authority)
        parts = [part_of(edge) for edge in kept]
        strange = any(np.isnan(parts)) or any(edge.source == company for edge in kept)
        more = any(edge.relation != HOLDS for edge in some)
        yield company, kept, bool(disputed or more or strange or sum(np.nan_to_num(parts)) > 1 + _ROUND)

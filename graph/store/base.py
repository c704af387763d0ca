"""The store protocol: what every graph store answers, and under which view.

Three implementations: SQLite (embedded), Neo4j (production) and the ledger
itself (the past). No method takes a query text; no method has a default view.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

Direction = Literal["in", "out", "both"]
Value = str | int | float

#: Sorts after every ISO date; stands for "no end".
FOREVER = "9999-12-31"


@dataclass(frozen=True, slots=True)
class View:
    """Who reads and which time is asked.

    ``level``: 0 public, 1 shared, 2 restricted. ``as_of``: ISO date of valid
    time; None asks for all times. ``known_at``: ledger sequence, None = now; a
    store holds only now, the view of the past serves the rest. ``today``: the
    reader's wall clock (ISO date), by which openness ends.
    """

    level: int
    as_of: str | None
    known_at: int | None
    today: str


class NamePeriod(NamedTuple):
    """A name as the view shows it, ``[valid_from, valid_to)``."""

    text: str
    former: bool
    valid_from: str | None
    valid_to: str | None


@dataclass(frozen=True, slots=True)
class Node:
    """One subject or record as a view shows it.

    ``name``: the best name valid at ``as_of``; "" when the view shows none.
    ``keys``: the keys that the view may see, by rank.
    """

    id: str
    kind: str
    labels: tuple[str, ...]
    name: str
    names: tuple[NamePeriod, ...]
    props: Mapping[str, Value]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge as a view shows it: ``source relation target`` (node ids).

    ``match``: exact, confirmed or candidate. ``disagree``: another edge of the
    same pair and relation overlaps with other dates, or its claims give other
    values. ``sources``: source ids of its claims. ``claims``: ids of the visible
    claims in the ledger, from which evidence is resolved.
    """

    id: str
    relation: str
    source: str
    target: str
    valid_from: str | None
    valid_to: str | None
    seen_on: str | None
    props: Mapping[str, Value]
    match: str
    disagree: bool
    sources: tuple[str, ...]
    claims: tuple[int, ...]

    @property
    def pair(self) -> tuple[str, str, str]:
        """Relation, source and target: what its claims are merged by."""
        return self.relation, self.source, self.target

    def other(self, node: str) -> str:
        """The end that is not ``node`` (``node`` itself for a self-holding)."""
        return self.target if self.source == node else self.source


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a store has come, written with the data."""

    ledger_id: str
    head_hash: str
    seq: int
    schema: int
    digest: str


class Fact(NamedTuple):
    """One property value of a node with its openness.

    ``public_until``/``shared_until``: first day on which it is no longer open
    at that level; "" = never open, FOREVER = without end.
    """

    prop: str
    value: Value
    valid_from: str | None
    valid_to: str | None
    rank: int
    public_until: str
    shared_until: str


@dataclass(frozen=True, slots=True)
class NodeItem:
    """A node as stored: facts of all levels, resolved when read."""

    id: str
    kind: str
    labels: tuple[str, ...]
    keys: tuple[str, ...]
    facts: tuple[Fact, ...]
    public_until: str
    shared_until: str


class Part(NamedTuple):
    """One claim of an edge, as the merging of claims into edges needs it."""

    claim: int
    source_id: str
    valid_from: str | None
    valid_to: str | None
    seen_on: str | None
    props: Mapping[str, Value]
    rank: int
    public_until: str
    shared_until: str
    match: str


@dataclass(frozen=True, slots=True)
class EdgeItem:
    """An edge as stored. ``parts``: all claims of its pair and relation when their openness differs."""

    edge: Edge
    public_until: str
    shared_until: str
    parts: tuple[Part, ...] = ()


@dataclass(slots=True)
class Changes:
    """What one projection step does to a store, in one transaction.

    First everything named in ``drop_*`` goes: nodes by id, all edges of a node
    (``drop_edges_of``, node ids), all edges of a pair (``drop_pairs``: relation,
    source id, target id). Then ``nodes`` and ``edges`` are written, each with
    its hash; what is written replaces what has the same id (a node) or the same
    pair (edges). An edge may be named by several drops and may be gone already.
    ``new_edges`` are edges too, of pairs of which the store holds nothing: it need not look.
    """

    drop_nodes: Sequence[str] = ()
    drop_edges_of: Sequence[str] = ()
    nodes: Sequence[tuple[NodeItem, str]] = ()
    drop_pairs: Sequence[tuple[str, str, str]] = ()
    edges: Sequence[tuple[EdgeItem, str]] = ()
    new_edges: Sequence[tuple[EdgeItem, str]] = ()
    checkpoint: Checkpoint | None = None


class Reader(Protocol):
    """The reading half, which the view of the past implements too."""

    def get(self, view: View, ids: Sequence[str]) -> dict[str, Node]:
        """Nodes by id, keyed by the id asked; a retired id answers with its survivor."""

    def by_key(self, view: View, key: str) -> Node | None:
        """The node that holds a key (``uscc:…``), if the view shows it."""

    def search(self, view: View, text: str, limit: int, *, exact: bool = False, after: str | None = None) -> list[Node]:
        """Nodes by name, normalised, containing ``text``, by signs, pinyin or initials, or (``exact``) equal to it.

        Ordered by id. ``exact`` looks only among names valid at ``as_of``; otherwise at all names.
        """

    def neighbours(
        self,
        view: View,
        ids: Sequence[str],
        relations: Iterable[str] | None = None,
        direction: Direction = "both",
        limit: int | None = None,
    ) -> list[Edge]:
        """Edges of these nodes, ordered by (relation, source, target, valid_from, id); ``limit`` per node."""

    def counts(self, view: View, ids: Sequence[str]) -> dict[tuple[str, str, str], int]:
        """How many edges: {(node id, relation, "in"|"out"): n}, without loading them."""

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """All nodes of the view, ordered by id."""

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All edges of the view, ordered by id."""


class Store(Reader, Protocol):
    """A store of the present graph."""

    def state(self) -> Checkpoint | None:
        """The checkpoint, None for an empty store."""

    def snapshot(self) -> AbstractContextManager[bool]:
        """All reads within are of one moment, where the store can: then True (SQLite), else False (Neo4j)."""

    def writing(self) -> AbstractContextManager[None]:
        """Several :meth:`apply` as one: whole or absent where the store can (SQLite: one transaction).

        Neo4j commits each apply; until the last one the checkpoint stays the old one.
        """

    def apply(self, changes: Changes) -> None:
        """Write one step; the checkpoint is in the same transaction.

        ``nodes`` and ``edges`` come with their hash; the store adjusts its
        digest by what it really drops and writes and puts the result into the
        checkpoint (``changes.checkpoint.digest`` is ignored).
        """

    def clear(self) -> None:
        """Forget everything, the checkpoint too."""

    def items(self) -> Iterator[NodeItem]:
        """All nodes as stored, for the digest read back."""

    def edge_items(self) -> Iterator[EdgeItem]:
        """All edges as stored, for the digest read back."""

    def close(self) -> None:
        """Release the connection."""

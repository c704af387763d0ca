"""The projection: live claims and clusters in, items of a store out.

One code path for everything: what changed since the checkpoint names the dirty
units; a unit (a node, or a pair of nodes and a relation) is dropped and made
again from its live claims. A merge, a split, an undo, a withdrawal and a
rebuild differ in what is dirty, in nothing else (design 3.1, 3.2).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, product

from sqlalchemy import Connection, func, or_, select, tuple_

from graph.ledger import tables as t
from graph.ledger.ledger import Ledger, head, live_at
from graph.ledger.rows import ClaimRow
from graph.model.claims import PUBLIC, SHARED, key_kind, key_order
from graph.model.progress import EVERY, Tell, silent
from graph.store.base import FOREVER, Changes, Checkpoint, EdgeItem, Fact, NodeItem, Part, Store
from graph.store.digest import Digest
from graph.store.errors import ForeignStore
from graph.store.items import edge_hash, edges_of, node_hash, smallest

#: Shape of the stored items; another number makes the projection start anew.
SCHEMA = 1

_PAGE = 20_000
_IN = 400

Pair = tuple[str, str, str]


def some_of(values: Iterable[object], size: int = _IN) -> Iterator[list[object]]:
    """Lists of at most ``size`` values."""
    iterator = iter(values)
    while part := list(islice(iterator, size)):
        yield part


def openness(level: int, until: str | None) -> tuple[str, str]:
    """(public_until, shared_until) of a claim."""
    end = until or FOREVER
    if level == PUBLIC:
        return end, end
    return ("", end) if level == SHARED else ("", "")


def _facts_of(row: ClaimRow) -> Iterator[tuple[str, str | int | float, str | None, str | None]]:
    body = row.body()
    yield "kind", row.kind, None, None
    for key in (row.a, *body.get("k", ())):
        yield "key", key, None, None
    for label in body.get("l", ()):
        yield "label", label, None, None
    for prop, value in body.get("p", {}).items():
        yield prop, value, None, None
    for text, former, start, end in body.get("n", ()):
        yield "former_name" if former else "name", text, start, end


def node_item(node: str, keys: Sequence[str], rows: Iterable[ClaimRow]) -> NodeItem | None:
    """The item of a cluster from its live node claims; None when there is none."""
    openings: dict[tuple[str, str | int | float, str | None, str | None, int], tuple[str, str]] = {}
    for row in rows:
        public, shared = openness(row.level, row.shown_until)
        for fact in _facts_of(row):
            place = (*fact, row.rank)
            known = openings.get(place, ("", ""))
            openings[place] = (max(public, known[0]), max(shared, known[1]))
    if not openings:
        return None
    facts = tuple(
        Fact(*place, *opening)
        for place, opening in sorted(openings.items(), key=lambda f: (f[0][0], str(f[0][1]), str(f[0][2:])))
    )
    kinds = [f for f in facts if f.prop == "kind"]
    return NodeItem(
        id=node,
        kind=str(max(kinds, key=lambda f: (f.rank, str(f.value))).value),
        labels=tuple(sorted({str(f.value) for f in facts if f.prop == "label"})),
        keys=tuple(sorted(keys, key=key_order)),
        facts=facts,
        public_until=max(f.public_until for f in facts),
        shared_until=max(f.shared_until for f in facts),
    )


def part_of(row: ClaimRow, source_id: str, mixed: Callable[[str], bool]) -> Part:
    """A claim as a part of an edge. ``mixed``: whether a ``ctx:`` key lies in a cluster with other kinds of key."""
    body = row.body()
    ends = [key for key in (row.a, row.b or "") if key.startswith("ctx:")]
    match = "confirmed" if body.get("c") else "exact"
    if ends:
        match = "confirmed" if all(mixed(key) for key in ends) else "candidate"
    public, shared = openness(row.level, row.shown_until)
    time = (row.valid_from, row.valid_to, row.seen_on)
    return Part(row.id, source_id, *time, body.get("p", {}), row.rank, public, shared, match)


class Units:
    """Reads clusters and claims at a sequence (None = now) and makes items of them."""

    def __init__(self, connection: Connection, seq: int | None, stable: Callable[[str], str]) -> None:
        self._connection, self._seq, self._stable = connection, seq, stable
        self._keys: dict[str, list[str]] = {}
        self._node: dict[str, str] = {}

    def load_nodes(self, nodes: Iterable[str]) -> None:
        """Fetch the keys of these nodes."""
        member = t.membership.c
        missing = [n for n in dict.fromkeys(nodes) if n not in self._keys]
        for some in some_of(missing):
            where = (member.node.in_(some), live_at(t.membership, self._seq))
            for key, node in self._connection.execute(select(member.key, member.node).where(*where)):
                self._keys.setdefault(node, []).append(key)
                self._node[key] = node
        for node in missing:
            self._keys.setdefault(node, [])

    def load_keys(self, keys: Iterable[str]) -> None:
        """Fetch the nodes of these keys, with all their keys."""
        member = t.membership.c
        found: set[str] = set()
        for some in some_of(k for k in dict.fromkeys(keys) if k not in self._node):
            where = (member.key.in_(some), live_at(t.membership, self._seq))
            found.update(self._connection.execute(select(member.node).where(*where)).scalars())
        self.load_nodes(found)

    def node(self, key: str) -> str | None:
        """The node of a key that was loaded."""
        return self._node.get(key)

    def keys(self, node: str) -> list[str]:
        """The keys of a node that was loaded."""
        return self._keys.get(node, [])

    def stable_key(self, node: str) -> str:
        """What names a node in the digest."""
        return self._stable(smallest(self._keys[node])) if self._keys.get(node) else node

    def _mixed(self, key: str) -> bool:
        return any(key_kind(k) != "ctx" for k in self._keys.get(self._node.get(key, ""), ()))

    def node_items(self, nodes: Sequence[str]) -> Iterator[tuple[NodeItem, str]]:
        """Items of nodes with their hashes; a node without live claims has none."""
        self.load_nodes(nodes)
        c = t.claim.c
        fixed = (c.a, c.kind, c.level, c.shown_until, c.rank, c.data)
        rows: dict[str, list[ClaimRow]] = {}
        for some in some_of(key for node in nodes for key in self._keys[node]):
            where = (c.a.in_(some), c.relation == "", live_at(t.claim, self._seq))
            for a, kind, level, until, rank, data in self._connection.execute(
                select(*fixed).where(*where).group_by(*fixed)
            ):
                row = ClaimRow(0, 0, "", a, None, kind, None, None, None, level, until, rank, data, 0, None)
                rows.setdefault(self._node[a], []).append(row)
        for node in nodes:
            item = node_item(node, self._keys[node], rows.get(node, ()))
            if item:
                yield item, node_hash(item, {key: self._stable(key) for key in item.keys})

    def edge_items(self, pairs: Iterable[Pair]) -> Iterator[tuple[EdgeItem, str]]:
        """Items of pairs with their hashes."""
        pairs = list(dict.fromkeys(pairs))
        self.load_nodes(node for pair in pairs for node in pair[1:])
        triples = [
            (a, relation, b)
            for relation, source, target in pairs
            for a, b in product(self._keys[source], self._keys[target])
        ]
        c = t.claim
        parts: dict[Pair, list[Part]] = {}
        for some in some_of(triples, 300):
            where = (tuple_(c.c.a, c.c.relation, c.c.b).in_(some), live_at(c, self._seq))
            query = select(c, t.entry.c.source.label("source_id")).join(t.entry, t.entry.c.seq == c.c.entry)
            for *values, source_id in self._connection.execute(query.where(*where)):
                row = ClaimRow(*values)
                pair = (row.relation, self._node[row.a], self._node[row.b or ""])
                parts.setdefault(pair, []).append(part_of(row, source_id, self._mixed))
        for pair in pairs:
            for item in edges_of(*pair, parts.get(pair, ())):
                yield item, edge_hash(item.edge, self.stable_key(pair[1]), self.stable_key(pair[2]))

    def pairs_of(self, nodes: Iterable[str]) -> Iterator[Pair]:
        """Every pair that a live claim of these nodes makes."""
        self.load_nodes(nodes)
        c = t.claim.c
        for some in some_of(key for node in nodes for key in self._keys[node]):
            where = (or_(c.a.in_(some), c.b.in_(some)), c.relation != "", live_at(t.claim, self._seq))
            ends = self._connection.execute(select(c.relation, c.a, c.b).where(*where)).all()
            self.load_keys(key for _, a, b in ends for key in (a, b))
            for relation, a, b in ends:
                yield relation, self._node[a], self._node[b]


def _moved(connection: Connection, since: int) -> set[str]:
    """Nodes that a key has left or joined since a sequence."""
    member = t.membership.c
    rows = connection.execute(
        select(member.key, member.node).where(member.seq_to > since, member.seq_from <= since)
    ).all()
    nodes = {row.node for row in rows}
    for some in some_of(row.key for row in rows):
        where = (member.key.in_(some), member.seq_to.is_(None))
        nodes.update(connection.execute(select(member.node).where(*where)).scalars())
    return nodes


def _erased(connection: Connection, since: int) -> set[str]:
    """Nodes that an erasure since a sequence has touched: its claims are gone, the node ids are noted."""
    e = t.entry.c
    query = select(t.payload.c.body).join(t.entry, e.seq == t.payload.c.seq)
    bodies = connection.execute(query.where(e.seq > since, e.kind == "decision", e.outcome == "erase")).scalars()
    return {node for body in bodies for node in json.loads(body)["touched"]}


def _pages(connection: Connection, since: int) -> Iterator[list[tuple[str, str, str | None]]]:
    """Claims that began or ended since a sequence: (relation, a, b), a page at a time."""
    c = t.claim.c
    what = select(c.id, c.relation, c.a, c.b)
    began = connection.execute(select(func.min(c.id)).where(c.entry > since)).scalar()
    last = (began or 0) - 1
    while began is not None:
        page = connection.execute(what.where(c.id > last).order_by(c.id).limit(_PAGE)).all()
        if not page:
            break
        last = page[-1][0]
        yield [row[1:] for row in page]
    ended = connection.execute(what.where(c.seq_to > since, c.entry <= since))
    for some in some_of(ended, _PAGE):
        yield [row[1:] for row in some]  # type: ignore[index]


def _step(units: Units, claims: Sequence[tuple[str, str, str | None]]) -> Changes:
    units.load_keys(key for _, a, b in claims for key in (a, b) if key)
    nodes = dict.fromkeys(units.node(a) for relation, a, _ in claims if not relation)
    pairs = {(relation, units.node(a), units.node(b)): None for relation, a, b in claims if relation and b}
    known = [(r, s, e) for r, s, e in pairs if s and e]
    named = [n for n in nodes if n]
    return Changes(named, (), list(units.node_items(named)), known, list(units.edge_items(known)))


def _relocation(units: Units, nodes: Sequence[str]) -> Changes:
    pairs = list(dict.fromkeys(units.pairs_of(nodes)))
    return Changes(nodes, nodes, list(units.node_items(nodes)), pairs, list(units.edge_items(pairs)))


def check_ancestor(ledger: Ledger, state: Checkpoint | None) -> None:
    """ForeignStore when the store's checkpoint is no earlier state of this ledger."""
    if state is None:
        return
    if state.ledger_id != ledger.id:
        raise ForeignStore(
            "the store holds the graph of another ledger; name another store, or empty it with `creditgraph rebuild`"
        )
    if ledger.hash_at(state.seq) != state.head_hash:
        raise ForeignStore(
            f"the store has seen sequence {state.seq}, which this ledger does not hold in that form; "
            "restore the newer ledger, or make the graph anew with `creditgraph rebuild`"
        )


def catch_up(ledger: Ledger, store: Store, stable: Callable[[str], str], tell: Tell = silent) -> Checkpoint:
    """Bring the store to the head of the ledger; idempotent, whole or absent where the store can."""
    state = store.state()
    check_ancestor(ledger, state)
    if state and state.schema != SCHEMA:
        store.clear()
        state = None
    since = state.seq if state else 0
    with ledger.reading() as connection:
        seq, chained = head(connection)
        if state and state.seq == seq:
            return state
        with store.writing():
            moved = sorted(_moved(connection, since) | _erased(connection, since))
            for some in some_of(moved, 2000):
                store.apply(_relocation(Units(connection, None, stable), [str(n) for n in some]))
                tell("subjects made anew", len(some))
            for page in _pages(connection, since):
                store.apply(_step(Units(connection, None, stable), page))
                tell("claims into the graph", len(page))
            store.apply(Changes(checkpoint=Checkpoint(ledger.id, chained, seq, SCHEMA, "")))
    done = store.state()
    assert done is not None
    return done


def read_back(store: Store, stable: Callable[[str], str], tell: Tell = silent) -> str:
    """The digest made anew from every stored item (design 3.6)."""
    digest, names = Digest(), {}
    for count, item in enumerate(store.items(), 1):
        if not count % EVERY:
            tell("subjects read back", EVERY)
        names[item.id] = stable(smallest(item.keys))
        digest.add([node_hash(item, {key: stable(key) for key in item.keys})])
    for count, edge in enumerate((i.edge for i in store.edge_items()), 1):
        if not count % EVERY:
            tell("edges read back", EVERY)
        ends = names.get(edge.source, edge.source), names.get(edge.target, edge.target)
        digest.add([edge_hash(edge, *ends)])
    return digest.hex()

"""The projection: live claims and clusters in, items of a store out.

One code path for everything: what changed since the checkpoint names the dirty
units; a unit (a node, or a pair of nodes and a relation) is dropped and made
again from its live claims. A merge, a split, an undo, a withdrawal and a
rebuild differ in what is dirty, in nothing else (design 3.1, 3.2).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import ge
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, func, select

from graph.ledger import tables as t
from graph.ledger.bulk import among, listed, part
from graph.ledger.ledger import Ledger, head, live_at
from graph.model.claims import PUBLIC, SHARED, key_kind, key_order
from graph.model.jsontext import load
from graph.model.progress import EVERY, Tell, silent
from graph.store.base import FOREVER, Changes, Checkpoint, EdgeItem, Fact, NodeItem, Part, Store, Value
from graph.store.digest import Digest
from graph.store.errors import ForeignStore
from graph.store.items import edge_hash, edges_of, node_hash, smallest
from graph.store.since import Ends, Span, begun, ended, erased, moved

#: Shape of the stored items; another number makes the projection start anew.
SCHEMA = 2

_IN = 400

Pair = tuple[str, str, str]

#: A fact without rank and openness: property, value, from, to.
Place = tuple[str, Value, str | None, str | None]

#: What a live node claim says: stable form of its key, kind, level, end of its openness, rank, data, key.
Said = tuple[str, str, int, str | None, int, str, str]


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


def _said_order(said: Said) -> tuple[Any, ...]:
    key, kind, level, until, rank, data, _ = said
    return key, kind, level, until or "", rank, data


def node_item(node: str, keys: Sequence[str], said: Sequence[Said]) -> NodeItem | None:
    """The item of a cluster from what its live node claims say; None when there is none.

    The order of the facts is that of the claims, by stable key and content, so that it is the same everywhere.
    """
    openings: dict[Place, dict[int, tuple[str, str]]] = {}
    for _, kind, level, until, rank, data, key in sorted(said, key=_said_order) if len(said) > 1 else said:
        body, opening = load(data), openness(level, until)
        places: list[Place] = [("kind", kind, None, None), ("key", key, None, None)]
        places += [("key", other, None, None) for other in body.get("k", ())]
        places += [("label", label, None, None) for label in body.get("l", ())]
        places += [(prop, value, None, None) for prop, value in body.get("p", {}).items()]
        for text, former, start, end in body.get("n", ()):
            places.append(("former_name" if former else "name", text, start, end))
        for place in places:
            ranks = openings.setdefault(place, {})
            known = ranks.setdefault(rank, opening)
            if known != opening:
                ranks[rank] = max(known[0], opening[0]), max(known[1], opening[1])
    facts = [
        Fact(*place, rank, *opening)
        for place, ranks in openings.items()
        for rank, opening in (ranks.items() if len(ranks) == 1 else _counting(ranks))
    ]
    if not facts:
        return None
    return NodeItem(
        id=node,
        kind=str(max((fact.rank, fact.value) for fact in facts if fact.prop == "kind")[1]),
        labels=tuple(sorted({str(fact.value) for fact in facts if fact.prop == "label"})),
        keys=tuple(keys),
        facts=tuple(facts),
        public_until=max(fact.public_until for fact in facts),
        shared_until=max(fact.shared_until for fact in facts),
    )


def _counting(ranks: Mapping[int, tuple[str, str]]) -> Iterable[tuple[int, tuple[str, str]]]:
    """Ranks of a fact with their openness, less those that a higher one outdoes for every reader."""
    return [
        (rank, own)
        for rank, own in sorted(ranks.items())
        if not any(other > rank and all(map(ge, opening, own)) for other, opening in ranks.items())
    ]


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
        where = (among(member.node, missing), live_at(t.membership, self._seq))
        self._keys.update((node, []) for node in missing)
        self._take(self._connection.execute(select(member.key, member.node).where(*where)).all())

    def load_keys(self, keys: Iterable[str]) -> None:
        """Fetch the nodes of these keys, with all their keys."""
        named, member = t.membership.alias(), t.membership.c
        missing = [k for k in dict.fromkeys(keys) if k not in self._node]
        where = (among(named.c.key, missing), live_at(named, self._seq), live_at(t.membership, self._seq))
        query = select(member.key, member.node).distinct().join(named, named.c.node == member.node).where(*where)
        self._take(self._connection.execute(query).all())

    def _take(self, rows: Iterable[tuple[str, str]]) -> None:
        several = set()
        for key, node in rows:
            if self._node.get(key) == node:
                continue
            self._node[key] = node
            keys = self._keys.setdefault(node, [])
            keys.append(key)
            if len(keys) > 1:
                several.add(node)
        for node in several:
            self._keys[node].sort(key=key_order)

    def node(self, key: str) -> str | None:
        """The node of a key that was loaded."""
        return self._node.get(key)

    def keys(self, node: str) -> list[str]:
        """The keys of a node that was loaded, by rank."""
        return self._keys.get(node, [])

    def stable_key(self, node: str) -> str:
        """What names a node in the digest."""
        return self._stable(self._keys[node][0]) if self._keys.get(node) else node

    def _mixed(self, key: str) -> bool:
        return any(key_kind(k) != "ctx" for k in self._keys.get(self._node.get(key, ""), ()))

    def node_items(self, nodes: Sequence[str], span: Span | None = None) -> Iterator[tuple[NodeItem, str]]:
        """Items of nodes with their hashes, a node without live claims aside.

        With a ``span`` only those due in it: whose first claim that says something new lies there.
        """
        self.load_nodes(nodes)
        c = t.claim.c
        fixed = (c.a, c.kind, c.level, c.shown_until, c.rank, c.data)
        keys = [key for node in nodes for key in self._keys[node]]
        where = (among(c.a, keys), c.relation == "", live_at(t.claim, self._seq))
        query = select(func.min(c.id), *fixed).where(*where).group_by(*fixed)
        said: dict[str, list[Said]] = {}
        claims: dict[str, list[int]] = {}
        for first, key, *values in self._connection.execute(query).all():
            node = self._node[key]
            said.setdefault(node, []).append((self._stable(key), *values, key))
            claims.setdefault(node, []).append(first)
        for node in nodes:
            if span is None or span.is_due(claims.get(node, ())):
                item = node_item(node, self._keys[node], said.get(node, ()))
                if item:
                    yield item, node_hash(item, self._stable)

    def edge_items(self, pairs: Iterable[Pair], span: Span | None = None) -> Iterator[tuple[EdgeItem, str]]:
        """Items of pairs with their hashes; with a ``span`` only those due in it."""
        pairs = list(dict.fromkeys(pairs))
        self.load_nodes(node for pair in pairs for node in pair[1:])
        said: dict[Pair, list[Sequence[Any]]] = {}
        ends = (
            (place, relation, a, b)
            for place, (relation, source, target) in enumerate(pairs)
            for a in self._keys[source]
            for b in self._keys[target]
        )
        for place, *values in self._connection.execute(_claims_between(ends, self._seq)).all():
            said.setdefault(pairs[place], []).append(values)
        for pair in pairs:
            claims = said.get(pair, ())
            if span is None or span.is_due([claim[0] for claim in claims]):
                for item in edges_of(*pair, [self._part(*claim) for claim in claims]):
                    yield item, edge_hash(item.edge, self.stable_key(pair[1]), self.stable_key(pair[2]))

    def _part(self, claim: int, source_id: str, a: str, b: str, start: str | None, end: str | None,
              seen: str | None, level: int, until: str | None, rank: int, data: str) -> Part:  # fmt: skip
        body = load(data)
        match = "confirmed" if body.get("c") else "exact"
        ends = [key for key in (a, b) if key.startswith("ctx:")]
        if ends:
            match = "confirmed" if all(map(self._mixed, ends)) else "candidate"
        return Part(claim, source_id, start, end, seen, body.get("p", {}), rank, *openness(level, until), match)

    def pairs_of(self, nodes: Iterable[str]) -> Iterator[Pair]:
        """Every pair that a live claim of these nodes makes."""
        nodes = list(nodes)
        self.load_nodes(nodes)
        c = t.claim.c
        keys = [key for node in nodes for key in self._keys[node]]
        for end in (c.a, c.b):
            where = (among(end, keys), c.relation != "", live_at(t.claim, self._seq))
            ends = self._connection.execute(select(c.relation, c.a, c.b).where(*where)).all()
            self.load_keys(key for _, a, b in ends for key in (a, b))
            for relation, a, b in ends:
                yield relation, self._node[a], self._node[b]


def _claims_between(ends: Iterable[tuple[int, str, str, str]], seq: int | None) -> Select[Any]:
    """Place, then the claim as :meth:`Units._part` takes it, for every live claim of some (place, relation, key, key).

    Both keys are given, so a claim is one probe of an index: with nodes to join, the planner went through all
    claims of the one end, and a department that decided 10,000 records did so for each of them.
    """
    c, asked = t.claim.c, listed(ends)
    meant = (c.relation == part(asked, 1), c.a == part(asked, 2), c.b == part(asked, 3))
    return (
        select(part(asked, 0), c.id, t.entry.c.source, c.a, c.b, c.valid_from, c.valid_to, c.seen_on, c.level,
               c.shown_until, c.rank, c.data)
        .select_from(asked)
        .join(t.claim, and_(*meant, live_at(t.claim, seq)))
        .join(t.entry, t.entry.c.seq == c.entry)
    )  # fmt: skip


def _named(units: Units, claims: Ends) -> tuple[list[str], list[Pair]]:
    """The nodes and pairs that claims are about."""
    units.load_keys(key for _, a, b in claims for key in (a, b) if key)
    nodes = dict.fromkeys(units.node(a) for relation, a, _ in claims if not relation)
    pairs = {(relation, units.node(a), units.node(b)): None for relation, a, b in claims if relation and b}
    return [node for node in nodes if node], [(r, s, e) for r, s, e in pairs if s and e]


def _step(units: Units, claims: Ends, span: Span, written: set[Pair]) -> Changes:
    """What claims that began make due; ``written``: pairs that this run made anew before, with all their claims."""
    nodes, pairs = _named(units, claims)
    edges = list(units.edge_items([pair for pair in pairs if pair not in written], span))
    old = {item.edge.pair for item, _ in edges if min(item.edge.claims) <= span.start}
    return Changes(
        nodes=list(units.node_items(nodes, span)),
        edges=[edge for edge in edges if edge[0].edge.pair in old],
        new_edges=[edge for edge in edges if edge[0].edge.pair not in old],
    )


def _again(units: Units, claims: Ends, written: set[Pair]) -> Changes:
    """The units of claims that ended, made again."""
    nodes, pairs = _named(units, claims)
    written.update(pairs)
    return Changes(nodes, (), list(units.node_items(nodes)), pairs, list(units.edge_items(pairs)))


def _relocation(units: Units, nodes: Sequence[str], written: set[Pair]) -> Changes:
    pairs = list(dict.fromkeys(units.pairs_of(nodes)))
    written.update(pairs)
    return Changes(nodes, nodes, list(units.node_items(nodes)), pairs, list(units.edge_items(pairs)))


class Touched(NamedTuple):
    """``moved``: nodes that are gone or have other keys; ``nodes``, ``pairs``: whose claims began or ended."""

    moved: frozenset[str]
    nodes: frozenset[str]
    pairs: frozenset[Pair]


def touched(ledger: Ledger, since: int, stable: Callable[[str], str]) -> Touched:
    """What a graph of sequence ``since`` has to be told of again; pairs of moved nodes included."""
    with ledger.reading() as connection:
        units = Units(connection, None, stable)
        elsewhere = frozenset(moved(connection, since) | erased(connection, since))
        nodes, pairs = set[str](), set(units.pairs_of(sorted(elsewhere)))
        claims = (*ended(connection, since), *(ends for _, ends in begun(connection, since)))
        for ends in claims:
            some, more = _named(units, ends)
            nodes.update(some)
            pairs.update(more)
    return Touched(elsewhere, frozenset(nodes), frozenset(pairs))


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
        written: set[Pair] = set()
        with store.writing():
            elsewhere = sorted(moved(connection, since) | erased(connection, since))
            for some in some_of(elsewhere, 2000):
                store.apply(_relocation(Units(connection, None, stable), [str(n) for n in some], written))
                tell("subjects made anew", len(some))
            for ends in ended(connection, since):
                store.apply(_again(Units(connection, None, stable), ends, written))
                tell("claims into the graph", len(ends))
            for span, ends in begun(connection, since):
                store.apply(_step(Units(connection, None, stable), ends, span, written))
                tell("claims into the graph", len(ends))
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
        digest.add([node_hash(item, stable)])
    for count, edge in enumerate((i.edge for i in store.edge_items()), 1):
        if not count % EVERY:
            tell("edges read back", EVERY)
        ends = names.get(edge.source, edge.source), names.get(edge.target, edge.target)
        digest.add([edge_hash(edge, *ends)])
    return digest.hex()

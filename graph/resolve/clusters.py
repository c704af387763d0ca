"""Keeps the membership of keys in nodes current with the links of the ledger.

Incremental and full run through the same :func:`partition`: a change takes in
every key that its links can reach, and nothing else.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

from sqlalchemy import Connection, or_, select, update

from graph.ledger import tables as t
from graph.ledger.ledger import Writer, live_at
from graph.model.claims import context_parts, key_order
from graph.resolve.partition import Link, Partition, partition
from graph.store.items import own_id

_CHUNK = 400


def chunks(values: Iterable[str]) -> Iterable[list[str]]:
    """Lists of at most 400 values, for IN clauses."""
    iterator = iter(values)
    while some := list(islice(iterator, _CHUNK)):
        yield some


def links_of(connection: Connection, keys: Iterable[str], seq: int | None = None) -> dict[int, Link]:
    """Live links with an end among ``keys``, by row id."""
    found: dict[int, Link] = {}
    for some in chunks(keys):
        ends = or_(t.link.c.a.in_(some), t.link.c.b.in_(some))
        for row in connection.execute(select(t.link).where(ends, live_at(t.link, seq))):
            found[row.id] = Link(row.kind, row.a, row.b, row.entry)
    return found


def node_of(connection: Connection, keys: Iterable[str], seq: int | None = None) -> dict[str, str]:
    """Node id of each key that has one."""
    found: dict[str, str] = {}
    for some in chunks(keys):
        member = t.membership
        rows = connection.execute(
            select(member.c.key, member.c.node).where(member.c.key.in_(some), live_at(member, seq))
        )
        found.update(rows.all())
    return found


def keys_of(connection: Connection, nodes: Iterable[str], seq: int | None = None) -> dict[str, list[str]]:
    """Keys of each node."""
    found: dict[str, list[str]] = {}
    for some in chunks(nodes):
        member = t.membership
        rows = connection.execute(
            select(member.c.node, member.c.key).where(member.c.node.in_(some), live_at(member, seq))
        )
        for node, key in rows:
            found.setdefault(node, []).append(key)
    return {node: sorted(keys, key=key_order) for node, keys in found.items()}


def _contexts_of(connection: Connection, owners: Iterable[str]) -> dict[str, str]:
    """The ``ctx:`` keys that these owners have, with their owner."""
    found: dict[str, str] = {}
    member = t.membership.c
    for some in chunks(owners):
        where = (member.owner.in_(some), member.seq_to.is_(None))
        found.update((row.key, row.owner) for row in connection.execute(select(member.key, member.owner).where(*where)))
    return found


def _reach(connection: Connection, start: set[str]) -> tuple[set[str], dict[int, Link]]:
    """Every key that links, present clusters and contexts connect with ``start``, and the links among them."""
    keys, links, frontier = set(start), dict[int, Link](), set(start)
    while frontier:
        found = links_of(connection, frontier)
        links.update(found)
        nearby = {end for link in found.values() for end in (link.a, link.b)}
        nodes = set(node_of(connection, frontier).values())
        nearby.update(key for members in keys_of(connection, nodes).values() for key in members)
        owners = {context_parts(k)[0] for k in frontier if k.startswith("ctx:")}
        nearby.update(_siblings(connection, owners, frontier))
        linked = {k for k in frontier | nearby if not k.startswith("ctx:")} & {
            end for link in links.values() for end in (link.a, link.b)
        }
        nearby.update(_contexts_of(connection, linked))
        frontier = nearby - keys
        keys |= frontier
    return keys, links


def _siblings(connection: Connection, owners: set[str], frontier: set[str]) -> set[str]:
    """For contexts: the keys of their owner's cluster and the contexts of the same name there."""
    if not owners:
        return set()
    nodes = node_of(connection, owners)
    members = keys_of(connection, set(nodes.values()))
    found: set[str] = set()
    wanted = set()
    for key in frontier:
        if key.startswith("ctx:"):
            owner, name = context_parts(key)
            for other in members.get(nodes.get(owner, ""), [owner]):
                wanted.add(f"ctx:{other}/{name}")
    for some in chunks(wanted):
        member = t.membership.c
        where = (member.key.in_(some), member.seq_to.is_(None))
        found.update(connection.execute(select(member.key).where(*where)).scalars())
    return found


def _store(writer: Writer, wanted: dict[str, str], current: dict[str, str]) -> None:
    changed = {key: node for key, node in wanted.items() if current.get(key) != node}
    member = t.membership
    for some in chunks(k for k in changed if k in current):
        live = member.c.key.in_(some) & member.c.seq_to.is_(None)
        writer.connection.execute(member.delete().where(live, member.c.seq_from == writer.seq))
        writer.connection.execute(update(member).where(live).values(seq_to=writer.seq))
    for key, node in changed.items():
        owner = context_parts(key)[0] if key.startswith("ctx:") else None
        row = {"key": key, "seq_from": writer.seq, "own": own_id(key), "node": node, "owner": owner, "seq_to": None}
        writer.add(member, row)
    writer.flush()


def node_id(cluster: Iterable[str]) -> str:
    """The id of a cluster: that of its smallest key."""
    return own_id(min(cluster, key=key_order))


def recluster(writer: Writer, touched: Iterable[str], groups: Sequence[tuple[str, str]] = ()) -> Partition | None:
    """Bring the membership of ``touched`` keys, and of all they reach, up to date.

    ``groups``: links that this step added. Keys that are new and linked to new
    keys only take the short way; the result is that of :func:`partition` either way.
    Returns the partition of the long way, None when the short one was enough.
    """
    writer.flush()
    keys = set(touched)
    current = node_of(writer.connection, keys)
    fresh = {k for k in keys if k not in current and not k.startswith("ctx:")}
    simple = _simple(writer.connection, fresh, groups)
    _store(writer, simple, current)
    rest = keys - simple.keys()
    if not rest:
        return None
    reached, links = _reach(writer.connection, rest)
    owners = {context_parts(k)[0] for k in reached if k.startswith("ctx:")} - reached
    result = partition(reached, links.values(), node_of(writer.connection, owners))
    wanted = {key: node_id(members) for key, members in result.cluster.items()}
    _store(writer, wanted, node_of(writer.connection, reached))
    return result


def _simple(connection: Connection, fresh: set[str], groups: Sequence[tuple[str, str]]) -> dict[str, str]:
    """New keys whose links join one new code and new weak keys, with nobody else in between."""
    near: dict[str, set[str]] = {key: {key} for key in fresh}
    loose: set[str] = set()
    for a, b in groups:
        if a in near and b in near:
            joined = near[a] | near[b]
            for key in joined:
                near[key] = joined
        else:
            loose.update((a, b))
    # Contexts that came before their owner may become one by the links of the owner.
    linked = (key for key, members in near.items() if len(members) > 1)
    loose.update(_contexts_of(connection, linked).values())
    wanted = {}
    for key, members in near.items():
        codes = [m for m in members if m.startswith(("uscc:", "pid:"))]
        if len(codes) <= 1 and not members & loose:
            wanted[key] = node_id(members)
    return wanted

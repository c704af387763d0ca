"""Keeps the membership of keys in nodes current with the links of the ledger.

Incremental and full run through the same :func:`partition`: a change takes in
every key that its links can reach, and nothing else.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from graph.ledger import tables as t
from graph.ledger.bulk import among
from graph.ledger.ledger import Writer, live_at
from graph.model.claims import context_parts, key_order
from graph.resolve.partition import Link, Partition, partition
from graph.store.items import own_id


def links_of(connection: Connection, keys: Iterable[str], seq: int | None = None) -> dict[int, Link]:
    """Live links with an end among ``keys``, by row id."""
    found: dict[int, Link] = {}
    keys, link = list(keys), t.link.c
    for end in (link.a, link.b):
        where = (among(end, keys), live_at(t.link, seq))
        rows = connection.execute(select(link.id, link.kind, link.a, link.b, link.entry).where(*where)).all()
        found.update((row[0], Link(*row[1:])) for row in rows)
    return found


def node_of(connection: Connection, keys: Iterable[str], seq: int | None = None) -> dict[str, str]:
    """Node id of each key that has one."""
    member = t.membership.c
    where = (among(member.key, keys), live_at(t.membership, seq))
    return dict(connection.execute(select(member.key, member.node).where(*where)).all())


def keys_of(connection: Connection, nodes: Iterable[str], seq: int | None = None) -> dict[str, list[str]]:
    """Keys of each node."""
    found: dict[str, list[str]] = {}
    member = t.membership.c
    where = (among(member.node, nodes), live_at(t.membership, seq))
    for node, key in connection.execute(select(member.node, member.key).where(*where)).all():
        found.setdefault(node, []).append(key)
    return {node: sorted(keys, key=key_order) for node, keys in found.items()}


def _contexts_of(connection: Connection, owners: Iterable[str]) -> dict[str, str]:
    """The ``ctx:`` keys that these owners have, with their owner."""
    member = t.membership.c
    where = (among(member.owner, owners), member.seq_to.is_(None))
    return dict(connection.execute(select(member.key, member.owner).where(*where)).all())


def _known(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Those of the keys that are in a cluster."""
    return set(node_of(connection, keys))


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
    wanted = set()
    for key in frontier:
        if key.startswith("ctx:"):
            owner, name = context_parts(key)
            for other in members.get(nodes.get(owner, ""), [owner]):
                wanted.add(f"ctx:{other}/{name}")
    return _known(connection, wanted)


def _store(writer: Writer, wanted: dict[str, str], current: dict[str, str]) -> None:
    changed = {key: node for key, node in wanted.items() if current.get(key) != node}
    member = t.membership
    known = [key for key in changed if key in current]
    if known:
        live = among(member.c.key, known) & member.c.seq_to.is_(None)
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


def recluster(
    writer: Writer, named: Iterable[str], changed: Iterable[str] = (), pairs: Iterable[tuple[str, str]] = ()
) -> Partition | None:
    """Bring the membership of keys, and of all that they reach, up to date.

    ``named``: keys that claims of this step mention; ``changed``: keys of which a link ended or a person decided;
    ``pairs``: links that this step added. New keys that are linked to new keys only take the short way; the result
    is that of :func:`partition` either way. Returns the partition of the long way, None when the short one was enough.
    """
    writer.flush()
    named, changed, pairs = set(named), set(changed), list(pairs)
    fresh = named - _known(writer.connection, named)
    simple = _simple(writer.connection, fresh, pairs)
    _store(writer, simple, {})
    rest = changed | (fresh - simple.keys())
    rest.update(key for pair in pairs for key in pair if key not in simple)
    if not rest:
        return None
    reached, links = _reach(writer.connection, rest)
    owners = {context_parts(k)[0] for k in reached if k.startswith("ctx:")} - reached
    result = partition(reached, links.values(), node_of(writer.connection, owners))
    wanted = {key: node_id(members) for key, members in result.cluster.items()}
    _store(writer, wanted, node_of(writer.connection, reached))
    return result


def _simple(connection: Connection, fresh: set[str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """New keys that one look settles: key -> node.

    Those whose links join one new code and new weak keys with nobody else in between; and names within
    a context of whose owner no other key has somebody of that name.
    """
    near: dict[str, set[str]] = {key: {key} for key in fresh if not key.startswith("ctx:")}
    loose: set[str] = set()
    for a, b in pairs:
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
    contexts = {key for key in fresh if key.startswith("ctx:")} - loose
    return wanted | _alone(connection, contexts, fresh, near, wanted)


def _alone(
    connection: Connection, contexts: set[str], fresh: set[str], near: dict[str, set[str]], settled: dict[str, str]
) -> dict[str, str]:
    """New contexts that are nobody else: key -> its own node."""
    owners = {key: context_parts(key) for key in contexts}
    older = {owner for owner, _ in owners.values()} - near.keys()
    nodes = node_of(connection, older)
    members = keys_of(connection, set(nodes.values()))
    twins: dict[str, list[str]] = {}
    for key, (owner, name) in owners.items():
        if owner in near and owner not in settled:
            continue
        others = near[owner] if owner in near else members.get(nodes.get(owner, ""), [owner])
        twins[key] = [twin for other in others if other != owner and (twin := f"ctx:{other}/{name}")]
    known = _known(connection, (twin for found in twins.values() for twin in found)) | fresh
    return {key: own_id(key) for key, found in twins.items() if not known.intersection(found)}

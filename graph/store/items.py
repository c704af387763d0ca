"""Items under a view: what a reader may see of a stored node or pair.

Stores keep every level; these pure functions cut an item down to a view, so
that all stores and the view of the past answer alike (design 3.4, 3.7).
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from graph.model.claims import RESTRICTED, SHARED, key_order
from graph.model.jsontext import dump, dump_sorted, load
from graph.model.ontology import relation as relation_of
from graph.store.base import FOREVER, Edge, EdgeItem, Fact, NamePeriod, Node, NodeItem, Part, Value, View

#: Values of a stored fact without dates that is as open as its node: property, value, rank.
_PLAIN = 3

_MATCHES = ("exact", "confirmed", "candidate")

#: Properties of an edge in which two claims that differ are told as a disagreement.
_CONTESTED = ("share", "amount_yuan")


def own_id(key: str) -> str:
    """The id that a key gives to its node when it is the smallest of its cluster."""
    return "n" + hashlib.sha256(key.encode()).hexdigest()[:23]


def edge_id(
    relation: str, source: str, target: str, identity: Sequence[str], start: str | None, end: str | None
) -> str:
    """The id of an edge; the same for the same pair, identity and interval."""
    text = "\x1f".join((relation, source, target, *identity, start or "", end or ""))
    return "e" + hashlib.sha256(text.encode()).hexdigest()[:23]


def visible(public_until: str, shared_until: str, view: View) -> bool:
    """Whether an openness shows at the level and wall clock of the view."""
    if view.level >= RESTRICTED:
        return True
    return view.today < (shared_until if view.level == SHARED else public_until)


def valid_at(start: str | None, end: str | None, day: str | None) -> bool:
    """Whether ``[start, end)`` holds on a day; an undated interval and a None day always do."""
    return day is None or ((start is None or start <= day) and (end is None or day < end))


def _name_order(name: NamePeriod) -> tuple[bool, str, str, str]:
    return name.former, name.valid_from or "", name.text, name.valid_to or ""


def best_name(names: Sequence[NamePeriod], as_of: str | None) -> str:
    """The name borne on the day, a current one before a former one; else any current one."""
    if as_of is not None:
        for name in names:
            if valid_at(name.valid_from, name.valid_to, as_of) and not (name.former and name.valid_to is None):
                return name.text
    return names[0].text if names else ""


def node_at(view: View, item: NodeItem) -> Node | None:
    """The node as the view shows it; None when the view shows nothing of it."""
    return _shown(view, item.id, item.kind, item.keys, item.facts, item.public_until, item.shared_until)


def stored_node_at(view: View, node_id: str, text: str) -> Node | None:
    """``node_at(view, load_node(node_id, text))`` in one go: what a look-up spends its time on."""
    kind, _, keys, facts, public, shared = load(text)
    return _shown(view, node_id, kind, keys, facts, public, shared)


def _beats(start: str | None, value: Value, known: tuple[int, str | None, Value]) -> bool:
    """Between values of one rank: the later from its date on, then by the text."""
    return (start or "", str(value)) > (known[1] or "", str(known[2]))


def _shown(
    view: View, node_id: str, kind: str, keys: Sequence[str], facts: Iterable[Sequence[Any]], public: str, shared: str
) -> Node | None:
    """``facts`` as in an item or as :func:`dump_node` stores them, where three values are as open as their node."""
    if not visible(public, shared, view):
        return None
    best: dict[str, tuple[int, str | None, Value]] = {}
    shown_keys, labels, named = set(), set(), []
    for fact in facts:
        if len(fact) == _PLAIN:
            (prop, value, rank), start, end = fact, None, None
        else:
            prop, value, start, end, rank, until, shared_until = fact
            if not visible(until, shared_until, view):
                continue
        if prop == "key":
            shown_keys.add(value)
        elif prop == "name" or prop == "former_name":
            named.append((rank, NamePeriod(value, prop == "former_name", start, end)))
        elif prop == "label":
            labels.add(value)
        else:
            known = best.get(prop)
            if known is None or known[0] < rank or (known[0] == rank and _beats(start, value, known)):
                best[prop] = (rank, start, value)
    if len(named) > 1:
        top = max(rank for rank, _ in named)
        named = [(rank, name) for rank, name in dict.fromkeys(named) if rank == top]
    names = tuple(sorted((name for _, name in named), key=_name_order))
    shown_kind = str(best.pop("kind")[2]) if "kind" in best else kind
    return Node(
        id=node_id,
        kind=shown_kind,
        labels=tuple(sorted(labels)),
        name=best_name(names, view.as_of),
        names=names,
        props={prop: best[prop][2] for prop in sorted(best)},
        keys=tuple(key for key in keys if key in shown_keys),
    )


def _merged_props(parts: Sequence[Part]) -> tuple[dict[str, Value], bool]:
    """The strongest value of each property, and whether the claims contest one that counts."""
    if len(parts) == 1:
        return dict(sorted(parts[0].props.items())), False
    values: dict[str, set[Value]] = {}
    chosen: dict[str, tuple[int, str, Value]] = {}
    for part in parts:
        for prop, value in part.props.items():
            values.setdefault(prop, set()).add(value)
            candidate = (part.rank, str(value), value)
            if prop not in chosen or candidate[:2] > chosen[prop][:2]:
                chosen[prop] = candidate
    contested = any(len(values.get(prop, ())) > 1 for prop in _CONTESTED)
    return {prop: chosen[prop][2] for prop in sorted(chosen)}, contested


Interval = tuple[str | None, str | None]


def _allot(parts: Sequence[Part]) -> dict[Interval, list[Part]]:
    """Parts by interval; an undated one supports a dated one of its pair when there is any."""
    slots: dict[Interval, list[Part]] = {}
    undated = []
    for part in parts:
        if part.valid_from or part.valid_to:
            slots.setdefault((part.valid_from, part.valid_to), []).append(part)
        else:
            undated.append(part)
    if undated:
        order = sorted(slots, key=_interval_order)
        for part in undated:
            around = [s for s in order if part.seen_on and valid_at(s[0], s[1], part.seen_on)]
            slots.setdefault((around or order or [(None, None)])[-1], []).append(part)
    return slots


def _interval_order(interval: Interval) -> tuple[str, str]:
    return interval[0] or "", interval[1] or FOREVER


def _overlaps(one: Interval, two: Interval) -> bool:
    return (one[0] or "") < (two[1] or FOREVER) and (two[0] or "") < (one[1] or FOREVER)


def _by_identity(relation: str, parts: Sequence[Part]) -> list[tuple[tuple[str, ...], Sequence[Part]]]:
    """Parts by the identity properties of the relation; one that lacks them joins the only group there is."""
    identity = relation_of(relation).identity
    if not identity:
        return [((), parts)]
    groups: dict[tuple[str, ...], list[Part]] = {}
    for part in parts:
        groups.setdefault(tuple(str(part.props.get(prop, "")) for prop in identity), []).append(part)
    blank = tuple("" for _ in identity)
    if blank in groups and len(groups) == 2:
        loose = groups.pop(blank)
        next(iter(groups.values())).extend(loose)
    return sorted(groups.items())


def edges_of(relation: str, source: str, target: str, parts: Sequence[Part]) -> list[EdgeItem]:
    """The edges that the claims of one pair make (design 3.7): pure, any order of ``parts``."""
    mixed = len({(p.public_until, p.shared_until) for p in parts}) > 1
    kept = tuple(sorted(parts, key=lambda p: p.claim)) if mixed else ()
    items = []
    for identity, group in _by_identity(relation, parts):
        slots = _allot(group)
        for interval in sorted(slots, key=_interval_order):
            members = slots[interval]
            props, contested = _merged_props(members)
            seen = [p.seen_on for p in members if p.seen_on and not (p.valid_from or p.valid_to)]
            edge = Edge(
                id=edge_id(relation, source, target, identity, *interval),
                relation=relation,
                source=source,
                target=target,
                valid_from=interval[0],
                valid_to=interval[1],
                seen_on=min(seen, default=None),
                props=props,
                match=min((p.match for p in members), key=_MATCHES.index),
                disagree=contested or any(other != interval and _overlaps(interval, other) for other in slots),
                sources=tuple(sorted({p.source_id for p in members})),
                claims=tuple(sorted(p.claim for p in members)),
            )
            public = max(p.public_until for p in members)
            shared = max(p.shared_until for p in members)
            items.append(EdgeItem(edge, public, shared, kept))
    return items


def edge_order(edge: Edge) -> tuple[str, str, str, str, str]:
    """The order in which edges are listed."""
    return edge.relation, edge.source, edge.target, edge.valid_from or "", edge.id


def edges_at(view: View, items: Iterable[EdgeItem]) -> list[Edge]:
    """The edges that the view shows, ordered.

    ``items`` must hold every item of a pair and relation or none of it: where
    openness differs among its claims, the pair is made again from the visible ones.
    """
    edges: list[Edge] = []
    pairs: dict[tuple[str, str, str], tuple[Part, ...]] = {}
    for item in items:
        edge = item.edge
        if item.parts and view.level < RESTRICTED:
            pairs[edge.relation, edge.source, edge.target] = item.parts
        elif visible(item.public_until, item.shared_until, view):
            edges.append(edge)
    for (relation, source, target), parts in pairs.items():
        shown = [p for p in parts if visible(p.public_until, p.shared_until, view)]
        if shown:
            edges.extend(i.edge for i in edges_of(relation, source, target, shown))
    return sorted((e for e in edges if valid_at(e.valid_from, e.valid_to, view.as_of)), key=edge_order)


def limited(edges: Sequence[Edge], ids: Sequence[str], limit: int | None) -> list[Edge]:
    """At most ``limit`` edges for each of the nodes asked, the order kept."""
    if limit is None:
        return list(edges)
    left = dict.fromkeys(ids, limit)
    kept = []
    for edge in edges:
        ends = {end for end in (edge.source, edge.target) if left.get(end, 0) > 0}
        if ends:
            kept.append(edge)
            for end in ends:
                left[end] -= 1
    return kept


def tallied(edges: Iterable[Edge], ids: Iterable[str]) -> dict[tuple[str, str, str], int]:
    """How many of some edges each of ``ids`` has: {(node id, relation, "in"|"out"): n}."""
    asked, totals = frozenset(ids), dict[tuple[str, str, str], int]()
    for edge in edges:
        for end, direction in ((edge.source, "out"), (edge.target, "in")):
            if end in asked:
                place = (end, edge.relation, direction)
                totals[place] = totals.get(place, 0) + 1
    return totals


def _plain(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"


def _hash(document: object) -> str:
    return hashlib.sha256(dump_sorted(document).encode()).hexdigest()


def node_hash(item: NodeItem, stable: Callable[[str], str]) -> str:
    """The digest of a node: no ids, no openness; ``stable`` gives a key's form without random tokens.

    Facts count in the order of the item, which rests on stable keys alone.
    """
    facts = [
        (prop, stable(str(value)) if prop == "key" else _plain(value), start or "", end or "", rank)
        for prop, value, start, end, rank, _, _ in item.facts
    ]
    return _hash({"keys": sorted(map(stable, item.keys)), "facts": facts, "kind": item.kind})


def edge_hash(edge: Edge, source: str, target: str) -> str:
    """The digest of an edge; ``source`` and ``target`` are the stable keys of its ends."""
    return _hash(
        {
            "relation": edge.relation,
            "source": source,
            "target": target,
            "from": edge.valid_from or "",
            "to": edge.valid_to or "",
            "seen": edge.seen_on or "",
            "props": {prop: _plain(value) for prop, value in edge.props.items()},
            "match": edge.match,
            "disagree": edge.disagree,
            "sources": edge.sources,
            "claims": len(edge.claims),
        }
    )


def smallest(keys: Iterable[str]) -> str:
    """The key that names a cluster."""
    return min(keys, key=key_order)


def dump_node(item: NodeItem) -> str:
    """A node item as compact JSON; a fact without dates that is as open as its node is [property, value, rank]."""
    public, shared = item.public_until, item.shared_until
    facts = [
        [f[0], f[1], f[4]] if f[2] is None and f[3] is None and f[5] == public and f[6] == shared else list(f)
        for f in item.facts
    ]
    return dump([item.kind, item.labels, item.keys, facts, public, shared])


def _facts(stored: Iterable[Sequence[Any]], public: str, shared: str) -> list[Fact]:
    """Facts from their stored form."""
    return [Fact(f[0], f[1], None, None, f[2], public, shared) if len(f) == _PLAIN else Fact._make(f) for f in stored]


def load_node(node_id: str, text: str) -> NodeItem:
    """The inverse of :func:`dump_node`."""
    kind, labels, keys, facts, public, shared = load(text)
    return NodeItem(node_id, kind, tuple(labels), tuple(keys), tuple(_facts(facts, public, shared)), public, shared)


def dump_edge(item: EdgeItem) -> str:
    """An edge item as compact JSON."""
    e = item.edge
    body = [e.relation, e.source, e.target, e.valid_from, e.valid_to, e.seen_on, e.props, e.match, e.disagree,
            e.sources, e.claims, item.public_until, item.shared_until, list(map(tuple, item.parts))]  # fmt: skip
    return dump(body)


def load_edge(edge_id_: str, text: str) -> EdgeItem:
    """The inverse of :func:`dump_edge`."""
    relation, source, target, start, end, seen, props, match, disagree, *rest = load(text)
    sources, claims, public, shared, parts = rest
    ends = (edge_id_, relation, source, target, start, end, seen)
    edge = Edge(*ends, props, match, disagree, tuple(sources), tuple(claims))
    return EdgeItem(edge, public, shared, tuple(map(Part._make, parts)))

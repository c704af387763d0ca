"""How an item is drawn in Neo4j: labels, types and properties that a person finds natural.

Pure. What the store itself needs is in properties that begin with ``_`` (see
``cypher.py``); the rest is what a reader of the highest level sees, at all times.
"""

from graph.model.claims import RESTRICTED
from graph.model.ontology import kind, label, relation
from graph.store.base import FOREVER, Edge, EdgeItem, Node, NodeItem, View
from graph.store.items import dump_edge, dump_node, node_at, own_id
from graph.store.names import search_text

#: Everything known, at no special time.
_WHOLE = View(level=RESTRICTED, as_of=None, known_at=None, today=FOREVER)

Property = str | int | float | bool | list[str] | list[int]
Row = dict[str, object]


def drawn_node(shown: Node) -> dict[str, Property]:
    """What a person reads on a node: its properties, id, name, other names and code."""
    props: dict[str, Property] = dict(shown.props)
    props["id"] = shown.id
    if shown.name:
        props["name"] = shown.name
    former = list(dict.fromkeys(name.text for name in shown.names if name.text != shown.name))
    if former:
        props["other_names"] = former
    code = next((key for key in shown.keys if key.startswith("uscc:")), None)
    if code:
        props.setdefault("uscc", code.removeprefix("uscc:"))
    return props


def drawn_labels(shown: Node) -> list[str]:
    """The labels of a node: its kind, then its extra labels."""
    return [kind(shown.kind).neo4j, *(label(word).neo4j for word in shown.labels)]


def drawn_edge(edge: Edge) -> dict[str, Property]:
    """What a person reads on an edge: its properties, dates, id, how sure it is and where it comes from."""
    props: dict[str, Property] = dict(edge.props)
    dates = (("valid_from", edge.valid_from), ("valid_to", edge.valid_to), ("seen_on", edge.seen_on))
    # an open end is absent, also where a claim carries a property of that name
    for name, day in dates:
        props.pop(name, None)
        if day:
            props[name] = day
    return props | {
        "id": edge.id,
        "match": edge.match,
        "disagree": edge.disagree,
        "sources": list(edge.sources),
        "claims": list(edge.claims),
        "claim_count": len(edge.claims),
    }


def node_row(item: NodeItem, digest_hash: str) -> Row:
    """A row for ``PUT_NODES``: ``labels`` and ``props``, id among them."""
    shown = node_at(_WHOLE, item)
    assert shown is not None, "the highest level sees every node"
    props = drawn_node(shown)
    names = search_text(str(fact.value) for fact in item.facts if fact.prop in ("name", "former_name"))
    if names:
        props["_names"] = names
    props |= {
        "_facts": dump_node(item),
        "_kh": " ".join(own_id(key) for key in item.keys),
        "_pu": item.public_until,
        "_su": item.shared_until,
        "_dh": digest_hash,
    }
    labels = ["_Item", *drawn_labels(shown)]
    return {"labels": labels, "props": props}


def edge_row(item: EdgeItem, digest_hash: str) -> Row:
    """A row for ``PUT_EDGES``: ``type``, ``source``, ``target`` and ``props``."""
    edge = item.edge
    props = drawn_edge(edge)
    props |= {
        "_pu": item.public_until,
        "_su": item.shared_until,
        "_dh": digest_hash,
        "_item": dump_edge(item),
    }
    if item.parts:
        props["_mixed"] = "yes"
    return {"type": relation(edge.relation).neo4j, "source": edge.source, "target": edge.target, "props": props}

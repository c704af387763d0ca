"""Paths between two subjects and links among many, as bodies: by hops or by strength of evidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from api.entities import Unanswerable, edge_body, edge_evidence, entity
from graph.analysis.evidence.costs import AGENT, SOFT_RELATIONS
from graph.analysis.evidence.dates import simultaneous
from graph.analysis.paths import Hop, paths
from graph.book.book import Book
from graph.model.ontology import PATH_RELATIONS
from graph.store.base import Edge, Node, Reader, View

if TYPE_CHECKING:
    from graph.analysis.evidence.index import Index
    from graph.analysis.evidence.search import Evidence, Found

Rank = Literal["hops", "evidence"]
RANKS: tuple[Rank, ...] = ("hops", "evidence")

#: Hops of a path by hops, and of one with soft links, when nothing else is asked.
DEPTH = 6

#: What a soft path is told to share, however few share it; others are told only as hubs.
_SHARED = frozenset({"address", "agent"})

#: The index of what the reader shows in a view.
Indexed = Callable[[View], "Index"]


@dataclass(frozen=True, slots=True)
class Way:
    """How paths are looked for. ``max_depth`` None: :data:`DEPTH` by hops, any number by evidence.

    ``soft``: shared addresses and agents too. ``ever``: edges of all times, not only those of the day asked.
    """

    max_depth: int | None = None
    limit: int = 20
    offset: int = 0
    relations: Sequence[str] | None = None
    rank: Rank = "hops"
    soft: bool = False
    ever: bool = False

    @property
    def walked(self) -> list[str]:
        """The relations walked, in order. Unanswerable 400 for one that paths do not go over."""
        for relation in self.relations or ():
            if relation not in PATH_RELATIONS:
                raise Unanswerable(400, "relation not walked", f"{relation}: paths go over {', '.join(PATH_RELATIONS)}")
        return [name for name in PATH_RELATIONS if self.relations is None or name in self.relations]


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a question about paths is asked: the view of the nodes, and that of the edges (``ever``: of all times)."""

    book: Book
    reader: Reader
    view: View
    edges: View
    indexed: Indexed

    def index(self) -> "Index":
        """The index of the edges."""
        return self.indexed(self.edges)


def indexed_anew(reader: Reader) -> Indexed:
    """An index made for one question, as the command line needs it."""

    def make(view: View) -> "Index":
        from graph.analysis.evidence.index import build

        return build(reader, view)

    return make


def _proof(seen: Seen, hops: Sequence[Sequence[Hop]]) -> dict[str, list[dict[str, Any]]]:
    edges = {edge.id: edge for path in hops for hop in path for edge in (hop.edge, *hop.also)}
    return edge_evidence(seen.book, edges.values())


def _hop_body(hop: Hop, proof: dict[str, list[dict[str, Any]]], cost: Callable[[Edge], float] | None) -> dict[str, Any]:
    def told(edge: Edge) -> dict[str, Any]:
        return edge_body(edge, proof[edge.id]) | ({"cost": cost(edge)} if cost else {})

    body = told(hop.edge)
    if hop.also:
        body["also"] = [told(edge) for edge in hop.also]
    return body


def _ever(hops: Sequence[Hop]) -> bool:
    return simultaneous([[(e.valid_from, e.valid_to) for e in (hop.edge, *hop.also)] for hop in hops])


def by_hops(seen: Seen, ends: tuple[Node, Node], way: Way) -> dict[str, Any]:
    """Paths by number of hops; the shortest first, those of one length in the order of ids."""
    asked = (seen.reader, seen.edges, ends[0].id, ends[1].id)
    depth = way.max_depth or DEPTH
    found = paths(*asked, max_depth=depth, limit=way.limit, offset=way.offset, relations=way.walked)
    nodes = seen.reader.get(seen.view, list({node for path in found.paths for node in path.nodes}))
    proof = _proof(seen, [path.hops for path in found.paths])
    bodies: list[dict[str, Any]] = [
        {
            "length": len(path.hops),
            "nodes": [entity(nodes[node]) for node in path.nodes],
            "edges": [_hop_body(hop, proof, None) for hop in path.hops],
        }
        | ({"simultaneous": _ever(path.hops)} if way.ever else {})
        for path in found.paths
    ]
    return {"paths": bodies, "total": found.total, "truncated": found.truncated, "explored": found.explored}


def found_bodies(
    seen: Seen, index: "Index", found: Sequence["Found"], relations: Sequence[str]
) -> list[dict[str, Any]]:
    """Paths of the index with their nodes, edges, evidence and costs."""
    from graph.analysis.evidence.index import shown_node
    from graph.analysis.evidence.steps import Steps, cost_of, hops_of

    edges = Steps(seen.reader, seen.edges, index, seen.book.ledger, relations).of(found)
    hops = [hops_of(path, edges) for path in found]
    proof = _proof(seen, hops)
    nodes = {i: shown_node(soft) for i, soft in index.soft.items()} if any(path.soft for path in found) else {}
    asked = list({node for path in found for node in path.nodes} - nodes.keys())
    nodes |= seen.reader.get(seen.view, asked)
    bodies = []
    for path, steps in zip(found, hops, strict=True):
        bodies.append(
            {
                "length": len(path.relations),
                "cost": path.cost,
                "passing": path.passing,
                "soft": path.soft,
                "simultaneous": _ever(steps),
                "through": [
                    {"node": one.node, "kind": kind, "name": nodes[one.node].name, "relation": one.relation}
                    | {"shared_by": one.shared_by, "hub": one.hub}
                    for one in path.through
                    if (kind := _kind(nodes[one.node], one.relation, index, steps)) in _SHARED or one.hub
                ],
                "nodes": [entity(nodes[node]) for node in path.nodes],
                "edges": [_hop_body(hop, proof, cost_of) for hop in steps],
            }
        )
    return bodies


def _kind(node: Node, relation: str, index: "Index", steps: Sequence[Hop]) -> str:
    """What a node is on a path: an address, or an agent where a firm or who stands for a party, else its kind.

    A party with several agents is none itself.
    """
    if node.id in index.soft or relation not in SOFT_RELATIONS:
        return node.kind
    stands = any(edge.relation == AGENT and edge.source == node.id for hop in steps for edge in (hop.edge, *hop.also))
    return "agent" if stands else node.kind


def _searched(index: "Index", ends: tuple[Node, Node], way: Way, depth: int | None) -> "Evidence":
    from graph.analysis.evidence.search import evidence_paths

    return evidence_paths(index, ends[0].id, ends[1].id, soft=way.soft, relations=way.walked, max_depth=depth)


def by_evidence(seen: Seen, ends: tuple[Node, Node], way: Way) -> dict[str, Any]:
    """Paths by cost: those of hard links first, among them those without a hub first."""
    index = seen.index()
    found = _searched(index, ends, way, way.max_depth)
    some = found.paths[way.offset : way.offset + way.limit]
    body: dict[str, Any] = {"paths": found_bodies(seen, index, some, way.walked), "total": len(found.paths)}
    return body | _told(found)


def _told(found: "Evidence") -> dict[str, Any]:
    from graph.analysis.evidence.search import BUDGET

    told = {"searched": found.searched, "truncated": found.searched == "budget_spent", "explored": found.explored}
    return told | {"budget": {"edges": BUDGET, "scanned": found.scanned}}


def _with_soft(seen: Seen, ends: tuple[Node, Node], way: Way) -> dict[str, Any]:
    """Paths by hops, then those that rest on a soft link, by hops too."""
    body, index = by_hops(seen, ends, way), seen.index()
    found = _searched(index, ends, way, way.max_depth or DEPTH)
    soft = sorted(
        (path for path in found.paths if path.soft), key=lambda path: (path.hubs, len(path.relations), path.order)
    )
    first = max(0, way.offset - body["total"])
    some = soft[first : first + way.limit - len(body["paths"])]
    told = _told(found)
    return body | {
        "paths": body["paths"] + found_bodies(seen, index, some, way.walked),
        "total": body["total"] + len(soft),
        "truncated": body["truncated"] or told["truncated"],
        "explored": body["explored"] + told["explored"],
    }


def path_body(
    book: Book, reader: Reader, view: View, ends: tuple[Node, Node], way: Way, indexed: Indexed
) -> dict[str, Any]:
    """Paths between two subjects, each hop with its evidence. Unanswerable 400 for another relation."""
    edges = book.all_times(view) if way.ever else view
    seen, relations = Seen(book, reader, view, edges, indexed), way.walked
    tell = by_evidence if way.rank == "evidence" else _with_soft if way.soft and relations else by_hops
    body = tell(seen, ends, way)
    following = way.offset + len(body["paths"])
    head = {"from": entity(ends[0]), "to": entity(ends[1]), "rank": way.rank, "soft": way.soft, "ever": way.ever}
    times = {"as_of": view.as_of, "known_at": book.seq(view)}
    return head | body | {"next": str(following) if following < body["total"] else None} | times


def links_body(seen: Seen, group: Sequence[Node], *, max_depth: int, limit: int, offset: int) -> dict[str, Any]:
    """All pairs of some subjects that few hard links join, each with its cheapest path; the others are counted."""
    from graph.analysis.evidence.group import group_links

    index = seen.index()
    found = group_links(index, [node.id for node in group], max_depth=max_depth)
    some = found.links[offset : offset + limit]
    links = [
        {"from": path.nodes[0], "to": path.nodes[-1], "path": body}
        for path, body in zip(some, found_bodies(seen, index, some, PATH_RELATIONS), strict=True)
    ]
    following = offset + len(some)
    return {
        "subjects": [entity(node) for node in group],
        "max_depth": max_depth,
        "pairs": len(group) * (len(group) - 1) // 2,
        "linked": len(found.links),
        "unlinked": found.unlinked,
        "undecided": found.undecided,
        "total": len(found.links),
        "next": str(following) if following < len(found.links) else None,
        "links": links,
        "searched": "budget_spent" if found.undecided else "found" if found.links else "none",
        "budget": {"edges": found.budget, "scanned": found.scanned},
        "as_of": seen.view.as_of,
        "known_at": seen.book.seq(seen.view),
        "truncated": bool(found.undecided),
        "explored": index.size,
    }

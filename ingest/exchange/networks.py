"""The graph as :class:`networkx.MultiDiGraph`, for notebooks (extra ``notebooks``).

Node ids are the ids of the graph, edge keys the ids of the edges; node attributes are ``kind``,
``labels`` and what a person reads on a node, edge attributes ``relation``, what a person reads on
an edge and ``evidence``, a list of ``{"record", "source", "file", "row", "seq"}``. Attributes of
the graph itself: ``as_of``, ``truncated`` (something was left out by a limit) and ``explored``.
"""

import importlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from graph.analysis.paths import paths
from graph.book.book import Book
from graph.model.jsontext import load
from graph.model.ontology import PATH_RELATIONS
from graph.store.base import Edge, Reader, View
from ingest.exchange.picture import DrawnEdge, DrawnNode, Picture, edges_given, node_given, shown_edges

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.MultiDiGraph[str]
else:
    Graph = Any

#: Nodes whose edges are asked for together.
_STEP = 50


def _new(view: View) -> Graph:
    """An empty graph; ImportError that tells what to install."""
    try:
        networkx = importlib.import_module("networkx")
    except ModuleNotFoundError:
        raise ImportError("networkx is not installed: pip install 'creditgraph[notebooks]'") from None
    graph: Graph = networkx.MultiDiGraph(as_of=view.as_of, truncated=False, explored=0)
    return graph


def _add_node(graph: Graph, node: DrawnNode) -> None:
    props = {name: value for name, value in node.props.items() if name != "id"}
    graph.add_node(node.id, **props | {"kind": node.kind, "labels": list(node.labels)})


def _add_edge(graph: Graph, edge: DrawnEdge) -> None:
    told = {"relation": edge.relation, "evidence": load(str(edge.props["evidence"]))}
    props = {name: value for name, value in edge.props.items() if name not in ("id", "key")}
    graph.add_edge(edge.source, edge.target, edge.id, **props | told)


def _filled(book: Book, reader: Reader, view: View, nodes: Iterable[str], edges: Sequence[Edge]) -> Graph:
    graph = _new(view)
    found = reader.get(view, list(dict.fromkeys(nodes)))
    for node_id in sorted(found):
        _add_node(graph, node_given(view, found[node_id]))
    for edge in edges_given(book.ledger, edges):
        _add_edge(graph, edge)
    return graph


def whole_graph(book: Book, reader: Reader, view: View) -> Graph:
    """Everything that a view shows, in order of id; what it holds is what ``export`` writes.

    It lies in memory as a whole: some 2 KB a node or edge. StoreUnavailable when the graph is written to meanwhile.
    """
    graph, picture = _new(view), Picture(book, reader, view)
    for node in picture.nodes():
        _add_node(graph, node)
    for edge in picture.edges():
        _add_edge(graph, edge)
    graph.graph["explored"] = graph.number_of_nodes()
    return graph


def neighbourhood_graph(
    book: Book,
    reader: Reader,
    view: View,
    start: str,
    *,
    depth: int = 1,
    limit: int = 1000,
    relations: Sequence[str] | None = None,
) -> Graph:
    """The edges within ``depth`` hops of the node ``start``, walked either way, and their ends.

    At most ``limit`` edges, the nearer first, within a hop in order of node id; ``truncated`` is true when
    there are more. ``explored``: nodes whose edges were read. An edge between two nodes of the last hop is not
    walked, so it is not there. ValueError for a depth or limit below 1.
    """
    if depth < 1 or limit < 1:
        raise ValueError("depth and limit: expected 1 or more")
    edges: dict[str, Edge] = {}
    seen, frontier, explored, truncated = {start}, [start], 0, False
    for _ in range(depth):
        reached: set[str] = set()
        for at in range(0, len(frontier), _STEP):
            some = frontier[at : at + _STEP]
            # edges known already count for their other end too, so that many more may be read
            near = reader.neighbours(view, some, relations, limit=limit + len(edges) + 1)
            explored += len(some)
            for chunk in shown_edges(reader, view, near):
                for edge in chunk:
                    if edge.id not in edges and len(edges) == limit:
                        truncated = True
                    else:
                        edges[edge.id] = edge
                        reached |= {edge.source, edge.target}
            if truncated:
                break
        frontier = sorted(reached - seen)
        seen |= reached
        if truncated or not frontier:
            break
    ends = (end for edge in edges.values() for end in (edge.source, edge.target))
    graph = _filled(book, reader, view, [start, *ends], list(edges.values()))
    graph.graph.update(start=start, truncated=truncated, explored=explored)
    return graph


def path_graph(
    book: Book,
    reader: Reader,
    view: View,
    start: str,
    end: str,
    *,
    max_depth: int = 6,
    limit: int = 20,
    relations: Sequence[str] = PATH_RELATIONS,
) -> Graph:
    """The answer of ``path`` as one graph: the nodes and edges of the ``limit`` shortest paths between two nodes.

    Attribute ``paths`` of the graph: the node ids of each path in order, shortest first; ``total``: how many paths
    were found; ``truncated``: there may be more than were found, or more were found than are given.
    """
    found = paths(reader, view, start, end, max_depth=max_depth, limit=limit, relations=relations)
    edges = {e.id: e for path in found.paths for hop in path.hops for e in (hop.edge, *hop.also)}
    nodes = [start, end, *(node for path in found.paths for node in path.nodes)]
    shown = [edge for chunk in shown_edges(reader, view, edges.values()) for edge in chunk]
    graph = _filled(book, reader, view, nodes, shown)
    truncated = found.truncated or found.total > len(found.paths)
    told = [list(path.nodes) for path in found.paths]
    graph.graph.update(paths=told, total=found.total, truncated=truncated, explored=found.explored)
    return graph

"""A reader of made nodes and edges, and what the files of an export hold when they are read by other programs."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import networkx as nx

from graph.store.base import Direction, Edge, Node, Value, View

#: Texts that break a form that quotes carelessly.
NASTY = (
    'it\'s "quoted" \\ and \\\\ twice, ends in \\',
    "\\u0027}) DETACH DELETE n //",
    "\\\\u0041 \\n is no line",
    "'}] AS row MATCH (n) DETACH DELETE n; //",
    "one\ntwo\r\nthree\rfour\tfive",
    "a;b,c;`d` $e {f} /* g */ // h",
    "<b>&amp; ]]></b>",
    "岚汀市 𠮷 é \u2028 \u00a0 \u0085 \x7f",
    "=1+1",
    "+1",
    "-2",
    "@x",
    "\tx",
    "",
    " ",
)


def node(node_id: str, **props: Any) -> Node:
    """A company."""
    return Node(node_id, "company", (), "", (), props, ())


def edge(edge_id: str, source: str, target: str, props: Mapping[str, Value] | None = None) -> Edge:
    """A holding without claims."""
    return Edge(edge_id, "shareholder_of", source, target, None, None, None, props or {}, "exact", False, ("made",), ())


class Made:
    """A reader whose nodes and edges are made when they are asked for."""

    def __init__(self, nodes: Callable[[], Iterable[Node]], edges: Callable[[], Iterable[Edge]]) -> None:
        self._nodes, self._edges = nodes, edges

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """All nodes."""
        yield from self._nodes()

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All edges."""
        yield from self._edges()

    def get(self, view: View, ids: Sequence[str]) -> dict[str, Node]:
        """Whoever is asked for is there, but for the hidden."""
        return {i: node(i) for i in ids if i != "hidden"}

    def by_key(self, view: View, key: str) -> Node | None:
        """Nobody."""

    def search(self, view: View, text: str, limit: int, *, exact: bool = False, after: str | None = None) -> list[Node]:
        """Nobody."""
        return []

    def neighbours(
        self,
        view: View,
        ids: Sequence[str],
        relations: Iterable[str] | None = None,
        direction: Direction = "both",
        limit: int | None = None,
    ) -> list[Edge]:
        """Nothing."""
        return []

    def counts(self, view: View, ids: Sequence[str]) -> dict[tuple[str, str, str], int]:
        """Nothing."""
        return {}


Contents = tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]


def from_graphml(path: Path) -> Contents:
    """Nodes and edges by id, as networkx reads them."""
    graph: Any = nx.read_graphml(path, force_multigraph=True)
    edges = {key: {**data, "source": a, "target": b} for a, b, key, data in graph.edges(keys=True, data=True)}
    for data in edges.values():
        data.pop("id", None)
    return dict(graph.nodes(data=True)), edges


def from_csv(folder: Path) -> Contents:
    """Rows by id; empty cells left out."""
    tables = []
    for name in ("nodes.csv", "edges.csv"):
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        tables.append({row["id"]: {k: v for k, v in row.items() if v and k != "id"} for row in rows})
        assert len(rows) == len(tables[-1])
    return tables[0], tables[1]

"""``nodes.csv`` and ``edges.csv`` (RFC 4180: comma, CRLF, doubled quotes), UTF-8 with BOM, fit for a spreadsheet."""

import csv
from collections.abc import Iterable, Mapping
from typing import TextIO

from graph.store.drawing import Property
from ingest.exchange.picture import Picture, as_text

#: Beginnings of a cell that a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_NODE = ("id", "kind", "labels")
_EDGE = ("id", "source", "target", "relation")


def _cell(value: Property | None) -> str:
    """A cell; text that begins like a formula gets a leading ``'``, numbers stay numbers."""
    if value is None:
        return ""
    text = as_text(value)
    return f"'{text}" if isinstance(value, str | list) and text.startswith(_FORMULA) else text


class _Table:
    """A file with fixed columns and one per property; a property named like a fixed column gets ``prop_`` before it."""

    def __init__(self, file: TextIO, fixed: tuple[str, ...], columns: Iterable[str]) -> None:
        self._props = [name for name in columns if name != "id"]
        self._writer = csv.writer(file)
        self._writer.writerow([*fixed, *(f"prop_{name}" if name in fixed else name for name in self._props)])
        self.count = 0

    def row(self, fixed: Iterable[Property], props: Mapping[str, Property]) -> None:
        """Write one row."""
        self._writer.writerow([*map(_cell, fixed), *(_cell(props.get(name)) for name in self._props)])
        self.count += 1


def write_csv(picture: Picture, nodes: TextIO, edges: TextIO) -> tuple[int, int]:
    """Write a picture into two files opened with ``newline=""``; how many nodes and edges."""
    node_columns, edge_columns = picture.columns()
    table = _Table(nodes, _NODE, node_columns)
    for node in picture.nodes():
        table.row((node.id, node.kind, list(node.labels)), node.props)
    links = _Table(edges, _EDGE, edge_columns)
    for edge in picture.edges():
        links.row((edge.id, edge.source, edge.target, edge.relation), edge.props)
    return table.count, links.count

"""GraphML with typed keys, for networkx, Gephi, yEd (http://graphml.graphdrawing.org/specification.html)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from graph.store.drawing import Property
from ingest.exchange.picture import Picture, as_text

#: Is the element's own id; Gephi keeps that name for itself.
_ID = "id"

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
"""

#: Characters that XML 1.0 cannot hold in any form.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _text(value: Property) -> str:
    # a bare carriage return would be read as a line feed
    return escape(_NO_XML.sub("\ufffd", as_text(value)), {"\r": "&#13;"})


def _keys(domain: str, columns: Mapping[str, str]) -> Iterator[str]:
    for name, type_ in columns.items():
        if name == _ID:
            continue
        key = f"id={quoteattr(f'{domain[0]}.{name}')} attr.name={quoteattr(name)}"
        yield f'  <key {key} for="{domain}" attr.type="{type_}"/>\n'


def _data(domain: str, props: Iterable[tuple[str, Property]]) -> str:
    return "".join(
        f"<data key={quoteattr(f'{domain[0]}.{name}')}>{_text(value)}</data>" for name, value in props if name != _ID
    )


def write_graphml(picture: Picture, file: TextIO) -> tuple[int, int]:
    """Write a picture; how many nodes and edges. Attribute ``label`` is what Gephi shows on a node or an edge."""
    node_columns, edge_columns = picture.columns()
    fixed = {"kind": "string", "label": "string", "labels": "string"}
    file.write(_HEAD)
    file.writelines(_keys("node", node_columns | fixed))
    file.writelines(_keys("edge", edge_columns | {"label": "string", "relation": "string"}))
    file.write('  <graph id="creditgraph" edgedefault="directed">\n')
    nodes = edges = 0
    for node in picture.nodes():
        told = {"kind": node.kind, "label": node.props.get("name", node.kind), "labels": list(node.labels)}
        file.write(f'    <node id="{node.id}">{_data("node", sorted({**node.props, **told}.items()))}</node>\n')
        nodes += 1
    for edge in picture.edges():
        props = {**edge.props, "label": edge.relation, "relation": edge.relation}
        ends = f'id="{edge.id}" source="{edge.source}" target="{edge.target}"'
        file.write(f"    <edge {ends}>{_data('edge', sorted(props.items()))}</edge>\n")
        edges += 1
    file.write("  </graph>\n</graphml>\n")
    return nodes, edges

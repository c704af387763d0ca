"""A Cypher script that makes the picture in an empty Neo4j 5: one statement a line, no parameters.

Labels and types are those of the ontology, so the recipes of ``docs/cypher.md`` run on it. All
nodes bear ``Exported`` too, under which ids are unique; running the script again changes nothing.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TextIO

from graph.model.ontology import relation
from graph.store.drawing import Property
from ingest.exchange.picture import Picture

#: Rows in one statement: few enough to read, many enough to be quick.
_ROWS = 100

_HEAD = """\
// creditgraph: run on an empty Neo4j 5, for instance: cypher-shell --file graph.cypher
CREATE CONSTRAINT exported_id IF NOT EXISTS FOR (n:Exported) REQUIRE n.id IS UNIQUE;
CALL db.awaitIndexes(300);
"""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

#: Letters that end a line, a text or a statement for some reader of scripts, and the backslash itself.
_ESCAPED = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_UNSAFE = re.compile("[\\\\'\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _unsafe(match: re.Match[str]) -> str:
    letter = match[0]
    return _ESCAPED.get(letter) or f"\\u{ord(letter):04X}"


def quoted(text: str) -> str:
    """A text as a Cypher literal on one line."""
    return "'" + _UNSAFE.sub(_unsafe, text) + "'"


def name(text: str) -> str:
    """A property name; quoted by backticks where it is no plain word."""
    if _PLAIN.fullmatch(text):
        return text
    # a backslash means nothing here, but one before a u is read before anything else
    return "`" + text.replace("`", "``").replace("\\", "\\u005C") + "`"


def literal(value: Property) -> str:
    """A value as a Cypher literal."""
    if isinstance(value, list):
        return "[" + ", ".join(literal(member) for member in value) + "]"
    if isinstance(value, str):
        return quoted(value)
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _map(props: Mapping[str, Property]) -> str:
    return "{" + ", ".join(f"{name(key)}: {literal(value)}" for key, value in sorted(props.items())) + "}"


class _Statements:
    """Rows gathered by what they become; a full bundle is one statement."""

    def __init__(self, file: TextIO, pattern: str) -> None:
        self._file, self._pattern = file, pattern
        self._rows: dict[str, list[str]] = {}
        self.count = 0

    def add(self, words: str, row: str) -> None:
        """``words``: labels or type."""
        rows = self._rows.setdefault(words, [])
        rows.append(row)
        self.count += 1
        if len(rows) == _ROWS:
            self._write(words, self._rows.pop(words))

    def _write(self, words: str, rows: Sequence[str]) -> None:
        self._file.write(f"UNWIND [{', '.join(rows)}] AS row {self._pattern.format(words=words)};\n")

    def end(self) -> int:
        """Write what is left; how many rows there were."""
        for words, rows in sorted(self._rows.items()):
            self._write(words, rows)
        return self.count


def write_cypher(picture: Picture, file: TextIO) -> tuple[int, int]:
    """Write a picture; how many nodes and edges."""
    file.write(_HEAD)
    nodes = _Statements(file, "MERGE (n:Exported {{id: row.id}}) SET n = row, n:{words}")
    for node in picture.nodes():
        nodes.add(":".join(node.labels), _map(node.props))
    made = nodes.end()
    edges = _Statements(
        file,
        "MATCH (a:Exported {{id: row[0]}}) MATCH (b:Exported {{id: row[1]}}) "
        "MERGE (a)-[r:{words} {{id: row[2].id}}]->(b) SET r = row[2]",
    )
    for edge in picture.edges():
        edges.add(relation(edge.relation).neo4j, f"[{quoted(edge.source)}, {quoted(edge.target)}, {_map(edge.props)}]")
    return made, edges.end()

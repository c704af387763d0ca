"""A small read adapter for those who still have py2neo 2021.2.4 (extra ``py2neo``); nothing in creditgraph uses it.

It reads the graph that the store draws on Neo4j 5, or that the script of an export made. Whoever
has the password sees the highest level. Everything runs in read transactions, so the server itself
refuses to write. What does not work with py2neo on Neo4j 5 is told in ``docs/py2neo.md``.
"""

from collections.abc import Mapping
from typing import Any, Self

import py2neo

_NODE = "{id: $id}"
_ITEM = "_Item|Exported"

_BY_ID = f"MATCH (n:{_ITEM} {_NODE}) RETURN properties(n) AS props, labels(n) AS labels"
_COMPANY = "MATCH (n:Company {uscc: $code}) RETURN properties(n) AS props, labels(n) AS labels"
_NEIGHBOURS = f"""
    MATCH (n:{_ITEM} {_NODE})-[r]-(m)
    WHERE $relations IS NULL OR type(r) IN $relations
    RETURN type(r) AS type, startNode(r) = n AS out, properties(r) AS edge, properties(m) AS props, labels(m) AS labels
    ORDER BY type, edge.id, out LIMIT $limit"""


def _natural(props: Mapping[str, Any]) -> dict[str, Any]:
    """Properties without those of the store."""
    return {name: value for name, value in props.items() if not name.startswith("_")}


def _node(row: Mapping[str, Any]) -> dict[str, Any]:
    labels = sorted(label for label in row["labels"] if label not in _ITEM.split("|"))
    return _natural(row["props"]) | {"labels": labels}


class Py2neoReader:
    """Reads by py2neo; ``user`` and ``password`` empty: none is asked.

    Errors are py2neo's own: ConnectionUnavailable when the server is away, ClientError for a bad or a writing query.
    """

    def __init__(self, uri: str, user: str = "", password: str = "") -> None:
        self.graph = py2neo.Graph(uri, auth=(user, password) if user or password else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; py2neo leaves them open by itself."""
        self.graph.service.connector.close()

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """The rows of a reading query with parameters; ClientError when it would write."""
        return list(self.graph.query(query, values).data())

    def node(self, node_id: str) -> dict[str, Any] | None:
        """The properties and ``labels`` of a node by its id, None when there is none."""
        return next(map(_node, self.rows(_BY_ID, id=node_id)), None)

    def company(self, uscc: str) -> dict[str, Any] | None:
        """A company by its unified code, as :meth:`node`."""
        return next(map(_node, self.rows(_COMPANY, code=uscc)), None)

    def neighbours(self, node_id: str, *relations: str, limit: int = 1000) -> list[dict[str, Any]]:
        """Edges of a node as ``{"type", "direction", "edge", "node"}``, by type and edge id; ``relations`` as types.

        At most ``limit`` rows; that there are as many as the limit says that there may be more.
        """
        rows = self.rows(_NEIGHBOURS, id=node_id, relations=list(relations) or None, limit=limit)
        return [
            {
                "type": row["type"],
                "direction": "out" if row["out"] else "in",
                "edge": _natural(row["edge"]),
                "node": _node(row),
            }
            for row in rows
        ]

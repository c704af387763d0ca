"""The rivals on Neo4j: a bare ``UNWIND`` insert of the same items, and raw Cypher for the reads."""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from neo4j import Driver, GraphDatabase

from graph.store.base import Store
from graph.store.drawing import Row, edge_row, node_row

_ROWS = 5000

_NODES = "UNWIND $rows AS row CREATE (n:_Item) SET n = row.props SET n:$(row.labels)"
_EDGES = """
    UNWIND $rows AS row
    MATCH (a:_Item {id: row.source}) MATCH (b:_Item {id: row.target})
    CREATE (a)-[r:$(row.type)]->(b) SET r = row.props"""

#: What the store answers, asked in one statement each.
LOOK_UP = "MATCH (n:_Item {id: $id}) RETURN n.id, n._facts"
ONE_HOP = "MATCH (:_Item {id: $id})-[r]-() RETURN r.id, r._item"
COUNTS = """
    MATCH (:_Item {id: $id})-[r]->() RETURN type(r) AS type, 'out' AS way, count(*) AS n
    UNION ALL MATCH (:_Item {id: $id})<-[r]-() RETURN type(r) AS type, 'in' AS way, count(*) AS n"""


class Bare:
    """A driver of its own on the server that the store uses."""

    def __init__(self, uri: str) -> None:
        self._driver: Driver = GraphDatabase.driver(uri, notifications_min_severity="OFF", telemetry_disabled=True)

    def close(self) -> None:
        """Release the connections."""
        self._driver.close()

    def rows(self, text: str, node: str) -> list[list[Any]]:
        """All rows of a read about one node."""
        with self._driver.session() as session:
            return session.run(text, id=node).values()

    def reader(self, text: str) -> Callable[[str], object]:
        """A read as a call."""
        return lambda node: self.rows(text, node)

    def insert(self, nodes: Sequence[Row], edges: Sequence[Row]) -> float:
        """Insert rows by ``UNWIND``, 5,000 a transaction, under the indexes that are there; seconds."""
        begin = time.perf_counter()
        with self._driver.session() as session:
            for text, rows in ((_NODES, nodes), (_EDGES, edges)):
                waiting = iter(rows)
                while some := list(islice(waiting, _ROWS)):
                    session.run(text, rows=some).consume()
        return time.perf_counter() - begin


def drawn(store: Store) -> Iterator[list[Row]]:
    """The rows of all nodes, then those of all edges, as the store writes them."""
    yield [node_row(item, "") for item in store.items()]
    yield [edge_row(item, "") for item in store.edge_items()]

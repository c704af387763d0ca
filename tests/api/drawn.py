"""The demo town drawn on the real Neo4j, and that Neo4j read with the official driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from neo4j import Driver, GraphDatabase

from api.commands import opened
from graph.store.neo4j import Neo4jStore
from graph.store.project import catch_up
from tests.neo4j_server import Access


@contextmanager
def driver(access: Access) -> Iterator[Driver]:
    """The official driver."""
    auth = (access.user, access.password) if access.user else None
    with GraphDatabase.driver(access.uri, auth=auth, notifications_min_severity="OFF") as found:
        yield found


def draw(access: Access) -> None:
    """Make the graph of the book of this environment in an emptied store on the server."""
    store = Neo4jStore(access.uri, access.user, access.password)
    try:
        store.clear()
        with opened() as book:
            catch_up(book.ledger, store, book.stable)
    finally:
        store.close()


def empty(access: Access) -> None:
    """Take away what the store or a script of an export made."""
    with driver(access) as found:
        found.execute_query("MATCH (n) WHERE n:_Item OR n:_Checkpoint OR n:Exported DETACH DELETE n")
        found.execute_query("DROP CONSTRAINT exported_id IF EXISTS")


def rows(found: Driver, text: str) -> list[dict[str, Any]]:
    """The rows of a query."""
    return [record.data() for record in found.execute_query(text).records]


def counts(found: Driver, label: str) -> tuple[int, int]:
    """How many nodes bear a label and how many edges leave them."""
    (row,) = rows(found, f"MATCH (n:{label}) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n) AS n, count(r) AS r")
    return row["n"], row["r"]


def natural(found: Driver, label: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Nodes and edges by id with all that a person reads on them."""
    nodes = rows(found, f"MATCH (n:{label}) RETURN properties(n) AS props, labels(n) AS labels")
    told = "properties(r) AS props, type(r) AS type, a.id AS source, b.id AS target"
    edges = rows(found, f"MATCH (a:{label})-[r]->(b:{label}) RETURN {told}")

    def shown(props: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in props.items() if not k.startswith("_")}

    return (
        {n["props"]["id"]: (shown(n["props"]), sorted(set(n["labels"]) - {label})) for n in nodes},
        {e["props"]["id"]: (shown(e["props"]), e["type"], e["source"], e["target"]) for e in edges},
    )

"""Which graph store a command uses: the embedded one, or Neo4j by ``CREDITGRAPH_STORE``."""

import os

from graph.book.home import Home
from graph.store.base import Store
from graph.store.neo4j import Neo4jStore
from graph.store.sqlite import SqliteStore

EMBEDDED = ("", "sqlite")


def open_store(home: Home) -> Store:
    """The store that ``CREDITGRAPH_STORE`` names; ValueError for a word that is neither sqlite nor an address."""
    named = os.environ.get("CREDITGRAPH_STORE", "")
    if named in EMBEDDED:
        return SqliteStore(home.graph)
    if not named.startswith(("neo4j://", "bolt://", "neo4j+s://", "bolt+s://")):
        raise ValueError("CREDITGRAPH_STORE: expected sqlite or an address such as bolt://127.0.0.1:7687")
    return Neo4jStore(named, os.environ.get("NEO4J_USER", ""), os.environ.get("NEO4J_PASSWORD", ""))

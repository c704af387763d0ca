"""Constraints and indexes are made by whoever comes first, also when several come at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from neo4j import GraphDatabase

from graph.store import cypher
from graph.store.base import Checkpoint
from graph.store.neo4j import Neo4jStore
from tests.neo4j_server import Access


def _forget_schema(access: Access) -> None:
    auth = (access.user, access.password) if access.user else None
    with GraphDatabase.driver(access.uri, auth=auth) as driver, driver.session() as session:
        for kind, kinds in (("CONSTRAINT", "CONSTRAINTS"), ("INDEX", "INDEXES")):
            rows = session.run(f"SHOW {kinds} YIELD name, type WHERE type <> 'LOOKUP' RETURN name").values()
            for (name,) in rows:
                session.run(f"DROP {kind} {name} IF EXISTS").consume()
        assert not session.run(cypher.INDEXES).values()


def _state(access: Access) -> Checkpoint | None:
    store = Neo4jStore(access.uri, access.user, access.password)
    try:
        return store.state()
    finally:
        store.close()


@pytest.mark.neo4j
@pytest.mark.usefixtures("neo4j_store")
def test_first_users_at_once_do_not_stumble_over_each_other(neo4j_server: Access) -> None:
    for _ in range(2):
        _forget_schema(neo4j_server)
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(_state, [neo4j_server] * 4)) == [None] * 4

"""Fixtures for all tests."""

import os
from collections.abc import Iterator

# As ingest sets it, also for tests that import openpyxl first.
os.environ.setdefault("OPENPYXL_LXML", "False")

import pytest

from graph.store.neo4j import Neo4jStore
from tests.neo4j_server import Access, running


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """One Neo4j for the whole session; a test that needs it fails when there is none."""
    with running(tmp_path_factory.mktemp("neo4j")) as access:
        yield access


@pytest.fixture(scope="session")
def neo4j_uri(neo4j_server: Access) -> str:
    """The address of that server."""
    return neo4j_server.uri


@pytest.fixture
def neo4j_store(neo4j_server: Access) -> Iterator[Neo4jStore]:
    """An empty store on that server; nodes that are not the store's stay."""
    store = Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    store.clear()
    yield store
    store.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For several workers (``-n``): a module stays together, or with its group, and so does all that needs a Neo4j."""
    for item in items:
        if item.get_closest_marker("neo4j") or "neo4j_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("neo4j"))
        elif item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))

"""``make faults``: many seeded kills in the middle of a load, on the embedded store and on a real Neo4j."""

import os
import random
from pathlib import Path

import pytest

from graph.store import server
from tests.graph.kernel.crash import check_killed_load
from tests.graph.kernel.crash_neo4j import check_killed_loader, check_killed_server
from tests.graph.kernel.harness import NOW
from tests.neo4j_server import Access

_SEEDS = int(os.environ.get("FAULT_SEEDS", "200"))

pytestmark = pytest.mark.faults


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data home to be, with a key and a clock of its own."""
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(tmp_path / "master.key"))
    monkeypatch.setenv("CREDITGRAPH_TODAY", NOW)
    return tmp_path / "home"


@pytest.mark.parametrize("seed", range(_SEEDS))
def test_a_load_killed_at_a_seeded_moment(seed: int, home: Path) -> None:
    check_killed_load(home, random.Random(seed).uniform(0.01, 1.2))


@pytest.mark.neo4j
@pytest.mark.usefixtures("neo4j_store")
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_load_into_neo4j_killed_at_a_seeded_moment(seed: int, home: Path, neo4j_server: Access) -> None:
    check_killed_loader(home, neo4j_server, random.Random(seed).uniform(0.01, 6.0), [200] * 60)


@pytest.mark.neo4j
@pytest.mark.usefixtures("neo4j_store")
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_load_into_neo4j_killed_in_a_step_of_several_transactions(
    seed: int, home: Path, neo4j_server: Access
) -> None:
    """The batch is larger than what fits into one transaction as the product sets it."""
    wait = random.Random(seed).uniform(0.0, 0.5)
    check_killed_loader(home, neo4j_server, wait, [50, 16_000, 50], in_step=True)


@pytest.mark.neo4j
@pytest.mark.parametrize("seed", [6, 7])
def test_a_neo4j_server_killed_in_the_middle_of_a_load(seed: int, home: Path) -> None:
    wait = random.Random(seed).uniform(0.0, 0.3)
    try:
        start = lambda: server.start(home, heap="512m", pagecache="64m")  # noqa: E731
        check_killed_server(home, start, wait, [20, 1500, 20, 20, 20, 20], step=40)
    finally:
        server.stop(home)

"""One cheap kill of a load into Neo4j; ``make faults`` has more."""

import random
from pathlib import Path

import pytest

from tests.graph.kernel.crash_neo4j import check_killed_loader
from tests.neo4j_server import Access


@pytest.mark.neo4j
@pytest.mark.usefixtures("neo4j_store")
def test_a_loader_killed_in_a_step_of_several_transactions(tmp_path: Path, neo4j_server: Access) -> None:
    wait = random.Random(5).uniform(0.0, 0.1)
    check_killed_loader(tmp_path / "home", neo4j_server, wait, [20, 800], step=30, in_step=True)

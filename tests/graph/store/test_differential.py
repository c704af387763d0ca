"""Every protocol method answers alike on SQLite, on Neo4j and on the ledger itself, for generated graphs."""

import random
from pathlib import Path

import pytest

from graph.store.base import View
from graph.store.neo4j import Neo4jStore
from graph.store.project import catch_up, read_back
from tests.graph.kernel.harness import NOW, Town, everything
from tests.strategies import kinds_of_keys


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key and a wall clock for one home."""
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(tmp_path / "master.key"))
    monkeypatch.setenv("CREDITGRAPH_TODAY", NOW)
    return tmp_path / "home"


@pytest.mark.neo4j
@pytest.mark.parametrize("seed", [1, 3])
def test_three_readers_give_the_same_answers(seed: int, clock: Path, neo4j_store: Neo4jStore) -> None:
    town = Town(clock)
    records = town.records(seed, 60, conflicts=bool(seed % 2))
    keys = sorted(kinds_of_keys(records))
    rng = random.Random(seed)
    for start in range(0, len(records), 15):
        town.load(records[start : start + 15])
        catch_up(town.book.ledger, neo4j_store, town.book.stable)
    companies = [key for key, kind in sorted(kinds_of_keys(records).items()) if kind == "company"]
    town.decide("same", rng.sample(companies, 2))
    state = catch_up(town.book.ledger, neo4j_store, town.book.stable)
    assert state.digest == town.digest == read_back(neo4j_store, town.book.stable)
    for level in (0, 1, 2):
        for as_of in (None, "2016-05-05", "2023-01-01"):
            view = View(level, as_of, None, NOW)
            embedded = everything(town.book.store, view, keys)
            assert everything(town.past(), view, keys) == embedded
            assert everything(neo4j_store, view, keys) == embedded
            ids = [node.id for node in town.book.store.scan_nodes(view)][:5]
            for limit in (1, 3):
                for direction in ("in", "out", "both"):
                    asked = (view, ids, ("shareholder_of", "about"), direction, limit)
                    expected = town.book.store.neighbours(*asked)  # type: ignore[arg-type]
                    assert neo4j_store.neighbours(*asked) == expected  # type: ignore[arg-type]
                    assert town.past().neighbours(*asked) == expected  # type: ignore[arg-type]
    town.close()

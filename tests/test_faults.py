"""``make faults``: many seeded kills in the middle of a load."""

import os
import random
from pathlib import Path

import pytest

from tests.graph.kernel.crash import check_killed_load
from tests.graph.kernel.harness import NOW

_SEEDS = int(os.environ.get("FAULT_SEEDS", "200"))


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(_SEEDS))
def test_a_load_killed_at_a_seeded_moment(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(tmp_path / "master.key"))
    monkeypatch.setenv("CREDITGRAPH_TODAY", NOW)
    check_killed_load(tmp_path / "home", random.Random(seed).uniform(0.01, 1.2))

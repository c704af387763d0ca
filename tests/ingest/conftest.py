"""One master key and one wall clock for the tests of loading."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingest.sources.golden import TODAY


@pytest.fixture(scope="package", autouse=True)
def ingest_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The key lies in a folder of its own; the clock stands still."""
    place = tmp_path_factory.mktemp("key") / "master.key"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDITGRAPH_MASTER_KEY", str(place))
        patch.setenv("CREDITGRAPH_TODAY", TODAY)
        yield place

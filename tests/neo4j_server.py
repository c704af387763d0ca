"""The Neo4j that the tests use: the one that ``NEO4J_URI`` names, else one started for the session."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph.store import server


@dataclass(frozen=True)
class Access:
    """Where the server is and who asks; ``user`` and ``password`` empty: none is asked."""

    uri: str
    user: str
    password: str


@contextmanager
def running(home: Path) -> Iterator[Access]:
    """A server for the time of the block, its data below ``home``; ServerError when none can be had."""
    named = os.environ.get("NEO4J_URI")
    if named:
        yield Access(named, os.environ.get("NEO4J_USER", ""), os.environ.get("NEO4J_PASSWORD", ""))
        return
    info = server.start(home, heap="768m", pagecache="128m")
    try:
        yield Access(info.uri, "", "")
    finally:
        server.stop(home)

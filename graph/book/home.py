"""The data home: where the files of a book lie, and who may write."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class Busy(RuntimeError):
    """Another command is writing to this data home."""


@dataclass(frozen=True, slots=True)
class Home:
    """A data home. A plain copy of its folder is a whole one; the master key lies outside."""

    root: Path

    @property
    def ledger(self) -> Path:
        """The ledger file."""
        return self.root / "ledger" / "ledger.db"

    @property
    def vault(self) -> Path:
        """The vault file."""
        return self.root / "vault" / "vault.db"

    @property
    def graph(self) -> Path:
        """The embedded graph store."""
        return self.root / "graph" / "graph.db"

    @property
    def texts(self) -> Path:
        """The full-text index of archived documents."""
        return self.root / "texts" / "texts.db"

    @property
    def analysis(self) -> Path:
        """What was worked out of the graph and is kept for the next command."""
        return self.root / "analysis"

    def prepare(self) -> None:
        """Make the folders that are missing, readable by their owner only."""
        for folder in (self.root, self.ledger.parent, self.vault.parent, self.graph.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def home_from_environment() -> Home:
    """``CREDITGRAPH_HOME``, default ``./var``."""
    return Home(Path(os.environ.get("CREDITGRAPH_HOME") or "var").resolve())


@contextmanager
def write_lock(home: Home, wait: float = 30.0) -> Iterator[None]:
    """The right to write; waits ``wait`` seconds for another command, then raises :class:`Busy`."""
    home.prepare()
    with (home.root / "write.lock").open("w") as file:
        until = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise Busy(f"another command has been writing to {home.root.name} for {wait:.0f} s") from None
                time.sleep(0.05)
        yield

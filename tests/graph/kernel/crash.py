"""A load in a process of its own, killed at a moment: every acknowledged batch must be whole."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.ledger.verify import problems
from tests.graph.kernel.harness import Town

_LOADER = """
    import sys
    from pathlib import Path
    from tests.graph.kernel.harness import Town
    town = Town(Path(sys.argv[1]))
    print("ready", flush=True)
    for batch in range(40):
        town.load(town.records(batch, 12))
        print(town.book.ledger.head()[0], flush=True)
"""


@contextmanager
def _loading(folder: Path) -> Iterator[subprocess.Popen[str]]:
    root = Path(__file__).resolve().parents[3]
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_LOADER), str(folder)],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def check_killed_load(folder: Path, wait: float) -> None:
    """Kill a load ``wait`` seconds after it began; the ledger is clean and the graph catches up."""
    with _loading(folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        told = [int(line) for line in process.stdout if line.strip().isdecimal()]
    town = Town(folder)
    with town.book.ledger.reading() as connection:
        assert problems(connection) == []
    head = town.book.ledger.head()[0]
    assert head >= max(told, default=0), "an acknowledged batch is there"
    assert town.book.boundary(head) == head, "no batch is half there"
    town.book.recover()
    town.check()
    town.close()

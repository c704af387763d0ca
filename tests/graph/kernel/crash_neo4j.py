"""A load into a real Neo4j, and what is left when the loader or the server is killed in the middle of it."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from graph.ledger.verify import problems
from graph.store import server
from graph.store.base import View
from graph.store.errors import StoreUnavailable
from graph.store.items import own_id
from graph.store.neo4j import Neo4jStore
from graph.store.project import catch_up, read_back
from graph.store.sqlite import SqliteStore
from tests.graph.kernel.harness import NOW, Town
from tests.neo4j_server import Access

#: Arguments: home, address, user, password, items in a transaction (0: as in production), size of each batch.
#: Says "ready", then after each batch its sequence and whether the graph is behind.
_LOADER = """
    import sys
    from pathlib import Path
    from graph.store import writer
    from graph.store.neo4j import Neo4jStore
    from tests.graph.kernel.harness import Town
    folder, uri, user, password, step, *sizes = sys.argv[1:]
    if int(step):
        writer.WHOLE_STEP = writer.ROWS = int(step)
    town = Town(Path(folder), lambda home: Neo4jStore(uri, user, password))
    print("ready", flush=True)
    for batch, size in enumerate(sizes):
        town.load(town.records(batch, int(size)))
        print(town.book.ledger.head()[0], "behind" if town.book.lag.reason else "level", flush=True)
"""

_VIEW = View(2, None, None, NOW)

#: Seconds after which a load that reached no such moment has failed.
_PATIENCE = 120


@contextmanager
def _loading(folder: Path, access: Access, step: int, sizes: Sequence[int]) -> Iterator[subprocess.Popen[str]]:
    root = Path(__file__).resolve().parents[3]
    told = [folder, access.uri, access.user, access.password, step, *sizes]
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_LOADER), *map(str, told)],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def _marked(store: Neo4jStore) -> bool:
    try:
        store.get(_VIEW, [own_id("uscc:nobody")])
    except StoreUnavailable as told:
        return "large step" in str(told)
    return False


def in_large_step(access: Access) -> bool:
    """Whether a step of several transactions is being written, or was left so by a writer that died."""
    store = Neo4jStore(access.uri, access.user, access.password)
    try:
        return _marked(store)
    finally:
        store.close()


def _await_large_step(process: subprocess.Popen[str], access: Access) -> None:
    until = time.monotonic() + _PATIENCE
    store = Neo4jStore(access.uri, access.user, access.password)
    try:
        while not _marked(store):
            assert process.poll() is None, "the load ended before a large step was seen"
            assert time.monotonic() < until, "no large step was seen"
            time.sleep(0.01)
    finally:
        store.close()


def _told(process: subprocess.Popen[str]) -> list[tuple[int, str]]:
    assert process.stdout is not None
    lines = (line.split() for line in process.stdout if line.endswith("\n"))
    return [(int(seq), lag) for seq, lag in lines]


def check_whole(folder: Path, access: Access, acknowledged: int) -> None:
    """The ledger is clean and holds every acknowledged batch whole; the graph catches up to what a rebuild gives."""
    town = Town(folder, lambda home: Neo4jStore(access.uri, access.user, access.password))
    with town.book.ledger.reading() as connection:
        assert problems(connection) == []
    head = town.book.ledger.head()[0]
    assert head >= acknowledged, "an acknowledged batch is there"
    assert town.book.boundary(head) == head, "no batch is half there"
    state = town.book.recover()
    assert state is not None and state.seq == head, "the graph catches up by itself"
    found = read_back(town.book.store, town.book.stable)
    assert found == state.digest
    made_anew = SqliteStore(folder / "anew.db")
    assert catch_up(town.book.ledger, made_anew, town.book.stable).digest == found
    assert list(town.book.store.items()) == list(made_anew.items())
    assert list(town.book.store.edge_items()) == list(made_anew.edge_items())
    made_anew.close()
    rebuilt = town.book.rebuild()
    assert rebuilt is not None and rebuilt.digest == found == read_back(town.book.store, town.book.stable)
    town.close()


def check_killed_loader(
    folder: Path, access: Access, wait: float, sizes: Sequence[int], *, step: int = 0, in_step: bool = False
) -> None:
    """Kill a load ``wait`` seconds after it began, or after it began a step of several transactions (``in_step``)."""
    with _loading(folder, access, step, sizes) as process:
        if in_step:
            _await_large_step(process, access)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        told = _told(process)
    assert len(told) < len(sizes), "the load was over before it was killed"
    assert not in_step or in_large_step(access), "the kill did not fall into the large step"
    check_whole(folder, access, max((seq for seq, _ in told), default=0))


def check_killed_server(
    folder: Path, start: Callable[[], server.ServerInfo], wait: float, sizes: Sequence[int], *, step: int
) -> None:
    """Kill the server in a step of several transactions and start it again: the load goes on, the graph comes after."""
    info = start()
    access = Access(info.uri, "", "")
    with _loading(folder, access, step, sizes) as process:
        _await_large_step(process, access)
        time.sleep(wait)
        os.kill(info.pid, signal.SIGKILL)
        assert process.stdout is not None
        told = [next(process.stdout).split() for _ in range(2)]
        assert start().uri == info.uri
        told += [line.split() for line in process.stdout]
        assert process.wait() == 0, "the load went on without its store"
    assert len(told) == len(sizes), "every batch was acknowledged"
    assert "behind" in [lag for _, lag in told], "it was told that the graph is behind"
    assert in_large_step(access) or told[-1][1] == "level"
    check_whole(folder, access, int(told[-1][0]))

"""Loads while the service answers: readers see whole batches only, and may wait for the one they were told of."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from api.asking import Question
from api.questions import search_body
from graph.store.base import Checkpoint
from graph.store.sqlite import SqliteStore
from tests.api.conftest import TODAY, Loaded, run
from tests.api.service import Callers, serving


def _watch(http: Callers, company: str, seen: set[tuple[int, int]], ended: threading.Event) -> None:
    """Answers of a service while another process would load: sequence, and how many edges the company had."""
    while not ended.is_set():
        done = http.get("operator", f"/entities/{company}/neighbours", limit=200)
        assert done.status_code in (200, 404)
        if done.status_code == 200:
            seen.add((done.json()["known_at"], done.json()["total"]))


def test_readers_see_whole_batches_only(town: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CREDITGRAPH_TODAY", TODAY)
    company, told, seen = town.town.company, list[Any](), set[tuple[int, int]]()
    with serving() as http:
        ended = threading.Event()
        watchers = [threading.Thread(target=_watch, args=(http, company, seen, ended)) for _ in range(2)]
        for watcher in watchers:
            watcher.start()
        try:
            for source in ("departments", "registry", "shareholders", "officers"):
                body = run("load", source, str(town.town.folder / f"{source}.csv"), "--json").body
                asked = {"at_least": body["known_at"], "limit": 200}
                after = http.get("operator", f"/entities/{company}/neighbours", **asked)
                told.append((body["known_at"], after.json().get("total", 0)))
        finally:
            ended.set()
            for watcher in watchers:
                watcher.join()
    assert seen
    assert {total for _, total in seen} <= {total for _, total in told}
    assert {seq for seq, _ in seen} <= {seq for seq, _ in told}


def test_a_sequence_that_does_not_come_is_told(town: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as http:
        begun = time.monotonic()
        done = http.get("operator", "/search", q="x", at_least=10**6)
        assert (done.status_code, done.headers["content-type"]) == (409, "application/problem+json")
        assert time.monotonic() - begun < 5, "nobody waits for what the ledger does not hold"
        # The graph is behind the ledger: it is waited for, and told when it does not come in time.
        monkeypatch.setattr("api.asking._PATIENCE", 0.3)
        monkeypatch.setattr("api.asking.Call._graph_seq", staticmethod(lambda book: 1))
        begun = time.monotonic()
        done = http.get("operator", "/search", q="x", at_least=5)
        assert (done.status_code, done.json()["title"]) == (409, "not there yet")
        assert time.monotonic() - begun > 0.3


@contextmanager
def no_snapshot(store: SqliteStore) -> Iterator[bool]:
    """A store that cannot hold still, as Neo4j."""
    yield False


@pytest.mark.parametrize("still", [True, False])
def test_an_answer_is_of_one_sequence_whatever_comes_between(
    still: bool, town: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CREDITGRAPH_TODAY", TODAY)
    files = [town.town.folder / f"{source}.csv" for source in ("departments", "registry")]
    waiting = ["registry"]

    def slow(asked: Question, *arguments: Any) -> dict[str, Any]:
        """A batch comes while the question is on its way."""
        early = search_body(asked, *arguments)
        if waiting:
            run("load", waiting.pop(), str(files[1]))
            return early | {"known_at": search_body(asked, *arguments)["known_at"]}
        return early

    before = run("load", "departments", str(files[0]), "--json").body["known_at"]
    if not still:
        monkeypatch.setattr(SqliteStore, "snapshot", no_snapshot)
    with serving() as http:
        monkeypatch.setattr("api.routers.entities.search_body", slow)
        body = http.get("operator", "/search", q="荻苇").json()
        after = http.get("operator", "/search", q="荻苇").json()
    assert waiting == []
    assert after["total"] > 0
    if still:
        assert (body["total"], body["known_at"]) == (0, before)
    else:
        assert body == after


def test_an_answer_that_never_gets_a_quiet_moment_says_so(
    town: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CREDITGRAPH_TODAY", TODAY)
    run("load", "departments", str(town.town.folder / "departments.csv"))
    digests, plain = count(), SqliteStore.state

    def moving(store: SqliteStore) -> Checkpoint | None:
        """Another graph at each look."""
        state = plain(store)
        return replace(state, digest=str(next(digests))) if state else None

    monkeypatch.setattr(SqliteStore, "snapshot", no_snapshot)
    with serving() as http:
        monkeypatch.setattr(SqliteStore, "state", moving)
        done = http.get("operator", "/search", q="x")
    assert (done.status_code, done.json()["title"]) == (503, "batches keep coming")

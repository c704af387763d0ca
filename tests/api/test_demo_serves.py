"""``demo --serve`` as a person starts it, and the administration of keys."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from api.auth import ROLES, Caller
from api.keys import KeyReader, caller_of, create_key, demo_keys, holder_of, list_keys
from graph.book.home import Home, home_from_environment
from tests.api.conftest import Loaded, run

PURPOSE = {"X-Purpose": "a test"}


@pytest.fixture
def home(tmp_path: Path, master_key: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty data home."""
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    monkeypatch.delenv("CREDITGRAPH_STORE", raising=False)
    return home_from_environment()


@contextmanager
def started(*more: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Address, keys by role and all that was printed before; it must end by itself within 15 s of SIGTERM."""
    command = [sys.executable, "-m", "api.cli", "demo", "--serve", "--port", "0", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout
        told = ""
        for line in process.stdout:
            told += line
            if line.startswith(list(ROLES)[-1]):
                break
        address = re.search(r"^http://127\.0\.0\.1:\d+$", told, re.MULTILINE)
        assert address, told[-2000:]
        yield address[0], dict(re.findall(r"^([a-z]+) .* (cg_\S+)$", told, re.MULTILINE)), told
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        process.stdout.close()
    finally:
        process.kill()
        process.wait()


@pytest.mark.neo4j
def test_the_demo_serves_on_a_neo4j_that_ends_with_it(home: Home) -> None:
    with started("--store", "neo4j", "--quiet") as (address, keys, _):
        assert run("neo4j", "status", "--json").code == 0
        headers = {"X-API-Key": keys["investigator"]} | PURPOSE
        assert httpx.get(f"{address}/api/v1/search", params={"q": "岚汀"}, headers=headers).json()["total"]
    assert run("neo4j", "status", "--json").code == 3


def test_demo_keys_are_never_made_beside_other_data(town: Loaded) -> None:
    assert not (town.home / "demo").exists()
    done = run("demo", "--serve", "--port", "0")
    assert (done.code, "other data than the demo town" in done.err) == (2, True)
    assert not list_keys(home_from_environment())


def test_demo_keys_take_the_place_of_demo_keys_only(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITGRAPH_TODAY", "2026-10-01")
    kept = create_key(home, "operator")
    first = demo_keys(home)
    second = demo_keys(home)
    assert list(second) == list(ROLES)
    assert caller_of(home, kept["key"])
    assert not any(caller_of(home, key) for key in first.values())
    monkeypatch.setenv("CREDITGRAPH_TODAY", "2026-10-07")
    assert all(caller_of(home, key) for key in second.values())
    monkeypatch.setenv("CREDITGRAPH_TODAY", "2026-10-08")
    assert not any(caller_of(home, key) for key in second.values())


def test_a_key_knows_for_which_body_its_holder_acts(home: Home) -> None:
    made = run("key", "create", "--role", "department", "--body", "人社局", "--json").body
    assert made["body"] == "人社局"
    found = caller_of(home, made["key"])
    assert found
    assert found.body == "人社局"
    court = run("key", "create", "--role", "court", "--json").body
    assert [row["body"] for row in run("key", "list", "--json").body["results"]] == ["人社局", "court"]
    assert holder_of(home, court["id"]) == Caller(court["id"], "court", body="court")
    for wrong in (("department", "某某局"), ("operator", "人社局"), ("public", "人社局")):
        assert run("key", "create", "--role", wrong[0], "--body", wrong[1], "--json").body["status"] == 400
    department = caller_of(home, demo_keys(home)["department"])
    assert department
    assert (department.role, department.body) == ("department", "人社局")


def test_a_file_of_keys_of_before_is_read_and_added_to(home: Home) -> None:
    made = create_key(home, "court")
    with closing(sqlite3.connect(home.root / "access" / "keys.db")) as db, db:
        db.execute("ALTER TABLE key DROP COLUMN body")
    with closing(KeyReader(home)) as reader:
        assert reader.caller_of(made["key"]) == Caller(made["id"], "court", body="court")
        other = create_key(home, "department", body="税务局")
        assert reader.caller_of(other["key"]) == Caller(other["id"], "department", body="税务局")


def test_keys_are_listed_without_secrets_and_revoked(home: Home) -> None:
    assert run("key", "list", "--json").body == {"total": 0, "next": None, "results": []}
    assert run("key", "revoke", "k0").code == 2
    made = run("key", "create", "--role", "court", "--division", "359803", "--expires", "2099-01-01", "--json").body
    other = run("key", "create", "--role", "public", "--json").body
    listed = run("key", "list", "--json")
    first = {"id": made["id"], "role": "court", "division": "359803", "body": "court", "expires": "2099-01-01"}
    assert first.items() <= listed.body["results"][0].items()
    assert set(listed.body["results"][1]) == {"id", "role", "division", "body", "expires", "created"}
    for text in (listed.out, run("key", "list").out):
        assert made["id"] in text
        assert made["key"].split("_", 2)[2] not in text
    assert run("key", "revoke", made["id"], "--json").body == {"revoked": made["id"]}
    assert not caller_of(home, made["key"])
    assert caller_of(home, other["key"])
    assert json.loads(run("key", "revoke", made["id"], "--json").out)["status"] == 404

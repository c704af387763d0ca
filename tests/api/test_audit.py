"""The audit: a row for each read of a person or a non-public record and each write, chained, without personal data."""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.audit import AuditLog, row_of
from api.auth import Caller
from graph.book.home import Home
from tests.api.conftest import TODAY, Loaded, run
from tests.api.service import Callers, serving


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the demo town."""
    with serving() as callers:
        yield callers


def _total(http: Callers, **query: str) -> int:
    return int(http.get("auditor", "/audit", **query).json()["total"])


def _within_two_seconds(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 2
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_person_read_is_a_row_within_two_seconds(town: Loaded, http: Callers) -> None:
    people = http.get("investigator", f"/entities/{town.town.company}?section=people").json()["people"]
    person = next(row["entity"]["id"] for row in people if row["entity"]["id_mask"])
    assert _within_two_seconds(lambda: _total(http, person=person) > 0)
    for role in ("investigator", "public"):
        before = _total(http, person=person)
        assert http.get(role, f"/entities/{person}", purpose="case 12").status_code == 200
        assert _within_two_seconds(lambda before=before: _total(http, person=person) == before + 1)  # type: ignore[misc]
        row = http.get("auditor", "/audit", person=person).json()["results"][0]
        assert (row["role"], row["purpose"], row["status"]) == (role, "case 12", 200)
        assert row["who"] == http.keys[role].split("_")[1]
        assert re.fullmatch(r"[0-9a-f]{64}", row["query"])


def test_who_reads_what_nobody_need_ask_for_is_not_kept(town: Loaded, http: Callers) -> None:
    before = _total(http)
    assert http.get("public", f"/entities/{town.town.company}/expansions").json()["results"]
    http.get("auditor", "/batches")
    time.sleep(0.5)
    assert _total(http) == before


def test_refusals_and_writes_are_rows_too(http: Callers) -> None:
    before = _total(http)
    assert http.get("investigator", "/search", purpose=None, q="x").status_code == 403
    assert http.post("public", "/batches", params={"source": "registry"}).status_code == 403
    assert _within_two_seconds(lambda: _total(http) == before + 2)


def test_only_auditors_read_the_audit(http: Callers) -> None:
    codes = {role: http.get(role, "/audit").status_code for role in http.keys}
    assert [role for role, code in codes.items() if code == 200] == ["auditor"]
    assert set(codes.values()) == {200, 403}


def test_pages_of_the_audit_add_up(http: Callers) -> None:
    whole = http.get("auditor", "/audit", limit=200).json()
    rows: list[Any] = []
    query: dict[str, Any] = {"limit": 5}
    while len(rows) < min(whole["total"], 40):
        body = http.get("auditor", "/audit", **query).json()
        rows += body["results"]
        if body["next"] is None:
            break
        query["cursor"] = body["next"]
    assert rows == whole["results"][: len(rows)]


def test_commands_are_audited_with_their_purpose(town: Loaded) -> None:
    log = AuditLog(Home(town.home))
    before = sum(1 for _ in log.rows())
    body = run("show", town.town.company, "--purpose", "case 7", "--json").body
    run("check-id", town.town.company)
    rows = list(log.rows())[before:]
    assert [(row["action"], row["role"], row["purpose"]) for row in rows] == [("CLI show", "operator", "case 7")]
    assert {p["entity"]["id"] for p in body["people"] if p["entity"]["kind"] == "person"} <= set(rows[0]["persons"])
    assert rows[0]["store_seq"] == body["known_at"]


def test_who_makes_and_takes_back_keys_is_audited_without_the_key(town: Loaded) -> None:
    log = AuditLog(Home(town.home))
    before = sum(1 for _ in log.rows())
    made = run("key", "create", "--role", "court", "--purpose", "a new clerk", "--json").body
    run("key", "revoke", made["id"])
    rows = list(log.rows())[before:]
    assert [(row["action"], row["purpose"]) for row in rows] == [("CLI key", "a new clerk"), ("CLI key", None)]
    text = "".join(path.read_text("utf-8") for path in (town.home / "audit").glob("*.jsonl"))
    assert made["key"].split("_", 2)[2] not in text


def test_no_row_holds_a_name_or_a_number(town: Loaded, http: Callers) -> None:
    number = town.town.persons["former"].id_no
    run("reach", "-", "--json", stdin=number + "\n")
    http.post("operator", "/screening", json={"rows": [{"name": town.town.company_name, "id_no": number}]})
    time.sleep(0.5)
    text = "".join(path.read_text("utf-8") for path in (town.home / "audit").glob("*.jsonl"))
    assert "POST /screening" in text
    assert number not in text
    assert not re.search("[\u4e00-\u9fff]", text)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path) -> AuditLog:
    """An audit of five rows over two months."""
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path))
    made = AuditLog(Home(tmp_path))
    for day in ("2026-09-30", "2026-09-30", TODAY, TODAY, "2026-09-29"):
        monkeypatch.setenv("CREDITGRAPH_TODAY", day)
        made.append([_row()])
    return made


def _row() -> dict[str, Any]:
    return row_of(Caller("k1", "operator"), "GET /x", "q", 3, {"kind": "person", "id": "n1"}, 200)


def test_a_whole_chain_verifies_over_the_turn_of_the_month(log: AuditLog, tmp_path: Path) -> None:
    assert sorted(p.name for p in tmp_path.glob("audit/*.jsonl")) == ["2026-09.jsonl", "2026-10.jsonl"]
    done = run("audit", "verify", "--json")
    assert (done.code, done.body["ok"], done.body["rows"]) == (0, True, 5)


@pytest.mark.parametrize("harm", ["byte", "line", "tail", "month", "swap", "file"])
def test_every_harm_is_found(log: AuditLog, tmp_path: Path, harm: str) -> None:
    first, second = sorted(tmp_path.glob("audit/*.jsonl"))
    lines = second.read_bytes().splitlines(keepends=True)
    if harm == "byte":
        first.write_bytes(first.read_bytes().replace(b"operator", b"operatoR", 1))
    elif harm == "line":
        second.write_bytes(b"".join([lines[0], *lines[2:]]))
    elif harm == "tail":
        second.write_bytes(b"".join(lines[:-1]))
    elif harm == "month":
        first.unlink()
    elif harm == "swap":
        second.write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))
    else:
        second.write_bytes(b"\0" + second.read_bytes())
    done = run("audit", "verify", "--json")
    assert (done.code, done.body["ok"]) == (2, False)
    assert done.body["problems"]


def test_a_writer_killed_half_way_leaves_a_whole_chain(log: AuditLog, tmp_path: Path) -> None:
    head = (tmp_path / "audit" / "head.json").read_text("utf-8")
    log.append([_row()])
    (tmp_path / "audit" / "head.json").write_text(head, "utf-8")
    with (tmp_path / "audit" / "2026-10.jsonl").open("ab") as file:
        file.write(b'{"seq": 7, "who": "k')
    log.append([_row()])
    body = log.verify()
    assert (body["ok"], body["rows"]) == (True, 7), body["problems"]


def _append_some(log: AuditLog) -> None:
    for _ in range(5):
        log.append([_row(), _row()])


def test_many_writers_make_one_chain(log: AuditLog) -> None:
    threads = [threading.Thread(target=_append_some, args=(log,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    body = log.verify()
    assert (body["ok"], body["rows"]) == (True, 45)


def test_without_an_audit_nothing_is_read(town: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no room")

    with serving() as http:
        monkeypatch.setattr("api.audit._add", full)
        codes = []
        for _ in range(20):
            codes.append(http.get("investigator", f"/entities/{town.town.company}").status_code)
            time.sleep(0.02)
        assert codes[-1] == 503
        assert http.client.get("/ready").status_code == 503
        assert run("show", town.town.company, "--json").body["status"] == 507
        monkeypatch.undo()
        monkeypatch.setenv("CREDITGRAPH_HOME", str(town.home))
        assert _within_two_seconds(lambda: http.client.get("/ready").status_code == 200)


def test_serve_prints_its_address_and_ends_on_sigterm(town: Loaded) -> None:
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stderr
        address = server.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        fetch = f"import urllib.request as r; print(r.urlopen('{address}/ready', timeout=30).status)"
        assert subprocess.run([sys.executable, "-c", fetch], capture_output=True, text=True).stdout == "200\n"
        server.terminate()
        assert server.wait(15) == 0
        told = [json.loads(line) for line in server.stderr.read().splitlines()]
    assert [(line["route"], line["status"]) for line in told] == [("/ready", 200)]

"""A file that cannot grow: nothing half done, the right words, and the same call works once there is room."""

import json
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.demo.city import write_city
from tests.api.conftest import TODAY, run

_COMPANIES = 120

#: Pages that the file may still grow by; a load of the city needs more of each file.
_PAGES = (0, 1, 4)

Cap = Callable[[str, int], None]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few hundred rows with as many persons."""
    folder = tmp_path_factory.mktemp("city")
    write_city(folder, _COMPANIES)
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path, city: Path) -> Path:
    """A data home that holds the departments."""
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CREDITGRAPH_TODAY", TODAY)
    monkeypatch.delenv("CREDITGRAPH_STORE", raising=False)
    assert run("load", "departments", str(city / "departments.csv")).code == 0
    return tmp_path / "home"


@pytest.fixture
def cap(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cap]:
    """Lets a database of a name grow by some pages and no more, as a full disk would; undone by name ""."""
    real, caps = sqlite3.connect, dict[str, int]()

    def connect(database: Any, *arguments: Any, **named: Any) -> sqlite3.Connection:
        made: sqlite3.Connection = real(database, *arguments, **named)
        extra = caps.get(Path(str(database)).name)
        if extra is not None:
            held = made.execute("PRAGMA page_count").fetchone()[0]
            made.execute(f"PRAGMA max_page_count = {held + extra}")
        return made

    def choose(name: str, extra: int) -> None:
        caps.clear()
        if name:
            caps[name] = extra

    monkeypatch.setattr(sqlite3, "connect", connect)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", connect)
    yield choose


def _entries(home: Path) -> list[tuple[int, str]]:
    """Sequence and kind of every entry, read from the file itself."""
    db = sqlite3.connect(home / "ledger" / "ledger.db")
    try:
        return db.execute("SELECT seq, kind FROM entry ORDER BY seq").fetchall()
    finally:
        db.close()


def _graph_seq(home: Path) -> int:
    db = sqlite3.connect(home / "graph" / "graph.db")
    try:
        text = db.execute("SELECT value FROM meta WHERE name = 'checkpoint'").fetchone()[0]
    finally:
        db.close()
    return int(json.loads(text)["seq"])


def _unhindered(city: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The digest of a home that never lacked room."""
    with monkeypatch.context() as patch:
        patch.setenv("CREDITGRAPH_HOME", str(folder))
        run("load", "departments", str(city / "departments.csv"))
        run("load", "registry", str(city / "registry.csv"))
        return str(run("verify", "--json").body["digest"])


@pytest.mark.parametrize("extra", _PAGES)
@pytest.mark.parametrize("file", ["vault.db", "ledger.db"])
def test_a_load_without_room_writes_nothing_and_works_when_there_is_some(
    file: str, extra: int, home: Path, city: Path, cap: Cap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _entries(home)
    cap(file, extra)
    done = run("load", "registry", str(city / "registry.csv"), "--json")
    assert (done.code, done.body["status"]) == (2, 507)
    assert "the disk is full; make room and repeat" in done.body["detail"]
    assert "batch" not in done.body
    assert _entries(home) == before
    cap("", 0)
    assert run("verify", "--json").body["ok"]
    assert run("load", "registry", str(city / "registry.csv"), "--json").body["accepted"] == _COMPANIES
    after = run("verify", "--json").body
    assert after["ok"]
    assert after["digest"] == _unhindered(city, tmp_path / "other", monkeypatch)


@pytest.mark.parametrize("extra", _PAGES)
def test_a_graph_without_room_leaves_the_batch_whole_and_catches_up(
    extra: int, home: Path, city: Path, cap: Cap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _graph_seq(home)
    cap("graph.db", extra)
    done = run("load", "registry", str(city / "registry.csv"), "--json")
    assert done.code == 0
    assert done.body["accepted"] == _COMPANIES
    assert any("catch up: the disk is full" in text for text in done.body["warnings"])
    assert _entries(home)[-1] == (done.body["known_at"], "batch")
    assert _graph_seq(home) == first
    asked = run("show", "岚汀市市场监督管理局", "--json")
    assert asked.body["known_at"] == first, "an answer says for which sequence it holds"
    assert "the disk is full" in asked.err
    checked = run("verify", "--json")
    assert (checked.code, checked.body["ok"]) == (2, False)
    assert any("the graph is behind the ledger: the disk is full" in text for text in checked.body["problems"])
    assert run("rebuild", "--json").body["status"] == 507
    cap("", 0)
    after = run("verify", "--json").body
    assert after["ok"], "the graph catches up by itself"
    assert _graph_seq(home) == done.body["known_at"]
    assert after["digest"] == _unhindered(city, tmp_path / "other", monkeypatch)
    assert run("load", "registry", str(city / "registry.csv"), "--json").body["unchanged"] == _COMPANIES


def test_an_erasure_without_room_in_the_vault_is_ended_later(home: Path, city: Path) -> None:
    run("load", "registry", str(city / "registry.csv"))
    db = sqlite3.connect(home / "vault" / "vault.db")
    pid = db.execute("SELECT pid FROM person").fetchone()[0]
    document = home.parent / "erase.json"
    body = {"kind": "erase", "keys": [pid], "by": "审核员", "reason": "申请", "basis": "个人信息保护法 Art. 47"}
    document.write_text(json.dumps(body), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graph.ledger.vault.Vault.forget", _without_room)
        done = run("decide", str(document), "--json")
    assert done.code == 0
    assert any("verify takes it out" in text for text in done.body["warnings"])
    held = "SELECT count(*) FROM person WHERE pid = ?"
    assert db.execute(held, (pid,)).fetchone() == (1,)
    assert run("verify", "--json").body["ok"]
    assert db.execute(held, (pid,)).fetchone() == (0,)
    db.close()


def _without_room(*_: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


def _limited(size: int, *arguments: str) -> tuple[int, Any, str]:
    """Run a command in a process none of whose files may grow beyond ``size`` bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments, "--json"],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    return done.returncode, json.loads(done.stdout), done.stderr


def test_a_limit_of_the_process_is_told_as_a_full_disk(home: Path, city: Path) -> None:
    before = _entries(home)
    code, body, _ = _limited(200_000, "load", "registry", str(city / "registry.csv"))
    assert (code, body["status"]) == (2, 507)
    assert _entries(home) == before
    assert run("load", "registry", str(city / "registry.csv"), "--json").body["accepted"] == _COMPANIES
    assert run("verify", "--json").body["ok"]


@pytest.mark.parametrize("command", ["screen", "backup"])
def test_what_is_written_beside_the_book_is_whole_or_absent(command: str, home: Path, city: Path) -> None:
    target = home.parent / "out"
    target.mkdir()
    (target / "f").write_text("what was there before", "utf-8")
    query = home.parent / "q.csv"
    query.write_text("name,uscc,id_no\n" + "某公司,,\n" * 3000, "utf-8")
    arguments = ("screen", str(query), "--out") if command == "screen" else ("backup",)
    code, body, _ = _limited(60_000, *arguments, str(target / "f"))
    assert (code, body["status"]) == (2, 507)
    assert {path.name: path.read_text("utf-8") for path in target.iterdir()} == {"f": "what was there before"}
    assert run(*arguments, str(target / "f"), "--json").code == 0
    assert [path.name for path in target.iterdir()] == ["f"]


def test_rejects_without_room_do_not_hide_the_receipt(home: Path) -> None:
    target = home.parent / "out"
    target.mkdir()
    wide = "长" * 15_000
    rows = "".join(f"D{n},{wide},not a code,\n" for n in range(40))
    (home.parent / "d.csv").write_text("部门编码,部门名称,统一社会信用代码,曾用名\n" + rows, "utf-8")
    arguments = ("load", "departments", str(home.parent / "d.csv"), "--rejects", str(target / "r.csv"))
    code, body, err = _limited(400_000, *arguments)
    assert (code, body["rejected"]) == (1, 40)
    assert any("r.csv was not written (the disk is full" in text for text in body["warnings"])
    assert "r.csv was not written" in err
    assert not list(target.iterdir())
    assert run(*arguments, "--json").code == 1
    assert [path.name for path in target.iterdir()] == ["r.csv"]


def test_a_folder_for_rejects_that_is_not_there_is_told_before_anything_is_read(home: Path, city: Path) -> None:
    before = _entries(home)
    done = run("load", "registry", str(city / "registry.csv"), "--rejects", str(home / "none" / "r.csv"), "--json")
    assert (done.code, done.body["title"]) == (2, "no such folder")
    assert _entries(home) == before

"""``make faults``: loads on real disks of many sizes, each too small at another moment, then given room."""

import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.demo.city import write_city
from tests.api.conftest import run

pytestmark = pytest.mark.faults

_COMPANIES = 300
_ROOM = "64m"

#: kB; a home with this city takes some 2.3 MB.
_SIZES = (24, 60, 100, 200, 300, 350, 400, 500, 800, 1100, 1200, 1300, 1400, 1500, 1700, 2000)

#: What a size may end in; all of them must have been seen.
_seen: dict[int, str] = {}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files to load, and beside them the master key of all homes."""
    folder = tmp_path_factory.mktemp("city")
    write_city(folder, _COMPANIES)
    return folder


@pytest.fixture
def digest(city: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The digest of a home that never lacked room; its master key is that of the homes on the disks."""
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(city / "master.key"))
    monkeypatch.setenv("CREDITGRAPH_HOME", str(city / "home"))
    monkeypatch.delenv("CREDITGRAPH_STORE", raising=False)
    run("load", "registry", str(city / "registry.csv"))
    return str(run("verify", "--json").body["digest"])


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An empty folder in which a small disk can be mounted; skips where that is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if _mount("-o", "size=64k", "tmpfs", str(folder)):
        pytest.skip("mounting a small disk needs root")
    subprocess.run(["umount", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=False, capture_output=True)


def _mount(*arguments: str) -> int:
    return subprocess.run(["mount", "-t", "tmpfs", *arguments], check=False, capture_output=True).returncode


def _count(file: Path, table: str) -> int:
    if not file.exists():
        return 0
    db = sqlite3.connect(file)
    try:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
            return 0
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        db.close()


@pytest.mark.parametrize("size", _SIZES)
def test_a_load_on_a_disk_that_is_too_small(
    size: int, disk: Path, city: Path, digest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _mount("-o", f"size={size}k", "tmpfs", str(disk)) == 0
    home, file = disk / "home", str(city / "registry.csv")
    monkeypatch.setenv("CREDITGRAPH_HOME", str(home))
    done = run("load", "registry", file, "--json")
    assert _mount("-o", f"remount,size={_ROOM}", "tmpfs", str(disk)) == 0
    entries = _count(home / "ledger" / "ledger.db", "entry")
    if done.code == 2:
        assert done.body["status"] == 507
        assert "the disk is full; make room and repeat" in done.body["detail"]
        assert entries == 0, "nothing of the batch was written"
        _seen[size] = "ledger" if _count(home / "vault" / "vault.db", "person") else "vault"
    else:
        assert (done.code, done.body["accepted"]) == (0, _COMPANIES)
        assert entries == done.body["known_at"], "a printed receipt means whole"
        _seen[size] = "graph" if done.body["warnings"] else "none"
    checked = run("verify", "--json").body
    assert checked["ok"] and checked["seq"] == entries
    again = run("load", "registry", file, "--json").body
    assert (again["accepted"], again["unchanged"]) == ((_COMPANIES, 0) if done.code == 2 else (0, _COMPANIES))
    assert run("verify", "--json").body["digest"] == digest


def test_every_file_had_its_turn() -> None:
    if not _seen:
        pytest.skip("no disk was tried")
    assert {"vault", "ledger", "graph"} <= set(_seen.values()), _seen
    print(_seen)

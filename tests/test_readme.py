"""The README followed word by word: ``make run``, then every line of its tour, each with what it promises to print."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.auth import ROLES

ROOT = Path(__file__).resolve().parent.parent
_LINE = re.compile(r"\$ (?P<command>.*?)(?:\s+# → (?P<told>.+))?")


@dataclass(frozen=True, slots=True)
class Served:
    """A running ``make run``: what it printed, and the keys in it by role."""

    printed: str
    address: str
    keys: dict[str, str]
    environment: dict[str, str]


def tour() -> list[tuple[str, str]]:
    """The lines of the tour: command, and the words that must be in what it prints ("" = none)."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    found = [_LINE.fullmatch(line) for line in lines if line.startswith("$ ")]
    return [(match["command"], match["told"] or "") for match in found if match]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def start(home: Path, port: int) -> subprocess.Popen[str]:
    """``make run`` on a data home and a port of its own."""
    environment = {**os.environ, "CREDITGRAPH_HOME": str(home), "CREDITGRAPH_TODAY": "2026-10-01"}
    environment |= {"ARGS": f"--port {port}", "CREDITGRAPH_MASTER_KEY": str(home.parent / "master.key")}
    # What the `make` that runs these tests was given is not for this one.
    for name in ("CREDITGRAPH_STORE", "MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL"):
        environment.pop(name, None)
    return subprocess.Popen(
        ["make", "run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def printed_until_served(process: subprocess.Popen[str]) -> str:
    """What is printed up to the last key."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if line.startswith(list(ROLES)[-1]):
            return printed
    raise AssertionError(printed)


def stop(process: subprocess.Popen[str]) -> float:
    """Ask the service to end as Ctrl-C does; the seconds it took."""
    begun = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=20)
    if process.stdout:
        process.stdout.close()
    return time.monotonic() - begun


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """``make run``, as the README says it."""
    folder, port = tmp_path_factory.mktemp("readme"), free_port()
    process = start(folder / "var", port)
    try:
        printed = printed_until_served(process)
        keys = dict(re.findall(r"^(\w+) .* (cg_\S+)$", printed, re.MULTILINE))
        environment = {**os.environ, "CREDITGRAPH_HOME": str(folder / "var"), "CREDITGRAPH_TODAY": "2026-10-01"}
        environment |= {"CREDITGRAPH_MASTER_KEY": str(folder / "master.key")}
        environment.pop("CREDITGRAPH_STORE", None)
        yield Served(printed, f"http://127.0.0.1:{port}", keys, environment)
    finally:
        assert stop(process) < 15


def test_make_run_tours_and_prints_the_address_and_a_key_for_every_role(served: Served) -> None:
    assert served.address in served.printed
    assert set(served.keys) == set(ROLES)
    for told in ("岚汀市荻苇机电设备有限公司", "拟议，须由人决定", "不及于", "ok: True"):
        assert told in served.printed


def test_every_line_of_the_tour_prints_what_it_promises(served: Served) -> None:
    lines = tour()
    assert len(lines) > 14
    assert sum(bool(told) for _, told in lines) > 11
    # The one thing that a reader puts in himself are the keys; the port is this test's own.
    keys = {role.upper(): key for role, key in served.keys.items()}
    script, expected = ["cd " + str(ROOT), "set -o pipefail"], []
    for number, (command, told) in enumerate(lines):
        typed = re.sub(r"(\w+)=cg_…", lambda match: f"{match[1]}={keys[match[1]]}", command)
        typed = typed.replace("http://127.0.0.1:8000", served.address).replace(
            "var/demo", served.environment["CREDITGRAPH_HOME"] + "/demo"
        )
        script += [f"echo '=== {number}'", typed, "echo"]
        expected.append(told)
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        env=served.environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    parts = re.split(r"^=== \d+$", done.stdout, flags=re.MULTILINE)[1:]
    assert len(parts) == len(lines), done.stderr
    for (command, told), part in zip(lines, parts, strict=True):
        assert told in part, (command, part[-600:], done.stderr[-600:])


def test_a_second_start_is_warm_and_takes_the_old_keys_back(served: Served, tmp_path: Path) -> None:
    home = Path(served.environment["CREDITGRAPH_HOME"])
    begun = time.monotonic()
    process = start(home, free_port())
    try:
        printed = printed_until_served(process)
    finally:
        stop(process)
    assert time.monotonic() - begun < 60
    fresh = dict(re.findall(r"^(\w+) .* (cg_\S+)$", printed, re.MULTILINE))
    assert set(fresh) == set(ROLES)
    asked = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"{served.address}/api/v1/search?q=x", "-H"]
    codes = [
        subprocess.run([*asked, f"X-API-Key: {keys['public']}"], capture_output=True, text=True, check=True).stdout
        for keys in (served.keys, fresh)
    ]
    assert codes == ["401", "200"]


def test_a_port_in_use_is_told_before_anything_is_loaded(served: Served, tmp_path: Path) -> None:
    process = start(tmp_path / "var", int(served.address.rsplit(":", 1)[1]))
    assert process.stdout is not None
    with process.stdout as out:
        printed = out.read()
    assert process.wait(timeout=60) != 0
    assert "cannot listen" in printed
    assert not (tmp_path / "var" / "ledger").exists()

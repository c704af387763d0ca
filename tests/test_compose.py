"""The containers, without an engine: each command of ``docker-compose.yml`` and ``Dockerfile`` run another way."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.model.yamlfile import read_yaml
from graph.store.neo4j import Neo4jStore
from tests.neo4j_server import Access
from tests.test_readme import free_port

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = read_yaml(ROOT / "docker-compose.yml")
SERVICE, NEO4J = COMPOSE["services"]["service"], COMPOSE["services"]["neo4j"]


def steps() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    return [
        (word, rest) for line in lines if line and not line.startswith("#") for word, _, rest in [line.partition(" ")]
    ]


def substituted(text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A value as compose substitutes it: its forms of ``${NAME:?…}`` are those of a shell."""
    command = f'printf %s "{text}"'
    return subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the image: what the Dockerfile copies and nothing else."""
    folder: Path = tmp_path_factory.mktemp("image")
    for word, rest in steps():
        if word == "COPY":
            source, target = rest.split()
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, folder / target)
    return folder


@pytest.fixture
def serving(
    image: Path, neo4j_server: Access, neo4j_store: Neo4jStore, tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The service as compose starts it, on a real, empty Neo4j, with a port and folders of this test."""
    port = free_port()
    entry = json.loads(dict(steps())["ENTRYPOINT"])
    assert entry[0] == "python"
    command = [sys.executable, *entry[1:], *(str(port) if word == "8000" else word for word in SERVICE["command"])]
    ours = dict(part.split("=") for part in dict(steps())["ENV"].split()) | SERVICE["environment"]
    ours |= {
        "CREDITGRAPH_HOME": str(tmp_path / "data"),
        "CREDITGRAPH_MASTER_KEY": str(tmp_path / "keys" / "master.key"),
    }
    assert ours["CREDITGRAPH_STORE"] == "bolt://neo4j:7687"
    ours |= {"CREDITGRAPH_STORE": neo4j_server.uri, "NEO4J_USER": neo4j_server.user}
    ours |= {"NEO4J_PASSWORD": neo4j_server.password, "PATH": os.environ["PATH"]}
    process = subprocess.Popen(command, cwd=image, env=ours, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"http://0.0.0.0:")
        yield process, port
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def healthy(port: int) -> bool:
    """The health check of the service."""
    kind, python, *rest = SERVICE["healthcheck"]["test"]
    assert (kind, python) == ("CMD", "python")
    command = [sys.executable, *(word.replace(":8000", f":{port}") for word in rest)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.neo4j
def test_the_service_starts_answers_its_health_check_and_ends(serving: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = serving
    until = time.monotonic() + 30
    while not healthy(port) and time.monotonic() < until:
        time.sleep(0.2)
    assert healthy(port)
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert time.monotonic() - begun < int(SERVICE["stop_grace_period"].removesuffix("s"))
    assert not healthy(port)


@pytest.mark.neo4j
def test_the_health_check_of_neo4j_asks_it_with_its_password(neo4j_server: Access, tmp_path: Path) -> None:
    stand_in = tmp_path / "cypher-shell"
    stand_in.write_text(
        f"#!{sys.executable}\n"
        "import sys, neo4j\n"
        "_, u, user, p, password, query = sys.argv\n"
        "assert (u, user, p, password) == ('-u', 'neo4j', '-p', 'a word/with slash'), sys.argv\n"
        f"who = {(neo4j_server.user, neo4j_server.password)!r}\n"
        f"with neo4j.GraphDatabase.driver({neo4j_server.uri!r}, auth=who) as d:\n"
        "    assert d.execute_query(query).records[0][0] == 1\n",
        encoding="utf-8",
    )
    stand_in.chmod(0o755)
    kind, command = NEO4J["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    environment["NEO4J_AUTH"] = substituted(
        NEO4J["environment"]["NEO4J_AUTH"], NEO4J_PASSWORD="a word/with slash"
    ).stdout
    done = subprocess.run(["sh", "-c", command.replace("$$", "$")], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("value", [NEO4J["environment"]["NEO4J_AUTH"], SERVICE["environment"]["NEO4J_PASSWORD"]])
def test_without_a_password_nothing_starts(value: str) -> None:
    for environment in ({}, {"NEO4J_PASSWORD": ""}):
        refused = substituted(value, **environment)
        assert refused.returncode != 0
        assert "password" in refused.stderr
    assert substituted(value, NEO4J_PASSWORD="long enough").stdout.endswith("long enough")


def test_what_the_image_installs_is_pinned_and_can_be_resolved() -> None:
    commands = [rest for word, rest in steps() if word == "RUN"]
    pip = next(shlex.split(command) for command in commands if " pip " in command)
    assert "--require-hashes" in pip
    assert pip[-1] == "requirements.lock"
    uv = shutil.which("uv") or str(ROOT / ".venv-tools" / "bin" / "uv")
    # The same file with the same demands; what is here already is not fetched again.
    command = [
        uv,
        "pip",
        "install",
        "--dry-run",
        "--require-hashes",
        "--no-deps",
        "--python",
        sys.executable,
        "-r",
        pip[-1],
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Would make no changes" in done.stderr


def test_data_and_keys_lie_in_volumes_of_their_own_and_nothing_runs_as_root() -> None:
    volumes = dict(volume.split(":") for volume in SERVICE["volumes"])
    environment = dict(part.split("=") for part in dict(steps())["ENV"].split())
    homes = {name: target for name, target in volumes.items()}
    assert environment["CREDITGRAPH_HOME"] == homes["data"]
    assert environment["CREDITGRAPH_MASTER_KEY"].startswith(homes["keys"] + "/")
    assert set(COMPOSE["volumes"]) == {"neo4j", *volumes}
    words = [word for word, _ in steps()]
    assert dict(steps())["USER"] == "creditgraph"
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert SERVICE["read_only"] is True
    assert all(port.startswith("127.0.0.1:") for port in SERVICE["ports"])
    assert "ports" not in NEO4J
    assert json.loads(dict(steps())["CMD"]) == SERVICE["command"]

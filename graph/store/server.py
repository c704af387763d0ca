"""A real Neo4j Community server on this machine: no Docker, no root.

For tests, for trying out, and for people who have nothing else. It listens on
127.0.0.1 only and asks for no password, so anybody with an account on the
machine can read it; production uses a Neo4j of its own. All it writes lies
below ``home/neo4j``.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.store.neo4j import answers
from graph.store.runtime import MAIN_CLASS, VERSION, ServerError, class_path, find_java, install, locked

_HOST = "127.0.0.1"

#: Options that Neo4j's own start script gives to the JVM for 5.26, less those for monitoring.
_JVM = (
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+DisableExplicitGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
    "-Djava.awt.headless=true",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
)

#: Seconds that a server gets to write its checkpoint and end before it is killed; its recovery survives a kill.
_STOP_SECONDS = 60

#: Seconds that the last port may still be held by a server that was killed.
_PORT_SECONDS = 2.0

#: How often a free port is chosen anew when another program was quicker.
_PORT_TRIES = 3


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """A running server. ``password`` None: none is asked."""

    uri: str
    user: str
    password: str | None
    pid: int
    version: str


def _folder(home: Path) -> Path:
    return home.resolve() / "neo4j"


def _told(folder: Path) -> dict[str, object]:
    """What the last start wrote down; empty when there was none or it is not readable."""
    try:
        told = json.loads((folder / "server.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _command_line(pid: int) -> str:
    """The command line of a process, "" when it is gone or a zombie."""
    entry = Path("/proc") / str(pid) / "cmdline"
    if entry.parent.parent.joinpath("self").exists():
        try:
            return entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout


def _is_ours(pid: int, folder: Path) -> bool:
    """Whether a pid is the server of this folder: pids are reused, a data home may have been copied."""
    return f"--home-dir={folder} " in _command_line(pid)


def _running(folder: Path) -> ServerInfo | None:
    told = _told(folder)
    pid = told.get("pid")
    if not isinstance(pid, int) or not _is_ours(pid, folder):
        return None
    return ServerInfo(str(told["uri"]), str(told["user"]), None, pid, str(told["version"]))


def status(home: Path) -> ServerInfo | None:
    """The server of this data home, None when its process does not run."""
    return _running(_folder(home))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def _comes_free(port: int) -> bool:
    """Whether a port is free, or soon: a killed process is gone from the list before its sockets are closed."""
    end = time.monotonic() + _PORT_SECONDS
    while not _is_free(port):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _choose_port(wanted: int, folder: Path) -> int:
    """The port asked for; for 0 the last one used here while it is free, so that the address stays, else a free one."""
    if wanted:
        if not _is_free(wanted):
            raise ServerError(f"port {wanted} is taken by another program; choose another one, or 0 for a free one")
        return wanted
    last = str(_told(folder).get("uri", "")).rpartition(":")[2]
    if last.isdigit() and _comes_free(int(last)):
        return int(last)
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _configure(folder: Path, port: int, pagecache: str) -> None:
    settings = {
        "server.default_listen_address": _HOST,
        "server.bolt.listen_address": f"{_HOST}:{port}",
        "server.bolt.advertised_address": f"{_HOST}:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.security.auth_enabled": "false",
        "dbms.usage_report.enabled": "false",
        "server.memory.pagecache.size": pagecache,
        # a second writer is told after half a minute instead of waiting for ever
        "db.lock.acquisition.timeout": "30s",
        # logs are for recovery only: the ledger can make the graph anew
        "db.tx_log.rotation.retention_policy": "1 files",
        "db.tx_log.rotation.size": "64m",
        "db.tx_log.preallocate": "false",
    }
    (folder / "conf").mkdir(exist_ok=True)
    text = "".join(f"{name}={value}\n" for name, value in settings.items())
    (folder / "conf" / "neo4j.conf").write_text(text, encoding="utf-8")


def _command(folder: Path, heap: str) -> list[str]:
    java, major = find_java()
    jars = install()
    options = [f"-Xmx{heap}", *_JVM]
    if major >= 21:
        options.append("--enable-native-access=ALL-UNNAMED")
    quoted = class_path(jars).replace("\\", "\\\\").replace('"', '\\"')
    arguments = folder / "run" / "java.args"
    # an argument file, because 213 paths are too long for some systems' command line
    arguments.write_text("\n".join([*options, f'-cp "{quoted}"']) + "\n", encoding="utf-8")
    # the home comes before another argument, so that _is_ours sees where its path ends
    return [java, f"@{arguments}", MAIN_CLASS, f"--home-dir={folder}", f"--config-dir={folder / 'conf'}"]


def _tail(path: Path, lines: int = 12) -> str:
    try:
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _launch(folder: Path, port: int, command: list[str]) -> ServerInfo:
    with (folder / "run" / "console.log").open("wb") as console:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True, cwd=folder
        )
    # it outlives this program; when that program itself ends it, _alive reaps it by its pid
    process.returncode = 0
    info = ServerInfo(f"bolt://{_HOST}:{port}", "neo4j", None, process.pid, VERSION)
    (folder / "server.json").write_text(json.dumps(asdict(info)), encoding="utf-8")
    return info


def _alive(pid: int, folder: Path) -> bool:
    """Whether the server still runs; a child of this program is known by waiting, as its command line comes late."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == 0
    except ChildProcessError:
        return _is_ours(pid, folder)


def _await(info: ServerInfo, folder: Path, end: float) -> bool:
    """True once the server answers, False when its process ended; ServerError past ``end`` (monotonic seconds)."""
    while time.monotonic() < end:
        if answers(info.uri):
            return True
        if not _alive(info.pid, folder):
            return False
        time.sleep(0.2)
    raise ServerError(f"Neo4j did not answer in time; its logs are in {folder / 'logs'}")


def _halt(pid: int, folder: Path) -> None:
    """SIGTERM lets Neo4j write its checkpoint; SIGKILL only when that takes too long."""
    end = time.monotonic() + _STOP_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    while _alive(pid, folder):
        if time.monotonic() > end:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            end += _STOP_SECONDS
        time.sleep(0.1)


def _start_once(folder: Path, port: int, command: list[str], end: float) -> ServerInfo | None:
    """Start and wait; None when the process ended by itself. Whatever else goes wrong, no process is left behind."""
    info = _launch(folder, port, command)
    try:
        return info if _await(info, folder, end) else None
    except BaseException:
        _halt(info.pid, folder)
        raise


def start(home: Path, *, port: int = 0, heap: str = "1g", pagecache: str = "256m", timeout: float = 240) -> ServerInfo:
    """Start the server of a data home and return once it answers a query; one that runs already is returned as it is.

    ``port`` 0: the last one used here, else a free one. ``heap`` and ``pagecache``: sizes such as ``512m`` or ``1g``.
    ``timeout`` in seconds counts from the start of the process, not the first fetching of the jars.
    ServerError, with what to do, when Java or the jars are missing, the port is taken or it does not come up.
    """
    for size in (heap, pagecache):
        if not re.fullmatch(r"[1-9]\d*[kmgKMG]", size):
            raise ServerError(f"{size!r} is not a size such as 512m or 1g")
    folder = _folder(home)
    with locked(folder / "server.lock"):
        running = _running(folder)
        if running:
            return _joined(running, folder, port, timeout)
        # a taken port is told before anything is fetched
        _choose_port(port, folder)
        (folder / "run").mkdir(exist_ok=True)
        command = _command(folder, heap)
        end = time.monotonic() + timeout
        for _ in range(_PORT_TRIES):
            chosen = _choose_port(port, folder)
            _configure(folder, chosen, pagecache)
            info = _start_once(folder, chosen, command, end)
            if info:
                return info
            # between choosing and binding, another program may have taken the port
            if port or _is_free(chosen):
                break
    logs = [_tail(folder / "run" / "console.log"), _tail(folder / "logs" / "neo4j.log")]
    raise ServerError("Neo4j ended while starting:\n" + "\n".join(filter(None, logs)))


def _joined(running: ServerInfo, folder: Path, port: int, timeout: float) -> ServerInfo:
    """A server that runs already, once it answers: an earlier start may have been killed while it waited."""
    if port and not running.uri.endswith(f":{port}"):
        raise ServerError(f"it runs already at {running.uri}; stop it first to use port {port}")
    if not _await(running, folder, time.monotonic() + timeout):
        raise ServerError(f"the running server (pid {running.pid}) ended; start it again")
    return running


def stop(home: Path) -> bool:
    """End the server of a data home and wait for it; False when none runs."""
    folder = _folder(home)
    if not folder.is_dir():
        return False
    with locked(folder / "server.lock"):
        running = _running(folder)
        if running is None:
            return False
        _halt(running.pid, folder)
        return True

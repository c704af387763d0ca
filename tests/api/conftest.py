"""A loaded demo town, and the command line run in this process."""

import atexit
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from api.cli import main
from ingest.demo.town import LOAD_ORDER, Town, write_town

TODAY = "2026-10-01"


@dataclass(frozen=True, slots=True)
class Run:
    """What a command left: exit code, body (JSON), what it printed."""

    code: int
    body: Any
    out: str
    err: str


def run(*arguments: str, stdin: str = "") -> Run:
    """Run a command; the body is its JSON, None when it printed none."""
    out, err, old = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(stdin)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main(list(arguments))
    finally:
        sys.stdin = old
    text = out.getvalue()
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    return Run(code, body, text, err.getvalue())


@dataclass(frozen=True, slots=True)
class Loaded:
    """A town in a data home, with the receipts of its loads."""

    town: Town
    home: Path
    receipts: list[tuple[str, Run]]


#: A town loaded once a process, by the master key it was loaded with: loading it takes seconds, copying it does not.
_LOADED: dict[str, Loaded] = {}


def load_town(folder: Path, environment: Callable[[str, str], None]) -> Loaded:
    """The demo town, loaded through the command line; where the store is a file, a copy of one loaded before."""
    environment("CREDITGRAPH_HOME", str(folder / "home"))
    environment("CREDITGRAPH_TODAY", TODAY)
    key = os.environ.get("CREDITGRAPH_MASTER_KEY")
    if key is None or os.environ.get("CREDITGRAPH_STORE"):
        return _load(folder)
    if key not in _LOADED:
        kept = Path(tempfile.mkdtemp(prefix="town-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        environment("CREDITGRAPH_HOME", str(kept / "home"))
        _LOADED[key] = _load(kept)
        environment("CREDITGRAPH_HOME", str(folder / "home"))
    made = _LOADED[key]
    shutil.copytree(made.home.parent, folder, dirs_exist_ok=True)
    return Loaded(replace(made.town, folder=folder / "town"), folder / "home", made.receipts)


def _load(folder: Path) -> Loaded:
    town = write_town(folder / "town")
    receipts = []
    for source, pattern in LOAD_ORDER:
        files = [str(path) for path in sorted(town.folder.glob(pattern))]
        receipts.append((pattern, run("load", source, *files, "--json")))
    return Loaded(town, folder / "home", receipts)


@pytest.fixture(scope="session")
def master_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One master key for every home of the session, so that digests can be compared."""
    return tmp_path_factory.mktemp("key") / "master.key"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, master_key: Path) -> Any:
    """The demo town on the embedded store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
        patch.delenv("CREDITGRAPH_STORE", raising=False)
        yield load_town(tmp_path_factory.mktemp("town"), patch.setenv)

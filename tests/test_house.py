"""The house rules that no single module can break without noticing: names, direction, size, pins, targets."""

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("graph", "nlp", "ingest", "api")
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-neo4j.lock", "tools.lock")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 80
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def sources() -> list[Path]:
    """All Python files of the four packages."""
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def run(*command: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, output kept as text."""
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120)


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """import-linter on a tree that has its own pyproject.toml."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return run(sys.executable, "-c", code, "--no-cache", cwd=tree)


@pytest.mark.parametrize("name", PACKAGES)
def test_nobody_else_provides_our_package_names(name: str) -> None:
    assert set(packages_distributions().get(name, [])) <= {"creditgraph"}
    found = importlib.import_module(name).__file__
    assert found is not None
    assert Path(found).resolve() == ROOT / name / "__init__.py"


def test_imports_go_downwards() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("graph/model/upward.py", "import graph.store.base"),
        ("graph/store/upward.py", "import nlp"),
        ("nlp/upward.py", "import ingest"),
        ("ingest/upward.py", "import api"),
        ("graph/ledger/driver.py", "import neo4j"),
        ("api/driver.py", "import neo4j"),
        ("ingest/words.py", "import spacy"),
        ("api/old_driver.py", "import py2neo"),
        ("ingest/web.py", "import fastapi"),
        ("graph/newroom.py", "import graph.model"),
    ],
)
def test_a_broken_direction_is_found(tmp_path: Path, module: str, statement: str) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / module).write_text(f"{statement}\n", encoding="utf-8")
    result = lint_imports(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr


def test_files_stay_readable() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {path: lines for path, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def test_functions_stay_readable() -> None:
    long: dict[str, int] = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    assert long == {}


def locked(lock: str) -> dict[str, set[str]]:
    """Distribution → pinned versions of a lock file; a name may have one version per Python."""
    pins: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([a-z0-9][a-z0-9._-]*)==(\S+)", line):
            pins.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return pins


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_address_and_hash_every_pin(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(index-url|extra-index-url|find-links)", text, flags=re.MULTILINE)
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(
    ("lock", "extra"),
    [
        ("requirements.lock", None),
        ("requirements-dev.lock", None),
        ("requirements-dev.lock", "dev"),
        ("requirements-dev.lock", "notebooks"),
        ("requirements-dev.lock", "py2neo"),
        ("requirements-neo4j.lock", "neo4j-pypi"),
    ],
)
def test_locks_satisfy_pyproject(lock: str, extra: str | None) -> None:
    wanted = PROJECT["project"]["optional-dependencies"][extra] if extra else PROJECT["project"]["dependencies"]
    pins = locked(lock)
    for requirement in map(Requirement, wanted):
        versions = pins.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement} is not in {lock}: make lock"
        assert all(requirement.specifier.contains(version) for version in versions), f"{requirement}: make lock"


def test_locks_agree_with_each_other() -> None:
    runtime = locked("requirements.lock")
    assert {name: locked("requirements-dev.lock")[name] for name in runtime} == runtime
    assert {name: locked("requirements-neo4j.lock")[name] for name in runtime} == runtime


def test_the_wheel_holds_the_data_files(tmp_path: Path) -> None:
    result = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        inside = set(wheel.namelist())
        metadata = wheel.read(next(name for name in inside if name.endswith("entry_points.txt"))).decode()
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted - inside == set()
    assert "creditgraph = api.cli:main" in metadata


def targets() -> set[str]:
    """The targets that the Makefile declares for people."""
    match = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert match is not None
    return set(match[1].split())


def documents() -> list[Path]:
    """The README first, then all other Markdown pages of the project."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_make_target_in_the_documents_exists() -> None:
    for page in documents():
        text = page.read_text(encoding="utf-8")
        shown = re.findall(r"`make ([a-z-]+)", text)
        for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
            shown += re.findall(r"^(?:\$ )?make ([a-z-]+)", block, flags=re.MULTILINE)
        assert set(shown) <= targets(), page.name
        if page.name == "README.md":
            assert {"run", "test"} <= set(shown)


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """make as a person calls it, also where the tests run under `make test` with its own flags."""
    env = {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARGS"}
    }
    return run("make", *arguments, env=env)


def test_make_alone_explains_every_target() -> None:
    result = make()
    assert result.returncode == 0, result.stderr
    assert {line.split()[1] for line in result.stdout.splitlines()} == targets()


@pytest.mark.parametrize(
    ("store", "command"), [("", "creditgraph demo --serve"), ("neo4j", "creditgraph demo --serve --store neo4j")]
)
def test_make_run_passes_the_store_on(store: str, command: str) -> None:
    result = make("--dry-run", "run", f"STORE={store}")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].strip().removeprefix(".venv/bin/") == command


@pytest.mark.parametrize("code", [0, 3])
def test_ci_runs_make_test_and_tells_how_it_ended(tmp_path: Path, code: int) -> None:
    stand_in = tmp_path / "make"
    stand_in.write_text(f'#!/bin/sh\necho "$PWD|$*"\nexit {code}\n', encoding="utf-8")
    stand_in.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    result = run(str(ROOT / ".ci" / "run"), cwd=tmp_path, env={**os.environ, "PATH": path})
    assert result.returncode == code
    assert result.stdout.splitlines() == [f"{ROOT}|test"]


def test_what_make_builds_is_not_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {".venv/", ".venv-tools/", ".cache/", "var/"} <= set(ignored)

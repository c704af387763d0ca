"""Long commands show how far they are: on a terminal, on standard error, and nowhere else."""

import io
import json
import os
import pty
import re
import tty
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TextIO

import pytest

from api.cli import main
from api.progress import Progress
from ingest.demo.city import write_city
from tests.api.conftest import TODAY, run

_CLEARED = "\r\x1b[K"


class Terminal:
    """A pseudo-terminal: what is written to ``stream`` and what a person would have seen."""

    def __init__(self) -> None:
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(self._master, False)
        self.stream: TextIO = os.fdopen(slave, "w", encoding="utf-8")

    def seen(self) -> str:
        """Everything written so far."""
        self.stream.flush()
        text = b""
        try:
            while part := os.read(self._master, 65536):
                text += part
        except BlockingIOError:
            pass
        return text.decode()

    def close(self) -> None:
        """Both ends."""
        self.stream.close()
        os.close(self._master)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal that can do what common ones can."""
    monkeypatch.setenv("TERM", "xterm")
    made = Terminal()
    yield made
    made.close()


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path) -> Path:
    """Files to load, and an empty data home."""
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CREDITGRAPH_TODAY", TODAY)
    monkeypatch.delenv("CREDITGRAPH_STORE", raising=False)
    write_city(tmp_path / "city", 300)
    return tmp_path / "city"


def _shown(terminal: Terminal, *arguments: str) -> tuple[str, str]:
    """Standard output and what the terminal showed."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(terminal.stream):
        assert main(arguments) == 0
    return out.getvalue(), terminal.seen()


def test_long_commands_show_progress_on_a_terminal(city: Path, terminal: Terminal) -> None:
    query = city / "q.csv"
    query.write_text("name,uscc,id_no\n" + "某公司,,\n" * 450, "utf-8")
    for arguments, words in (
        (("load", "registry", str(city / "registry.csv")), ("300 rows", "claims into the graph")),
        (("verify",), ("checks of the ledger", "subjects compared with the ledger")),
        (("rebuild",), ("claims into the graph",)),
        (("backup", str(city / "b.tgz")), ("pages copied", "files packed")),
        (("screen", str(query), "--out", str(city / "o.csv")), ("200 rows screened",)),
    ):
        out, seen = _shown(terminal, *arguments, "--json")
        assert json.loads(out), arguments
        for word in words:
            assert word in seen, (arguments, seen)
        assert seen.endswith(_CLEARED), "the line is gone when the command ends"
        assert "\n" not in seen


def test_the_demo_shows_progress_too(city: Path, terminal: Terminal) -> None:
    _, seen = _shown(terminal, "demo", "--quiet")
    assert re.search(r"\r[\d,]+ rows", seen)
    assert re.search(r"\r[\d,]+ documents", seen)


def test_nothing_is_shown_where_no_terminal_is(city: Path) -> None:
    done = run("load", "registry", str(city / "registry.csv"), "--json")
    assert done.err == ""
    assert done.body["accepted"] == 300
    assert run("verify", "--json").err == ""


def test_a_dumb_terminal_is_left_alone(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with Progress(terminal.stream) as tell:
        tell("rows", 1)
    assert terminal.seen() == ""


def test_an_error_finds_a_clean_line(city: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError), Progress(terminal.stream) as tell:
        tell("rows", 1)
        raise ZeroDivisionError
    assert terminal.seen().endswith(_CLEARED)


def test_the_line_counts_and_tells_the_rate(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((0.0, 0.05, 2.0, 3.0))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    tell = Progress(terminal.stream)
    for what, done in (("rows", 2000), ("rows", 2000), ("rows", 2000), ("claims", 7)):
        tell(what, done)
    assert terminal.seen().split(_CLEARED[1:])[:-1] == ["\r2,000 rows", "\r6,000 rows, 3,000/s", "\r7 claims"]

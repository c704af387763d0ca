"""Cases in a loaded town, begun and found by what they are about."""

from typing import Any

from tests.api.conftest import run


def begun(**wanted: str) -> dict[str, Any]:
    """Let cases follow the town; the first that has these values, such as ``body`` and ``measure``."""
    assert run("cases", "sync", "--json").code == 0
    return found(**wanted)[0]


def found(**wanted: str) -> list[dict[str, Any]]:
    """The cases that have these values."""
    options = [text for name, value in wanted.items() for text in (f"--{name}", value)]
    rows: list[dict[str, Any]] = run("cases", "list", "--limit", "1000", *options, "--json").body["results"]
    return rows

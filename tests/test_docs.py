"""The documents must be true: commands, sources and generated pages."""

import re
import subprocess
import sys
from pathlib import Path

from api.cli import parser
from ingest.registry import sources

ROOT = Path(__file__).resolve().parents[1]


def _commands() -> set[str]:
    actions = [a for a in parser()._actions if a.dest == "command"]
    return set(actions[0].choices or ())


def test_every_command_of_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"creditgraph ([a-z0-9-]+) ", text))
    assert named
    assert named <= _commands()


def test_every_command_is_in_the_readme_or_the_changelog() -> None:
    text = (ROOT / "README.md").read_text("utf-8") + (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert not [name for name in _commands() if name not in text]


def test_every_source_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert not [name for name in sources() if name not in text]


def test_links_between_documents_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links {target}"


def test_generated_pages_are_current() -> None:
    for module in ("graph.measures.report", "graph.model.glossary", "api.matrix"):
        done = subprocess.run([sys.executable, "-m", module, "--check"], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_state_has_its_five_lines() -> None:
    text = (ROOT / "docs" / "state.md").read_text("utf-8")
    for word in ("Done", "Next", "Doubtful", "Measured", "Traps"):
        assert f"**{word}**" in text

"""The table of all measures for people: ``python -m graph.measures.report [--check] [FILE]`` writes docs/measures.md."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from graph.measures.catalogue import Catalogue, Measure

_TARGET = Path("docs/measures.md")

_HEAD = """# Measures

Made from `graph/measures/catalogue/*.yaml` by `python -m graph.measures.report`; do not edit. {total} rows, {on} enabled,
of which {proposable} can be proposed. Never anybody but the subject unless a row names roles: then one step, from a unit
to a person whom the document of the mode names with a number. To enable a row: read the law in force, enter the day in
`basis_checked_on`, add a positive and a negative case.

| id | measure | basis | triggered by | reaches | proposed |
|---|---|---|---|---|---|
"""


def _reaches(row: Measure) -> str:
    who = ", ".join(row.applies_to)
    return f"{who}; {', '.join(row.extends_to)} ({row.extends_mode})" if row.extends_to else who


def _line(row: Measure) -> str:
    cells = (row.id, row.name_zh, row.legal_basis, ", ".join(row.triggered_by), _reaches(row), row.why_not or "yes")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def render(catalogue: Catalogue) -> str:
    """The whole page as Markdown."""
    rows = catalogue.measures
    counts = {
        "total": len(rows),
        "on": sum(row.enabled for row in rows),
        "proposable": sum(row.proposable for row in rows),
    }
    return _HEAD.format(**counts) + "".join(_line(row) for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with ``--check`` say whether it is up to date: 0 yes, 1 no."""
    parser = argparse.ArgumentParser(prog="python -m graph.measures.report", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is out of date")
    parser.add_argument("file", nargs="?", type=Path, default=_TARGET, help=f"default {_TARGET}")
    options = parser.parse_args(arguments)
    page = render(Catalogue.load())
    if not options.check:
        options.file.write_text(page, encoding="utf-8")
        return 0
    if options.file.is_file() and options.file.read_text(encoding="utf-8") == page:
        return 0
    print(f"{options.file} is out of date: run python -m graph.measures.report", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())

"""The table of all measures for people, docs/measures.md: ``python -m graph.measures.report [--check] [FILE]``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from graph.measures.catalogue import Catalogue, Measure
from graph.measures.review import SEPARATE_RULING
from graph.model.vocab import table

_TARGET = Path("docs/measures.md")

_HEAD = """# Measures

Made from `graph/measures/catalogue/*.yaml` by `python -m graph.measures.report`; do not edit.
{total} rows, {on} enabled; {proposable} of these may be proposed, for {carried} a source carries the record.

Nobody but the subject of a record is reached, unless a row names roles: then one step, from a unit to a person whom the
document of the mode names with a number. To enable a row: read the law in force, enter the day in `basis_checked_on`,
add a positive and a negative case in `graph/measures/catalogue/cases`. How to do that: [rules.md](rules.md).
Memoranda on joint discipline (联合惩戒备忘录, 2015–2019) are no basis (国办发〔2020〕49号): no row rests on one.

| id | measure | basis | triggered by | reaches | decides | proposed |
|---|---|---|---|---|---|---|
"""


def _carried() -> frozenset[str]:
    """The record kinds that a source carries."""
    return frozenset(row["id"] for row in table("record_kinds") if row["carried_by"])


def _reaches(row: Measure) -> str:
    who = ", ".join(row.applies_to)
    return f"{who}; {', '.join(row.extends_to)} ({row.extends_mode})" if row.extends_to else who


def _proposed(row: Measure, carried: frozenset[str]) -> str:
    if not row.proposable:
        return "no: " + row.why_not
    if row.extends_mode == SEPARATE_RULING:
        return "no: nobody, not even the subject, before a ruling of its own"
    days = f", {row.days}" if row.days else ""
    return f"yes{days}" if carried.intersection(row.triggered_by) else f"yes{days}, once a source carries the record"


def _line(row: Measure, carried: frozenset[str]) -> str:
    triggers = ", ".join(row.triggered_by)
    cells = (row.id, row.name_zh, row.legal_basis, triggers, _reaches(row), row.deciding_body, _proposed(row, carried))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def render(catalogue: Catalogue) -> str:
    """The whole page as Markdown."""
    rows, carried = catalogue.measures, _carried()
    proposable = [row for row in rows if row.proposable and row.extends_mode != SEPARATE_RULING]
    head = _HEAD.format(
        total=len(rows),
        on=sum(row.enabled for row in rows),
        proposable=len(proposable),
        carried=sum(not carried.isdisjoint(row.triggered_by) for row in proposable),
    )
    return head + "".join(_line(row, carried) for row in rows)


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

"""The glossary page: 中文, code name and English of every word in use, made from the ontology and a table.

``python -m graph.model.glossary`` writes ``docs/glossary.md``; with ``--check`` it only says whether that is current.
"""

import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from graph.model.ontology import ontology
from graph.model.vocab import table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"

_HEAD = """# Glossary

The words of the field, their code names and their English. Written by `python -m graph.model.glossary` from
`graph/model/ontology.yaml` and `graph/model/vocab/glossary.csv`: change those, not this page.
"""


def _section(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"## {title}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def render() -> str:
    """The page as Markdown."""
    words = ontology()
    plain = ("中文", "code", "English")
    sections = [
        _section(
            "Kinds of node",
            (*plain, "Neo4j"),
            ((kind.zh, f"`{kind.name}`", kind.en, f"`{kind.neo4j}`") for kind in words.kinds.values()),
        ),
        _section(
            "Extra labels",
            (*plain, "Neo4j"),
            ((label.zh, f"`{label.name}`", label.en, f"`{label.neo4j}`") for label in words.labels.values()),
        ),
        _section(
            "Relations",
            (*plain, "Neo4j", "from", "to"),
            (
                (
                    relation.zh,
                    f"`{relation.name}`",
                    relation.en,
                    f"`{relation.neo4j}`",
                    ", ".join(relation.source_kinds),
                    ", ".join(relation.target_kinds),
                )
                for relation in words.relations.values()
            ),
        ),
    ]
    for title, rows in groupby(table("glossary"), key=lambda row: row["section"]):
        sections.append(_section(title, plain, ((row["zh"], f"`{row['code']}`", row["en"]) for row in rows)))
    return "\n".join([_HEAD, *sections])


def main(arguments: Sequence[str], page: Path = PAGE) -> int:
    """Write the page, or with ``--check`` compare it: 0 current or written, 1 not current, 2 unknown argument."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m graph.model.glossary [--check]", file=sys.stderr)
        return 2
    if not arguments:
        page.write_text(render(), encoding="utf-8")
        return 0
    if page.is_file() and page.read_text(encoding="utf-8") == render():
        return 0
    print(f"{page.name} is not current: run python -m graph.model.glossary", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

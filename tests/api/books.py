"""Small homes for tests: files made by hand, loaded through the command line, and what a reader of a level sees."""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from api.commands import opened
from ingest.demo.layouts import COLUMNS
from tests.api.conftest import TODAY, run

Environment = Callable[[str, str], None]


class Home:
    """A data home of its own, with the departments and the register of a town in it."""

    def __init__(self, folder: Path, environment: Environment, town: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        environment("CREDITGRAPH_HOME", str(folder / "home"))
        environment("CREDITGRAPH_TODAY", TODAY)
        for source in ("departments", "registry"):
            run("load", source, str(town / f"{source}.csv"), "--json")

    def rows(self, source: str, *lines: str) -> dict[str, Any]:
        """Load rows of comma separated cells under the header of the source; the receipt."""
        path = self.folder / f"{source}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS[source], *(line.split(",") for line in lines)])
        return self.file(source, path)

    @staticmethod
    def file(source: str, path: Path) -> dict[str, Any]:
        """Load a file; the receipt."""
        body: dict[str, Any] = run("load", source, str(path), "--json").body
        return body

    @staticmethod
    def digest() -> str:
        """The digest of a home that is whole."""
        body = run("verify", "--json").body
        assert body["ok"], body["problems"]
        return str(body["digest"])


def seen(level: int) -> dict[str, list[str]]:
    """All that a reader of a level sees of the book of this environment, in a form that two homes share."""
    with opened() as book:
        reader, view = book.view(level=level, as_of=TODAY)
        nodes = {node.id: node for node in reader.scan_nodes(view)}
        names = {i: sorted(map(book.stable, node.keys)) or [node.name] for i, node in nodes.items()}

        def who(node_id: str) -> str:
            return names[node_id][0] if node_id in names else "hidden"

        told: dict[str, list[Any]] = {
            "nodes": [
                [names[i], n.kind, n.labels, n.name, [p.text for p in n.names], dict(n.props)] for i, n in nodes.items()
            ],
            "edges": [
                [e.relation, who(e.source), who(e.target), e.valid_from, e.valid_to, dict(e.props), e.sources, e.match]
                for e in reader.scan_edges(book.all_times(view))
            ],
            "counts": [[who(i), *rest, n] for (i, *rest), n in reader.counts(view, sorted(nodes)).items()],
        }
    return {part: _sorted(rows) for part, rows in told.items()}


def _sorted(rows: Iterable[Sequence[Any]]) -> list[str]:
    return sorted(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)

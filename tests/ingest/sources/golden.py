"""Golden folders: a small file of good and bad rows, the outcome of each row and the graph that results.

A folder holds the files of one source and ``expected.yaml``: ``files`` in the order in which they are loaded, each
with its ``rows`` (row number -> ``outcome [code [column]]``) or the ``problem`` of the whole file; then the ``nodes``
and ``edges`` that the store holds beyond what was given, and those that are ``gone``. Given are the departments and the
registered companies of the folder ``given`` and, where rows speak of the records of others, further files of that
folder: ``given`` names their sources in the order in which they are loaded. Nodes are named by their best key; a
person's token is written as the mask, a record's keyed hash as the name of the record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from graph.book.book import Book
from graph.book.home import Home
from graph.ledger import tables as t
from graph.model.claims import RESTRICTED
from graph.store.base import Edge, Node, View
from graph.store.sqlite import SqliteStore
from ingest import registry
from ingest.lists import open_list
from ingest.load import load
from ingest.receipt import Receipt
from ingest.registry import TextSource

TODAY = "2026-10-01"
FOLDER = Path(__file__).parent
GIVEN = FOLDER / "given"
LEVELS = ("public", "shared", "restricted")


@dataclass(frozen=True, slots=True)
class Golden:
    """A golden folder: its source and what is expected of it."""

    source: str
    folder: Path
    expected: Mapping[str, Any]

    @property
    def files(self) -> list[Path]:
        """The files in the order in which they are loaded."""
        return [self.folder / entry["file"] for entry in self.expected["files"]]

    @property
    def given(self) -> list[str]:
        """The sources whose files are loaded before, beyond the departments and the register."""
        return list(self.expected.get("given", ()))

    def rows(self, file: Path) -> dict[int, str]:
        """The expected outcome of each row of a file; empty where the whole file is refused."""
        entry = next(entry for entry in self.expected["files"] if entry["file"] == file.name)
        return dict(entry.get("rows", {}))

    def problem(self, file: Path) -> str | None:
        """The expected code of the whole file."""
        entry = next(entry for entry in self.expected["files"] if entry["file"] == file.name)
        return str(entry["problem"]) if "problem" in entry else None


def goldens() -> list[Golden]:
    """Every golden folder there is, by source."""
    found = []
    for path in sorted(FOLDER.glob("*/expected.yaml")):
        source = path.parent.name.replace("_", "-")
        found.append(Golden(source, path.parent, yaml.safe_load(path.read_text(encoding="utf-8"))))
    return found


def opened(folder: Path) -> Book:
    """The book of a data home."""
    return Book(Home(folder), lambda home: SqliteStore(home.graph))


def give(book: Book, sources: Iterable[str]) -> None:
    """Load files of the folder ``given``, of which every row is good."""
    for source in sources:
        counts = load(book, source, [GIVEN / f"{source}.csv"]).counts
        assert counts["accepted"] == sum(counts.values()) > 0, source


def told(book: Book, source: str, file: Path) -> tuple[dict[int, str], Receipt]:
    """Load a file: the outcome of each of its rows as ``expected.yaml`` writes it, and the receipt."""
    receipt = load(book, source, [file])
    if receipt.unread:
        return {}, receipt
    outcomes = dict.fromkeys(_row_numbers(source, file), "unchanged")
    e = t.entry.c
    query = select(e.row, e.outcome).where(e.batch == receipt.batch, e.kind == "record", e.file == file.name, e.row > 0)
    with book.ledger.reading() as connection:
        outcomes.update((row, outcome) for row, outcome in connection.execute(query))
    for error in receipt.errors:
        parts = (error["outcome"], error["code"], error["field"])
        outcomes[error["row"]] = " ".join(part for part in parts if part)
    return outcomes, receipt


def _row_numbers(source: str, file: Path) -> list[int]:
    spec = registry.spec(source)
    if isinstance(spec, TextSource):
        return [1]
    table = open_list(file)[1] if spec.form == "list" else spec.open(file)
    return [row.row for row in table.rows]


def drawing(book: Book) -> tuple[list[str], list[str]]:
    """Every node and every edge of the store as a line of YAML, sorted, without random tokens."""
    views = [View(level, None, None, TODAY) for level in range(len(LEVELS))]
    store = book.store
    shown = [{node.id for node in store.scan_nodes(view)} for view in views]
    shown_edges = [{edge.id for edge in store.scan_edges(view)} for view in views]
    nodes = list(store.scan_nodes(views[RESTRICTED]))
    names = {node.id: _name(node) for node in nodes}
    assert len(set(names.values())) == len(names), "two nodes of one name: choose other data"
    drawn = [_node(node, names, _level(node.id, shown)) for node in nodes]
    edges = [_edge(edge, names, _level(edge.id, shown_edges)) for edge in store.scan_edges(views[RESTRICTED])]
    return sorted(map(_line, drawn)), sorted(map(_line, edges))


def _level(item: str, shown: list[set[str]]) -> str:
    return next(LEVELS[level] for level, ids in enumerate(shown) if item in ids)


def _plain_key(key: str, node: Node) -> str:
    if key.startswith("pid:"):
        return f"pid:{node.props['id_mask']}"
    return f"rec:{node.name}" if key.startswith("rec:") else key


def _name(node: Node) -> str:
    return _plain_key(node.keys[0], node)


def _node(node: Node, names: Mapping[str, str], level: str) -> dict[str, Any]:
    body: dict[str, Any] = {"node": names[node.id], "kind": node.kind, "name": node.name}
    if node.labels:
        body["labels"] = list(node.labels)
    more = [_plain_key(key, node) for key in node.keys[1:]]
    periods = [f"{n.text} [{n.valid_from or ''},{n.valid_to or ''})" for n in node.names if n.former or n.valid_from]
    found = {"keys": more, "names": periods, "props": dict(sorted(node.props.items()))}
    return body | {name: value for name, value in found.items() if value} | {"level": level}


def _edge(edge: Edge, names: Mapping[str, str], level: str) -> dict[str, Any]:
    body: dict[str, Any] = {"edge": edge.relation, "from": names[edge.source], "to": names[edge.target]}
    if edge.valid_from or edge.valid_to:
        body["valid"] = f"[{edge.valid_from or ''},{edge.valid_to or ''})"
    more = {"seen_on": edge.seen_on, "props": dict(sorted(edge.props.items())), "disagree": edge.disagree}
    body |= {name: value for name, value in more.items() if value}
    return body | {"match": edge.match, "level": level}


def _line(item: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(item, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000_000)
    return text.strip()


def lines(items: list[dict[str, Any]]) -> list[str]:
    """Nodes or edges of ``expected.yaml`` in the form of :func:`drawing`."""
    return sorted(map(_line, items))

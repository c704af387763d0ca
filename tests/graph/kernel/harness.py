"""A book in a folder, fed with claims through the recorder that the sources use."""

import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from graph.book import decisions
from graph.book.book import Book, Opener
from graph.book.decisions import Decision
from graph.book.home import Home
from graph.ledger.ledger import Draft
from graph.ledger.vault import content_hash
from graph.model.claims import RESTRICTED, Claim, NodeClaim
from graph.store.base import Edge, Node, Reader, View
from graph.store.past import PastReader
from graph.store.project import read_back
from graph.store.sqlite import SqliteStore
from ingest.demo.graphs import Record, random_records
from ingest.judge import References
from ingest.parties import Fields, Meta
from ingest.problems import Problem
from ingest.recorder import Recorder, Row
from ingest.sealing import Sealed

NOW = "2026-10-01"


class Given:
    """A parser whose rows come with their claims."""

    def __init__(self) -> None:
        self.by_content: dict[str, list[Claim]] = {}

    def claims(self, fields: Fields, rec_key: str) -> list[Claim]:
        """The claims put beside the row."""
        return self.by_content[fields["content"]]

    def checks(self, fields: Fields) -> Problem | None:
        """Nothing stops a row here."""
        return None

    def references(self, fields: Fields) -> References:
        """Nothing must be known."""
        return References()

    def meta(self, fields: Fields) -> Meta:
        """No document."""
        return Meta()


def content_of(record: Record, stable: Sequence[tuple[str, str]]) -> str:
    """A content hash without random tokens."""
    text = repr((record.key, record.version_date, record.claims))
    for token, name in stable:
        text = text.replace(token, name)
    return content_hash(text)


class Town:
    """A small book; persons are numbered, their tokens come from the vault."""

    def __init__(self, folder: Path, opener: Opener | None = None) -> None:
        self.folder = folder
        self.book = Book(Home(folder), opener or (lambda home: SqliteStore(home.graph)))
        self.names: list[tuple[str, str]] = []

    def pid(self, number: int) -> str:
        """The token of person ``number``, made when new."""
        token = self.book.vault.token(f"person-{number:04d}")
        if (token, f"person-{number}") not in self.names:
            self.names.append((token, f"person-{number}"))
        return token

    def records(self, seed: int, n: int, *, conflicts: bool = False) -> list[Record]:
        """The same records for the same seed, with the tokens of this book."""
        return random_records(random.Random(seed), n, pid=self.pid, conflicts=conflicts)

    def load(self, records: Sequence[Record]) -> dict[str, int]:
        """One batch; outcomes counted."""
        outcomes: dict[str, int] = {}
        with self.book.writing() as writer:
            given = Given()
            recorder = Recorder(writer, "given", given, f"b{writer.seq}")
            rows = []
            for number, record in enumerate(records, 1):
                content = content_of(record, self.names)
                given.by_content[content] = record.claims
                told = " ".join(n.text for c in record.claims if isinstance(c, NodeClaim) for n in c.names)
                sealed = Sealed({"content": content, "told": told}, f"rec:given/{record.key}", content)
                rows.append(Row("given", number, sealed, record.version_date, False, len(record.claims)))
            recorder.prefetch(rows)
            for row in rows:
                outcome = str(recorder.take(row))
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
            recorder.settle()
            writer.append(Draft("batch", {}))
        return outcomes

    def decide(self, kind: str, keys: Sequence[str] = (), entry: int | None = None) -> int:
        """A decision; its sequence."""
        decision = Decision(kind, tuple(keys), entry, "审核员", "核对", "个人信息保护法 Art. 47")
        with self.book.writing() as writer:
            if kind == "undo":
                return decisions.undo(writer, decision)
            if kind == "erase":
                return decisions.erase(writer, self.book.vault, decision)
            return decisions.judge_identity(writer, decision)

    @property
    def digest(self) -> str:
        """The digest of the checkpoint."""
        state = self.book.store.state()
        return state.digest if state else ""

    def past(self, seq: int | None = None) -> PastReader:
        """The ledger itself as a reader."""
        return PastReader(self.book.ledger, seq, self.book.stable)

    def check(self) -> None:
        """Store, ledger and a digest read back must agree."""
        view = View(RESTRICTED, None, None, NOW)
        store, past = self.book.store, self.past()
        assert list(store.scan_nodes(view)) == list(past.scan_nodes(view))
        assert list(store.scan_edges(view)) == list(past.scan_edges(view))
        assert read_back(store, self.book.stable) == self.digest

    def close(self) -> None:
        """Release the files."""
        self.book.close()


@contextmanager
def towns(count: int = 1) -> Iterator[list[Town]]:
    """Fresh towns under one master key (the one that the fixture set)."""
    folder = Path(tempfile.mkdtemp())
    made = [Town(folder / f"home{i}") for i in range(count)]
    try:
        yield made
    finally:
        for town in made:
            town.close()
        shutil.rmtree(folder)


def copy_of(town: Town, folder: Path) -> Town:
    """A plain copy of a home, opened."""
    shutil.copytree(town.folder, folder)
    made = Town(folder)
    made.names = list(town.names)
    return made


def everything(reader: Reader, view: View, keys: Sequence[str]) -> dict[str, object]:
    """What a reader answers on a view: all scans, look-ups, neighbours, counts and searches, sorted."""
    nodes: list[Node] = list(reader.scan_nodes(view))
    ids = [node.id for node in nodes]
    edges: list[Edge] = list(reader.scan_edges(view))
    names = sorted({name.text for node in nodes for name in node.names})
    return {
        "nodes": nodes,
        "edges": edges,
        "keys": {key: reader.by_key(view, key) for key in keys},
        "neighbours": reader.neighbours(view, ids),
        "out": reader.neighbours(view, ids, None, "out"),
        "counts": reader.counts(view, ids),
        "search": {name: reader.search(view, name, 50, exact=True) for name in names},
        "part": {part: reader.search(view, part, 50) for part in ("岚汀", "lanting", "lan ting", "lt", "ltsd", "an")},
        "missing": reader.get(view, ["n00000000000000000000000"]),
        "first": reader.neighbours(view, ids[:1], None, "both", 2) if len(ids) == 1 else [],
    }


def shape(answer: dict[str, object]) -> dict[str, list[str]]:
    """The same without what differs between ledgers: numbers of claims, and ids (a node goes by its best shown key)."""
    nodes = answer["nodes"]
    assert isinstance(nodes, list)
    names = {node.id: node.keys[0] for node in nodes}

    def plain(part: object) -> str:
        if isinstance(part, Edge):
            part = replace(part, id="", claims=(len(part.claims),))
        text = repr(sorted(map(plain, part)) if isinstance(part, list) else part)
        for node, name in names.items():
            text = text.replace(node, name)
        return text

    body: dict[str, list[str]] = {}
    for name, part in answer.items():
        if isinstance(part, dict):
            body[name] = sorted(plain(list(item)) for item in part.items())
        else:
            assert isinstance(part, list)
            body[name] = sorted(map(plain, part))
    return body

"""The embedded store: one SQLite file, nothing to install.

WAL, ``synchronous=FULL``, one writer at a time under a lock file, no mmap
(a WAL race in SQLite before 3.51.3 needs two writing connections). Names are
searched as phrases of tokens (``names.py``).
"""

import fcntl
import heapq
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

from graph.model.claims import RESTRICTED, SHARED
from graph.model.jsontext import dump
from graph.store.base import FOREVER, Changes, Checkpoint, Direction, Edge, EdgeItem, Node, NodeItem, View
from graph.store.digest import Digest
from graph.store.items import (
    dump_edge,
    dump_node,
    edges_at,
    limited,
    load_edge,
    load_node,
    node_at,
    own_id,
    stored_node_at,
)
from graph.store.names import name_matches, search_text, wanted_name

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS node (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, item TEXT NOT NULL, dh TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS key (own TEXT PRIMARY KEY, node TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS key_node ON key (node);
CREATE TABLE IF NOT EXISTS edge (id TEXT PRIMARY KEY, rel TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL,
    vf TEXT NOT NULL, vt TEXT NOT NULL, pu TEXT NOT NULL, su TEXT NOT NULL, mixed INTEGER NOT NULL,
    item TEXT NOT NULL, dh TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS edge_a ON edge (a, rel, b, vf, vt, pu, su, mixed);
CREATE INDEX IF NOT EXISTS edge_b ON edge (b, rel, a, vf, vt, pu, su, mixed);
CREATE VIRTUAL TABLE IF NOT EXISTS name USING fts5 (tokens, columnsize=0, tokenize='ascii');
"""

_CHUNK = 400

#: The values of a list given as one parameter; the edges of pairs given so.
_VALUES = "(SELECT value FROM json_each(?))"
_PAIRS = """(SELECT json_extract(value, '$[0]') AS r, json_extract(value, '$[1]') AS s, json_extract(value, '$[2]') AS t
    FROM json_each(?)) CROSS JOIN edge ON a = s AND rel = r AND b = t"""


def _listed(values: Iterable[object]) -> tuple[str]:
    """The one parameter of a statement with a list in it."""
    return (dump(list(values)),)


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


@cache
def _nodes_of(count: int) -> str:
    """The nodes that hold some keys, by the id that a key alone would give."""
    marks = ",".join("?" * count)
    return f"SELECT k.own, n.id, n.item FROM key k JOIN node n ON n.id = k.node WHERE k.own IN ({marks})"


class SqliteStore:
    """The store protocol over one file; ``path`` may be new, its folder must exist."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000;")
        self._db.executescript("PRAGMA wal_autocheckpoint=16000; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Release the connection."""
        self._db.close()

    @contextmanager
    def snapshot(self) -> Iterator[bool]:
        """All reads within are of one moment."""
        self._db.execute("BEGIN")
        try:
            yield True
        finally:
            self._take_back()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, under the lock file; inside another one it joins that."""
        if self._db.in_transaction:
            yield
            return
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                # SQLite may have taken it back by itself, on a full disk for one.
                self._take_back()
                raise

    def _take_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _meta(self, name: str) -> bytes | str | None:
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def state(self) -> Checkpoint | None:
        """The checkpoint, None for an empty store."""
        text = self._meta("checkpoint")
        return Checkpoint(**json.loads(text)) if text else None

    def clear(self) -> None:
        """Forget everything, the checkpoint too."""
        with self.writing():
            for table in ("meta", "node", "key", "edge", "name"):
                self._db.execute(f"DELETE FROM {table}")

    def apply(self, changes: Changes) -> None:
        """Write one step in one transaction, the digest adjusted by what is really there."""
        db = self._db
        with self.writing():
            raw = self._meta("digest")
            digest = Digest(raw if isinstance(raw, bytes) else None)
            self._drop(db, changes, digest)
            self._put(db, changes, digest)
            db.execute("INSERT OR REPLACE INTO meta VALUES ('digest', ?)", (digest.raw(),))
            if changes.checkpoint:
                text = json.dumps(asdict(replace(changes.checkpoint, digest=digest.hex())))
                db.execute("INSERT OR REPLACE INTO meta VALUES ('checkpoint', ?)", (text,))

    def _drop(self, db: sqlite3.Connection, changes: Changes, digest: Digest) -> None:
        kept = {item.id for item, _ in changes.nodes}
        gone = _listed(node for node in dict.fromkeys(changes.drop_nodes) if node not in kept)
        digest.add((dh for (dh,) in db.execute(f"SELECT dh FROM node WHERE id IN {_VALUES}", gone)), -1)
        db.execute(f"DELETE FROM name WHERE rowid IN (SELECT n FROM node WHERE id IN {_VALUES})", gone)
        db.execute(f"DELETE FROM key WHERE node IN {_VALUES}", gone)
        db.execute(f"DELETE FROM node WHERE id IN {_VALUES}", gone)
        for end in ("a", "b"):
            self._drop_edges(
                db, f"edge WHERE {end} IN {_VALUES}", _listed(dict.fromkeys(changes.drop_edges_of)), digest
            )
        pairs = dict.fromkeys(changes.drop_pairs)
        pairs.update(dict.fromkeys(item.edge.pair for item, _ in changes.edges))
        self._drop_edges(db, _PAIRS, _listed(pairs), digest)

    @staticmethod
    def _drop_edges(db: sqlite3.Connection, where: str, values: tuple[str], digest: Digest) -> None:
        old = db.execute(f"SELECT id, dh FROM {where}", values).fetchall()
        digest.add((dh for _, dh in old), -1)
        db.executemany("DELETE FROM edge WHERE id = ?", ((edge,) for edge, _ in old))

    def _put(self, db: sqlite3.Connection, changes: Changes, digest: Digest) -> None:
        """Write nodes over what is there; keys and names are touched only where they differ."""
        ids = _listed(item.id for item, _ in changes.nodes)
        sql = f"SELECT id, n, dh, coalesce(tokens, '') FROM node LEFT JOIN name ON name.rowid = n WHERE id IN {_VALUES}"
        old = {node: rest for node, *rest in db.execute(sql, ids)}
        held: dict[str, set[str]] = {}
        for own, node in db.execute(f"SELECT own, node FROM key WHERE node IN {_VALUES}", ids):
            held.setdefault(node, set()).add(own)
        top = db.execute("SELECT coalesce(max(n), 0) FROM node").fetchone()[0]
        rows: list[tuple[int, str, str, str]] = []
        keys: list[tuple[str, str]] = []
        names: list[tuple[int, str]] = []
        lost_keys: list[tuple[str, str]] = []
        lost_names: list[tuple[int]] = []
        for item, dh in changes.nodes:
            n, before, tokens = old.get(item.id) or (0, "", "")
            if not n:
                n = top = top + 1
            rows.append((n, item.id, dump_node(item), dh))
            if before:
                digest.add((before,), -1)
            owns, had = set(map(own_id, item.keys)), held.get(item.id, set())
            keys.extend((own, item.id) for own in owns - had)
            lost_keys.extend((own, item.id) for own in had - owns)
            text = search_text(str(f.value) for f in item.facts if f.prop in ("name", "former_name"))
            if text != tokens:
                lost_names.extend([(n,)] if tokens else ())
                names.extend([(n, text)] if text else ())
        db.executemany("INSERT OR REPLACE INTO node VALUES (?,?,?,?)", rows)
        db.executemany("DELETE FROM key WHERE own = ? AND node = ?", lost_keys)
        db.executemany("INSERT OR REPLACE INTO key VALUES (?,?)", keys)
        db.executemany("DELETE FROM name WHERE rowid = ?", lost_names)
        db.executemany("INSERT INTO name (rowid, tokens) VALUES (?,?)", names)
        digest.add(dh for _, dh in changes.nodes)
        edges = [*changes.edges, *changes.new_edges]
        db.executemany("INSERT INTO edge VALUES (?,?,?,?,?,?,?,?,?,?,?)", (self._row(*edge) for edge in edges))
        digest.add(dh for _, dh in edges)

    @staticmethod
    def _row(item: EdgeItem, dh: str) -> tuple[str | int, ...]:
        e = item.edge
        interval = (e.valid_from or "", e.valid_to or FOREVER)
        openness = (item.public_until, item.shared_until, int(bool(item.parts)))
        return (e.id, e.relation, e.source, e.target, *interval, *openness, dump_edge(item), dh)

    def get(self, view: View, ids: Sequence[str]) -> dict[str, Node]:
        """Nodes by id, keyed by the id asked; a retired id answers with its survivor."""
        found: dict[str, Node] = {}
        for some in _chunks(ids if len(ids) == 1 else list(dict.fromkeys(ids))):
            for own, node_id, text in self._db.execute(_nodes_of(len(some)), some):
                node = stored_node_at(view, node_id, text)
                if node:
                    found[own] = node
        return found

    def by_key(self, view: View, key: str) -> Node | None:
        """The node that holds a key, if the view shows it."""
        node = self.get(view, [own_id(key)]).get(own_id(key))
        return node if node and key in node.keys else None

    def search(self, view: View, text: str, limit: int, *, exact: bool = False, after: str | None = None) -> list[Node]:
        """Nodes by name, normalised, or by its pinyin; ordered by id."""
        wanted = wanted_name(text, exact)
        if wanted is None:
            return []
        sql = "SELECT node.id, node.item FROM name JOIN node ON node.n = name.rowid WHERE name MATCH ? AND node.id > ?"
        found: list[Node] = []
        for node_id, item in self._db.execute(sql + " ORDER BY node.id", (wanted.query, after or "")):
            node = stored_node_at(view, node_id, item)
            if node and name_matches(view, node, wanted):
                found.append(node)
                if len(found) == limit:
                    break
        return found

    @staticmethod
    def _filter(view: View) -> tuple[str, list[str]]:
        """SQL for what shows; pairs of mixed openness are left to the reader below the highest level."""
        clauses, values = [], []
        if view.level < RESTRICTED:
            clauses.append(f"mixed = 0 AND {'su' if view.level == SHARED else 'pu'} > ?")
            values.append(view.today)
        if view.as_of is not None:
            clauses.append("vf <= ? AND vt > ?")
            values += [view.as_of, view.as_of]
        return "".join(f" AND {c}" for c in clauses), values

    def neighbours(
        self,
        view: View,
        ids: Sequence[str],
        relations: Iterable[str] | None = None,
        direction: Direction = "both",
        limit: int | None = None,
    ) -> list[Edge]:
        """Edges of these nodes, ordered; ``limit`` per node."""
        wanted = None if relations is None else sorted(set(relations))
        among = "" if wanted is None else f" AND rel IN ({_marks(wanted)})"
        shown, values = self._filter(view)
        items: dict[str, EdgeItem] = {}
        unique = list(dict.fromkeys(ids))
        for end, other, name in (("a", "b", "out"), ("b", "a", "in")):
            if direction not in (name, "both"):
                continue
            for some in _chunks(unique) if limit is None else ([i] for i in unique):
                where = f"FROM edge WHERE {end} IN ({_marks(some)}){among}"
                order = "" if limit is None else f" ORDER BY rel, {other}, vf, id LIMIT {int(limit)}"
                arguments = [*some, *(wanted or ()), *values]
                for edge, text in self._db.execute(f"SELECT id, item {where}{shown}{order}", arguments):
                    items[edge] = load_edge(edge, text)
                if view.level < RESTRICTED:
                    mixed = self._db.execute(f"SELECT id, item {where} AND mixed = 1", [*some, *(wanted or ())])
                    items.update((edge, load_edge(edge, text)) for edge, text in mixed)
        return limited(edges_at(view, items.values()), unique, limit)

    def counts(self, view: View, ids: Sequence[str]) -> dict[tuple[str, str, str], int]:
        """How many edges: {(node id, relation, "in"|"out"): n}."""
        shown, values = self._filter(view)
        totals: dict[tuple[str, str, str], int] = {}
        for end, direction in (("a", "out"), ("b", "in")):
            for some in _chunks(list(dict.fromkeys(ids))):
                where = f"FROM edge WHERE {end} IN ({_marks(some)})"
                sql = f"SELECT {end}, rel, count(*) {where}{shown} GROUP BY {end}, rel"
                for node, relation, n in self._db.execute(sql, [*some, *values]):
                    totals[node, relation, direction] = n
                if view.level < RESTRICTED:
                    rows = self._db.execute(f"SELECT id, item {where} AND mixed = 1", some).fetchall()
                    for edge in edges_at(view, (load_edge(*row) for row in rows)):
                        place = (edge.source if direction == "out" else edge.target, edge.relation, direction)
                        totals[place] = totals.get(place, 0) + 1
        return totals

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """All nodes of the view, ordered by id."""
        for item in self.items():
            node = node_at(view, item)
            if node:
                yield node

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All edges of the view, ordered by id."""
        wanted = None if relations is None else frozenset(relations)
        shown, values = self._filter(view)
        rows = self._db.execute(f"SELECT id, item FROM edge WHERE 1{shown} ORDER BY id", values)
        plain = (load_edge(*row).edge for row in rows)
        mixed: list[Edge] = []
        if view.level < RESTRICTED:
            held = self._db.execute("SELECT id, item FROM edge WHERE mixed = 1").fetchall()
            mixed = sorted(edges_at(view, (load_edge(*row) for row in held)), key=lambda e: e.id)
        for edge in heapq.merge(plain, mixed, key=lambda e: e.id):
            if wanted is None or edge.relation in wanted:
                yield edge

    def items(self) -> Iterator[NodeItem]:
        """All nodes as stored, ordered by id."""
        for row in self._db.execute("SELECT id, item FROM node ORDER BY id"):
            yield load_node(*row)

    def edge_items(self) -> Iterator[EdgeItem]:
        """All edges as stored, ordered by id."""
        for row in self._db.execute("SELECT id, item FROM edge ORDER BY id"):
            yield load_edge(*row)

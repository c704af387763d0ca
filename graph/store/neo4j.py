"""The store protocol over Neo4j 5, by the official driver; the only module that imports it.

Answers are made from the items that are kept beside the drawn graph, by the
same pure functions as in the embedded store; Cypher finds them, filters and
pages. What the graph shows to a person with a browser is in ``cypher.py``.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import RLock
from typing import Any

from neo4j import READ_ACCESS, Driver, GraphDatabase, Query, Session
from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable, SessionExpired

from graph.model.claims import RESTRICTED
from graph.model.ontology import ontology
from graph.store import cypher
from graph.store.base import Changes, Checkpoint, Direction, Edge, EdgeItem, Node, NodeItem, View
from graph.store.errors import StoreUnavailable
from graph.store.items import edges_at, limited, load_edge, load_node, own_id, stored_node_at
from graph.store.names import name_matches, wanted_name
from graph.store.writer import Writer, chunks

#: Ids in one look-up; a full-text query takes at most 1,024 terms.
_IDS = 400

_NODE_PAGE = 5_000
_EDGE_PAGE = 2_000

#: Seconds after which the server gives up a read, a write.
_READ_SECONDS, _WRITE_SECONDS = 60.0, 600.0

#: Seconds that the sign of being the only writer is held at most; the longest step ends well before.
_LOCK_SECONDS = 3600.0

#: How the two directions are drawn in a pattern.
_ARROWS = {"out": ("-", "->"), "in": ("<-", "-")}

#: Relations and their types, and back.
_TYPES = {name: entry.neo4j for name, entry in ontology().relations.items()}
_RELATIONS = {type_: name for name, type_ in _TYPES.items()}


def _open_driver(uri: str, user: str, password: str, patience: float) -> Driver:
    """A driver that gives up after ``patience`` seconds; an empty user and password mean that none is asked."""
    return GraphDatabase.driver(
        uri,
        auth=(user, password) if user or password else None,
        connection_timeout=patience,
        connection_acquisition_timeout=patience * 2,
        max_transaction_retry_time=patience,
        liveness_check_timeout=30,
        notifications_min_severity="OFF",
        telemetry_disabled=True,
    )


def answers(uri: str, user: str = "", password: str = "") -> bool:
    """Whether a server at a Bolt address answers a query now."""
    try:
        with _open_driver(uri, user, password, 2.0) as driver:
            driver.verify_connectivity()
            driver.execute_query("RETURN 1")
    except (DriverError, Neo4jError):
        return False
    return True


@contextmanager
def _reaching(uri: str) -> Iterator[None]:
    """Turn what says that the server is away, busy or refuses us into StoreUnavailable."""
    try:
        yield
    except AuthError as error:
        raise StoreUnavailable(f"Neo4j at {uri} refuses the user or password") from error
    except (ServiceUnavailable, SessionExpired) as error:
        raise StoreUnavailable(f"Neo4j at {uri} does not answer: {error}") from error
    except (DriverError, Neo4jError) as error:
        if not error.is_retryable():
            raise
        raise StoreUnavailable(f"Neo4j at {uri} cannot answer now: {error}") from error


def _known(relations: Iterable[str] | None) -> list[str] | None:
    """The relations asked that exist, sorted; None = all."""
    return None if relations is None else sorted(set(relations) & _TYPES.keys())


class Neo4jStore:
    """The store protocol over one Neo4j database; ``user`` and ``password`` empty: none is asked.

    Opening does not connect; the first use does, and makes constraints and indexes that
    are missing. Any method raises StoreUnavailable when the server is away, and readers
    also while a step of several transactions is being written.
    """

    def __init__(self, uri: str, user: str = "", password: str = "", database: str | None = None) -> None:
        self._uri = uri
        self._database = database
        self._driver = _open_driver(uri, user, password, 10.0)
        self._prepared = False
        self._unfinished = False
        self._writers = RLock()
        self._writer: Writer | None = None

    def close(self) -> None:
        """Release the connections."""
        self._driver.close()

    @contextmanager
    def _session(self, **settings: Any) -> Iterator[Session]:
        with _reaching(self._uri), self._driver.session(database=self._database, **settings) as session:
            if not self._prepared:
                self._prepare()
                self._prepared = True
            yield session

    def _prepare(self) -> None:
        """Make the constraints and indexes that are missing and wait until all are filled.

        One client at a time, under the sign of the only writer: IF NOT EXISTS does not see what another transaction
        is making, and of two that run into each other Neo4j can leave an index that is never filled.
        """
        with self._driver.session(database=self._database) as session:
            while "checkpoint_name" in self._missing(session):
                self._make_first(session)
            if self._missing(session):
                with self._driver.session(database=self._database) as other, other.begin_transaction() as lock:
                    lock.run(cypher.WRITER).consume()
                    missing = self._missing(session)
                    with session.begin_transaction() as tx:
                        for text in missing.values():
                            tx.run(text).consume()
                        tx.commit()
                    session.run(cypher.AWAIT_INDEXES, seconds=300).consume()
                    lock.rollback()

    @staticmethod
    def _missing(session: Session) -> dict[str, str]:
        """Constraints and indexes that are not there, or not filled yet, by name: the statements that make them."""
        states = {row["name"]: row["state"] for row in session.run(cypher.INDEXES)}
        return {name: text for name, text in cypher.schema(_TYPES.values()).items() if states.get(name) != "ONLINE"}

    @staticmethod
    def _make_first(session: Session) -> None:
        """The constraint by which clients exclude each other; another one may be quicker."""
        try:
            session.run(cypher.SCHEMA["checkpoint_name"]).consume()
        except Neo4jError as error:
            if not (error.code or "").endswith(("AlreadyExists", "DeadlockDetected")):
                raise

    def _rows(self, texts: Sequence[str], **values: object) -> tuple[int, list[list[Any]]]:
        """All rows of some reads and the number of writes before them; once more when a connection was stale."""
        query = Query(cypher.marked(*texts), timeout=_READ_SECONDS)
        with self._session(default_access_mode=READ_ACCESS, fetch_size=-1) as session:
            try:
                records = session.run(query, values).values()
            except (ServiceUnavailable, SessionExpired):
                records = session.run(query, values).values()
        marks = [mark for mark, _ in records if mark is not None]
        version, pending = marks[0] if marks else (0, False)
        if pending:
            raise StoreUnavailable("a large step is being written to the graph; it answers again when that is done")
        return version, [row for mark, row in records if mark is None]

    def _row(self) -> Mapping[str, Any]:
        """The checkpoint's row; an empty one when there is none."""
        with self._session(default_access_mode=READ_ACCESS) as session:
            row = session.run(cypher.STATE).single()
        return row.data() if row else {}

    def state(self) -> Checkpoint | None:
        """The checkpoint; None for an empty store and for one in which a large step was not ended."""
        row = self._row()
        self._unfinished = bool(row.get("pending"))
        if self._unfinished or row.get("seq") is None:
            return None
        return Checkpoint(row["ledger_id"], row["head_hash"], row["seq"], row["schema"], row["digest"])

    @contextmanager
    def snapshot(self) -> Iterator[bool]:
        """Neo4j reads what is committed, statement by statement: there is no one moment to be had."""
        yield False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Be the only writer, of all processes; waits for another one, then StoreUnavailable."""
        with self._session() as session, session.begin_transaction(timeout=_LOCK_SECONDS) as lock:
            lock.run(cypher.WRITER).consume()
            yield
            lock.rollback()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Several :meth:`apply` as one: one transaction for an ordinary step, several for a large one.

        What a dead writer left of a large step is emptied away first. This is safe only for who was
        told so by :meth:`state`, which said None, and begins from nothing; others get StoreUnavailable.
        """
        with self._writers:
            if self._writer is not None:
                yield
                return
            with self._alone(), self._session() as session:
                self._check_unfinished()
                self._writer = writer = Writer(lambda: session.begin_transaction(timeout=_WRITE_SECONDS))
                try:
                    yield
                    writer.finish()
                finally:
                    self._writer = None
                    writer.abandon()

    def _check_unfinished(self) -> None:
        if bool(self._row().get("pending")) != self._unfinished:
            raise StoreUnavailable("the graph has changed since its state was read; read that again")
        if self._unfinished:
            self._empty()

    def _empty(self) -> None:
        with self._session() as session:
            for text in (cypher.CLEAR_STATE, cypher.CLEAR_EDGES, cypher.CLEAR_NODES, cypher.CLEAR_CHECKPOINT):
                session.run(text).consume()
        self._unfinished = False

    def clear(self) -> None:
        """Forget everything, the checkpoint too; nodes of others in the database stay."""
        with self._writers:
            if self._writer is not None:
                self._writer.abandon()
                self._empty()
                return
            with self._alone():
                self._empty()

    def apply(self, changes: Changes) -> None:
        """Write one step; digest and items are always of the same transaction, the checkpoint of the last one."""
        with self.writing():
            assert self._writer is not None
            self._writer.apply(changes)

    def get(self, view: View, ids: Sequence[str]) -> dict[str, Node]:
        """Nodes by id, keyed by the id asked; a retired id answers with its survivor."""
        found: dict[str, Node] = {}
        for some in chunks(list(dict.fromkeys(ids)), _IDS):
            _, rows = self._rows([cypher.NODES_BY_ID], ids=some)
            texts = {node: (node, text) for node, text in rows}
            missing = [asked for asked in some if asked not in texts]
            texts |= self._by_hash(missing)
            for asked, stored in texts.items():
                node = stored_node_at(view, *stored)
                if node:
                    found[asked] = node
        return found

    def _by_hash(self, hashes: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Id and item of the nodes that hold keys with these hashes, by hash."""
        tokens = " ".join(asked for asked in hashes if asked.isalnum())
        if not tokens:
            return {}
        _, rows = self._rows([cypher.NODES_BY_KEY], tokens=tokens)
        wanted = frozenset(hashes)
        return {own: (node, text) for node, text, held in rows for own in held.split() if own in wanted}

    def by_key(self, view: View, key: str) -> Node | None:
        """The node that holds a key, if the view shows it."""
        node = self.get(view, [own_id(key)]).get(own_id(key))
        return node if node and key in node.keys else None

    def search(self, view: View, text: str, limit: int, *, exact: bool = False, after: str | None = None) -> list[Node]:
        """Nodes by name, normalised, or by its pinyin; ordered by id."""
        wanted = wanted_name(text, exact)
        found: list[Node] = []
        if wanted is None or limit < 1:
            return found
        query = cypher.NODES_BY_NAME.format(nodes=cypher.shown_node(view))
        # some hits show no such name in this view, so a page is a little larger than the answer
        page = limit + max(10, limit // 4)
        values = {"phrase": wanted.query, "today": view.today, "page": page}
        last = after or ""
        while True:
            _, rows = self._rows([query], after=last, **values)
            for node_id, item in rows:
                node = stored_node_at(view, node_id, item)
                if node and name_matches(view, node, wanted):
                    found.append(node)
                    if len(found) == limit:
                        return found
            if len(rows) < page:
                return found
            last = rows[-1][0]

    def neighbours(
        self,
        view: View,
        ids: Sequence[str],
        relations: Iterable[str] | None = None,
        direction: Direction = "both",
        limit: int | None = None,
    ) -> list[Edge]:
        """Edges of these nodes, ordered; ``limit`` per node."""
        wanted = _known(relations)
        if wanted == [] or (limit is not None and limit < 1):
            return []
        parts = {
            "types": cypher.typed(_TYPES[name] for name in wanted) if wanted else "",
            "edges": cypher.shown_edge(view),
        }
        texts = []
        for way, (left, right) in _ARROWS.items():
            if direction in (way, "both"):
                text = cypher.EDGES_OF if limit is None else cypher.FIRST_EDGES_OF
                texts.append(text.format(left=left, right=right, **parts))
                if view.level < RESTRICTED:
                    texts.append(cypher.MIXED_EDGES_OF.format(left=left, right=right, types=parts["types"]))
        unique = list(dict.fromkeys(ids))
        items: dict[str, EdgeItem] = {}
        for some in chunks(unique, _IDS):
            _, rows = self._rows(texts, ids=some, today=view.today, as_of=view.as_of, limit=limit)
            items.update((edge, load_edge(edge, text)) for edge, text in rows)
        return limited(edges_at(view, items.values()), unique, limit)

    def counts(self, view: View, ids: Sequence[str]) -> dict[tuple[str, str, str], int]:
        """How many edges: {(node id, relation, "in"|"out"): n}."""
        totals: dict[tuple[str, str, str], int] = {}
        for some in chunks(list(dict.fromkeys(ids)), _IDS):
            for way, (left, right) in _ARROWS.items():
                texts = [cypher.COUNTS.format(left=left, right=right, edges=cypher.shown_edge(view))]
                if view.level < RESTRICTED:
                    texts.append(cypher.MIXED_EDGES_OF.format(left=left, right=right, types=""))
                _, rows = self._rows(texts, ids=some, today=view.today, as_of=view.as_of)
                totals.update(((row[0], _RELATIONS[row[1]], way), row[2]) for row in rows if len(row) == 3)
                for edge in edges_at(view, (load_edge(*row) for row in rows if len(row) == 2)):
                    place = (edge.source if way == "out" else edge.target, edge.relation, way)
                    totals[place] = totals.get(place, 0) + 1
        return totals

    def _pages(self, text: str, page: int, versions: set[int], **values: object) -> Iterator[list[Any]]:
        """Rows of a read page by page; StoreUnavailable when something was written in between."""
        after, full = "", True
        while full:
            version, rows = self._rows([text], after=after, page=page, **values)
            versions.add(version)
            if len(versions) > 1:
                raise StoreUnavailable("the graph was written to while it was read as a whole; read it again")
            yield from rows
            full = len(rows) == page
            after = rows[-1][0] if rows else ""

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """All nodes of the view, ordered by id."""
        text = cypher.NODE_PAGE.format(nodes=cypher.shown_node(view))
        for row in self._pages(text, _NODE_PAGE, set(), today=view.today):
            node = stored_node_at(view, *row)
            if node:
                yield node

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """All edges of the view, ordered by id."""
        wanted = _known(relations)
        versions: set[int] = set()
        values = {"today": view.today, "as_of": view.as_of}

        def plain(relation: str) -> Iterator[Edge]:
            text = cypher.EDGE_PAGE.format(types=cypher.typed([_TYPES[relation]]), edges=cypher.shown_edge(view))
            for row in self._pages(text, _EDGE_PAGE, versions, **values):
                yield load_edge(*row).edge

        mixed: list[Edge] = []
        if view.level < RESTRICTED:
            version, rows = self._rows([cypher.MIXED_EDGES])
            versions.add(version)
            mixed = [e for e in edges_at(view, (load_edge(*r) for r in rows)) if wanted is None or e.relation in wanted]
        ways = [plain(relation) for relation in (_TYPES if wanted is None else wanted)]
        yield from heapq.merge(*ways, sorted(mixed, key=lambda e: e.id), key=lambda e: e.id)

    def items(self) -> Iterator[NodeItem]:
        """All nodes as stored, ordered by id."""
        for row in self._pages(cypher.NODE_PAGE.format(nodes="true"), _NODE_PAGE, set()):
            yield load_node(*row)

    def edge_items(self) -> Iterator[EdgeItem]:
        """All edges as stored, ordered by id; ends, relation and dates are those that the graph shows."""
        versions: set[int] = set()

        def drawn(relation: str) -> Iterator[EdgeItem]:
            text = cypher.EDGE_PAGE_AS_DRAWN.format(types=cypher.typed([_TYPES[relation]]))
            for edge_id, item, source, target, type_, start, end in self._pages(text, _EDGE_PAGE, versions):
                stored = load_edge(edge_id, item)
                ends = {"relation": _RELATIONS[type_], "source": source, "target": target}
                yield replace(stored, edge=replace(stored.edge, **ends, valid_from=start, valid_to=end))

        yield from heapq.merge(*(drawn(relation) for relation in _TYPES), key=lambda i: i.edge.id)

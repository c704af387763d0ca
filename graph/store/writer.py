"""How Neo4j is written to: several steps as one, in as few transactions as fit its memory.

A step is sent by a thread of its own, so that the next one is made while the server works.

Up to ``WHOLE_STEP`` items are one transaction, whole or absent. Beyond it the
checkpoint is marked ``pending`` while the rest comes; a writer that dies in
between leaves the mark, by which the next one knows to begin anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, replace
from typing import Any, Protocol, TypeVar

from graph.model.ontology import relation
from graph.store import cypher
from graph.store.base import Changes, Checkpoint
from graph.store.digest import Digest
from graph.store.drawing import edge_row, node_row

#: Most items in a transaction: at some 10 kB each they fit well into a heap of 1 GB.
WHOLE_STEP = 20_000

#: Rows in one statement.
ROWS = 5_000

T = TypeVar("T")


def chunks(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Runs of at most ``size`` values, in order."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


class Transaction(Protocol):
    """What is used of the driver's transaction."""

    def run(self, query: str, parameters: dict[str, Any] | None = None) -> Iterable[Mapping[str, Any]]:
        """Rows of a statement."""

    def commit(self) -> None:
        """Make it last."""

    def close(self) -> None:
        """Undo it unless it is committed."""


class Writer:
    """Applies changes one after the other; :meth:`finish` makes the last of them seen."""

    def __init__(self, begin: Callable[[], Transaction]) -> None:
        self._begin = begin
        self._tx: Transaction | None = None
        self._written = 0
        self._digest = Digest()
        self._checkpoint: Checkpoint | None = None
        self._sender = ThreadPoolExecutor(1, "neo4j-writer")
        self._sent: Future[None] | None = None

    def _open(self) -> Transaction:
        if self._tx is None:
            self._tx, self._written = self._begin(), 0
            held = next(row["buckets"] for row in list(self._tx.run(cypher.LOCK)))
            self._digest = Digest(bytes(held) if held else None)
        return self._tx

    def _end(self, pending: bool) -> None:
        tx = self._open()
        list(tx.run(cypher.SWEEP))
        told = self._checkpoint if not pending else None
        values = asdict(replace(told, digest=self._digest.hex())) if told else {}
        finish = {"buckets": self._digest.raw(), "pending": pending, "checkpoint": values}
        list(tx.run(cypher.FINISH, finish))
        tx.commit()
        self._tx = None

    def _run(self, query: str, name: str, values: Sequence[object]) -> None:
        """A statement over many rows; what it takes away leaves the digest, adjusted by what is really there."""
        for some in chunks(values, ROWS):
            if self._written and self._written + len(some) > WHOLE_STEP:
                self._end(pending=True)
            self._written += len(some)
            rows = self._open().run(query, {name: some})
            self._digest.add((row["dh"] for row in rows if row["dh"] is not None), -1)

    def apply(self, changes: Changes) -> None:
        """Write one step: drops, then nodes, then edges. What went wrong with a step is raised by the next call."""
        self._settle()
        self._sent = self._sender.submit(self._write, changes)

    def _settle(self) -> None:
        """Wait for the step that is being sent."""
        sent, self._sent = self._sent, None
        if sent is not None:
            sent.result()

    def _write(self, changes: Changes) -> None:
        self._open()
        pairs = dict.fromkeys(changes.drop_pairs)
        pairs.update(dict.fromkeys(item.edge.pair for item, _ in changes.edges))
        kept = {item.id for item, _ in changes.nodes}
        self._run(cypher.DROP_EDGES_OF, "ids", list(dict.fromkeys(changes.drop_edges_of)))
        self._run(cypher.DROP_PAIRS, "pairs", [[relation(name).neo4j, a, b] for name, a, b in pairs])
        self._run(cypher.DROP_NODES, "ids", [n for n in dict.fromkeys(changes.drop_nodes) if n not in kept])
        for nodes in chunks(changes.nodes, ROWS):
            self._run(cypher.PUT_NODES, "rows", [node_row(*pair) for pair in nodes])
            self._digest.add(dh for _, dh in nodes)
        for edges in chunks([*changes.edges, *changes.new_edges], ROWS):
            self._run(cypher.PUT_EDGES, "rows", [edge_row(*pair) for pair in edges])
            self._digest.add(dh for _, dh in edges)
        self._checkpoint = changes.checkpoint or self._checkpoint

    def finish(self) -> None:
        """Commit what is open, with the last checkpoint given."""
        self._settle()
        if self._tx is not None:
            self._end(pending=False)

    def abandon(self) -> None:
        """Undo what is not committed; nothing when all is."""
        if self._sent is not None:
            wait([self._sent])
            self._sent = None
        self._sender.shutdown()
        if self._tx is not None:
            self._tx.close()
            self._tx = None

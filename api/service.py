"""What the service holds while it runs: books for its threads, the audit's writer, figures, limits."""

import os
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from anyio import CapacityLimiter

from api.audit import AuditLog
from api.entities import Unanswerable
from api.keys import KeyReader
from api.store import open_store
from graph.analysis.evidence.kept import Kept
from graph.book.book import Book
from graph.book.home import Home

#: Threads that answer. Python runs one at a time: more of them wait for each other, but for Neo4j they wait for it.
THREADS, THREADS_NEO4J = 4, 16

#: Loads at a time beside them; one writes, the others wait for it.
_LOADS = 4

#: Books that are kept open while nobody uses them.
_IDLE = 8

#: Seconds that a row of the audit waits for others, so that fifty readers do not force the disk fifty times.
_GATHER = 0.05

#: Rows of the audit that are written with one force to the disk, at most.
_GROUP = 500


class Books:
    """Books of one data home, one a thread at a time."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._idle: queue.SimpleQueue[Book] = queue.SimpleQueue()

    @contextmanager
    def one(self) -> Iterator[Book]:
        """A book for one question; one that failed is not used again."""
        try:
            book = self._idle.get_nowait()
        except queue.Empty:
            book = Book(self._home, open_store)
        try:
            yield book
        except Unanswerable:
            self._give_back(book)
            raise
        except BaseException:
            book.close()
            raise
        self._give_back(book)

    def _give_back(self, book: Book) -> None:
        if self._idle.qsize() >= _IDLE:
            book.close()
        else:
            self._idle.put(book)

    def close(self) -> None:
        """Release the files of idle books."""
        while not self._idle.empty():
            self._idle.get().close()


class AuditWriter:
    """Writes rows in groups from a thread of its own; when it cannot, nothing may be read any more."""

    def __init__(self, log: AuditLog) -> None:
        self.log, self.failed = log, ""
        self._rows: queue.Queue[dict[str, Any] | None] = queue.Queue(maxsize=20_000)
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    def put(self, row: dict[str, Any]) -> None:
        """Hand over a row, which is on the disk well within two seconds; Unanswerable 503 when rows cannot be kept."""
        try:
            self._rows.put(row, timeout=2)
        except queue.Full:
            self.failed = "the audit cannot keep up"
        if self.failed:
            raise Unanswerable(503, "audit away", "no answer without its row in the audit; try again later")

    def _taken(self, patience: float | None) -> list[dict[str, Any] | None]:
        """The rows that are there, after waiting for the first and for those that come with it."""
        rows: list[dict[str, Any] | None] = []
        try:
            rows.append(self._rows.get(timeout=patience))
            if rows[0] is not None:
                time.sleep(_GATHER)
            while len(rows) < _GROUP:
                rows.append(self._rows.get_nowait())
        except queue.Empty:
            pass
        return rows

    def _run(self) -> None:
        waiting: list[dict[str, Any]] = []
        ended = False
        while waiting or not ended:
            taken = self._taken(0.5 if waiting else None)
            ended = ended or None in taken
            waiting += [row for row in taken if row is not None]
            try:
                self.log.append(waiting)
                waiting, self.failed = [], ""
            except (OSError, ValueError) as error:
                self.failed = type(error).__name__
                if ended:
                    return

    def close(self) -> None:
        """Write what is left."""
        self._rows.put(None)
        self._thread.join(timeout=10)


@dataclass(slots=True)
class Figures:
    """Counts for ``/metrics``: answers by route and status, seconds by route."""

    answers: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answer."""
        with self._lock:
            self.answers[method, route, status] += 1
            self.seconds[route] = self.seconds.get(route, 0.0) + seconds

    def text(self) -> str:
        """The figures in the text format of Prometheus."""
        lines = ["# TYPE creditgraph_answers_total counter"]
        with self._lock:
            for (method, route, status), n in sorted(self.answers.items()):
                labels = f'method="{method}",route="{route}",status="{status}"'
                lines.append(f"creditgraph_answers_total{{{labels}}} {n}")
            lines.append("# TYPE creditgraph_answer_seconds_total counter")
            for route, seconds in sorted(self.seconds.items()):
                lines.append(f'creditgraph_answer_seconds_total{{route="{route}"}} {seconds:.6f}')
        return "\n".join(lines) + "\n"


class Limiter:
    """A bucket of answers a key: ``rate`` a second, ten seconds of it at once; rate 0 = no limit."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, key: str) -> float:
        """Seconds until the key may ask again, 0 when it may now (and the answer is counted)."""
        if not self.rate:
            return 0.0
        moment, full = time.monotonic(), self.rate * 10
        left, then = self._left.get(key, (full, moment))
        left = min(full, left + (moment - then) * self.rate)
        allowed = left >= 1
        self._left[key] = (left - 1 if allowed else left, moment)
        return 0.0 if allowed else (1 - left) / self.rate


def _number(name: str, default: float) -> float:
    text = os.environ.get(name) or str(default)
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise ValueError(f"{name}: expected a number, 0 or more")
    return found


class Service:
    """One running service over one data home.

    ``CREDITGRAPH_RATE``: answers a second for one key, 0 = no limit. ``CREDITGRAPH_BODY_LIMIT``: bytes of a body.
    ``CREDITGRAPH_BODY_SECONDS``: within which it must have come.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.limiter = Limiter(_number("CREDITGRAPH_RATE", 500))
        self.body_seconds = _number("CREDITGRAPH_BODY_SECONDS", 120)
        self.body_limit = int(_number("CREDITGRAPH_BODY_LIMIT", 64 * 1024 * 1024))
        self.books = Books(home)
        self.keys = KeyReader(home)
        self.audit = AuditWriter(AuditLog(home))
        self.figures = Figures()
        self.loads = CapacityLimiter(_LOADS)
        self.evidence = Kept()

    def close(self) -> None:
        """Write the last rows of the audit, release every file."""
        self.audit.close()
        self.books.close()
        self.keys.close()

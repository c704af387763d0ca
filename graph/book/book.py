"""A book: vault, ledger and store of one data home, and the one way to write.

Order of commits: vault, then ledger, then projection. With the graph store away
the ledger goes on and the graph catches up at the next command (design 3.2).
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from graph.book.home import Busy, Home, write_lock
from graph.ledger import cases, reviews
from graph.ledger import tables as t
from graph.ledger.clock import today
from graph.ledger.ledger import Ledger, Writer
from graph.ledger.vault import Vault, master_key
from graph.model.claims import RESTRICTED
from graph.model.progress import Tell, silent
from graph.store.base import Checkpoint, Reader, Store, View
from graph.store.errors import StoreUnavailable
from graph.store.past import PastReader
from graph.store.project import SCHEMA, catch_up, check_ancestor
from graph.store.room import DISK_FULL, no_room
from graph.store.texts import TextIndex

#: Entries that end a batch: the ledger is whole at these sequences.
BOUNDARIES = ("batch", "decision")

#: Seconds that a reader waits for a writer who is bringing the graph up to date.
_PATIENCE = 2.0

Opener = Callable[[Home], Store]


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the search for unused cycles run seldom: a load makes many objects, no cycles, and lost a fifth to it."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(slots=True)
class Lag:
    """Why the graph is behind the ledger; "" when it is not."""

    reason: str = ""


class Book:
    """Everything of one data home. ``opener`` makes the store (embedded or Neo4j)."""

    def __init__(self, home: Home, opener: Opener) -> None:
        home.prepare()
        self.home = home
        self._opener = opener
        # Readers never wait for a writer; only the very first command makes the files under the lock.
        with nullcontext() if home.vault.exists() and home.ledger.exists() else write_lock(home):
            self.vault = Vault(home.vault, master_key())
            self.ledger = Ledger(home.ledger)
        self._texts = TextIndex(home.texts)
        self._store: Store | None = None
        self.lag = Lag()
        #: Within a snapshot nothing is written.
        self._still = False
        #: Told how far long work is; a command on a terminal sets it.
        self.tell: Tell = silent

    def close(self) -> None:
        """Release every file."""
        if self._store is not None:
            self._store.close()
        self.ledger.close()
        self.vault.close()

    @property
    def store(self) -> Store:
        """The graph store; StoreUnavailable when it does not answer."""
        if self._store is None:
            self._store = self._opener(self.home)
        return self._store

    def stable(self, key: str) -> str:
        """A key in the form that is the same in every home of this master key."""
        return self.vault.stable(key)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One ledger transaction under the write lock, then the projection.

        Whole or absent: an exception leaves nothing. ForeignStore before anything is written.
        """
        with write_lock(self.home), rare_collections():
            self._check_store()
            with self.ledger.writing() as writer:
                yield writer
            self._project()

    @property
    def behind(self) -> str:
        """What is said while the graph is behind the ledger; "" when it is not."""
        return f"the graph is behind the ledger and will catch up: {self.lag.reason}" if self.lag.reason else ""

    def _check_store(self) -> None:
        try:
            check_ancestor(self.ledger, self.store.state())
        except StoreUnavailable:
            self._away()

    def _away(self, error: StoreUnavailable | None = None) -> None:
        """Drop the connection to a store that does not answer."""
        if self._store is not None:
            self._store.close()
            self._store = None
        if error is not None:
            self.lag = Lag(str(error))

    def _project(self, *, anew: bool = False) -> Checkpoint | None:
        """Texts first: whatever sequence the graph has come to, the index of texts has too."""
        try:
            self._texts.catch_up(self.ledger, self.tell, anew=anew)
            state = catch_up(self.ledger, self.store, self.vault.stable, self.tell)
            self.lag = Lag()
            return state
        except StoreUnavailable as error:
            self._away(error)
        except Exception as error:
            # The ledger has committed: that it cannot be read again for want of room is no failure of the batch.
            if not no_room(error, self.home.root):
                raise
            self._away(StoreUnavailable(DISK_FULL))
        return None

    def recover(self) -> Checkpoint | None:
        """Let the graph catch up if it is behind the ledger or of an older shape; None while the store is away."""
        if self._still:
            return self.store.state()
        try:
            state = self.store.state()
            here = (SCHEMA, self.ledger.id, self.ledger.head())
            if state and (state.schema, state.ledger_id, (state.seq, state.head_hash)) == here:
                return state
            check_ancestor(self.ledger, state)
        except StoreUnavailable as error:
            self._away(error)
            return None
        try:
            with write_lock(self.home, _PATIENCE), rare_collections():
                return self._project()
        except Busy:
            self.lag = Lag("another command is writing; the graph is that of before")
            return None

    @contextmanager
    def snapshot(self) -> Iterator[bool]:
        """All reads within are of one moment of ledger and graph; False where the store has no such thing.

        The graph is let catch up first, and not within. Graph before ledger: what the graph names is in the ledger.
        """
        self.recover()
        with self.store.snapshot() as one, self.ledger.snapshot():
            self._still = True
            try:
                yield one
            finally:
                self._still = False

    def rebuild(self) -> Checkpoint | None:
        """Make graph, review queue and index of texts anew from the ledger; also how a foreign store is taken over."""
        with write_lock(self.home), rare_collections():
            with self.ledger.writing() as writer:
                reviews.remake(writer.connection)
                cases.remake(writer.connection)
            self.store.clear()
            return self._project(anew=True)

    def texts(self, seq: int) -> TextIndex:
        """The index of texts, at least at a sequence; StoreUnavailable while another command writes it."""
        if not self._texts.holds(self.ledger, seq):
            try:
                with write_lock(self.home, _PATIENCE):
                    self._texts.catch_up(self.ledger, self.tell)
            except Busy:
                raise StoreUnavailable("the index of texts is being written; ask again") from None
        return self._texts

    def boundary(self, known_at: str | int | None) -> int | None:
        """The last whole batch at a sequence or on an ISO date; None for now. ValueError when it is neither."""
        if known_at is None:
            return None
        text = str(known_at)
        seq = int(text) if text.isdecimal() else self.ledger.seq_on(date.fromisoformat(text).isoformat())
        with self.ledger.reading() as connection:
            where = (t.entry.c.seq <= seq, t.entry.c.kind.in_(BOUNDARIES))
            found = connection.execute(
                select(t.entry.c.seq).where(*where).order_by(t.entry.c.seq.desc()).limit(1)
            ).scalar()
        return int(found or 0)

    def view(
        self, *, as_of: str | None = None, known_at: str | int | None = None, level: int = RESTRICTED
    ) -> tuple[Reader, View]:
        """A reader and its view. Without ``known_at`` the store answers, else the ledger itself."""
        seq = self.boundary(known_at)
        view = View(level, as_of, seq, today())
        if seq is None:
            self.recover()
            return self.store, view
        return PastReader(self.ledger, seq, self.stable), view

    def seq(self, view: View) -> int:
        """The sequence that a view answers for: that of the graph, which may be behind the ledger."""
        if view.known_at is not None:
            return view.known_at
        state = self.store.state()
        return state.seq if state else 0

    @staticmethod
    def all_times(view: View) -> View:
        """The same reader without a day of valid time."""
        return replace(view, as_of=None)

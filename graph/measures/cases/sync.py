"""Cases follow the graph: after a batch whomever it may concern is asked again, and what the law now says is done.

What an answer was made from is remembered (``case_read``), so a change names the answers that it can change. Another
day or another catalogue asks for everybody. A run upon changes leaves what a run over everybody leaves.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import delete, insert, select

from graph.book.book import Book
from graph.ledger import cases
from graph.ledger import tables as t
from graph.ledger.bulk import among, insert_rows
from graph.ledger.cases import Row
from graph.ledger.clock import today
from graph.ledger.ledger import Writer
from graph.measures.answers import Proposal, Reach
from graph.measures.cases import acts
from graph.measures.cases.argument import argument_of, ground_of, primary
from graph.measures.cases.machine import kinds
from graph.measures.catalogue import Catalogue, standing_catalogue
from graph.measures.reach import reach
from graph.measures.received import received
from graph.measures.triggers import OBJECTED, status
from graph.model.claims import RESTRICTED
from graph.model.jsontext import dump, load
from graph.store.base import Node, View
from graph.store.errors import StoreUnavailable
from graph.store.project import touched

#: Name of the row of table ``book`` that says up to where cases have followed.
_UP_TO = "cases"

#: Subjects that are asked for at once after a batch: some seconds.
_MOST = 2_000

#: Subjects whose cases are read at a time.
_PAGE = 200


@dataclass(slots=True)
class Synced:
    """What a run did. ``asked``: subjects asked again; the others: steps by kind."""

    asked: int = 0
    proposed: int = 0
    renewed: int = 0
    changed: int = 0
    lapsed: int = 0
    ended: int = 0

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.proposed + self.renewed + self.changed + self.lapsed + self.ended


class _Run:
    def __init__(self, book: Book, writer: Writer, catalogue: Catalogue) -> None:
        self.book, self.writer, self.catalogue = book, writer, catalogue
        self.view = View(RESTRICTED, today(), None, today())
        self.measures = {measure.id: measure for measure in catalogue.measures}
        self.done = Synced()
        self._vanished = False

    def all(self, subjects: Iterable[str]) -> None:
        """Ask for some nodes, in a fixed order, and let their cases follow."""
        rest = iter(sorted(subjects))
        while page := list(islice(rest, _PAGE)):
            self._page(page)
        if self._vanished:
            self.orphans(None)
        self.writer.flush()

    def _page(self, page: list[str]) -> None:
        connection, store = self.writer.connection, self.book.store
        self.writer.flush()
        connection.execute(delete(t.case_read).where(among(t.case_read.c.subject, page)))
        found = {node.id: node for asked, node in store.get(self.view, page).items() if node.id == asked}
        self._vanished = self._vanished or len(found) < len(page)
        known: dict[str, list[Row]] = {}
        for row in cases.of_keys(connection, [key for node in found.values() for key in node.keys]):
            if row.kind == acts.MEASURE:
                known.setdefault(row.subject, []).append(row)
        reads: list[tuple[str, str, int]] = []
        for node in found.values():
            self.done.asked += 1
            answer = reach(store, self.view, node.id, self.catalogue, lambda edge: received(self.book, edge))
            reads += [(node.id, read, int(edges)) for read, edges in answer.reads.items()]
            self._follow(node, answer, [row for key in node.keys for row in known.get(key, ())])
        insert_rows(connection, t.case_read, ("subject", "node", "edges"), reads)

    def _follow(self, subject: Node, answer: Reach, known: list[Row]) -> None:
        left = {row.id: row for row in known if kinds()[row.kind].states[row.state].open}
        for proposal in answer.proposed:
            mine = [row for row in known if _same(row, proposal)]
            standing = next((row for row in mine if row.id in left), None)
            argument = argument_of(proposal, subject, self.measures[proposal.measure], self.catalogue)
            ground = ground_of(argument)
            if standing:
                left.pop(standing.id)
                self._again(standing, ground, argument)
            elif not any(row.state in acts.SETTLED and row.ground == ground for row in mine):
                case = acts.Opened(
                    acts.MEASURE, proposal.measure, primary(subject), primary(proposal.party), proposal.role,
                    argument["deciding"], ground,
                )  # fmt: skip
                acts.open_case(self.writer, case, "propose", {"argument": argument})
                self.done.proposed += 1
        why = {(r.measure, r.party.id if r.party else "", r.role): r.reason for r in answer.not_reached}
        for row in left.values():
            self._gone(row, why)

    def _again(self, row: Row, ground: str, argument: dict[str, object]) -> None:
        """A case whose measure is proposed again: on the same ground, or on another."""
        if row.ground == ground and row.flag != acts.OBJECTED:
            return
        told = {"argument": argument}
        if row.state == "proposed":
            acts.follow(self.writer, row, "renew", told, ground=ground, flag="")
            self.done.renewed += 1
            return
        flag = acts.GROUND_CHANGED if row.ground != ground else ""
        acts.follow(self.writer, row, "change", told, ground=ground, flag=flag)
        self.done.changed += 1

    def _gone(self, row: Row, why: dict[tuple[str, str, str], str]) -> None:
        """A case whose measure is no longer proposed: it waits while an objection is open, else it is over."""
        if self._objected(row):
            if row.flag != acts.OBJECTED:
                acts.follow(self.writer, row, "change", {"why": OBJECTED}, flag=acts.OBJECTED)
                self.done.changed += 1
            return
        party = self.book.store.by_key(self.view, row.party)
        reason = why.get((row.measure, party.id if party else "", row.role), "no_ground")
        if row.state == "in_force":
            acts.follow(self.writer, row, "end", {"why": reason}, flag="")
            self.done.ended += 1
        else:
            acts.follow(self.writer, row, "lapse", {"why": reason}, flag="")
            self.done.lapsed += 1

    def _objected(self, row: Row) -> bool:
        argument = acts.argument(cases.events(self.writer.connection, row.id))
        nodes = (self.book.store.by_key(self.view, record["key"]) for record in argument.get("records", ()))
        return any(node is not None and status(node, self.view.today) == OBJECTED for node in nodes)

    def orphans(self, asked: set[str] | None) -> None:
        """Cases of subjects that are gone, and of those that have no record left, so that nobody asked for them.

        ``asked`` None: of those that are gone alone.
        """
        self.writer.flush()
        left = set[str]()
        for row in list(cases.listed(self.writer.connection, kind=acts.MEASURE)):
            if kinds()[row.kind].states[row.state].open:
                node = self.book.store.by_key(self.view, row.subject)
                if node is None:
                    self._gone(row, {})
                elif asked is not None and node.id not in asked:
                    left.add(node.id)
        for subject in sorted(left):
            self._page([subject])


def _same(row: Row, proposal: Proposal) -> bool:
    return (row.measure, row.role) == (proposal.measure, proposal.role) and row.party in proposal.party.keys


def _with_records(book: Book, view: View) -> Iterator[str]:
    """Everybody about whom there is a record."""
    known: set[str] = set()
    for edge in book.store.scan_edges(view, ("about",)):
        if edge.target not in known:
            known.add(edge.target)
            yield edge.target


def _concerned(book: Book, writer: Writer, since: int) -> set[str]:
    """Whose answer what came since a sequence may change, and whoever a record is about now."""
    changes = touched(book.ledger, since, book.stable)
    ends = {end for _, a, b in changes.pairs for end in (a, b)}
    c = t.case_read.c
    by_edges = select(c.subject).where(among(c.node, sorted(ends | changes.moved)), c.edges == 1)
    by_nodes = select(c.subject).where(among(c.node, sorted(changes.nodes | changes.moved)))
    found = set(writer.connection.execute(by_edges).scalars()) | set(writer.connection.execute(by_nodes).scalars())
    return found | {b for relation, _, b in changes.pairs if relation == "about"} | set(changes.moved)


def _up_to(writer: Writer) -> dict[str, object]:
    found = writer.connection.execute(select(t.book.c.value).where(t.book.c.name == _UP_TO)).scalar()
    return dict(load(found)) if found else {}


def _note(writer: Writer, told: dict[str, object]) -> None:
    writer.connection.execute(delete(t.book).where(t.book.c.name == _UP_TO))
    writer.connection.execute(insert(t.book), [{"name": _UP_TO, "value": dump(told)}])


def sync(book: Book, *, everybody: bool = False, catalogue: Catalogue | None = None) -> Synced:
    """Let cases follow the graph; StoreUnavailable while it is behind the ledger.

    ``everybody``: ask for all, as the first run of a day or of a catalogue does by itself.
    """
    catalogue = catalogue or standing_catalogue()
    with beside_graph(book) as writer:
        run, before = _Run(book, writer, catalogue), _up_to(writer)
        same = (before.get("day"), before.get("catalogue")) == (today(), catalogue.version)
        since = None if everybody or not same else before.get("seq")
        if isinstance(since, int):
            run.all(_concerned(book, writer, since))
        else:
            writer.connection.execute(delete(t.case_read))
            asked = set(_with_records(book, run.view))
            run.all(asked)
            run.orphans(asked)
        _note(writer, {"seq": writer.seq, "day": today(), "catalogue": catalogue.version})
        return run.done


def follow_changes(book: Book, *, most: int = _MOST) -> Synced | None:
    """What a batch brings about at once, when cases were ever begun: None when they were not, or not now.

    Not now: while the graph is behind, or when more than ``most`` subjects are concerned; then :func:`sync` does it.
    """
    try:
        with beside_graph(book) as writer:
            before = _up_to(writer)
            since = before.get("seq")
            if not isinstance(since, int):
                return None
            concerned = _concerned(book, writer, since)
            if len(concerned) > most:
                return None
            run = _Run(book, writer, standing_catalogue())
            run.all(concerned)
            # The day stays that of the last run over everybody: what only time brings about is still to come.
            _note(writer, before | {"seq": writer.seq})
            return run.done
    except StoreUnavailable:
        return None


@contextmanager
def beside_graph(book: Book) -> Iterator[Writer]:
    """A writer of the ledger beside a graph of the same sequence; StoreUnavailable while the graph is behind."""
    book.recover()
    with book.writing() as writer:
        state = book.store.state()
        if state is None or (state.seq, state.head_hash) != (writer.seq, writer.hash):
            raise StoreUnavailable("the graph is behind the ledger; cases follow when it has caught up")
        yield writer

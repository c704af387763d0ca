"""Random repairs and objections to a few records: a record stands as its cases say, and never two of them are open."""

import random
from collections.abc import Iterator

import pytest

from api.commands import opened
from graph.book.book import Book
from graph.ledger import cases
from graph.ledger.cases import Row
from graph.ledger.verify import problems
from graph.measures.cases.machine import Actor, NotAllowed, kinds
from graph.measures.cases.remedies import PENDING, PLATFORM, REMEDIES, fields_of
from graph.measures.triggers import status
from graph.model.claims import RESTRICTED
from graph.store.base import View
from ingest.remedies import Application, act, apply
from tests.api.conftest import TODAY, Loaded

_VIEW = View(RESTRICTED, TODAY, None, TODAY)

#: Numbers of penalties and list entries of the town that stand, of different bodies.
_RECORDS = ("岚综罚〔2024〕8号", "岚综罚〔2024〕12号", "（2024）闽9801执303号")


@pytest.fixture
def book(town: Loaded) -> Iterator[Book]:
    """The book of a town of its own."""
    with opened() as opened_book:
        yield opened_book


class Sequence:
    """Random attempts, good and bad, on records of one book."""

    def __init__(self, book: Book, seed: int) -> None:
        self.book, self.rng = book, random.Random(seed)
        nodes = [n for n in book.store.scan_nodes(_VIEW) if n.kind in ("penalty", "list_entry")]
        known = {str(n.props.get("document_no")): n.id for n in nodes}
        # In an order that no id, which chance gives, enters.
        self.records = [known[number] for number in _RECORDS if number in known]
        self.taken: set[str] = set()

    def rows(self) -> list[Row]:
        """All cases of both kinds."""
        with self.book.ledger.reading() as connection:
            return [row for kind in sorted(REMEDIES) for row in cases.listed(connection, kind=kind)]

    def attempt(self) -> None:
        """Open a case or take a step; what is refused leaves all as it was."""
        head = self.book.ledger.head()
        try:
            if self.rng.randrange(3):
                self._step()
            else:
                self._open()
        except NotAllowed:
            assert self.book.ledger.head() == head

    def _open(self) -> None:
        record, kind = self.rng.choice(self.records), self.rng.choice(("repair", "repair", "objection"))
        (edge,) = self.book.store.neighbours(_VIEW, [record], ["about"], "out")
        papers = {"commitment": "承诺书", "performance_proof": "缴款书"} if kind == "repair" else {}
        apply(self.book, Application(kind, edge.target, record, {"ground": "信息错误"} | papers), Actor("k", PLATFORM))

    def _step(self) -> None:
        rows = [row for row in self.rows() if kinds()[row.kind].next(row.state)]
        if not rows:
            return
        row, told = self.rng.choice(rows), kinds()
        steps = told[row.kind].next(row.state)
        # Steps that end a case early are tried seldom, or no walk comes to a decision.
        onwards = [step for step in steps if step.name not in ("withdraw", "not_accept", "ask_supplement")]
        step = self.rng.choice(onwards if onwards and self.rng.randrange(6) else steps)
        words = {
            "result": ("维持", "更正", "补充", "停止公开", "维持", "维持", "移出名单"),
            "severity": ("一般", "严重"),
        }
        given = {n: TODAY if n.endswith("_on") else self.rng.choice(words.get(n, ("核对",))) for n in step.needs}
        given |= {"severity": "一般"} if "severity" in step.takes else {}
        body = PLATFORM if step.who == "platform" else self.rng.choice((row.body, row.body, "court"))
        act(self.book, row.id, step.name, Actor("k", body), given)
        self.taken.add(step.name)

    def in_order(self) -> None:
        """Each record stands as the steps of its cases say."""
        for record in self.records:
            node = self.book.store.get(_VIEW, [record])[record]
            mine = [row for row in self.rows() if row.ground in node.keys]
            pending = [row for row in mine if row.state in PENDING[row.kind]]
            assert len(pending) <= 1
            assert status(node, TODAY) == self._expected(mine, pending)

    def _expected(self, mine: list[Row], pending: list[Row]) -> str:
        with self.book.ledger.reading() as connection:
            events = {row.id: cases.events(connection, row.id) for row in mine}
        steps = [{event.transition for event in some} for some in events.values()]
        if any("grant" in some and "revoke" not in some for some in steps):
            return "repaired"
        if any(fields_of(some).get("result") == "移出名单" for some in events.values()):
            return "withdrawn"
        return "objected" if any(row.kind == "objection" for row in pending) else "active"


def test_a_record_stands_as_its_cases_say(book: Book) -> None:
    sequence = Sequence(book, 7)
    assert len(sequence.records) == len(_RECORDS)
    everywhere = {"grant", "revoke", "deny", "answer", "withdraw"}
    attempts = 0
    while attempts < 120 or (attempts < 1000 and not everywhere <= sequence.taken):
        sequence.attempt()
        sequence.in_order()
        attempts += 1
    assert everywhere <= sequence.taken, "the walk comes everywhere"
    with book.ledger.reading() as connection:
        assert problems(connection) == []
    before = sequence.rows()
    book.rebuild()
    assert sequence.rows() == before
    sequence.in_order()

"""Facts that wait for a person: versions and decisions in any order, undo, rebuild, the past, erasure, a torn table."""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select, text

from api.keeping import verify
from graph.book import evidence
from graph.book.book import Book
from graph.book.decisions import Refused
from graph.book.home import Home
from graph.ledger import reviews
from graph.ledger import tables as t
from graph.ledger.reviews import Item
from graph.model.claims import context_key
from graph.model.jsontext import load as load_json
from graph.store.base import Edge, Store, View
from graph.store.neo4j import Neo4jStore
from graph.store.sqlite import SqliteStore
from ingest.decide import decide
from ingest.demo import codes
from ingest.load import load
from ingest.reviews import Settled, Unknown, Verdict, review
from tests import composed
from tests.composed import CODE_A, CODE_B, DEBT, GUARANTEE, SHARES, A, B, C, P, Q, judgment
from tests.graph.kernel.harness import NOW

_VIEW = View(2, None, None, NOW)

#: What a text of the generated documents may say.
SENTENCES = (
    GUARANTEE.format(P, A),
    GUARANTEE.format(Q, B),
    DEBT.format(A, B, 3000),
    DEBT.format(A, B, 4000),
    DEBT.format(C, A, 100),
    SHARES.format(P, A),
    f"经查，{GUARANTEE.format(C, A)}",
    f"{B}尚欠{A}上述款项。",
    "标的额500元。",
    "标的额600元。",
)


class Town:
    """A book of judgments read by the reader of composed texts."""

    def __init__(self, folder: Path, opener: Callable[[Home], Store] | None = None) -> None:
        self.folder = folder
        self.book = Book(Home(folder / "home"), opener or (lambda home: SqliteStore(home.graph)))

    def load(self, *texts: str) -> dict[str, int]:
        """One batch; outcomes counted."""
        return dict(load(self.book, "judgments", composed.write(self.folder / "texts", *texts)).counts)

    def queue(self) -> list[Item]:
        """All facts of the queue, decided ones too, in its order."""
        with self.book.ledger.reading() as connection:
            columns = [t.review.c[name] for name in Item._fields]
            rows = connection.execute(select(*columns).order_by(t.review.c.since, t.review.c.id))
            return [Item(*row) for row in rows]

    def told(self, item: Item) -> dict[str, Any]:
        """The fact of an item, with its mark and its words."""
        with self.book.ledger.reading() as connection:
            body = connection.execute(select(t.payload.c.body).where(t.payload.c.seq == item.held)).scalar_one()
        read = load_json(body)
        fact = next(fact for fact in read["relations"] if fact["id"] == item.id)
        start, end = fact["span"]
        return {**fact, "mark": reviews.mark_of(item.rec, fact, read["text"]), "words": read["text"][start:end]}

    def decide(self, kind: str, item: str, correction: object = None) -> int:
        """A decision on a fact; its sequence."""
        return int(review(self.book, Verdict(kind, item, "审核员", "核对原文", correction=correction))["seq"])

    def states(self) -> dict[str, str]:
        """Words -> state, of every item."""
        return {self.told(item)["words"]: item.state for item in self.queue()}

    def one(self, words: str) -> Item:
        """The item whose words hold these."""
        return next(item for item in self.queue() if words in self.told(item)["words"])

    def edges(self, relation: str) -> list[Edge]:
        """The edges of a relation."""
        return list(self.book.store.scan_edges(_VIEW, (relation,)))

    def names(self, relation: str) -> set[tuple[str, str]]:
        """The ends of a relation by name."""
        edges = self.edges(relation)
        nodes = self.book.store.get(_VIEW, [end for edge in edges for end in (edge.source, edge.target)])
        return {(nodes[edge.source].name, nodes[edge.target].name) for edge in edges}

    def check(self) -> str:
        """The digest of a home that is whole, the same after a rebuild."""
        found = verify(self.book)
        assert found["ok"], found["problems"]
        return str(found["digest"])


@contextmanager
def towns(count: int = 1) -> Iterator[list[Town]]:
    """Fresh towns under one master key."""
    folder = Path(tempfile.mkdtemp())
    made = [Town(folder / str(place)) for place in range(count)]
    try:
        with composed.reading():
            yield made
    finally:
        for town in made:
            town.book.close()
        shutil.rmtree(folder)


_TEXTS = st.builds(
    lambda said, number, day, lead, coded: judgment(
        *said,
        number=number,
        date=("二〇二五年四月十日", "二〇二五年四月十一日")[day],
        lead="本案经审理终结。\n" * lead,
        parties=((A, CODE_A), (P, ""), (B, CODE_B if coded else "")),
    ),
    st.lists(st.sampled_from(SENTENCES), max_size=5),
    st.integers(1, 2),
    st.integers(0, 1),
    st.integers(0, 2),
    st.booleans(),
)
_KINDS = st.sampled_from(("accept", "correct", "refuse"))

#: What corrections say: another amount, another end; of which a fact reads so already, the next.
_CORRECTIONS: Sequence[dict[str, Any]] = (
    {"type": "guarantor_for"},
    {"type": "debtor_of", "amount_yuan": "12.50"},
    {"source": A, "target": P},
)


def _decided(town: Town, kind: str, item: Item) -> bool:
    """Carry out a decision if it is possible."""
    if kind != "correct":
        try:
            town.decide(kind, item.id)
        except Refused:
            return False
        return True
    for correction in _CORRECTIONS:
        try:
            town.decide(kind, item.id, correction)
        except Refused:
            continue
        return True
    return False


class Reviews(RuleBasedStateMachine):
    """Versions, decisions and undo in any order: ledger, queue, store and rebuild agree after each, the past stays."""

    def __init__(self) -> None:
        super().__init__()
        self.context = towns()
        (self.town,) = self.context.__enter__()
        self.past: dict[int, str] = {}

    @rule(text=_TEXTS)
    def load(self, text: str) -> None:
        self.town.load(text)

    @precondition(lambda self: any(item.state in reviews.WAITING for item in self.town.queue()))
    @rule(data=st.data(), kind=_KINDS)
    def decide(self, data: st.DataObject, kind: str) -> None:
        waiting = [item for item in self.town.queue() if item.state in reviews.WAITING]
        _decided(self.town, kind, data.draw(st.sampled_from(waiting)))

    @precondition(lambda self: any(item.decision for item in self.town.queue()))
    @rule(data=st.data(), by_entry=st.booleans())
    def undo(self, data: st.DataObject, by_entry: bool) -> None:
        item = data.draw(st.sampled_from([item for item in self.town.queue() if item.decision]))
        if by_entry:
            decide(self.town.book, {"kind": "undo", "entry": item.decision, "by": "审核员", "reason": "误判"})
        else:
            self.town.decide("undo", item.id)

    @invariant()
    def agrees(self) -> None:
        digest = self.town.check()
        seq = self.town.book.ledger.head()[0]
        self.past[seq] = _scan(self.town, None)
        for then, told in self.past.items():
            assert _scan(self.town, then) == told
        for item in self.town.queue():
            assert (item.state == "open") == (item.decision is None)
        assert digest

    def teardown(self) -> None:
        before = self.town.check()
        self.town.book.rebuild()
        assert self.town.check() == before
        self.context.__exit__(None, None, None)


def _scan(town: Town, seq: int | None) -> str:
    """All that a reader sees, now by the store or at a sequence by the ledger."""
    reader, view = town.book.view(known_at=seq)
    edges = [(e.id, e.relation, e.props, e.match, e.claims) for e in reader.scan_edges(view)]
    return repr(([(n.id, n.names, n.kind) for n in reader.scan_nodes(view)], edges))


TestReviews = Reviews.TestCase
TestReviews.settings = settings(max_examples=8, stateful_step_count=7, deadline=None)


class _Wish(NamedTuple):
    """A decision that somebody wants to take once the fact waits."""

    mark: str
    kind: str


def _carry_out(town: Town, texts: Sequence[str], wishes: Sequence[_Wish], rng: random.Random) -> set[_Wish]:
    """Load texts one by one and take every wish at some moment when it is possible; those that were taken."""
    left = list(wishes)
    for place, told in enumerate(texts):
        town.load(told)
        for wish in list(left):
            if place < len(texts) - 1 and rng.random() < 0.4:
                continue
            found = [i for i in town.queue() if i.state == "open" and town.told(i)["mark"] == wish.mark]
            if found and _decided(town, wish.kind, found[0]):
                left.remove(wish)
    return set(wishes) - set(left)


@settings(max_examples=10, deadline=None)
@given(st.lists(_TEXTS, min_size=2, max_size=4), st.integers(0, 10**6), st.data())
def test_no_order_of_versions_and_decisions_matters(texts: list[str], seed: int, data: st.DataObject) -> None:
    with towns(3) as (probe, one, two):
        marks: dict[str, None] = {}
        for each in texts:
            probe.load(each)
            marks.update({probe.told(i)["mark"]: None for i in probe.queue()})
        assume(marks)
        wishes = [_Wish(mark, data.draw(_KINDS)) for mark in marks]
        rng = random.Random(seed)
        done = _carry_out(one, texts, wishes, rng)
        turned = list(texts)
        rng.shuffle(turned)
        kept = [wish for wish in wishes if wish in done]
        rng.shuffle(kept)
        assume(_carry_out(two, turned, kept, rng) == done)
        assert one.check() == two.check()
        before = two.check()
        two.book.rebuild()
        assert two.check() == before


@pytest.fixture
def town() -> Iterator[Town]:
    """One town with one judgment: a guarantee, a debt and a holding of which the reader is sure."""
    with towns() as (made,):
        made.load(judgment(GUARANTEE.format(P, A), DEBT.format(A, B, 3000), SHARES.format(P, A)))
        yield made


def test_what_the_reader_is_sure_of_does_not_wait_and_the_rest_is_no_edge(town: Town) -> None:
    assert sorted(town.told(item)["type"] for item in town.queue()) == ["debtor_of", "guarantor_for"]
    assert all(item.state == "open" for item in town.queue())
    assert not town.edges("guarantor_for") and not town.edges("debtor_of")


def test_accept_makes_the_edge_and_its_evidence_names_words_and_decision(town: Town) -> None:
    item = town.one("提供担保")
    seq = town.decide("accept", item.id)
    (edge,) = town.edges("guarantor_for")
    assert town.names("guarantor_for") == {(P, A)}
    assert edge.seen_on == "2025-04-10"
    (row,) = evidence.of_claims(town.book.ledger, edge.claims).values()
    assert row["quote"] == town.told(item)["words"]
    assert row["decision"] == seq and row["seq"] == item.held
    told = evidence.claims_told(town.book.ledger, edge.claims, _VIEW)
    assert told[0]["extractor"] == "composed 7"
    text = evidence.archived(town.book.ledger, [item.rec])[0]
    assert {"relation": "guarantor_for", "quote": row["quote"], "span": row["span"]} in text[1]
    with pytest.raises(Settled, match="accepted"):
        town.decide("refuse", item.id)
    town.check()


def test_a_debt_keeps_its_amount_and_its_document(town: Town) -> None:
    town.decide("accept", town.one("货款").id)
    assert town.edges("debtor_of")[0].props["amount_yuan"] == "3000"
    town.decide("undo", town.one("货款").id)
    town.decide("correct", town.one("货款").id, {"amount_yuan": "3000.50"})
    assert town.edges("debtor_of")[0].props["amount_yuan"] == "3000.5"
    assert town.states()[town.told(town.one("货款"))["words"]] == "corrected"


def test_a_refused_fact_does_not_wait_again_when_its_text_is_read_again(town: Town) -> None:
    town.decide("refuse", town.one("提供担保").id)
    town.load(judgment(GUARANTEE.format(P, A), lead="本案经审理终结。\n", date="二〇二五年四月十一日"))
    assert list(town.states().values()) == ["refused"]
    assert not town.edges("guarantor_for")
    town.decide("undo", town.queue()[0].id)
    assert list(town.states().values()) == ["open"]
    with pytest.raises(Settled, match="nothing was decided"):
        town.decide("undo", town.queue()[0].id)


def test_a_decision_stays_while_the_words_do_and_waits_anew_when_they_go(town: Town) -> None:
    item = town.one("提供担保")
    town.decide("accept", item.id)
    moved = judgment(GUARANTEE.format(P, A), lead="本案经审理终结。\n", date="二〇二五年四月十一日")
    town.load(moved)
    assert town.names("guarantor_for") == {(P, A)}
    (row,) = evidence.of_claims(town.book.ledger, town.edges("guarantor_for")[0].claims).values()
    assert row["quote"] == town.told(item)["words"] and row["span"] != town.told(item)["span"]
    with towns() as (other,):
        other.load(judgment(GUARANTEE.format(P, A)))
        other.decide("accept", other.one("提供担保").id)
        other.load(judgment("本院驳回该项请求。", date="二〇二五年四月十一日"))
        assert not other.edges("guarantor_for")
        (changed,) = other.queue()
        assert (changed.id, changed.state) == (item.id, "ground_changed")
        other.check()
        with pytest.raises(Settled, match="no longer has these words"):
            other.decide("accept", changed.id)
        with pytest.raises(Refused, match="start, end"):
            other.decide("correct", changed.id, {"target": P, "source": A})
        other.decide("refuse", changed.id)
        assert other.queue()[0].state == "refused"
        other.decide("undo", changed.id)
        assert other.queue()[0].state == "ground_changed"
        other.check()


def test_other_words_in_the_same_place_are_another_ground(town: Town) -> None:
    town.decide("accept", town.one("货款").id)
    town.load(judgment(GUARANTEE.format(P, A), DEBT.format(A, B, 9000), date="二〇二五年四月十一日"))
    assert not town.edges("debtor_of")
    states = {words[-5:]: state for words, state in town.states().items() if "货款" in words}
    assert states == {"3000元": "ground_changed", "9000元": "open"}


@pytest.mark.parametrize("kind", ["accept", "correct", "refuse"])
def test_the_same_words_read_with_another_amount_say_something_else(kind: str) -> None:
    with towns() as (town,):
        town.load(judgment("标的额500元。", f"{B}尚欠{A}上述款项。"))
        (item,) = town.queue()
        town.decide(kind, item.id, {"amount_yuan": "550"} if kind == "correct" else None)
        town.load(judgment("标的额600元。", f"{B}尚欠{A}上述款项。", date="二〇二五年四月十一日"))
        assert not town.edges("debtor_of")
        states = {found.id == item.id: found.state for found in town.queue()}
        assert states == {True: "refused" if kind == "refuse" else "ground_changed", False: "open"}
        town.check()


def test_a_correction_rests_on_its_own_words(town: Town) -> None:
    text = _text(town)
    start = text.index("系" + A)
    correction = {"type": "shareholder_of", "source": P, "target": A, "start": start, "end": start + 5}
    town.decide("correct", town.one("提供担保").id, correction)
    (row,) = evidence.of_claims(town.book.ledger, [max(town.edges("shareholder_of")[0].claims)]).values()
    assert row["quote"] == text[start : start + 5]
    town.load(judgment(GUARANTEE.format(P, A), date="二〇二五年四月十一日"))
    assert not town.edges("shareholder_of")
    assert list(town.states().values()) == ["ground_changed"], "what was read still stands, what was decided does not"
    town.check()


def _text(town: Town) -> str:
    with town.book.ledger.reading() as connection:
        version = reviews.current(connection, town.queue()[0].rec)
    assert version and version.body
    return str(version.body["text"])


@pytest.mark.parametrize(
    ("correction", "told"),
    [
        (None, "correction"), ({}, "correction"), ([], "correction"), ({"keys": ["x"]}, "correction"),
        ({"type": "owner_of"}, "type"), ({"type": []}, "type"), ({"source": {"name": P, "key": "pid:1"}}, "source"),
        ({"source": 3}, "source"), ({"source": "查无此人"}, "source"),
        ({"source": {"name": P, "kind": "city"}}, "kind"),
        ({"amount_yuan": "-1"}, "amount_yuan"), ({"amount_yuan": "1.234"}, "amount_yuan"),
        ({"amount_yuan": "x"}, "amount_yuan"), ({"amount_yuan": True}, "amount_yuan"), ({"start": "1"}, "start"),
        ({"start": 9, "end": 9}, "start"), ({"start": 0, "end": 10**9}, "start"), ({"start": True}, "start"),
        ({"source": A}, "to himself"), ({"type": "guarantor_for"}, "nothing reads otherwise"),
        ({"type": "legal_rep_of", "source": A, "target": P}, "the graph has no"),
    ],
)  # fmt: skip
def test_a_correction_that_the_document_does_not_bear_out_is_refused(town: Town, correction: Any, told: str) -> None:
    before = town.book.ledger.head()
    with pytest.raises(Refused, match=told):
        town.decide("correct", town.one("提供担保").id, correction)
    assert town.book.ledger.head() == before


def test_a_relation_that_the_graph_does_not_have_can_only_be_refused_or_corrected(town: Town) -> None:
    town.load(judgment(f"{A}曾被{P}处罚。", number=9))
    item = town.one("曾被")
    with pytest.raises(Refused, match="the graph has no penalised_by"):
        town.decide("accept", item.id)
    town.decide("refuse", item.id)


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (Verdict("approve", "f", "a", "b"), "decision"),
        (Verdict("accept", "f", " ", "b"), "by"),
        (Verdict("accept", "f", "a", ""), "reason"),
        (Verdict("accept", "f", "a", "b" * 2001), "reason: at most"),
        (Verdict("accept", "f", "a", "b", correction={}), "correction"),
        (Verdict("accept", "f" + "0" * 23, "a", "b"), "no fact of this id"),
    ],
)
def test_a_decision_needs_its_parts_and_a_fact(town: Town, verdict: Verdict, told: str) -> None:
    with pytest.raises(Unknown if "no fact" in told else Refused, match=f"^{told}"):
        review(town.book, verdict)


def test_the_ends_are_those_of_the_document_and_nobody_else() -> None:
    """A code or a number printed in the head makes the end; a name alone stays within the document."""
    with towns(2) as (one, two):
        number = codes.nth_id_number(77)
        heads = ((A, CODE_A), (P, number), (Q, codes.nth_id_number(79)), (Q, codes.nth_id_number(78)))
        said = (GUARANTEE.format(P, A), GUARANTEE.format(Q, A), GUARANTEE.format(C, A))
        one.load(judgment(*said, parties=heads))
        for item in one.queue():
            one.decide("accept", item.id)
        nodes = one.book.store.get(_VIEW, [edge.source for edge in one.edges("guarantor_for")])
        keys = {node.name: node.keys for node in nodes.values()}
        assert len(keys) == 3
        assert keys[P][0].startswith("pid:")
        assert keys[Q][0].startswith("ctx:doc:"), "two bear the name: it is neither"
        assert keys[C][0].startswith("ctx:doc:")
        # A code that a later version prints is the end of what was confirmed before.
        coded = judgment(
            DEBT.format(A, B, 10), number=8, parties=((A, CODE_A), (B, CODE_B)), date="二〇二五年四月十一日"
        )
        for town, texts in ((one, [judgment(DEBT.format(A, B, 10), number=8), coded]), (two, [coded])):
            town.load(texts[0])
            town.decide("accept", town.one("货款10元").id)
            town.load(*texts[1:])
            (edge,) = town.edges("debtor_of")
            assert f"uscc:{CODE_B}" in town.book.store.get(_VIEW, [edge.target])[edge.target].keys
        one.check()


def test_somebody_who_was_added_is_a_party_of_the_case(town: Town) -> None:
    town.load(judgment(f"追加{Q}与{A}同为被执行人。", number=9))
    town.decide("accept", town.one("追加").id)
    edge = next(edge for edge in town.edges("party_in") if edge.props["role"] == "被执行人")
    ends = town.book.store.get(_VIEW, [edge.source, edge.target])
    assert ends[edge.source].name == Q and ends[edge.target].kind == "case"
    assert "read_by" not in edge.props
    town.check()


def test_no_number_gets_into_the_ledger(town: Town) -> None:
    number = codes.nth_id_number(4343)
    verdict = Verdict("refuse", town.queue()[0].id, f"审核员{number}", f"身份证 {number[:6]} {number[6:]}", number)
    review(town.book, verdict)
    town.load(judgment(GUARANTEE.format(Q, A), number=5, parties=((A, CODE_A), (Q, number))))
    town.decide("accept", town.one(Q).id)
    town.book.ledger.close()
    assert number.encode() not in b"".join(path.read_bytes() for path in (town.folder / "home" / "ledger").iterdir())


def test_a_document_in_quarantine_has_no_facts_until_it_is_released() -> None:
    with towns() as (town,):
        text = judgment(GUARANTEE.format(P, A)).replace("（2025）闽9801民初77号", "")
        assert town.load(text)["quarantined"] == 1
        assert town.queue() == []
        told = {"kind": "release", "entry": 1, "keys": [], "by": "审核员", "reason": "案号缺失"}
        decide(town.book, told)
        assert [item.state for item in town.queue()] == ["open"]
        town.decide("accept", town.queue()[0].id)
        assert town.names("guarantor_for") == {(P, A)}
        town.check()


def _erase(town: Town, **of: Any) -> None:
    decide(town.book, {"kind": "erase", "by": "审核员", "reason": "申请", "basis": "个人信息保护法 Art. 47", **of})


def test_an_erased_document_takes_its_facts_and_decisions_along(town: Town) -> None:
    town.decide("accept", town.one("提供担保").id)
    _erase(town, entry=1)
    assert town.queue() == []
    assert not town.edges("guarantor_for")
    town.check()
    with town.book.ledger.reading() as connection:
        bodies = connection.execute(select(t.payload.c.body)).scalars().all()
    assert not any(P in body for body in bodies)


@pytest.mark.parametrize("known_by", ["head", "fact"])
def test_an_erased_subject_is_in_no_fact_and_no_decision(town: Town, known_by: str) -> None:
    name = P
    if known_by == "fact":
        name = Q
        town.load(judgment(GUARANTEE.format(Q, A), DEBT.format(A, B, 3), number=3))
        town.decide("accept", town.one(Q).id)
    town.decide("accept", town.one("3000元").id)
    rec = town.one(f"{name}为").rec
    if known_by == "head":
        town.decide("accept", town.one(f"{P}为").id)
    _erase(town, keys=[context_key(rec, name)])
    assert all(item.rec != rec for item in town.queue())
    assert all(name not in pair for pair in town.names("guarantor_for"))
    with town.book.ledger.reading() as connection:
        bodies = connection.execute(select(t.payload.c.body)).scalars().all()
    assert not any(name in body for body in bodies)
    town.check()
    assert town.names("debtor_of") == {(A, B)}, "what was decided of others stays"
    if known_by == "fact":
        town.decide("undo", town.one("3000元").id)
    before = town.check()
    town.book.rebuild()
    assert town.check() == before


@pytest.mark.parametrize(
    "torn",
    [
        "DELETE FROM review WHERE id = (SELECT min(id) FROM review)",
        "UPDATE review SET state = 'refused' WHERE state = 'open'",
        "UPDATE review SET decision = NULL, state = 'open'",
        "INSERT INTO review SELECT 'f1', rec, since, held, state, decision FROM review LIMIT 1",
    ],
)
def test_verify_finds_a_torn_queue_and_a_rebuild_mends_it(town: Town, torn: str) -> None:
    town.decide("accept", town.one("提供担保").id)
    whole = town.queue()
    with town.book.ledger.engine.connect() as connection, connection.begin():
        connection.execute(text(torn))
    found = verify(town.book)
    assert not found["ok"] and "review queue" in found["problems"][0]
    town.book.rebuild()
    town.check()
    assert town.queue() == whole


def test_a_ledger_of_before_the_queue_is_opened_and_goes_on(town: Town) -> None:
    before = town.check()
    with town.book.ledger.engine.connect() as connection, connection.begin():
        connection.execute(text("DROP TABLE review"))
    town.book.close()
    town.book = Book(town.book.home, lambda home: SqliteStore(home.graph))
    town.book.rebuild()
    assert town.check() == before and len(town.queue()) == 2


@pytest.mark.neo4j
def test_neo4j_holds_the_same(neo4j_store: Neo4jStore) -> None:
    with towns(2) as (one, two):
        two.book = Book(two.book.home, lambda home: neo4j_store)
        digests = []
        for town in (one, two):
            town.load(judgment(*SENTENCES[:4]), judgment(*SENTENCES[4:], number=2))
            for kind, item in zip(("accept", "refuse", "accept", "accept"), town.queue(), strict=False):
                _decided(town, kind, item)
            _decided(town, "correct", next(item for item in town.queue() if item.state == "open"))
            digests.append(town.check())
            town.load(judgment(SENTENCES[0], date="二〇二五年四月十一日"))
            town.decide("undo", next(item.id for item in town.queue() if item.state == "accepted"))
            digests.append(town.check())
        assert digests[:2] == digests[2:]


def test_a_decision_whose_old_words_were_erased_can_still_be_settled() -> None:
    with towns() as (town,):
        town.load(judgment(DEBT.format(A, B, 3), parties=((A, CODE_A), (B, CODE_B), (Q, ""))))
        item = town.queue()[0]
        town.decide("accept", item.id)
        town.load(judgment(parties=((A, CODE_A), (B, CODE_B)), date="二〇二五年四月十一日"))
        _erase(town, keys=[context_key(item.rec, Q)])
        assert [(i.id, i.state) for i in town.queue()] == [(item.id, "ground_changed")]
        town.decide("refuse", item.id)
        assert town.queue()[0].state == "refused"
        town.check()

"""The Neo4j store: the same answers as the embedded one, a natural graph, and no harm from a writer that dies."""

import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from threading import Thread

import pytest
from neo4j import GraphDatabase, Session

from graph.store import neo4j, writer
from graph.store.base import FOREVER, Changes, Checkpoint, Direction, EdgeItem, Fact, NodeItem, Part, Store, View
from graph.store.digest import Digest
from graph.store.errors import StoreUnavailable
from graph.store.items import edge_hash, edges_of, node_hash, own_id
from graph.store.neo4j import Neo4jStore
from graph.store.sqlite import SqliteStore
from tests.neo4j_server import Access

pytestmark = pytest.mark.neo4j

TODAY = "2026-06-01"
VIEWS = [View(level, day, None, TODAY) for level, day in product((0, 1, 2), (None, "2016-06-01", "2026-01-01"))]
ALL = View(2, None, None, TODAY)

#: What neighbours are asked for: relations, direction, limit.
WAYS: list[tuple[list[str] | None, Direction, int | None]] = [
    (None, "both", None),
    (None, "both", 2),
    (None, "in", 1),
    (["shareholder_of"], "out", None),
    (["shareholder_of", "about"], "in", 1),
    ([], "both", None),
    (["unknown"], "both", 3),
]

#: Openness as (public_until, shared_until).
OPEN, SHARED, CLOSED, ENDED = (FOREVER, FOREVER), ("", FOREVER), ("", ""), ("2020-01-01", "2020-01-01")

JIA, YI, ZHANG, LI, COURT = "uscc:91350200A", "uscc:91350200B", "pid:zhang", "pid:li", "court:厦门市中级人民法院"
OLD = "reg:350200100000001"
MASK = "350200********1234"


def fact(
    prop: str,
    value: str,
    start: str | None = None,
    end: str | None = None,
    *,
    rank: int = 90,
    opening: tuple[str, str] | None = None,
) -> Fact:
    """A fact; ``opening`` None: as open as its node."""
    return Fact(prop, value, start, end, rank, *(opening or ("?", "?")))


def node(keys: Sequence[str], kind: str, *facts: Fact, opening: tuple[str, str] = OPEN) -> NodeItem:
    """A node with its keys and kind."""
    told = [fact("kind", kind), *(fact("key", key) for key in keys), *facts]
    made = tuple(
        f._replace(public_until=opening[0], shared_until=opening[1]) if f.public_until == "?" else f for f in told
    )
    labels = tuple(str(f.value) for f in made if f.prop == "label")
    public, shared = max(f.public_until for f in made), max(f.shared_until for f in made)
    return NodeItem(own_id(keys[0]), kind, labels, tuple(keys), made, public, shared)


def part(
    claim: int,
    start: str | None = None,
    end: str | None = None,
    *,
    seen: str | None = None,
    rank: int = 80,
    opening: tuple[str, str] = OPEN,
    **props: str | float,
) -> Part:
    """A claim of an edge."""
    return Part(claim, f"source{claim % 3}", start, end, seen, props, rank, *opening, "exact")


def nodes() -> list[NodeItem]:
    """A company with a former name and a retired key, another one, persons of several openness, a court."""
    return [
        node(
            [JIA, OLD],
            "company",
            fact("name", "厦门甲建设有限公司", "2010-01-01"),
            fact("former_name", "厦门老甲工程队", None, "2010-01-01"),
            fact("uscc", "91350200A"),
            fact("capital_yuan", "1000"),
            fact("secret", "x", rank=50, opening=CLOSED),
        ),
        node([YI], "company", fact("name", "厦门乙（建设）有限公司"), fact("label", "intermediary")),
        node([ZHANG], "person", fact("name", "张三"), fact("label", "practitioner"), fact("id_mask", MASK)),
        node([LI], "person", fact("name", "李四建"), opening=SHARED),
        node([COURT], "court", fact("name", "厦门市中级人民法院"), fact("name", "旧名", opening=ENDED)),
        node(["rec:penalties/1"], "penalty", fact("name", "厦罚〔2020〕1号"), opening=ENDED),
        node(["uscc:91350200C"], "company"),
    ]


def edges() -> list[EdgeItem]:
    """Holdings dated, undated, overlapping and of mixed openness; a self-holding; an end that is not there."""
    jia, yi, zhang, li = (own_id(key) for key in (JIA, YI, ZHANG, LI))
    record, court = own_id("rec:penalties/1"), own_id(COURT)
    pairs: list[tuple[str, str, str, list[Part]]] = [
        ("shareholder_of", zhang, jia, [part(1, "2015-01-01", share=33.1), part(2, seen="2016-01-01")]),
        ("shareholder_of", li, jia, [part(3, "2015-01-01", "2020-01-01", share=10), part(4, "2016-01-01", share=12)]),
        ("shareholder_of", zhang, yi, [part(5, share=5), part(6, share=6, rank=30, opening=SHARED)]),
        ("shareholder_of", li, yi, [part(7, "2015-01-01", opening=CLOSED), part(8, "2016-01-01", opening=SHARED)]),
        ("shareholder_of", jia, jia, [part(9, "2015-01-01", share=1)]),
        ("legal_rep_of", zhang, jia, [part(10, seen="2020-01-01"), part(11, "2024-01-01")]),
        ("legal_rep_of", li, yi, [part(12, opening=ENDED)]),
        ("guarantor_for", jia, yi, [part(13, contract_no="甲1", amount_yuan="5"), part(14, contract_no="甲2")]),
        ("director_of", li, jia, [part(15, title="董事长"), part(16, title="董事", opening=SHARED)]),
        ("about", record, jia, [part(17)]),
        ("issued_by", record, court, [part(18)]),
        ("about", record, own_id("uscc:nowhere"), [part(19, opening=SHARED)]),
    ]
    return [item for relation, source, target, parts in pairs for item in edges_of(relation, source, target, parts)]


def hashed_nodes(items: Sequence[NodeItem]) -> list[tuple[NodeItem, str]]:
    """With the hashes that the projection gives."""
    return [(item, node_hash(item, str)) for item in items]


def hashed_edges(items: Sequence[EdgeItem]) -> list[tuple[EdgeItem, str]]:
    """With the hashes that the projection gives."""
    return [(item, edge_hash(item.edge, item.edge.source, item.edge.target)) for item in items]


def checkpoint(seq: int) -> Checkpoint:
    """A checkpoint of one ledger."""
    return Checkpoint("ledger", f"hash{seq}", seq, 1, "")


def town() -> Changes:
    """Everything in one step."""
    return Changes(nodes=hashed_nodes(nodes()), edges=hashed_edges(edges()), checkpoint=checkpoint(1))


def answers(store: Store) -> Iterator[tuple[object, object]]:
    """What a store answers to everything that can be asked of the town."""
    ids = [item.id for item in nodes()]
    asked = [*ids, own_id(OLD), own_id("uscc:nowhere"), "n" + "0" * 23]
    state = store.state()
    yield "state", state
    yield "items", (list(store.items()), list(store.edge_items()))
    for view in VIEWS:
        yield (view, "get"), store.get(view, asked)
        yield (view, "key"), [store.by_key(view, key) for key in (JIA, OLD, ZHANG, LI, "uscc:none")]
        yield (view, "counts"), store.counts(view, asked)
        yield (view, "scan"), (list(store.scan_nodes(view)), list(store.scan_edges(view)))
        yield (view, "scan some"), list(store.scan_edges(view, ["about", "shareholder_of"]))
        for text, exact, limit in product(
            ("建设", "厦门甲建设有限公司", "厦门老甲工程队", "旧名", "", "张", "(建设)"), (True, False), (1, 9)
        ):
            yield (view, text, exact, limit), store.search(view, text, limit, exact=exact)
        yield (view, "after"), store.search(view, "厦门", 9, after=sorted(ids)[2])
        for relations, way, most in WAYS:
            yield (view, str(relations), way, most), store.neighbours(view, asked, relations, way, most)


def assert_same(one: Store, two: Store) -> None:
    """Both stores answer alike, and the digest is that of what can be read back."""
    for (question, left), (_, right) in zip(answers(one), answers(two), strict=True):
        assert left == right, question
    state = two.state()
    digest = Digest()
    digest.add(dh for _, dh in hashed_nodes(list(two.items())))
    digest.add(dh for _, dh in hashed_edges(list(two.edge_items())))
    assert state is not None and state.digest == digest.hex()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[SqliteStore]:
    """The reference."""
    store = SqliteStore(tmp_path / "graph.sqlite")
    yield store
    store.close()


@pytest.fixture
def session(neo4j_server: Access) -> Iterator[Session]:
    """A plain session of the driver, for looking at the graph as a person would."""
    auth = (neo4j_server.user, neo4j_server.password) if neo4j_server.user else None
    with GraphDatabase.driver(neo4j_server.uri, auth=auth) as driver, driver.session() as opened:
        yield opened


def test_an_empty_store(neo4j_store: Neo4jStore) -> None:
    assert neo4j_store.state() is None
    assert neo4j_store.get(ALL, [own_id(JIA)]) == {} and neo4j_store.by_key(ALL, JIA) is None
    assert neo4j_store.search(ALL, "厦门", 5) == [] and neo4j_store.neighbours(ALL, [own_id(JIA)]) == []
    assert list(neo4j_store.scan_nodes(ALL)) == [] and list(neo4j_store.scan_edges(ALL)) == []


def test_both_stores_answer_alike_through_changes(neo4j_store: Neo4jStore, embedded: SqliteStore) -> None:
    jia, yi, zhang, li = (own_id(key) for key in (JIA, YI, ZHANG, LI))
    merged = node([JIA, OLD, YI], "other_org", fact("name", "合并"), fact("label", "intermediary"))
    moved = edges_of("shareholder_of", zhang, jia, [part(1, "2015-01-01", share=20), part(5, share=5)])
    fewer = edges_of("shareholder_of", li, jia, [part(3, "2015-01-01", "2020-01-01", share=10)])
    history = [
        town(),
        town(),
        Changes(edges=hashed_edges(fewer), checkpoint=checkpoint(2)),
        Changes(drop_pairs=[("legal_rep_of", zhang, jia), ("about", "gone", jia)], checkpoint=checkpoint(3)),
        # a node goes while an edge of it stays, and comes back as another kind with a further key
        Changes(drop_nodes=[own_id("rec:penalties/1"), jia], checkpoint=checkpoint(4)),
        Changes([yi], [yi], hashed_nodes([merged]), [], hashed_edges(moved), checkpoint=checkpoint(5)),
        Changes(drop_nodes=[li, "unknown"], drop_edges_of=[li, zhang], checkpoint=checkpoint(6)),
        Changes(checkpoint=checkpoint(7)),
    ]
    for changes in history:
        neo4j_store.apply(changes)
        embedded.apply(changes)
        assert_same(embedded, neo4j_store)


def test_a_large_step_in_several_transactions_ends_the_same(
    neo4j_store: Neo4jStore, embedded: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "WHOLE_STEP", 4)
    monkeypatch.setattr(writer, "ROWS", 2)
    for store in (neo4j_store, embedded):
        with store.writing():
            store.apply(Changes(nodes=hashed_nodes(nodes())))
            store.apply(Changes(edges=hashed_edges(edges())))
            store.apply(Changes(checkpoint=checkpoint(1)))
    assert_same(embedded, neo4j_store)
    for store in (neo4j_store, embedded):
        store.apply(town())
    assert_same(embedded, neo4j_store)


def test_an_ordinary_step_is_whole_or_absent(neo4j_store: Neo4jStore) -> None:
    neo4j_store.apply(town())
    before = list(neo4j_store.items()), list(neo4j_store.edge_items()), neo4j_store.state()
    with pytest.raises(ZeroDivisionError), neo4j_store.writing():
        neo4j_store.apply(Changes(drop_nodes=[own_id(JIA)], checkpoint=checkpoint(2)))
        raise ZeroDivisionError
    assert (list(neo4j_store.items()), list(neo4j_store.edge_items()), neo4j_store.state()) == before


def test_what_a_dead_writer_left_is_told_and_begun_anew(
    neo4j_store: Neo4jStore, neo4j_server: Access, embedded: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    neo4j_store.apply(town())
    other = Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    assert other.state() is not None
    monkeypatch.setattr(writer, "WHOLE_STEP", 2)
    monkeypatch.setattr(writer, "ROWS", 2)
    with pytest.raises(ZeroDivisionError), neo4j_store.writing():
        neo4j_store.apply(Changes(drop_nodes=[item.id for item in nodes()], checkpoint=checkpoint(2)))
        raise ZeroDivisionError
    with pytest.raises(StoreUnavailable, match="large step"):
        other.get(ALL, [own_id(JIA)])
    with pytest.raises(StoreUnavailable, match="large step"):
        list(other.scan_edges(ALL))
    with pytest.raises(StoreUnavailable, match="since its state was read"):
        other.apply(Changes(checkpoint=checkpoint(2)))
    assert other.state() is None
    for store in (other, embedded):
        store.apply(Changes(nodes=hashed_nodes(nodes()[:2]), checkpoint=checkpoint(3)))
    assert_same(embedded, other)
    other.close()


def test_a_second_writer_waits_for_the_first(neo4j_store: Neo4jStore, neo4j_server: Access) -> None:
    other = Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    order: list[str] = []

    def write() -> None:
        other.apply(Changes(checkpoint=checkpoint(2)))
        order.append("second")

    second = Thread(target=write)
    with neo4j_store.writing():
        neo4j_store.apply(town())
        second.start()
        second.join(0.5)
        order.append("first")
    second.join(30)
    state = neo4j_store.state()
    assert order == ["first", "second"] and state is not None and state.seq == 2
    other.close()


#: A process that writes a large step and dies in the middle of it.
DYING = """
import os, sys
from graph.store import writer
from graph.store.base import Changes
from graph.store.neo4j import Neo4jStore
writer.WHOLE_STEP = writer.ROWS = 1
store = Neo4jStore(*sys.argv[1:4])
store.state()
with store.writing():
    store.apply(Changes(drop_nodes=sys.argv[4:]))
    store.apply(Changes())  # the next step waits until this one is sent
    os.kill(os.getpid(), 9)
"""


def test_a_killed_writer_holds_nobody_up(neo4j_store: Neo4jStore, neo4j_server: Access, embedded: SqliteStore) -> None:
    neo4j_store.apply(town())
    access = (neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    ids = [item.id for item in nodes()]
    root = Path(neo4j.__file__).parents[2]
    died = subprocess.run([sys.executable, "-c", DYING, *access, *ids], cwd=root, check=False)
    assert died.returncode == -9
    assert neo4j_store.state() is None
    for store in (neo4j_store, embedded):
        store.apply(town())
    assert_same(embedded, neo4j_store)


def test_a_write_during_a_scan_is_told(neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neo4j, "_NODE_PAGE", 2)
    neo4j_store.apply(town())
    assert [item.id for item in neo4j_store.scan_nodes(ALL)] == sorted(item.id for item in nodes())
    scan = neo4j_store.scan_nodes(ALL)
    next(scan)
    neo4j_store.apply(Changes(checkpoint=checkpoint(2)))
    with pytest.raises(StoreUnavailable, match="written to while it was read"):
        list(scan)


def test_edges_are_scanned_page_by_page(
    neo4j_store: Neo4jStore, embedded: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j, "_EDGE_PAGE", 1)
    for store in (neo4j_store, embedded):
        store.apply(town())
    for view in VIEWS:
        assert list(neo4j_store.scan_edges(view)) == list(embedded.scan_edges(view))


def test_a_person_finds_the_graph_natural(neo4j_store: Neo4jStore, session: Session) -> None:
    neo4j_store.apply(town())
    held = session.run(
        "MATCH (p:Person:Practitioner {name: '张三'})-[r:SHAREHOLDER_OF]->(c:Company {uscc: '91350200A'}) "
        "RETURN p.id_mask AS mask, c.name AS company, r.share AS share, r.valid_from AS start, r.valid_to AS end, "
        "r.claim_count AS claims"
    ).data()
    assert held == [
        {
            "mask": MASK,
            "company": "厦门甲建设有限公司",
            "share": 33.1,
            "start": "2015-01-01",
            "end": None,
            "claims": 2,
        }
    ]
    labels = session.run("MATCH (n:_Item) UNWIND labels(n) AS label RETURN DISTINCT label ORDER BY label").value()
    assert labels == ["Company", "Court", "Intermediary", "Penalty", "Person", "Practitioner", "_Item", "_Missing"]


def test_clearing_leaves_what_is_not_ours(neo4j_store: Neo4jStore, session: Session) -> None:
    session.run("CREATE (:Neighbour {name: 'not ours'})").consume()
    try:
        neo4j_store.apply(town())
        neo4j_store.clear()
        assert session.run("MATCH (n) WHERE NOT n:Neighbour RETURN count(n)").value() == [0]
        assert session.run("MATCH (n:Neighbour) RETURN count(n)").value() == [1]
        assert neo4j_store.state() is None
    finally:
        session.run("MATCH (n:Neighbour) DELETE n").consume()


def test_a_store_that_is_away_says_so() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store = Neo4jStore(f"bolt://127.0.0.1:{port}")
    with pytest.raises(StoreUnavailable, match="does not answer"):
        store.state()
    with pytest.raises(StoreUnavailable):
        store.apply(Changes(checkpoint=checkpoint(1)))
    store.close()

"""The chain of cases: order, documents, parties, who became what, each with evidence; bounded, cut to the reader."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api import chain as chain_module
from api.chain import chain_rows
from graph.book.book import Book
from graph.book.home import Home
from graph.model.claims import SHARED, Claim, EdgeClaim, Mention
from graph.model.text import case_base
from graph.store.base import View
from graph.store.neo4j import Neo4jStore
from graph.store.sqlite import SqliteStore
from ingest.sources.judgments import parser
from tests.api.conftest import TODAY, Loaded, run
from tests.api.judged import CODES, Judged, company, judged, judgment
from tests.api.service import serving
from tests.fakes import FakeGraph

__all__ = ["judged"]

VIEW = View(2, TODAY, None, TODAY)

FIRST, APPEAL, ENFORCED = "（2024）闽9801民初31号", "（2025）闽98民终32号", "（2025）闽9801执33号"

TEXTS = {
    "one": judgment(
        FIRST, [("原告", "甲"), ("被告", "乙"), ("被告", "丙")], "乙还款3000元，丙保证。", day="二〇二四年五月一日"
    ),
    "two": judgment(APPEAL, [("上诉人", "乙"), ("被上诉人", "甲")], "不服一审判决。", day="二〇二五年一月六日"),
    "three": judgment(
        ENFORCED,
        [("申请执行人", "甲"), ("被执行人", "乙"), ("被执行人", "丁")],
        "追加丁为被执行人。",
        kind="执 行 裁 定 书",
        day="二〇二五年八月二日",
    ),
}

#: Case -> the earlier case it names, and how it goes on from it.
FOLLOWS = {APPEAL: (FIRST, "appeal"), ENFORCED: (APPEAL, "enforcement")}


def _more(number: str, document: Mention) -> Iterator[Claim]:
    """Claims that a reader of relations would add to those of the parties."""

    def edge(relation: str, source: str, target: str, **props: str) -> EdgeClaim:
        ends = (Mention((source,)), Mention((target,)))
        return EdgeClaim(relation, *ends, props=props, level=SHARED, rank=parser.RANK, span=(0, 8))

    if number in FOLLOWS:
        earlier, how = FOLLOWS[number]
        yield edge("follows", f"case:{number}", f"case:{earlier}", how=how)
    if number == FIRST:
        yield edge("debtor_of", f"uscc:{CODES['乙']}", f"uscc:{CODES['甲']}", amount_yuan="3000", document=number)
        yield edge("guarantor_for", f"uscc:{CODES['丙']}", f"uscc:{CODES['乙']}", amount_yuan="3000")


@pytest.fixture
def chained(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> Judged:
    """A home with a first instance, an appeal and an enforcement that name each other."""
    plain: Callable[..., list[Claim]] = parser.claims

    def claims(facts: Any, key: str, *rest: Any, **more: Any) -> list[Claim]:
        number = case_base(facts.case_no.value) or ""
        return [*plain(facts, key, *rest, **more), *_more(number, Mention((f"doc:{key}",)))]

    monkeypatch.setattr(parser, "claims", claims)
    for name, text in TEXTS.items():
        receipt = judged.load(**{name: text})
        assert receipt["accepted"] == 1, receipt["errors"]
    return judged


def _shape(rows: list[dict[str, Any]]) -> list[Any]:
    """What a chain says, without ids and evidence."""
    return [
        (
            row["case"]["name"],
            row["how"],
            [(d["doc_type"], d["date"]) for d in row["documents"]],
            [(p["role"], p["entity"]["name"], p["since"]["name"]) for p in row["parties"]],
            [
                (b["what"], b["entity"]["name"], b["of"]["name"] if b["of"] else None, b["amount"])
                for b in row["became"]
            ],
        )
        for row in rows
    ]


甲, 乙, 丙, 丁 = map(company, "甲乙丙丁")
EXPECTED = [
    (
        FIRST, None, [("民事判决书", "2024-05-01")],
        [("原告", 甲, FIRST), ("被告", 丙, FIRST), ("被告", 乙, FIRST)],
        [("debtor", 乙, 甲, "3000"), ("guarantor", 丙, 乙, "3000")],
    ),
    (APPEAL, "appeal", [("民事判决书", "2025-01-06")], [("上诉人", 乙, APPEAL), ("被上诉人", 甲, APPEAL)], []),
    (
        ENFORCED, "enforcement", [("执行裁定书", "2025-08-02")],
        [("申请执行人", 甲, ENFORCED), ("被执行人", 丁, ENFORCED), ("被执行人", 乙, ENFORCED)],
        [("new_party", 丁, None, None)],
    ),
]  # fmt: skip


@pytest.mark.parametrize("start", [FIRST, APPEAL, ENFORCED, f"{ENFORCED}之一"])
def test_every_case_of_a_chain_tells_the_whole_chain(chained: Judged, start: str) -> None:
    done = run("show", start, "--section", "chain", "--json")
    assert done.code == 0, done.err
    body = done.body
    assert _shape(body["chain"]) == EXPECTED
    assert body["truncated"] is False
    for row in body["chain"]:
        parts = [*row["follows"], *row["documents"], *row["parties"], *row["became"]]
        assert all(part["evidence"] for part in parts)
        assert {proof["file"] for part in parts for proof in part["evidence"]} <= {f"{name}.txt" for name in TEXTS}
    link = body["chain"][1]["follows"][0]
    assert (link["case"]["name"], link["how"], link["evidence"][0]["file"]) == (FIRST, "appeal", "two.txt")
    assert link["evidence"][0]["quote"]
    told = run("show", start, "--section", "chain").out
    assert f"承接 {FIRST} (appeal)" in told and "→ new_party" in told


def test_a_document_tells_the_chain_of_its_case(chained: Judged) -> None:
    document = run("documents", "不服一审判决", "--json").body["results"][0]["document"]["id"]
    assert _shape(run("show", document, "--section", "chain", "--json").body["chain"]) == EXPECTED


def test_over_http_and_on_the_page(chained: Judged) -> None:
    with serving() as http:
        body = http.get("investigator", f"/entities/{FIRST}/chain").json()
        assert _shape(body["results"]) == EXPECTED
        assert body["total"] == 3
        second = http.get("investigator", f"/entities/{FIRST}/chain", limit=1, cursor=_next(http, FIRST)).json()
        assert _shape(second["results"]) == EXPECTED[1:2]
        assert http.get("public", f"/entities/{FIRST}/chain").status_code == 404
        assert http.get("public", f"/entities/{body['entity']['id']}/chain").status_code == 404
        assert http.get("investigator", f"/entities/{CODES['甲']}/chain").status_code == 400
        http.client.post("/sign-in", data={"key": http.keys["investigator"], "purpose": "a test"})
        for record in (body["entity"]["id"], body["results"][2]["documents"][0]["entity"]["id"]):
            page = http.client.get(f"/records/{record}").text
            assert "案件沿革" in page and "此前各案没有的当事人" in page
            for row in body["results"]:
                assert row["case"]["name"] in page
                for party in row["parties"]:
                    assert f"/subjects/{party['entity']['id']}/links/{party['edge']}" in page
        edge = body["results"][1]["follows"][0]["edge"]
        claims = http.client.get(f"/subjects/{body['results'][1]['case']['id']}/links/{edge}")
        assert claims.status_code == 200


def _next(http: Any, case: str) -> str:
    return str(http.get("investigator", f"/entities/{case}/chain", limit=1).json()["next"])


@pytest.mark.neo4j
def test_both_stores_tell_the_same_chain(chained: Judged, neo4j_store: Neo4jStore) -> None:
    expected = run("show", FIRST, "--section", "chain", "--json").body["chain"]
    book = Book(Home(chained.home), lambda _: neo4j_store)
    reader, view = book.view(as_of=TODAY)
    node = reader.by_key(view, f"case:{FIRST}")
    assert node
    assert chain_rows(book, reader, view, node)[0] == expected
    book.ledger.close()
    book.vault.close()


def test_the_past_knows_no_later_case(chained: Judged) -> None:
    seq = run("documents", "追加丁", "--json").body["results"][0]["evidence"][0]["seq"]
    then = run("show", FIRST, "--section", "chain", "--known-at", str(seq - 1), "--json")
    assert _shape(then.body["chain"]) == EXPECTED[:2]
    assert run("show", ENFORCED, "--section", "chain", "--known-at", str(seq - 1), "--json").body["status"] == 404


def test_an_erased_document_leaves_the_chain(chained: Judged) -> None:
    row = run("documents", "不服一审判决", "--json").body["results"][0]
    chained.decide("erase", entry=row["evidence"][0]["seq"])
    rows = run("show", FIRST, "--section", "chain", "--json").body["chain"]
    assert [r["case"]["name"] for r in rows] == [FIRST]


@pytest.fixture
def empty_book(tmp_path: Path) -> Iterator[Book]:
    """A book in which nothing stands: made graphs have no evidence."""
    book = Book(Home(tmp_path / "empty"), lambda home: SqliteStore(home.graph))
    yield book
    book.close()


def _cases(graph: FakeGraph, count: int) -> None:
    for n in range(count):
        graph.add_node(f"c{n:02}", "case", f"case {n:02}")
        graph.add_node(f"d{n:02}", "judgment", f"case {n:02}", props={"date": f"2024-01-{n % 28 + 1:02}"})
        graph.add_edge("decided_in", f"d{n:02}", f"c{n:02}")


def _told(book: Book, graph: FakeGraph, start: str) -> tuple[list[str], bool]:
    node = graph.get(VIEW, [start])[start]
    rows, truncated, _ = chain_rows(book, graph, VIEW, node)
    return [row["case"]["name"] for row in rows], truncated


def test_a_ring_ends_and_begins_with_its_earliest(empty_book: Book) -> None:
    graph = FakeGraph()
    _cases(graph, 4)
    for a, b in ((0, 1), (1, 2), (2, 0), (3, 2), (3, 3)):
        graph.add_edge("follows", f"c{a:02}", f"c{b:02}", props={"how": "other"})
    for start in ("c00", "c02", "d03"):
        assert _told(empty_book, graph, start) == (["case 00", "case 02", "case 01", "case 03"], False)


def test_a_fork_keeps_every_case_behind_what_it_follows(empty_book: Book) -> None:
    graph = FakeGraph()
    _cases(graph, 5)
    for a, b in ((0, 4), (1, 4), (2, 1), (2, 0), (3, 2)):
        graph.add_edge("follows", f"c{a:02}", f"c{b:02}", props={"how": "enforcement"})
    assert _told(empty_book, graph, "c03")[0] == [f"case {n:02}" for n in (4, 0, 1, 2, 3)]


def test_a_long_chain_is_cut_and_says_so(empty_book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain_module, "MOST_CASES", 6)
    graph = FakeGraph()
    _cases(graph, 20)
    for n in range(1, 20):
        graph.add_edge("follows", f"c{n:02}", f"c{n - 1:02}", props={"how": "review"})
    names, truncated = _told(empty_book, graph, "c10")
    assert (len(names), truncated) == (6, True)
    assert "case 10" in names
    monkeypatch.setattr(chain_module, "MOST_CASES", 20)
    assert _told(empty_book, graph, "c10") == ([f"case {n:02}" for n in range(20)], False)


def test_who_was_there_by_name_only_is_not_called_new(empty_book: Book) -> None:
    graph = FakeGraph()
    _cases(graph, 2)
    graph.add_edge("follows", "c01", "c00", props={"how": "enforcement"})
    for place, (name, role, case) in enumerate(
        [
            ("翟霏", "被告", "c00"),
            ("翟霏", "被执行人", "c01"),
            ("穆瑢", "被执行人", "c01"),
            ("阮湛", "追加被执行人", "c01"),
        ]
    ):
        graph.add_node(f"p{place}", "person", name)
        graph.add_edge("party_in", f"p{place}", case, props={"role": role})
    rows, _, _ = chain_rows(empty_book, graph, VIEW, graph.get(VIEW, ["c01"])["c01"])
    assert [(b["what"], b["entity"]["name"]) for b in rows[1]["became"]] == [
        ("added_party", "阮湛"),
        ("new_party", "穆瑢"),
    ]
    assert rows[0]["became"] == []
    alone, _, _ = chain_rows(empty_book, _without_first(graph), VIEW, graph.get(VIEW, ["c01"])["c01"])
    assert [b["what"] for b in alone[-1]["became"]] == ["added_party"]


def _without_first(graph: FakeGraph) -> FakeGraph:
    other = graph.copy()
    other.remove("p0")
    return other


def test_records_of_a_case_tell_who_is_under_enforcement(town: Loaded) -> None:
    rows = run("show", "（2025）闽9801执216号", "--section", "chain", "--json").body["chain"]
    became = {(b["what"], b["entity"]["name"]): b for row in rows for b in row["became"]}
    debtor = became["judgment_debtor", "岚汀市荻苇机电设备有限公司"]
    assert debtor["amount"]
    assert debtor["evidence"][0]["file"] == "judgment-debtors.csv"
    assert debtor["record"]

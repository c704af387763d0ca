"""Search inside documents: filters, order, pages, what is refused, who sees what, on both stores and over HTTP."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from api.asking import Question
from api.audit import AuditLog
from api.commands import opened
from api.cut import cut
from api.documents import Filters, documents_body
from graph.book.book import Book
from graph.book.home import Home, home_from_environment
from graph.model.claims import PUBLIC, RESTRICTED, SHARED
from graph.store.neo4j import Neo4jStore
from tests.api.conftest import TODAY, run
from tests.api.judged import CASES, CODES, FIRST, NUMBER, SECOND, Judged, company, judged
from tests.api.service import Callers, serving
from tests.nlp.other_texts import PENALTY

__all__ = ["judged"]

#: A number that fails its check.
BAD = NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2")

HOSTILE = (
    "NEAR(货 款)", "货款 OR 违约", "货款 NOT 违约", "货款*", "^货款", "tokens:货款", '货款"', '""货款', "货款') --",
    "{tokens}: 货款", "货 + 款", "-货款", "货款\x00", "\ud800货款", "𠮷货款",
    "NEAR(货款, 3) AND *", '"货款" AND "', "(货款",
)  # fmt: skip


@pytest.fixture
def http(judged: Judged) -> Iterator[Callers]:
    """The service over three judgments."""
    with serving() as callers:
        yield callers


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ((), CASES),
        (("--court", "汀北区"), CASES[:1]),
        (("--court", "岚汀市人民法院"), CASES[1:]),
        (("--cause", "承揽合同纠纷"), CASES[:1]),
        (("--cause", "合同"), CASES),
        (("--doc-type", "执行裁定"), CASES[2:]),
        (("--from", "2025-04-10"), CASES[:2]),
        (("--to", "2025-04-10"), CASES[1:]),
        (("--from", "2025-04-11", "--to", "2025-05-31"), []),
        (("--party", CODES["乙"]), CASES[:2]),
        (("--party", company("乙")), CASES[:2]),
        (("--party", CODES["乙"], "--role", "原告"), CASES[:1]),
        (("--party", CODES["乙"], "--role", "被告"), CASES[1:2]),
        (("--role", "被执行人"), CASES[2:]),
        (("--role", "被告人"), []),
        (
            ("--court", "汀北", "--cause", "承揽", "--role", "被告", "--from", "2025-06-01", "--to", "2025-06-01"),
            CASES[:1],
        ),
        (("--court", "\x00"), []),
    ],
)
def test_each_filter_narrows(judged: Judged, filters: tuple[str, ...], expected: list[str]) -> None:
    assert judged.found("货款", *filters) == expected


def test_words_are_all_meant_and_phrases_in_a_row(judged: Judged) -> None:
    assert judged.found("货款", "违约金") == CASES[1:2]
    assert judged.found("货款 违约金 连带") == []
    assert judged.found("“尚欠货款5000元”") == CASES[:1]
    assert judged.found("3000") == CASES[1:2]
    assert judged.found("000") == []
    assert judged.found("（2025）闽9801民初1号") == CASES[1:2]


def test_a_snippet_is_a_piece_of_the_archived_text(judged: Judged) -> None:
    body = run("documents", "违约金 3000元", "--json").body
    row = body["results"][0]
    assert body["words"] == ["违约金", "3000元"]
    assert row["parties"] == [
        {"entity": row["parties"][0]["entity"], "role": "原告"},
        {"entity": row["parties"][1]["entity"], "role": "被告"},
    ]
    assert [p["entity"]["name"] for p in row["parties"]] == [company("甲"), company("乙")]
    text = run("show", row["document"]["id"], "--section", "text", "--json").body["text"][0]
    assert text["sha256"] == row["sha256"]
    quoted = []
    for piece in row["snippets"]:
        assert text["text"][piece["start"] : piece["end"]] == piece["text"]
        quoted += [text["text"][start:end] for start, end in piece["marks"]]
    assert quoted == ["３０００元", "违约\n金"]
    assert row["places"] == 2
    assert row["evidence"][0]["file"] == "first.txt"
    assert (row["open_to"], row["cause"], row["date"]) == ("shared", "买卖合同纠纷", "2025-04-10")
    told = run("documents", "违约金").out
    assert "【违约 金】" in told and "证据 judgments first.txt:1" in told


@pytest.mark.parametrize("question", HOSTILE)
def test_no_sign_means_anything_but_a_letter(judged: Judged, http: Callers, question: str) -> None:
    done = run("documents", "--json", "--", question)
    assert done.code == 0, done.err
    sent = question.encode("utf-8", "replace").decode()
    answered = http.get("investigator", "/documents", q=sent)
    assert answered.status_code == 200
    assert set(row["case_no"] for row in answered.json()["results"]) <= set(CASES)


def test_hostile_signs_are_dropped_not_obeyed(judged: Judged) -> None:
    assert judged.found("货款*", "“违约金”") == CASES[1:2]
    dashed = run("documents", "--json", "--", "-货款").body
    assert [row["case_no"] for row in dashed["results"]] == CASES
    assert judged.found("货款 OR 违约") == []


@pytest.mark.parametrize("question", ["", " ", "*", "“”", "\x00", "()"])
def test_a_question_without_words_is_refused(judged: Judged, http: Callers, question: str) -> None:
    done = run("documents", "--json", "--", question)
    assert (done.code, done.body["status"], done.body["title"]) == (2, 400, "no words")
    assert http.get("operator", "/documents", q=question).status_code == 400


def test_what_is_too_long_or_no_day_is_refused(judged: Judged, http: Callers) -> None:
    assert run("documents", "货" * 201, "--json").body["title"] == "too long"
    assert run("documents", "货", "--court", "法" * 201, "--json").body["title"] == "too long"
    assert run("documents", "货", "--from", "2025-02-30", "--json").body["title"] == "bad date"
    for query in (
        {"q": "货" * 201},
        {"q": "货", "to": "gestern"},
        {"q": "货", "cursor": "x"},
        {"q": "货", "limit": 101},
    ):
        assert http.get("operator", "/documents", **query).status_code == 400, query
    assert http.get("operator", "/documents", q="货款", party="查无此人").status_code == 404


@pytest.mark.parametrize(
    "written",
    [NUMBER, f"翟霏 {NUMBER}", f"“{NUMBER}”", f"翟霏{NUMBER}住", f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
     BAD, f"翟霏 {BAD}", f"翟霏“{BAD}”住", f"{NUMBER[:6]}-{NUMBER[6:]}"],
)  # fmt: skip
def test_an_id_number_is_neither_asked_nor_found(judged: Judged, http: Callers, written: str) -> None:
    for query in ({"q": written}, {"q": "货款", "court": written}, {"q": "货款", "party": written}):
        done = http.get("operator", "/documents", **query)
        assert done.status_code == 400, query
        assert NUMBER not in done.text and BAD not in done.text
        page = http.client.get("/documents", params=query)
        assert page.status_code == 400
        assert NUMBER not in page.text
    told = run("documents", written, "--json")
    assert (told.code, told.body["status"]) == (2, 400)
    assert NUMBER not in told.out + told.err


def test_a_penalty_decision_is_a_document_without_a_case(judged: Judged) -> None:
    assert judged.load(penalty=PENALTY)["accepted"] == 1
    row = run("documents", "市场监督管理局", "--court", "市场监督", "--json").body["results"][0]
    assert (row["case_no"], row["decision_no"]) == (None, "福市监罚字〔2018〕33号")
    assert row["authority"] == "福宁市市场监督管理局"
    assert row["parties"] == []
    assert run("show", row["document"]["id"], "--section", "chain", "--json").body["chain"] == []
    with serving() as http:
        http.client.post("/sign-in", data={"key": http.keys["investigator"], "purpose": "a test"})
        assert "福宁市市场监督管理局" in http.client.get("/documents", params={"q": "市场监督"}).text
        assert http.client.get(f"/records/{row['document']['id']}").status_code == 200


def test_no_part_of_a_masked_number_is_found(judged: Judged) -> None:
    assert judged.found("翟霏") == CASES[2:]
    for part in (NUMBER[:6], NUMBER[14:], NUMBER[6:14]):
        assert judged.found(part) == [], part
    body = bytes((judged.home / "texts" / "texts.db").read_bytes())
    assert NUMBER[6:14].encode() not in body and NUMBER[14:].encode() not in body


def test_an_id_number_on_standard_input_names_a_party(judged: Judged) -> None:
    done = run("documents", "货款", "--party", "-", "--json", stdin=NUMBER)
    assert [row["case_no"] for row in done.body["results"]] == CASES[2:]
    assert NUMBER not in done.out + done.err


def test_pages_are_whole_and_in_order(judged: Judged, http: Callers) -> None:
    judged.load(**{f"more{n}": FIRST.replace("民初1号", f"民初{n}00号") for n in range(1, 8)})
    whole = http.get("investigator", "/documents", q="货款", limit=100).json()
    assert whole["total"] == 10
    keys = [(row["date"], row["document"]["id"]) for row in whole["results"]]
    assert keys == sorted(keys, key=lambda key: (-int(key[0].replace("-", "")), key[1]))
    rows: list[Any] = []
    cursor: str | None = None
    while True:
        body = http.get(
            "investigator", "/documents", q="货款", limit=3, **({"cursor": cursor} if cursor else {})
        ).json()
        assert body["total"] == 10
        rows += body["results"]
        cursor = body["next"]
        if not cursor:
            break
    assert rows == whole["results"]
    lines = run("documents", "货款", "--limit", "3").out
    assert f"--cursor {http.get('operator', '/documents', q='货款', limit=3).json()['next']}" in lines


def test_a_count_that_is_cut_says_so(judged: Judged, http: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_COUNTED", 2), ("_LOOKED_AT", 2)):
        with monkeypatch.context() as patch:
            patch.setattr(f"api.documents.{name}", value)
            body = http.get("investigator", "/documents", q="货款").json()
        assert (body["total"], body["truncated"]) == (2, True), name
        assert [row["case_no"] for row in body["results"]] == CASES[:2]


def test_the_public_finds_nothing_and_is_told_nothing(judged: Judged, http: Callers) -> None:
    nothing = http.get("public", "/documents", q="查无此词")
    for role in ("public", "partner"):
        found = http.get(role, "/documents", q="货款")
        assert found.json() == nothing.json() | {"words": ["货款"]}
        assert found.json()["results"] == [] and found.json()["total"] == 0
    department = http.get("department", "/documents", q="货款").json()
    assert [row["case_no"] for row in department["results"]] == CASES
    assert http.get("department", "/documents", None, q="货款").status_code == 403
    page = http.client.get("/documents", params={"q": "货款"})
    assert page.status_code == 200
    assert "民初1号" not in page.text


def test_a_division_narrows_no_shared_text(judged: Judged, http: Callers) -> None:
    whole = http.get("investigator", "/documents", q="货款")
    for division in ("359800", "350500"):
        other = http.get(http.issue("investigator", division), "/documents", q="货款")
        assert other.content == whole.content


def test_a_text_that_is_public_is_found_by_the_public(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule is the level of the claim, not the word judgment: a source that says so opens its texts."""
    monkeypatch.setattr("ingest.sources.judgments.parser.SHARED", PUBLIC)
    judged.load(open=SECOND.replace("民初2号", "民初5号"))
    with serving() as http:
        body = http.get("public", "/documents", q="货款").json()
        assert [row["case_no"] for row in body["results"]] == ["（2025）闽9803民初5号"]
        assert body["results"][0]["open_to"] == "public"
        sha256 = body["results"][0]["sha256"]
        assert http.get("public", f"/documents/{sha256}/text").status_code == 200


def test_the_past_is_for_the_restricted_view(judged: Judged, http: Callers) -> None:
    then = http.get("investigator", "/documents", q="违约金").json()["known_at"]
    judged.load(first=FIRST.replace("违约", "订金"))
    assert http.get("department", "/documents", q="违约金", known_at=then).status_code == 403
    past = http.get("investigator", "/documents", q="违约金", known_at=then).json()
    assert (past["known_at"], past["total"]) == (then, 1)
    sha256 = past["results"][0]["sha256"]
    now = http.get("investigator", "/documents", q="订金金").json()["results"][0]["sha256"]
    assert sha256 != now
    assert http.get("investigator", f"/documents/{sha256}/text", known_at=then).status_code == 200
    assert http.get("investigator", "/documents", q="违约金").json()["total"] == 0


def test_a_search_is_audited_without_its_words(judged: Judged, http: Callers) -> None:
    http.get("department", "/documents", q="货款")
    http.get("public", "/documents", q="货款")
    run("documents", "货款", "--purpose", "核对", "--json")
    time.sleep(0.3)
    rows = list(AuditLog(home_from_environment()).rows())
    told = [row for row in rows if "documents" in row["action"]]
    assert [row["role"] for row in told] == ["operator", "department"] or {row["role"] for row in told} == {
        "operator", "department",
    }  # fmt: skip
    assert all(row["persons"] for row in told)
    assert "货款" not in json.dumps(rows, ensure_ascii=False)


def _answers(book: Book) -> list[dict[str, Any]]:
    """What readers of each level are told, the sequence aside."""
    told = []
    for level in (PUBLIC, SHARED, RESTRICTED):
        reader, view = book.view(as_of=TODAY, level=level)
        question = Question(book, cut(reader, level, ""), view)
        for filters in (Filters(), Filters(role="被告"), Filters(party=CODES["乙"] if level else "", court="汀北")):
            told.append(documents_body(question, "货款", filters, 50, None))
    return told


@pytest.mark.neo4j
def test_both_stores_answer_alike(judged: Judged, neo4j_store: Neo4jStore) -> None:
    with opened() as book:
        expected = _answers(book)
    assert [body["total"] for body in expected] == [0, 0, 0, 3, 2, 1, 3, 2, 1]
    other = Book(Home(judged.home), lambda _: neo4j_store)
    other.recover()
    assert _answers(other) == expected
    other.ledger.close()
    other.vault.close()


def test_the_page_leads_to_the_words(judged: Judged, http: Callers) -> None:
    http.client.post("/sign-in", data={"key": http.keys["investigator"], "purpose": "a test"})
    page = http.client.get("/documents", params={"q": "违约金", "court": "岚汀"}).text
    assert "<mark>违约\n金</mark>" in page
    assert "政务部门以上" in page
    row = http.get("investigator", "/documents", q="违约金").json()["results"][0]
    start = row["snippets"][0]["marks"][0][0]
    assert f"/documents/{row['sha256']}?q={quote('违约金')}#w{start}" in page
    text = http.client.get(f"/documents/{row['sha256']}", params={"q": "违约金"}).text
    assert f'<span id="w{start}">违约\n金</span>' in text
    assert http.client.get(f"/documents/{row['sha256']}", params={"q": NUMBER}).status_code == 400
    empty = http.client.get("/documents", params={"q": "查无此词"}).text
    assert "没有查到" in empty
    assert http.client.get("/documents", params={"q": "货", "from": "x"}).status_code == 400
    assert 'href="/documents"' in http.client.get("/").text


def test_the_command_loads_nothing_twice(judged: Judged, tmp_path: Path) -> None:
    first = run("documents", "货款", "--json").body
    assert run("documents", "货款", "--json").body == first

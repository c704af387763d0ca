"""The review queue on the command line, over HTTP and as a page: who sees it, who decides, what is kept of it."""

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.audit import AuditLog
from api.auth import ROLES
from graph.book.home import home_from_environment
from ingest.demo import codes
from tests.api.conftest import Loaded, load_town, run
from tests.api.queue import load
from tests.api.service import Callers, serving
from tests.api.test_pages import audited, form_token, get
from tests.composed import CODE_A, DEBT, GUARANTEE, SHARES, A, B, P, judgment

#: Two courts of the demo town, and what their judgments say.
NUMBER = codes.nth_id_number(5151)
REVIEWERS = {"operator", "reviewer", "administrator"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, master_key: Path) -> Iterator[Loaded]:
    """A demo town of this module's own, with judgments that wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
        patch.delenv("CREDITGRAPH_STORE", raising=False)
        patch.setenv("CREDITGRAPH_RATE", "0")
        made = load_town(tmp_path_factory.mktemp("reviews"), patch.setenv)
        heads = ((A, CODE_A), (P, NUMBER))
        texts = [
            judgment(GUARANTEE.format(P, A), DEBT.format(A, B, 3000 + n), number=8000 + n, parties=heads)
            for n in range(6)
        ]
        foreign = judgment(GUARANTEE.format(P, A), number=8100, court="青禾市中级人民法院")
        load(made, *texts, foreign)
        yield made


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over it."""
    with serving() as callers:
        yield callers


def waiting(kind: str = "guarantor_for", **query: Any) -> list[dict[str, Any]]:
    """What the command line lists."""
    rows = run("review", "list", "--limit", "1000", "--json").body["results"]
    return [row for row in rows if row["type"] == kind]


def test_the_list_shows_the_sentence_and_where_it_comes_from(town: Loaded) -> None:
    body = run("review", "list", "--json").body
    assert body["total"] == len(body["results"]) >= 13 and body["next"] is None
    row = waiting()[0]
    start, end = row["mark"]
    assert row["sentence"][start:end] == f"{P}为{A}的上述债务提供担保"
    assert (row["state"], row["confidence"], row["rule"]) == ("open", 0.6, "composed.guarantor_for")
    assert row["extractor"] == "composed 7" and row["open_to"] == "shared"
    assert row["source"]["kind"] == "person" and row["source"]["id_mask"].startswith(NUMBER[:6])
    assert row["target"]["uscc"] == CODE_A
    page = run("review", "list", "--limit", "5", "--json").body
    rest = run("review", "list", "--limit", "100", "--cursor", page["next"], "--json").body
    assert page["results"] + rest["results"] == body["results"]
    text = run("review", "list").out
    assert f"【{P}为{A}的上述债务提供担保】" in text and f"待核事实 ({body['total']})" in text
    shown = run("review", "show", row["id"])
    assert row["id"] in shown.out and "words_gone" in shown.out


def test_no_number_is_in_any_answer(town: Loaded, http: Callers) -> None:
    found = run("review", "list", "--json").out + run("review", "list").out
    found += http.get("reviewer", "/reviews").text + get(http, "reviewer", "/reviews").text
    assert NUMBER not in found and "pid:" not in found


def test_accept_correct_refuse_undo_on_the_command_line(town: Loaded, tmp_path: Path) -> None:
    one, two, three = waiting()[:3]
    by = ("--by", "审核员", "--reason", "与判决主文核对一致", "--json")
    done = run("review", "accept", one["id"], *by)
    assert done.code == 0 and done.body["state"] == "accepted"
    file = tmp_path / "correction.json"
    file.write_text(json.dumps({"type": "shareholder_of"}), "utf-8")
    assert run("review", "correct", two["id"], str(file), *by).body["state"] == "corrected"
    assert run("review", "refuse", three["id"], *by).body["state"] == "refused"
    people = run("show", CODE_A, "--json").body
    edge = next(row for row in people["holdings"] if row["relation"] == "guarantor_for" and row["direction"] == "in"
                and any(proof.get("decision") == done.body["seq"] for proof in row["evidence"]))  # fmt: skip
    assert edge["entity"]["name"] == P and edge["match"] == "confirmed"
    again = run("review", "accept", one["id"], *by)
    assert again.code == 2 and again.body["status"] == 409
    shown = run("review", "show", one["id"], "--json").body["review"]
    assert shown["decision"]["by"] == "审核员" and shown["decision"]["fact"]["type"] == "guarantor_for"
    undone = tmp_path / "undo.json"
    told = {"kind": "undo", "keys": [], "entry": done.body["seq"], "by": "审核员", "reason": "误判"}
    undone.write_text(json.dumps(told), "utf-8")
    assert run("decide", str(undone), "--json").code == 0
    assert run("decide", str(undone), "--json").code == 2
    assert run("review", "undo", three["id"], *by).body["state"] == "open"
    assert run("review", "show", one["id"], "--json").body["review"]["state"] == "open"
    assert run("verify", "--json").body["ok"]
    assert run("review", "undo", two["id"], *by).code == 0
    actions = [row["action"] for row in AuditLog(home_from_environment()).rows()]
    assert {"CLI review list", "CLI review accept", "CLI review undo", "CLI review show"} <= set(actions)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show",), "needs id"), (("accept", "f" + "0" * 23), "--by"), (("export",), "--out"),
        (("refuse", "f" + "0" * 23, "--by", "x"), "--reason"), (("show", "f" + "0" * 23), "no fact"),
        (("accept", "f" + "0" * 23, "--by", "x", "--reason", "y"), "no fact"), (("list", "--limit", "0"), "--limit"),
        (("correct", "f" + "0" * 23, "--by", "x", "--reason", "y"), "needs file"),
        (("list", "--cursor", "x"), "cursor"),
        (("correct", "f" + "0" * 23, "nowhere.json", "--by", "x", "--reason", "y"), "nowhere.json"),
        (("export", "--out", "/nowhere/x.jsonl"), "folder"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told(town: Loaded, arguments: tuple[str, ...], told: str) -> None:
    done = run("review", *arguments, "--json")
    assert done.code == 2
    assert told in done.body["detail"]


def test_what_was_decided_is_training_data(town: Loaded, tmp_path: Path) -> None:
    by = ("--by", "审核员", "--reason", "核对", "--json")
    facts = {}
    rows = waiting("debtor_of")
    file = tmp_path / "correction.json"
    file.write_text(json.dumps({"amount_yuan": "12.5", "words": f"货款{rows[1]['amount_yuan']}元"}), "utf-8")
    for kind, row, more in (("accept", rows[0], ()), ("correct", rows[1], (str(file),)), ("refuse", rows[2], ())):
        facts[row["id"]] = kind
        assert run("review", kind, row["id"], *more, *by).code == 0
    out = tmp_path / "examples.jsonl"
    assert run("review", "export", "--out", str(out), "--json").body == {"rows": 3, "out": "examples.jsonl"}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert {line["id"]: line["decision"]["kind"] for line in lines} == facts
    assert [line["decision"]["seq"] for line in lines] == sorted(line["decision"]["seq"] for line in lines)
    accepted, corrected, refused = lines
    for line in lines:
        start, end = line["spans"]["words"]
        assert re.fullmatch(f"{A}尚欠{B}货款\\d+元", line["text"][start:end])
        assert line["text"][slice(*line["spans"]["source"])] == A
        assert line["text"][slice(*line["spans"]["target"])] == B
        assert line["read"]["confidence"] == 0.5 and line["read"]["extractor"] == "composed 7"
    assert accepted["label"]["amount_yuan"] == rows[0]["amount_yuan"]
    assert corrected["label"]["amount_yuan"] == "12.5" and corrected["read"]["amount_yuan"] == rows[1]["amount_yuan"]
    assert corrected["text"][slice(*corrected["label"]["words"])].startswith("货款")
    assert refused["label"] is None
    assert NUMBER not in out.read_text("utf-8")
    for fact in facts:
        run("review", "undo", fact, *by)


@pytest.mark.parametrize("role", list(ROLES))
def test_others_are_not_even_told_how_many_there_are(http: Callers, role: str) -> None:
    fact = waiting()[0]["id"]
    calls = [
        http.get(role, "/reviews"),
        http.get(role, f"/reviews/{fact}"),
        http.get(role, "/reviews/f" + "0" * 23),
        http.post(role, f"/reviews/{fact}", json={"decision": "approve", "reason": "x"}),
    ]
    pages = [get(http, role, "/reviews"), get(http, role, f"/reviews/{fact}")]
    if role in REVIEWERS:
        assert [done.status_code for done in calls] == [200, 200, 404, 400]
        assert [done.status_code for done in pages] == [200, 200]
        assert "/reviews" in get(http, role, "/").text
        return
    assert {done.status_code for done in (*calls, *pages)} == {403}
    assert len({done.content for done in calls[:3]}) == 1
    assert "/reviews" not in get(http, role, "/").text
    assert not any(P in done.text for done in (*calls, *pages))


def test_a_reviewer_must_say_why(http: Callers) -> None:
    assert http.get("reviewer", "/reviews", purpose=None).json()["needed"] == ["X-Purpose"]
    fact = waiting()[0]["id"]
    done = http.post("reviewer", f"/reviews/{fact}", purpose=None, json={"decision": "accept", "reason": "x"})
    assert done.status_code == 403
    assert waiting()[0]["state"] == "open"


def test_a_decision_over_http_is_by_the_owner_of_the_key_and_audited(http: Callers, town: Loaded) -> None:
    fact = waiting()[0]["id"]
    before = len(audited())
    done = http.post(
        "reviewer", f"/reviews/{fact}", json={"decision": "accept", "reason": "核对", "basis": "民事诉讼法"}
    )
    assert done.status_code == 201 and done.json()["state"] == "accepted"
    told = http.get("reviewer", f"/reviews/{fact}").json()["review"]["decision"]
    key = http.keys["reviewer"].split("_")[1]
    assert (told["by"], told["reason"], told["basis"], told["seq"]) == (key, "核对", "民事诉讼法", done.json()["seq"])
    row = next(row for row in audited()[before:] if row["action"].startswith("POST"))
    assert (row["who"], row["status"], row["purpose"]) == (key, 201, "a test")
    assert row["store_seq"] == done.json()["seq"] and row["persons"]
    again = http.post("reviewer", f"/reviews/{fact}", json={"decision": "refuse", "reason": "x"})
    assert again.status_code == 409
    assert http.post("operator", f"/reviews/{fact}", json={"decision": "undo", "reason": "x"}).json()["state"] == "open"


@pytest.mark.parametrize(
    "sent",
    [
        {}, [], {"decision": "accept"}, {"decision": "accept", "reason": " "}, {"decision": "accept", "reason": 3},
        {"decision": "same", "reason": "x"}, {"decision": "accept", "reason": "x", "by": "somebody else"},
        {"decision": "accept", "reason": "x", "correction": {"type": "debtor_of"}},
        {"decision": ["accept"], "reason": "x"},
        {"decision": "correct", "reason": "x"},
        {"decision": "correct", "reason": "x", "correction": {"keys": ["pid:1"]}},
        {"decision": "correct", "reason": "x", "correction": {"words": "查无此句"}},
        {"decision": "correct", "reason": "x", "correction": {"words": "担保", "start": 1}},
    ],
)  # fmt: skip
def test_a_body_that_is_no_decision_is_refused(http: Callers, sent: Any) -> None:
    fact, head = waiting()[0]["id"], run("verify", "--json").body["seq"]
    done = http.post("reviewer", f"/reviews/{fact}", json=sent)
    assert done.status_code == 400, done.text
    assert http.post("reviewer", f"/reviews/{fact}", content=b"{").status_code == 400
    assert run("verify", "--json").body["seq"] == head


def test_a_division_sees_and_decides_the_facts_of_its_courts_only(http: Callers) -> None:
    whole = http.get("reviewer", "/reviews").json()
    mine: list[str] = []
    theirs: list[str] = []
    for row in whole["results"]:
        (mine if row["court"] == "岚汀市人民法院" else theirs).append(row["id"])
    assert mine and {row["court"] for row in whole["results"] if row["id"] in theirs} == {
        "青禾市中级人民法院", "岚汀市汀北区人民法院",
    }  # fmt: skip
    for division, seen in (("359800", mine), ("350500", [])):
        who = http.issue("reviewer", division)
        body = http.get(who, "/reviews").json()
        assert [row["id"] for row in body["results"]] == seen and body["total"] == len(seen)
        unknown = http.get(who, "/reviews/f" + "0" * 23)
        for fact in {*mine, *theirs} - {*seen}:
            assert http.get(who, f"/reviews/{fact}").content == unknown.content
            told = http.post(who, f"/reviews/{fact}", json={"decision": "accept", "reason": "x"})
            assert told.status_code == 404
            assert told.content == http.post(
                who, "/reviews/f" + "0" * 23, json={"decision": "accept", "reason": "x"}
            ).content  # fmt: skip
    assert http.get("reviewer", "/reviews").json()["results"] == whole["results"]


def test_a_key_of_a_division_is_told_what_it_would_be_told_without_the_others(
    http: Callers, town: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another court's facts change nothing in the answer but the sequence."""
    who = http.issue("reviewer", "359800")
    before = http.get(who, "/reviews", limit=3).json()
    load(town, judgment(GUARANTEE.format(P, A), number=8101, court="青禾市中级人民法院"))
    after = http.get(who, "/reviews", limit=3).json()
    for body in (before, after):
        body.pop("known_at")
    assert before == after


def test_the_queue_has_an_etag_that_a_decision_changes(http: Callers) -> None:
    first = http.get("reviewer", "/reviews")
    headers = http.headers("reviewer") | {"if-none-match": first.headers["etag"]}
    assert http.client.get("/api/v1/reviews", headers=headers).status_code == 304
    fact = first.json()["results"][0]["id"]
    http.post("reviewer", f"/reviews/{fact}", json={"decision": "refuse", "reason": "x"})
    assert http.client.get("/api/v1/reviews", headers=headers).status_code == 200
    http.post("reviewer", f"/reviews/{fact}", json={"decision": "undo", "reason": "x"})


def _send(http: Callers, page: Any, fact: str, **fields: str) -> Any:
    return http.client.post(
        f"/reviews/{fact}", data={"form_token": form_token(page), **fields}, headers={"accept": "text/html"}
    )


def _form(page: Any, fact: str, kind: str) -> dict[str, str]:
    """The fields of a form as a browser would send them untouched."""
    form = next(
        found
        for found in re.findall(rf'<form method="post" action="/reviews/{fact}".*?</form>', page.text, re.DOTALL)
        if f'name="decision" value="{kind}"' in found
    )
    fields = dict(re.findall(r'<input(?: type="hidden")? name="(\w+)" value="([^"]*)"', form))
    fields.pop("form_token", None)
    fields |= re.findall(r'<textarea name="(words)"[^>]*>([^<]*)</textarea>', form)
    chosen = re.search(r'<option value="(\w+)" selected', form)
    return fields | ({"type": chosen[1]} if chosen else {})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_the_words_and_takes_a_decision(http: Callers, language: str) -> None:
    page = get(http, "reviewer", "/reviews", **{"accept-language": language})
    row = waiting()[0]
    assert f"<mark>{P}为{A}的上述债务提供担保</mark>" in page.text
    assert page.text.count('<textarea name="reason" rows="2" maxlength="2000" required>') >= 3
    refused = http.client.post(f"/reviews/{row['id']}", data={"decision": "accept", "reason": "x"})
    assert refused.status_code == 403 and waiting()[0]["id"] == row["id"]
    assert _send(http, page, row["id"], decision="accept", reason="").status_code == 400
    untouched = _form(page, row["id"], "correct") | {"reason": "x"}
    assert _send(http, page, row["id"], **untouched).status_code == 400, "nothing was changed"
    done = _send(http, page, row["id"], **untouched | {"type": "debtor_of", "amount_yuan": "100"})
    assert done.status_code == 303 and done.headers["location"].startswith("/reviews?done=")
    told = http.get("reviewer", f"/reviews/{row['id']}").json()["review"]["decision"]["fact"]
    assert (told["type"], told["amount_yuan"], told["source"]["name"]) == ("debtor_of", "100", P)
    then = get(http, "reviewer", f"/reviews/{row['id']}")
    assert 'value="undo"' in then.text and 'value="accept"' not in then.text
    assert _send(http, then, row["id"], decision="undo", reason="x").status_code == 303


def test_an_empty_queue_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path) -> None:
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    with serving() as callers:
        assert "没有待核的事实" in get(callers, "reviewer", "/reviews").text
        assert callers.get("reviewer", "/reviews").json()["total"] == 0


def test_a_confirmed_fact_is_shown_where_it_is_told(http: Callers, town: Loaded) -> None:
    """The claim names the decision, the text marks the words, and who decided is for authorised staff."""
    load(town, judgment(SHARES.format(P, A), DEBT.format(A, B, 7), number=8200, parties=((A, CODE_A),)))
    row = next(row for row in waiting("debtor_of") if row["amount_yuan"] == "7")
    seq = http.post("reviewer", f"/reviews/{row['id']}", json={"decision": "accept", "reason": "核对"}).json()["seq"]
    text = http.get("department", f"/documents/{row['sha256']}/text").json()
    assert f"{A}尚欠{B}货款7元" in [fact["quote"] for fact in text["facts"] if fact["relation"] == "debtor_of"]
    edges = http.get("department", f"/entities/{CODE_A}/neighbours", relation="debtor_of").json()["results"]
    edge = next(found["edge"]["id"] for found in edges if found["edge"]["amount_yuan"] == "7")
    for role, told in (("investigator", True), ("department", False)):
        (claim,) = http.get(role, f"/entities/{CODE_A}/edges/{edge}").json()["claims"]
        assert claim["evidence"]["decision"] == seq and claim["evidence"]["quote"] == f"{A}尚欠{B}货款7元"
        assert ("confirmed_by" in claim) is told
    assert http.get("public", f"/entities/{CODE_A}/edges/{edge}").status_code == 404


def test_the_graph_holds_a_decision_when_it_is_answered(http: Callers) -> None:
    """It is written outside of a snapshot, in which the graph could not catch up."""
    fact = waiting()[0]["id"]
    for kind in ("accept", "undo"):
        done = http.post("reviewer", f"/reviews/{fact}", json={"decision": kind, "reason": "核对"})
        assert done.status_code == 201, done.text
        assert http.client.get("/ready").json()["lag"] == 0

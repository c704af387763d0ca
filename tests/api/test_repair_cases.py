"""The life of repairs and objections on the demo town: graph and measures follow the row that a case writes."""

import csv
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import ingest.remedies
from api.commands import opened
from api.keys import create_key
from api.site import session
from graph.book.book import Book
from graph.book.home import home_from_environment
from graph.ledger import cases
from graph.ledger.cases import Row
from graph.measures.cases.machine import Actor, NotAllowed
from graph.measures.cases.remedies import PLATFORM
from ingest.demo.layouts import COLUMNS
from ingest.problems import problem
from ingest.recorder import Recorder
from ingest.remedies import Application, apply
from tests.api.conftest import TODAY, Loaded, run
from tests.api.desk import found
from tests.api.service import Callers, serving

#: Subjects and numbers of records of the town that stand: on the debtor list, a penalty of 罚款, on a severe list.
LISTED, ENTRY = "91359802TY00000M5C", "（2024）闽9801执302号"
FINED, FINE = "91359803TY00000Y3X", "岚综罚〔2025〕9号"
SEVERE, SEVERE_ENTRY = "91359804TY000003X1", "岚应急列〔2025〕1号"
AUTHORITY = "岚汀市应急管理局"
STOPS = ("publish_stopped_on", "share_stopped_on", "measures_released_on")


@pytest.fixture(scope="module")
def begun(town: Loaded) -> Loaded:
    """The town with its cases of measures."""
    assert run("cases", "sync", "--json").body["proposed"] > 20
    return town


def _id(number: str, kind: str) -> str:
    """The id of a record by number and kind of node."""
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        return next(
            n.id for n in reader.scan_nodes(view) if n.kind == kind and number in (n.props.get("document_no"), n.name)
        )


def _apply(kind: str, subject: str, record: str, ground: str = "信息错误", *more: str) -> Any:
    told = ("--subject", subject, "--record", record, "--ground", ground, "--by", "甲")
    return run("cases", "apply", kind, *told, *more, "--json")


def _act(case: str, step: str, body: str, **fields: str) -> str:
    """The state then, or the code of the rule that refused the step."""
    told = [text for name, value in fields.items() for text in ("--field", f"{name}={value}")]
    done = run("cases", "act", case, step, "--body", body, *told, "--json").body
    return str(done.get("code") or done["case"]["state"])


def _opened(kind: str, subject: str, record: str, *more: str) -> str:
    done = _apply(kind, subject, record, "信息错误", *more)
    assert done.code == 0, done.body
    return str(done.body["case"]["id"])


def _record(subject: str, number: str) -> tuple[str, bool]:
    rows = run("show", subject, "--section", "records", "--as-of", TODAY, "--json").body["records"]
    (row,) = (row for row in rows if row["document_no"] == number)
    return row["status"], row["displayed"]


def _on_list(subject: str) -> str:
    lists = run("show", subject, "--section", "lists", "--as-of", TODAY, "--json").body["lists"]
    return next(str(row["status"]) for row in lists if row["list"] in ("L01", "L02"))


def _states(subject: str) -> dict[tuple[str, str | None], int]:
    """Cases of measures by state and flag."""
    told: dict[tuple[str, str | None], int] = {}
    for row in found(kind="measure", subject=subject):
        told[row["state"], row["flag"]] = told.get((row["state"], row["flag"]), 0) + 1
    return told


def _rows(source: str) -> list[dict[str, Any]]:
    with sqlite3.connect(home_from_environment().ledger) as db:
        sql = "SELECT rec, outcome, version_date FROM entry WHERE kind = 'record' AND source = ? AND file LIKE 'case %'"
        return [{"rec": a, "outcome": b, "date": c} for a, b, c in db.execute(sql, (source,))]


def _head() -> int:
    with sqlite3.connect(home_from_environment().ledger) as db:
        return int(db.execute("SELECT max(seq) FROM entry").fetchone()[0])


def _verifying(case: str, body: str, day: str = TODAY) -> None:
    assert _act(case, "forward", PLATFORM, forwarded_on=day) == "forwarded"
    assert _act(case, "accept", body, accepted_on=day) == "accepted"
    assert _act(case, "verify", body) == "verifying"


GRANT = {"reason": "义务已履行", "document_no": "决1", "notice_no": "告1", "decided_on": TODAY}
GRANT |= dict.fromkeys(STOPS, TODAY)


def test_the_life_of_a_repair(begun: Loaded) -> None:
    entry = _id(ENTRY, "list_entry")
    done = _apply("repair", LISTED, entry, "义务已履行", "--on", "2026-09-28")
    case, remedy = done.body["case"]["id"], done.body["remedy"]
    assert (remedy["number"], remedy["determining"], remedy["issuer"]) == (case, "court", "岚汀市人民法院")
    assert (remedy["clock"]["working_days"], remedy["clock"]["confidence"]) == (1, "known")
    assert (remedy["severity"]["severity"], remedy["severity"]["until"]) == ("严重", None)
    assert done.body["case"]["due"] == "2026-09-29", "a day from that of the act, entered later"
    assert _apply("objection", LISTED, entry).body["code"] == "repair_open"
    assert _apply("repair", LISTED, entry).body["code"] == "already_open"
    assert _act(case, "forward", PLATFORM, forwarded_on=TODAY) == "papers_missing"
    assert _act(case, "ask_supplement", PLATFORM, reason="缺承诺书") == "need_supplement"
    assert _act(case, "supplement", PLATFORM, supplemented_on="2026-09-28", commitment="承诺书一份") == "submitted"
    assert _act(case, "grant", "court", **GRANT) == "wrong_state"
    assert _act(case, "accept", "court", accepted_on=TODAY) == "wrong_state"
    assert _act(case, "forward", "court", forwarded_on=TODAY) == "wrong_body"
    assert _act(case, "forward", PLATFORM, forwarded_on="2026-09-27") == "dates_out_of_order"
    _verifying(case, "court", "2026-09-29")
    accepted = run("cases", "show", case, "--json").body["case"]["due"]
    assert accepted == "2026-10-19", "ten working days from acceptance; verifying keeps them"
    assert _act(case, "extend", "court", reason="情况复杂") == "extended"
    assert run("cases", "show", case, "--json").body["case"]["due"] == "2026-11-02"
    assert _act(case, "extend", "court", reason="情况复杂") == "wrong_state", "once"
    proof = {"performance_proof": "结案证明"}
    assert _act(case, "grant", "court", **GRANT) == "papers_missing"
    assert _act(case, "grant", "court", **{**GRANT, **proof, "notice_no": ""}) == "missing_field", "served together"
    assert _act(case, "grant", "court", **{**GRANT, **proof, STOPS[1]: "2026-09-30"}) == "dates_out_of_order"
    assert (_on_list(LISTED), _rows("repairs")) == ("active", [])
    before = _states(LISTED)
    assert _act(case, "grant", "court", **{**GRANT, **proof, "decided_on": "2026-09-30"}) == "granted"
    assert _on_list(LISTED) == "withdrawn"
    assert _states(LISTED) == {("proposed", None): 1, ("lapsed", None): sum(before.values()) - 1}, "M087 has others"
    assert _apply("objection", LISTED, entry).body["code"] == "record_ended"
    assert _act(case, "close", PLATFORM) == "closed"
    fake = {"reason": "结案证明系伪造", "document_no": "撤1", "revoked_on": TODAY}
    assert _act(case, "revoke", "court", **fake) == "revoked"
    assert _on_list(LISTED) == "active"
    assert _states(LISTED)["proposed", None] == sum(before.values())
    versions = [(row["outcome"], row["date"]) for row in _rows("repairs")]
    assert versions == [("accepted", "2026-09-30"), ("merged", TODAY)], "two versions of one row"
    again = _apply("repair", LISTED, entry, "再次申请").body
    assert "bar after false material until 2029-10-01 (known" in again["remedy"]["to_check"][0]
    assert _act(again["case"]["id"], "withdraw", PLATFORM, reason="申请人撤回") == "withdrawn"
    assert run("verify", "--json").body["problems"] == []
    text = run("cases", "show", case).out
    assert "撤销修复" in text
    assert "performance_proof=结案证明" in text


def test_the_life_of_an_objection(begun: Loaded) -> None:
    assert _on_list(SEVERE) == "active"
    before = _states(SEVERE)
    assert set(before) == {("proposed", None)}
    case = _opened("objection", SEVERE, SEVERE_ENTRY, "--field", "evidence=说明一份")
    assert [row["outcome"] for row in _rows("objections")] == ["accepted"], "marked at once"
    waiting = {row["measure"] for row in found(kind="measure", subject=SEVERE) if row["flag"] == "objected"}
    assert waiting, "what rests on the record waits"
    assert sum(_states(SEVERE).values()) == sum(before.values())
    told = run("cases", "show", case, "--json").body
    assert (told["remedy"]["record_status"], told["remedy"]["clock"]["confidence"]) == ("objected", "design")
    assert _apply("objection", SEVERE, SEVERE_ENTRY).body["code"] == "already_open"
    assert _apply("repair", SEVERE, SEVERE_ENTRY).body["code"] == "objection_open"
    assert _act(case, "receive", PLATFORM, received_on=TODAY) == "verifying"
    answer = {"reason": "经核查列入错误", "document_no": "答1", "replied_on": TODAY}
    assert _act(case, "answer", AUTHORITY, **answer, result="大概如此") == "unknown_word"
    assert _act(case, "answer", AUTHORITY, **answer) == "missing_field"
    assert _act(case, "answer", PLATFORM, **answer, result="维持") == "wrong_body"
    assert _act(case, "extend", AUTHORITY, reason="核查需时") == "extended"
    assert _act(case, "extend", AUTHORITY, reason="核查需时") == "wrong_state", "once"
    assert _act(case, "answer", AUTHORITY, **answer, result="移出名单") == "answered"
    assert _on_list(SEVERE) == "withdrawn"
    left = {row["measure"]: row["state"] for row in found(kind="measure", subject=SEVERE)}
    assert {left[measure] for measure in waiting} == {"lapsed"}
    assert _act(case, "close", PLATFORM) == "closed"
    assert run("verify", "--json").body["problems"] == []


def test_a_denial_leaves_the_record_and_an_answer_that_keeps_it_takes_the_mark(begun: Loaded) -> None:
    case = _opened("repair", FINED, FINE, "--field", "commitment=承诺书", "--field", "performance_proof=缴款书")
    _verifying(case, AUTHORITY)
    told = run("cases", "show", case, "--json").body["remedy"]
    assert told["severity"]["severity"] is None
    assert "not known" in told["to_check"][0]
    denied = {"reason": "未满最短公示期", "document_no": "决2", "decided_on": TODAY}
    assert _act(case, "deny", AUTHORITY, **denied) == "missing_field", "no data tell the severity of a fine"
    ill = denied | {"reason": "负责人患有重病", "severity": "一般"}
    assert _act(case, "deny", AUTHORITY, **ill) == "row_refused", "what no row may hold takes the step back"
    assert _act(case, "deny", AUTHORITY, **denied, severity="一般") == "denied"
    assert _record(FINED, FINE) == ("active", True)
    assert _act(case, "revoke", AUTHORITY, reason="x", document_no="x", revoked_on=TODAY) == "wrong_state"
    assert _act(case, "close", PLATFORM) == "closed"
    assert _act(case, "revoke", AUTHORITY, reason="x", document_no="x", revoked_on=TODAY) == "never_granted"
    other = _opened("objection", FINED, FINE)
    assert _record(FINED, FINE) == ("objected", True)
    assert _act(other, "receive", PLATFORM, received_on=TODAY) == "verifying"
    kept = {"reason": "记录无误", "document_no": "答2", "replied_on": TODAY, "result": "维持"}
    assert _act(other, "answer", AUTHORITY, **kept) == "answered"
    assert _record(FINED, FINE) == ("active", True)


@pytest.mark.parametrize(
    ("kind", "subject", "record", "ground", "code"),
    [
        ("repair", FINED, "岚综罚〔2099〕1号", "已履行", "unknown_record"),
        ("repair", FINED, SEVERE_ENTRY, "已履行", "unknown_record"),
        ("repair", "91359802TY0000013H", "岚环罚〔2020〕44号", "已履行", "record_ended"),
        ("objection", "91359801TY00000G6U", "岚市监列〔2023〕4号", "信息错误", "record_ended"),
        ("objection", LISTED, ENTRY, "信息错误", "ambiguous_record"),
        ("repair", "91359801TY00000801", "岚税A〔2025〕1号", "已履行", "not_repairable"),
        ("repair", "91359804TY000003X1", "岚应急罚〔2025〕8号", "已履行", "objection_open"),
        ("objection", FINED, FINE, "不服", "unknown_word"),
        ("petition", FINED, FINE, "不服", "unknown_kind"),
    ],
)
def test_what_may_not_be_opened(begun: Loaded, kind: str, subject: str, record: str, ground: str, code: str) -> None:
    head = _head()
    refused = _apply(kind, subject, record, ground)
    assert (refused.code, refused.body["status"], refused.body["code"]) == (2, 409, code)
    assert _head() == head, "nothing was written"


def test_a_row_that_could_mean_two_records_is_never_written(begun: Loaded) -> None:
    """Order 36 has one word for what is neither penalty nor list, and the court uses one number for both records."""
    assert (
        _apply("repair", "91359804TY00000K9K", _id("（2024）闽9801执301号", "judgment_debtor")).body["code"]
        == "ambiguous_record"
    )


def test_fields_that_are_missing_or_ahead_open_nothing(begun: Loaded) -> None:
    assert run("cases", "apply", "repair", "--subject", FINED, "--record", FINE, "--json").body["status"] == 400
    assert _apply("repair", FINED, FINE, "已履行", "--on", "2026-10-02").body["code"] == "dates_out_of_order"
    assert _apply("repair", FINED, FINE, "已履行", "--field", "passport=1").body["code"] == "unknown_field"
    assert _apply("repair", FINED, FINE, "已履行", "--field", "passport").body["status"] == 400


def test_a_person_is_meant_by_the_number_that_only_the_vault_holds(begun: Loaded, tmp_path: Path) -> None:
    entry = _id("岚市监列〔2025〕2号", "list_entry")
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        (edge,) = reader.neighbours(view, [entry], ["about"], "out")
        token = next(key for key in reader.get(view, [edge.target])[edge.target].keys if key.startswith("pid:"))
        number = book.vault.number(token)
    case = _opened("objection", edge.target, entry)
    assert run("cases", "show", case, "--json").body["remedy"]["record_status"] == "objected"
    assert number
    with sqlite3.connect(home_from_environment().ledger) as db:
        assert not db.execute("SELECT 1 FROM payload WHERE body LIKE ?", (f"%{number}%",)).fetchall()
    file = tmp_path / "erase.json"
    told = {"kind": "erase", "keys": [token], "entry": None, "by": "甲", "reason": "依法删除", "basis": "x"}
    file.write_text(json.dumps(told), encoding="utf-8")
    assert run("decide", str(file), "--json").code == 0
    assert run("cases", "show", case, "--json").body["status"] == 404, "an erasure takes the case with it"
    assert run("verify", "--json").body["problems"] == []


def _filed(folder: Path, source: str, *cells: str) -> None:
    """Load a row that another system sends."""
    file = folder / f"{source}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([COLUMNS[source], cells + ("",) * (len(COLUMNS[source]) - len(cells))])
    assert run("load", source, str(file), "--json").body["accepted"] == 1


def test_what_other_systems_have_opened_counts_too(begun: Loaded, tmp_path: Path) -> None:
    """An objection that comes by file while a repair is handled stops the grant; a repair by file bars an objection."""
    subject, number, issuer = "91359802TY00000D1P", "岚综罚〔2025〕501号", "岚汀市生态环境局"
    case = _opened("repair", subject, number, "--field", "commitment=承诺书")
    _verifying(case, issuer)
    name = run("show", subject, "--json").body["entity"]["name"]
    who = (name, subject)
    said = ("本人", number, "penalties", "信息错误", "2026-09-30", "某中心", issuer, "2026-10-20")
    _filed(tmp_path, "objections", "YY9", *who, *said)
    told = GRANT | {"performance_proof": "缴款书", "severity": "一般"}
    assert _act(case, "grant", issuer, **told) == "objection_open"
    assert run("cases", "show", case, "--json").body["case"]["state"] == "verifying"
    assert _act(case, "withdraw", issuer, reason="申请人撤回") == "wrong_body", "its turn, and not its step"
    assert _act(case, "withdraw", PLATFORM, reason="申请人撤回") == "withdrawn"
    other, fine = "91359803TY00001361", "岚综罚〔2025〕11号"
    name = run("show", other, "--json").body["entity"]["name"]
    head = (name, other, "行政处罚", fine, "一般", "信用中国", "岚汀市城市管理局", "2026-09-28")
    _filed(tmp_path, "repairs", "XF9", *head)
    assert _apply("objection", other, fine).body["code"] == "repair_open"
    assert _apply("repair", other, fine).body["code"] == "already_open"


@pytest.fixture
def book(begun: Loaded) -> Iterator[Book]:
    """The book of the town."""
    with opened() as opened_book:
        yield opened_book


def _cases_of(book: Book) -> list[Row]:
    with book.ledger.reading() as connection:
        return list(cases.listed(connection, kind="objection"))


def _killed(monkeypatch: pytest.MonkeyPatch, where: object, name: str) -> int:
    """Lodge an objection in a process that dies when it comes to a function; how it ended."""

    def dies(*_: object, **__: object) -> None:
        os._exit(77)

    entry = _id("岚综罚〔2025〕6号", "penalty")
    pid = os.fork()
    if not pid:
        monkeypatch.setattr(where, name, dies)
        _apply("objection", "91359801TY00000Q8A", entry)
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize("name", ["finish", "_tell"])
def test_a_crash_between_step_and_row_leaves_neither(begun: Loaded, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before, rows = found(kind="objection"), _rows("objections")
    assert _killed(monkeypatch, ingest.remedies, name) == 77
    assert (found(kind="objection"), _rows("objections")) == (before, rows)
    assert run("verify", "--json").body["problems"] == []


def test_a_crash_before_the_graph_knows_is_finished_by_the_next_command(
    begun: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _killed(monkeypatch, Book, "_project") == 77
    assert _record("91359801TY00000Q8A", "岚综罚〔2025〕6号") == ("objected", True)
    assert run("cases", "sync", "--json").code == 0
    assert run("verify", "--json").body["problems"] == []


def test_a_row_that_is_held_takes_the_step_back(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a row that a person must release first: no case, no quarantined row."""
    before, head = _cases_of(book), book.ledger.head()
    monkeypatch.setattr(Recorder, "check", lambda *_: problem("name_mismatch", "", "another name"))
    subject = run("show", "91359801TY00000W7B", "--json").body["entity"]["id"]
    asked = Application("objection", subject, "岚综罚〔2024〕8号", {"ground": "信息错误"})
    with pytest.raises(NotAllowed) as refused:
        apply(book, asked, Actor("k", PLATFORM))
    assert refused.value.code == "row_refused"
    assert (_cases_of(book), book.ledger.head()) == (before, head)


@pytest.fixture
def http(begun: Loaded, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callers]:
    """The service, with keys of the platform and of who determined a record."""
    monkeypatch.setenv("CREDITGRAPH_RATE", "0")
    with serving() as callers:
        for body in (PLATFORM, "岚汀市城市管理局", "税务局"):
            callers.keys[body] = create_key(home_from_environment(), "department", body=body)["key"]
        yield callers


def _post(http: Callers) -> Callable[..., tuple[int, str]]:
    def step(who: str, case: str, name: str, **fields: str) -> tuple[int, str]:
        done = http.post(who, f"/cases/{case}", json={"transition": name, **fields})
        return done.status_code, done.json().get("code", "") if done.is_error else done.json()["case"]["state"]

    return step


def test_lodged_and_handled_over_http(http: Callers) -> None:
    own, step = "岚汀市城市管理局", _post(http)
    asked = {"kind": "objection", "subject": "91359801TY000011X9", "record": "岚综罚〔2025〕10号", "ground": "信息错误"}
    for role in ("public", "partner", "auditor", "investigator"):
        assert http.post(role, "/cases", json=asked).status_code == 403
    assert http.post("operator", "/cases", json={"kind": "objection"}).status_code == 400
    assert http.post("operator", "/cases", json=[]).status_code == 400
    assert http.post("operator", "/cases", content=b"{").status_code == 400
    receipt = http.post("税务局", "/cases", json=asked)
    assert receipt.status_code == 201, "any department takes it for the applicant"
    case = receipt.json()["case"]["id"]
    assert http.get("税务局", f"/cases/{case}").status_code == 404, "it is no case of its body"
    assert http.post("operator", "/cases", json=asked).json()["code"] == "already_open"
    assert {s["why_not"] for s in http.get(own, f"/cases/{case}").json()["next"]} == {"wrong_body"}, "not its turn yet"
    told = http.get(PLATFORM, f"/cases/{case}").json()
    assert [(s["transition"], s["body"], s["why_not"]) for s in told["next"]] == [("receive", PLATFORM, None)]
    assert step(PLATFORM, case, "receive", received_on=TODAY) == (201, "verifying")
    assert [row["id"] for row in http.get(own, "/cases", kind="objection").json()["results"]] == [case]
    assert {s["why_not"] for s in http.get(PLATFORM, f"/cases/{case}").json()["next"]} == {"wrong_body"}
    told = {"reason": "已更正", "document_no": "答3", "result": "更正", "replied_on": TODAY}
    assert step(PLATFORM, case, "answer", **told) == (403, "wrong_body")
    assert step("operator", case, "answer", **told)[0] == 400, "an operator names the body that has answered"
    assert step(own, case, "answer", **told) == (201, "answered")
    assert step("operator", case, "close", body=PLATFORM) == (201, "closed")
    state = http.get("auditor", f"/cases/{case}").json()
    assert (state["case"]["state"], state["remedy"]["record_status"]) == ("closed", "active")
    assert http.get("public", f"/cases/{case}").status_code == 403


def test_a_case_is_a_page_with_a_form_for_whose_turn_it_is(http: Callers) -> None:
    case = _opened("repair", "91359801TY00000L73", "岚综罚〔2025〕4号", "--field", "commitment=承诺书")
    cookie = session.start(home_from_environment(), http.keys[PLATFORM].split("_")[1], "a test")
    http.client.cookies.set(session.COOKIE, cookie)
    page = http.client.get(f"/desk/{case}")
    assert page.status_code == 200
    for told in ("信用修复", "岚汀市城市管理局", "规则文本未核", "承诺书", 'id="forward"', "未知"):
        assert told in page.text
    assert http.client.get("/desk").text.count(f"/desk/{case}") == 1

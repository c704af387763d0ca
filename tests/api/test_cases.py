"""The life of a measure on the demo town, by command line and over HTTP: proposed, decided, carried out, released.

The third version of the debtor list takes the contractor off it; what rested on that entry ends the same day.
"""

import csv
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.auth import Caller
from api.cases import next as next_step
from api.commands import opened
from api.keys import create_key
from api.site import session
from graph.book.home import home_from_environment
from graph.ledger import cases
from ingest.demo.town import Town, write_town
from tests.api.conftest import TODAY, Loaded, run
from tests.api.desk import begun, found
from tests.api.service import Callers, serving

_NUMBER = "（2026）闽9803执39号"

#: Loaded before the story begins; the third version of the list ends it.
_BEFORE = (
    ("departments", "departments.csv"),
    ("registry", "registry.csv"),
    ("dishonest-debtors", "dishonest-debtors-2025-04-01.json"),
    ("dishonest-debtors", "dishonest-debtors-2025-07-01.json"),
)
_LAST = "dishonest-debtors-2025-10-01.json"


@contextmanager
def _listed(folder: Path, key: Path, store: str = "") -> Iterator[Town]:
    """A home with two versions of the list."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDITGRAPH_HOME", str(folder / "home"))
        patch.setenv("CREDITGRAPH_MASTER_KEY", str(key))
        patch.setenv("CREDITGRAPH_TODAY", TODAY)
        patch.setenv("CREDITGRAPH_RATE", "0")
        if store:
            patch.setenv("CREDITGRAPH_STORE", store)
            # The server may hold the graph of an earlier test: a rebuild takes it over for this book.
            assert run("rebuild", "--json").code == 0
        else:
            patch.delenv("CREDITGRAPH_STORE", raising=False)
        town = write_town(folder / "town")
        for source, name in _BEFORE:
            assert run("load", source, str(town.folder / name), "--json").code in (0, 1)
        yield town


def _last(town: Town) -> Any:
    return run("load", "dishonest-debtors", str(town.folder / _LAST), "--json")


def _act(case: str, step: str, body: str, *more: str) -> Any:
    return run("cases", "act", case, step, "--body", body, *more, "--json")


def _refused(done: Any) -> tuple[int, str]:
    return done.body["status"], done.body.get("code", "")


def _contractor(town: Town, measure: str) -> dict[str, Any]:
    return found(subject=town.cast.firms["contractor"].uscc, measure=measure)[0]


def _until_in_force(case: str) -> None:
    assert _act(case, "notice", "court", "--document-no", _NUMBER, "--on", TODAY).body["case"]["state"] == "noticed"
    decided = ("--reason", "拒不履行", "--document-no", _NUMBER, "--on", TODAY)
    assert _act(case, "decide", "court", *decided, "--by", "甲").body["case"]["state"] == "decided"
    assert _refused(_act(case, "enforce", "court", "--on", TODAY)) == (400, "")
    assert _refused(_act(case, "enforce", "court", "--on", TODAY, "--by", "甲")) == (409, "same_person")
    assert _act(case, "enforce", "court", "--on", TODAY, "--by", "乙").body["case"]["state"] == "in_force"


def _to_do(body: str, out: Path) -> list[dict[str, str]]:
    """The file of the open tasks of a body."""
    done = run("cases", "tasks", "--body", body, "--out", str(out), "--json")
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    assert done.body["rows"] == len(rows)
    assert run("cases", "tasks", "--body", body, "--out", str(out / "no"), "--json").body["status"] == 400
    return rows


def _story(town: Town, folder: Path) -> None:
    """By command line, from the list to the release."""
    assert run("cases", "list", "--json").body["total"] == 0
    assert run("cases", "sync", "--json").body["proposed"] > 20
    case = _contractor(town, "M006")["id"]
    _until_in_force(case)
    told, ignored = sorted(found(kind="task", subject=town.cast.firms["contractor"].uscc), key=lambda t: t["body"])[
        ::-1
    ]
    assert (told["body"], ignored["body"]) == ("征信机构", "court")
    out = folder / "tasks.csv"
    (row,) = _to_do("征信机构", out)
    assert (row["任务编号"], row["决定文号"], row["主体代码"]) == (told["id"], _NUMBER, told["subject"]["uscc"])
    assert out.stat().st_mode & 0o777 == 0o600
    assert run("cases", "show", told["id"], "--json").body["case"]["state"] == "sent", "a file sent counts as nothing"
    assert _act(told["id"], "acknowledge", "征信机构", "--on", TODAY).code == 0
    done = _act(told["id"], "report", "征信机构", "--on", TODAY, "--effect", "已在征信系统记录")
    assert done.body["steps"][-1]["fields"] == {"effect": "已在征信系统记录", "reported_on": TODAY}
    last = _last(town)
    assert "cases:" in last.err
    assert "ended" in last.err
    assert "cases" not in last.body, "the body of a load is its own"
    ended = run("cases", "show", case, "--json").body
    assert (ended["case"]["state"], ended["steps"][-1]["by"]["key"]) == ("ended", "system")
    assert ended["steps"][-1]["at"][:10] == ended["steps"][0]["at"][:10]
    parts = {(part["kind"], part["body"]): part["state"] for part in ended["tasks"]}
    assert parts == {
        ("task", "court"): "withdrawn",
        ("task", "征信机构"): "withdrawn",
        ("release", "征信机构"): "sent",
    }, "who never took the task on has nothing to release"
    (still,) = found(kind="release", state="sent")
    assert still["body"] == "征信机构"
    assert [task["任务编号"] for task in _to_do("征信机构", out)] == [still["id"]], "the task is withdrawn"
    assert _act(still["id"], "release", "征信机构", "--on", TODAY).body["case"]["state"] == "done"
    assert not found(kind="release", state="sent")
    assert _to_do("征信机构", out) == []
    assert run("verify", "--json").body["ok"]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, master_key: Path) -> Iterator[Town]:
    """A home with two versions of the list, cases not begun."""
    folder = tmp_path_factory.mktemp("cases")
    with _listed(folder, master_key) as town:
        yield town


def test_the_story_by_command_line(tmp_path: Path, master_key: Path) -> None:
    with _listed(tmp_path, master_key) as town:
        _story(town, tmp_path)


@pytest.mark.neo4j
def test_the_story_on_neo4j(tmp_path: Path, master_key: Path, neo4j_uri: str) -> None:
    with _listed(tmp_path, master_key, neo4j_uri) as town:
        _story(town, tmp_path)


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the whole town, cases begun."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDITGRAPH_RATE", "0")
        begun(body="court")
        with serving() as callers:
            callers.keys["other court"] = create_key(home_from_environment(), "court")["key"]
            for body in ("征信机构", "税务局", "人社局"):
                callers.keys[body] = create_key(home_from_environment(), "department", body=body)["key"]
            yield callers


def _step(http: Callers, who: str, case: str, step: str, **fields: str) -> tuple[int, str]:
    """Status and code (or the state then) of a step."""
    done = http.post(who, f"/cases/{case}", json={"transition": step, **fields})
    body = done.json()
    return done.status_code, body.get("code", "") if done.is_error else body["case"]["state"]


def test_the_story_over_http(played: Town) -> None:
    assert run("cases", "sync", "--json").code == 0
    case = _contractor(played, "M006")["id"]
    decided = {"reason": "拒不履行", "document_no": _NUMBER, "decided_on": TODAY}
    with serving() as http:
        home = home_from_environment()
        http.keys["other court"] = create_key(home, "court")["key"]
        http.keys["征信机构"] = create_key(home, "department", body="征信机构")["key"]
        waiting = http.get("court", "/cases", state="proposed", limit=200).json()
        assert case in {row["id"] for row in waiting["results"]}
        assert waiting["total"] == len(waiting["results"]) == len(found(body="court"))
        assert http.get("征信机构", f"/cases/{case}").status_code == 404
        told = http.get("court", f"/cases/{case}").json()
        assert {step["transition"]: step["why_not"] for step in told["next"]} == dict.fromkeys(
            ("notice", "decide", "refuse")
        )
        assert told["proposal"]["records"][0]["evidence"][0]["file"] == "dishonest-debtors-2025-07-01.json"
        assert told["proposal"]["basis"]
        assert told["ends"]["conditions"]
        notice = {"document_no": _NUMBER, "noticed_on": TODAY}
        assert _step(http, "court", case, "notice", **notice) == (201, "noticed")
        assert _step(http, "court", case, "decide", **decided) == (201, "decided")
        assert _step(http, "court", case, "enforce", in_force_on=TODAY) == (409, "same_person")
        bars = {step["transition"]: step["why_not"] for step in http.get("court", f"/cases/{case}").json()["next"]}
        assert bars["enforce"] == "same_person"
        assert _step(http, "other court", case, "enforce", in_force_on=TODAY) == (201, "in_force")
        (task,) = http.get("征信机构", "/cases", kind="task").json()["results"]
        assert http.get("征信机构", "/cases").json()["total"] == 2, "its task and the case of it"
        assert http.get("征信机构", f"/cases/{case}").json()["tasks"] == [task], "not the tasks of others"
        assert _step(http, "征信机构", task["id"], "acknowledge", acknowledged_on=TODAY) == (201, "acknowledged")
        report = {"effect": "已记录", "reported_on": TODAY}
        assert _step(http, "征信机构", task["id"], "report", **report) == (201, "reported")
        assert len(http.get("court", f"/cases/{case}").json()["tasks"]) == 2
        there = http.issue("court", "350500")
        assert http.get(there, f"/cases/{case}").status_code == 200, "the list is open to every department"
        file = {"file": (_LAST, (played.folder / _LAST).read_bytes())}
        receipt = http.post("court", "/batches?source=dishonest-debtors", files=file)
        assert receipt.status_code == 201
        ended = http.get("court", f"/cases/{case}").json()
        assert (ended["case"]["state"], ended["next"]) == ("ended", [])
        (release,) = http.get("auditor", "/cases", kind="release", state="sent").json()["results"]
        assert (release["body"], release["parent"]) == ("征信机构", case)
        assert _step(http, "征信机构", release["id"], "release", released_on=TODAY) == (201, "done")
        used = http.get("investigator", "/measures/use").json()["results"]
        assert {"kind": "measure", "measure": "M006", "body": "court", "state": "ended", "count": 1}.items() <= next(
            row for row in used if row["state"] == "ended" and row["measure"] == "M006"
        ).items()
        assert http.get(there, f"/cases/{case}").status_code == 404, "the entry is archived: not for other divisions"


def test_who_may_act_for_whom(http: Callers) -> None:
    case = begun(body="court", measure="M006")["id"]
    told = {"reason": "核对", "document_no": _NUMBER, "decided_on": TODAY}
    assert _step(http, "operator", case, "decide", **told)[0] == 400, "an operator acts for no body of its own"
    assert _step(http, "operator", case, "decide", body="税务局", **told) == (403, "wrong_body")
    assert _step(http, "court", case, "decide", body="税务局", **told) == (403, "wrong_body")
    assert _step(http, "reviewer", case, "decide", **told) == (403, "wrong_body"), "its key names no body"
    assert _step(http, "人社局", case, "decide", **told)[0] == 404, "no case of its body, nor a task of it"
    for role in ("investigator", "auditor", "public", "partner"):
        assert _step(http, role, case, "decide", **told)[0] == 403
    assert http.get("operator", f"/cases/{case}").json()["case"]["state"] == "proposed"
    assert _step(http, "operator", case, "decide", body="court", **told) == (201, "decided")
    assert _step(http, "operator", case, "enforce", body="court", in_force_on=TODAY) == (409, "same_person")
    assert _step(http, "administrator", case, "enforce", body="court", in_force_on=TODAY) == (201, "in_force")
    task = next(row["id"] for row in found(kind="task", body="征信机构"))
    assert _step(http, "court", task, "acknowledge", acknowledged_on=TODAY) == (403, "wrong_body")
    assert _step(http, "税务局", task, "acknowledge", acknowledged_on=TODAY)[0] == 404
    assert {s["why_not"] for s in http.get("court", f"/cases/{task}").json()["next"]} == {"wrong_body"}


@pytest.mark.parametrize(
    ("step", "fields", "expected"),
    [
        ("decide", {"document_no": _NUMBER, "decided_on": TODAY}, (409, "missing_field")),
        ("decide", {"reason": "r", "document_no": _NUMBER, "decided_on": "2026-10-02"}, (409, "dates_out_of_order")),
        ("decide", {"reason": "r", "document_no": _NUMBER, "decided_on": "2026-13-02"}, (409, "bad_date")),
        ("refuse", {"reason": "r", "effect": "e"}, (409, "unknown_field")),
        ("refuse", {"reason": "r" * 2001}, (409, "too_long")),
        ("enforce", {"in_force_on": TODAY}, (409, "wrong_state")),
        ("end", {}, (409, "system_only")),
        ("jump", {}, (409, "unknown_transition")),
    ],
)
def test_a_step_that_is_not_allowed_names_its_rule(
    http: Callers, step: str, fields: dict[str, str], expected: tuple[int, str]
) -> None:
    case = found(body="court", measure="M011")[0]["id"]
    assert _step(http, "court", case, step, **fields) == expected
    (only,) = http.get("court", f"/cases/{case}").json()["steps"]
    assert only["transition"] == "propose"


def test_days_run_forwards(http: Callers) -> None:
    case = found(body="人社局")[0]["id"]
    notice = {"document_no": "岚人社〔2026〕1号", "noticed_on": "2026-09-30"}
    assert _step(http, "人社局", case, "notice", **notice) == (201, "noticed")
    told = {"reason": "r", "document_no": "岚人社〔2026〕2号", "decided_on": "2026-09-29"}
    assert _step(http, "人社局", case, "decide", **told) == (409, "dates_out_of_order")


def test_no_body_that_is_none_is_taken(http: Callers) -> None:
    case = found(body="court")[0]["id"]
    for content in (b"", b"[]", b"{}", b'{"transition": 1}', b'{"transition": "refuse", "reason": ["x"]}', b"\xff"):
        assert http.post("court", f"/cases/{case}", content=content).status_code == 400
    unknown = "c" + "0" * 23
    assert http.get("court", f"/cases/{unknown}").status_code == 404
    assert _step(http, "court", unknown, "refuse", reason="r")[0] == 404
    assert run("cases", "show", unknown, "--json").body["status"] == 404
    assert run("cases", "act", case, "decide", "--json").body["status"] == 400
    assert run("cases", "act", case, "refuse", "--body", "court", "--on", TODAY, "--json").body["status"] == 400
    for query in ({"state": "x"}, {"kind": "x"}, {"cursor": "x"}):
        assert http.get("court", "/cases", **query).status_code == 400
    assert http.get("court", "/cases", subject="nobody at all").status_code == 404


def test_no_number_of_a_person_gets_into_the_ledger(http: Callers, town: Loaded) -> None:
    number = town.town.persons["boss"].id_no
    case = found(body="court", measure="M003") or found(measure="M003")
    told = {"reason": f"{number} 已核", "body": case[0]["body"]}
    done = http.post("operator", f"/cases/{case[0]['id']}", json={"transition": "refuse", **told})
    assert done.status_code == 201
    assert "********" in done.json()["steps"][-1]["fields"]["reason"]
    assert number not in done.text
    assert http.get("court", "/cases", subject=number).status_code == 400


def test_the_public_learns_of_no_case(http: Callers, town: Loaded) -> None:
    for role in ("public", "partner"):
        paths = ("/cases", f"/cases/{found()[0]['id']}", "/measures/use")
        assert {http.get(role, path).status_code for path in paths} == {403}
    assert http.get("court", "/cases", purpose=None).status_code == 403
    assert http.get("department", "/cases").json()["total"] == 0, "its key names no body"


def test_pages_of_cases_hold_each_once_by_their_days(http: Callers) -> None:
    for who, want in (("operator", {}), ("court", {}), (http.issue("investigator", "359800"), {"measure": "M002"})):
        whole = http.get(who, "/cases", limit=200, **want).json()
        ids, cursor = [], None
        while True:
            page = http.get(who, "/cases", limit=7, **want, **({"cursor": cursor} if cursor else {})).json()
            assert page["total"] == whole["total"]
            ids += [row["id"] for row in page["results"]]
            cursor = page["next"]
            if not cursor:
                break
        assert ids == [row["id"] for row in whole["results"]]
        assert len(set(ids)) == whole["total"]
        days = [row["due"] or "9999" for row in whole["results"]]
        assert days == sorted(days)


def test_cases_are_found_by_what_they_are_about(http: Callers, town: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = http.get("operator", "/cases", limit=200).json()["results"]
    for name in ("state", "kind", "measure", "body"):
        for word in {row[name] for row in everything}:
            some = http.get("operator", "/cases", limit=200, **{name: word}).json()["results"]
            assert some == [row for row in everything if row[name] == word]
    person = town.town.persons["present"]
    borne = found(subject=next(row["party"]["id"] for row in everything if row["party"]["name"] == person.name))
    assert {row["role"] for row in borne} >= {"legal_rep"}, "what somebody bears for another is told of him too"
    assert http.get("operator", "/cases", overdue="true").json()["total"] == 0
    monkeypatch.setenv("CREDITGRAPH_TODAY", "2026-10-16")
    late = http.get("operator", "/cases", overdue="true", limit=200).json()
    assert late["total"] == sum(1 for row in everything if row["due"] and row["due"] < "2026-10-16") > 0
    assert all(row["overdue"] for row in late["results"])


def test_a_form_of_the_desk_needs_its_session(http: Callers) -> None:
    case = found(body="court", state="proposed")[0]["id"]
    cookie = session.start(home_from_environment(), http.keys["court"].split("_")[1], "a test")
    told = {"transition": "refuse", "reason": "r"}
    for token in ("", "x", session.form_token("another")):
        done = http.client.post(
            f"/desk/{case}", data=told | {"form_token": token}, headers={"cookie": f"{session.COOKIE}={cookie}"}
        )
        assert done.status_code == 403
    assert http.get("court", f"/cases/{case}").json()["case"]["state"] == "proposed"


def test_what_a_division_may_not_read_is_not_counted(http: Callers) -> None:
    """The exit ban of a court of the city is closed to others, and so is the case that rests on it."""
    here, there = http.issue("court", "359800"), http.issue("court", "350500")
    banned = {row["id"] for row in found(measure="M005") if row["role"] == "legal_rep"}
    for who, sees in (("court", True), (here, True), (there, False)):
        seen = {row["id"] for row in http.get(who, "/cases", measure="M005").json()["results"]}
        assert (banned <= seen) is sees
        assert http.get(who, "/cases", measure="M005").json()["total"] == len(seen)
        assert {http.get(who, f"/cases/{case}").status_code for case in banned} == {200 if sees else 404}
        used = http.get(who, "/measures/use").json()["results"]
        assert sum(row["count"] for row in used if row["measure"] == "M005") == len(seen)


def test_what_may_be_done_next_is_what_is_allowed(http: Callers) -> None:
    """``why_not`` None exactly where the step is taken: every step of cases in every state that the tests left."""
    for row in found()[:6] + found(state="decided") + found(state="in_force"):
        told = http.get("court", f"/cases/{row['id']}")
        if told.status_code == 404:
            continue
        for step in told.json()["next"]:
            # A day that is none: refused for it, once nothing else bars the step.
            fields = {name: "x" for name in step["needs"]}
            status, code = _step(http, "court", row["id"], step["transition"], **fields, later="x")
            assert (code == step["why_not"]) if step["why_not"] else (status, code) == (409, "unknown_field")


@pytest.mark.parametrize(("flag", "code"), [("objected", "objection_open"), ("ground_changed", "ground_changed")])
def test_a_flag_stops_the_steps_that_go_on_and_no_others(flag: str, code: str) -> None:
    with opened() as book, book.ledger.reading() as connection:
        row = next(cases.listed(connection, kind="measure", state="proposed", body="court"))
        events = cases.events(connection, row.id)
    told = next_step.next_steps(row._replace(flag=flag), events, Caller("k", "court", body="court"))
    assert {step["transition"]: step["why_not"] for step in told} == {"notice": code, "decide": code, "refuse": None}


def test_text_says_what_may_be_done(http: Callers) -> None:
    case = found(body="court")[0]["id"]
    text = run("cases", "show", case).out
    assert all(word in text for word in ("证据 ", "须核", "可办"))
    assert run("cases", "list", "--limit", "2").out.startswith("案件 (")
    assert run("cases", "sync").out.startswith("cases: ")


def test_every_step_and_reading_leaves_a_row(http: Callers) -> None:
    case = found(measure="M003")[-1]
    http.get("investigator", f"/cases/{case['id']}")
    http.post("operator", f"/cases/{case['id']}", json={"transition": "refuse", "reason": "r", "body": case["body"]})
    run("cases", "show", case["id"])
    wanted = {"GET /cases/{id}", "POST /cases/{id}", "CLI cases show"}
    by: dict[str, Any] = {}
    until = time.monotonic() + 15  # within two seconds where nothing else runs: that is the matter of another test
    while not by.keys() >= wanted and time.monotonic() < until:
        time.sleep(0.1)
        rows = http.get("auditor", "/audit", person=case["party"]["id"], limit=200).json()["results"]
        by = {row["action"]: row["role"] for row in rows}
    assert by.keys() >= wanted
    assert by["POST /cases/{id}"] == "operator"

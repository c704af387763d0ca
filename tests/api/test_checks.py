"""Checks before a decision over the town: by command and over HTTP, cut to the reader, certified, kept, erased."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.audit import AuditLog
from api.commands import opened
from graph.book.home import home_from_environment
from graph.ledger import cases
from graph.measures.cases import acts
from graph.measures.cases.machine import Actor
from graph.measures.cases.sync import sync
from graph.measures.certificate import text_of
from graph.measures.check import Asking, Check
from graph.measures.check import check as compared
from graph.measures.purposes import standing_purposes
from graph.model.ids import mask_id
from graph.store.base import View
from ingest.demo import codes
from ingest.demo.layouts import COLUMNS
from tests.api.conftest import TODAY, Loaded, run
from tests.api.cut_graph import CutGraph
from tests.api.service import Callers, serving

#: A unit on the wage arrears list, and one that nothing is known of.
LISTED, NOBODY = "91359802TY00000R6K", codes.uscc(987654)

#: An ID number of nobody.
NUMBER = codes.id_number(1, "1988-03-04", 71)


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the demo town, its cases proposed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDITGRAPH_RATE", "0")
        with opened() as book:
            sync(book)
        with serving() as callers:
            yield callers


def put_in_force(measure: str, party: str, role: str) -> str:
    """A decision on the case of a measure, in force; its id. Nothing is done when it is already."""
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        keys = set(reader.get(view, [party])[party].keys)
        with book.writing() as writer:
            rows = list(cases.listed(writer.connection, measure=measure, role=role))
            row = next(one for one in rows if one.party in keys)
            if row.state == "proposed":
                day = {"document_no": "岚人社决〔2026〕1号", "decided_on": "2026-09-01", "reason": "依法"}
                acts.act(writer, row.id, "decide", Actor("k1", row.body), day)
                acts.act(writer, row.id, "enforce", Actor("k2", row.body), {"in_force_on": "2026-09-02"})
        book.recover()
        return row.id


def ids(name: str) -> list[str]:
    """Ids of subjects of a name."""
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        return [node.id for node in reader.search(view, name, 50, exact=True)]


def reached(measure: str) -> tuple[str, str]:
    """Somebody whom a measure reaches through a unit, and his role."""
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        with book.ledger.reading() as connection:
            row = next(one for one in cases.listed(connection, measure=measure) if one.role != "subject")
        node = reader.by_key(view, row.party)
        assert node is not None
        return node.id, row.role


def bound(body: dict[str, Any], part: str) -> list[tuple[str, str]]:
    """Measures and states of a part of an answer."""
    return [(row["measure"], row["state"]) for row in body[part]]


def test_what_binds_is_told_with_its_law_its_records_and_who_decided(http: Callers) -> None:
    unit = run("show", LISTED, "--json").body["entity"]["id"]
    before = run("check", LISTED, "--purpose", "subsidy", "--json").body
    case = put_in_force("M020", unit, "subject")
    done = run("check", LISTED, "--purpose", "subsidy", "--json")
    body = done.body
    assert (before["hit"], bound(before, "proposed")) in ((False, [("M020", "proposed")]), (True, []))
    assert done.code == 0 and body["hit"] and body["outcome"] == "hit" and not body["proposed"]
    (row,) = body["binding"]
    assert row["basis"].startswith("保障农民工工资支付条例 Art.48") and row["binds_by"].startswith(
        "保障农民工工资支付条例"
    )
    assert row["decision"] == {
        "case": case, "body": "人社局", "document_no": "岚人社决〔2026〕1号", "decided_on": "2026-09-01",
        "in_force_on": "2026-09-02",
    }  # fmt: skip
    assert row["term"] == "3 years" and row["deciding_body"] == "人社局" and row["until"] == "2028-11-26"
    (record,) = row["records"]
    assert record["document_no"] == "岚人社监列〔2025〕14号" and record["until"] == "2028-11-26"
    assert record["objection_to"] and record["evidence"][0]["source"] == "wage-arrears"
    assert [one["measure"] for one in body["switched_off"]] == ["M076"]
    assert body["not_for_this_purpose"] == {"consumption": 1, "publicity": 2}
    assert "score" not in json.dumps(body)
    text = run("check", LISTED, "--purpose", "subsidy").out
    assert "M020" in text and "岚人社决〔2026〕1号" in text and "M006" not in text


def test_a_name_is_counted_and_a_code_that_fails_is_refused(http: Callers) -> None:
    body = run("check", "黎伯衡", "--purpose", "licence", "--json").body
    assert (body["outcome"], body["hit"], body["subject"]) == ("needs_review", False, None)
    assert body["candidates"] == len(ids("黎伯衡")) > 1
    none = run("check", "查无此人", "--purpose", "licence", "--json").body
    assert (none["outcome"], none["candidates"]) == ("needs_review", 0)
    for arguments, title in (
        ((LISTED[:-1] + "A", "--purpose", "licence"), "bad identifier"),
        ((LISTED, "--purpose", "whatever"), "unknown purpose"),
        ((LISTED,), "unknown purpose"),
        (
            (NUMBER, "--purpose", "licence"),
            "ID number on the command line",
        ),
        (("", "--purpose", "licence"), "no subject"),
        (("n" + "0" * 23, "--purpose", "licence"), "unknown subject"),
        (("黎伯衡", "--purpose", "licence", "--certificate", "x.json"), "nothing to certify"),
        ((LISTED, "--purpose", "licence", "--certificate", "no/such/x.json"), "no such folder"),
    ):
        done = run("check", *arguments, "--json")
        assert (done.code, done.body["title"]) == (2, title)
    assert not Path("x.json").exists()
    # A record is nobody, and somebody known by name only is not known.
    file = run("show", LISTED, "--json").body
    record = file["lists"][0]["entry"]
    assert run("check", record, "--purpose", "licence", "--json").body["status"] == 404
    nameless = next(i for i in ids("黎伯衡") if not run("show", i, "--json").body["entity"]["id_mask"])
    assert run("check", nameless, "--purpose", "licence", "--json").body["outcome"] == "needs_review"


def test_nothing_found_is_an_answer_too_and_is_logged(http: Callers) -> None:
    log = AuditLog(home_from_environment())
    before = len([row for row in log.rows() if row["action"] == "CLI check"])
    body = run("check", NOBODY, "--purpose", "tender", "--json").body
    assert (body["hit"], body["outcome"], body["subject"]) == (False, "no_hit", None)
    assert len([row for row in log.rows() if row["action"] == "CLI check"]) == before + 1
    with serving() as callers:  # closed, so that the audit is written
        done = callers.post("partner", "/checks", json={"subject": NOBODY, "purpose": "tender"})
        assert done.status_code == 201 and done.json()["hit"] is False
    asked = [(row["role"], row["action"]) for row in log.rows()]
    assert asked[-1] == ("partner", "POST /checks")


def test_a_certificate_is_verified_without_a_home_and_asked_again(
    http: Callers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, none = tmp_path / "c.json", tmp_path / "none.json"
    assert run("check", LISTED, "--purpose", "licence", "--certificate", str(file)).code == 0
    assert run("check", NOBODY, "--purpose", "licence", "--certificate", str(none)).code == 0
    public = run("certificate", "key", "--json").body["public_key"]
    assert http.client.get("/certificate-key").json() == {"algorithm": "Ed25519", "public_key": public}
    for path in (file, none):
        again = run("certificate", "rerun", str(path), "--json")
        assert (again.code, again.body["same"], again.body["now_same"]) == (0, True, True), again.body
    known = tmp_path / "known.hex"
    known.write_text(public + "\n", "utf-8")
    changed = tmp_path / "changed.json"
    changed.write_text(file.read_text("utf-8").replace('"purpose":"licence"', '"purpose":"tender"'), "utf-8")
    with monkeypatch.context() as away:
        away.setenv("CREDITGRAPH_HOME", str(tmp_path / "nowhere"))
        away.setenv("CREDITGRAPH_MASTER_KEY", str(tmp_path / "no.key"))
        for more in ((), ("--public-key", public), ("--public-key", str(known))):
            assert run("certificate", "verify", str(file), *more, "--json").body["ok"], more
        done = run("certificate", "verify", str(changed), "--json")
        assert done.code == 2 and [p.partition(":")[0] for p in done.body["problems"]] == ["result hash", "signature"]
        assert run("certificate", "verify", str(file), "--public-key", "0" * 64, "--json").code == 2
        assert run("certificate", "verify", str(file), "--public-key", "zz", "--json").body["title"] == "bad public key"
        assert run("certificate", "verify", "--json").body["title"] == "incomplete command"
        assert run("certificate", "verify", str(tmp_path / "x"), "--json").body["title"] == "unreadable certificate"
        assert not (tmp_path / "nowhere").exists() and not (tmp_path / "no.key").exists()
        assert (
            run("certificate", "rerun", str(file), "--public-key", public, "--json").body["title"] == "another ledger"
        )
    assert run("certificate", "rerun", str(changed), "--json").body["title"] == "bad certificate"


def test_the_past_stays_while_the_present_changes(http: Callers, tmp_path: Path) -> None:
    party, role = reached("M020")
    file = tmp_path / "c.json"
    before = run("check", party, "--purpose", "tender", "--certificate", str(file), "--json").body
    put_in_force("M020", party, role)
    again = run("certificate", "rerun", str(file), "--json")
    assert again.code == 0 and again.body["same"] and not again.body["now_same"]
    assert {"binding: M020", "proposed: M020", "hit"} <= set(again.body["now_differs"])
    now = run("check", party, "--purpose", "tender", "--json").body
    assert ("M020", "in_force") in bound(now, "binding") and not before["hit"]
    assert any(row["through"] and row["role"] == role for row in now["binding"])
    then = run("check", party, "--purpose", "tender", "--known-at", str(before["known_at"]), "--json").body
    assert (then["hit"], bound(then, "proposed")) == (False, bound(before, "proposed"))
    kept = http.get("operator", f"/checks/{before['id']}").json()
    assert bound(kept, "proposed") == bound(before, "proposed")
    assert kept["certificate"] == json.loads(file.read_text("utf-8"))


def test_an_id_number_of_nobody_is_certified_without_being_kept(http: Callers, tmp_path: Path) -> None:
    number = NUMBER
    file = tmp_path / "c.json"
    done = run("check", "-", "--purpose", "honour", "--certificate", str(file), "--json", stdin=number + "\n")
    assert done.code == 0, done.body
    assert done.body["outcome"] == "no_hit" and done.body["asked_by"] == "id_card"
    assert run("certificate", "rerun", str(file), "--json").body["same"]
    for path in (file, *(p for p in home_from_environment().root.rglob("*") if p.is_file())):
        assert number.encode() not in path.read_bytes(), path.name


def test_decisions_are_fed_back_and_shown_with_the_check(http: Callers) -> None:
    asked = {"subject": LISTED, "purpose": "procurement"}
    made = http.post("department", "/checks?certify=true", json=asked)
    assert made.status_code == 201
    check = made.json()
    told = {"outcome": "granted_with_conditions", "document_no": "岚财采〔2026〕3号", "decided_on": "2026-10-01"}
    reason = {"reason": f"经办人 {NUMBER} 核对\n附条件"}
    again = told | {"outcome": "refused", "reason": "更正"}
    done = http.post("court", f"/checks/{check['id']}/decision", json=told | reason)
    assert done.status_code == 201
    assert http.post("department", f"/checks/{check['id']}/decision", json=again).status_code == 201
    kept = http.get("department", f"/checks/{check['id']}").json()
    assert [one["outcome"] for one in kept["decisions"]] == ["granted_with_conditions", "refused"]
    assert kept["decisions"][0]["document_no"] == "岚财采〔2026〕3号" and kept["decisions"][0]["by"]
    assert kept["decisions"][0]["reason"] == f"经办人 {mask_id(NUMBER)} 核对 附条件"
    same = ("binding", "proposed", "switched_off", "not_for_this_purpose", "subject", "known_at", "certificate")
    assert {name: kept[name] for name in same} == {name: check[name] for name in same}
    for wrong in (
        {"outcome": "maybe"}, {"decided_on": "2026-10-02"}, {"decided_on": "x"}, {"reason": " "}, {"document_no": 1},
        {"reason": "字" * 2001},
    ):  # fmt: skip
        bad = http.post("department", f"/checks/{check['id']}/decision", json=told | {"reason": "x"} | wrong)
        assert bad.status_code == 400, wrong
    for body in ("{", "[]", "1"):
        assert http.post("department", f"/checks/{check['id']}/decision", content=body).status_code == 400
        assert http.post("department", "/checks", content=body).status_code == 400
    unknown = f"/checks/k{'0' * 23}"
    assert http.get("operator", unknown).status_code == 404
    assert http.post("operator", unknown + "/decision", json=told | reason).status_code == 404
    assert http.post("partner", "/checks?certify=true", json=asked).status_code == 403
    assert http.post("public", "/checks", json=asked).status_code == 403
    assert http.get("partner", f"/checks/{check['id']}").status_code == 403
    assert http.post("partner", "/checks", json=asked).json().keys() >= {"binding"}
    assert http.post("department", "/checks", json=asked, purpose=None).status_code == 403


def test_what_was_made_of_more_than_a_reader_sees_is_unknown_to_him(http: Callers) -> None:
    asked = {"subject": LISTED, "purpose": "procurement"}
    whole = http.post("operator", "/checks?certify=true", json=asked).json()["id"]
    own, other = http.issue("investigator", "359800"), http.issue("investigator", "350500")
    narrow = http.post(own, "/checks?certify=true", json=asked).json()["id"]
    for who, check, status in (
        ("department", whole, 404), (own, whole, 404), ("court", whole, 200),
        ("department", narrow, 404), (other, narrow, 404), (own, narrow, 200), ("court", narrow, 200),
    ):  # fmt: skip
        assert http.get(who, f"/checks/{check}").status_code == status, (who, check == whole)


def test_a_kept_check_is_held_back_once_its_records_show_no_more(
    http: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = http.post("department", "/checks?certify=true", json={"subject": LISTED, "purpose": "subsidy"}).json()
    none = http.post("department", "/checks?certify=true", json={"subject": NOBODY, "purpose": "subsidy"}).json()
    assert http.get("department", f"/checks/{check['id']}").json()["withheld"] is False
    monkeypatch.setenv("CREDITGRAPH_TODAY", "2029-01-01")
    later = http.get("department", f"/checks/{check['id']}")
    assert later.status_code == 200 and later.json()["withheld"] is True
    assert "岚人社监列" not in later.text and LISTED not in later.text and later.json()["hit"] is None
    assert http.get("department", f"/checks/{none['id']}").json()["withheld"] is False
    assert http.get("court", f"/checks/{check['id']}").json()["withheld"] is False


def _asked_of(http: Callers, who: str, subjects: list[str]) -> dict[tuple[str, str], Any]:
    """Answers by subject and purpose, without what is another each time."""
    found = {}
    for subject in subjects:
        for purpose in ("licence", "border", "appointment"):
            done = http.post(who, "/checks", json={"subject": subject, "purpose": purpose})
            body = {name: value for name, value in done.json().items() if name not in ("id", "made_at")}
            found[subject, purpose] = (done.status_code, body)
    return found


def test_an_answer_tells_no_more_than_the_graph_cut_to_the_reader(
    http: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    party, role = reached("M005")
    some = {reached(measure)[0] for measure in ("M002", "M020")}
    case = put_in_force("M005", party, role)
    told = run("check", party, "--purpose", "border", "--json").body
    assert ("M005", "in_force") in bound(told, "binding")
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        about = {edge.target for edge in reader.scan_edges(view, ("about", "names"))}
        hidden = {n.id for n in reader.scan_nodes(view) if n.props.get("record_kind") == "exit_restriction_decision"}
        subjects = [*sorted(about)[::4], *some, party, *sorted(hidden)[:2]]
        for who, level in (("partner", 0), ("department", 1)):
            whole = _asked_of(http, who, subjects)
            assert {status for status, _ in whole.values()} == {201, 404}
            text = json.dumps(list(whole.values()), ensure_ascii=False)
            assert "exit_restriction" not in text and case not in text
            rows = [row for _, body in whole.values() for part in ("binding", "proposed") for row in body.get(part, ())]
            through = [row for row in rows if row["hop"]]
            assert through and not [row for row in through if row["measure"] == "M005"]
            counts: dict[str, int] = whole[party, "licence"][1]["not_for_this_purpose"]
            assert "exit" not in counts
            with monkeypatch.context() as inner:
                small = CutGraph(book.store, View(level, TODAY, None, TODAY))
                inner.setattr("api.asking.cut", lambda *_, small=small: small)
                assert _asked_of(http, who, subjects) == whole


def test_only_who_sees_everything_is_told_of_decisions_on_what_he_may_not_see(
    http: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def spied(asking: Asking, *rest: Any) -> Check:
        seen.append(asking.whole)
        return compared(asking, *rest)

    monkeypatch.setattr("api.checks.check", spied)
    for who in ("partner", "department", http.issue("investigator", "359800"), "investigator"):
        http.post(who, "/checks", json={"subject": LISTED, "purpose": "licence"})
    assert seen == [False, False, False, True]


def test_below_the_shared_level_nobody_learns_how_far_a_case_has_come(http: Callers) -> None:
    with opened() as book, book.ledger.reading() as connection:
        row = next(r for r in cases.listed(connection, measure="M020", role="subject", state="proposed"))
    with opened() as book:
        with book.writing() as writer:
            noticed = {"document_no": "岚人社告〔2026〕2号", "noticed_on": "2026-09-20"}
            acts.act(writer, row.id, "notice", Actor("k1", row.body), noticed)
        reader, view = book.view(as_of=TODAY)
        node = reader.by_key(view, row.party)
        assert node
    states = {}
    for who in ("department", "partner"):
        body = http.post(who, "/checks", json={"subject": node.id, "purpose": "honour"}).json()
        states[who] = {r["state"] for r in body["proposed"] if r["measure"] == "M020" and r["role"] == "subject"}
    assert states["department"] == {"noticed"}
    assert states["partner"] <= {"proposed"}


def test_a_check_is_asked_again_by_the_view_and_on_the_day_of_then(
    http: Callers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    party, role = reached("M005")
    put_in_force("M005", party, role)
    file = tmp_path / "c.json"
    own = http.issue("investigator", "350500")
    for who, subject, purpose in (
        ("department", party, "border"), ("department", LISTED, "subsidy"), (own, party, "border"),
    ):  # fmt: skip
        made = http.post(who, "/checks?certify=true", json={"subject": subject, "purpose": purpose}).json()
        assert not made["binding"] or subject == LISTED
        file.write_text(text_of(made["certificate"]), "utf-8")
        for day in (TODAY, "2029-01-01"):
            monkeypatch.setenv("CREDITGRAPH_TODAY", day)
            again = run("certificate", "rerun", str(file), "--json").body
            assert again["same"], (who, purpose, day, again)
        assert again["now_same"] is (subject != LISTED)
        monkeypatch.setenv("CREDITGRAPH_TODAY", TODAY)


def test_every_purpose_is_in_the_description(http: Callers) -> None:
    document = http.client.get("/openapi.json").json()
    body = document["paths"]["/api/v1/checks"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["purpose"]["enum"] == list(standing_purposes().all)


def _erase(folder: Path, **what: Any) -> int:
    file = folder / "erase.json"
    told = {"kind": "erase", "by": "法务", "reason": "依申请删除", "basis": "个人信息保护法 Art.47", **what}
    file.write_text(json.dumps(told), "utf-8")
    done = run("decide", str(file), "--json")
    assert done.code == 0, done.body
    return int(done.body["seq"])


def test_who_came_to_be_known_after_a_check_of_nobody_takes_it_along(http: Callers, tmp_path: Path) -> None:
    number, file = codes.id_number(2, "1971-02-03", 77), tmp_path / "c.json"
    assert run("check", "-", "--purpose", "honour", "--certificate", str(file), stdin=number).code == 0
    made, rows = json.loads(file.read_text("utf-8"))["id"], tmp_path / "officers.csv"
    cells = ("岚汀市棣芸农产品有限公司", LISTED, "荀汀", number, "监事", "否", "2020-01-01", "")
    rows.write_text(f"{','.join(COLUMNS['officers'])}\n{','.join(cells)}\n", "utf-8")
    receipt = run("load", "officers", str(rows), "--json").body
    assert receipt["accepted"] == 1, receipt["errors"]
    again = run("certificate", "rerun", str(file), "--json").body
    assert again["same"] and not again["now_same"] and "subject" in again["now_differs"]
    with opened() as book:
        pid = book.vault.find(number)
    assert http.get("operator", f"/checks/{made}").status_code == 200
    _erase(tmp_path, keys=[pid])
    assert http.get("operator", f"/checks/{made}").status_code == 410
    assert run("check", "-", "--purpose", "honour", "--json", stdin=number).body["outcome"] == "no_hit"


def test_an_erasure_takes_the_checks_of_its_subject_and_of_its_record(http: Callers, tmp_path: Path) -> None:
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        with book.ledger.reading() as connection:
            row = next(r for r in cases.listed(connection, measure="M010", role="subject"))
        node = reader.by_key(view, row.party)
        assert node
    files = {}
    for name, subject in (("gone", node.id), ("record", LISTED), ("stays", NOBODY)):
        path = tmp_path / f"{name}.json"
        files[name] = path
        assert run("check", subject, "--purpose", "appointment", "--certificate", str(path)).code == 0
    made = {name: json.loads(path.read_text("utf-8"))["id"] for name, path in files.items()}
    told = {"outcome": "refused", "document_no": "x", "decided_on": TODAY, "reason": "不予录用"}
    assert http.post("operator", f"/checks/{made['gone']}/decision", json=told).status_code == 201
    seq = _erase(tmp_path, keys=[row.party])
    entry = run("show", LISTED, "--json").body["lists"][0]["evidence"][0]["seq"]
    _erase(tmp_path, entry=entry)
    for name, statuses in (("gone", (410, 404)), ("record", (410, 404)), ("stays", (200, 404))):
        assert http.get("operator", f"/checks/{made[name]}").status_code == statuses[0], name
        assert http.get("department", f"/checks/{made[name]}").status_code == statuses[1], name
    assert http.post("operator", f"/checks/{made['gone']}/decision", json=told).status_code == 410
    with opened() as book, book.ledger.reading() as connection:
        bodies = "".join(connection.exec_driver_sql("SELECT body FROM payload").scalars())
    assert "不予录用" not in bodies and made["gone"] not in bodies
    again = run("certificate", "rerun", str(files["gone"]), "--json")
    assert again.code == 1 and not again.body["same"]
    assert again.body["why"].startswith("erasure: entry") and int(again.body["why"].split()[2]) >= seq
    assert run("certificate", "rerun", str(files["stays"]), "--json").body["same"]
    assert run("certificate", "verify", str(files["gone"]), "--json").body["ok"]
    assert run("verify", "--json").body["ok"]

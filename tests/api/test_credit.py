"""What rests on lists, reports, repairs and objections, on the demo town through the command line."""

from pathlib import Path
from typing import Any

import pytest

from graph.model.claims import PUBLIC, RESTRICTED, SHARED
from ingest.demo.cast import Person
from tests.api.books import seen
from tests.api.conftest import Loaded, run

AS_OF = ("--as-of", "2026-10-01", "--json")


def _code(town: Loaded, handle: str) -> str:
    """The unified code of a company, the ID number of a person."""
    found = town.town.cast.subject(handle)
    return found.id_no if isinstance(found, Person) else found.uscc


def _subject(town: Loaded, handle: str) -> tuple[str, str]:
    """How to ask for a person or company of the story: ID and standard input."""
    code = _code(town, handle)
    return ("-", f"{code}\n") if isinstance(town.town.cast.subject(handle), Person) else (code, "")


def _section(town: Loaded, handle: str, section: str, *more: str) -> list[dict[str, Any]]:
    asked, stdin = _subject(town, handle)
    body: list[dict[str, Any]] = run("show", asked, "--section", section, *(more or AS_OF), stdin=stdin).body[section]
    return body


def _records(town: Loaded, handle: str, *more: str) -> dict[str, tuple[str, bool]]:
    return {r["document_no"]: (r["status"], r["displayed"]) for r in _section(town, handle, "records", *more)}


def _reach(town: Loaded, handle: str) -> tuple[set[tuple[str, str, int]], set[tuple[str, str, str]], set[str]]:
    asked, stdin = _subject(town, handle)
    body = run("reach", asked, *AS_OF, stdin=stdin).body
    return (
        {(p["measure"], p["party"]["name"], p["hop"]) for p in body["proposed"]},
        {(r["measure"], r["party"]["name"], r["reason"]) for r in body["not_reached"]},
        {d["measure"] for d in body["disabled"]},
    )


def test_each_flawed_row_has_its_outcome_and_code(town: Loaded) -> None:
    """All files but the texts: refused rows one by one, merged and repeated ones by number, no column unread."""
    for pattern, done in town.receipts:
        if "*" in pattern:
            continue
        special = [s for s in town.town.specials if s.file == pattern]
        refused = {(s.row, s.outcome, s.code) for s in special if s.outcome in ("rejected", "quarantined")}
        assert {(e["row"], e["outcome"], e["code"]) for e in done.body["errors"]} == refused, pattern
        for outcome in ("merged", "unchanged"):
            assert done.body[outcome] == sum(s.outcome == outcome for s in special), pattern
        assert done.body["accepted"] == town.town.counts[pattern] - len(special), pattern
        assert done.body["warnings"] == [], pattern


def test_waiting_rows_wait_for_what_they_cite(town: Loaded) -> None:
    for pattern, code in (
        ("repairs.csv", "unknown_record"),
        ("objections.csv", "unknown_record"),
        ("engagements.csv", "unknown_practitioner"),
    ):
        body = next(done.body for name, done in town.receipts if name == pattern)
        assert {e["state"] for e in body["errors"] if e["code"] == code} == {"waiting"}


def test_records_have_their_status(town: Loaded) -> None:
    assert _records(town, "stall") == {
        "岚市监处罚〔2025〕61号": ("repaired", False),
        "岚市监许〔2025〕18号": ("active", True),
        "CNLT2026001": ("active", True),
    }
    assert _records(town, "coop")["岚市监处罚〔2025〕62号"] == ("active", True)
    assert _records(town, "related")["岚应急罚〔2025〕8号"] == ("objected", True)
    assert _records(town, "debtor")["岚建罚〔2025〕17号"] == ("active", True)
    assert _records(town, "debtor")["岚建许〔2023〕3号"] == ("expired", False)
    assert _records(town, "boss")["岚公许〔2024〕7号"] == ("revoked", False)
    assert _records(town, "boss")["岚公处罚〔2025〕5号"] == ("objected", True)
    kinds = {r["document_no"]: r["kind"] for r in _section(town, "f[0]", "records")}
    assert kinds["CNLT2026002"] == "false_commitment"
    assert [r["amount_yuan"] for r in _section(town, "guarantor", "records")] == ["88000.5"]


def test_status_is_judged_on_the_day_asked_and_display_today(town: Loaded) -> None:
    """Before its repair the penalty was active; it is not displayed all the same."""
    before = ("--as-of", "2026-03-12", "--json")
    assert _records(town, "stall", *before)["岚市监处罚〔2025〕61号"] == ("active", False)
    assert _records(town, "stall", "--as-of", "2026-03-13", "--json")["岚市监处罚〔2025〕61号"] == ("repaired", False)
    during = ("--as-of", "2026-02-10", "--json")
    assert _records(town, "debtor", *during)["岚建罚〔2025〕17号"] == ("objected", True)


def test_lists_have_their_status(town: Loaded) -> None:
    def lists(handle: str) -> set[tuple[str, str, str | None]]:
        return {(r["list"], r["status"], r["to"]) for r in _section(town, handle, "lists")}

    assert lists("renamed") == {("L05", "active", "2028-06-30"), ("red", "suspended", "2027-04-30")}
    assert lists("f[0]") == {("red", "active", "2027-04-30")}
    assert lists("coop") == {("red", "withdrawn", "2026-01-20")}
    assert lists("related") == {("L02", "active", None)}
    assert lists("f[3]") == {("L02", "withdrawn", "2026-01-09")}
    assert lists("f[4]") == {("L05", "expired", "2025-05-05")}
    assert lists("f[1]") == {("L03", "withdrawn", "2026-02-10")}
    assert lists("f[2]") == {("L03", "withdrawn", "2026-04-08")}
    assert _section(town, "f[2]", "lists")[0]["reason"] == "repaired"


def test_a_red_entry_is_suspended_only_while_the_black_one_stands(town: Loaded) -> None:
    earlier = _section(town, "renamed", "lists", "--as-of", "2025-05-20", "--json")
    assert [(r["list"], r["status"]) for r in earlier] == [("red", "active")]


def test_a_report_shows_client_intermediary_and_practitioner_from_all_three(town: Loaded) -> None:
    rows = _section(town, "debtor", "engagements")
    assert [(r["report_no"], r["practitioner"]["name"]) for r in rows] == [
        ("汀审字2024第001号", "章芷"),
        ("汀评字2024第002号", "柏菡"),
    ]
    assert rows[0]["client"]["uscc"] == town.town.company
    assert rows[0]["intermediary"]["labels"] == ["intermediary"]
    assert rows[0]["practitioner"]["labels"] == ["practitioner"]
    assert all(row["evidence"] for row in rows)
    for handle in ("f[7]", "teawoman"):
        assert rows[0] in _section(town, handle, "engagements")
    amended = _section(town, "related", "engagements")
    assert len(amended) == 1


def test_certificates_keep_category_and_term(town: Loaded) -> None:
    firm = {(c["category"], c["to"]) for c in _section(town, "f[7]", "certificates")}
    assert firm == {("I03", "2028-12-31"), ("I12", "2027-12-31")}
    assert [c["to"] for c in _section(town, "f[8]", "certificates")] == ["2029-12-31"]
    (own,) = _section(town, "teawoman", "certificates")
    assert (own["category"], own["status"], own["from"], own["to"]) == ("P10", "有效", "2015-06-01", "2028-06-01")
    practice = [p["valid_to"] for p in _section(town, "teawoman", "people") if p["relation"] == "practises_at"]
    assert practice == ["2028-06-01"]
    assert [p for p in _section(town, "maker", "people") if p["relation"] == "practises_at"] == []


def test_a_certificate_is_a_key_of_its_holder(town: Loaded) -> None:
    keys = _section(town, "teawoman", "keys")
    assert [key for key in keys if str(key).startswith("cert:350880000001/P10/")]


def test_measures_follow_the_records_of_the_new_sources(town: Loaded) -> None:
    proposed, _, disabled = _reach(town, "renamed")
    assert proposed == {("M087", "岚汀市菁茯茶业有限公司", 0)}
    assert disabled == {"M025", "M076", "M090"}
    proposed, _, disabled = _reach(town, "related")
    assert proposed == {("M087", "岚汀市桁橡家居有限公司", 0)}
    assert disabled == {"M031", "M032", "M033", "M076", "M086", "M090"}
    assert _reach(town, "worker")[0] == {(measure, "覃鹿", 0) for measure in ("M010", "M012", "M087")}
    assert _reach(town, "f[1]")[2] == set()
    assert "M086" in _reach(town, "f[0]")[2]


def test_the_exit_notice_reaches_whom_it_names_with_a_number(town: Loaded) -> None:
    assert _reach(town, "guarantor")[0] == {("M022", "桑澄", 1)}
    proposed, refused, _ = _reach(town, "namesake")
    assert proposed == set()
    assert ("M022", "章芷", "name_only") in refused
    assert "M022" not in {measure for measure, _, _ in _reach(town, "f[4]")[0]}


def test_neither_a_repaired_nor_an_objected_record_proposes_anything(town: Loaded) -> None:
    """M087 of the stall rested on the repaired penalty alone; that of the boss rests on other records."""
    proposed, refused, _ = _reach(town, "stall")
    assert proposed == set()
    assert {(measure, reason) for measure, _, reason in refused} == {("M087", "record_ended")}
    asked, stdin = _subject(town, "related")
    body = run("reach", asked, *AS_OF, stdin=stdin).body
    kinds = {row["document_no"] for p in body["proposed"] for row in p["evidence"]}
    assert kinds == {"岚应急列〔2025〕1号"}


def test_no_reward_is_proposed_while_its_basis_is_not_verified(town: Loaded) -> None:
    for handle in ("f[0]", "renamed", "coop", "farmer"):
        assert not {measure for measure, _, _ in _reach(town, handle)[0] if measure.startswith("W")}


def test_screening_looks_at_all_six_lists_and_at_nothing_else(town: Loaded, tmp_path: Path) -> None:
    asked = [
        (_code(town, "renamed"), "", "hit", "L05"),
        (_code(town, "related"), "", "hit", "L02"),
        ("", _code(town, "worker"), "hit", "L02"),
        (_code(town, "f[1]"), "", "no_hit", ""),
        (_code(town, "f[4]"), "", "no_hit", ""),
        (_code(town, "guarantor"), "", "no_hit", ""),
        ("", _code(town, "weaver"), "no_hit", ""),
        ("", _code(town, "boss"), "hit", "L01;L01a;L06"),
    ]
    query, out = tmp_path / "q.csv", tmp_path / "a.csv"
    query.write_text("name,uscc,id_no\n" + "".join(f",{uscc},{number}\n" for uscc, number, *_ in asked), "utf-8")
    assert run("screen", str(query), "--out", str(out), *AS_OF).code == 0
    rows = [row.split(",") for row in out.read_text("utf-8").splitlines()[1:]]
    assert [(row[4], row[5]) for row in rows] == [tuple(row[2:]) for row in asked]


def test_a_listed_company_was_on_l03_until_it_was_removed(town: Loaded, tmp_path: Path) -> None:
    query, out = tmp_path / "q.csv", tmp_path / "a.csv"
    query.write_text(f"name,uscc,id_no\n,{_code(town, 'f[1]')},\n", "utf-8")
    assert run("screen", str(query), "--out", str(out), "--as-of", "2025-12-01").code == 0
    assert out.read_text("utf-8").splitlines()[1].split(",")[4:6] == ["hit", "L03"]


@pytest.mark.parametrize("name", ["L02", "L03", "L05", "red", "tax-serious"])
def test_changes_of_the_new_lists_are_told(town: Loaded, name: str) -> None:
    body = run("delta", name, "--since", "0", "--json").body
    assert body["total"] == len(body["changes"]) > 0
    assert {c["op"] for c in body["changes"]} <= {"add", "change", "withdraw"}
    assert all(c["name"] and c["subject"] for c in body["changes"])
    if name == "L05":
        assert len(body["changes"]) == 2


def test_openness_follows_class_and_subject(town: Loaded) -> None:
    """What the public, a department and an operator see of the same town."""
    public, shared, all_of_it = ("\n".join(seen(level)["nodes"]) for level in (PUBLIC, SHARED, RESTRICTED))

    def levels(word: str) -> list[bool]:
        return [word in text for text in (public, shared, all_of_it)]

    assert levels("岚市监许〔2025〕18号") == [True, True, True]
    assert levels("CNLT2026001") == [True, True, True]
    assert levels("LTZZ0001") == [True, True, True]
    assert levels("350880000001") == [True, True, True]
    # A commitment that is not published, and a report.
    assert levels("CNLT2026002") == [False, True, True]
    assert levels("汀审字2024第001号") == [False, True, True]
    # A person's honour and commitment, a teacher's certificate, the exit notice, repairs, objections, void licences.
    hidden = ("诚信典型", "CNLT2026003", "20083588200000001", "岚税阻", "XFLT2026", "YYLT2026", "岚公许〔2024〕7号")
    assert [levels(word) for word in hidden] == [[False, False, True]] * len(hidden)
    # Removed, expired and repaired entries.
    gone = ("L03 2025-07-08", "L03 2025-03-12", "岚市监列〔2023〕4号", "L05 2022-05-05", "守合同重信用")
    assert [levels(word) for word in gone] == [[False, False, True]] * len(gone)
    edges = "\n".join(seen(PUBLIC)["edges"])
    assert not [word for word in ("repairs", "objects_to", "based_on", "signed_by") if f'["{word}"' in edges]
    assert not [line for line in edges.splitlines() if line.startswith('["names"') and "tax-serious" in line]

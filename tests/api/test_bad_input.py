"""Bad input is told with a code and what to do; good rows go on; nothing is half applied."""

import csv
import json
from pathlib import Path

import pytest

from tests.api.conftest import TODAY, Run, run

DEPARTMENTS = "部门编码,部门名称,统一社会信用代码,曾用名\nD01,岚汀市税务局,11359801TY0000019X,\n"
DEBTORS = "被执行人姓名/名称,证件号/组织机构代码,性别,执行法院,立案时间,案号,执行标的,案件状态\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path) -> Path:
    """An empty data home."""
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CREDITGRAPH_TODAY", TODAY)
    monkeypatch.delenv("CREDITGRAPH_STORE", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \n\t\n", "empty_file"),
        (b"\x00\x01\x02\xff\xfe" * 50, "not_text"),
        ("部门编码,部门名称\nD01,岚汀市税务局\n".encode(), "missing_column"),
        ('部门编码,部门名称,统一社会信用代码,曾用名\nD01,"岚汀市税'.encode(), "cut_file"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(home: Path, content: bytes, code: str) -> None:
    (home / "f.csv").write_bytes(content)
    done = run("load", "departments", str(home / "f.csv"), "--json")
    assert done.code == 2
    assert done.body["input"] == 0
    assert [(e["file"], e["row"], e["code"]) for e in done.body["errors"]] == [("f.csv", None, code)]
    assert run("verify", "--json").body["seq"] == 0


def test_good_files_go_on_beside_an_unreadable_one(home: Path) -> None:
    (home / "good.csv").write_text(DEPARTMENTS, "utf-8")
    (home / "bad.csv").write_bytes(b"")
    done = run("load", "departments", str(home / "bad.csv"), str(home / "good.csv"), "--json")
    assert done.code == 1
    assert done.body["input"] == 1


def test_a_source_that_is_not_built_names_those_that_are(home: Path) -> None:
    (home / "f.csv").write_text(DEPARTMENTS, "utf-8")
    done = run("load", "equity-pledges", str(home / "f.csv"), "--json")
    assert done.code == 2
    assert done.body["title"] == "unknown_source"
    assert "registry" in done.body["detail"]


def test_refused_rows_come_back_fit_to_be_corrected(home: Path) -> None:
    number = "359801199003071015"
    case = "岚汀市人民法院,2024-09-09"
    rows = f"郑海,,女,{case},（2024）闽9801执1号,64000,执行中\n黎伯,{number},男,{case},无号,1,执行中\n"
    (home / "d.csv").write_text(DEBTORS + rows, "utf-8")
    done = run("load", "judgment-debtors", str(home / "d.csv"), "--json", "--rejects", str(home / "r.csv"))
    assert done.code == 1
    assert number not in done.out
    assert (home / "r.csv").stat().st_mode & 0o777 == 0o600
    with (home / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        back = list(csv.DictReader(file))
    assert len(back) == 2
    assert all(row["错误代码"] and row["错误说明"] for row in back)


def test_a_name_only_row_is_released_to_the_subject_that_a_person_names(home: Path) -> None:
    row = "某公司,,,岚汀市人民法院,2024-09-09,（2024）闽9801执1号,64000,执行中\n"
    (home / "d.csv").write_text(DEBTORS + row, "utf-8")
    held = run("load", "judgment-debtors", str(home / "d.csv"), "--json").body
    assert held["errors"][0]["state"] == "held"
    entry = held["known_at"] - 1
    decision = {"kind": "release", "keys": [], "entry": entry, "by": "审核员", "reason": "核对登记", "basis": ""}
    refused = _decide(home, decision)
    assert refused.code == 2
    assert "keys" in refused.body["detail"]
    done = _decide(home, decision | {"keys": ["uscc:91359801TY0000001A"]})
    assert done.code == 0
    again = run("load", "judgment-debtors", str(home / "d.csv"), "--json").body
    assert again["unchanged"] == 1
    assert _decide(home, decision | {"keys": ["uscc:91359801TY0000001A"]}).code == 2
    records = run("show", "某公司", "--section", "records", "--json").body["records"]
    assert [r["document_no"] for r in records] == ["（2024）闽9801执1号"]
    assert run("verify", "--json").body["ok"]


def _decide(home: Path, document: object) -> Run:
    (home / "decision.json").write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return run("decide", str(home / "decision.json"), "--json")


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"kind": "maybe"}, "kind"),
        ({"kind": "same", "keys": ["x"], "by": "a", "reason": "b"}, "keys"),
        ({"kind": "same", "keys": ["uscc:1", "uscc:2"], "by": "", "reason": "b"}, "by"),
        ({"kind": "erase", "keys": ["uscc:1"], "by": "a", "reason": "b"}, "basis"),
        ({"kind": "undo", "entry": 99, "by": "a", "reason": "b"}, "entry"),
        ([], "object"),
    ],
)
def test_a_decision_that_is_not_whole_is_refused(home: Path, document: object, field: str) -> None:
    done = _decide(home, document)
    assert done.code == 2
    assert field in done.body["detail"]


def test_an_erased_subject_is_gone_with_its_status(home: Path) -> None:
    (home / "d.csv").write_text(DEPARTMENTS, "utf-8")
    run("load", "departments", str(home / "d.csv"))
    body = {"kind": "erase", "keys": ["uscc:11359801TY0000019X"], "entry": None, "by": "a", "reason": "b", "basis": "c"}
    assert _decide(home, body).code == 0
    done = run("show", "11359801TY0000019X", "--json")
    assert done.code == 2
    assert done.body["status"] == 410


def test_a_delta_before_its_list_waits_and_is_taken_when_it_comes(home: Path) -> None:
    from ingest.demo.town import write_town

    town = write_town(home / "town")
    for source, name in (("departments", "departments.csv"), ("registry", "registry.csv")):
        run("load", source, str(home / "town" / name))
    delta, full = (str(town.folder / f"dishonest-debtors-2025-{month}-01.json") for month in ("07", "04"))
    early = run("load", "dishonest-debtors", delta, "--json").body
    assert {e["code"] for e in early["errors"] if e["outcome"] == "quarantined"} == {"out_of_order"}
    late = run("load", "dishonest-debtors", full, "--json").body
    assert late["released"] == early["quarantined"] - 1 or late["released"] == early["quarantined"]
    in_order = run("delta", "L01", "--since", str(early["known_at"]), "--json").body["changes"]
    assert {c["op"] for c in in_order} >= {"add", "change", "withdraw"}
    assert run("verify", "--json").body["ok"]


def test_the_graph_store_away_is_told_and_the_ledger_goes_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "d.csv").write_text(DEPARTMENTS, "utf-8")
    monkeypatch.setenv("CREDITGRAPH_STORE", "bolt://127.0.0.1:1")
    done = run("load", "departments", str(home / "d.csv"), "--json")
    assert done.code == 0
    assert any("catch up" in text for text in done.body["warnings"])
    asked = run("show", "11359801TY0000019X", "--json")
    assert (asked.code, asked.body["status"]) == (2, 503)
    monkeypatch.delenv("CREDITGRAPH_STORE")
    assert run("show", "11359801TY0000019X", "--json").body["entity"]["name"] == "岚汀市税务局"

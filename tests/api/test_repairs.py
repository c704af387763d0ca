"""Repairs, objections and reports against what they name: in any order, for any reader, through the command line."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.model.claims import PUBLIC, RESTRICTED, SHARED
from graph.model.ids import mask_id
from ingest.demo.codes import id_number
from ingest.demo.town import LOAD_ORDER, Town, write_town
from tests.api.books import Home, seen
from tests.api.conftest import TODAY, run

Maker = Callable[[str], Home]

PENALTY = "岚市监处罚〔2025〕61号"
AS_OF = ("--as-of", TODAY, "--json")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The files of the demo town."""
    return write_town(tmp_path_factory.mktemp("files"))


@pytest.fixture
def make(town: Town, tmp_path: Path, master_key: Path, monkeypatch: pytest.MonkeyPatch) -> Maker:
    """Makes homes by name, all under one master key."""
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    monkeypatch.delenv("CREDITGRAPH_STORE", raising=False)
    return lambda name: Home(tmp_path / name, monkeypatch.setenv, town.folder)


def _penalty(town: Town, remark: str = "") -> str:
    stall, dept = town.cast.firms["stall"], town.cast.departments["D02"]
    cells = [
        stall.name, "个体工商户", stall.uscc, "", "", "", "", "", PENALTY, "未取得许可从事餐饮服务", "经查属实",
        "食品安全法", "罚款", "罚款0.3万元", "0.3", "", "", "2025/03/06", "2099/12/31", "2028/03/06",
        dept.name, dept.uscc, dept.name, dept.uscc, remark,
    ]  # fmt: skip
    return ",".join(cells)


def _repair(town: Town, decision: str = "准予", decided: str = "2026-03-13") -> str:
    stall = town.cast.firms["stall"]
    head = f"XF1,{stall.name},{stall.uscc},行政处罚,{PENALTY},一般,信用中国,岚汀市市场监督管理局,2026-03-02,2026-03-04"
    return f"{head},{decided},{decision},,,,"


def _objection(town: Town, who: str = "本人", result: str = "", replied: str = "") -> str:
    stall, banker = town.cast.firms["stall"], town.cast.persons["banker"]
    speaker = f"{stall.name},{stall.uscc}" if who == "本人" else f"{banker.name},{banker.id_no}"
    return f"YY1,{speaker},{who},{PENALTY},penalties,信息错误,2026-09-20,某中心,某局,2026-10-20,{result},{replied}"


def _state(town: Town) -> tuple[str, bool]:
    body = run("show", town.cast.firms["stall"].uscc, "--section", "records", *AS_OF).body
    (row,) = (row for row in body["records"] if row["document_no"] == PENALTY)
    return row["status"], row["displayed"]


def _public_penalties() -> list[str]:
    return [node for node in seen(PUBLIC)["nodes"] if PENALTY in node]


def test_a_granted_repair_archives_the_record_and_the_public_sees_nothing(town: Town, make: Maker) -> None:
    home = make("a")
    home.rows("penalties", _penalty(town))
    assert _state(town) == ("active", True)
    assert _public_penalties()
    assert home.rows("repairs", _repair(town))["accepted"] == 1
    assert _state(town) == ("repaired", False)
    assert _public_penalties() == []
    assert [node for node in seen(SHARED)["nodes"] if PENALTY in node] == []
    assert [node for node in seen(RESTRICTED)["nodes"] if PENALTY in node]
    home.digest()


@pytest.mark.parametrize("decision", ["不予", "撤回", ""])
def test_a_repair_that_was_not_granted_changes_nothing(town: Town, make: Maker, decision: str) -> None:
    home = make("a")
    home.rows("penalties", _penalty(town))
    home.rows("repairs", _repair(town, decision, "2026-03-13" if decision else ""))
    assert _state(town) == ("active", True)


def test_a_repair_revoked_for_cheating_opens_the_record_again(town: Town, make: Maker) -> None:
    home = make("a")
    home.rows("penalties", _penalty(town))
    before = seen(PUBLIC)
    home.rows("repairs", _repair(town))
    assert home.rows("repairs", _repair(town, "撤销(弄虚作假)", "2026-06-01"))["merged"] == 1
    assert _state(town) == ("active", True)
    assert seen(PUBLIC) == before
    home.digest()


def test_a_repaired_decision_stays_archived_when_a_new_version_comes(town: Town, make: Maker) -> None:
    home = make("a")
    home.rows("penalties", _penalty(town))
    home.rows("repairs", _repair(town))
    assert home.rows("penalties", _penalty(town, "已缴纳"))["merged"] == 1
    assert _state(town) == ("repaired", False)
    assert _public_penalties() == []
    home.digest()


def test_a_repaired_decision_stays_archived_when_it_comes_under_another_name(town: Town, make: Maker) -> None:
    """A former name makes another record of the same decision."""
    renamed, stall = town.cast.firms["renamed"], town.cast.firms["stall"]

    def about(line: str, name: str) -> str:
        return line.replace(stall.uscc, renamed.uscc).replace(stall.name, name)

    home = make("a")
    home.rows("penalties", about(_penalty(town), renamed.name))
    home.rows("repairs", about(_repair(town), renamed.name))
    assert home.rows("penalties", about(_penalty(town), renamed.former.partition("(")[0]))["accepted"] == 1
    body = run("show", renamed.uscc, "--section", "records", *AS_OF).body
    assert [row["status"] for row in body["records"]] == ["repaired", "repaired"]
    assert _public_penalties() == []
    home.digest()


def test_what_names_a_decision_waits_for_it_and_the_order_does_not_matter(town: Town, make: Maker) -> None:
    home = make("forward")
    home.rows("penalties", _penalty(town))
    home.rows("repairs", _repair(town))
    home.rows("objections", _objection(town, result="维持", replied="2026-09-25"))
    forward = home.digest(), seen(PUBLIC), seen(RESTRICTED)
    home = make("backward")
    assert [e["code"] for e in home.rows("objections", _objection(town))["errors"]] == ["unknown_record"]
    assert [e["code"] for e in home.rows("repairs", _repair(town))["errors"]] == ["unknown_record"]
    assert [e["code"] for e in home.rows("repairs", _repair(town))["errors"]] == ["unknown_record"]
    assert home.rows("penalties", _penalty(town))["released"] == 2
    assert home.rows("repairs", _repair(town))["unchanged"] == 1
    assert home.rows("objections", _objection(town, result="维持", replied="2026-09-25"))["merged"] == 1
    assert (home.digest(), seen(PUBLIC), seen(RESTRICTED)) == forward


def test_an_objection_marks_the_record_until_it_is_answered_and_the_public_learns_nothing(
    town: Town, make: Maker
) -> None:
    home = make("a")
    home.rows("penalties", _penalty(town))
    before = seen(PUBLIC), seen(SHARED)
    evidence = run("show", town.cast.firms["stall"].uscc, "--section", "records", *AS_OF).body["records"][0]["evidence"]
    home.rows("objections", _objection(town))
    assert _state(town) == ("objected", True)
    assert (seen(PUBLIC), seen(SHARED)) == before
    shown = run("show", town.cast.firms["stall"].uscc, "--section", "records", *AS_OF).body["records"][0]
    assert shown["evidence"] == evidence
    home.rows("objections", _objection(town, result="维持", replied="2026-09-25"))
    assert _state(town) == ("active", True)
    home.digest()


@pytest.mark.parametrize(
    ("result", "expected"),
    [("停止公开", ("active", False)), ("移出名单", ("withdrawn", False)), ("更正", ("active", True))],
)
def test_what_the_answer_takes_away_is_gone(town: Town, make: Maker, result: str, expected: tuple[str, bool]) -> None:
    home = make("a")
    home.rows("penalties", _penalty(town))
    home.rows("objections", _objection(town, result=result, replied="2026-09-25"))
    assert _state(town) == expected
    assert bool(_public_penalties()) is expected[1]


def test_who_speaks_for_another_is_heard_only_when_one_record_is_meant(town: Town, make: Maker) -> None:
    home = make("one")
    home.rows("penalties", _penalty(town))
    assert home.rows("objections", _objection(town, "代理人"))["accepted"] == 1
    assert _state(town) == ("objected", True)
    home = make("two")
    stall, coop = town.cast.firms["stall"], town.cast.firms["coop"]
    other = _penalty(town).replace(stall.uscc, coop.uscc).replace(stall.name, coop.name, 1)
    home.rows("penalties", _penalty(town), other)
    assert [e["code"] for e in home.rows("objections", _objection(town, "代理人"))["errors"]] == ["unknown_record"]


def test_a_repair_never_reaches_the_record_of_another_subject_or_kind(town: Town, make: Maker) -> None:
    home = make("a")
    home.rows("penalties", _penalty(town))
    coop, stall = town.cast.firms["coop"], town.cast.firms["stall"]
    others = _repair(town).replace(stall.uscc, coop.uscc).replace(stall.name, coop.name)
    assert [e["code"] for e in home.rows("repairs", others)["errors"]] == ["unknown_record"]
    home.file("licences", town.folder / "licences.csv")
    for wrong in (("行政处罚", "异常名录"), ("行政处罚", "严重失信主体名单"), (PENALTY, "岚市监许〔2025〕18号")):
        errors = home.rows("repairs", _repair(town).replace(*wrong, 1))["errors"]
        assert [e["code"] for e in errors] == ["unknown_record"], wrong
    home.file("abnormal-operations", town.folder / "abnormal-operations.csv")
    listed = town.cast.fillers[2]
    for kind, code in (("严重失信主体名单", ["unknown_record"]), ("异常名录", [])):
        line = f"XF2,{listed.name},{listed.uscc},{kind},2025-03-12,轻微,行业系统,某局,2026-04-01,,,,,,,"
        assert [e["code"] for e in home.rows("repairs", line)["errors"]] == code
    assert _state(town) == ("active", True)


def test_a_report_waits_for_its_certificate_and_the_order_does_not_matter(town: Town, make: Maker) -> None:
    home = make("forward")
    for source in ("practitioners", "engagements"):
        home.file(source, town.folder / f"{source}.csv")
    forward = home.digest()
    home = make("backward")
    first = home.file("engagements", town.folder / "engagements.csv")
    assert {e["code"] for e in first["errors"]} == {"unknown_practitioner", "name_only"}
    assert first["accepted"] == 0
    released = home.file("practitioners", town.folder / "practitioners.csv")["released"]
    assert released == 4
    again = home.file("engagements", town.folder / "engagements.csv")
    assert (again["unchanged"], again["quarantined"]) == (4, 3)
    assert home.digest() == forward


def test_a_whole_town_in_reverse_is_the_same_town(town: Town, make: Maker) -> None:
    """Registers first and list versions in their chain; everything else backwards, with what waits for it."""

    def load_all(home: Home, order: list[tuple[str, str]]) -> str:
        for source, pattern in order:
            for path in sorted(town.folder.glob(pattern)):
                home.file(source, path)
        return home.digest()

    registers = [entry for entry in LOAD_ORDER if entry[0] in ("departments", "registry")]
    lists = [entry for entry in LOAD_ORDER if entry[0] == "dishonest-debtors"]
    others = [entry for entry in LOAD_ORDER if entry not in (*registers, *lists)]
    forward = load_all(make("forward"), [*registers, *lists, *others])
    assert load_all(make("backward"), [*registers, *reversed(others), *lists]) == forward


def _without(source: Path, target: Path, words: tuple[str, ...]) -> None:
    """A copy of a CSV file without the rows that hold a word."""
    with source.open(encoding="utf-8", newline="") as file, target.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            row for row in csv.reader(file) if not any(word in cell for cell in row for word in words)
        )


def test_the_public_sees_the_town_as_if_repaired_records_had_never_been(
    town: Town, make: Maker, tmp_path: Path
) -> None:
    """Nodes, properties, edges and counts equal those of a town without repairs, objections and what was repaired."""
    gone = (PENALTY, town.cast.fillers[2].uscc)
    cut = tmp_path / "without"
    shutil.copytree(town.folder, cut)
    for name in ("penalties.csv", "abnormal-operations.csv"):
        _without(town.folder / name, cut / name, gone if name.startswith("abnormal") else gone[:1])
    views = []
    for name, folder in (("whole", town.folder), ("cut", cut)):
        home = make(name)
        for source, pattern in LOAD_ORDER[2:]:
            if name == "cut" and source in ("repairs", "objections"):
                continue
            for path in sorted(folder.glob(pattern)):
                home.file(source, path)
        views.append([seen(level) for level in (PUBLIC, SHARED)])
    for whole, small in zip(*views, strict=True):
        for part in ("nodes", "edges", "counts"):
            assert whole[part] == small[part], part


def test_past_and_present_agree_about_a_repair(town: Town, make: Maker) -> None:
    home = make("a")
    then = home.rows("penalties", _penalty(town))["known_at"]
    repaired = home.rows("repairs", _repair(town))["known_at"]
    uscc = town.cast.firms["stall"].uscc

    def told(seq: int) -> list[str]:
        body = run("show", uscc, "--section", "records", "--known-at", str(seq), *AS_OF).body
        return [row["status"] for row in body["records"]]

    assert told(then) == ["active"]
    assert told(repaired) == ["repaired"]
    before = home.digest()
    run("rebuild", "--json")
    assert home.digest() == before


def test_a_decision_on_identity_decides_whose_record_is_repaired(town: Town, make: Maker, tmp_path: Path) -> None:
    """The repair comes under the code of another subject: it waits, is taken after ``same`` and falls with its undo."""
    home = make("a")
    stall, spare = town.cast.firms["stall"], town.cast.firms["stall"].spare
    home.rows("penalties", _penalty(town))
    assert home.rows("repairs", _repair(town).replace(stall.uscc, spare))["quarantined"] == 1
    home.rows("red-list", f"{stall.name},{spare},守合同重信用,某局,某办法,,2025-05-15,,,")

    def decide(**said: object) -> int:
        path = tmp_path / "decision.json"
        path.write_text(json.dumps({"by": "张", "reason": "核对", **said}), "utf-8")
        return int(run("decide", str(path), "--json").body["seq"])

    same = decide(kind="same", keys=[f"uscc:{stall.uscc}", f"uscc:{spare}"])
    again = home.rows("repairs", _repair(town).replace(stall.uscc, spare))
    assert again["unchanged"] + again["accepted"] == 1
    penalty = [r for r in run("show", stall.uscc, "--section", "records", *AS_OF).body["records"]]
    assert [r["status"] for r in penalty if r["document_no"] == PENALTY] == ["repaired"]
    decide(kind="undo", entry=same)
    assert _state(town) == ("active", True)
    home.digest()


def test_an_erased_record_leaves_a_whole_book(town: Town, make: Maker, tmp_path: Path) -> None:
    """Named by the entry that the evidence shows; what was read of it goes with it, and nothing brings it back."""
    home = make("a")
    home.rows("penalties", _penalty(town))
    home.rows("repairs", _repair(town))
    uscc = town.cast.firms["stall"].uscc
    entry = run("show", uscc, "--section", "records", *AS_OF).body["records"][0]["evidence"][0]["seq"]
    path = tmp_path / "decision.json"
    path.write_text(
        json.dumps({"kind": "erase", "entry": entry, "by": "张", "reason": "依法", "basis": "个保法"}), "utf-8"
    )
    done = run("decide", str(path), "--json")
    assert done.code == 0, done.out
    home.digest()
    assert run("show", uscc, "--section", "records", *AS_OF).body["records"] == []
    home.rows("penalties", _penalty(town))
    assert run("show", uscc, "--section", "records", *AS_OF).body["records"] == []
    home.digest()


def test_certificates_numbered_by_id_numbers_are_not_mistaken_for_each_other(town: Town, make: Maker) -> None:
    """Masked, the two numbers look alike; they are two certificates of two people all the same."""
    home = make("a")
    one, two = twins()
    rows = [f"某人,身份证,{n},P14,{n},,某局,2015-06-01,2028-06-01,,,有效," for n in (one, two)]
    assert home.rows("practitioners", *rows)["accepted"] == 2
    assert home.rows("practitioners", *rows)["unchanged"] == 2
    home.digest()
    for number in (one, two):
        body = run("show", "-", "--section", "certificates", *AS_OF, stdin=number).body
        assert len(body["certificates"]) == 1
        assert number not in json.dumps(body)


def twins() -> tuple[str, str]:
    """Two valid ID numbers with the same first six and last four places."""
    found: dict[str, str] = {}
    for year in range(1950, 2000):
        for number in (id_number(0, f"{year}-{month:02d}-11", order) for month in range(1, 13) for order in (101, 111)):
            shape = mask_id(number)
            if found.setdefault(shape, number) != number:
                return found[shape], number
    raise AssertionError("no two alike")


@pytest.mark.parametrize("decision", ["准予", "不予"])
def test_an_erased_subject_takes_along_what_was_read_of_its_records(
    town: Town, make: Maker, tmp_path: Path, decision: str
) -> None:
    home = make("a")
    home.rows("penalties", _penalty(town))
    home.rows("repairs", _repair(town, decision))
    home.rows("objections", _objection(town))
    path = tmp_path / "decision.json"
    keys = [f"uscc:{town.cast.firms['stall'].uscc}"]
    path.write_text(
        json.dumps({"kind": "erase", "keys": keys, "by": "张", "reason": "依法", "basis": "个保法"}), "utf-8"
    )
    assert run("decide", str(path), "--json").code == 0
    home.digest()
    left = json.dumps(seen(RESTRICTED), ensure_ascii=False)
    assert PENALTY not in left
    assert "repaired" not in left
    assert "objects_to" not in left

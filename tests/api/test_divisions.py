"""A key with a division reads the restricted records of its division and loads the rows of its departments."""

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.auth import ROLES, covers
from api.commands import opened
from api.divisions import division_of_code
from api.keys import create_key
from graph.book.home import home_from_environment
from graph.store.base import Node, View
from ingest.submitters import submitter
from tests.api.conftest import TODAY, Loaded, load_town, run
from tests.api.cut_graph import CutGraph
from tests.api.service import Callers, serving
from tests.api.test_non_interference import compare_with, questions

#: Division of the town, one of its districts, and one elsewhere.
CITY, DISTRICT, ELSEWHERE = "359800", "359802", "350500"


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the demo town."""
    with serving() as callers:
        yield callers


def _departments(town: Loaded) -> dict[str, str]:
    """Name -> division, from the file of departments."""
    with (town.town.folder / "departments.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["部门名称"]: row["统一社会信用代码"][2:8] for row in csv.DictReader(file)}


def _mine(town: Loaded, division: str) -> Any:
    known, prefix = _departments(town), division.rstrip("0")

    def mine(node: Node, drawn: str) -> bool:
        name = drawn or str(node.props.get("issuer", ""))
        return known.get(name, "").startswith(prefix) and bool(known.get(name))

    return mine


def _restricted(book: Any) -> list[Node]:
    """Records that only the restricted view shows."""
    view = View(2, TODAY, None, TODAY)
    shared = CutGraph(book.store, View(1, TODAY, None, TODAY)).nodes
    subjects = ("company", "branch", "person", "individual_business", "department", "court", "other_org", "case")
    return [node for node in book.store.scan_nodes(view) if node.id not in shared and node.kind not in subjects]


@pytest.mark.parametrize(
    ("division", "part", "held"),
    [
        ("350500", "350502", True), ("350500", "350500", True), ("350000", "350502", True), ("350502", "350502", True),
        ("350502", "350500", False), ("350502", "350503", False), ("350500", "350602", False), ("350500", "", False),
        ("", "350502", False), ("3505", "350502", False), ("000000", "350502", False), ("35050x", "350502", False),
        ("３50500", "350502", False),
    ],
)  # fmt: skip
def test_a_division_holds_those_below_it(division: str, part: str, held: bool) -> None:
    assert covers(division, part) is held


def test_the_division_of_a_department_is_in_its_code() -> None:
    assert division_of_code("11359900MA00000156") == "359900"
    assert division_of_code("11359900MA00000157") == division_of_code("") == ""


@pytest.mark.parametrize("division", [CITY, DISTRICT, ELSEWHERE, "nonsense"])
def test_restricted_records_show_in_their_division_only(town: Loaded, http: Callers, division: str) -> None:
    mine, seen = _mine(town, division), {True: 0, False: 0}
    with opened() as book:
        hidden = _restricted(book)
        drawn = {
            edge.source: book.store.get(View(2, None, None, TODAY), [edge.target])[edge.target].name
            for edge in book.store.scan_edges(View(2, None, None, TODAY), ("issued_by",))
        }
    assert len(hidden) > 10
    for role in ("investigator", "court", "operator"):
        who = http.issue(role, division)
        for node in hidden:
            is_mine = mine(node, drawn.get(node.id, ""))
            assert http.get(role, f"/records/{node.id}").status_code == 200
            done = http.get(who, f"/records/{node.id}")
            assert done.status_code == (200 if is_mine else 404), (role, node)
            if not is_mine:
                assert done.content == http.get(who, "/records/n" + "0" * 23).content
            seen[is_mine] += 1
    assert seen[False]
    assert bool(seen[True]) == (division in (CITY, DISTRICT))


@pytest.mark.parametrize("division", [CITY, DISTRICT, ELSEWHERE])
def test_answers_are_those_of_the_graph_cut_to_the_division(
    town: Loaded, monkeypatch: pytest.MonkeyPatch, division: str
) -> None:
    with opened() as book:
        hidden = _restricted(book)
        small = CutGraph.of_division(book.store, View(2, TODAY, None, TODAY), _mine(town, division))
        about = {e.target for e in book.store.neighbours(View(2, None, None, TODAY), [n.id for n in hidden])}
        beside = list(book.store.get(View(2, TODAY, None, TODAY), sorted(about)).values())
    asked = list(questions([*hidden, *beside], random.Random(3), 30))
    with serving() as http:
        who = http.issue("investigator", division)
        assert compare_with(http, who, small, asked, monkeypatch) >= {200, 404}


def test_topology_and_open_records_are_not_narrowed(town: Loaded, http: Callers) -> None:
    who = http.issue("investigator", ELSEWHERE)
    company = town.town.company
    for path in (
        f"/entities/{company}?section=people&section=holdings",
        f"/paths?from={company}&to={town.town.related}",
    ):
        whole, narrow = http.get("investigator", path), http.get(who, path)
        assert narrow.json() == whole.json(), path
    shared = http.get("department", f"/entities/{company}/records", limit=200).json()["results"]
    narrow_rows = http.get(who, f"/entities/{company}/records", limit=200).json()["results"]
    assert {row["id"] for row in shared} == {row["id"] for row in narrow_rows}


def test_withdrawals_are_told_to_the_division_of_the_court(town: Loaded, http: Callers) -> None:
    def ops(who: str) -> list[tuple[int, str]]:
        changes = http.get(who, "/lists/L01/delta", since=0).json()["changes"]
        return [(row["seq"], row["op"]) for row in changes]

    whole = ops("investigator")
    assert "withdraw" in {op for _, op in whole}
    elsewhere = ops(http.issue("investigator", ELSEWHERE))
    assert elsewhere == ops("department")
    assert set(elsewhere) <= set(ops(http.issue("investigator", CITY))) <= set(whole)
    assert "withdraw" not in {op for _, op in elsewhere}


def _load(http: Callers, who: str, source: str, file: Path) -> dict[str, Any]:
    done = http.post(who, "/batches", params={"source": source}, files={"file": (file.name, file.read_bytes())})
    body: dict[str, Any] = done.json()
    return body


def test_rows_of_other_divisions_are_rejected_as_if_nothing_were_known_of_them(
    town: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    for source in ("departments", "registry"):
        assert run("load", source, str(town.town.folder / f"{source}.csv"), "--json").code in (0, 1)
    with (town.town.folder / "penalties.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    provider = rows[0].index("数据来源单位统一社会信用代码")
    with serving() as http:
        for _ in range(2):  # again, when the rows of the others are known
            body = _load(http, http.issue("department", DISTRICT), "penalties", town.town.folder / "penalties.csv")
            refused = {e["row"] for e in body["errors"] if e["code"] == "other_division"}
            foreign = {n for n, row in enumerate(rows[1:], 2) if row[provider][2:8] != DISTRICT}
            broken = {e["row"] for e in body["errors"] if e["outcome"] == "rejected"} - refused
            assert refused == foreign - broken
            assert refused and body["accepted"] + body["unchanged"]
            assert body["input"] == sum(body[k] for k in ("accepted", "merged", "unchanged", "rejected", "quarantined"))
            assert _load(http, "department", "penalties", town.town.folder / "penalties.csv")["input"]


def test_what_names_no_department_and_full_lists_need_a_key_without_a_division(
    town: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    folder = town.town.folder
    for source in ("departments", "registry"):
        assert run("load", source, str(folder / f"{source}.csv"), "--json").code in (0, 1)
    with serving() as http:
        who = http.issue("operator", CITY)
        for source in ("officers", "shareholders", "departments", "engagements"):
            body = _load(http, who, source, folder / f"{source}.csv")
            codes = {e["code"] for e in body["errors"] if e["outcome"] == "rejected"}
            assert body["accepted"] == body["unchanged"] == 0, source
            assert "other_division" in codes, source
        full = sorted(folder.glob("dishonest-debtors*.json"))[0]
        assert _load(http, who, "dishonest-debtors", full)["title"] == "other_division"
        assert _load(http, "operator", "dishonest-debtors", full)["accepted"]
        texts = sorted((folder / "judgments").glob("*.txt"))[:4]
        own = [_load(http, http.issue("court", CITY), "judgments", text)["accepted"] for text in texts]
        assert [_load(http, http.issue("court", ELSEWHERE), "judgments", text)["rejected"] for text in texts] == [1] * 4
        assert 1 in own


def test_a_provider_counts_before_an_authority_and_a_code_before_a_name() -> None:
    row = {"provider_uscc": "p", "authority_uscc": "a", "authority_name": "n"}
    assert submitter(row) == ("p", "n")
    assert submitter({"authority_uscc": "a", "court_name": "c"}) == ("a", "c")
    assert submitter({"issuer": "i", "unit_name": "u"}) == ("", "i")
    assert submitter({"unit_name": "u"}) == ("", "")


def test_every_role_of_the_restricted_view_is_narrowed(http: Callers) -> None:
    with opened() as book:
        node = _restricted(book)[0]
    for role, told in ROLES.items():
        done = http.get(http.issue(role, ELSEWHERE), f"/records/{node.id}")
        assert done.status_code == 404, role
        assert told.level < 2 or http.get(role, f"/records/{node.id}").status_code == 200


def test_what_was_withdrawn_and_listed_again_elsewhere_is_told_as_listed_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path
) -> None:
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    town = load_town(tmp_path, monkeypatch.setenv)
    paths = sorted(town.town.folder.glob("dishonest-debtors-*.json"))
    versions = [json.loads(path.read_text("utf-8")) for path in paths]
    rows = [row for version in versions for row in version["entries"]]
    gone = next(row for row in rows if row.get("infoActionType") == "withdraw")
    first = next(row for row in rows if row["caseCode"] == gone["caseCode"])
    again = {name: value for name, value in first.items() if name != "reason"} | {"infoActionType": "add"}
    head = {"list": "L01", "date": "2026-01-01", "version": "2026-01-01", "kind": "delta"}
    head["previous"] = versions[-1]["version"]
    file = tmp_path / "again.json"
    file.write_text(json.dumps(head | {"count": 1, "entries": [again]}, ensure_ascii=False), "utf-8")
    assert run("load", "dishonest-debtors", str(file), "--json").body["rejected"] == 0
    told = {}
    with serving() as http:
        for division in ("", ELSEWHERE):
            key = create_key(home_from_environment(), "court", division)["key"]
            headers = {"X-API-Key": key, "X-Purpose": "a test"}
            changes = http.client.get("/api/v1/lists/L01/delta?since=0", headers=headers).json()["changes"]
            told[division] = [row["op"] for row in changes if row["case_no"] == first["caseCode"]]
    assert told[""].count("withdraw") == 1
    assert told[""][-1] in ("add", "change")
    assert "withdraw" not in told[ELSEWHERE]
    assert told[ELSEWHERE]

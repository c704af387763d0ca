"""Ownership on the demo town: numbers with their holdings, control, owners, rings, levels, what if; both stores."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.commands import opened
from graph.book.book import Book
from graph.book.home import Home
from graph.store.neo4j import Neo4jStore
from tests.api.books import Home as Files
from tests.api.conftest import TODAY, Loaded, run
from tests.api.service import Callers, serving

AS_OF = ("--as-of", TODAY, "--json")


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the demo town."""
    with serving() as callers:
        yield callers


def _section(subject: str, name: str, *more: str) -> Any:
    done = run("show", subject, "--section", name, *AS_OF, *more)
    assert done.code == 0, done.err
    return done.body[name]


def _names(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["name"] for row in rows)


def _arranged() -> str:
    """The company of the town at which two holders act in concert."""
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        concert = [n for n in reader.scan_nodes(view) if n.props.get("arrangement_kind") == "一致行动"]
        return reader.neighbours(view, [concert[0].id], ("votes_at",), "out")[0].target


def test_every_share_leads_to_its_rows(town: Loaded) -> None:
    told = _section(town.town.company, "ownership")
    parts = {row["owner"]["name"]: (row["pct"], row["exact"], row["level"]) for row in told["integrated"]}
    assert sorted(parts.values()) == [(15.0, "3/20", 2), (40.0, "2/5", 1), (45.0, "9/20", 2), (60.0, "3/5", 1)]
    edges = {edge["id"]: edge for edge in told["edges"]}
    for row in told["integrated"]:
        assert sum(chain["pct"] for chain in row["chains"]) + row["rest"] == row["pct"]
        for chain in row["chains"]:
            for ref in chain["edges"]:
                assert {e["source"] for e in edges[ref]["evidence"]} & {"shareholders"}
                assert all(e["row"] and e["file"] and e["seq"] for e in edges[ref]["evidence"])
    assert told["unattributed"] == 0.0 and told["anomalies"] == {} and "notice" not in told


def test_a_holding_that_ended_is_not_there_any_more_and_was_before(town: Loaded) -> None:
    before = run("show", town.town.company, "--section", "ownership", "--as-of", "2010-01-01", "--json").body[
        "ownership"
    ]
    now = _section(town.town.company, "ownership")
    assert {row["level"] for row in before["integrated"]} == {1}
    assert _names(before["controller"]) == _names(now["controller"])
    assert {row["owner"]["id"] for row in before["integrated"]} != {row["owner"]["id"] for row in now["integrated"]}


def test_control_is_an_argument_in_steps_with_those_who_lost(town: Loaded) -> None:
    told = _section(town.town.company, "controllers")
    one = told["by_votes"][0]
    assert [step["pct"] for step in one["steps"]] == [75.0, 60.0]
    assert one["steps"][1]["by"][0]["holder"]["id"] == one["steps"][0]["company"]["id"]
    reasons = {(row["reason"], row["pct"]) for row in told["candidates"]}
    assert reasons == {("controlled", 60.0), ("not_over_half", 40.0)}
    assert all(edge["evidence"] for edge in told["edges"])
    assert "Art.265" in told["rule"]


def test_who_acts_in_concert_controls_together_as_far_as_the_reader_may_know(town: Loaded, http: Callers) -> None:
    company = _arranged()
    told = http.get("investigator", f"/entities/{company}/controllers").json()
    assert len(told["controller"]) == 2 and told["by_votes"][0]["agreement"]["kind"] == "voting_arrangement"
    assert {"voting-arrangements"} <= {e["source"] for edge in told["edges"] for e in edge["evidence"]}
    shared = http.get("department", f"/entities/{company}/controllers").json()
    assert [who["id"] for who in shared["controller"]] == [who["id"] for who in told["controller"]]
    assert http.get("public", f"/entities/{company}/controllers").json()["controller"] == []


def test_below_the_restricted_level_one_sentence_says_that_something_may_be_hidden(town: Loaded, http: Callers) -> None:
    notices = {
        role: http.get(role, f"/entities/{subject}/ownership").json().get("notice")
        for role in ("public", "department", "investigator")
        for subject in (town.town.company, town.town.related)
    }
    assert notices["investigator"] is None
    assert notices["public"] == notices["department"] and notices["public"]


def test_beneficial_owners_are_told_by_the_rule_of_the_day_and_to_authorities_only(town: Loaded, http: Callers) -> None:
    path = f"/entities/{town.town.company}/beneficial-owners"
    now = http.get("department", path).json()
    assert now["rules"]["id"] == "CN-2024-3"
    assert {(r["pct"], r["criterion"]["article"]) for r in now["results"]} == {(45.0, "Art. 6(1)"), (40.0, "Art. 6(1)")}
    assert [(r["pct"], r["why"][0]["has"], r["why"][0]["asked"]) for r in now["others"]] == [(15.0, 15.0, 25.0)]
    assert [c["article"] for c in now["switched_off"]] == ["Art. 7", "Art. 8"]
    assert http.get("department", path, as_of="2020-01-01").json()["rules"]["id"] == "CN-2017-235"
    assert http.get("department", path, rule="CN-2017-235").json()["rules"]["order"] == "first"
    assert http.get("department", path, rule="EU").status_code == 400
    assert http.get("department", path, as_of="2001-01-01").status_code == 400
    for role in ("public", "partner"):
        assert http.get(role, path).status_code == 403
        assert http.get(role, f"/entities/{town.town.company}?section=beneficial-owners").status_code == 403


def test_a_group_has_its_sisters_as_context_only(town: Loaded) -> None:
    group = _section(town.town.company, "group")["groups"][0]
    controlled = {row["company"]["id"] for row in group["controlled"]}
    related = run("show", town.town.related, *AS_OF).body["entity"]["id"]
    company = run("show", town.town.company, *AS_OF).body["entity"]["id"]
    assert {company, related} <= controlled and group["total"] == len(controlled)
    assert related in {row["id"] for row in group["sisters"]["companies"]}
    assert company not in {row["id"] for row in group["sisters"]["companies"]}
    assert "never a ground" in group["sisters"]["note"]
    reach = run("reach", town.town.company, *AS_OF).body
    assert related not in {row["party"]["id"] for row in reach["proposed"]}


def test_what_somebody_holds_is_the_other_side_of_what_is_held(town: Loaded) -> None:
    owners = _section(town.town.company, "ownership")["integrated"]
    company = run("show", town.town.company, *AS_OF).body["entity"]["id"]
    for row in owners:
        held = {r["company"]["id"]: r for r in _section(row["owner"]["id"], "holds")}
        assert held[company]["exact"] == row["exact"]
        assert held[company]["controlled"] is (row["pct"] in (60.0, 45.0))


def test_a_ring_of_holdings_is_told_with_its_edges(town: Loaded) -> None:
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        pairs = {(e.source, e.target) for e in reader.scan_edges(view, ("shareholder_of",))}
        member = next(a for a, b in sorted(pairs) if (b, a) in pairs)
    ring = _section(member, "rings")[0]
    assert ring["kind"] == "shareholding" and len(ring["members"]) == len(ring["edges"]) == 2
    assert ring["circles"] == [sorted(m["id"] for m in ring["members"])]
    tree = _section(member, "tree")
    assert {row["node"]["id"] for row in tree if row["ring"]} == {m["id"] for m in ring["members"]}


def test_what_if_answers_and_stores_nothing(town: Loaded, http: Callers) -> None:
    before = run("verify", "--json").body
    told = _section(town.town.company, "ownership")
    heavy = told["integrated"][0]
    sold = heavy["chains"][0]["edges"][0]
    path = f"/entities/{town.town.company}/what-if"
    sale = {"without": [sold], "with": [{"owner": town.town.related, "owned": town.town.company, "pct": "60%"}]}
    body = http.post("investigator", path, json=sale).json()
    then = {row["owner"]["id"]: row["then"] for row in body["changed"]}
    assert then[heavy["owner"]["id"]] == 30.6  # by way of the related company, of which the holder has 51 %
    assert body["controller_changes"] is False
    alone = http.post("investigator", path, json={"without": [sold]}).json()
    assert alone["controller_then"] == [] and alone["controller_changes"] is True
    by_hand = run("what-if", town.town.company, "--without", sold, *AS_OF).body
    assert by_hand["changed"] == alone["changed"]
    assert run("verify", "--json").body == before
    assert _section(town.town.company, "ownership") == told


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "expected"), ([], "expected"), ({"without": "e1"}, "without"), ({"without": ["e" + "0" * 23]}, "without"),
     ({"with": [1]}, "with"), ({"with": [{"owner": "x"}]}, "owner"), ({"with": [{}] * 60}, "at most")],
)  # fmt: skip
def test_a_change_that_cannot_be_read_is_told(body: Any, field: str, town: Loaded, http: Callers) -> None:
    done = http.post("investigator", f"/entities/{town.town.company}/what-if", json=body)
    assert done.status_code in (400, 404)
    assert done.status_code == 404 or field in done.json()["detail"]


def test_a_change_with_a_number_of_a_person_or_no_share_is_refused(town: Loaded, http: Callers) -> None:
    path, company = f"/entities/{town.town.company}/what-if", town.town.company
    number = "11010519491231002X"
    done = http.post("investigator", path, json={"with": [{"owner": number, "owned": company, "pct": 1}]})
    assert done.status_code == 400 and number not in done.text
    for pct in ("三成", -1):
        done = http.post("investigator", path, json={"with": [{"owner": company, "owned": company, "pct": pct}]})
        assert done.status_code == 400 and "pct" in done.json()["detail"]
    assert http.post("investigator", path, content=b"{").status_code == 400
    assert http.post("public", path, json={"with": [{"owner": company, "owned": company, "pct": 1}]}).status_code == 200


def test_registers_that_disagree_are_flagged_in_every_answer_above(
    town: Loaded, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Files(tmp_path / "own", monkeypatch.setenv, town.town.folder)
    company, related = town.town.company, town.town.related
    names = {c: run("show", c, "--json").body["entity"]["name"] for c in (company, related)}
    maker = town.town.persons["maker"]
    person = f"自然人,,{maker.id_no}"
    receipt = home.rows(
        "shareholders",
        f"{names[company]},{company},{maker.name},{person},60,60,2015-01-01,2015-01-01,",
        f"{names[company]},{company},{maker.name},{person},70,70,2018-01-01,2018-01-01,",
        f"{names[company]},{company},{names[related]},企业法人,{related},,50,50,2015-01-01,2015-01-01,",
        f"{names[related]},{related},易航,自然人,,,50,,2015-01-01,2015-01-01,",
    )
    assert receipt["accepted"] == 4
    told = _section(company, "ownership")
    assert {name: _names(who) for name, who in told["anomalies"].items()} == {
        "disagree": [names[company]], "missing_share": [names[related]], "over_100": [names[company]],
    }  # fmt: skip
    # The later of the two counts; the other is told beside it, and every holder above the row bears the flag.
    flags = {row["owner"]["name"]: (row["pct"], row["flags"]) for row in told["integrated"]}
    assert flags == {maker.name: (70.0, ["disagree", "over_100"]), names[related]: (50.0, ["disagree", "over_100"])}
    assert [edge["share"] for edge in told["not_counted"]] == [60]
    assert [(row["owner"]["name"], row["at_most"]) for row in told["possible"]] == [("易航", 50.0)]


@pytest.mark.neo4j
def test_both_stores_answer_the_same(town: Loaded, neo4j_store: Neo4jStore) -> None:
    mine = {name: _section(town.town.company, name) for name in ("ownership", "controllers", "group", "rings", "holds")}
    other = Book(Home(town.home), lambda _: neo4j_store)
    try:
        other.recover()
        from api.ownership.control import controllers_body
        from api.ownership.group import group_body
        from api.ownership.owned import Owned
        from api.ownership.shares import ownership_body

        reader, view = other.view(as_of=TODAY)
        node = reader.by_key(view, f"uscc:{town.town.company}")
        assert node
        owned = Owned(other, reader, view, node)
        assert ownership_body(owned) == mine["ownership"]
        assert controllers_body(owned) == mine["controllers"]
        assert group_body(owned)[0] == mine["group"]
    finally:
        other.ledger.close()
        other.vault.close()


def test_shares_that_are_no_numbers_are_refused_and_backward_dates_are_told(
    town: Loaded, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Files(tmp_path / "own", monkeypatch.setenv, town.town.folder)
    company = town.town.company
    unit = f"{town.town.company_name},{company}"
    dates = "2015-01-01,2015-01-01,"
    receipt = home.rows(
        "shareholders",
        *(f"{unit},甲,自然人,,,1,{pct},{dates}" for pct in ("33.1%", "1/3", "-5", "三成")),
        f"{unit},,自然人,,,1,10,{dates}",
        f"{unit},乙,自然人,,,1,150,{dates}",
        f"{unit},{unit.split(',')[0]},企业法人,{company},,1,10,{dates}",
        f"{unit},丙,自然人,,,1,10,2015-01-01,2018-01-01,2017-01-01",
    )
    assert [(e["row"], e["code"]) for e in receipt["errors"]] == [
        *((row, "bad_amount") for row in (3, 4, 5)), (6, "missing_required"),
    ]  # fmt: skip
    assert receipt["accepted"] == 4
    assert receipt["warnings"] == [
        "shareholders.csv row 9: 持股止 2017-01-01 is not after 持股起 2018-01-01: kept, holds on no day"
    ]
    told = _section(company, "ownership")
    assert told["anomalies"].keys() == {"over_100", "self_holding"}
    # Of nine tenths that are not its own: 150 and 33.1 of 90.
    parts = {row["owner"]["name"]: row["exact"] for row in told["integrated"]}
    assert parts == {"乙": "5/3", "甲": "331/900"}
    assert all(row["flags"] == ["over_100", "self_holding"] for row in told["integrated"])

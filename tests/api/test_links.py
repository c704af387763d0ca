"""Paths by evidence and links among a group, by command line and over HTTP: bodies, refusals, audit."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.commands import opened
from graph.store.base import View
from ingest.demo import codes
from tests.api.conftest import TODAY, Loaded, run
from tests.api.service import Callers, serving

# Compiling what they use takes seconds: one worker does it.
pytestmark = pytest.mark.xdist_group("evidence")

NEAR, FAR = "岚汀市桦渚灯具有限公司", "岚汀市桦渚玻璃有限公司"
NEAR_CODE, FAR_CODE = codes.uscc(7771), codes.uscc(7772)

#: The number of a person of the town.
_NUMBER = "359801197805111016"

#: One address, written in two ways.
ADDRESS, AGAIN = "岚汀市桦渚路77号(2楼)", "岚汀市桦渚路７７号（２楼）"


@pytest.fixture(scope="module")
def linked(town: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The demo town and two companies of one address."""
    head = (town.town.folder / "registry.csv").read_text("utf-8-sig").splitlines()[0]
    rows = [
        f"{name},{code},,有限责任公司,{head_of_it},,100,人民币,2015-03-02,{where},,岚汀市市场监督管理局,存续(在营、开业、在册),2015-03-02,"
        for name, code, head_of_it, where in ((NEAR, NEAR_CODE, "苌霏", ADDRESS), (FAR, FAR_CODE, "茹霏", AGAIN))
    ]
    file = tmp_path_factory.mktemp("rows") / "registry-late.csv"
    file.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    receipt = run("load", "registry", str(file), "--json").body
    assert receipt["accepted"] == 2, receipt
    return town


@pytest.fixture(scope="module")
def http(linked: Loaded) -> Iterator[Callers]:
    """The service over that town."""
    with serving() as callers:
        yield callers


def _path(*arguments: str) -> dict[str, Any]:
    done = run("path", *arguments, "--json")
    assert done.code == 0, done.err
    body: dict[str, Any] = done.body
    return body


def test_paths_by_evidence_come_by_cost_each_step_with_its_own(linked: Loaded) -> None:
    body = _path(linked.town.company, linked.town.related, "--rank", "evidence")
    assert (body["rank"], body["soft"], body["ever"], body["searched"]) == ("evidence", False, False, "found")
    assert [path["cost"] for path in body["paths"]] == [2.0, 3.0]
    assert (body["truncated"], body["total"], body["next"]) == (False, 2, None)
    assert body["budget"]["edges"] == 200_000
    assert body["budget"]["scanned"] > 0
    for path in body["paths"]:
        assert path["cost"] == path["passing"] + sum(edge["cost"] for edge in path["edges"])
        assert all(edge["evidence"] for edge in path["edges"])
        assert path["simultaneous"]
        for edge, a, b in zip(path["edges"], path["nodes"], path["nodes"][1:], strict=False):
            assert {edge["from"], edge["to"]} == {a["id"], b["id"]}
    assert body["paths"][0]["edges"][0]["relation"] == "shareholder_of"
    by_hops = _path(linked.town.company, linked.town.related)
    assert "searched" not in by_hops
    assert all("cost" not in path and "cost" not in edge for path in by_hops["paths"] for edge in path["edges"])


def test_pages_of_paths_by_evidence_are_the_whole_answer_cut(linked: Loaded) -> None:
    ends = (linked.town.company, linked.town.related, "--rank", "evidence")
    first = _path(*ends, "--limit", "1")
    second = _path(*ends, "--limit", "1", "--cursor", first["next"])
    assert [*first["paths"], *second["paths"]] == _path(*ends)["paths"]
    assert (first["next"], second["next"]) == ("1", None)


@pytest.mark.parametrize("rank", ["hops", "evidence"])
def test_a_shared_address_joins_only_softly_and_is_told_with_its_proof(linked: Loaded, rank: str) -> None:
    assert _path(NEAR_CODE, FAR_CODE, "--rank", rank)["paths"] == []
    body = _path(NEAR_CODE, FAR_CODE, "--rank", rank, "--soft")
    (path,) = body["paths"]
    assert (path["soft"], path["cost"], path["length"]) == (True, 6.0, 2)
    middle = path["nodes"][1]
    assert (middle["kind"], middle["name"]) == ("address", min(ADDRESS, AGAIN))
    (through,) = path["through"]
    assert through == {
        "node": middle["id"], "kind": "address", "name": middle["name"], "relation": "registered_address",
        "shared_by": 2, "hub": False,
    }  # fmt: skip
    assert [edge["relation"] for edge in path["edges"]] == ["registered_address"] * 2
    assert [[proof["file"] for proof in edge["evidence"]] for edge in path["edges"]] == [["registry-late.csv"]] * 2
    text = run("path", NEAR_CODE, FAR_CODE, "--rank", rank, "--soft").out
    assert f"shared address of 2 companies: {middle['name']}" in text


def _of_relation(relation: str, level: int = 2) -> list[tuple[str, str]]:
    with opened() as book:
        view = View(level, None, None, TODAY)
        return [(edge.source, edge.target) for edge in book.store.scan_edges(view, [relation])]


def test_agents_and_firms_are_named_as_what_they_are_and_come_last(linked: Loaded) -> None:
    stand = _of_relation("represents")
    agents = {source for source, _ in stand}
    parties = sorted({target for _, target in stand})
    kinds = set()
    for n, one in enumerate(parties):
        for two in parties[n + 1 :]:
            paths = _path(one, two, "--rank", "evidence", "--soft", "--ever")["paths"]
            assert [path["soft"] for path in paths] == sorted(path["soft"] for path in paths)
            for path in (path for path in paths if path["soft"]):
                firms = {node["id"] for node in path["nodes"] if node["kind"] == "agent"}
                for one_through in path["through"]:
                    assert one_through["node"] in agents | firms
                    kinds.add(one_through["kind"])
    assert kinds == {"agent"}


def test_a_party_between_two_agents_is_not_called_an_agent(linked: Loaded) -> None:
    stand = _of_relation("represents")
    agents = sorted({source for source, _ in stand})
    named = 0
    for n, one in enumerate(agents):
        for two in agents[n + 1 :]:
            for path in _path(one, two, "--rank", "evidence", "--soft", "--ever")["paths"]:
                inner = {node["id"] for node in path["nodes"][1:-1] if node["kind"] not in ("agent", "address")}
                wrong = [one for one in path["through"] if one["node"] in inner - set(agents)]
                assert wrong == []
                named += bool(inner)
    assert named


def test_links_of_all_times_tell_whether_they_held_at_one_time(linked: Loaded) -> None:
    """Of the town's links some ended: they count with --ever, each with its dates."""
    with opened() as book:
        reader, view = book.view(level=2, as_of=TODAY)
        ended = [e for e in reader.scan_edges(book.all_times(view), ["shareholder_of", "director_of", "legal_rep_of"])]
    edge = next(edge for edge in ended if edge.valid_to is not None and edge.valid_to <= TODAY)
    now = _path(edge.source, edge.target, "--rank", "evidence", "--max-depth", "1")
    ever = _path(edge.source, edge.target, "--rank", "evidence", "--max-depth", "1", "--ever")
    told = [one for path in ever["paths"] for step in path["edges"] for one in (step, *step.get("also", ()))]
    assert edge.id in {one["id"] for one in told}
    assert edge.id not in {
        one["id"] for path in now["paths"] for step in path["edges"] for one in (step, *step.get("also", ()))
    }
    assert next(one for one in told if one["id"] == edge.id)["valid_to"] == edge.valid_to
    assert ever["ever"]
    by_hops = _path(edge.source, edge.target, "--max-depth", "1", "--ever")
    assert by_hops["paths"][0]["simultaneous"]


def test_plain_paths_load_no_machine_code(linked: Loaded) -> None:
    code = "import sys, api.cli, api.commands, api.paths, api.linking; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _file(folder: Path, *lines: str) -> str:
    path = folder / "group.txt"
    path.write_text("\n".join(lines) + "\n", "utf-8-sig")
    return str(path)


def test_links_of_a_file_name_the_lines_that_are_nobody(linked: Loaded, tmp_path: Path) -> None:
    number = _NUMBER
    lines = (
        linked.town.company,
        "",
        linked.town.related_name,
        number,
        "-",
        "查无此家有限公司",
        NEAR_CODE.lower(),
        "黎伯衡",
        "x" * 300,
    )
    done = run("links", _file(tmp_path, *lines), "--json")
    body = done.body
    assert done.code == 1
    assert [(row["line"], row["status"]) for row in body["unresolved"]] == [
        (4, 400),
        (5, 404),
        (6, 404),
        (8, 409),
        (9, 404),
    ]
    assert [node["name"] for node in body["subjects"]] == [linked.town.company_name, linked.town.related_name, NEAR]
    assert (body["pairs"], body["linked"], body["unlinked"], body["undecided"]) == (3, 1, 2, 0)
    assert (body["searched"], body["max_depth"], body["truncated"]) == ("found", 3, False)
    (link,) = body["links"]
    assert link["path"]["cost"] == 2.0
    assert {link["from"], link["to"]} == {node["id"] for node in body["subjects"][:2]}
    assert all(edge["evidence"] for edge in link["path"]["edges"])
    assert number not in done.out
    text = run("links", _file(tmp_path, *lines))
    assert number not in text.out + text.err
    assert "pairs 3, linked 1, unlinked 2, undecided 0" in text.out
    good = run("links", _file(tmp_path, linked.town.company, linked.town.related), "--max-depth", "1", "--json")
    assert (good.code, good.body["linked"], good.body["searched"]) == (0, 0, "none")


def test_a_file_that_is_no_group_is_refused(linked: Loaded, tmp_path: Path) -> None:
    gone = run("links", str(tmp_path / "gone.txt"), "--json")
    assert (gone.code, gone.body["status"]) == (2, 400)
    bytes_only = tmp_path / "bytes.txt"
    bytes_only.write_bytes(b"\xff\xfe\x00")
    assert run("links", str(bytes_only), "--json").body["status"] == 400
    many = run("links", _file(tmp_path, *[NEAR_CODE] * 501), "--json")
    assert (many.code, many.body["status"]) == (2, 413)


def test_links_over_http_are_those_of_the_command(linked: Loaded, http: Callers, tmp_path: Path) -> None:
    asked = [linked.town.company, linked.town.related, NEAR_CODE, "nobody"]
    done = http.post("investigator", "/links", json={"subjects": asked})
    assert done.status_code == 200
    command = run("links", _file(tmp_path, *asked), "--json").body
    assert done.json()["links"] == command["links"]
    for key in ("pairs", "linked", "unlinked", "undecided", "subjects", "unresolved", "budget", "searched"):
        assert done.json()[key] == command[key], key
    assert "etag" in done.headers
    deep = {"subjects": [n["id"] for n in _everybody()[:80]], "max_depth": 6, "ever": True}
    whole = http.post("investigator", "/links", json=deep).json()
    assert whole["linked"] > 3
    pages, cursor = list[Any](), None
    while cursor or not pages:
        page = http.post("investigator", f"/links?limit=7{f'&cursor={cursor}' if cursor else ''}", json=deep).json()
        pages += page["links"]
        cursor = page["next"]
    assert len(pages) == whole["linked"]
    assert pages[: len(whole["links"])] == whole["links"]
    order = [(any(t["hub"] for t in link["path"]["through"]), link["path"]["cost"]) for link in pages]
    assert order == sorted(order)


def _everybody() -> list[dict[str, str]]:
    with opened() as book:
        view = View(0, TODAY, None, TODAY)
        found = [n for n in book.store.scan_nodes(view) if n.kind in ("company", "person", "branch")]
    return [{"id": node.id} for node in found]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b'{"subjects": "x"}', b'{"subjects": [1]}', b"\xff\xfe", b"[" * 100_000,
        b'{"subjects": [], "max_depth": 0}', b'{"subjects": [], "max_depth": 7}',
        b'{"subjects": [], "max_depth": true}',
        b'{"subjects": [], "max_depth": "3"}', b'{"subjects": [], "ever": 1}', b'{"subjects": [], "max_depth": null}',
    ],
)  # fmt: skip
def test_bodies_that_are_no_group_are_refused_and_nothing_of_them_repeated(http: Callers, content: bytes) -> None:
    done = http.post("investigator", "/links", content=content, headers={"content-type": "application/json"})
    assert done.status_code == 400
    assert done.headers["content-type"] == "application/problem+json"


def test_groups_of_nobody_of_one_and_of_too_many(linked: Loaded, http: Callers) -> None:
    for subjects in ([], [NEAR_CODE], [NEAR_CODE, NEAR, f" {NEAR_CODE} "]):
        body = http.post("investigator", "/links", json={"subjects": subjects}).json()
        assert (body["pairs"], body["linked"], body["searched"]) == (0, 0, "none")
    assert http.post("investigator", "/links", json={"subjects": [NEAR_CODE] * 501}).status_code == 413
    number = _NUMBER
    done = http.post("investigator", "/links", json={"subjects": [number, NEAR_CODE]})
    assert done.json()["unresolved"] == [{"line": 1, "status": 400, "title": "ID number in a group"}]
    assert number not in done.text
    assert http.post("investigator", "/links?cursor=bad", json={"subjects": []}).status_code == 400


def _audited(http: Callers, **query: str) -> int:
    """Rows of the audit, once those that are on their way have come."""
    time.sleep(0.3)
    return int(http.get("auditor", "/audit", **query).json()["total"])


def test_links_and_paths_by_evidence_are_audited_as_reads_of_the_persons_shown(
    linked: Loaded, http: Callers, tmp_path: Path
) -> None:
    people = http.get("investigator", f"/entities/{linked.town.company}?section=people").json()["people"]
    person = next(row["entity"]["id"] for row in people if row["relation"] == "supervisor_of")
    asked = {"subjects": [person, linked.town.related]}
    for role in ("investigator", "public"):
        before = _audited(http, person=person)
        assert http.post(role, "/links", json=asked, purpose="case 31").json()["linked"] == 1
        assert _audited(http, person=person) == before + 1
        row = http.get("auditor", "/audit", person=person).json()["results"][0]
        assert (row["purpose"], row["status"], row["action"]) == ("case 31", 200, "POST /links")
        hash_of_it = row["query"]
        http.post(role, "/links", json=asked | {"max_depth": 2})
        _audited(http)
        assert http.get("auditor", "/audit", person=person).json()["results"][0]["query"] != hash_of_it
    before = _audited(http, person=person)
    run("links", _file(tmp_path, person, linked.town.related), "--json", "--purpose", "case 32")
    run("path", person, linked.town.related, "--rank", "evidence", "--json")
    assert _audited(http, person=person) == before + 2
    refused = http.client.post("/api/v1/links", json=asked)
    assert refused.status_code == 401
    before = _audited(http)
    assert http.post("investigator", "/links", content=b"{").status_code == 400
    assert _audited(http) == before + 1


def test_paths_over_http_take_the_words_of_the_command(linked: Loaded, http: Callers) -> None:
    query = {"from": linked.town.company, "to": linked.town.related, "rank": "evidence", "soft": "true", "ever": "true"}
    told = http.get("investigator", "/paths", **query).json()
    command = _path(linked.town.company, linked.town.related, "--rank", "evidence", "--soft", "--ever")
    for key in ("paths", "total", "searched", "budget", "rank", "soft", "ever", "truncated"):
        assert told[key] == command[key], key
    assert http.get("investigator", "/paths", **query | {"rank": "cheap"}).status_code in (400, 422)
    assert http.get("investigator", "/paths", **query | {"relations": "in_case"}).status_code == 400


def test_what_is_loaded_later_is_in_the_next_answer(linked: Loaded, http: Callers, tmp_path: Path) -> None:
    """The kept index is that of the sequence: after a load another one is made."""
    query = {"from": NEAR_CODE, "to": FAR_CODE, "rank": "evidence"}
    assert http.get("investigator", "/paths", **query).json()["total"] == 0
    head = (linked.town.folder / "shareholders.csv").read_text("utf-8-sig").splitlines()[0]
    row = f"{FAR},{FAR_CODE},{NEAR},企业法人,{NEAR_CODE},,60,60,2016-01-05,2016-01-05,"
    file = tmp_path / "shareholders.csv"
    file.write_text(f"{head}\n{row}\n", "utf-8")
    receipt = run("load", "shareholders", str(file), "--json").body
    assert receipt["accepted"] == 1, receipt
    found = http.get("investigator", "/paths", **query, at_least=1).json()
    assert [path["cost"] for path in found["paths"]] == [1.0]

"""The service: keys before everything, bodies of the command line, pages, loads, screening, errors."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pypinyin import lazy_pinyin

from api.auth import ACTIONS, ROLES
from api.commands import opened
from api.keys import caller_of, create_key
from graph.book.home import home_from_environment
from graph.model.vocab import table
from graph.store.base import View
from tests.api.conftest import TODAY, Loaded, load_town, run
from tests.api.service import PREFIX, Callers, serving

AS_OF = "2026-10-01"


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the demo town."""
    with serving() as callers:
        yield callers


def operations(http: Callers) -> list[tuple[str, str]]:
    """Method and path of every operation behind the gate, with made-up ids."""
    found = http.client.get("/openapi.json").json()["paths"]
    return [
        (method, path.replace("{id}", "x").replace("{sha256}", "x"))
        for path, methods in found.items()
        if path.startswith(PREFIX)
        for method in methods
    ]


@pytest.mark.parametrize("key", [None, "", "x", "cg_k0_x", "cg__", "cg_{id}_wrong", "cg_k0_{secret}", "{key} "])
def test_without_a_good_key_nothing_is_looked_at(http: Callers, key: str | None) -> None:
    good = http.keys["operator"]
    _, key_id, secret = good.split("_", 2)
    text = None if key is None else key.format(id=key_id, secret=secret, key=good[:-1])
    bodies = set()
    assert len(operations(http)) > 12
    for method, path in [
        *operations(http),
        ("get", f"{PREFIX}/nowhere"),
        ("delete", f"{PREFIX}/search"),
        ("get", PREFIX),
    ]:
        headers = {} if text is None else {"X-API-Key": text}
        done = http.client.request(method, path, params={"limit": "x"}, headers=headers)
        assert done.status_code == 401, path
        assert done.headers["content-type"] == "application/problem+json"
        bodies.add(done.text)
    assert len(bodies) == 1


def test_a_key_opens_until_the_day_it_expires_and_is_kept_hashed(town: Loaded, http: Callers) -> None:
    late = create_key(home_from_environment(), "court", expires="2026-10-02", division="985900")
    past = create_key(home_from_environment(), "court", expires="2026-10-01")
    found = caller_of(home_from_environment(), late["key"])
    assert found is not None
    assert (found.role, found.division) == ("court", "985900")
    assert caller_of(home_from_environment(), past["key"]) is None
    for path in town.home.rglob("*"):
        if path.is_file():
            assert late["key"].split("_", 2)[2].encode() not in path.read_bytes()


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics", "/openapi.json", "/docs"])
def test_some_pages_are_open(http: Callers, path: str) -> None:
    assert http.client.get(path).status_code == 200


def test_ready_tells_the_lag(http: Callers) -> None:
    body = http.client.get("/ready").json()
    assert body["ready"]
    assert (body["seq"], body["lag"]) == (run("verify", "--json").body["seq"], 0)


def test_answers_are_those_of_the_command_line(town: Loaded, http: Callers) -> None:
    company, related = town.town.company, town.town.related
    asked: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        (f"/entities/{company}", {}, ("show", company)),
        (f"/entities/{company}/measures", {}, ("reach", company)),
        ("/paths", {"from": company, "to": related}, ("path", company, related)),
    ]
    for path, query, command in asked:
        for times in ({}, {"as_of": "2020-01-01"}, {"known_at": "200"}):
            options = [part for name, value in times.items() for part in (f"--{name.replace('_', '-')}", value)]
            body = http.get("operator", path, **query, **times).json()
            assert body == run(*command, "--json", *options).body, path
    body = http.get("operator", "/lists/L01/delta", since=0).json()
    assert body == run("delta", "L01", "--since", "0", "--json").body


def test_records_texts_and_spans_open_from_the_evidence(town: Loaded, http: Callers) -> None:
    body = http.get("investigator", f"/entities/{town.town.company}").json()
    record = body["records"][0]
    one = http.get("investigator", f"/records/{record['id']}").json()
    assert one["record"]["status"] == record["status"]
    assert any(row["entity"]["id"] == body["entity"]["id"] for row in one["linked"])
    assert one["evidence"] == record["evidence"]
    proof = next(row for fact in body["judgments"] for row in fact["evidence"] if row.get("sha256"))
    text = http.get("investigator", f"/documents/{proof['sha256']}/text").json()
    assert text["text"][slice(*proof["span"])] == proof["quote"]
    assert all(text["text"][slice(*fact["span"])] == fact["quote"] for fact in text["facts"])
    assert http.get("public", f"/documents/{proof['sha256']}/text").status_code == 404
    assert http.get("investigator", f"/records/{body['entity']['id']}").status_code == 404


def test_pages_of_every_list_add_up_to_the_whole(town: Loaded, http: Callers) -> None:
    company = town.town.company
    for path, query in (
        ("/search", {"q": "岚汀"}),
        (f"/entities/{company}/neighbours", {}),
        (f"/entities/{company}/records", {}),
        (f"/entities/{company}/expansions", {}),
        ("/lists/L01", {}),
        ("/batches", {}),
    ):
        whole = http.get("investigator", path, **query, limit=200).json()
        rows: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            body = http.get("investigator", path, **query, limit=3, **cursor).json()
            assert body["total"] == whole["total"]
            rows += body["results"]
            if body["next"] is None:
                break
            cursor = {"cursor": body["next"]}
        assert rows == whole["results"], path
        assert len(rows) == whole["total"] > 3, path


def test_an_expansion_counts_its_neighbours(town: Loaded, http: Callers) -> None:
    for role in ("public", "investigator"):
        path = f"/entities/{town.town.company}"
        for row in http.get(role, f"{path}/expansions").json()["results"]:
            asked = {"relation": row["relation"], "direction": row["direction"]}
            body = http.get(role, f"{path}/neighbours", **asked).json()
            assert body["total"] == row["count"] == len(body["results"])


def test_search_finds_by_code_number_part_and_case(town: Loaded, http: Callers) -> None:
    company = http.get("investigator", f"/entities/{town.town.company}").json()
    case = company["judgments"][0]["entity"]["name"]
    for text in (town.town.company, town.town.company_name, town.town.company_name[3:7]):
        found = http.get("investigator", "/search", q=text, limit=200).json()["results"]
        assert company["entity"]["id"] in [row["id"] for row in found], text
    assert http.get("investigator", "/search", q=case).json()["results"][0]["name"] == case


def test_search_finds_by_pinyin_initials_traditional_signs_and_former_names(town: Loaded, http: Callers) -> None:
    name = town.town.company_name
    syllables = lazy_pinyin(name)
    asked = ["".join(syllables), " ".join(syllables[2:6]), "".join(s[0] for s in syllables), "".join(syllables[3:5])]
    back = {row["simplified"]: row["traditional"] for row in table("traditional_simplified")}
    asked.append("".join(back.get(sign, sign) for sign in name))
    assert asked[-1] != name
    for text in (*asked, asked[0].upper()):
        for role in ("public", "investigator"):
            found = http.get(role, "/search", q=text, limit=200).json()["results"]
            assert name in [row["name"] for row in found], text
        assert http.get("investigator", f"/entities/{text}").status_code == (200 if text == asked[-1] else 404), text
    with opened() as book:
        former = [
            (node.id, part.text)
            for node in book.store.scan_nodes(View(0, None, None, TODAY))
            for part in node.names
            if part.former
        ]
    assert former
    for node_id, text in former:
        for part in (text, "".join(lazy_pinyin(text))):
            assert node_id in [row["id"] for row in http.get("public", "/search", q=part, limit=200).json()["results"]]


def test_a_name_of_several_is_told_with_candidates_and_an_unknown_one_is_not_found(town: Loaded, http: Callers) -> None:
    done = http.get("investigator", f"/entities/{town.town.persons['homonym'].name}")
    assert done.status_code == 409
    assert len(done.json()["candidates"]) > 1
    for role in ("public", "investigator"):
        assert http.get(role, "/entities/n00000000000000000000000").status_code == 404


def test_an_id_number_is_asked_in_no_url_and_never_repeated(town: Loaded, http: Callers, capfd: Any) -> None:
    number = town.town.persons["former"].id_no
    for path, query in (
        (f"/entities/{number}", {}),
        (f"/entities/{number}/records", {}),
        ("/search", {"q": number}),
        ("/paths", {"from": number, "to": number}),
        ("/lists/L01/delta", {"since": number}),
        (f"/records/{number}", {}),
        ("/batches", {"cursor": number}),
    ):
        done = http.get("investigator", path, **query)
        assert done.status_code in (400, 404), path
        assert number not in done.text
    time.sleep(0.3)
    told = capfd.readouterr()
    assert number not in told.out + told.err + "".join(p.read_text("utf-8") for p in town.home.glob("audit/*.jsonl"))


@pytest.mark.parametrize("kind", ["application/json", "text/csv"])
def test_screening_takes_numbers_in_the_body_and_returns_them_masked(town: Loaded, http: Callers, kind: str) -> None:
    number, company = town.town.persons["present"].id_no, town.town.company
    rows = [{"uscc": company}, {"name": town.town.company_name}, {"id_no": number}, {}]
    csv = f"name,uscc,id_no\n,{company},\n{town.town.company_name},,\n,,{number}\n,,\n"
    body = json.dumps({"rows": rows}) if kind == "application/json" else csv
    done = http.post("investigator", "/screening", content=body.encode(), headers={"content-type": kind})
    assert [row["outcome"] for row in done.json()["results"]] == ["hit", "needs_review", "hit", "invalid"]
    assert number not in done.text
    assert http.post("public", "/screening", content=body.encode(), headers={"content-type": kind}).status_code == 403


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"rows": 3}', b'{"rows": [3]}', b'{"rows": [{"name": 3}]}', b"\xff"]
)
def test_unreadable_rows_are_refused(http: Callers, body: bytes) -> None:
    for kind in ("application/json", "text/csv", "text/plain"):
        done = http.post("operator", "/screening", content=body, headers={"content-type": kind})
        assert done.status_code in (400, 415)
        assert {"status", "title", "detail"} <= done.json().keys()


def test_a_load_over_http_gives_the_receipt_and_shows_at_once(
    town: Loaded, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    with serving() as http:
        for name, role in (("departments", "operator"), ("registry", "department")):
            content = (town.town.folder / f"{name}.csv").read_bytes()
            done = http.post(role, "/batches", params={"source": name}, files={"file": (f"{name}.csv", content)})
            assert done.status_code == 201, done.text
            body = done.json()
            assert body["accepted"] > 0
            assert body["input"] == sum(body[k] for k in ("accepted", "merged", "unchanged", "rejected", "quarantined"))
        again = http.post("operator", "/batches", params={"source": "registry"}, files={"file": ("r.csv", content)})
        assert again.json()["accepted"] == again.json()["merged"] == 0
        assert http.get("public", f"/entities/{town.town.company}").status_code == 200
        assert http.get("auditor", "/batches").json()["total"] == 3
        refused = {
            http.post("court", "/batches", params={"source": "registry"}, files={"file": ("r.csv", b"x")}).status_code,
            http.post("public", "/batches", params={"source": "registry"}).status_code,
        }
        assert refused == {403}
        for files in (None, {"file": ("r.csv", b"")}, {"file": ("r.csv", b"\0\1")}, {"other": ("r.csv", b"x")}):
            assert http.post("operator", "/batches", params={"source": "registry"}, files=files).status_code == 400
        assert (
            http.post("operator", "/batches", params={"source": "no"}, files={"file": ("r", b"x")}).status_code == 400
        )
        assert not list((tmp_path / "home" / "incoming").iterdir())
    assert run("verify", "--json").body["ok"]


def test_a_body_above_the_limit_is_refused_with_or_without_its_length(
    town: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITGRAPH_BODY_LIMIT", "1000")
    with serving() as http:
        kind = {"content-type": "text/csv"}
        for content in (b"x" * 1001, iter([b"x" * 600, b"x" * 600])):
            done = http.post("operator", "/screening", content=content, headers=kind)
            assert done.status_code == 413
        files = {"file": ("r.csv", b"x" * 2000)}
        assert http.post("operator", "/batches", params={"source": "registry"}, files=files).status_code == 413


def test_twenty_answers_a_second_are_allowed_and_beyond_the_limit_one_is_told_when(
    town: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as http:
        limiter, moment = http.client.app.state.service.limiter, [0.0]  # type: ignore[attr-defined]
        monkeypatch.setattr("api.service.time.monotonic", lambda: moment[0])
        for _ in range(400):
            assert limiter.wait("k") == 0.0
            moment[0] += 0.05
    monkeypatch.undo()
    monkeypatch.setenv("CREDITGRAPH_RATE", "1")
    with serving() as http:
        answers = [http.get("public", "/lists/L99") for _ in range(40)]
    codes = [done.status_code for done in answers]
    assert set(codes[:10]) == {404}
    assert 429 in codes
    assert int(answers[codes.index(429)].headers["retry-after"]) >= 1


def test_every_role_may_do_what_the_table_says_and_nothing_else(town: Loaded, http: Callers) -> None:
    paths = {"read": "/search?q=x", "read_past": "/search?q=x&known_at=400", "read_batches": "/batches",
             "read_audit": "/audit", "read_keys": f"/entities/{town.town.company}?section=keys",
             "read_owners": f"/entities/{town.town.company}/beneficial-owners"}  # fmt: skip
    for role in ROLES:
        for action, path in paths.items():
            code = http.get(role, path).status_code
            assert code == (200 if role in ACTIONS[action] else 403), (role, action)
        bare = http.get(role, "/search?q=x", purpose=None)
        assert bare.status_code == (403 if ROLES[role].purpose else 200), role
        if bare.status_code == 403:
            assert "X-Purpose" in bare.json()["detail"]


def test_an_answer_that_has_not_changed_is_not_sent_again(town: Loaded, http: Callers) -> None:
    path = f"{PREFIX}/entities/{town.town.company}"
    tags = {}
    for role in ("public", "investigator"):
        done = http.client.get(path, headers=http.headers(role))
        tags[role] = done.headers["etag"]
        again = http.client.get(path, headers=http.headers(role) | {"if-none-match": tags[role]})
        assert (again.status_code, again.content) == (304, b"")
    assert tags["public"] != tags["investigator"]


def test_a_merged_id_leads_on_and_an_erased_one_is_gone(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, master_key: Any
) -> None:
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    loaded = load_town(tmp_path, monkeypatch.setenv)
    with serving() as http:
        two = [http.get("operator", f"/entities/{code}?section=keys").json() for code in _two_persons(http, loaded)]
        keys = [body["keys"][0] for body in two]
        _decide(tmp_path, kind="same", keys=keys)
        answers = [http.get("operator", f"/entities/{body['entity']['id']}/records?limit=7") for body in two]
        assert sorted(done.status_code for done in answers) == [200, 308]
        moved = next(done for done in answers if done.status_code == 308)
        survivor = next(done for done in answers if done.status_code == 200).json()["entity"]["id"]
        assert moved.headers["location"] == f"{PREFIX}/entities/{survivor}/records?limit=7"
        _decide(tmp_path, kind="erase", keys=keys)
        assert http.get("operator", f"/entities/{survivor}").status_code == 410
        gone, never = (http.get("public", f"/entities/{i}") for i in (survivor, "n" + "0" * 23))
        assert (gone.status_code, gone.text) == (404, never.text)


def _two_persons(http: Callers, loaded: Loaded) -> list[str]:
    found = http.get("operator", f"/entities/{loaded.town.company}?section=people").json()["people"]
    return sorted({row["entity"]["id"] for row in found if row["entity"]["id_mask"] is None})[:2]


def _decide(folder: Any, **decision: Any) -> None:
    file = folder / "decision.json"
    file.write_text(json.dumps({"by": "clerk", "reason": "a test", "basis": "PIPL Art. 47", **decision}), "utf-8")
    done = run("decide", str(file), "--json")
    assert done.code == 0, done.err


def test_a_registered_company_is_meant_by_its_name_though_a_judgment_names_somebody_so(
    town: Loaded, http: Callers
) -> None:
    holding = town.town.cast.firms["holding"]
    found = http.get("investigator", "/search", q=holding.name, limit=200).json()["results"]
    named = [row for row in found if row["name"] == holding.name]
    assert len(named) == 2 and {row.get("uscc") for row in named} == {None, holding.uscc}
    answer = http.get("investigator", f"/entities/{holding.name}")
    assert answer.status_code == 200 and answer.json()["entity"]["uscc"] == holding.uscc


def test_a_person_is_never_chosen_among_namesakes(town: Loaded, http: Callers) -> None:
    answer = http.get("investigator", "/entities/黎伯衡")
    assert answer.status_code == 409 and len(answer.json()["candidates"]) > 1

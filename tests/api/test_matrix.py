"""The matrix of access against the running service: every route as everybody, every class of record in every view."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import Response

from api.auth import ROLES
from api.keys import create_key, revoke_key
from api.matrix import API, CLASSES, NOBODY, PAGES, Division, answer, expected, routes, shown
from graph.book.home import home_from_environment
from tests.api.conftest import Loaded, run
from tests.api.service import PREFIX, Callers, serving


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the demo town."""
    with serving() as callers:
        yield callers


@pytest.fixture(scope="module")
def places(town: Loaded) -> dict[str, str]:
    """A value for each part of a path that is there for everybody."""
    body = run("show", town.town.company, "--json").body
    open_record = next(row for row in body["records"] if row["status"] == "active" and row["source"] == "penalties")
    share = next(row for row in body["holdings"] if row["relation"] == "shareholder_of")
    text = next(proof for row in body["judgments"] for proof in row["evidence"])
    found = {"id": body["entity"]["id"], "record": open_record["id"], "edge": share["id"], "sha256": text["sha256"]}
    return found | {"seq": str(share["evidence"][0]["seq"]), "list": "L01", "batch": "b000001", "measure": "M002"}


def path_of(route: str, places: dict[str, str]) -> tuple[str, str]:
    """Method and address of a route with real values."""
    method, path = route.split(" ", 1)
    for start, word in (
        ("/records/", "record"),
        ("/lists/", "list"),
        ("/batches/", "batch"),
        ("/measures/", "measure"),
    ):
        if path.startswith(start):
            path = path.replace("{id}", places[word])
    for name in ("id", "edge", "seq", "sha256"):
        path = path.replace(f"{{{name}}}", places[name])
    more = {"/search": "?q=岚汀", "/paths": f"?from={places['id']}&to={places['id']}"}.get(path, "")
    if path.endswith("/delta"):
        more = "?since=0"
    if (method, path) == ("POST", "/batches"):
        more = "?source=judgments"
    return method, path + more


def told(done: Response) -> str:
    """Whether policy let a call in; what else it says is not the matter here."""
    assert done.status_code < 500, done.text
    return {401: "key", 403: "no"}.get(done.status_code, "yes")


def test_the_matrix_holds_every_route_and_no_other(http: Callers) -> None:
    assert routes(http.client.app) == expected()  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ROLES)
def test_every_operation_answers_its_role_as_the_matrix_says(http: Callers, places: dict[str, str], role: str) -> None:
    http.client.cookies.clear()
    for route, action in API.items():
        method, path = path_of(route, places)
        says = answer(action, role, api=True)
        for purpose in ("a test", None):
            done = http.client.request(method, PREFIX + path, headers=http.headers(role, purpose))
            let_in = "no" if says == "no" or (says == "purpose" and purpose is None) else "yes"
            assert told(done) == let_in, (route, role, purpose, done.text[:200])


def test_without_a_good_key_no_operation_answers(http: Callers, places: dict[str, str]) -> None:
    home = home_from_environment()
    revoked = create_key(home, "investigator")
    revoke_key(home, revoked["id"])
    past = create_key(home, "investigator", expires="2026-10-01")["key"]
    http.client.cookies.clear()
    for route, action in API.items():
        method, path = path_of(route, places)
        assert answer(action, NOBODY, api=True) == "key"
        for key in (None, "cg_k0_x", revoked["key"], past):
            headers = {"X-Purpose": "a test"} | ({"X-API-Key": key} if key else {})
            assert told(http.client.request(method, PREFIX + path, headers=headers)) == "key", (route, key)


@pytest.mark.parametrize("role", [NOBODY, *ROLES])
def test_every_page_answers_its_visitor_as_the_matrix_says(http: Callers, places: dict[str, str], role: str) -> None:
    for route, action in PAGES.items():
        method, path = path_of(route, places)
        http.client.cookies.clear()
        token = ""
        if role != NOBODY:
            http.client.post("/sign-in", data={"key": http.keys[role], "purpose": "a test"})
            token = re.findall(r'name="form_token" value="(\w+)"', http.client.get("/lists").text)[0]
        sent = {"form_token": token, "source": "judgments", "key": http.keys["public"]}
        done = http.client.request(method, path, data=sent if method == "POST" else None)
        if route == "POST /sign-out" and role == NOBODY:
            continue  # nobody is signed in, so there is nothing to end
        let_in = "no" if answer(action, role, api=False) == "no" else "yes"
        assert told(done) == let_in, (route, role, done.text[:200])


def _classes(town: Loaded) -> dict[str, list[str]]:
    """Records of the town by class, all issued by departments or courts of 359802 (archived ones too)."""
    found: dict[str, list[str]] = {name: [] for name in CLASSES}
    for subject in ("91359802TY0000013H", "91359804TY000003X1", "92359803TY00000A7J"):
        body = run("show", subject, "--json").body
        for row in body["records"]:
            openness = {"active": "public", "repaired": "archived", "expired": "archived"}.get(row["status"])
            if openness and row["source"] in ("penalties", "licences"):
                found[openness].append(row["id"])
    return found


@pytest.mark.parametrize("division", ["none", "own", "other"])
@pytest.mark.parametrize("role", ["public", "department", "court"])
def test_a_record_shows_as_the_matrix_says(town: Loaded, http: Callers, role: str, division: Division) -> None:
    records = _classes(town)
    assert records["public"]
    assert records["archived"]
    for openness, ids in records.items():
        for record in ids:
            issuer = _division_of(http, record)
            code = {"none": "", "own": issuer, "other": "350500"}[division]
            headers = {"X-API-Key": create_key(home_from_environment(), role, code)["key"], "X-Purpose": "a test"}
            done = http.client.get(f"{PREFIX}/records/{record}", headers=headers)
            says = shown(openness, ROLES[role].level, division)
            assert done.status_code == (404 if says == "nothing" else 200), (openness, record)
            row = http.client.get(f"{PREFIX}/rows/{_seq(http, record)}", headers=headers)
            assert row.status_code == done.status_code
            if says != "nothing":
                assert bool(row.json()["cells"]) is (says == "whole")


def _body(http: Callers, record: str) -> dict[str, Any]:
    found: dict[str, Any] = http.get("operator", f"/records/{record}").json()
    return found


def _seq(http: Callers, record: str) -> int:
    return int(_body(http, record)["evidence"][0]["seq"])


def _division_of(http: Callers, record: str) -> str:
    """Places 3 to 8 of the unified code of who issued a record."""
    linked = _body(http, record)["linked"]
    return next(str(row["entity"]["uscc"])[2:8] for row in linked if row["relation"] == "issued_by")

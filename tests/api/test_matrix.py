"""Every route with every role, and one record of every class with every role and division, against the matrix."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx import Response

from api import matrix
from api.app import create_app
from api.auth import ROLES
from api.commands import opened
from api.keys import create_key, revoke_key
from api.site import session
from graph.book.home import home_from_environment
from graph.model.claims import SHARED
from graph.store.base import Node, View
from tests.api.conftest import TODAY, Loaded
from tests.api.cut_graph import CutGraph
from tests.api.desk import begun
from tests.api.queue import waiting_fact
from tests.api.service import PREFIX, Callers, serving

CITY, ELSEWHERE = "359800", "350500"

#: Last part of an address -> the query without which it is refused.
_QUERIES = {"search": "q=岚汀", "documents": "q=岚汀", "delta": "since=0"}

#: Kinds that are no records.
_SUBJECTS = ("company", "branch", "person", "individual_business", "department", "court", "other_org", "case")


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the demo town, without a limit of rate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDITGRAPH_RATE", "0")
        with serving() as callers:
            yield callers


@pytest.fixture(scope="module")
def filled(town: Loaded, http: Callers) -> dict[str, str]:
    """Route -> method and address of a call whose parameters are good, so that only policy can refuse it."""
    company = town.town.company
    # What everybody sees, so that no call is refused for its subject; texts of judgments are not for the public.
    file = http.get("public", f"/entities/{company}").json()
    edge = http.get("public", f"/entities/{company}/neighbours").json()["results"][0]["edge"]["id"]
    seq = file["records"][0]["evidence"][0]["seq"]
    judged = http.get("investigator", f"/entities/{company}").json()["judgments"]
    sha256 = next(row["sha256"] for fact in judged for row in fact["evidence"] if row.get("sha256"))
    fact, case = waiting_fact(town), begun(body="court")["id"]
    asked = {"subject": company, "purpose": "licence"}
    check = http.post("department", "/checks?certify=true", json=asked).json()["id"]
    made = {}
    for route in matrix.NEEDS:
        address, _, query = route.partition("?")
        own = {"records": file["records"][0]["id"], "lists": "L01", "measures": "M002", "batches": "b000001"}
        own["reviews"] = fact
        own["checks"] = check
        own["cases"] = own["desk"] = case
        place = next((own[part] for part in address.split("/{id}")[0].split("/")[-1:] if part in own), company)
        place = judged[0]["entity"]["id"] if address.endswith("/chain") else place
        address = address.replace("{id}", place).replace("{edge}", edge)
        address = address.replace("{seq}", str(seq)).replace("{sha256}", sha256)
        if "/paths" in address and (query or PREFIX in address):
            query = f"from={company}&to={town.town.related}"
        query = {"q=": "q=岚汀", "known_at=": "q=岚汀&known_at=200", "certify=": "certify=true"}.get(query, query)
        query = query or (_QUERIES.get(address.split("/")[-1], "") if PREFIX in address or "delta" in address else "")
        query = "source=judgments" if route == f"POST {PREFIX}/batches" else query
        made[route] = address + (f"?{query}" if query else "")
    return made


def _called(http: Callers, filled: dict[str, str], route: str, key: str | None, purpose: str, cookie: str) -> Response:
    """A call with a key in the header and a session in the cookie."""
    method, address = filled[route].split(" ", 1)
    headers = ({"X-API-Key": key} if key else {}) | ({"X-Purpose": purpose} if purpose else {})
    http.client.cookies.clear()
    if cookie:
        headers["cookie"] = f"{session.COOKIE}={cookie}"
    more: dict[str, Any] = {}
    form = not address.startswith(PREFIX)
    if method == "POST" and not form and "batches" not in address:
        more = {"json": {"rows": []}}
    elif method == "POST" and cookie:
        more = {"data": {"form_token": session.form_token(cookie), "source": "judgments"}}
    done: Response = http.client.request(method, address, headers=headers, **more)
    return done


def _agrees(route: str, got: Response, expected: int, level: int = 0) -> bool:
    """Whether an answer is the refusal expected, or none of a key or policy, nor a failure."""
    if route == "POST /sign-in":  # nobody is sent in by an empty form
        return got.status_code == 403
    if expected:
        return got.status_code == expected
    if route.startswith("GET") and route.endswith(("/cases/{id}", "/desk/{id}")):
        return got.status_code == (200 if level > SHARED else 404)  # a case of the court is none of a department
    if "/documents/" in route or route.endswith("/chain"):
        return got.status_code == (200 if level >= SHARED else 404)
    fine = (200, 201, 303, 400) if route.startswith("POST") else (200,)
    return got.status_code in fine


def test_every_route_is_in_the_matrix() -> None:
    assert set(matrix.routes_of(create_app())) == {route.partition("?")[0] for route in matrix.NEEDS}


@pytest.mark.parametrize("purpose", ["a test", ""])
@pytest.mark.parametrize("role", list(ROLES))
def test_every_route_answers_every_role_as_the_matrix_says(
    http: Callers, filled: dict[str, str], role: str, purpose: str
) -> None:
    key = http.keys[role]
    wrong = []
    for route in matrix.NEEDS:
        cookie = session.start(home_from_environment(), key.split("_")[1], purpose)
        got = _called(http, filled, route, key, purpose, cookie)
        expected = matrix.status(route, role, bool(purpose))
        if not _agrees(route, got, expected, ROLES[role].level):
            wrong.append((route, got.status_code, expected))
    assert not wrong


@pytest.mark.parametrize("kind", ["none", "bad", "expired", "revoked"])
def test_whoever_has_no_good_key_is_nobody(http: Callers, filled: dict[str, str], kind: str) -> None:
    home, key, cookie = home_from_environment(), "", ""
    if kind == "bad":
        key, cookie = http.keys["operator"][:-1], "x"
    elif kind != "none":
        made = create_key(home, "operator", expires=TODAY if kind == "expired" else "")
        key, cookie = made["key"], session.start(home, made["id"], "a test")
        if kind == "revoked":
            revoke_key(home, made["id"])
    wrong = []
    for route in matrix.NEEDS:
        got, expected = _called(http, filled, route, key, "a test", cookie), matrix.status(route, None)
        if not _agrees(route, got, expected):
            wrong.append((route, got.status_code, expected))
    assert not wrong


def _classes(http: Callers) -> dict[tuple[str, str], Node]:
    """A record of each class that there is, of a department of the city where it is hidden from others."""
    own = http.issue("investigator", CITY)
    found: dict[tuple[str, str], Node] = {}
    with opened() as book:
        levels = [CutGraph(book.store, View(level, TODAY, None, TODAY)).nodes for level in (0, 1)]
        nodes = list(book.store.scan_nodes(View(2, TODAY, None, TODAY)))
        raw = {node.id for level in (0, 1) for node in book.store.scan_nodes(View(level, None, None, TODAY))}
    for node in nodes:
        closed = node.kind in ("repair", "objection") or node.props.get("record_kind") == "exit_restriction_decision"
        if node.kind in _SUBJECTS or not any(key.startswith("rec:") for key in node.keys):
            continue
        kind = "public" if node.id in levels[0] else "shared" if node.id in levels[1] else "restricted"
        if kind == "restricted" and not closed and node.id in raw:
            kind = "archived"
        label = (kind, node.kind if closed else "")
        if label in found or (kind in ("restricted", "archived") and http.get(own, f"/records/{node.id}").is_error):
            continue
        found[label] = node
    return found


def _sight(http: Callers, who: str, record: str, seq: int) -> set[str]:
    """What the three ways to a record show of it."""
    cookie = session.start(home_from_environment(), http.keys[who].split("_")[1], "a test")
    http.client.cookies.clear()
    page = http.client.get(f"/records/{record}", headers={"cookie": f"{session.COOKIE}={cookie}"})
    one, row = http.get(who, f"/records/{record}"), http.get(who, f"/rows/{seq}")
    assert {page.status_code, one.status_code, row.status_code} in ({200}, {404}), who
    return {matrix.NOTHING if row.is_error else matrix.WHOLE if row.json()["cells"] else matrix.CLAIMS}


def test_a_record_of_each_class_shows_as_the_matrix_says(http: Callers) -> None:
    found = _classes(http)
    assert {"public", "shared", "restricted", "archived"} <= {kind for kind, _ in found}
    assert {"repair", "objection", "restriction_order"} <= {closed for _, closed in found}
    for (kind, _), node in found.items():
        seq = http.get("operator", f"/records/{node.id}").json()["evidence"][0]["seq"]
        home = CITY if kind in ("restricted", "archived") else ""
        for role in ROLES:
            for who, other in (
                (role, False),
                (http.issue(role, home or CITY), False),
                (http.issue(role, ELSEWHERE), True),
            ):
                if not home and who != role and not other:
                    continue  # of an open record the division was not looked for
                assert _sight(http, who, node.id, seq) == {matrix.sight(role, kind, other=other)}, (kind, who)

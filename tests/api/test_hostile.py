"""Whatever is sent, the answer is a problem object or an answer: no 5xx, nothing of the machine, nothing written."""

import base64
import json
import random
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.requests import Request

from api.app import create_app
from api.keys import create_key
from graph.book.home import home_from_environment
from tests.api.conftest import Loaded, run
from tests.api.service import Callers, serving

_NASTY = (
    "", " ", "-", "*", '"', "'", "' OR 1=1 --", "x' UNION SELECT hash FROM key --", "}) DETACH DELETE n //",
    "a* OR name:b", "NEAR(a b)", "..", "../../etc/passwd", "%00", "\x00", "\ud800", "𠮷" * 80, "x" * 5000, "9" * 400,
    "-1", "1e9", "NaN", "2026-13-40", "0001-01-01", "9999-12-31", "nffffffffffffffffffffffff", "n" * 24, "<script>",
    "{{7*7}}", "null", "[]",
    base64.urlsafe_b64encode(json.dumps([10**30]).encode()).decode(),
    base64.urlsafe_b64encode(b"[" * 99999).decode()[:600],
    base64.urlsafe_b64encode(json.dumps(["\x00"]).encode()).decode(), base64.urlsafe_b64encode(b"[-5]").decode(),
)  # fmt: skip


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the demo town."""
    with serving() as callers:
        yield callers


def _sendable(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def test_no_question_makes_the_service_fail(town: Loaded, http: Callers) -> None:
    before = run("verify", "--json").body
    described = http.client.get("/openapi.json").json()["paths"]
    rng, seen = random.Random(5), set()
    good = {"id": town.town.company, "from": town.town.company, "to": town.town.related, "q": "岚汀", "since": "0"}
    for path, methods in described.items():
        if "get" not in methods or not path.startswith("/api/v1"):
            continue
        names = [p["name"] for p in methods["get"]["parameters"] if p["in"] == "query"]
        for nasty in _NASTY:
            for role in ("public", "investigator", "auditor"):
                query = {name: good.get(name, "") for name in names if name in good}
                query |= {name: _sendable(nasty) for name in rng.sample(names, min(len(names), rng.randint(1, 2)))}
                spot = rng.choice((good["id"], _sendable(nasty)))
                url = path.removeprefix("/api/v1")
                for name in ("{id}", "{sha256}", "{seq}", "{edge}"):
                    url = url.replace(name, "".join(f"%{byte:02X}" for byte in spot.encode()))
                done = http.get(role, url, **query)
                assert done.status_code < 500, (role, url, query, done.text)
                assert str(done.status_code) in methods["get"]["responses"] or done.status_code == 404, (url, query)
                if done.status_code >= 400:
                    assert done.headers["content-type"] == "application/problem+json"
                    assert {"status", "title", "detail"} <= done.json().keys()
                    assert "Traceback" not in done.text
                seen.add(done.status_code)
    assert {200, 400, 403, 404} <= seen
    after = run("verify", "--json").body
    assert (after["ok"], after["digest"]) == (True, before["digest"])


@pytest.mark.parametrize(
    "name", ["../../x.csv", "..", "a\\..\\b.csv", "x" * 300, "\x00.csv", "岚汀.csv", "-", "C:\\x.csv"]
)
def test_a_file_name_leads_nowhere(town: Loaded, http: Callers, name: str) -> None:
    done = http.post("operator", "/batches", params={"source": "registry"}, files={"file": (name, b"x\n1\n")})
    assert done.status_code == 400, done.text
    assert not list((town.home / "incoming").glob("*"))
    assert not list(town.home.rglob("x.csv"))


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x", "text/csv", ""])
def test_a_broken_form_is_refused(http: Callers, kind: str) -> None:
    for body in (b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nx\r\n--x--", b"\xff" * 50):
        done = http.post(
            "operator", "/batches", params={"source": "registry"}, content=body, headers={"content-type": kind}
        )
        assert done.status_code == 400, done.text


def test_rows_of_screening_may_hold_anything(http: Callers) -> None:
    rows = [{field: _sendable(nasty)} for nasty in _NASTY for field in ("name", "uscc", "id_no")]
    done = http.post("operator", "/screening", json={"rows": rows})
    assert done.status_code == 200, done.text
    assert {row["outcome"] for row in done.json()["results"]} <= {"hit", "needs_review", "no_hit", "invalid"}
    assert len(done.json()["results"]) == len(rows)


@pytest.mark.parametrize("path", ["/api/v1/screening", "/api/v1/batches?source=registry", "/batches", "/sign-in"])
def test_ten_megabytes_of_anything_are_no_failure(http: Callers, path: str) -> None:
    before = run("verify", "--json").body["seq"]
    for kind, body in (
        ("application/json", b"[" * 10_000_000),
        ("text/csv", b"name,uscc,id_no\n" + b"x" * 10_000_000),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"x" * 10_000_000),
        ("application/x-www-form-urlencoded", b"key=" + b"x" * 10_000_000),
    ):
        headers = http.headers("operator") | {"content-type": kind}
        done = http.client.post(path, content=body, headers=headers)
        assert 400 <= done.status_code < 500, (kind, done.status_code, done.text[:200])
    assert run("verify", "--json").body["seq"] == before


def test_a_body_that_may_not_be_sent_is_not_read(http: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(_: Request) -> bytes:
        raise AssertionError("the body was read")

    monkeypatch.setattr(Request, "body", read)
    for role, purpose in (("public", "a test"), ("investigator", None)):
        done = http.post(role, "/screening", purpose, content=b"x" * 100, headers={"content-type": "text/csv"})
        assert done.status_code == 403


def test_a_body_that_comes_a_byte_at_a_time_is_cut_and_holds_nobody_up(
    town: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITGRAPH_BODY_SECONDS", "1")
    key = create_key(home_from_environment(), "operator")["key"]
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(16)
        server = uvicorn.Server(uvicorn.Config(create_app(), log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        address = sock.getsockname()
        try:
            slow = [_slow(address, key) for _ in range(12)]
            begun = time.monotonic()
            assert _ask(address, key) == 200
            assert time.monotonic() - begun < 5, "twelve slow ones hold up the one who asks"
            for client in slow:
                client.settimeout(10)
                assert client.recv(4096).startswith(b"HTTP/1.1 408")
                client.close()
        finally:
            server.should_exit = True
            thread.join(timeout=15)


def _slow(address: tuple[str, int], key: str) -> socket.socket:
    """A client that has sent its head and one byte of its body."""
    client = socket.create_connection(address, timeout=30)
    head = f"POST /api/v1/screening HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n"
    client.sendall(f"{head}Content-Length: 1000\r\n\r\n[".encode())
    return client


def _ask(address: tuple[str, int], key: str) -> int:
    """The status of a quick question."""
    with socket.create_connection(address, timeout=30) as client:
        head = f"GET /api/v1/search?q=x HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nConnection: close\r\n\r\n"
        client.sendall(head.encode())
        return int(client.recv(4096)[9:12])


def test_a_hidden_person_is_as_unknown_as_none(http: Callers) -> None:
    file = http.get("operator", "/records/" + _hidden_record(http)).json()
    hidden = file["record"]["id"]
    unknown = "n" + "0" * 23
    for path in (
        "/entities/{}",
        "/entities/{}/neighbours",
        "/entities/{}/measures",
        "/records/{}",
        "/paths?from={}&to=x",
    ):
        told = [http.get("public", path.format(one)) for one in (hidden, unknown)]
        assert [done.status_code for done in told] == [404, 404], path
        assert told[0].json() == told[1].json()


def _hidden_record(http: Callers) -> str:
    """A record that the public may not know of."""
    rows = http.get("operator", "/entities/92359803TY00000A7J/records").json()["results"]
    return str(next(row["id"] for row in rows if row["status"] == "repaired"))

"""Whatever is sent, the answer is a problem object or an answer: no 5xx, nothing of the machine, nothing written."""

import base64
import json
import random
from collections.abc import Iterator

import pytest

from tests.api.conftest import Loaded, run
from tests.api.service import Callers, serving

_NASTY = (
    "", " ", "-", "*", '"', "'", "' OR 1=1 --", "x' UNION SELECT hash FROM key --", "}) DETACH DELETE n //",
    "a* OR name:b", "NEAR(a b)", "..", "../../etc/passwd", "%00", "\x00", "\ud800", "𠮷" * 80, "x" * 5000, "9" * 400,
    "-1", "1e9", "NaN",
    "2026-13-40", "0001-01-01", "9999-12-31", "nffffffffffffffffffffffff", "n" * 24, "<script>",
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
                for name in ("{id}", "{sha256}"):
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

"""The pages: what each shows to whom, signing in, forms, languages; what a browser adds is in ``tests/e2e``."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from api.audit import AuditLog
from api.auth import ROLES
from api.site import session
from api.site.words import LANGUAGES, Words
from graph.book.home import home_from_environment
from tests.api.conftest import Loaded, load_town, run
from tests.api.service import Callers, serving

_ID_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)")


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the demo town."""
    with serving() as callers:
        yield callers


def get(http: Callers, role: str | None, path: str, **headers: str) -> Response:
    """A page as somebody signed in with the key of a role, None = nobody."""
    http.client.cookies.clear()
    if role:
        sign_in(http, role)
    found: Response = http.client.get(path, headers={"accept": "text/html", **headers})
    return found


def sign_in(http: Callers, role: str, purpose: str = "a test") -> Response:
    """Sign in; the cookie stays with the client."""
    done: Response = http.client.post("/sign-in", data={"key": http.keys[role], "purpose": purpose})
    return done


def form_token(page: Response) -> str:
    """What the forms of a page send back."""
    return str(re.findall(r'name="form_token" value="(\w+)"', page.text)[0])


def audited() -> list[dict[str, Any]]:
    """The rows of the audit, once those on their way are there."""
    time.sleep(0.3)
    return list(AuditLog(home_from_environment()).rows())


def paths_of(http: Callers, town: Loaded) -> list[str]:
    """A path of every page of an investigator, found by following links from the file of a company."""
    file = get(http, "investigator", f"/subjects/{town.town.company}").text
    found = [
        re.findall(pattern, file)[0]
        for pattern in (
            r"/subjects/n\w+/links/e\w+",
            r'href="(/records/n\w+)"',
            r"/documents/[0-9a-f]{64}",
            r"/rows/\d+",
        )
    ]
    company = town.town.company
    fixed = ["/", "/?q=岚汀", "/?q=查无此人", "/paths", "/lists", "/lists/L01", "/lists/L01/delta", "/sign-in"]
    fixed += [f"/paths?from={company}&to={town.town.related}", f"/subjects/{company}", "/measures", "/measures/M002"]
    fixed += [f"/subjects/{company}/neighbours", f"/subjects/{company}/reach", "/batches", "/batches/b000001"]
    return fixed + found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_answers_in_both_languages_and_holds_no_number(http: Callers, town: Loaded, language: str) -> None:
    for path in paths_of(http, town):
        page = get(http, "investigator", path, **{"accept-language": language})
        assert page.status_code == 200, path
        assert page.headers["content-language"] == language
        assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page.text
        assert page.headers["cache-control"] == "no-store"
        assert not _ID_NUMBER.search(page.text.replace(town.town.company, "")), path
        assert "pid:" not in page.text, path


def test_the_words_of_every_template_are_there_in_both_languages() -> None:
    folder = Path(session.__file__).parent / "templates"
    used = {
        key
        for file in folder.glob("*.html")
        for key in re.findall(r'\bw\("([\w.]+)"(?:, |\))', file.read_text("utf-8"))
    }
    assert len(used) > 100
    for words in map(Words, LANGUAGES):
        for key in used - {key for key in used if key.endswith(".")}:
            assert words.word(key)


@pytest.mark.parametrize("role", [None, *ROLES])
def test_a_page_shows_what_the_endpoint_of_its_role_shows(http: Callers, town: Loaded, role: str | None) -> None:
    page = get(http, role, f"/subjects/{town.town.company}").text
    body = http.get(role or "public", f"/entities/{town.town.company}").json()
    numbers = {row["document_no"] for section in ("records", "lists") for row in body[section] if row["document_no"]}
    every = run("show", town.town.company, "--json").body
    hidden = {row["document_no"] for row in every["records"] if row["document_no"]} - numbers
    assert numbers
    assert all(number in page for number in numbers)
    assert not any(number in page for number in hidden)
    masks = {row["entity"]["id_mask"] for row in every["people"] if row["entity"].get("id_mask")}
    assert masks
    assert any(mask in page for mask in masks) is (ROLES[role or "public"].level > 0)


def test_the_public_sees_no_repaired_record_by_its_own_address(http: Callers, town: Loaded) -> None:
    rows = run("show", "92359803TY00000A7J", "--section", "records", "--json").body["records"]
    repaired = [row["id"] for row in rows if row["status"] == "repaired"]
    assert repaired
    for record in repaired:
        assert get(http, None, f"/records/{record}").status_code == 404
        assert get(http, "investigator", f"/records/{record}").status_code == 200


def test_a_fact_leads_to_claim_rule_reader_and_end(http: Callers, town: Loaded) -> None:
    file = get(http, None, f"/subjects/{town.town.company}").text
    link = re.findall(r"/subjects/n\w+/links/e\w+", file)[0]
    claims = http.get("public", link.replace("/subjects/", "/entities/").replace("/links/", "/edges/")).json()["claims"]
    page = get(http, None, link, **{"accept-language": "zh"}).text
    assert claims
    for claim in claims:
        assert f"#{claim['claim']}" in page
        assert claim["read_by"] in page
        assert claim["open_to"] == "public"
        assert claim["ends_when"]
        assert all(end["field"] in page for end in claim["ends_when"])
        assert f"/rows/{claim['evidence']['seq']}" in page
    assert "谁可以看" in page


def test_the_source_row_is_for_authorised_staff(http: Callers, town: Loaded) -> None:
    people = run("show", town.town.company, "--json").body["people"]
    seq = next(proof["seq"] for who in people for proof in who["evidence"] if proof["source"] == "officers")
    rows = {role: http.get(role, f"/rows/{seq}").json()["cells"] for role in ("public", "department", "court")}
    assert rows["public"] == rows["department"] == []
    assert get(http, None, f"/rows/{seq}").status_code == 200
    assert {"任职起", "姓名"} <= {cell["title"] for cell in rows["court"]}
    assert not any(str(cell["value"]).startswith("pid:") for cell in rows["court"])


@pytest.mark.parametrize("role", ["public", "department", "investigator"])
def test_every_evidence_opens_on_its_row(http: Callers, town: Loaded, role: str) -> None:
    bodies = [http.get(role, f"/entities/{town.town.company}").text, http.get(role, "/lists/L01/delta", since=0).text]
    bodies.append(http.get(role, f"/entities/{town.town.company}/measures").text)
    seqs = {int(seq) for body in bodies for seq in re.findall(r'"row":\d+,[^{}]*"seq":(\d+)', body)}
    assert len(seqs) > 8
    for seq in seqs:
        assert http.get(role, f"/rows/{seq}").status_code == 200, seq


def test_a_record_that_was_read_again_opens_on_its_row_for_staff_only(http: Callers, town: Loaded) -> None:
    rows = run("show", "91359804TY000003X1", "--section", "records", "--json").body["records"]
    objected = next(row["id"] for row in rows if row["status"] == "objected")
    claims = {role: http.get(role, f"/records/{objected}").json()["claims"] for role in ("public", "investigator")}
    open_to_all = {claim["claim"] for claim in claims["investigator"] if claim["open_to"] == "public"}
    assert {claim["claim"] for claim in claims["public"]} == open_to_all
    beside = [claim for claim in claims["investigator"] if claim["claim"] not in open_to_all]
    assert beside
    for claim in beside:
        done = http.get("investigator", f"/rows/{claim['evidence']['seq']}")
        assert done.status_code == 200
        assert done.json()["cells"]
        assert http.get("public", f"/rows/{claim['evidence']['seq']}").status_code == 404


def test_a_row_shows_to_nobody_who_does_not_see_what_it_says(http: Callers, town: Loaded) -> None:
    head = run("verify", "--json").body["seq"]
    rows = {role: [http.get(role, f"/rows/{seq}") for seq in range(1, head + 1)] for role in ("public", "operator")}
    public = [done.json() for done in rows["public"] if done.status_code == 200]
    told = json.dumps(public, ensure_ascii=False)
    assert 0 < len(public) < len([1 for done in rows["operator"] if done.status_code == 200])
    assert not any(word in told for word in ('"source": "repairs"', '"source": "objections"', "限制出境"))
    assert all(body["cells"] == [] for body in public)
    assert not _ID_NUMBER.search("".join(done.text for done in rows["operator"]).replace(town.town.company, ""))
    for body in public:
        assert body["record"] is None or http.get("public", f"/records/{body['record']['id']}").status_code == 200


def test_a_wrong_key_never_says_what_was_wrong(http: Callers) -> None:
    http.client.cookies.clear()
    good = http.keys["court"]
    pages = set()
    for key in ("", "x", good[:-1], good.replace("cg_k", "cg_x"), f"cg_k0_{good.split('_', 2)[2]}"):
        done = http.client.post("/sign-in", data={"key": key, "purpose": "p"}, headers={"accept": "text/html"})
        assert done.status_code == 403
        assert "set-cookie" not in done.headers
        pages.add(done.text)
    assert len(pages) == 1


def test_a_role_that_must_say_why_is_asked_and_the_audit_keeps_it(http: Callers, town: Loaded) -> None:
    http.client.cookies.clear()
    assert sign_in(http, "court", " ").status_code == 403
    assert sign_in(http, "court", "（2025）闽9801执216号").status_code == 303
    before = len(audited())
    http.client.get(f"/subjects/{town.town.company}")
    row = audited()[before]
    assert (row["role"], row["purpose"]) == ("court", "（2025）闽9801执216号")
    assert row["action"] == "GET /subjects/{id}"
    assert row["persons"]


def test_who_has_not_signed_in_is_audited_when_a_person_is_shown(http: Callers, town: Loaded) -> None:
    before = len(audited())
    get(http, None, f"/subjects/{town.town.company}")
    rows = audited()[before:]
    assert [(row["who"], row["view"]) for row in rows] == [("anonymous", 0)]
    assert rows[0]["persons"]


def test_the_cookie_is_no_key_and_is_kept_hashed(http: Callers, town: Loaded) -> None:
    http.client.cookies.clear()
    cookie = sign_in(http, "investigator").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    token = http.client.cookies[session.COOKIE]
    assert http.keys["investigator"].split("_", 2)[2] not in cookie
    for path in town.home.rglob("*"):
        if path.is_file():
            assert token.encode() not in path.read_bytes()


def test_a_session_ends_with_sign_out_with_its_time_and_with_its_key(
    http: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_from_environment()
    get(http, "investigator", "/")
    token = http.client.cookies[session.COOKIE]
    assert session.caller_of(home, token)
    with monkeypatch.context() as later:
        later.setattr(session, "time", type("Later", (), {"time": staticmethod(lambda: time.time() + 13 * 3600)}))
        assert session.caller_of(home, token) is None
    with monkeypatch.context() as gone:
        gone.setattr(session, "holder_of", lambda home, key: None)
        assert session.caller_of(home, token) is None
    page = http.client.get("/", headers={"accept": "text/html"})
    done = http.client.post("/sign-out", data={"form_token": form_token(page)})
    assert done.status_code == 303
    assert session.caller_of(home, token) is None


def test_a_form_from_elsewhere_changes_nothing(http: Callers, town: Loaded) -> None:
    before = run("verify", "--json").body["seq"]
    get(http, "operator", "/batches")
    token = http.client.cookies[session.COOKIE]
    row = "部门编码,部门名称,统一社会信用代码\n".encode()
    for sent in ({}, {"form_token": "0" * 32}):
        done = http.client.post("/batches", data={"source": "departments", **sent}, files={"file": ("d.csv", row)})
        assert done.status_code == 403
    assert http.client.post("/sign-out", data={}).status_code == 403
    assert session.caller_of(home_from_environment(), token)
    assert run("verify", "--json").body["seq"] == before


@pytest.mark.parametrize("role", [None, "public", "partner"])
def test_batches_are_not_for_the_public(http: Callers, role: str | None) -> None:
    for path in ("/batches", "/batches/b000001"):
        assert get(http, role, path).status_code == 403
    assert http.client.post("/batches", files={"file": ("d.csv", b"x")}).status_code == 403


def test_the_past_is_not_for_the_lower_levels(http: Callers, town: Loaded) -> None:
    path = f"/subjects/{town.town.company}?known_at=100"
    assert get(http, None, path).status_code == 403
    assert get(http, "investigator", path).status_code == 200
    assert get(http, None, f"/subjects/{town.town.company}?as_of=2010-01-01&known_at=").status_code == 200


def test_errors_are_pages_and_repeat_nothing(http: Callers) -> None:
    for path, status in (
        ("/subjects/<script>alert(1)<%2Fscript>", 404),
        ("/records/n00000000000000000000000", 404),
        ("/records/x", 400),
        ("/documents/" + "0" * 64, 404),
        ("/lists/L99", 404),
        ("/measures/M999", 404),
        ("/paths?from=a&to=b", 404),
        ("/nowhere", 404),
        ("/?q=359801199003071016", 400),
    ):
        page = get(http, None, path)
        assert page.status_code == status, path
        assert page.headers["content-type"].startswith("text/html")
        assert "alert(1)" not in page.text
        assert "359801199003071016" not in page.text


def test_several_of_one_name_are_offered(http: Callers) -> None:
    page = get(http, "investigator", "/subjects/黎伯衡")
    assert page.status_code == 409
    assert len(set(re.findall(r"/subjects/n\w+", page.text))) > 1


def test_a_court_posts_a_list_version_and_reads_the_delta(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path
) -> None:
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    town = load_town(tmp_path, monkeypatch.setenv)
    last = max(town.town.folder.glob("dishonest-debtors-*.json"))
    entries = json.loads(last.read_text("utf-8"))
    added = dict(json.loads((town.town.folder / "dishonest-debtors-2025-04-01.json").read_text("utf-8"))["entries"][0])
    added |= {"caseCode": "（2026）闽9801执9号", "infoActionType": "add"}
    head = {
        "list": "L01",
        "date": "2026-01-01",
        "version": "2026-01-01",
        "kind": "delta",
        "previous": entries["version"],
    }
    sent = json.dumps(head | {"count": 1, "entries": [added]}, ensure_ascii=False).encode()
    with serving() as http:
        page = get(http, "court", "/batches")
        assert 'value="penalties"' not in page.text
        before = run("verify", "--json").body["seq"]
        refused = http.client.post(
            "/batches", data={"source": "penalties", "form_token": form_token(page)}, files={"file": ("p.csv", b"x")}
        )
        assert refused.status_code == 403
        done = http.client.post(
            "/batches",
            data={"source": "dishonest-debtors", "form_token": form_token(page)},
            files={"file": ("l.json", sent)},
        )
        assert done.status_code == 201, done.text
        changes = http.client.get(f"/lists/L01/delta?since={before}").text
        assert "（2026）闽9801执9号" in changes
        cut = http.client.post(
            "/batches",
            data={"source": "dishonest-debtors", "form_token": form_token(page)},
            files={"file": ("cut.json", sent[:-30])},
        )
        assert cut.status_code == 400
        assert "bad_json" in cut.text or "cut_file" in cut.text


def test_what_a_file_says_is_text_on_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path) -> None:
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    town = load_town(tmp_path, monkeypatch.setenv)
    rows = (town.town.folder / "registry.csv").read_text("utf-8-sig").splitlines()
    row = next(line for line in rows if "91359802TY0000013H" in line)
    evil = row.replace("岚汀市石埠路1号", "<script>alert(1)</script>石埠路").replace("2022-09-05", "2026-09-05")
    file = tmp_path / "registry.csv"
    file.write_text("\n".join([rows[0], evil]) + "\n", encoding="utf-8")
    assert run("load", "registry", str(file), "--json").code == 0
    with serving() as http:
        page = get(http, None, "/subjects/91359802TY0000013H").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page


def test_visitors_share_a_limit_by_their_address(town: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITGRAPH_RATE", "1")
    with serving() as http:
        answers = [http.client.get("/measures/M002", headers={"accept": "text/html"}) for _ in range(14)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[:10] == [200] * 10
    assert statuses[-1] == 429
    assert answers[-1].headers["retry-after"] == "1"


def test_a_language_is_kept_and_can_be_changed_on_every_page(http: Callers, town: Loaded) -> None:
    page = get(http, None, f"/subjects/{town.town.company}?as_of=2020-01-01", **{"accept-language": "zh-CN"})
    other = re.findall(r'class="language" href="([^"]+)"', page.text)[0].replace("&amp;", "&")
    assert "as_of=2020-01-01" in other
    english = http.client.get(f"/subjects/{town.town.company}{other}")
    assert english.headers["content-language"] == "en"
    assert http.client.get("/lists").headers["content-language"] == "en"


def test_the_address_of_a_merged_subject_leads_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path
) -> None:
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    town = load_town(tmp_path, monkeypatch.setenv)
    people = run("show", town.town.company, "--section", "people", "--json").body["people"]
    by_name = next(row["entity"] for row in people if row["match"] == "candidate")
    by_number = next(
        row["entity"] for row in people if row["entity"]["id_mask"] and row["entity"]["name"] == by_name["name"]
    )
    keys = [run("show", who["id"], "--section", "keys", "--json").body["keys"][0] for who in (by_name, by_number)]
    decision = {"kind": "same", "keys": keys, "entry": None, "by": "a reviewer", "reason": "seen", "basis": "a test"}
    file = tmp_path / "same.json"
    file.write_text(json.dumps(decision), encoding="utf-8")
    assert run("decide", str(file)).code == 0
    with serving() as http:
        done = get(http, "investigator", f"/subjects/{by_name['id']}/reach")
        assert done.status_code == 303
        assert done.headers["location"].startswith(f"/subjects/{by_number['id']}/reach?")
        assert http.client.get(done.headers["location"]).status_code == 200

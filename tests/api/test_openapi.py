"""The OpenAPI document is true: real answers fit it, and whatever is made up from it is answered as it says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema_rs import Draft202012Validator
from schemathesis.checks import CheckFunction
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as openapi_checks

from api.schemas import ANSWERS, EXAMPLES
from tests.api.conftest import TODAY, Loaded, run
from tests.api.desk import begun
from tests.api.desk import found as cases_found
from tests.api.queue import waiting_fact
from tests.api.service import PREFIX, Callers, serving

#: What every answer is held to; whether odd input is refused is the matter of other tests.
CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
]


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the demo town."""
    with serving() as callers:
        yield callers


@pytest.fixture(scope="module")
def document(http: Callers) -> dict[str, Any]:
    """The document as served."""
    found: dict[str, Any] = http.client.get("/openapi.json").json()
    return found


def fits(document: dict[str, Any], name: str, body: Any) -> None:
    """Assert that a body is what the document says of an operation, name and place of each fault told."""
    parts = document["components"]["schemas"] | {"Answer": ANSWERS[name]}
    told: dict[str, Any] = {"$ref": "#/components/schemas/Answer", "components": {"schemas": parts}}
    faults = [
        f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in Draft202012Validator(told).iter_errors(body)
    ]
    assert faults == [], (name, faults[:3])


def test_every_operation_has_its_own_shape_and_nothing_else_has(document: dict[str, Any]) -> None:
    named = {
        f"{method} {path.removeprefix(PREFIX)}": operation
        for path, methods in document["paths"].items()
        if path.startswith(PREFIX)
        for method, operation in methods.items()
    }
    assert named.keys() == ANSWERS.keys()
    assert EXAMPLES.keys() <= ANSWERS.keys()
    for name, body in EXAMPLES.items():
        fits(document, name, body)
    for operation in named.values():
        assert operation["responses"]["401"]["content"].keys() == {"application/problem+json"}


_OWNERSHIP = ("/ownership", "/tree", "/controllers", "/beneficial-owners", "/holds", "/group", "/rings")


def _asked(town: Loaded, http: Callers) -> Iterator[tuple[str, Any]]:
    """Real answers of every operation, of subjects with much to tell."""
    file = http.get("investigator", f"/entities/{town.town.company}").json()
    share = next(row for row in file["holdings"])
    text = next(proof for row in file["judgments"] for proof in row["evidence"])
    paths: dict[str, dict[str, Any]] = {
        "/search": {"q": "岚汀"},
        "/paths": {"from": town.town.company, "to": town.town.related},
        "/lists/L01": {},
        "/lists/L05": {},
        "/lists/L01/delta": {"since": 0},
        "/lists/L06/delta": {"since": 0},
        "/batches": {},
        f"/documents/{text['sha256']}/text": {},
        "/documents": {"q": "本院"},
        f"/entities/{file['judgments'][0]['entity']['id']}/chain": {},
        f"/entities/{town.town.company}/edges/{share['id']}": {},
    }
    for seq in (share["evidence"][0]["seq"], text["seq"]):
        paths[f"/rows/{seq}"] = {}
    for subject in (town.town.company, "92359803TY00000A7J", "91359801TY00000801", "91359804TY000003X1"):
        for rest in ("", "/expansions", "/records", "/neighbours", "/measures", *_OWNERSHIP):
            paths[f"/entities/{subject}{rest}"] = {}
        body = http.get("investigator", f"/entities/{subject}").json()
        for row in (*body["records"], *body["lists"]):
            paths[f"/records/{row.get('id') or row['entry']}"] = {}
    for role in ("investigator", "public"):
        for path, query in paths.items():
            done = http.get(role, path, **query)
            if done.status_code == 200:
                yield _name(path), done.json()
    yield "get /audit", http.get("auditor", "/audit", limit=200).json()
    change = {"without": [], "with": [{"owner": town.town.related, "owned": town.town.company, "pct": 5}]}
    yield (
        "post /entities/{id}/what-if",
        http.post("investigator", f"/entities/{town.town.company}/what-if", json=change).json(),
    )
    group = {"subjects": [town.town.company, town.town.related, "nobody"], "max_depth": 4, "ever": True}
    yield "post /links", http.post("investigator", "/links", json=group).json()
    ends: dict[str, Any] = {"from": town.town.company, "to": town.town.related, "soft": True, "ever": True}
    for rank in ("hops", "evidence"):
        yield "get /paths", http.get("investigator", "/paths", **ends | {"rank": rank}).json()
    fact = waiting_fact(town)
    yield "get /reviews", http.get("reviewer", "/reviews").json()
    for kind in ("accept", "undo", "refuse"):
        done = http.post("reviewer", f"/reviews/{fact}", json={"decision": kind, "reason": "核对"})
        assert done.status_code == 201
        yield "post /reviews/{id}", done.json()
        yield "get /reviews/{id}", http.get("reviewer", f"/reviews/{fact}").json()
    yield from _cases(http)
    yield from _checks(town, http)
    rows = [{"name": "", "uscc": town.town.company, "id_no": ""}, {"name": "x", "uscc": "bad", "id_no": ""}]
    yield "post /screening", http.post("partner", "/screening", json={"rows": rows}).json()
    file_sent = (town.town.folder / "penalties.csv").read_bytes()
    yield (
        "post /batches",
        http.post("operator", "/batches?source=penalties", files={"file": ("p.csv", file_sent)}).json(),
    )


def _cases(http: Callers) -> Iterator[tuple[str, Any]]:
    """A case and a task of it in each state that a person brings about."""
    case = begun(body="court", measure="M006")["id"]
    told = {"body": "court", "reason": "核对", "document_no": "（2026）闽9801执1号"}
    for role, step in (("operator", "decide"), ("administrator", "enforce")):
        day = {"decide": "decided_on", "enforce": "in_force_on"}[step]
        done = http.post(role, f"/cases/{case}", json={"transition": step, day: TODAY, **told})
        assert done.status_code == 201, done.json()
        yield "post /cases/{id}", done.json()
    task = cases_found(kind="task", body="征信机构")[0]["id"]
    for role, one in (("court", case), ("investigator", task)):
        yield "get /cases/{id}", http.get(role, f"/cases/{one}").json()
    yield "get /cases", http.get("court", "/cases", limit=200).json()
    yield "get /measures/use", http.get("auditor", "/measures/use").json()
    # A repair of a record whose severity the data tell, and an objection to one of which they do not.
    for kind, subject, number in (
        ("repair", "91359804TY000003X1", "岚应急列〔2025〕1号"),
        ("objection", "91359803TY00000Y3X", "岚综罚〔2025〕9号"),
    ):
        asked = {"kind": kind, "subject": subject, "record": number, "ground": "信息错误"}
        lodged = http.post("operator", "/cases", json=asked).json()
        yield "post /cases", lodged
        yield "get /cases/{id}", http.get("auditor", f"/cases/{lodged['case']['id']}").json()


def _checks(town: Loaded, http: Callers) -> Iterator[tuple[str, Any]]:
    """Checks of somebody with much to tell, of a name and of nobody; one that is kept, and decided on."""
    asked = {"purpose": "subsidy", "subject": "91359802TY00000R6K"}
    for subject in (asked["subject"], town.town.company_name, "91359803TY0124NR5T"):
        done = http.post("investigator", "/checks", json=asked | {"subject": subject})
        yield "post /checks", done.json()
    kept = http.post("department", "/checks?certify=true", json=asked).json()
    yield "post /checks", kept
    told = {"outcome": "refused", "document_no": "岚审批〔2026〕1号", "decided_on": "2026-10-01", "reason": "依法限制"}
    yield "post /checks/{id}/decision", http.post("department", f"/checks/{kept['id']}/decision", json=told).json()
    yield "get /checks/{id}", http.get("court", f"/checks/{kept['id']}").json()


def _name(path: str) -> str:
    """The operation of a path."""
    parts = path.strip("/").split("/")
    if parts[0] == "entities":
        parts[1] = "{id}"
        parts[3:] = ["{edge}"] if len(parts) > 3 else []
    elif len(parts) > 1:
        parts[1] = {"rows": "{seq}", "documents": "{sha256}"}.get(parts[0], "{id}")
    return "get /" + "/".join(parts)


def test_real_answers_are_as_the_document_says(town: Loaded, http: Callers, document: dict[str, Any]) -> None:
    seen = set()
    for name, body in _asked(town, http):
        fits(document, name, body)
        seen.add(name)
    assert seen == ANSWERS.keys()


_BOUNDED = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("role", ["investigator", "reviewer", "public"])
def test_whatever_is_made_up_from_the_document_is_answered_as_it_says(http: Callers, role: str) -> None:
    described = schemathesis.openapi.from_asgi("/openapi.json", http.client.app)
    asked = 0
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @_BOUNDED
        @given(case=operation.as_strategy())
        def answered(case: Any) -> None:
            case.call_and_validate(checks=CHECKS, headers=http.headers(role))

        answered()
        asked += 1
    assert asked > len(ANSWERS)


def test_nothing_that_was_made_up_got_in(town: Loaded) -> None:
    assert run("verify", "--json").body["ok"]
    assert json.loads(json.dumps(run("show", town.town.company, "--json").body))["names"]

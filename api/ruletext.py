"""The answers of ``creditgraph rules`` as text: a row as a page, a difference as lines, a trial as a sentence."""

from collections.abc import Iterator, Mapping
from typing import Any

#: The page of a row: what a lawyer asks -> the field that answers it.
_PAGE = {
    "law": "legal_basis",
    "who bears it": "applies_to",
    "triggered by": "triggered_by",
    "condition": "trigger_condition",
    "roles reached": "extends_to",
    "how a person is named": "extends_mode",
    "in which document": "naming_document",
    "role is held on": "role_test_date",
    "steps from the subject": "hop_limit",
    "still to check": "to_check",
    "term": "term",
    "ends by": "end_conditions",
    "decides": "deciding_body",
    "human decision": "requires_human_decision",
    "carried out by": "implementing_department",
    "status": "status_2026",
    "law from": "valid_from",
    "law until": "valid_to",
    "basis": "confidence",
    "basis checked on": "basis_checked_on",
    "source": "source",
    "note": "note",
    "proposed": "proposed",
}


def rules_lines(body: dict[str, Any]) -> Iterator[str]:
    """The lines of any of the three answers."""
    if "cases" in body:
        yield from _row(body)
    elif "changes" in body:
        yield from body["changes"] or ["no change"]
    else:
        yield from _trial(body)


def _row(body: dict[str, Any]) -> Iterator[str]:
    yield f"{body['id']} {body['name_zh']} ({body['act']}, {body['kind']}, {body['category']})"
    yield from (f"  {asked}: {body[name]}" for asked, name in _PAGE.items() if body[name])
    for positive, title in ((True, "reaches, for example"), (False, "does not reach, for example")):
        yield f"  {title}:"
        for case in body["cases"]:
            if case["positive"] is positive:
                yield from _case(case)


def _case(case: dict[str, Any]) -> Iterator[str]:
    yield f"    {case['says']}"
    yield f"      {case['subject']}, asked on {case['day']}: {' | '.join(case['given']) or 'nothing on record'}"
    told = [f"proposed to {', '.join(case['proposed'])}"] if case["proposed"] else []
    told += [f"refused to {who}: {reason}" for who, reason in case["refused"].items()]
    told += ["shown as switched off"] if case["switched_off"] else []
    yield f"      → {'; '.join(told) or 'nothing is proposed'}"


def _reasons(counts: Mapping[str, Any]) -> str:
    """Why, and how often: " (role_ended 3, minor 1)"."""
    told = [f"{reason} {part['count'] if isinstance(part, dict) else part}" for reason, part in counts.items()]
    return f" ({', '.join(told)})" if told else ""


def _trial(body: dict[str, Any]) -> Iterator[str]:
    ceases, refused = sum(body["ceases"].values()), sum(body["refused"].values())
    yield (
        f"as of {body['as_of']}, {body['subjects']} subjects with records: would newly reach {body['newly']}, "
        f"cease for {ceases}{_reasons(body['ceases'])}, refuse {refused}{_reasons(body['refused'])}"
    )
    for row in body["measures"]:
        yield f"{row['measure']} {row['name']}: as before {row['unchanged']}, newly {row['newly']['count']}"
        yield from _examples("newly", row["newly"])
        for title, parts in (("ceases", row["ceases"]), ("refused", row["refused"])):
            for reason, part in parts.items():
                yield f"  {title}, {reason}: {part['count']}"
                yield from _examples(title, part)


def _examples(title: str, part: dict[str, Any]) -> Iterator[str]:
    for one in part["examples"][:3]:
        party = one["party"]["id"] if one["party"] else "a name on paper"
        yield f"    {title} {one['role']} {party} by {one['subject']['id']}"

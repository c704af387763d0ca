"""The shapes of answers about cases in the OpenAPI document."""

from collections.abc import Mapping

from api.shapes import (
    COUNT,
    DAY,
    FLAG,
    HASH,
    ID,
    LAST,
    PROOF,
    SEQ,
    TEXT,
    TIMES,
    Schema,
    listed,
    or_null,
    page_of,
    ref,
    shape,
)
from graph.measures.cases.machine import kinds

_CASE_ID: Schema = {"type": "string", "pattern": "^c[0-9a-f]{23}$"}
_KIND: Schema = {"enum": list(kinds())}

_LINE = shape(
    {
        "id": _CASE_ID,
        "kind": _KIND,
        "state": TEXT,
        "flag": or_null({"enum": ["ground_changed", "objected"]}),
        "measure": TEXT,
        "name": TEXT,
        "subject": ref("Entity"),
        "party": ref("Entity"),
        "role": TEXT,
        "body": TEXT,
        "parent": or_null(_CASE_ID),
        "opened": SEQ,
        "last": SEQ,
        "due": or_null(DAY),
        "overdue": FLAG,
    }
)

_STEP = shape(
    {
        "seq": SEQ,
        "at": TEXT,
        "transition": TEXT,
        "state": or_null(TEXT),
        "by": shape({"key": TEXT, "body": TEXT}),
        "flag": or_null(TEXT),
        "fields": {"type": "object"},
        "why": or_null(TEXT),
    }
)

_NEXT = shape(
    {
        "transition": TEXT,
        "to": TEXT,
        "body": TEXT,
        "needs": listed(TEXT),
        "takes": listed(TEXT),
        "words": {"type": "object", "additionalProperties": listed(TEXT)},
        "why_not": or_null({"enum": ["not_allowed", "wrong_body", "objection_open", "ground_changed", "same_person"]}),
    }
)

_RECORD = shape(
    {
        "id": ID,
        "kind": TEXT,
        "name": or_null(TEXT),
        "document_no": or_null(TEXT),
        "issuer": or_null(TEXT),
        "date": or_null(TEXT),
        "status": or_null(TEXT),
        "evidence": PROOF,
    }
)

_PROPOSAL = shape(
    {
        **dict.fromkeys(("measure", "name", "act", "basis", "term", "mode", "role", "deciding"), TEXT),
        "hop": {"enum": [0, 1]},
        "until": LAST,
        "to_check": listed(TEXT),
        "implementing": listed(TEXT),
        "catalogue": HASH,
        "rule": HASH,
        "records": listed(_RECORD),
        "records_hidden": COUNT,
        "grounds": listed(shape({"relation": TEXT, "from": LAST, "to": LAST, "evidence": PROOF})),
    }
)

_REMEDY = shape(
    {
        "number": _CASE_ID,
        "record": or_null(ref("Entity")),
        "record_status": or_null(TEXT),
        **dict.fromkeys(("document_no", "issuer", "determining"), TEXT),
        "ground": or_null(TEXT),
        "papers": shape(dict.fromkeys(("performance_proof", "commitment", "evidence"), or_null(TEXT))),
        "clock": or_null(
            shape(
                {
                    "working_days": COUNT,
                    "basis": TEXT,
                    "confidence": {"enum": ["known", "verified", "design"]},
                    "counts": {"enum": ["entered", "runs_on", "added"]},
                }
            )
        ),
        "severity": or_null(
            shape(
                {
                    "severity": or_null({"enum": ["轻微", "一般", "严重"]}),
                    **dict.fromkeys(("shortest", "longest"), or_null(COUNT)),
                    **dict.fromkeys(("earliest", "until"), or_null(DAY)),
                    **dict.fromkeys(("basis", "confidence"), or_null(TEXT)),
                    "start": TEXT,
                }
            )
        ),
        "to_check": listed(TEXT),
    }
)

_CASE = shape(
    {
        "case": _LINE,
        "parent": or_null(_LINE),
        "tasks": listed(_LINE),
        "proposal": or_null(_PROPOSAL),
        "remedy": or_null(_REMEDY),
        "not_reached": listed(shape({"measure": TEXT, "party": ref("Entity"), "role": TEXT, "reason": TEXT})),
        "ends": shape({"conditions": or_null(TEXT), "term": or_null(TEXT), "until": LAST}),
        "steps": listed(_STEP),
        "next": listed(_NEXT),
        **TIMES,
    },
    {"decided": listed(_STEP)},
)

_USED = shape({"kind": _KIND, "measure": TEXT, "name": TEXT, "body": TEXT, "state": TEXT, "count": COUNT})

#: Method and path below the prefix -> the body of a good answer.
ANSWERS: Mapping[str, Schema] = {
    "get /cases": page_of(_LINE, **TIMES),
    "post /cases": shape({"case": _LINE, "remedy": _REMEDY, **TIMES}),
    "get /cases/{id}": _CASE,
    "post /cases/{id}": _CASE,
    "get /measures/use": page_of(_USED, **TIMES),
}

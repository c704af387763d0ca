"""Shapes of checks in the OpenAPI document."""

from collections.abc import Mapping

from api.shapes import COUNT, DAY, FLAG, HASH, ID, LAST, PROOF, SEQ, TEXT, TIMES, Schema, listed, or_null, ref, shape

_ID: Schema = {"type": "string", "pattern": "^k[0-9a-f]{23}$"}
_RECORD = shape(
    {"id": ID, "status": TEXT, "objection_to": TEXT, "evidence": PROOF}
    | {name: or_null(TEXT) for name in ("kind", "list", "document_no", "issuer", "date", "until")}
)
_DECISION = shape(
    {"case": TEXT, "body": TEXT} | {name: or_null(TEXT) for name in ("document_no", "decided_on", "in_force_on")}
)
_BOUND = shape(
    {name: TEXT for name in ("measure", "name", "act", "kind", "category", "basis", "binds_by", "term")}
    | {name: TEXT for name in ("end_conditions", "deciding_body", "role")}
    | {
        "implementing": listed(TEXT),
        "hop": {"enum": [0, 1]},
        "through": or_null(ref("Entity")),
        "until": LAST,
        "state": {"enum": ["proposed", "noticed", "decided", "in_force"]},
        "objection_open": FLAG,
        "decision": or_null(_DECISION),
        "to_check": listed(TEXT),
        "records": listed(_RECORD),
    }
)
_CHECK: Mapping[str, Schema] = {
    "id": _ID,
    "purpose": TEXT,
    "subject": or_null(ref("Entity")),
    "asked_by": {"enum": ["id", "uscc", "reg_no", "org_code", "id_card", "name"]},
    "candidates": COUNT,
    "catalogue": HASH,
    "purposes": HASH,
    "outcome": or_null({"enum": ["hit", "no_hit", "needs_review"]}),
    "hit": or_null(FLAG),
    "why": TEXT,
    "binding": listed(_BOUND),
    "proposed": listed(_BOUND),
    "switched_off": listed(shape({name: TEXT for name in ("measure", "name", "basis", "binds_by", "reason")})),
    "not_for_this_purpose": {"type": "object", "additionalProperties": COUNT, "description": "by category"},
    "made_at": TEXT,
    **TIMES,
}
_FED_BACK = shape(
    {name: TEXT for name in ("at", "document_no", "reason", "by")}
    | {"seq": SEQ, "outcome": {"enum": ["granted", "refused", "granted_with_conditions"]}, "decided_on": DAY}
)
_KEPT: Mapping[str, Schema] = {"certificate": or_null({"type": "object"}), "decisions": listed(_FED_BACK)}

#: Method and path below the prefix -> the body of a good answer.
ANSWERS: Mapping[str, Schema] = {
    "post /checks": shape(_CHECK, _KEPT),
    "get /checks/{id}": shape({**_CHECK, **_KEPT, "withheld": FLAG}),
    "post /checks/{id}/decision": shape({**_CHECK, **_KEPT, "withheld": FLAG, "seq": SEQ}),
}

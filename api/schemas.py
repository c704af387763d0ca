"""The shapes of answers in the OpenAPI document (JSON Schema 2020-12), one place for all operations.

Shapes are those of the command line, which prints the same bodies. Further keys are always allowed.
"""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SEQ: Schema = {"type": "integer", "minimum": 0, "description": "sequence of the ledger"}
_FLAG: Schema = {"type": "boolean"}
_ID: Schema = {"type": "string", "pattern": "^n[0-9a-f]{23}$"}
_HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _object(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    return {"type": "object", "required": sorted(required), "properties": {**required, **(optional or {})}}


_NEXT: Schema = _or_null({"type": "string", "description": "goes back as `cursor`"})
_LAST: Schema = _or_null(_DAY)
_PROOF = _list(_ref("Evidence"))

#: What every answer from the graph says of itself.
_TIMES: Mapping[str, Schema] = {"as_of": _DAY, "known_at": _SEQ, "truncated": _FLAG, "explored": _COUNT}

_EDGE: Mapping[str, Schema] = {
    "id": {"type": "string", "pattern": "^e[0-9a-f]{23}$"},
    "relation": _TEXT,
    "from": _ID,
    "to": _ID,
    "valid_from": _LAST,
    "valid_to": _LAST,
    "match": {"enum": ["exact", "confirmed", "candidate"]},
    "evidence": _PROOF,
}

_LINKED: Schema = {
    "allOf": [_ref("Edge"), _object({"entity": _ref("Entity"), "direction": {"enum": ["in", "out"]}})],
}


def _page(results: Schema, **more: Schema) -> Schema:
    return _object({"total": _COUNT, "next": _NEXT, "results": _list(results), **more})


#: Parts that several answers share.
PARTS: Mapping[str, Schema] = {
    "Problem": _object(
        {"type": _TEXT, "status": {"type": "integer"}, "title": _TEXT, "detail": _TEXT},
        {"candidates": _list(_ref("Entity"))},
    ),
    "Entity": _object(
        {"id": _or_null(_ID), "kind": _TEXT, "name": _TEXT},
        {"uscc": _or_null(_TEXT), "id_mask": _or_null(_TEXT), "labels": _list(_TEXT)},
    ),
    "Evidence": _object(
        {
            "record": _ID,
            "source": _TEXT,
            "file": _TEXT,
            "row": _COUNT,
            "document_no": _or_null(_TEXT),
            "issuer": _or_null(_TEXT),
            "date": _or_null(_TEXT),
            "seq": _SEQ,
        },
        {"span": _list(_COUNT), "quote": _TEXT, "context": _TEXT, "sha256": _HASH, "decision": _SEQ},
    ),
    "Edge": _object(_EDGE, {"seen_on": _LAST, "disagree": _FLAG}),
    "Claim": _object(
        {
            "claim": _COUNT,
            "relation": _or_null(_TEXT),
            "valid_from": _LAST,
            "valid_to": _LAST,
            "open_to": {"enum": ["public", "shared", "restricted"]},
            "open_until": _LAST,
            "read_by": _TEXT,
            "recorded_at": _TEXT,
            "ends_when": _list(_object({"field": _TEXT, "values": _list(_TEXT)})),
            "evidence": _ref("Evidence"),
        },
        {"confirmed_by": _object({"seq": _SEQ, "kind": _TEXT, "by": _TEXT, "reason": _TEXT, "date": _DAY})},
    ),
    "Record": _object(
        {
            "id": _ID,
            "source": _TEXT,
            "document_no": _or_null(_TEXT),
            "kind": _or_null(_TEXT),
            "date": _or_null(_TEXT),
            "status": {"enum": ["active", "objected", "repaired", "revoked", "expired", "withdrawn"]},
            "displayed": _FLAG,
            "amount_yuan": _or_null(_TEXT),
            "evidence": _PROOF,
        }
    ),
    "ListEntry": _object(
        {
            "list": _TEXT,
            "entry": _ID,
            "status": {"enum": ["active", "withdrawn", "expired", "suspended"]},
            "from": _or_null(_TEXT),
            "to": _or_null(_TEXT),
            "reason": _or_null(_TEXT),
            "evidence": _PROOF,
        }
    ),
    "Fact": _object(
        {"type": _TEXT, "amount_yuan": _or_null(_TEXT), "source": _ref("Entity"), "target": _ref("Entity")}
    ),
    "Review": {
        "allOf": [
            _ref("Fact"),
            _object(
                {
                    "id": {"type": "string", "pattern": "^f[0-9a-f]{23}$"},
                    "state": {"enum": ["open", "ground_changed", "accepted", "corrected", "refused"]},
                    "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                    "rule": _TEXT,
                    "extractor": _TEXT,
                    "sentence": _TEXT,
                    "mark": _list(_COUNT),
                    "span": _list(_COUNT),
                    "document": _ref("Entity"),
                    "sha256": _HASH,
                    "seq": _SEQ,
                    "in_present_version": _FLAG,
                    "open_to": {"enum": ["public", "shared", "restricted"]},
                    "decision": _or_null(
                        _object(
                            {"seq": _SEQ, "kind": {"enum": ["accept", "correct", "refuse"]}, "by": _TEXT}
                            | {"reason": _TEXT, "date": _DAY, "fact": _or_null(_ref("Fact"))}
                        )
                    ),
                },
                {"ends_when": _list(_TEXT), "court": _TEXT},
            ),
        ]
    },
    "FoundDocument": _object(
        {
            "document": _ref("Entity"),
            **{name: _or_null(_TEXT) for name in ("case_no", "court", "doc_type", "date", "cause")},
            **{name: _or_null(_TEXT) for name in ("decision_no", "authority")},
            "sha256": _or_null(_HASH),
            "open_to": {"enum": ["public", "shared", "restricted"]},
            "read_by": _TEXT,
            "places": _COUNT,
            "snippets": _list(_object({"text": _TEXT, "start": _COUNT, "end": _COUNT, "marks": _list(_list(_COUNT))})),
            "parties": _list(_object({"entity": _ref("Entity"), "role": _TEXT})),
            "evidence": _PROOF,
        }
    ),
    "ChainedCase": _object(
        {
            "case": _ref("Entity"),
            "how": _or_null(_TEXT),
            "follows": _list(_object({"case": _ref("Entity"), "how": _TEXT, "evidence": _PROOF})),
            "documents": _list(
                _object(
                    {name: _or_null(_TEXT) for name in ("doc_type", "court", "date")}
                    | {"entity": _ref("Entity"), "evidence": _PROOF}
                )
            ),
            "parties": _list(
                _object(
                    {
                        "entity": _ref("Entity"),
                        "role": _or_null(_TEXT),
                        "since": _or_null(_ref("Entity")),
                        "evidence": _PROOF,
                    }
                )
            ),
            "became": _list(
                _object(
                    {
                        "entity": _ref("Entity"),
                        "what": _TEXT,
                        "amount": _or_null(_TEXT),
                        "of": _or_null(_ref("Entity")),
                        "evidence": _PROOF,
                    }
                )
            ),
        }
    ),
    "Receipt": _object(
        {name: _COUNT for name in ("known_at", "input", "accepted", "merged", "unchanged", "rejected", "quarantined")}
        | {"batch": _TEXT, "source": _TEXT, "warnings": _list(_TEXT)}
        | {"errors": _list(_object({"file": _TEXT, "row": _or_null(_COUNT), "code": _TEXT, "message": _TEXT}))},
    ),
}

_FILE = _object(
    {
        "entity": _ref("Entity"),
        "names": _list(_object({"name": _TEXT, "kind": {"enum": ["current", "former"]}, "from": _LAST, "to": _LAST})),
        **_TIMES,
    },
    {
        "people": _list(_LINKED),
        "holdings": _list(_LINKED),
        "judgments": _list(_LINKED),
        "records": _list(_ref("Record")),
        "lists": _list(_ref("ListEntry")),
        "engagements": _list(_object({"report_no": _or_null(_TEXT), "id": _ID, "evidence": _PROOF})),
        "certificates": _list(_object({"id": _ID, "evidence": _PROOF})),
        "keys": _list(_TEXT),
        "chain": _list(_ref("ChainedCase")),
    },
)
_COUNTED = _object({"relation": _TEXT, "direction": {"enum": ["in", "out"]}, "count": _COUNT})
_PARTY: Mapping[str, Schema] = {"measure": _TEXT, "party": _ref("Entity"), "role": _TEXT, "evidence": _PROOF}
_REACH = _object(
    {
        "subject": _ref("Entity"),
        **_TIMES,
        "catalogue": _HASH,
        "proposed": _list(
            _object(
                {
                    **_PARTY,
                    "hop": {"enum": [0, 1]},
                    "mode": _TEXT,
                    "basis": _TEXT,
                    "trigger": _object({"record": _ID, "kind": _TEXT}),
                    "to_check": _list(_TEXT),
                    "until": _LAST,
                }
            )
        ),
        "not_reached": _list(_object({**_PARTY, "reason": _TEXT, "note": _TEXT})),
        "disabled": _list(_object({"measure": _TEXT, "reason": _TEXT})),
    }
)
_PATH = _object({"length": _COUNT, "nodes": _list(_ref("Entity")), "edges": _list(_ref("Edge"))})
_CHANGE = _object(
    {
        "seq": _SEQ,
        "op": {"enum": ["add", "change", "withdraw"]},
        "entry": _ID,
        "case_no": _or_null(_TEXT),
        "name": _or_null(_TEXT),
        "subject": _or_null(_ref("Entity")),
        "reason": _or_null(_TEXT),
        "fields": _list(_TEXT),
        "date": _or_null(_TEXT),
        "evidence": _PROOF,
    }
)
_ON_LIST = _object({"entry": _ID, "subject": _or_null(_ref("Entity")), "status": _or_null(_TEXT), "evidence": _PROOF})
_FACT = _object({"relation": _TEXT, "span": _list(_COUNT), "quote": _TEXT})
_AUDIT_ROW = _object({"seq": _COUNT, "at": _TEXT, "who": _TEXT, "role": _TEXT, "action": _TEXT, "persons": _list(_ID)})
_SCREENED = _object(
    {
        "row": _TEXT,
        "outcome": {"enum": ["hit", "needs_review", "no_hit", "invalid"]},
        **{name: _TEXT for name in ("name", "uscc", "id_mask", "lists", "entries", "why")},
    }
)
_OF_RECORD = _object({"id": _ID, "kind": _TEXT, "displayed": _FLAG, "props": {"type": "object"}})
_CELL = _object({"field": _TEXT, "title": _TEXT, "value": _TEXT})

#: Method and path below the prefix -> the body of a good answer.
ANSWERS: Mapping[str, Schema] = {
    "get /search": _page(_ref("Entity"), **_TIMES),
    "get /entities/{id}": _FILE,
    "get /entities/{id}/expansions": _page(_COUNTED, entity=_ref("Entity"), **_TIMES),
    "get /entities/{id}/records": _page(_ref("Record"), entity=_ref("Entity"), **_TIMES),
    "get /entities/{id}/chain": _page(_ref("ChainedCase"), entity=_ref("Entity"), **_TIMES),
    "get /entities/{id}/neighbours": _page(_object({"node": _ref("Entity"), "edge": _ref("Edge")}), **_TIMES),
    "get /entities/{id}/edges/{edge}": _object(
        {"edge": _ref("Edge"), "from": _ref("Entity"), "to": _ref("Entity"), "claims": _list(_ref("Claim")), **_TIMES}
    ),
    "get /entities/{id}/measures": _REACH,
    "get /paths": _object(
        {"from": _ref("Entity"), "to": _ref("Entity"), "paths": _list(_PATH), "total": _COUNT, "next": _NEXT, **_TIMES}
    ),
    "get /records/{id}": _object(
        {
            "record": _OF_RECORD,
            "linked": _list(_object({"relation": _TEXT, "entity": _ref("Entity")})),
            "evidence": _PROOF,
            "claims": _list(_ref("Claim")),
            **_TIMES,
        }
    ),
    "get /rows/{seq}": _object(
        {
            "row": _ref("Evidence"),
            "record": _or_null(_ref("Entity")),
            "cells": _list(_CELL),
            "claims": _list(_ref("Claim")),
            **_TIMES,
        }
    ),
    "get /documents": _page(_ref("FoundDocument"), words=_list(_TEXT), **_TIMES),
    "get /documents/{sha256}/text": _object(
        {
            "sha256": _HASH,
            "document": _ref("Entity"),
            "extractor": _TEXT,
            "text": _TEXT,
            "facts": _list(_FACT),
            **_TIMES,
        }
    ),
    "get /lists/{id}": _page(_ON_LIST, list=_TEXT, source=_TEXT, **_TIMES),
    "get /lists/{id}/delta": _object(
        {"list": _TEXT, "since": _SEQ, "known_at": _SEQ, "total": _COUNT, "next": _NEXT, "changes": _list(_CHANGE)}
    ),
    "get /batches": _page(_ref("Receipt")),
    "post /batches": _ref("Receipt"),
    "post /screening": _page(_SCREENED, **_TIMES),
    "get /audit": _page(_AUDIT_ROW),
    "get /reviews": _page(_ref("Review"), **_TIMES),
    "get /reviews/{id}": _object({"review": _ref("Review"), **_TIMES}),
    "post /reviews/{id}": _object(
        {"seq": _SEQ, "kind": {"enum": ["accept", "correct", "refuse", "undo"]}, "id": _TEXT, "known_at": _SEQ}
        | {"state": _or_null(_TEXT), "review": _ref("Review"), "warnings": _list(_TEXT)},
    ),
}

_SOMEBODY = {
    "id": "n0b8349c09af6c6f4925d349",
    "kind": "company",
    "name": "岚汀市某某有限公司",
    "uscc": "91359802TY0000013H",
}
_NOW = {"as_of": "2026-10-01", "known_at": 812, "truncated": False, "explored": 1}

#: An example of an answer, of invented data, for the operations that people try first.
EXAMPLES: Mapping[str, Any] = {
    "get /search": {"total": 1, "next": None, "results": [_SOMEBODY], **_NOW},
    "get /documents": {
        "total": 1,
        "next": None,
        "words": ["货款"],
        "results": [
            {"document": {**_SOMEBODY, "kind": "judgment", "name": "（2024）闽9801民初1号", "uscc": None},
             "case_no": "（2024）闽9801民初1号", "court": "岚汀市人民法院", "doc_type": "民事判决书",
             "decision_no": None, "authority": None,
             "date": "2024-11-22", "cause": "买卖合同纠纷", "sha256": "e1" * 32, "open_to": "shared",
             "read_by": "cg-judgment 1", "places": 1,
             "snippets": [{"text": "尚欠货款3000元", "start": 361, "end": 370, "marks": [[363, 365]]}],
             "parties": [{"entity": _SOMEBODY, "role": "被告"}], "evidence": []}
        ],
        **_NOW,
    },
    "get /entities/{id}/expansions": {
        "entity": _SOMEBODY,
        "total": 1,
        "next": None,
        "results": [{"relation": "shareholder_of", "direction": "in", "count": 3}],
        **_NOW,
    },
    "post /screening": {
        "total": 1,
        "next": None,
        "results": [
            {"row": "1", "name": "", "uscc": "91359802TY0000013H", "id_mask": "", "outcome": "hit", "lists": "L01",
             "entries": "n6ffb4c00900131aa172b2dc", "why": "an active entry of the subject that holds the identifier"}
        ],
        **_NOW,
    },
    "post /batches": {
        "batch": "b000012", "source": "penalties", "known_at": 812, "input": 2, "accepted": 1, "merged": 0,
        "unchanged": 0, "rejected": 1, "quarantined": 0, "warnings": [],
        "errors": [{"file": "penalties.csv", "row": 31, "field": "处罚决定日期", "code": "bad_date",
                    "outcome": "rejected", "message": "no such date"}],
    },
}  # fmt: skip

"""The shapes of answers in the OpenAPI document (JSON Schema 2020-12), one place for all operations.

Shapes are those of the command line, which prints the same bodies. Further keys are always allowed.
"""

from collections.abc import Mapping
from typing import Any

from api import checkshapes as checks
from api.cases import shapes as cases
from api.ownership import shapes as ownership
from api.shapes import (
    COUNT,
    DAY,
    EDGE,
    FLAG,
    HASH,
    ID,
    LAST,
    LINKED,
    NEXT,
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

#: Parts that several answers share.
PARTS: Mapping[str, Schema] = {
    "Problem": shape(
        {"type": TEXT, "status": {"type": "integer"}, "title": TEXT, "detail": TEXT},
        {"candidates": listed(ref("Entity")), "code": TEXT},
    ),
    "Entity": shape(
        {"id": or_null(ID), "kind": TEXT, "name": TEXT},
        {"uscc": or_null(TEXT), "id_mask": or_null(TEXT), "labels": listed(TEXT)},
    ),
    "Evidence": shape(
        {
            "record": ID,
            "source": TEXT,
            "file": TEXT,
            "row": COUNT,
            "document_no": or_null(TEXT),
            "issuer": or_null(TEXT),
            "date": or_null(TEXT),
            "seq": SEQ,
        },
        {"span": listed(COUNT), "quote": TEXT, "context": TEXT, "sha256": HASH, "decision": SEQ},
    ),
    "Edge": shape(EDGE, {"seen_on": LAST, "disagree": FLAG}),
    "Claim": shape(
        {
            "claim": COUNT,
            "relation": or_null(TEXT),
            "valid_from": LAST,
            "valid_to": LAST,
            "open_to": {"enum": ["public", "shared", "restricted"]},
            "open_until": LAST,
            "read_by": TEXT,
            "recorded_at": TEXT,
            "ends_when": listed(shape({"field": TEXT, "values": listed(TEXT)})),
            "evidence": ref("Evidence"),
        },
        {"confirmed_by": shape({"seq": SEQ, "kind": TEXT, "by": TEXT, "reason": TEXT, "date": DAY})},
    ),
    "Record": shape(
        {
            "id": ID,
            "source": TEXT,
            "document_no": or_null(TEXT),
            "kind": or_null(TEXT),
            "date": or_null(TEXT),
            "status": {"enum": ["active", "objected", "repaired", "revoked", "expired", "withdrawn"]},
            "displayed": FLAG,
            "amount_yuan": or_null(TEXT),
            "evidence": PROOF,
        }
    ),
    "ListEntry": shape(
        {
            "list": TEXT,
            "entry": ID,
            "status": {"enum": ["active", "withdrawn", "expired", "suspended"]},
            "from": or_null(TEXT),
            "to": or_null(TEXT),
            "reason": or_null(TEXT),
            "evidence": PROOF,
        }
    ),
    "Fact": shape({"type": TEXT, "amount_yuan": or_null(TEXT), "source": ref("Entity"), "target": ref("Entity")}),
    "Review": {
        "allOf": [
            ref("Fact"),
            shape(
                {
                    "id": {"type": "string", "pattern": "^f[0-9a-f]{23}$"},
                    "state": {"enum": ["open", "ground_changed", "accepted", "corrected", "refused"]},
                    "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                    "rule": TEXT,
                    "extractor": TEXT,
                    "sentence": TEXT,
                    "mark": listed(COUNT),
                    "span": listed(COUNT),
                    "document": ref("Entity"),
                    "sha256": HASH,
                    "seq": SEQ,
                    "in_present_version": FLAG,
                    "open_to": {"enum": ["public", "shared", "restricted"]},
                    "decision": or_null(
                        shape(
                            {"seq": SEQ, "kind": {"enum": ["accept", "correct", "refuse"]}, "by": TEXT}
                            | {"reason": TEXT, "date": DAY, "fact": or_null(ref("Fact"))}
                        )
                    ),
                },
                {"ends_when": listed(TEXT), "court": TEXT},
            ),
        ]
    },
    "FoundDocument": shape(
        {
            "document": ref("Entity"),
            **{name: or_null(TEXT) for name in ("case_no", "court", "doc_type", "date", "cause")},
            **{name: or_null(TEXT) for name in ("decision_no", "authority")},
            "sha256": or_null(HASH),
            "open_to": {"enum": ["public", "shared", "restricted"]},
            "read_by": TEXT,
            "places": COUNT,
            "snippets": listed(shape({"text": TEXT, "start": COUNT, "end": COUNT, "marks": listed(listed(COUNT))})),
            "parties": listed(shape({"entity": ref("Entity"), "role": TEXT})),
            "evidence": PROOF,
        }
    ),
    "ChainedCase": shape(
        {
            "case": ref("Entity"),
            "how": or_null(TEXT),
            "follows": listed(shape({"case": ref("Entity"), "how": TEXT, "evidence": PROOF})),
            "documents": listed(
                shape(
                    {name: or_null(TEXT) for name in ("doc_type", "court", "date")}
                    | {"entity": ref("Entity"), "evidence": PROOF}
                )
            ),
            "parties": listed(
                shape(
                    {
                        "entity": ref("Entity"),
                        "role": or_null(TEXT),
                        "since": or_null(ref("Entity")),
                        "evidence": PROOF,
                    }
                )
            ),
            "became": listed(
                shape(
                    {
                        "entity": ref("Entity"),
                        "what": TEXT,
                        "amount": or_null(TEXT),
                        "of": or_null(ref("Entity")),
                        "evidence": PROOF,
                    }
                )
            ),
        }
    ),
    "Receipt": shape(
        {name: COUNT for name in ("known_at", "input", "accepted", "merged", "unchanged", "rejected", "quarantined")}
        | {"batch": TEXT, "source": TEXT, "warnings": listed(TEXT)}
        | {"errors": listed(shape({"file": TEXT, "row": or_null(COUNT), "code": TEXT, "message": TEXT}))},
    ),
}

_FILE = shape(
    {
        "entity": ref("Entity"),
        "names": listed(shape({"name": TEXT, "kind": {"enum": ["current", "former"]}, "from": LAST, "to": LAST})),
        **TIMES,
    },
    {
        "people": listed(LINKED),
        "holdings": listed(LINKED),
        "judgments": listed(LINKED),
        "records": listed(ref("Record")),
        "lists": listed(ref("ListEntry")),
        "engagements": listed(shape({"report_no": or_null(TEXT), "id": ID, "evidence": PROOF})),
        "certificates": listed(shape({"id": ID, "evidence": PROOF})),
        "keys": listed(TEXT),
        "chain": listed(ref("ChainedCase")),
        **ownership.SECTIONS,
    },
)
_COUNTED = shape({"relation": TEXT, "direction": {"enum": ["in", "out"]}, "count": COUNT})
_PARTY: Mapping[str, Schema] = {"measure": TEXT, "party": ref("Entity"), "role": TEXT, "evidence": PROOF}
_REACH = shape(
    {
        "subject": ref("Entity"),
        **TIMES,
        "catalogue": HASH,
        "proposed": listed(
            shape(
                {
                    **_PARTY,
                    "hop": {"enum": [0, 1]},
                    "mode": TEXT,
                    "basis": TEXT,
                    "trigger": shape({"record": ID, "kind": TEXT}),
                    "to_check": listed(TEXT),
                    "until": LAST,
                }
            )
        ),
        "not_reached": listed(shape({**_PARTY, "reason": TEXT, "note": TEXT})),
        "disabled": listed(shape({"measure": TEXT, "reason": TEXT})),
    }
)
_COST: Schema = {"type": "number", "minimum": 0}
_THROUGH = shape(
    {"node": ID, "kind": TEXT, "name": TEXT, "relation": TEXT, "shared_by": COUNT, "hub": FLAG},
)
_PATH = shape(
    {"length": COUNT, "nodes": listed(ref("Entity")), "edges": listed(ref("Edge"))},
    {"cost": _COST, "passing": _COST, "soft": FLAG, "simultaneous": FLAG, "through": listed(_THROUGH)},
)
_SEARCHED: Schema = {"enum": ["found", "none", "budget_spent"]}
_BUDGET = shape({"edges": COUNT, "scanned": COUNT})
_CHANGE = shape(
    {
        "seq": SEQ,
        "op": {"enum": ["add", "change", "withdraw"]},
        "entry": ID,
        "case_no": or_null(TEXT),
        "name": or_null(TEXT),
        "subject": or_null(ref("Entity")),
        "reason": or_null(TEXT),
        "fields": listed(TEXT),
        "date": or_null(TEXT),
        "evidence": PROOF,
    }
)
_ON_LIST = shape({"entry": ID, "subject": or_null(ref("Entity")), "status": or_null(TEXT), "evidence": PROOF})
_FACT = shape({"relation": TEXT, "span": listed(COUNT), "quote": TEXT})
_AUDIT_ROW = shape({"seq": COUNT, "at": TEXT, "who": TEXT, "role": TEXT, "action": TEXT, "persons": listed(ID)})
_SCREENED = shape(
    {
        "row": TEXT,
        "outcome": {"enum": ["hit", "needs_review", "no_hit", "invalid"]},
        **{name: TEXT for name in ("name", "uscc", "id_mask", "lists", "entries", "why")},
    }
)
_OF_RECORD = shape({"id": ID, "kind": TEXT, "displayed": FLAG, "props": {"type": "object"}})
_CELL = shape({"field": TEXT, "title": TEXT, "value": TEXT})

#: Method and path below the prefix -> the body of a good answer.
ANSWERS: Mapping[str, Schema] = {
    "get /search": page_of(ref("Entity"), **TIMES),
    "get /entities/{id}": _FILE,
    "get /entities/{id}/expansions": page_of(_COUNTED, entity=ref("Entity"), **TIMES),
    "get /entities/{id}/records": page_of(ref("Record"), entity=ref("Entity"), **TIMES),
    "get /entities/{id}/chain": page_of(ref("ChainedCase"), entity=ref("Entity"), **TIMES),
    "get /entities/{id}/neighbours": page_of(shape({"node": ref("Entity"), "edge": ref("Edge")}), **TIMES),
    "get /entities/{id}/edges/{edge}": shape(
        {"edge": ref("Edge"), "from": ref("Entity"), "to": ref("Entity"), "claims": listed(ref("Claim")), **TIMES}
    ),
    "get /entities/{id}/measures": _REACH,
    **ownership.ANSWERS,
    "get /paths": shape(
        {"from": ref("Entity"), "to": ref("Entity"), "paths": listed(_PATH), "total": COUNT, "next": NEXT, **TIMES},
        {"rank": {"enum": ["hops", "evidence"]}, "soft": FLAG, "ever": FLAG, "searched": _SEARCHED, "budget": _BUDGET},
    ),
    "post /links": shape(
        {
            "subjects": listed(ref("Entity")),
            "unresolved": listed(shape({"line": COUNT, "status": COUNT, "title": TEXT})),
            "max_depth": COUNT,
            "ever": FLAG,
            **dict.fromkeys(("pairs", "linked", "unlinked", "undecided", "total"), COUNT),
            "next": NEXT,
            "links": listed(shape({"from": ID, "to": ID, "path": _PATH})),
            "searched": _SEARCHED,
            "budget": _BUDGET,
            **TIMES,
        }
    ),
    "get /records/{id}": shape(
        {
            "record": _OF_RECORD,
            "linked": listed(shape({"relation": TEXT, "entity": ref("Entity")})),
            "evidence": PROOF,
            "claims": listed(ref("Claim")),
            **TIMES,
        }
    ),
    "get /rows/{seq}": shape(
        {
            "row": ref("Evidence"),
            "record": or_null(ref("Entity")),
            "cells": listed(_CELL),
            "claims": listed(ref("Claim")),
            **TIMES,
        }
    ),
    "get /documents": page_of(ref("FoundDocument"), words=listed(TEXT), **TIMES),
    "get /documents/{sha256}/text": shape(
        {
            "sha256": HASH,
            "document": ref("Entity"),
            "extractor": TEXT,
            "text": TEXT,
            "facts": listed(_FACT),
            **TIMES,
        }
    ),
    "get /lists/{id}": page_of(_ON_LIST, list=TEXT, source=TEXT, **TIMES),
    "get /lists/{id}/delta": shape(
        {"list": TEXT, "since": SEQ, "known_at": SEQ, "total": COUNT, "next": NEXT, "changes": listed(_CHANGE)}
    ),
    "get /batches": page_of(ref("Receipt")),
    "post /batches": ref("Receipt"),
    "post /screening": page_of(_SCREENED, **TIMES),
    **checks.ANSWERS,
    "get /audit": page_of(_AUDIT_ROW),
    **cases.ANSWERS,
    "get /reviews": page_of(ref("Review"), **TIMES),
    "get /reviews/{id}": shape({"review": ref("Review"), **TIMES}),
    "post /reviews/{id}": shape(
        {"seq": SEQ, "kind": {"enum": ["accept", "correct", "refuse", "undo"]}, "id": TEXT, "known_at": SEQ}
        | {"state": or_null(TEXT), "review": ref("Review"), "warnings": listed(TEXT)},
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

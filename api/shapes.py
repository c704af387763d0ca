"""Building stones of the shapes in the OpenAPI document (JSON Schema 2020-12)."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
SEQ: Schema = {"type": "integer", "minimum": 0, "description": "sequence of the ledger"}
FLAG: Schema = {"type": "boolean"}
ID: Schema = {"type": "string", "pattern": "^n[0-9a-f]{23}$"}
HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def listed(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def shape(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    return {"type": "object", "required": sorted(required), "properties": {**required, **(optional or {})}}


NEXT: Schema = or_null({"type": "string", "description": "goes back as `cursor`"})
LAST: Schema = or_null(DAY)
PROOF = listed(ref("Evidence"))

#: What every answer from the graph says of itself.
TIMES: Mapping[str, Schema] = {"as_of": DAY, "known_at": SEQ, "truncated": FLAG, "explored": COUNT}

EDGE: Mapping[str, Schema] = {
    "id": {"type": "string", "pattern": "^e[0-9a-f]{23}$"},
    "relation": TEXT,
    "from": ID,
    "to": ID,
    "valid_from": LAST,
    "valid_to": LAST,
    "match": {"enum": ["exact", "confirmed", "candidate"]},
    "evidence": PROOF,
}

LINKED: Schema = {
    "allOf": [ref("Edge"), shape({"entity": ref("Entity"), "direction": {"enum": ["in", "out"]}})],
}


def page_of(results: Schema, **more: Schema) -> Schema:
    return shape({"total": COUNT, "next": NEXT, "results": listed(results), **more})

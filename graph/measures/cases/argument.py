"""What a case of a measure rests on: the row of the catalogue, the subject, the party, records, documents and roles.

Kept with the case as they were, so that it can be told what somebody decided on, and so that a change shows: the hash
of an argument is equal as long as law, parties, records and the documents that name somebody are.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from graph.measures.answers import Proposal
from graph.measures.catalogue import Catalogue, Measure
from graph.model.jsontext import dump_sorted
from graph.store.base import Edge, Node


@cache
def rule_hash(measure: Measure) -> str:
    """The hash of a row of the catalogue: another text of it is another rule."""
    return _hash({name: str(value) for name, value in asdict(measure).items()})


def _hash(value: object) -> str:
    return hashlib.sha256(dump_sorted(value).encode()).hexdigest()


def primary(node: Node) -> str:
    """The key by which a case knows a subject: the first of its keys, which no other subject has."""
    return node.keys[0]


def _who(node: Node) -> dict[str, Any]:
    return {"keys": list(node.keys), "kind": node.kind, "name": node.name}


def _record(record: Node) -> dict[str, Any]:
    props = {name: record.props[name] for name in sorted(record.props)}
    return {"key": primary(record), "kind": str(record.props.get("record_kind", "")), "content": _hash(props)}


def _ground(edge: Edge) -> dict[str, Any]:
    told: dict[str, Any] = {"relation": edge.relation, "from": edge.valid_from, "to": edge.valid_to}
    return told | {"claims": list(edge.claims)}


def argument_of(proposal: Proposal, subject: Node, measure: Measure, catalogue: Catalogue) -> dict[str, Any]:
    """The argument as it is kept: plain JSON, no ID number."""
    return {
        "measure": measure.id,
        "act": measure.act,
        "name": measure.name_zh,
        "basis": measure.legal_basis,
        "term": measure.term,
        "rule": rule_hash(measure),
        "catalogue": catalogue.version,
        "subject": _who(subject),
        "party": _who(proposal.party),
        "role": proposal.role,
        "hop": proposal.hop,
        "mode": proposal.mode,
        "until": proposal.until,
        "to_check": list(proposal.to_check),
        "records": [_record(record) for record in proposal.records],
        "grounds": [_ground(edge) for edge in proposal.grounds],
        "deciding": measure.deciding_body,
        "implementing": list(measure.implementing_department),
    }


def ground_of(argument: Mapping[str, Any]) -> str:
    """The hash of what somebody decides on. Names and claims may change without it: they say the same again."""
    grounds = sorted((g["relation"], g["from"] or "", g["to"] or "") for g in argument["grounds"])
    records = sorted((r["key"], r["content"]) for r in argument["records"])
    return _hash([argument["rule"], argument["mode"], argument["role"], argument["until"], records, grounds])

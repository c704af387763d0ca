"""Facts in the exchange form of the public judgment annotation: plain JSON, names as printed, sums in yuan.

``annotation`` is what ``creditgraph extract`` writes. Relations that wait for a person stand in it too, from
``LEAST`` on: the form has no place for a confidence, the graph keeps it.
"""

import re
from typing import Any

from nlp.facts import Found, JudgmentFacts, Party

#: Roles of the form; any other is told as the nearest of them.
_ROLES = {
    "案外人": "异议人", "利害关系人": "异议人", "申诉人": "再审申请人", "被申诉人": "被申请人", "抗诉机关": "公诉机关",
    "债务人": "被申请人", "债权人": "申请人", "起诉人": "原告", "罪犯": "被告人", "当事人": "被申请人",
}  # fmt: skip
_FORM_RELATIONS = frozenset({"legal_rep_of", "guarantor_for", "shareholder_of", "debtor_of"})

#: Facts of less confidence are not told.
LEAST = 0.5


def yuan(fen: int) -> str:
    """``fen`` as decimal yuan without idle zeros: 2889510 → 28895.1."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


def _value(found: Found | None) -> str | None:
    return found.value if found else None


def _party(party: Party) -> dict[str, Any]:
    return {
        "name": party.name,
        "role": _ROLES.get(party.role, party.role),
        "kind": party.kind,
        "id_number": _value(party.id_number),
        "uscc": _value(party.uscc),
        "legal_rep": _value(party.legal_rep),
        "address": _value(party.address),
    }


def _relations(facts: JudgmentFacts) -> list[dict[str, Any]]:
    found: dict[tuple[str, ...], dict[str, Any]] = {}

    def add(kind: str, source: str, target: str, fen: int | None = None) -> None:
        amount = {"amount": yuan(fen)} if fen is not None else {}
        found.setdefault(
            (kind, source, target, *amount.values()), {"type": kind, "from": source, "to": target} | amount
        )

    for party in facts.parties:
        if party.legal_rep and party.kind != "person":
            add("legal_rep_of", party.legal_rep.value, party.name)
    for agent in facts.agents:
        for principal in agent.for_parties:
            add("agent_of", agent.name, principal)
    for relation in facts.relations:
        if relation.type in _FORM_RELATIONS and relation.confidence >= LEAST:
            add(relation.type, relation.source.value, relation.target.value, relation.amount)
    return list(found.values())


def annotation(facts: JudgmentFacts, text: str) -> dict[str, Any]:
    """The facts of ``text`` as one JSON object in the form of the public annotation."""
    amounts: dict[str, str] = {}
    for amount in facts.amounts:
        amounts.setdefault(yuan(amount.fen), amount.what)
    return {
        "doc": {
            "case_no": _value(facts.case_no),
            "court": _value(facts.court),
            "doc_type": re.sub(r"\s", "", facts.doc_type.value) if facts.doc_type else None,
            "judgment_date": _value(facts.judgment_date),
            "cause": _value(facts.cause),
        },
        "parties": [_party(party) for party in facts.parties],
        "agents": [
            {"name": agent.name, "firm": _value(agent.firm), "for": list(agent.for_parties)}
            for agent in facts.agents
            if agent.for_parties
        ],
        "relations": _relations(facts),
        "amounts": [{"value_yuan": value, "what": what} for value, what in amounts.items()],
        "statutes": [{"law": one.law, "article": one.article} for one in facts.statutes],
        "judges": [{"name": one.name, "title": one.title} for one in facts.judges],
        "entities": [
            {"start": one.start, "end": one.end, "label": one.label, "text": one.text} for one in facts.entities
        ],
    }

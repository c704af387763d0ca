"""Objections (征信业管理条例 Art. 25; local rules): marked at once and until they are answered."""

from graph.model.claims import RESTRICTED, Claim
from graph.model.effects import Effect
from ingest.citations import Citation
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, key_of, need_number, props_of, reference, subject
from ingest.problems import Problem

#: How the edge to the record objected to is called.
RELATION = "objects_to"

_CLOSED = Openness(RESTRICTED)
_OWN = "本人"


def _is_own(fields: Fields) -> bool:
    return fields.get("claimant", _OWN) == _OWN


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """Who objects in his own name needs a number: it tells whose record is meant."""
    return need_number(fields, "subject", "申请人代码") if _is_own(fields) else None


def cited(fields: Fields) -> tuple[Citation, ...]:
    """The record objected to: the claimant's own or, when another speaks, the only one of that number."""
    key = key_of(fields, "subject") if _is_own(fields) else None
    source = fields.get("record_source", "")
    return (Citation("record", fields["record_no"], key or "", source=source, title="异议记录文号"),)


def effects(fields: Fields) -> list[Effect]:
    """Objected from the day it was submitted to the day of the answer, and what the answer takes away."""
    since, until = fields["submitted"], fields.get("replied", "")
    result = fields.get("result")
    if not result:
        return [Effect("objected", since)]
    found = [Effect("objected", since, until or since)]
    if result == "移出名单":
        found.append(Effect("withdrawn", until or since))
    elif result == "停止公开":
        found.append(Effect("stopped", until or since))
    return found


def references(fields: Fields) -> References:
    """The claimant, when he speaks for himself, and the record."""
    return References(reference(fields) if _is_own(fields) else (), cited=cited(fields))


def meta(fields: Fields) -> Meta:
    """The number of the objection, who handles it, and the day."""
    return Meta(fields["objection_no"], fields.get("handler"), fields.get("replied") or fields.get("submitted"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The objection, about its claimant when he speaks for himself; the edge to the record follows later."""
    props = props_of(
        fields, document_no="objection_no", record_no="record_no", date="submitted", ground="ground", due="due",
        result="result", replied="replied", claimant="claimant", issuer="handler",
    )  # fmt: skip
    record = Record.start(rec_key, "objection", fields["objection_no"], props | {"source": "objections"}, _CLOSED)
    key = key_of(fields, "subject") if _is_own(fields) else None
    if key:
        record.claims.append(subject(fields, "subject", key, fields.get("subject_name", ""), _CLOSED))
        record.edge("about", key, confirmed="assigned_key" in fields)
    return record.claims

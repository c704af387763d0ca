"""Honours and red lists. An entry is suspended while its subject is on a severe list: told when read, never stored."""

from graph.model.claims import PUBLIC, RESTRICTED, Claim
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, end_of, key_of, need_number, props_of, reference, subject
from ingest.problems import Problem

#: The honour that is a record kind of its own, with measures of its own.
_GRADE_A = ("A级纳税人", "纳税信用A级", "纳税缴费信用A级", "A级纳税信用")


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The subject needs a number."""
    return need_number(fields, "subject", "主体代码")


def references(fields: Fields) -> References:
    """The subject."""
    return References(reference(fields))


def meta(fields: Fields) -> Meta:
    """The decision, who took it and when."""
    return Meta(fields.get("document_no"), fields.get("authority_name"), fields["granted"])


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The entry about its subject; that of a natural person is seen with his consent only."""
    key = key_of(fields, "subject")
    assert key, "checked"
    props = props_of(
        fields, document_no="document_no", date="granted", active_from="granted", honour="honour", basis="basis",
        issuer="authority_name", end_reason="cancel_reason",
    )  # fmt: skip
    kind = "tax_rating_A" if fields["honour"].upper() in _GRADE_A else "red_list"
    props |= {"source": "red-list", "record_kind": kind, "list": "red"}
    until = end_of(props, (fields.get("cancelled"), "withdrawn"), (fields.get("valid_until"), "expired"))
    openness = Openness(RESTRICTED if key.startswith("pid:") else PUBLIC, until)
    record = Record.start(rec_key, "list_entry", f"red {fields['honour']}", props, openness)
    record.claims.append(subject(fields, "subject", key, fields["subject_name"], openness))
    record.edge("about", key, confirmed="assigned_key" in fields)
    return record.claims

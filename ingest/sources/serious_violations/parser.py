"""The list of serious violations of market supervision (L02; 总局令44号): an entry by decision, on a penalty."""

from graph.model.claims import Claim
from graph.model.effects import Effect
from ingest.citations import Citation
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, end_of, key_of, need_number, props_of, reference, subject
from ingest.problems import Problem

#: How the edge to the penalty that the listing rests on is called.
RELATION = "based_on"


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The listed subject needs a number."""
    return need_number(fields, "subject", "统一社会信用代码/证件号")


def references(fields: Fields) -> References:
    """The subject. The penalty that the decision names may still be on its way."""
    return References(reference(fields))


def cited(fields: Fields) -> tuple[Citation, ...]:
    """The penalty of the same subject; the edge to it follows when it has come."""
    key, number = key_of(fields, "subject"), fields.get("penalty_no")
    return (Citation("record", number, key, kinds=("penalty",), title="关联处罚文书号"),) if key and number else ()


def effects(fields: Fields) -> list[Effect]:
    """A listing does nothing to the penalty."""
    return []


def meta(fields: Fields) -> Meta:
    """The decision, the authority and the day of listing."""
    return Meta(fields.get("document_no"), fields.get("authority_name"), fields.get("listed"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The entry about its subject; open while it is listed."""
    key = key_of(fields, "subject")
    assert key, "checked"
    props = props_of(
        fields, document_no="document_no", date="listed", active_from="listed", ground="ground",
        penalty_no="penalty_no", issuer="authority_name", end_reason="removal_reason",
    )  # fmt: skip
    props |= {"source": "serious-violations", "record_kind": "serious_illegal_list", "list": "L02"}
    until = end_of(props, (fields.get("removed"), "withdrawn"))
    record = Record.start(rec_key, "list_entry", f"L02 {fields['document_no']}", props, Openness(until=until))
    record.claims.append(subject(fields, "subject", key, fields["subject_name"], record.openness))
    record.edge("about", key, confirmed="assigned_key" in fields)
    return record.claims

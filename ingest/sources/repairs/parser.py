"""Repairs (NDRC Order 36): who asked for which record, and what was decided. A repaired record is archived."""

from graph.model.claims import RESTRICTED, Claim
from graph.model.effects import Effect
from ingest.citations import Citation
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, key_of, need_number, props_of, reference, subject
from ingest.problems import Problem

#: How the edge to the repaired record is called.
RELATION = "repairs"

_CLOSED = Openness(RESTRICTED)
#: Kind of information -> node kinds and lists that it can mean; severe lists are those of severe_list_any.
_KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "行政处罚": (("penalty",), ()),
    "严重失信主体名单": (("list_entry",), ("L01", "L02", "L05", "L06")),
    # An individual trader is marked and on no list.
    "异常名录": (("list_entry",), ("L03", "")),
    "其他失信信息": ((), ()),
}


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The applicant needs a number."""
    return need_number(fields, "subject", "申请主体代码")


def cited(fields: Fields) -> tuple[Citation, ...]:
    """The record to be repaired, one of the applicant's own."""
    kinds, lists = _KINDS[fields.get("info_kind", "其他失信信息")]
    key = key_of(fields, "subject") or ""
    return (Citation("record", fields["record_no"], key, kinds=kinds, lists=lists, title="关联记录文号"),)


def effects(fields: Fields) -> list[Effect]:
    """A granted repair ends the record from the day of the decision; one revoked for cheating has no effect."""
    if fields.get("decision") != "准予":
        return []
    stops = [fields[name] for name in ("publish_stopped", "share_stopped", "measures_released") if fields.get(name)]
    return [Effect("repaired", fields.get("decided") or min(stops, default=fields.get("received", "")))]


def references(fields: Fields) -> References:
    """The applicant and the record."""
    return References(reference(fields), cited=cited(fields))


def meta(fields: Fields) -> Meta:
    """The number of the application, who decides, and the day."""
    return Meta(fields["apply_no"], fields.get("authority_name"), fields.get("decided") or fields.get("received"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The application about the applicant; the edge to the record follows when both are read together."""
    key = key_of(fields, "subject")
    assert key, "checked"
    props = props_of(
        fields, document_no="apply_no", record_no="record_no", date="received", decided="decided",
        decision="decision", severity="severity", channel="channel", issuer="authority_name",
    )  # fmt: skip
    record = Record.start(rec_key, "repair", fields["apply_no"], props | {"source": "repairs"}, _CLOSED)
    record.claims.append(subject(fields, "subject", key, fields["subject_name"], _CLOSED))
    record.edge("about", key, confirmed="assigned_key" in fields)
    return record.claims

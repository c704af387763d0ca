"""The list of abnormal operations (L03; 企业信息公示暂行条例 Art. 17). Individual traders are marked, not listed."""

from graph.model.claims import Claim
from ingest.judge import References
from ingest.parties import (
    Fields,
    Meta,
    Openness,
    Record,
    end_of,
    key_of,
    kind_of,
    need_number,
    props_of,
    reference,
    subject,
)
from ingest.problems import Problem


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The enterprise needs a code."""
    return need_number(fields, "subject", "统一社会信用代码")


def references(fields: Fields) -> References:
    """The enterprise."""
    return References(reference(fields))


def meta(fields: Fields) -> Meta:
    """Who listed it, and when; there is no document number."""
    return Meta(None, fields.get("authority_name"), fields["listed"])


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The entry about the enterprise; open while it is listed."""
    key = key_of(fields, "subject")
    assert key, "checked"
    props = props_of(
        fields, date="listed", active_from="listed", ground="ground", issuer="authority_name",
        end_reason="removal_reason",
    )  # fmt: skip
    # Where the row does not say it, the code does.
    trader = kind_of(key) == "individual_business"
    marked = fields.get("marked", "yes" if trader else "no") == "yes"
    props |= {"source": "abnormal-operations", "record_kind": "abnormal_mark" if marked else "abnormal_list"}
    if not marked:
        props["list"] = "L03"
    until = end_of(props, (fields.get("removed"), "withdrawn"))
    record = Record.start(rec_key, "list_entry", f"L03 {fields['listed']}", props, Openness(until=until))
    record.claims.append(subject(fields, "subject", key, fields["subject_name"], record.openness))
    record.edge("about", key, confirmed="assigned_key" in fields)
    return record.claims

"""Administrative licences (行政许可法; 双公示): the decision, whom it permits what, until when."""

from graph.model.claims import PUBLIC, RESTRICTED, SHARED, Claim
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, end_of, key_of, need_number, props_of, reference, subject
from ingest.problems import Problem

#: States in which the licence no longer holds, in the words of either form.
_VOID = ("无效", "撤销")


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The holder needs a number."""
    return need_number(fields, "subject", "行政相对人代码_1(统一社会信用代码)")


def references(fields: Fields) -> References:
    """The holder and, where it has a code, the authority."""
    code = fields.get("authority_uscc")
    return References(reference(fields), (f"uscc:{code}",) if code else ())


def meta(fields: Fields) -> Meta:
    """The decision, the authority and the day."""
    return Meta(fields.get("document_no"), fields.get("authority_name"), fields.get("decided"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The licence about its holder, by its authority."""
    key = key_of(fields, "subject")
    assert key, "checked"
    props = props_of(
        fields, document_no="document_no", date="decided", active_from="valid_from", licence_no="licence_no",
        certificate="certificate_name", kinds="licence_kinds", content="content", issuer="authority_name",
    )  # fmt: skip
    props |= {"source": "licences", "record_kind": "licence"}
    until = end_of(props, (fields.get("valid_until"), "expired"))
    void = fields.get("state") in _VOID
    if void:
        props |= {"ended": "yes", "end_kind": "revoked"}
    # The form of 2015/16 does not say of what kind the holder is.
    person = fields.get("subject_kind") == "自然人" or key.startswith("pid:")
    level = SHARED if person else PUBLIC
    record = Record.start(
        rec_key, "licence", fields["document_no"], props, Openness(RESTRICTED if void else level, until)
    )
    record.claims.append(subject(fields, "subject", key, fields["subject_name"], record.openness))
    record.edge("about", key, confirmed="assigned_key" in fields)
    if fields.get("authority_uscc"):
        record.edge("issued_by", f"uscc:{fields['authority_uscc']}")
    return record.claims

"""Administrative penalties (行政处罚法; 双公示): the decision, whom it is about, who took it."""

from decimal import Decimal

from graph.model.claims import PUBLIC, RESTRICTED, SHARED, Claim
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, key_of, need_number, own_key, props_of, subject
from ingest.problems import Problem

#: Who may see a decision, in the words of the form of 2015/16.
_SCOPES = {"仅政务共享": SHARED, "仅查询": RESTRICTED}


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The penalised subject needs a number."""
    return need_number(fields, "subject", "行政相对人代码_1(统一社会信用代码)")


def references(fields: Fields) -> References:
    """The subject (names of persons are not compared) and the authority."""
    key = key_of(fields, "subject")
    name = None if not key or key.startswith("pid:") else fields.get("subject_name")
    return References(((key, name),) if key else (), (f"uscc:{fields['authority_uscc']}",))


def meta(fields: Fields) -> Meta:
    """The decision, the authority and the day."""
    return Meta(fields.get("document_no"), fields.get("authority_name"), fields.get("decided"))


def _amount(fields: Fields) -> str | None:
    """Fine and confiscation together, in yuan."""
    parts = [Decimal(fields[name]) for name in ("fine_yuan", "confiscated_yuan") if fields.get(name)]
    return f"{sum(parts, Decimal()).normalize():f}" if parts else None


def _level(fields: Fields, key: str) -> int:
    """As open as the form of 2015/16 says; that of a person, which this form does not call one, never to the public."""
    person = fields.get("subject_kind") == "自然人" or key.startswith("pid:")
    return max(SHARED if person else PUBLIC, _SCOPES.get(fields.get("openness", ""), PUBLIC))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The decision about its subject, by its authority."""
    key = own_key(fields, "subject")
    props = props_of(
        fields, document_no="document_no", date="decided", active_from="decided", active_to="shown_until",
        violation="violation", kinds="penalty_kinds", basis="basis", content="content", issuer="authority_name",
    )  # fmt: skip
    props |= {"source": "penalties", "record_kind": "penalty_decision", "end_kind": "expired"}
    amount = _amount(fields)
    if amount is not None:
        props["amount_yuan"] = amount
    void = fields.get("state") == "撤销"
    if void:
        props |= {"ended": "yes", "end_kind": "revoked"}
    level = RESTRICTED if void else _level(fields, key)
    record = Record.start(rec_key, "penalty", fields["document_no"], props, Openness(level, fields.get("shown_until")))
    record.claims.append(subject(fields, "subject", key, fields["subject_name"], record.openness))
    record.edge("about", key, confirmed="assigned_key" in fields)
    record.edge("issued_by", f"uscc:{fields['authority_uscc']}")
    return record.claims

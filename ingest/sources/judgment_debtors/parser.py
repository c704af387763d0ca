"""Judgment debtors: who is under execution. A record, never a list."""

from graph.model.claims import SHARED, Claim
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, key_of, need_number, own_key, props_of, subject
from ingest.problems import Problem


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The debtor needs a number."""
    return need_number(fields, "subject", "证件号/组织机构代码")


def references(fields: Fields) -> References:
    """The debtor; names of persons are not compared."""
    key = key_of(fields, "subject")
    name = None if not key or key.startswith("pid:") else fields.get("subject_name")
    return References(((key, name),) if key else ())


def meta(fields: Fields) -> Meta:
    """The case, its court and the day of filing."""
    return Meta(fields.get("case_no"), fields.get("court_name"), fields.get("filed"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The record about its debtor, in its case, by its court."""
    key = own_key(fields, "subject")
    props = props_of(
        fields, document_no="case_no", case_no="case_no", date="filed", active_from="filed",
        amount_yuan="amount_yuan", case_state="case_state", issuer="court_name",
    )  # fmt: skip
    props |= {"source": "judgment-debtors", "record_kind": "judgment_debtor"}
    if fields.get("case_state") == "已结案":
        props |= {"ended": "yes", "end_kind": "expired"}
    record = Record.start(rec_key, "judgment_debtor", fields["case_no"], props, Openness(SHARED))
    record.claims.append(subject(fields, "subject", key, fields["subject_name"], record.openness))
    record.edge("about", key, confirmed="assigned_key" in fields)
    record.case(fields["case_no"])
    record.court(fields.get("court_name"))
    return record.claims

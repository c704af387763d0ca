"""Intermediaries: a label on an organisation whose kind stays, and a certificate for each category it serves in."""

from dataclasses import replace

from graph.model.claims import Claim
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, end_of, key_of, need_number, props_of, reference, subject
from ingest.problems import Problem


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The organisation needs a code."""
    return need_number(fields, "subject", "统一社会信用代码")


def references(fields: Fields) -> References:
    """The organisation."""
    return References(reference(fields))


def meta(fields: Fields) -> Meta:
    """The number of the qualification and who gave it."""
    return Meta(fields.get("licence_no"), fields.get("issuer"), None)


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The certificate about the organisation, and the label."""
    key = key_of(fields, "subject")
    assert key, "checked"
    props = props_of(
        fields, document_no="licence_no", category="category", certificate="licence", grade="grade_of_licence",
        issuer="issuer", services="services", evaluation="evaluation", valid_to="valid_until",
    )  # fmt: skip
    props["source"] = "intermediaries"
    end_of(props, (fields.get("valid_until"), "expired"))
    name = f"{fields['category']} {fields.get('licence_no', '')}".strip()
    record = Record.start(rec_key, "certificate", name, props, Openness())
    firm = subject(fields, "subject", key, fields["subject_name"], record.openness)
    record.claims.append(replace(firm, labels=("intermediary",)))
    record.edge("about", key, confirmed="assigned_key" in fields)
    return record.claims

"""Practitioners: a label on a person, his certificate, and where he practises by it.

The certificate is a key of the person (``cert:``), so that a report that names
it finds him. A certificate without an ID number is nobody's.
"""

from dataclasses import replace
from functools import cache

from graph.model.claims import PUBLIC, RESTRICTED, SHARED, Claim, EdgeClaim, Mention
from graph.model.vocab import table
from ingest.citations import certificate_key
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, end_of, key_of, need_number, props_of, reference, subject
from ingest.problems import Problem

#: A class of openness as a row may state it -> level; anything else known is closed.
_CLASSES = {"OPEN": PUBLIC, "GOV_SHARED": SHARED}
#: States by which the registration has ended; the source does not tell the day.
_ENDED = ("注销", "吊销", "撤销")


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The person needs a number: the certificate alone is known, its holder is not."""
    return need_number(fields, "subject", "证件号码")


def references(fields: Fields) -> References:
    """The institution, where it has a code."""
    return References(reference(fields, "employer"))


def meta(fields: Fields) -> Meta:
    """The number of the certificate and who gave it."""
    return Meta(fields["cert_no"], fields.get("issuer"), fields.get("first_registered"))


@cache
def _register_of(category: str) -> str:
    """How open the register of a category is."""
    return next(row["openness_default"] for row in table("practitioner_categories") if row["id"] == category)


def _level(fields: Fields) -> int:
    """How open a certificate is: as the row states, else as the register of its category is."""
    stated = fields.get("openness", "").upper()
    if stated:
        return _CLASSES.get(stated, RESTRICTED)
    return PUBLIC if _register_of(fields["category"]).startswith("public") else RESTRICTED


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The certificate about its holder, the label, and the practice while the registration stands."""
    person = key_of(fields, "subject")
    assert person, "checked"
    openness = Openness(_level(fields))
    props = props_of(
        fields, document_no="cert_no", category="category", grade="grade", specialty="specialty", issuer="issuer",
        status="status", date="first_registered", active_from="first_registered", valid_to="valid_until",
        employer="employer_name",
    )  # fmt: skip
    props["source"] = "practitioners"
    end_of(props, (fields.get("valid_until"), "expired"))
    ended = fields.get("status") in _ENDED
    if ended:
        props |= {"ended": "yes", "end_kind": "withdrawn" if fields["status"] == "注销" else "revoked"}
    record = Record.start(rec_key, "certificate", f"{fields['category']} {fields['cert_no']}", props, openness)
    cert = certificate_key(fields["cert_no"], fields["category"], fields.get("issuer", ""))
    holder = subject(fields, "subject", person, fields["subject_name"], openness, "person")
    record.claims.append(replace(holder, mention=Mention((person, cert)), labels=("practitioner",)))
    record.edge("about", person, confirmed="assigned_key" in fields)
    employer = key_of(fields, "employer")
    if employer:
        record.claims.append(subject(fields, "employer", employer, fields.get("employer_name", ""), openness))
    if employer and not ended:
        ends = Mention((person,)), Mention((employer,))
        term = fields.get("first_registered"), fields.get("valid_until")
        told = props_of(fields, category="category", status="status")
        record.claims.append(EdgeClaim("practises_at", *ends, *term, props=told, level=openness.level))
    return record.claims

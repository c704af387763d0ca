"""Reports of intermediaries: who prepared one, who signed it by which certificate, who commissioned it."""

from graph.model.claims import SHARED, Claim
from ingest.citations import Citation
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, key_of, need_number, props_of, reference, subject
from ingest.problems import Problem

_OPEN = Openness(SHARED)


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """Institution and client need a number."""
    found = need_number(fields, "agency", "机构统一社会信用代码")
    return found or need_number(fields, "client", "委托单位统一社会信用代码")


def cited(fields: Fields) -> tuple[Citation, ...]:
    """The certificate of who signed; its key is kept in ``signer_key``."""
    number = fields.get("signer_cert")
    if not number:
        return ()
    unit, name = key_of(fields, "agency") or "", fields.get("signer_name", "")
    return (Citation("certificate", number, unit, name=name, field="signer_key", title="执业人员证号"),)


def references(fields: Fields) -> References:
    """Institution, client and the certificate."""
    return References((*reference(fields, "agency"), *reference(fields, "client")), cited=cited(fields))


def meta(fields: Fields) -> Meta:
    """The number of the report, who prepared it and when."""
    return Meta(fields["report_no"], fields.get("agency_name"), fields.get("issued"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The report with the edges to institution, practitioner and client; who is not known stays a name."""
    props = props_of(
        fields, document_no="report_no", report_kind="kind", date="issued", project="project", conclusion="conclusion",
        issuer="agency_name",
    )  # fmt: skip
    props["source"] = "engagements"
    if not fields.get("signer_key"):
        props |= props_of(fields, signer="signer_name")
    record = Record.start(rec_key, "report", fields["report_no"], props, _OPEN)
    for party, relation in (("agency", "prepared_by"), ("client", "commissioned_by")):
        key = key_of(fields, party)
        assert key, "checked"
        record.claims.append(subject(fields, party, key, fields[f"{party}_name"], _OPEN))
        record.edge(relation, key)
    if fields.get("signer_key"):
        record.edge("signed_by", fields["signer_key"])
    return record.claims

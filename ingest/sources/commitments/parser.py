"""Commitments (国办发〔2020〕42号) and whether they were kept; one found false or broken counts against its maker."""

from graph.model.claims import PUBLIC, RESTRICTED, SHARED, Claim
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, end_of, key_of, need_number, props_of, reference, subject
from ingest.problems import Problem

_BROKEN = ("未履约", "不实承诺")


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """Who commits himself needs a number."""
    return need_number(fields, "subject", "承诺主体代码")


def references(fields: Fields) -> References:
    """Who commits himself and, where it has a code, the unit that took the commitment."""
    code = fields.get("authority_uscc")
    return References(reference(fields), (f"uscc:{code}",) if code else ())


def meta(fields: Fields) -> Meta:
    """The number of the commitment, who took it and when."""
    return Meta(fields["commitment_no"], fields.get("authority_name"), fields.get("made"))


def _level(fields: Fields, key: str) -> int:
    """Of a natural person: on authorised query only; else as the row says, without a word as its kind says."""
    if key.startswith("pid:"):
        return RESTRICTED
    is_open = fields.get("open", "公开" if fields.get("kind") == "主动公示型" else "不公开")
    return PUBLIC if is_open == "公开" else SHARED


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The commitment about its maker: until its term, or, when found broken, from the finding on."""
    key = key_of(fields, "subject")
    assert key, "checked"
    broken = fields.get("kept") in _BROKEN
    since = "found" if broken and fields.get("found") else "made"
    props = props_of(
        fields, document_no="commitment_no", date="made", active_from=since, type="kind", matter="matter",
        kept="kept", found="found", issuer="authority_name",
    )  # fmt: skip
    props |= {"source": "commitments", "record_kind": "false_commitment" if broken else "commitment"}
    until = None if broken else end_of(props, (fields.get("valid_until"), "expired"))
    record = Record.start(rec_key, "commitment", fields["commitment_no"], props, Openness(_level(fields, key), until))
    record.claims.append(subject(fields, "subject", key, fields["subject_name"], record.openness))
    record.edge("about", key, confirmed="assigned_key" in fields)
    return record.claims

"""Branches: a unit without legal personality, its company (公司法 Art. 13) and the person in charge."""

from graph.model.claims import Claim, EdgeClaim, Mention, Name, NodeClaim
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, key_or_context, props_of, subject
from ingest.problems import Problem

_OPEN = Openness(rank=90)


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """No further identity check: the register says who is who."""
    return None


def references(fields: Fields) -> References:
    """The company."""
    return References(((f"uscc:{fields['unit_uscc']}", fields.get("unit_name")),))


def meta(fields: Fields) -> Meta:
    """The day of establishment."""
    return Meta(None, None, fields.get("established"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """Branch, company, person in charge and the edges between them."""
    unit, branch = (Mention((f"uscc:{fields[name]}",)) for name in ("unit_uscc", "branch_uscc"))
    props = props_of(fields, uscc="branch_uscc", status="status", established="established")
    names = (Name(fields["branch_name"], False, fields.get("established")),)
    made: list[Claim] = [
        NodeClaim(branch, "branch", names, props, rank=_OPEN.rank),
        subject(fields, "unit", unit.best, fields.get("unit_name", ""), Openness()),
        EdgeClaim("branch_of", branch, unit, fields.get("established"), rank=_OPEN.rank),
    ]
    if fields.get("head_name"):
        key = key_or_context(fields, "head", fields["head_name"], branch.best)
        made.append(subject(fields, "head", key, fields["head_name"], Openness(rank=80), "person"))
        made.append(EdgeClaim("main_responsible_of", Mention((key,)), branch, rank=_OPEN.rank))
    return made

"""Branches: a unit without legal personality, its company (公司法 Art. 13) and the person in charge."""

from graph.model.claims import Claim, EdgeClaim, Mention, Name, NodeClaim
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, key_or_context, need_numbers, own_key, props_of, subject
from ingest.problems import Problem

_OPEN = Openness(rank=90)
_NUMBERS = {"unit": "统一社会信用代码", "branch": "分支机构统一社会信用代码"}


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """Company and branch need their codes."""
    return need_numbers(fields, _NUMBERS)


def references(fields: Fields) -> References:
    """The company."""
    return References(((own_key(fields, "unit"), fields.get("unit_name")),))


def meta(fields: Fields) -> Meta:
    """The day of establishment."""
    return Meta(None, None, fields.get("established"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """Branch, company, person in charge and the edges between them."""
    unit, branch = (Mention((own_key(fields, party),)) for party in _NUMBERS)
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

"""The register of market subjects: names and codes of a unit, and its legal representative as last seen."""

from graph.model.claims import Claim, EdgeClaim, Mention, Name, NodeClaim
from ingest.dates import former_names
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, key_or_context, kind_of, need_number, own_key, props_of, subject
from ingest.problems import Problem

_RANK = 90


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The unit needs a number; beyond that the register says who is who."""
    return need_number(fields, "unit", "统一社会信用代码")


def references(fields: Fields) -> References:
    """Nobody; a unit without a unified code is itself what another row must tell."""
    key = own_key(fields, "unit")
    return References() if key.startswith("uscc:") else References(((key, None),))


def meta(fields: Fields) -> Meta:
    """The registrar and the day of approval."""
    return Meta(None, fields.get("registrar"), fields.get("approved") or fields.get("established"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The unit with its cross-walk of codes; its legal representative, undated, seen on the day of approval."""
    key = own_key(fields, "unit")
    keys = [key, f"org:{key.removeprefix('uscc:')[8:17]}"] if key.startswith("uscc:") else [key]
    if fields.get("unit_reg_no"):
        keys.append(f"reg:{fields['unit_reg_no']}")
    unit = Mention(tuple(dict.fromkeys(keys)))
    former = former_names(fields.get("former_names", ""))
    since = max((n.valid_to for n in former if n.valid_to), default=fields.get("established"))
    props = props_of(
        fields, uscc="unit_uscc", reg_no="unit_reg_no", legal_form="legal_form", capital_yuan="capital_yuan",
        currency="currency", established="established", address="address", industry="industry",
        registrar="registrar", status="status", approved="approved",
    )  # fmt: skip
    names = (Name(fields["unit_name"], False, since), *former)
    made: list[Claim] = [NodeClaim(unit, kind_of(key), names, props, rank=_RANK)]
    if fields.get("legal_rep_name"):
        key = key_or_context(fields, "legal_rep", fields["legal_rep_name"], unit.best)
        made.append(subject(fields, "legal_rep", key, fields["legal_rep_name"], Openness(rank=_RANK), "person"))
        seen = fields.get("approved")
        made.append(EdgeClaim("legal_rep_of", Mention((key,)), unit, seen_on=seen, rank=_RANK))
    return made

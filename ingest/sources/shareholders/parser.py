"""Holdings as the register keeps them. A holder without a number stays in the company's context."""

from graph.model.claims import Claim, EdgeClaim, Mention
from ingest.judge import References
from ingest.parties import (
    Fields,
    Meta,
    Openness,
    key_of,
    key_or_context,
    kind_of,
    need_number,
    own_key,
    props_of,
    subject,
)
from ingest.problems import Problem

_OPEN = Openness(rank=80)


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The unit needs a code; a holder may be known by name only: he is then nobody outside this company."""
    return need_number(fields, "unit", "统一社会信用代码")


def references(fields: Fields) -> References:
    """The company and, where it has a code, the holder."""
    subjects = [(own_key(fields, "unit"), fields.get("unit_name"))]
    holder = key_of(fields, "holder")
    if holder and not holder.startswith("pid:"):
        subjects.append((holder, fields["holder_name"]))
    return References(tuple(subjects))


def meta(fields: Fields) -> Meta:
    """The day from which the holding is held."""
    return Meta(None, None, fields.get("holds_from") or fields.get("subscribed_on"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """Company, holder and the holding."""
    unit = own_key(fields, "unit")
    holder = key_or_context(fields, "holder", fields["holder_name"], unit)
    kind = "person" if fields.get("holder_type") == "自然人" else kind_of(holder)
    props = props_of(fields, capital_yuan="capital_yuan", holder_type="holder_type")
    if fields.get("share"):
        number = float(fields["share"])
        props["share"] = int(number) if number.is_integer() else number
    return [
        subject(fields, "unit", unit, fields.get("unit_name", ""), Openness()),
        subject(fields, "holder", holder, fields["holder_name"], _OPEN, kind),
        EdgeClaim(
            "shareholder_of", Mention((holder,)), Mention((unit,)), fields.get("holds_from"), fields.get("holds_to"),
            props=props, rank=_OPEN.rank,
        ),
    ]  # fmt: skip

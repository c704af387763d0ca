"""Departments: the register of authorities. A court among them is one subject with the court of its name."""

from graph.model.claims import Claim, Mention, Name, NodeClaim
from ingest.dates import former_names
from ingest.judge import References
from ingest.parties import Fields, Meta, court_key, need_number, own_key, props_of
from ingest.problems import Problem

_RANK = 90


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The department needs a code."""
    return need_number(fields, "unit", "统一社会信用代码")


def references(fields: Fields) -> References:
    """Cites nobody."""
    return References()


def meta(fields: Fields) -> Meta:
    """No document."""
    return Meta()


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """One node: department, or court where the name says so."""
    name = fields["unit_name"]
    keys = [own_key(fields, "unit")]
    if fields.get("dept_code"):
        keys.append(f"dept:{fields['dept_code']}")
    is_court = name.endswith("人民法院")
    if is_court:
        keys.append(court_key(name))
    former = former_names(fields.get("former_names", ""))
    names = (Name(name, False, max((n.valid_to for n in former if n.valid_to), default=None)), *former)
    props = props_of(fields, uscc="unit_uscc", dept_code="dept_code")
    return [NodeClaim(Mention(tuple(keys)), "court" if is_court else "department", names, props, rank=_RANK)]

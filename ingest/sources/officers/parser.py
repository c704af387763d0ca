"""Offices as the register keeps them, with the days from and to where it knows them."""

from graph.model.claims import Claim, EdgeClaim, Mention
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, key_or_context, need_number, own_key, subject
from ingest.problems import Problem

_OPEN = Openness(rank=80)

#: Office -> relation; the title is kept where a relation knows several.
_RELATIONS = {
    "legal_rep_of": ("法定代表人", "经营者"),
    "director_of": ("董事长", "副董事长", "执行董事", "董事", "独立董事", "职工董事"),
    "supervisor_of": ("监事", "监事会主席", "职工监事"),
    "manager_of": ("经理", "总经理", "副经理", "副总经理", "财务负责人", "董事会秘书", "高级管理人员"),
    "main_responsible_of": ("主要负责人", "负责人"),
    "actual_controller_of": ("实际控制人",),
}
_RELATION_OF = {title: relation for relation, titles in _RELATIONS.items() for title in titles}
_TITLED = ("director_of", "manager_of")


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """The unit needs a code; an officer may be known by name only: he is then nobody outside this unit."""
    return need_number(fields, "unit", "统一社会信用代码")


def references(fields: Fields) -> References:
    """The unit."""
    return References(((own_key(fields, "unit"), fields.get("unit_name")),))


def meta(fields: Fields) -> Meta:
    """The day from which the office is held."""
    return Meta(None, None, fields.get("from"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """Unit, person, and an edge for the office and one for the legal representation that the row marks."""
    unit = own_key(fields, "unit")
    person = key_or_context(fields, "person", fields["person_name"], unit)
    position = fields["position"]
    relations = {_RELATION_OF[position]: position}
    if fields.get("is_legal_rep") == "yes":
        relations.setdefault("legal_rep_of", position)
    made: list[Claim] = [
        subject(fields, "unit", unit, fields.get("unit_name", ""), Openness()),
        subject(fields, "person", person, fields["person_name"], _OPEN, "person"),
    ]
    for relation, title in relations.items():
        props: dict[str, str | int | float] = {"title": title} if relation in _TITLED else {}
        ends = (Mention((person,)), Mention((unit,)))
        made.append(EdgeClaim(relation, *ends, fields.get("from"), fields.get("to"), props=props, rank=_OPEN.rank))
    return made

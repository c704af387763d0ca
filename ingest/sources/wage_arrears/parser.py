"""The list of those who owe migrant workers their wages (L06; 保障农民工工资支付条例 Art. 48, 人社部令45号).

The decision lists the unit and each person it names with a number; a person
named without one is nobody's entry.
"""

import json

from graph.model.claims import PUBLIC, RESTRICTED, Claim
from graph.model.ids import adult_on
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, need_number, own_key, props_of, subject
from ingest.people import people_of
from ingest.problems import Problem


def _people(fields: Fields) -> list[tuple[str, str, str]]:
    """(name, role, prefix of the number field) of everybody the decision names."""
    named = [(fields["legal_rep_name"], "legal_rep", "legal_rep")] if fields.get("legal_rep_name") else []
    others = [(name, role, number.removesuffix("_id")) for name, role, number in people_of(fields, "person")]
    return [*named, *others]


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Who was 18 on the day of listing."""
    if "listed" not in fields:
        return {}
    return {
        f"{party}_adult": "yes" if adult_on(fields[f"{party}_id"], fields["listed"]) else "no"
        for _, _, party in _people(fields)
        if fields.get(f"{party}_id")
    }


def checks(fields: Fields) -> Problem | None:
    """The unit needs a code; persons without a number are kept as names."""
    return need_number(fields, "unit", "统一社会信用代码")


def references(fields: Fields) -> References:
    """The unit."""
    return References(((own_key(fields, "unit"), fields.get("unit_name")),))


def meta(fields: Fields) -> Meta:
    """The decision and its day."""
    return Meta(fields.get("document_no"), None, fields.get("listed"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The entry about the unit and about each person named with a number."""
    unit = own_key(fields, "unit")
    terms = (("removed", "withdrawn"), ("term_end", "expired"))
    ends = [(fields[name], kind) for name, kind in terms if name in fields]
    props = props_of(
        fields, document_no="document_no", date="listed", active_from="listed", amount_yuan="amount_yuan",
        ground="ground", workers="workers",
    )  # fmt: skip
    props |= {"source": "wage-arrears", "record_kind": "wage_arrears_list", "list": "L06"}
    if ends:
        props |= dict(zip(("active_to", "end_kind"), min(ends), strict=True))
    people = _people(fields)
    bare = [{"name": name, "role": role} for name, role, party in people if not fields.get(f"{party}_id")]
    if bare:
        props["named_only"] = json.dumps(bare, ensure_ascii=False)
    until = fields.get("term_end")
    openness = Openness(RESTRICTED if fields.get("removed") else PUBLIC, until)
    record = Record.start(rec_key, "list_entry", f"L06 {fields['document_no']}", props, openness)
    record.claims.append(subject(fields, "unit", unit, fields["unit_name"], openness))
    record.edge("about", unit)
    for name, role, party in people:
        key = fields.get(f"{party}_id")
        if key:
            record.claims.append(subject(fields, party, key, name, openness, "person"))
            record.edge("about", key)
            record.edge("names", key, role=role, adult=fields.get(f"{party}_adult", "no"))
    return record.claims

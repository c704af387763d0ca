"""Subjects of major tax violations (L05; 税务总局令54号) and announcements of tax arrears (税收征收管理法 Art. 44-45).

A person responsible for a published violation is a field of the record, not a
listed subject. Whom a notice stops at the border is never open to the public.
"""

import json

from graph.model.claims import RESTRICTED, Claim, EdgeClaim, Mention, NodeClaim
from graph.model.ids import adult_on
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, end_of, key_of, need_number, props_of, reference, subject
from ingest.problems import Problem

_ARREARS = "欠税公告"


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Whether whom the notice stops was 18 on the day of publication."""
    number = fields.get("exit_id")
    return {"exit_adult": "yes" if adult_on(number, fields["published"]) else "no"} if number else {}


def checks(fields: Fields) -> Problem | None:
    """The taxpayer needs a number."""
    return need_number(fields, "subject", "纳税人识别号")


def references(fields: Fields) -> References:
    """The taxpayer."""
    return References(reference(fields))


def meta(fields: Fields) -> Meta:
    """The day of publication; the notice at the border is not told here."""
    return Meta(None, None, fields["published"])


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The entry or announcement about its taxpayer, open until publication stops."""
    key = key_of(fields, "subject")
    assert key, "checked"
    arrears = fields["info_kind"] == _ARREARS
    props = props_of(
        fields, date="published", active_from="published", case_kind="case_kind", amount_yuan="amount_yuan",
        handling="handling",
    )  # fmt: skip
    props["source"] = "tax-serious"
    if arrears:
        props["record_kind"] = "tax_arrears_record"
    else:
        props |= {"record_kind": "major_tax_violation_decision", "list": "L05"}
    openness = Openness(until=end_of(props, (fields.get("stopped"), "expired")))
    kind, name = ("tax_notice", _ARREARS) if arrears else ("list_entry", "L05")
    record = Record.start(rec_key, kind, f"{name} {fields['published']}", props, openness)
    record.claims.append(subject(fields, "subject", key, fields["subject_name"], openness))
    record.edge("about", key, confirmed="assigned_key" in fields)
    if arrears:
        record.claims += _stopped_at_the_border(fields, rec_key)
    return record.claims


def _stopped_at_the_border(fields: Fields, rec_key: str) -> list[Claim]:
    """Whom the exit notice names; without a number he is a name on paper, without a name still who he is."""
    props, closed = props_of(fields, exit_notice_no="exit_notice_no"), Openness(RESTRICTED)
    person, name = fields.get("exit_id"), fields.get("exit_name", "")
    if name and not person:
        props["named_only"] = json.dumps([{"name": name, "role": ""}], ensure_ascii=False)
    record = Mention((rec_key,))
    made: list[Claim] = [NodeClaim(record, "tax_notice", (), props, level=RESTRICTED)] if props else []
    if person:
        made.append(subject(fields, "exit", person, name, closed, "person"))
        named = {"adult": fields.get("exit_adult", "no")}
        made.append(EdgeClaim("names", record, Mention((person,)), props=named, level=RESTRICTED))
    return made

"""Orders that restrict consumption (法释〔2015〕17号) and decisions that restrict exit (执行程序解释 Art. 23-25).

The person whom the order names is its subject. The unit of the order is a
property: it is the debtor of the case, and a person joins the two.
"""

from graph.model.claims import PUBLIC, RESTRICTED, Claim
from graph.model.ids import adult_on
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, key_of, need_number, props_of, subject
from ingest.problems import Problem, problem

_ORDER = "限制消费令"

_ROLES = {
    "被执行人本人": "subject",
    "法定代表人": "legal_rep",
    "主要负责人": "main_responsible",
    "影响债务履行的直接责任人员": "directly_responsible_debt",
    "实际控制人": "actual_controller",
}


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Whether the person was 18 on the day of publication; a minor may not be restricted.

    A file without that column is judged by the day of filing, the earlier one.
    """
    number, day = fields.get("person_id"), fields.get("published") or fields.get("filed")
    if not number or not day:
        return {}
    if not adult_on(number, day):
        return problem("minor", "", "under 18 on the day of publication: the order is held")
    return {"adult": "yes"}


def checks(fields: Fields) -> Problem | None:
    """The person needs a number, and the role must be one of the five that the law names."""
    found = need_number({**fields, "subject_id": fields.get("person_id", "")}, "subject", "身份证号")
    if found:
        return found
    if "role" in fields and fields["role"] not in _ROLES:
        return problem("role_not_in_law", "限制身份", "the law names five roles; relatives are none of them")
    return None


def references(fields: Fields) -> References:
    """The unit of the order, where it has a code; it may be told before the register knows it."""
    unit = fields.get("unit_uscc")
    return References(((f"uscc:{unit}", fields.get("unit_name")),) if unit else ())


def meta(fields: Fields) -> Meta:
    """The case, its court and the day of publication."""
    return Meta(fields.get("case_no"), fields.get("court_name"), fields.get("published"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The order about the person it names, in its case, by its court."""
    key = key_of({**fields, "subject_id": fields.get("person_id", "")}, "subject")
    assert key, "checked"
    is_order = fields["document_kind"] == _ORDER
    lifted = fields.get("lifted") == "yes" or bool(fields.get("lifted_on"))
    props = props_of(
        fields, document_no="case_no", case_no="case_no", date="published", published="published",
        active_from="published", filed="filed", unit_name="unit_name", unit_code="unit_uscc", lifted="lifted",
        document_kind="document_kind", issuer="court_name",
    )  # fmt: skip
    kind = "consumption_restriction_order" if is_order else "exit_restriction_decision"
    props |= {"source": "consumption-restrictions", "record_kind": kind}
    if is_order:
        props["list"] = "L01a"
    if lifted:
        props |= {"end_kind": "withdrawn"} | props_of(fields, active_to="lifted_on")
        props |= {} if fields.get("lifted_on") else {"ended": "yes"}
    openness = Openness(PUBLIC if is_order and not lifted else RESTRICTED)
    title = f"L01a {fields['case_no']}" if is_order else f"{fields['document_kind']} {fields['case_no']}"
    record = Record.start(rec_key, "restriction_order", title, props, openness)
    record.claims.append(subject(fields, "person", key, fields["person_name"], openness, "person"))
    confirmed = "assigned_key" in fields
    record.edge("about", key, confirmed=confirmed)
    named = {"role": _ROLES.get(fields.get("role", ""), "")} | props_of(fields, adult="adult")
    record.edge("names", key, confirmed=confirmed, **named)
    record.case(fields["case_no"])
    record.court(fields.get("court_name"))
    return record.claims

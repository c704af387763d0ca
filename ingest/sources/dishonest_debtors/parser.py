"""The list of dishonest debtors (L01; 法释〔2017〕7号): entries with their state after each version of the list.

``action`` and ``reason`` say what a version does to an entry; the pipeline of
lists keeps the state in ``list_status``, ``list_to`` and ``end_reason``.
"""

from graph.model.claims import PUBLIC, RESTRICTED, Claim
from graph.model.ids import adult_on
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, key_of, need_number, own_key, props_of, subject
from ingest.problems import Problem, problem

#: What a row says about the list rather than about the entry; not compared.
CONTENT_EXCLUDES = ("action", "reason")


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """A minor may not be listed (法释〔2017〕7号 Art. 4)."""
    number, day = fields.get("subject_id"), fields.get("published") or fields.get("filed")
    if number and day and not adult_on(number, day):
        return problem("minor", "", "under 18 on the day of publication: may not be listed (法释〔2017〕7号 Art. 4)")
    return {}


def checks(fields: Fields) -> Problem | None:
    """The debtor needs a number; a change or a withdrawal needs its reason."""
    if fields["action"] != "add" and not fields.get("reason"):
        return problem("missing_reason", "reason", "a change or withdrawal of an entry needs its reason")
    return need_number(fields, "subject", "cardNum")


def references(fields: Fields) -> References:
    """The debtor; names of persons are not compared."""
    key = key_of(fields, "subject")
    name = None if not key or key.startswith("pid:") else fields.get("subject_name")
    return References(((key, name),) if key else ())


def meta(fields: Fields) -> Meta:
    """The case, its court and the day of publication."""
    return Meta(fields.get("case_no"), fields.get("court_name"), fields.get("published"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The entry about its debtor, in its case, by its court."""
    key = own_key(fields, "subject")
    withdrawn = fields.get("list_status") == "withdrawn"
    props = props_of(
        fields, document_no="case_no", case_no="case_no", date="published", active_from="published",
        performance="performance", duty="duty", gist_no="gist_no", gist_unit="gist_unit", conduct="conduct",
        business_entity="business_entity", issuer="court_name",
    )  # fmt: skip
    props |= {"source": "dishonest-debtors", "record_kind": "listed_dishonest_debtor", "list": "L01"}
    if withdrawn:
        props |= props_of(fields, active_to="list_to", end_reason="end_reason") | {"end_kind": "withdrawn"}
    openness = Openness(RESTRICTED if withdrawn else PUBLIC)
    record = Record.start(rec_key, "list_entry", f"L01 {fields['case_no']}", props, openness)
    record.claims.append(subject(fields, "subject", key, fields["subject_name"], openness))
    record.edge("about", key, confirmed="assigned_key" in fields)
    record.case(fields["case_no"])
    record.court(fields["court_name"])
    return record.claims

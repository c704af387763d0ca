"""Declared arrangements on votes: who acts in concert, who delegates his votes, who has other votes than shares.

The record of a group that acts in concert is the agreement: all its rows make one node. A delegation and votes of a
member's own are each a record of their own, so that it stays clear who delegates to whom. Only the edge of the member
bears dates: members come and go while the agreement stands.
"""

from graph.model.claims import SHARED, Claim, EdgeClaim, Mention
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, Record, need_numbers, own_key, reference, subject
from ingest.problems import Problem, problem

CONCERT, DELEGATION, OWN_VOTES = "一致行动", "表决权委托", "特别表决权"

_OPEN = Openness(SHARED)
_TRUSTEE = ("trustee_name", "trustee_uscc", "trustee_org_code", "trustee_reg_no", "trustee_id", "trustee_masked")

#: What a kind of arrangement cannot do without: field, column, why.
_NEEDED = {
    CONCERT: ("agreement_no", "协议编号", "a group acts in concert by an agreement with a number, never by kinship"),
    DELEGATION: ("trustee_name", "受托人名称", "votes are delegated to somebody"),
    OWN_VOTES: ("votes", "表决权比例(%)", "votes that differ from shares need their percentage"),
}


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def _fits_kind(fields: Fields) -> Problem | None:
    """Whether the cells are those of the kind of arrangement: what it needs, and nothing that another kind has."""
    kind = fields["arrangement_kind"]
    name, title, why = _NEEDED[kind]
    if not fields.get(name):
        return problem("missing_required", title, why)
    if kind == CONCERT and fields.get("votes"):
        return problem(
            "bad_enum", "安排类型", "who acts in concert has the votes of his shares: no percentage is given"
        )
    if kind != DELEGATION and any(fields.get(name) for name in _TRUSTEE):
        return problem("bad_enum", "安排类型", "only 表决权委托 has a trustee")
    return None


def checks(fields: Fields) -> Problem | None:
    """The cells fit the kind, votes are a part of all, the end is not before the beginning; parties have numbers."""
    found = _fits_kind(fields)
    if found:
        return found
    if float(fields.get("votes", 0)) > 100:
        return problem("bad_amount", "表决权比例(%)", "more than all votes")
    if "to" in fields and fields["to"] < fields.get("from", ""):
        return problem("bad_date", "止", "ends before it has begun")
    titles = {"member": "成员代码"}
    return need_numbers(fields, titles | ({"trustee": "受托人代码"} if _delegates(fields) else {}))


def _delegates(fields: Fields) -> bool:
    return fields["arrangement_kind"] == DELEGATION


def references(fields: Fields) -> References:
    """The company, the member and the trustee; whether the member holds shares there is not asked."""
    return References(tuple(cited for party in ("unit", "member", "trustee") for cited in reference(fields, party)))


def meta(fields: Fields) -> Meta:
    """The number of the agreement and the first day."""
    return Meta(fields.get("agreement_no"), None, fields.get("from"))


def _record(fields: Fields, rec_key: str) -> Record:
    """The arrangement with its own node claim."""
    kind, number = fields["arrangement_kind"], fields.get("agreement_no")
    # The company has a unified code, so that the key of a group holds no token of a person.
    key = f"rec:voting-arrangements/{fields['unit_uscc']}/{number}" if kind == CONCERT else rec_key
    props = {"arrangement_kind": kind, "source": "voting-arrangements"} | ({"agreement_no": number} if number else {})
    return Record.start(key, "voting_arrangement", number or f"{fields['unit_name']}{kind}", props, _OPEN)


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """The arrangement, the company, the member with dates and votes, and the trustee of a delegation."""
    record = _record(fields, rec_key)
    unit, member = own_key(fields, "unit"), own_key(fields, "member")
    votes: dict[str, str | int | float] = {}
    if fields.get("votes"):
        number = float(fields["votes"])
        votes["votes"] = int(number) if number.is_integer() else number
    record.claims += [
        subject(fields, "unit", unit, fields["unit_name"], _OPEN),
        subject(fields, "member", member, fields["member_name"], _OPEN),
        EdgeClaim(
            "member_of_arrangement", Mention((member,)), Mention((record.key,)), fields.get("from"), fields.get("to"),
            props=votes, level=SHARED,
        ),
    ]  # fmt: skip
    record.edge("votes_at", unit)
    if _delegates(fields):
        trustee = own_key(fields, "trustee")
        record.claims.append(subject(fields, "trustee", trustee, fields["trustee_name"], _OPEN))
        record.edge("entrusted_to", trustee)
    return record.claims

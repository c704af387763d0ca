"""Guarantees (民法典 Art. 681-702): who answers for whose debt, by contract."""

from graph.model.claims import SHARED, Claim, EdgeClaim, Mention
from ingest.judge import References
from ingest.parties import Fields, Meta, Openness, key_of, need_numbers, own_key, props_of, subject
from ingest.problems import Problem

_OPEN = Openness(SHARED)
_ENDS = {"guarantor": "担保人代码", "guaranteed": "被担保人代码"}


def derive(fields: Fields, births: Fields) -> dict[str, str] | Problem:
    """Nothing is derived."""
    return {}


def checks(fields: Fields) -> Problem | None:
    """Both ends need a number."""
    return need_numbers(fields, _ENDS)


def references(fields: Fields) -> References:
    """Both ends."""
    found = ((key_of(fields, party), fields.get(f"{party}_name")) for party in _ENDS)
    return References(tuple((key, None if key.startswith("pid:") else name) for key, name in found if key))


def meta(fields: Fields) -> Meta:
    """The contract, its creditor and its first day."""
    return Meta(fields.get("contract_no"), fields.get("creditor_name"), fields.get("from"))


def claims(fields: Fields, rec_key: str) -> list[Claim]:
    """Guarantor, guaranteed and the guarantee."""
    ends = []
    made: list[Claim] = []
    for party in _ENDS:
        key = own_key(fields, party)
        made.append(subject(fields, party, key, fields[f"{party}_name"], _OPEN))
        ends.append(Mention((key,)))
    props = props_of(
        fields, contract_no="contract_no", amount_yuan="amount_yuan", guarantee_kind="guarantee_kind",
        creditor="creditor_name",
    )  # fmt: skip
    edge = EdgeClaim("guarantor_for", ends[0], ends[1], fields.get("from"), fields.get("to"), props=props, level=SHARED)
    return [*made, edge]

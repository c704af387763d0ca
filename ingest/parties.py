"""Parties of a canonical row as mentions and node claims: shared by the parsers of all sources.

A party ``P`` has its name in a field of the source and its numbers in
``P_uscc``, ``P_org_code``, ``P_reg_no`` and ``P_id`` (sealed: a ``pid:`` token).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from graph.model.claims import PUBLIC, RESTRICTED, Claim, EdgeClaim, Mention, Name, NodeClaim, context_key
from graph.model.ids import normalise
from graph.model.text import case_base, norm_name
from ingest.problems import Problem, problem

Fields = Mapping[str, str]


class Meta(NamedTuple):
    """What evidence tells of a row besides its place."""

    document_no: str | None = None
    issuer: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Openness:
    """Level of the claims of a row, until when (exclusive ISO date) and with which authority."""

    level: int = PUBLIC
    until: str | None = None
    rank: int = 50


CLOSED = Openness(RESTRICTED)


def kind_of_code(code: str) -> str:
    """Node kind of a unit by the first places of its unified code (GB 32100)."""
    if code.startswith(("91", "93")):
        return "company"
    return "individual_business" if code.startswith("92") else "other_org"


def key_of(fields: Fields, party: str) -> str | None:
    """The best key of a party; the one a person assigned at release first; None when it has no number."""
    if party == "subject" and fields.get("assigned_key"):
        return fields["assigned_key"]
    for suffix, kind in (("uscc", "uscc"), ("org_code", "org"), ("reg_no", "reg")):
        if fields.get(f"{party}_{suffix}"):
            return f"{kind}:{normalise(fields[f'{party}_{suffix}'])}"
    return fields.get(f"{party}_id")


def key_or_context(fields: Fields, party: str, name: str, owner: str) -> str:
    """The key of a party, or its name within the owner's context (shareholders and officers of a register)."""
    return key_of(fields, party) or context_key(owner, norm_name(name).replace("/", "／"))


def kind_of(key: str, otherwise: str = "company") -> str:
    """The node kind that a key tells, ``otherwise`` where it tells nothing."""
    if key.startswith("uscc:"):
        return kind_of_code(key.removeprefix("uscc:"))
    return "person" if key.startswith("pid:") else otherwise


def subject(fields: Fields, party: str, key: str, name: str, openness: Openness, kind: str | None = None) -> NodeClaim:
    """The node claim of a party: kind, name and, for a person with a number, the mask."""
    props: dict[str, str | int | float] = {}
    if key.startswith("uscc:"):
        props["uscc"] = key.removeprefix("uscc:")
    if key.startswith("pid:") and fields.get(f"{party}_id_mask"):
        props["id_mask"] = fields[f"{party}_id_mask"]
    names = (Name(name),) if name else ()
    found = kind or kind_of(key)
    return NodeClaim(Mention((key,)), found, names, props, (), openness.level, openness.until, openness.rank)


def own_key(fields: Fields, party: str) -> str:
    """The key of a party that the row cannot do without: its number, else what a person gave; after the checks."""
    key = key_of(fields, party) or fields.get("assigned_key")
    assert key, "checked"
    return key


def need_number(fields: Fields, party: str, title: str) -> Problem | None:
    """``name_only`` for a party without a number that identifies it."""
    return need_numbers(fields, {party: title})


def need_numbers(fields: Fields, titles: Mapping[str, str]) -> Problem | None:
    """``name_only`` for the first party (party -> column) without a number; the key given at release stands for one."""
    missing = [title for party, title in titles.items() if not key_of(fields, party)]
    unknown = missing[1:] if fields.get("assigned_key") else missing
    if not unknown:
        return None
    return problem("name_only", unknown[0], "the subject is known by name only, or with a masked number")


def props_of(fields: Fields, **names: str) -> dict[str, str | int | float]:
    """Properties from fields, property=field; empty ones left out."""
    return {prop: fields[name] for prop, name in names.items() if fields.get(name)}


def court_key(name: str) -> str:
    """The key of a court, the one kind that its name identifies."""
    return f"court:{norm_name(name)}"


def case_key(number: str) -> str:
    """The key of a case: its number without 之N."""
    return f"case:{case_base(number) or number}"


@dataclass(slots=True)
class Record:
    """The claims around one record node."""

    key: str
    kind: str
    name: str
    props: dict[str, str | int | float]
    openness: Openness
    claims: list[Claim]

    @classmethod
    def start(
        cls, key: str, kind: str, name: str, props: Mapping[str, str | int | float], openness: Openness
    ) -> "Record":
        """A record with its own node claim."""
        made = cls(key, kind, name, dict(props), openness, [])
        node = NodeClaim(
            Mention((key,)), kind, (Name(name),), made.props, (), openness.level, openness.until, openness.rank
        )
        made.claims.append(node)
        return made

    def edge(self, relation: str, target: str, *, confirmed: bool = False, **props: str | int | float) -> None:
        """An edge from the record to a key."""
        o = self.openness
        ends = (Mention((self.key,)), Mention((target,)))
        self.claims.append(
            EdgeClaim(
                relation, *ends, props=props, level=o.level, shown_until=o.until, rank=o.rank, confirmed=confirmed
            )
        )

    def court(self, name: str | None) -> None:
        """Issued by a court; a file may lack the column."""
        if not name:
            return
        key, o = court_key(name), self.openness
        self.claims.append(NodeClaim(Mention((key,)), "court", (Name(name),), {}, (), o.level, o.until, o.rank))
        self.edge("issued_by", key)

    def case(self, number: str) -> None:
        """In the case of a number."""
        key, o = case_key(number), self.openness
        base = key.removeprefix("case:")
        node = NodeClaim(Mention((key,)), "case", (Name(base),), {"case_no": base}, (), o.level, o.until, o.rank)
        self.claims.append(node)
        self.edge("in_case", key)


def reference(fields: Fields, party: str = "subject") -> tuple[tuple[str, str | None], ...]:
    """The party as a subject that a row cites, none without a number; names of persons are not compared."""
    key = key_of(fields, party)
    if not key:
        return ()
    return ((key, None if key.startswith("pid:") else fields.get(f"{party}_name")),)


def end_of(props: dict[str, str | int | float], *terms: tuple[str | None, str]) -> str | None:
    """Put the first of some ends, (ISO day or None, kind of end), into properties; its day, None while none is set."""
    dated = min(((day, kind) for day, kind in terms if day), default=None)
    if dated is None:
        return None
    props["active_to"], props["end_kind"] = dated
    return dated[0]

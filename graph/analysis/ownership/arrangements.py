"""Declared arrangements on votes, and what they make of the votes of a row.

Acting in concert makes a group, which votes as one. Votes of a member's own (特别表决权) are told in percent of all
votes; the others share what is left by their shares (Company Law (公司法 2023) Art. 144 lets the articles say so).
Delegated votes (表决权委托) are cast by the trustee. Nothing is inferred.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from graph.analysis.ownership.register import Group, Holding
from graph.store.base import Edge, Node, Reader, View

AT, MEMBER, TRUSTEE = "votes_at", "member_of_arrangement", "entrusted_to"
_CONCERT, _DELEGATION, _OWN = "一致行动", "表决权委托", "特别表决权"
_HUNDRED = Fraction(100)


@dataclass(slots=True)
class Arrangement:
    """One arrangement at a company. ``members``: holder -> percent as a part of one, None when none is told."""

    node: str
    company: str
    kind: str
    members: dict[str, Fraction | None] = field(default_factory=dict)
    trustees: list[str] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


def arrangements(reader: Reader, view: View, companies: Iterable[str]) -> tuple[list[Arrangement], dict[str, Node]]:
    """What the view shows of the arrangements at some companies, and the nodes of the arrangements."""
    at = reader.neighbours(view, sorted(companies), (AT,), "in")
    if not at:
        return [], {}
    nodes = reader.get(view, sorted({edge.source for edge in at}))
    found = {
        edge.source: Arrangement(edge.source, edge.target, str(node.props.get("arrangement_kind")), edges=[edge])
        for edge in at
        if (node := nodes.get(edge.source))
    }
    for edge in reader.neighbours(view, sorted(found), (MEMBER, TRUSTEE)):
        if edge.relation == MEMBER and edge.target in found:
            told = edge.props.get("votes")
            found[edge.target].members[edge.source] = None if told is None else Fraction(str(told)) / _HUNDRED
            found[edge.target].edges.append(edge)
        elif edge.relation == TRUSTEE and edge.source in found:
            found[edge.source].trustees.append(edge.target)
            found[edge.source].edges.append(edge)
    return [one for one in found.values() if one.members], nodes


def groups(found: Iterable[Arrangement]) -> tuple[Group, ...]:
    """Those who act in concert, by the node of their agreement."""
    some = (one for one in found if one.kind == _CONCERT and len(one.members) > 1)
    return tuple(Group(one.node, one.company, tuple(sorted(one.members))) for one in some)


def with_votes(row: Sequence[Holding], found: Iterable[Arrangement]) -> list[Holding]:
    """The holdings of one company with the votes that its arrangements give them.

    A trustee who holds nothing gets a holding of nothing with votes. An unknown share has no known votes, and so
    nothing of it can be delegated.
    """
    own = {m: part for one in found if one.kind == _OWN for m, part in one.members.items() if part is not None}
    delegated = [one for one in found if one.kind == _DELEGATION and one.trustees]
    if not own and not delegated:
        return list(row)
    shares = {holding.owner: holding.share for holding in row}
    votes = _own_votes(shares, own)
    for one in delegated:
        for member, part in one.members.items():
            moved = (votes.get(member) or Fraction(0)) * (1 if part is None else part)
            votes[member] = (votes.get(member) or Fraction(0)) - moved
            votes[one.trustees[0]] = (votes.get(one.trustees[0]) or Fraction(0)) + moved
    held = [replace(holding, votes=votes.get(holding.owner)) for holding in row]
    company = row[0].owned if row else next(iter(found)).company
    strangers = sorted(votes.keys() - shares.keys())
    return held + [Holding(holder, company, Fraction(0), votes[holder]) for holder in strangers if votes[holder]]


def _own_votes(shares: dict[str, Fraction | None], own: dict[str, Fraction]) -> dict[str, Fraction | None]:
    """Votes by holder: those told, and the rest of all votes among the others by their shares."""
    if not own:
        return dict(shares)
    left = max(Fraction(0), 1 - sum(own.values(), Fraction(0)))
    others = {holder: share for holder, share in shares.items() if holder not in own}
    total = sum((share for share in others.values() if share), Fraction(0))
    known = {h: None if s is None else (s * left / total if total else Fraction(0)) for h, s in others.items()}
    return {**known, **own}

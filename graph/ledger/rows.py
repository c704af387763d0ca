"""Claims as rows of the ledger and back, with the hash that covers them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from graph.model.claims import Claim, EdgeClaim, Name, NodeClaim
from graph.model.jsontext import dump, dump_sorted, load

#: Columns that a claim keeps from its birth; ``seq_from`` and ``seq_to`` follow from the entries.
FIXED = ("relation", "a", "b", "kind", "valid_from", "valid_to", "seen_on", "level", "shown_until", "rank", "data")


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as stored; ``data`` is its JSON (names, properties, labels, span)."""

    id: int
    entry: int
    relation: str
    a: str
    b: str | None
    kind: str
    valid_from: str | None
    valid_to: str | None
    seen_on: str | None
    level: int
    shown_until: str | None
    rank: int
    data: str
    seq_from: int
    seq_to: int | None

    def body(self) -> dict[str, Any]:
        """The parsed ``data``: p properties, n names, l labels, s span, c confirmed, d decided by."""
        parsed: dict[str, Any] = load(self.data)
        return parsed

    def names(self) -> list[Name]:
        """The names that a node claim gives."""
        return [Name(text, bool(former), start, end) for text, former, start, end in self.body().get("n", ())]


def _node_values(claim: NodeClaim) -> tuple[Any, ...]:
    body: dict[str, Any] = {}
    if claim.names:
        body["n"] = [[n.text, int(n.former), n.valid_from, n.valid_to] for n in claim.names]
    if claim.props:
        body["p"] = dict(claim.props)
    if claim.labels:
        body["l"] = sorted(claim.labels)
    if len(claim.mention.keys) > 1:
        body["k"] = claim.mention.keys[1:]
    best = claim.mention.best
    return ("", best, None, claim.kind, None, None, None, claim.level, claim.shown_until, claim.rank, dump_sorted(body))


def _edge_values(claim: EdgeClaim) -> tuple[Any, ...]:
    body: dict[str, Any] = {}
    if claim.props:
        body["p"] = dict(claim.props)
    if claim.span:
        body["s"] = claim.span
    if claim.confirmed:
        body["c"] = 1
    if claim.decided:
        body["d"] = claim.decided
    ends = (claim.relation, claim.source.best, claim.target.best, "")
    time = (claim.valid_from, claim.valid_to, claim.seen_on)
    return (*ends, *time, claim.level, claim.shown_until, claim.rank, dump_sorted(body))


def fixed_values(claim: Claim) -> tuple[Any, ...]:
    """The columns of :data:`FIXED` for a claim."""
    return _node_values(claim) if isinstance(claim, NodeClaim) else _edge_values(claim)


def claims_hash(rows: Sequence[Sequence[Any]]) -> str:
    """SHA-256 over the fixed columns of the claims of one entry, in order; "" for none."""
    return hashlib.sha256(dump(rows).encode()).hexdigest() if rows else ""


def mention_links(claims: Iterable[Claim]) -> list[tuple[str, str]]:
    """Pairs of keys that the mentions put together: the best key with each other one."""
    pairs: dict[tuple[str, str], None] = {}
    for claim in claims:
        for mention in (claim.mention,) if isinstance(claim, NodeClaim) else (claim.source, claim.target):
            if len(mention.keys) > 1:
                pairs.update(dict.fromkeys((mention.best, key) for key in mention.keys[1:]))
    return list(pairs)

"""Integrated shares of a company: every holder with the chains that make his number."""

from collections.abc import Iterable
from typing import Any

from api.casefile import exact, percent
from api.entities import edge_body, edge_evidence
from api.ownership.owned import Owned
from graph.analysis.components import components
from graph.analysis.ownership.anomalies import flags
from graph.analysis.ownership.chains import Chains, heaviest, tree
from graph.model.claims import RESTRICTED

#: Holders whose chains are told with an answer, and chains of each.
_TOLD, _CHAINS = 20, 3

#: Said on every view from which something may be hidden, whether or not something is.
NOTICE = "本级别可能看不到全部持股与表决安排 / some holdings and voting arrangements may not be shown at this level"

_MATCHES = ("exact", "confirmed", "candidate")


def _order(owned: Owned, holder: str) -> tuple[float, str, str]:
    node = owned.excerpt.nodes.get(holder)
    return -float(owned.found.shares.get(holder, 0)), node.name if node else "", holder


def _chains(owned: Owned, found: Chains) -> dict[str, Any]:
    told = [{"pct": percent(c.part), "edges": owned.refs(c.nodes), "nodes": list(c.nodes)} for c in found.chains]
    return {"chains": told, "rest": percent(found.rest), "chains_cut": found.cut}


def _match(owned: Owned, refs: Iterable[str]) -> str | None:
    """The weakest way in which the ends of some edges were identified; None when all are assumed."""
    known = [_MATCHES.index(owned.excerpt.edges[ref].match) for ref in refs if ref in owned.excerpt.edges]
    return _MATCHES[max(known)] if known else None


def _integrated(owned: Owned, limit: int) -> list[dict[str, Any]]:
    marks = flags(owned.rows, owned.odd)
    levels = {leaf.node: leaf.level for leaf in tree(owned.rows, owned.node.id, owned.found.shares, set())}
    rows = []
    for place, holder in enumerate(sorted(owned.found.shares, key=lambda h: _order(owned, h))):
        part = owned.found.shares[holder]
        row: dict[str, Any] = {"owner": owned.who(holder), "pct": percent(part), "exact": exact(part)}
        row |= {"level": levels.get(holder), "flags": marks.get(holder, [])}
        if holder in owned.most:
            row["at_most"] = percent(owned.most[holder])
        if place < _TOLD:
            found = heaviest(owned.rows, holder, owned.node.id, part, limit)
            row |= _chains(owned, found)
            row["match"] = _match(owned, (ref for c in found.chains for ref in owned.refs(c.nodes)))
        rows.append({name: value for name, value in row.items() if value is not None})
    return rows


def ownership_body(owned: Owned, chains: int = _CHAINS) -> dict[str, Any]:
    """Integrated shares with their chains, the ultimate controllers, persons of a quarter and more, what is odd.

    ``integrated``: the holder's share of the company in percent, heaviest first; ``chains`` lead from the holder down
    by edge ids, which ``edges`` holds with their evidence; ``rest`` is what all other chains have.
    """
    rows = _integrated(owned, chains)
    register = owned.excerpt.register
    refs = {ref for row in rows for chain in row.get("chains", ()) for ref in chain["edges"]}
    refs |= {ref for (_, company), ref in owned.pairs.items() if company == owned.node.id}
    refs |= {ref for some in register.disputed.values() for ref in some}
    unattributed = owned.found.unattributed
    left_out = edge_evidence(owned.book, owned.excerpt.left_out)
    body: dict[str, Any] = {
        "integrated": rows,
        "possible": [
            {"owner": owned.who(h), "at_most": percent(part)}
            for h, part in sorted(owned.most.items())
            if h not in owned.found.shares
        ],
        "unnumbered": [owned.who(h) for h in sorted(owned.found.unnumbered)],
        "unattributed": None if unattributed is None else percent(unattributed),
        "controller": owned.heads(owned.declared or owned.by_votes),
        "ubo": [
            {"person": row["owner"], "pct": row["pct"]}
            for row in rows
            if row["owner"]["id"] in register.persons and row["pct"] >= 25
        ],
        "anomalies": {name: [owned.who(c) for c in companies] for name, companies in owned.odd.items()},
        "not_counted": [edge_body(edge, left_out[edge.id]) for edge in owned.excerpt.left_out],
        "edges": owned.edges(refs),
    }
    return body if owned.view.level >= RESTRICTED else body | {"notice": NOTICE}


def tree_body(owned: Owned) -> list[dict[str, Any]]:
    """All holders by level, for a drawing: ``pct`` the effective share, ``ring`` whether the holder is in a ring."""
    found = components([owned.node.id], lambda node: owned.rows[node].known if node in owned.rows else ())
    rings = {node for ring in found if len(ring) > 1 for node in ring}
    leaves = tree(owned.rows, owned.node.id, owned.found.shares, rings)
    return [
        {
            "node": owned.who(leaf.node),
            "level": leaf.level,
            "pct": None if leaf.part is None else percent(leaf.part),
            "ring": leaf.ring,
        }
        for leaf in leaves
    ]

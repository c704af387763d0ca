"""Who controls a company, as an argument: the rule, the steps, the votes, and why the others do not."""

from typing import Any

from api.casefile import percent
from api.ownership.owned import Owned
from graph.analysis.components import components
from graph.analysis.ownership.control import Candidate, Controller, candidates

#: What "controls" means here.
RULE = "公司法(2023) Art.265: more than half of the votes, own and those of all controlled taken together"


def controller_body(owned: Owned, one: Controller) -> dict[str, Any]:
    """A controller as an argument: the companies he controls on the way, with whose votes and how many."""
    group = next((g for g in owned.excerpt.register.groups if g.name == one.holder), None)
    steps = [
        {
            "company": owned.who(step.company),
            "pct": percent(step.votes),
            "declared": step.declared,
            "by": [{"holder": owned.who(h), "pct": percent(part), "edge": owned.pairs.get((h, step.company))}
                   for h, part in sorted(step.by.items())],
        }
        for step in one.steps
    ]  # fmt: skip
    body: dict[str, Any] = {"basis": "declared" if one.declared else "votes", "steps": steps}
    if group is None:
        return {"controller": owned.who(one.holder), **body}
    return {
        "controller": None,
        "agreement": owned.who(group.name),
        "members": [owned.who(m) for m in group.members],
        **body,
    }


def _candidate(owned: Owned, one: Candidate) -> dict[str, Any]:
    body: dict[str, Any] = {"holder": owned.who(one.holder), "pct": percent(one.votes), "reason": one.reason}
    return body | ({"by": [owned.who(holder) for holder in one.by]} if one.by else {})


def controllers_body(owned: Owned) -> dict[str, Any]:
    """``controller``: the ultimate ones, the declared before the computed; both are told, and who lost and why."""
    chosen = owned.declared or owned.by_votes
    ring = next(
        (r for r in components(owned.votes.holders(), lambda h: owned.votes.controlled(h)) if owned.node.id in r), ()
    )
    body: dict[str, Any] = {
        "controller": owned.heads(chosen),
        "declared": [controller_body(owned, one) for one in owned.declared],
        "by_votes": [controller_body(owned, one) for one in owned.by_votes],
        "candidates": [_candidate(owned, one) for one in candidates(owned.votes, owned.node.id, owned.by_votes)],
        "mutual_control": [owned.who(node) for node in ring] if len(ring) > 1 else [],
        "rule": RULE,
    }
    steps = [step for one in (*owned.declared, *owned.by_votes) for step in one.steps]
    refs = [owned.pairs.get((h, step.company), "") for step in steps for h in step.by]
    companies = {step.company for step in steps}
    refs += [told.ref for told in owned.excerpt.register.declared if told.company in companies]
    agreed = {group.name for group in owned.excerpt.register.groups} & {one.holder for one in owned.by_votes}
    refs += [edge.id for edge in owned.excerpt.edges.values() if agreed & {edge.source, edge.target}]
    return body | {"edges": owned.edges(refs)}

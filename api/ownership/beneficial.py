"""Beneficial owners of a company by a dated rule set, each as an argument; nobody is decided here."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from api.casefile import exact, percent
from api.entities import Unanswerable, edge_body, edge_evidence
from api.ownership.owned import Owned
from graph.analysis.ownership.owners import (
    Criterion,
    Finding,
    RuleSet,
    Standing,
    beneficial_owners,
    in_force,
    rule_sets,
)
from graph.store.base import Edge

OFFICES = ("legal_rep_of", "main_responsible_of", "manager_of", "director_of")


def rules_asked(asked: str | None, day: str) -> RuleSet:
    """The rule set of an id, else the one in force on the day. Unanswerable 400."""
    rules = rule_sets().get(asked) if asked else in_force(day)
    if rules is None:
        told = f"no rule set {asked}" if asked else f"no rule set was in force on {day}"
        raise Unanswerable(400, "unknown rule set", f"rule: {told}; known are: {', '.join(rule_sets())}")
    return rules


def _offices(owned: Owned) -> list[Edge]:
    return owned.reader.neighbours(owned.view, [owned.node.id], OFFICES, "in")


def _standings(owned: Owned, offices: list[Edge]) -> list[Standing]:
    """What is known of every natural person above the company or in an office of it."""
    company, register = owned.node.id, owned.excerpt.register
    groups = {m for g in register.groups if company in owned.votes.controlled(g.name) for m in g.members}
    some = {*owned.found.shares, *owned.most, *owned.votes.votes}
    people = some & register.persons
    people |= {d.controller for d in register.declared} & register.persons
    people |= (groups & register.persons) | {edge.source for edge in offices}
    found = []
    for person in sorted(people):
        alone = company in owned.votes.controlled(person) or company in owned.votes.controlled(person, declared=True)
        share = owned.found.shares.get(person, Fraction(0))
        found.append(
            Standing(
                person,
                share,
                max(share, owned.most.get(person, 0)),
                owned.votes.votes_at(person, company),
                "alone" if alone else "together" if person in groups else "",
                tuple(edge.relation for edge in offices if edge.source == person),
            )
        )
    return found


def _criterion(one: Criterion) -> dict[str, Any]:
    told: dict[str, Any] = {"article": one.article, "measure": one.measure, "zh": one.zh, "en": one.en}
    if one.cut is not None:
        told |= {"cut": percent(one.cut), "included": not one.strict}
    return told | {"basis_checked_on": one.basis_checked_on}


def _numbers(owned: Owned, one: Standing) -> dict[str, Any]:
    told: dict[str, Any] = {"person": owned.who(one.person), "pct": percent(one.share), "exact": exact(one.share)}
    if one.most > one.share:
        told["at_most"] = percent(one.most)
    told |= {"votes_pct": percent(one.votes), "controls": one.controls or None, "offices": list(one.offices)}
    return told


def _why_not(rules: RuleSet, one: Standing) -> list[dict[str, Any]]:
    """Each criterion that was asked, and what the person has instead."""
    has = {"share": one.share, "votes": one.votes}
    asked = [c for c in rules.criteria if c.enabled and (c.measure == "control" or c.cut is not None)]
    return [
        {"article": c.article, "has": None, "asked": "control"}
        if c.cut is None
        else {"article": c.article, "has": percent(has[c.measure]), "asked": percent(c.cut), "included": not c.strict}
        for c in asked
    ]


def _exempt(owned: Owned, rules: RuleSet) -> dict[str, Any] | None:
    """Whether the company may promise instead of filing: what the register can tell of it."""
    if rules.exempt is None:
        return None
    capital = owned.node.props.get("capital_yuan")
    row = owned.rows.get(owned.node.id)
    persons = row is not None and all(owner in owned.excerpt.register.persons for owner in row.owners)
    small = capital is not None and Decimal(str(capital)) <= Decimal(int(rules.exempt.capital_at_most_yuan))
    told = {"article": rules.exempt.article, "zh": rules.exempt.zh, "en": rules.exempt.en}
    return told | {"may_apply": small and persons, "capital_yuan": capital, "all_natural_persons": persons}


def beneficial_body(owned: Owned, rules: RuleSet) -> dict[str, Any]:
    """``results``: who is a beneficial owner by which article; ``others``: everybody else with a part, and what lacks.

    ``switched_off``: criteria whose text nobody has read in the law yet. A person decides.
    """
    offices = _offices(owned)
    nothing = rules.nothing_for.get(owned.node.kind)
    standings = [] if nothing else _standings(owned, offices)
    head = {c.holder for c in (*owned.declared, *owned.by_votes)}
    state = bool(head & owned.excerpt.register.states)
    found = beneficial_owners(rules, standings, state_controlled=state)
    known = {one.person: one for one in standings}
    nodes = owned.reader.get(owned.view, [edge.source for edge in offices])
    owned.excerpt.nodes = {**nodes, **owned.excerpt.nodes}
    proof = edge_evidence(owned.book, offices)
    names = ("id", "title", "issuer", "document_no", "valid_from", "source", "order")
    body: dict[str, Any] = {"rules": {name: getattr(rules, name) for name in names}}
    body["rules"]["criteria"] = [_criterion(c) for c in rules.criteria if c.enabled]
    body["switched_off"] = [_criterion(c) for c in rules.criteria if not c.enabled]
    body["nothing_for"] = dict(nothing) if nothing else None
    body["exempt"] = _exempt(owned, rules)
    body["state_controlled"] = state
    body["results"] = [_result(owned, known[one.person], one) for one in found]
    taken = {one.person for one in found}
    rest = (one for one in standings if one.person not in taken and _has(one))
    body["others"] = [_numbers(owned, one) | {"why": _why_not(rules, one)} for one in rest]
    body["offices"] = [edge_body(edge, proof[edge.id]) for edge in offices]
    return body


def _has(one: Standing) -> bool:
    return bool(one.share or one.most or one.votes or one.controls)


def _result(owned: Owned, standing: Standing, one: Finding) -> dict[str, Any]:
    return _numbers(owned, standing) | {
        "criterion": _criterion(one.criterion),
        "sure": one.sure,
        "consider": one.consider,
    }

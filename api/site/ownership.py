"""Pages of ownership: who holds a company and what if, who controls it, which rings it is in."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.asking import Question, no_number
from api.entities import Unanswerable
from api.ownership.beneficial import beneficial_body, rules_asked
from api.ownership.control import controllers_body
from api.ownership.group import group_body
from api.ownership.owned import Owned
from api.ownership.shares import ownership_body, tree_body
from api.ownership.whatif import change_of, what_if_body
from api.questions import above_body, holds_body, section_body
from api.site.visit import PageRoute, Visiting
from graph.analysis.ownership.arrangements import AT, MEMBER, TRUSTEE
from graph.analysis.ownership.owners import rule_sets
from graph.analysis.ownership.reading import HOLDS, Change

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Id = Annotated[str, Path(max_length=200)]
Cursor = Annotated[str | None, Query(max_length=600)]
Text = Annotated[str, Query(max_length=200)]

#: Companies held, and rings, on a page.
_HELD, _RINGS = 50, 5

#: Relations of a voting arrangement to its company, its members and whoever casts their votes.
_ARRANGED = frozenset({AT, MEMBER, TRUSTEE})

#: Holders with a line of the table; what is left is told by its number.
_LISTED = 100


def _names(owned: Owned, body: dict[str, Any], *lists: str) -> dict[str, dict[str, Any]]:
    """The entities at the ends of the edges of a body, by id."""
    ends = {edge[end] for name in lists for edge in body[name] for end in ("from", "to")}
    return {node: owned.who(node) for node in sorted(ends)}


def _wish(asked: Question, company: str, without: Iterable[str], added: tuple[str, str, str]) -> Change | None:
    """The change that a form asks for, None when nothing is filled in. Unanswerable 400, 404, 409."""
    owner, owned, pct = (text.strip() for text in added)
    left = [edge for edge in without if edge]
    more = [{"owner": owner, "owned": owned or company, "pct": pct.rstrip("%％") or None}] if owner or pct else []
    if not left and not more:
        return None
    return change_of({"without": left, "with": more}, lambda name: asked.find(no_number(name, "owner"))[0])


def _holders(owned: Owned, change: Change | None) -> dict[str, Any]:
    """The shares of a company with all that its page draws; ``change``: what if."""
    body = ownership_body(owned)
    body["more"] = max(0, len(body["integrated"]) - _LISTED)
    body["integrated"] = body["integrated"][:_LISTED]
    body["tree"] = tree_body(owned)
    body["lines"] = [
        {"id": e.id, "from": e.source, "to": e.target, "share": e.props.get("share"), "match": e.match}
        for e in owned.excerpt.edges.values()
        if e.relation == HOLDS
    ]
    body["names"] = _names(owned, body, "edges", "not_counted")
    return body | {"what_if": what_if_body(owned, change) if change else None}


@router.get("/subjects/{id}/ownership")
def ownership(
    visit: Visiting,
    id: Id,
    without: Annotated[list[str] | None, Query(max_length=50)] = None,
    owner: Text = "",
    owned: Text = "",
    pct: Annotated[str, Query(max_length=40)] = "",
    cursor: Cursor = None,
) -> Response:
    """Who holds a company, directly and through others, and what it holds itself; for a person what he holds."""

    def ask(asked: Question) -> dict[str, Any]:
        held = holds_body(asked, id, _HELD, cursor or None)
        body = held | {"above": None, "holds": {name: held[name] for name in ("total", "next", "results")}}
        if body["entity"]["kind"] == "person":
            return body
        change = _wish(asked, body["entity"]["id"], without or (), (owner, owned, pct))
        above = above_body(asked, id, lambda company: _holders(company, change))
        body |= {"above": above, "truncated": held["truncated"] or above["truncated"]}
        return body | {"explored": max(held["explored"], above["explored"])}

    return visit.page("ownership.html", "read", ask, owner=owner, owned=owned, pct=pct, without=without or [])


def _owners(owned: Owned, rule: str) -> dict[str, Any] | None:
    """Beneficial owners by a rule set, by default that of the day; None when none was in force. Unanswerable 400."""
    try:
        rules = rules_asked(rule or None, owned.view.as_of or owned.view.today)
    except Unanswerable:
        if rule:
            raise
        return None
    body = beneficial_body(owned, rules)
    return body | {"names": _names(owned, body, "offices")}


@router.get("/subjects/{id}/control")
def control(visit: Visiting, id: Id, rule: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Who controls a company, step by step; its group; for staff its beneficial owners by a rule set."""
    staff = visit.may("read_owners")

    def tell(owned: Owned) -> dict[str, Any]:
        body = controllers_body(owned)
        told = {edge["id"] for edge in body["edges"]}
        arranged = [e.id for e in owned.excerpt.edges.values() if e.relation in _ARRANGED and e.id not in told]
        body["arrangements"] = owned.edges(arranged)
        body["names"] = _names(owned, body, "edges", "arrangements")
        groups, cut = group_body(owned)
        owners = _owners(owned, rule) if staff and owned.node.kind != "person" else None
        return body | groups | {"cut": cut, "owners": owners}

    def ask(asked: Question) -> dict[str, Any]:
        body = above_body(asked, id, tell)
        return body | {"truncated": body["truncated"] or body["cut"]}

    action = "read_owners" if staff else "read"
    return visit.page("control.html", action, ask, owners_shown=staff, rule=rule, rule_sets=list(rule_sets().values()))


@router.get("/subjects/{id}/rings")
def rings(visit: Visiting, id: Id, cursor: Cursor = None) -> Response:
    """The rings of holdings and guarantees that a subject is in."""
    return visit.page("rings.html", "read", lambda asked: section_body(asked, id, "rings", _RINGS, cursor or None))

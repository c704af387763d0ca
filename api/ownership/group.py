"""The group that a company belongs to: its ultimate controllers and all that they control."""

from typing import Any

from api.casefile import percent
from api.entities import entity
from api.ownership.control import controller_body
from api.ownership.owned import Owned, authority
from graph.analysis.ownership.control import Step, without_subsidiaries
from graph.analysis.ownership.reading import Excerpt, downwards
from graph.book.book import Book
from graph.store.base import Reader, View

#: Said with every sister company: design 3.10, measures are law, not distance.
CONTEXT = "sister companies are context for a reader, never a ground for a consequence"

#: Companies of a group that one answer lists.
LISTED = 500


def _controlled(book: Book, reader: Reader, view: View, controller: str) -> tuple[dict[str, Step], Excerpt]:
    excerpt = downwards(reader, view, controller, authority)
    return without_subsidiaries(excerpt.register).controlled(controller, declared=True), excerpt


def group_body(owned: Owned) -> tuple[dict[str, Any], bool]:
    """The ultimate controllers of a company, all that each controls, and which of that are its sisters.

    A company that nobody controls is the head of its own group. Also whether something was cut.
    """
    chosen = owned.declared or owned.by_votes
    known = {group.name for group in owned.excerpt.register.groups}
    heads = [one for one in chosen if one.holder not in known]
    told: dict[str, dict[str, Any] | None] = {one.holder: controller_body(owned, one) for one in heads}
    groups, truncated = [], False
    for head, argument in (told or {owned.node.id: None}).items():
        under, excerpt = _controlled(owned.book, owned.reader, owned.view, head)
        truncated = truncated or excerpt.truncated or len(under) > LISTED
        steps = [step for company, step in sorted(under.items()) if company in excerpt.nodes]
        companies = [
            {"company": entity(excerpt.nodes[s.company]), "votes_pct": percent(s.votes), "declared": s.declared}
            for s in steps
        ]
        others = [step.company for step in steps if step.company not in (owned.node.id, head)]
        sisters = [entity(excerpt.nodes[company]) for company in others]
        group: dict[str, Any] = {"head": owned.who(head), "argument": argument, "total": len(companies)}
        group |= {"controlled": companies[:LISTED]}
        groups.append(group | {"sisters": {"total": len(sisters), "note": CONTEXT, "companies": sisters[:LISTED]}})
    return {"groups": groups}, truncated

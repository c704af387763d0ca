"""What if some holdings were not, and others were: the same questions on a register that nobody stores."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from api.casefile import percent
from api.entities import Unanswerable
from api.ownership.control import controllers_body
from api.ownership.owned import Owned
from api.ownership.shares import ownership_body
from graph.analysis.ownership.reading import Change
from graph.analysis.ownership.register import Holding
from graph.store.base import Node
from ingest.ownership_case import parse_share

#: Holdings added or left out in one question.
MOST = 50

Find = Callable[[str], Node]


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise Unanswerable(400, "unreadable change", f"with: {name}: expected the id, code or name of a subject")
    return value


def _holding(row: object, find: Find) -> Holding:
    if not isinstance(row, Mapping):
        raise Unanswerable(400, "unreadable change", "with: expected objects of owner, owned and pct")
    owner, owned = (find(_text(row, name)) for name in ("owner", "owned"))
    try:
        share = parse_share(row.get("pct"))
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if share is not None and share < 0:
        raise Unanswerable(400, "unreadable change", "with: pct: expected a number in percent, 0 or more")
    return Holding(owner.id, owned.id, share)


def change_of(body: object, find: Find) -> Change:
    """The change that a body asks for: ``{"without": [edge ids], "with": [{"owner", "owned", "pct"}]}``.

    ``find`` gives the subject of an id, code or name. Unanswerable 400 names the field and what was expected.
    """
    if not isinstance(body, Mapping) or not {*body} & {"without", "with"}:
        raise Unanswerable(400, "unreadable change", "expected an object with without or with")
    without, added = body.get("without", []), body.get("with", [])
    if not isinstance(without, list) or not all(isinstance(edge, str) for edge in without):
        raise Unanswerable(400, "unreadable change", "without: expected a list of edge ids")
    if not isinstance(added, list) or len(added) + len(without) > MOST:
        raise Unanswerable(400, "unreadable change", f"with: expected a list; at most {MOST} holdings in all")
    return Change(frozenset(without), tuple(_holding(row, find) for row in added))


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted(row["id"] for row in rows)


def what_if_body(now: Owned, change: Change) -> dict[str, Any]:
    """``then``: ownership and control with the change; ``changed``: the holders whose share is another one.

    Unanswerable 400 for an edge that is none of those above the subject: nothing would change, and nobody would know.
    """
    unknown = sorted(change.without - now.excerpt.edges.keys() - {edge.id for edge in now.excerpt.left_out})
    if unknown:
        raise Unanswerable(400, "unreadable change", f"without: {unknown[0]} is no edge above the subject")
    then = Owned(now.book, now.reader, now.view, now.node, change)
    before, after = now.found.shares, then.found.shares
    changed = [
        {
            "owner": (then if holder in after else now).who(holder),
            "now": percent(before.get(holder, 0)),
            "then": percent(after.get(holder, 0)),
        }
        for holder in sorted({*before, *after})
        if before.get(holder) != after.get(holder)
    ]
    heads = [one.heads(one.declared or one.by_votes) for one in (now, then)]
    return {
        "changed": changed,
        "controller_now": heads[0],
        "controller_then": heads[1],
        "controller_changes": _names(heads[0]) != _names(heads[1]),
        "then": {"ownership": ownership_body(then), "controllers": controllers_body(then)},
        "note": "a question, not a record: nothing of it is stored",
    }

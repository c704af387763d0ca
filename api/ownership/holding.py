"""What a subject holds and controls below it: worked out row by row, beyond that from the index of the whole view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.casefile import exact, percent
from api.entities import edge_body, edge_evidence, entity
from api.ownership.owned import Register, authority
from graph.analysis.ownership.anomalies import anomalies
from graph.analysis.ownership.control import without_subsidiaries
from graph.analysis.ownership.linear import Number
from graph.analysis.ownership.reading import HOLDS, downwards, strongest
from graph.analysis.ownership.register import capital_rows
from graph.analysis.ownership.shares import held_by
from graph.book.book import Book
from graph.store.base import Edge, Node, Reader, View

if TYPE_CHECKING:
    from graph.analysis.whole.kept import Whole

#: Flag of a company below rows of which more is to be said than shares, where the index answers: ask it alone.
MORE = "more_to_tell"


@dataclass(frozen=True, slots=True)
class Held:
    """A company below a subject. ``part``: of the subject in it; ``votes``: his and of all he controls, if he does."""

    company: str
    part: Number | None
    votes: Number | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything below a subject, the largest part first; ``explored``: nodes looked at."""

    rows: Sequence[Held]
    explored: int


def holdings(reader: Reader, view: View, node: Node, register: Register) -> Holdings:
    """All that a subject holds or controls."""
    excerpt = downwards(reader, view, node.id, authority)
    if excerpt.truncated:
        return _by_index(register(), node.id)
    rows = capital_rows(excerpt.register)
    under = without_subsidiaries(excerpt.register).controlled(node.id)
    parts = held_by(rows, node.id)
    odd = anomalies(excerpt.register, rows, None, sorted(rows))
    found = [
        Held(
            company,
            parts.get(company),
            under[company].votes if company in under else None,
            tuple(name for name, some in odd.items() if company in some),
        )
        for company in {*parts, *under} & excerpt.nodes.keys()
    ]
    return Holdings(sorted(found, key=_largest), excerpt.explored)


def _largest(one: Held) -> tuple[float, str]:
    return -float(one.part or 0), one.company


def _by_index(whole: "Whole", holder: str) -> Holdings:
    """The same from the index: parts that are sure, votes as shares are told; odd rows are marked."""
    table, number = whole.table, whole.table.number(holder)
    if number is None:
        return Holdings((), 1)
    held = whole.index.down(number)
    controlled = whole.index.control().controlled_by(number)
    votes = table.votes_of([number, *controlled.tolist()])
    odd, under = table.below(table.odd), set(controlled.tolist())
    parts = dict(zip(held.node.tolist(), held.share.tolist(), strict=True))
    found = [
        Held(
            table.id(company),
            parts.get(company),
            float(votes[company]) if company in under else None,
            (MORE,) if odd[company] else (),
        )
        for company in {*parts, *under} - {number}
    ]
    return Holdings(sorted(found, key=_largest), len(found) + 1)


def _direct(reader: Reader, view: View, holder: str, companies: Sequence[str]) -> dict[str, Edge]:
    """Company -> the holding of the subject himself that counts in its row."""
    rows: dict[str, list[Edge]] = {}
    for edge in reader.neighbours(view, companies, (HOLDS,), "in"):
        rows.setdefault(edge.target, []).append(edge)
    kept = (edge for row in rows.values() for edge in strongest(row, authority)[0])
    return {edge.target: edge for edge in kept if edge.source == holder}


def holdings_told(book: Book, reader: Reader, view: View, node: Node, rows: Sequence[Held]) -> list[dict[str, Any]]:
    """Some rows with the company and, where the subject holds it himself, the holding with its evidence."""
    companies = [row.company for row in rows]
    nodes: Mapping[str, Node] = reader.get(view, companies)
    direct = _direct(reader, view, node.id, companies) if companies else {}
    proof = edge_evidence(book, direct.values())
    found = []
    for row in rows:
        if row.company not in nodes:
            continue
        body: dict[str, Any] = {"company": entity(nodes[row.company]), "pct": percent(row.part or 0)}
        body |= {"exact": exact(row.part) if row.part is not None else None, "controlled": row.votes is not None}
        body |= {"votes_pct": percent(row.votes) if row.votes is not None else None, "flags": list(row.flags)}
        edge = direct.get(row.company)
        found.append(body | {"edge": edge_body(edge, proof[edge.id]) if edge else None})
    return found

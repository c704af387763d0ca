"""What the ledger says since a sequence: nodes that moved or that an erasure touched, claims that ended or began."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, exists, select

from graph.ledger import tables as t
from graph.ledger.bulk import among
from graph.model.jsontext import load

_PAGE = 20_000

#: Claims as (relation, key, key).
Ends = Sequence[tuple[str, str, str | None]]


class Span(NamedTuple):
    """A page of claims by id. ``start``: the last that the store knew; ``last``: the last before the page; ``end``.

    An item is made of all live claims, also of those on later pages. So it is due on one page only: where the first
    of its claims lies that the store did not know.
    """

    start: int
    last: int
    end: int

    def is_due(self, claims: Iterable[int]) -> bool:
        """Whether what rests on these claims is to be made on this page."""
        first = min((claim for claim in claims if claim > self.start), default=0)
        return self.last < first <= self.end


def moved(connection: Connection, since: int) -> set[str]:
    """Nodes that a key has left or joined since a sequence, new ones aside."""
    member, older = t.membership.c, t.membership.alias().c
    where = (member.seq_to > since, member.seq_from <= since)
    left = connection.execute(select(member.key, member.node).where(*where)).all()
    now = (among(member.key, [key for key, _ in left]), member.seq_to.is_(None))
    found = {node for _, node in left} | set(connection.execute(select(member.node).where(*now)).scalars())
    before = exists().where(older.node == member.node, older.seq_from <= since, older.seq_to.is_(None))
    joined = select(member.node).where(member.seq_from > since, member.seq_to.is_(None), before)
    return found | set(connection.execute(joined).scalars())


def erased(connection: Connection, since: int) -> set[str]:
    """Nodes that an erasure since a sequence has touched: its claims are gone, the node ids are noted."""
    e = t.entry.c
    query = select(t.payload.c.body).join(t.entry, e.seq == t.payload.c.seq)
    bodies = connection.execute(query.where(e.seq > since, e.kind == "decision", e.outcome == "erase")).scalars()
    return {node for body in bodies for node in load(body)["touched"]}


def ended(connection: Connection, since: int) -> Iterator[Ends]:
    """Claims that ended since a sequence and began before: (relation, a, b), a page at a time."""
    c = t.claim.c
    found = connection.execute(select(c.relation, c.a, c.b).where(c.seq_to > since, c.entry <= since))
    while some := found.fetchmany(_PAGE):
        yield [(relation, a, b) for relation, a, b in some]


def begun(connection: Connection, since: int) -> Iterator[tuple[Span, Ends]]:
    """Claims that began since a sequence, a page at a time."""
    c = t.claim.c
    newest = select(c.id).where(c.entry <= since).order_by(c.entry.desc(), c.id.desc()).limit(1)
    start = last = connection.execute(newest).scalar() or 0
    what = select(c.id, c.relation, c.a, c.b)
    while page := connection.execute(what.where(c.id > last).order_by(c.id).limit(_PAGE)).all():
        span = Span(start, last, page[-1][0])
        yield span, [(relation, a, b) for _, relation, a, b in page]
        last = span.end

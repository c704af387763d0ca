"""When the register is known to have shown an edge that bears no day of its own."""

from sqlalchemy import select

from graph.book.book import Book
from graph.ledger import tables as t
from graph.store.base import Edge


def received(book: Book, edge: Edge) -> str | None:
    """The first day on which the register is known to have shown an edge: of its approval, else of its receipt."""
    e, c = t.entry.c, t.claim.c
    where = (c.id.in_(edge.claims), e.source.in_(("registry", "officers")))
    with book.ledger.reading() as connection:
        query = select(c.seen_on, e.at).select_from(t.claim.join(t.entry, c.entry == e.seq)).where(*where)
        days = [str(seen or at[:10]) for seen, at in connection.execute(query)]
    return min(days, default=None)

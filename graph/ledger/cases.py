"""Cases as the ledger keeps them: every step an entry, and a table of how each stands now, told from those entries.

The payload of a step holds the whole row as it stands after it (``row``), what was given with the step, and, where the
argument is new, the argument. So the table is the last step of each case, and ``rebuild`` makes it anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from graph.ledger import tables as t
from graph.ledger.bulk import among
from graph.ledger.ledger import Draft, Writer
from graph.model.jsontext import load

KIND = "case"


class Row(NamedTuple):
    """How a case stands. ``subject``, ``party``: keys of nodes as written; ``ground``: hash of what it rests on.

    ``flag``: what a person has to look at (``ground_changed``, ``objected``), "" for nothing. ``body``: who decides, or
    for a task who carries out; ``parent``: the case that a task belongs to. ``opened``, ``last``: sequences.
    ``due``: ISO day by which the state has to be left, "" for none.
    """

    id: str
    kind: str
    state: str
    flag: str
    measure: str
    subject: str
    party: str
    role: str
    body: str
    ground: str
    parent: str
    opened: int
    last: int
    due: str


class Event(NamedTuple):
    """A step as it was written. ``body``: its payload, None once an erasure took it."""

    seq: int
    at: str
    transition: str
    body: Mapping[str, Any] | None


_COLUMNS = [t.case_state.c[name] for name in Row._fields]


def write(writer: Writer, row: Row, transition: str, told: Mapping[str, Any]) -> Row:
    """Add a step to a case: its entry, and the row as it stands after it. Flush the writer before reading rows."""
    seq = writer.seq + 1
    stands = row._replace(opened=row.opened or seq, last=seq)
    writer.append(Draft(KIND, {"row": stands._asdict(), **told}, rec=f"matter:{row.id}", outcome=transition))
    if row.opened:
        writer.flush()
        writer.connection.execute(delete(t.case_state).where(t.case_state.c.id == row.id))
    writer.add(t.case_state, stands._asdict())
    return stands


def get(connection: Connection, case: str) -> Row | None:
    """How a case stands."""
    found = connection.execute(select(*_COLUMNS).where(t.case_state.c.id == case)).first()
    return Row(*found) if found else None


def events(connection: Connection, case: str) -> list[Event]:
    """The steps of a case, the first first."""
    e, p = t.entry.c, t.payload.c
    query = select(e.seq, e.at, e.outcome, p.body).outerjoin(t.payload, p.seq == e.seq)
    rows = connection.execute(query.where(e.rec == f"matter:{case}").order_by(e.seq))
    return [Event(seq, at, outcome, load(body) if body else None) for seq, at, outcome, body in rows]


def of_keys(connection: Connection, keys: Sequence[str], *, party: bool = False) -> list[Row]:
    """Cases of a subject by its keys; ``party``: those that somebody bears himself."""
    column = t.case_state.c.party if party else t.case_state.c.subject
    return [Row(*row) for row in connection.execute(select(*_COLUMNS).where(among(column, list(keys))))]


def parts_of(connection: Connection, parent: str) -> list[Row]:
    """The tasks of a case, in the order in which they were opened."""
    query = select(*_COLUMNS).where(t.case_state.c.parent == parent).order_by(t.case_state.c.opened)
    return [Row(*row) for row in connection.execute(query)]


def listed(connection: Connection, **wanted: str) -> Iterator[Row]:
    """Cases whose columns have the values wanted, the one with the nearest day first."""
    c = t.case_state.c
    where = [c[name] == value for name, value in wanted.items()]
    order = (c.due == "", c.due, c.opened)
    for row in connection.execute(select(*_COLUMNS).where(*where).order_by(*order)):
        yield Row(*row)


def _told(connection: Connection) -> dict[str, Row]:
    """All cases as their last steps have them."""
    e, p = t.entry.c, t.payload.c
    query = select(p.body).join(t.entry, e.seq == p.seq).where(e.kind == KIND).order_by(e.seq)
    return {(row := Row(**load(body)["row"])).id: row for body in connection.execute(query).scalars()}


def forget(connection: Connection, entries: Iterable[int]) -> None:
    """Take the cases away whose steps an erasure took; what an engine read for anybody is no longer remembered."""
    e = t.entry.c
    query = select(e.rec).where(among(e.seq, entries), e.kind == KIND).distinct()
    gone = [rec.removeprefix("matter:") for rec in connection.execute(query).scalars()]
    connection.execute(delete(t.case_state).where(among(t.case_state.c.id, gone)))
    connection.execute(delete(t.case_read))


def remake(connection: Connection) -> None:
    """Make the table anew from the entries."""
    connection.execute(delete(t.case_state))
    rows = [row._asdict() for row in _told(connection).values()]
    if rows:
        connection.execute(insert(t.case_state), rows)


def differences(connection: Connection) -> Iterator[str]:
    """What the table says otherwise than the entries."""
    kept = {row.id: row for row in listed(connection)}
    told = _told(connection)
    for case in sorted(kept.keys() | told.keys()):
        if kept.get(case) != told.get(case):
            yield f"case {case}: the table of cases does not fit its entries"

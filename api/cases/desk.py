"""Which cases a caller sees, found and counted; what a narrowed reader does not see is not counted either.

A department and a court see the cases of the body of their key: those that it decides, with their tasks, and its own
tasks with their cases. Whoever reads a cut graph sees a case when his reader shows him its subject or a record that it
rests on. A key with a division, which sees every subject, sees a case that rests on a record of its division, and else
one of which every record and document shows to it as to any department.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select

from api.asking import Question
from api.auth import Caller, bound_to
from api.cut import Narrow
from api.entities import Unanswerable
from api.paging import cursor_of, key_of
from graph.book.evidence import claims_told
from graph.ledger import cases
from graph.ledger import tables as t
from graph.ledger.bulk import among
from graph.ledger.cases import Row
from graph.ledger.clock import today
from graph.measures.cases.machine import kinds
from graph.measures.cases.remedies import PLATFORM, REMEDIES
from graph.model.jsontext import dump, load
from graph.store.items import own_id

_C = t.case_state.c

#: Keys of cases that are looked up at a time.
_SOME = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases are asked for; "" = any. ``keys``: of somebody whose cases they are or who bears them.

    ``unsettled``: those in which somebody may still do something, or something may follow.
    """

    state: str = ""
    kind: str = ""
    measure: str = ""
    body: str = ""
    keys: tuple[str, ...] | None = None
    overdue: bool = False
    unsettled: bool = False

    def where(self) -> list[ColumnElement[bool]]:
        """As conditions. Unanswerable 400 for a kind or a state that no case has."""
        known = {"kind": set(kinds()), "state": {state for kind in kinds().values() for state in kind.states}}
        for name, words in known.items():
            if (given := getattr(self, name)) and given not in words:
                raise Unanswerable(400, f"unknown {name}", f"{name}: expected one of {', '.join(sorted(words))}")
        named = ((name, getattr(self, name)) for name in ("state", "kind", "measure", "body"))
        found: list[ColumnElement[bool]] = [_C[name] == value for name, value in named if value]
        if self.keys is not None:
            found.append(or_(among(_C.subject, list(self.keys)), among(_C.party, list(self.keys))))
        if self.unsettled:
            found.append(
                _C.state.in_(sorted({s.name for kind in kinds().values() for s in kind.states.values() if s.open}))
            )
        if self.overdue:
            found += [_C.due != "", _C.due < today()]
        return found


def overdue(row: Row) -> bool:
    """Whether the day has passed by which the state of a case had to be left."""
    return bool(row.due) and row.due < today()


def _place(row: Row) -> tuple[int, str, int]:
    """The order of a desk: by day, those without one last, then by age."""
    return int(row.due == ""), row.due, row.opened


def _determined_by(body: str) -> ColumnElement[bool]:
    """That a repair or an objection is decided by a body, whoever's turn it is: told by the step that opened it."""
    e, p = t.entry.c, t.payload.c
    told = dump({"determining": body})[1:-1]
    opened = select(e.seq).join(t.payload, p.seq == e.seq).where(e.rec == literal("matter:") + _C.id)
    return opened.where(e.outcome == "apply", p.body.contains(told, autoescape=True)).correlate(t.case_state).exists()


class Desk:
    """The cases that one caller sees, as one reader sees them."""

    def __init__(self, asked: Question, caller: Caller) -> None:
        self.asked, self.caller = asked, caller

    def _bound(self) -> list[ColumnElement[bool]]:
        """What the body of the key leaves of all cases."""
        body = bound_to(self.caller)
        if body is None:
            return []
        if not body:
            return [false()]
        c = t.case_state.alias().c
        if body == PLATFORM:
            return [or_(_C.body == body, _C.kind.in_(sorted(REMEDIES)))]
        with_tasks = select(c.parent).where(c.body == body, c.parent != "")
        determined = and_(_C.kind.in_(sorted(REMEDIES)), _determined_by(body))
        decided = select(c.id).where(c.body == body)
        return [or_(_C.body == body, determined, _C.id.in_(with_tasks), and_(_C.parent != "", _C.parent.in_(decided)))]

    def _rows(self, query: Select[Any]) -> list[Row]:
        with self.asked.book.ledger.reading() as connection:
            return [Row(*found) for found in connection.execute(query)]

    def _select(self, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
        return select(*(_C[name] for name in Row._fields)).where(*where, *self._bound())

    def found(self, wanted: Wanted, limit: int, cursor: str | None) -> tuple[int, str | None, list[Row]]:
        """How many there are, the next cursor, and a page of them: those with the nearest day first."""
        where = wanted.where()
        ordered = self._select(where).order_by(_C.due == "", _C.due, _C.opened)
        after = tuple(key_of(cursor, (int, str, int))) if cursor else None
        if isinstance(self.asked.reader, Narrow):
            seen = self._seen(self._rows(ordered))
            total, left = len(seen), [row for row in seen if after is None or _place(row) > after]
        else:
            with self.asked.book.ledger.reading() as connection:
                counted = select(func.count()).select_from(t.case_state).where(*where, *self._bound())
                total = int(connection.execute(counted).scalar_one())
            left = self._rows((ordered if after is None else ordered.where(_later(*after))).limit(limit + 1))
        some = left[:limit]
        return total, cursor_of(_place(some[-1])) if len(left) > limit else None, some

    def use(self) -> Counter[tuple[str, str, str, str]]:
        """How many cases there are by kind, measure, body and state."""
        if isinstance(self.asked.reader, Narrow):
            rows = self._seen(self._rows(self._select([])))
            return Counter((row.kind, row.measure, row.body, row.state) for row in rows)
        columns = (_C.kind, _C.measure, _C.body, _C.state)
        with self.asked.book.ledger.reading() as connection:
            found = connection.execute(select(*columns, func.count()).where(*self._bound()).group_by(*columns))
            return Counter({(kind, measure, body, state): n for kind, measure, body, state, n in found})

    def of(self, keys: Iterable[str]) -> list[Row]:
        """The cases of somebody, and those that he bears."""
        where = Wanted(keys=tuple(keys)).where()
        return self._seen(self._rows(self._select(where).order_by(_C.opened)))

    def get(self, case: str) -> Row:
        """One case. Unanswerable 404 for any that the caller does not see."""
        for row in self._seen(self._rows(self._select([_C.id == case]))):
            return row
        raise Unanswerable(404, "unknown case", "no case of this id is known")

    def parts(self, case: str) -> list[Row]:
        """The tasks of a case that the caller sees, in the order in which they were opened."""
        return self._seen(self._rows(self._select([_C.parent == case]).order_by(_C.opened)))

    def _seen(self, rows: list[Row]) -> list[Row]:
        """Those cases that the reader may see."""
        reader, view = self.asked.reader, self.asked.view
        if not rows or not isinstance(reader, Narrow):
            return rows
        if self.asked.division:
            open_to = self._of_division(reader, {row.parent or row.id for row in rows})
            return [row for row in rows if (row.parent or row.id) in open_to]
        subjects = reader.get(view, sorted({own_id(row.subject) for row in rows}))
        rest = {row.parent or row.id for row in rows if own_id(row.subject) not in subjects}
        records = {case: _records(argument) for case, argument in self._arguments(sorted(rest))}
        shown = reader.get(view, sorted(set().union(*records.values())))
        with_record = {case for case, ids in records.items() if not ids.isdisjoint(shown)}
        return [row for row in rows if own_id(row.subject) in subjects or (row.parent or row.id) in with_record]

    def _of_division(self, reader: Narrow, some: set[str]) -> set[str]:
        """Cases of which a record or a document is of the division, and those of which everything shows."""
        view = self.asked.view
        arguments = dict(self._arguments(sorted(some)))
        claims = {case: {c for ground in a["grounds"] for c in ground["claims"]} for case, a in arguments.items()}
        told = claims_told(self.asked.book.ledger, sorted(set().union(*claims.values())), view)
        row_of = {claim["claim"]: str(claim["evidence"]["record"]) for claim in told}
        # A row of roles or shares is no record of its own: it shows with the subjects that it links.
        documents = self.asked.book.store.get(view, sorted(set(row_of.values())))
        rests_on = {
            case: _records(argument) | {row_of[c] for c in claims[case] if row_of.get(c) in documents}
            for case, argument in arguments.items()
        }
        ids = sorted(set().union(*rests_on.values()))
        shown, own = reader.get(view, ids), reader.whole(view, ids)
        return {case for case, all_of in rests_on.items() if all_of <= shown.keys() or not all_of.isdisjoint(own)}

    def _arguments(self, some: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Cases with their arguments, of several of one case the latest last."""
        e, p = t.entry.c, t.payload.c
        query = select(e.rec, p.body).join(t.payload, p.seq == e.seq).where(e.kind == cases.KIND).order_by(e.seq)
        with self.asked.book.ledger.reading() as connection:
            for start in range(0, len(some), _SOME):
                recs = [f"matter:{case}" for case in some[start : start + _SOME]]
                for rec, text in connection.execute(query.where(e.rec.in_(recs))):
                    body = load(text)
                    if "argument" in body:
                        yield rec.removeprefix("matter:"), body["argument"]


def _records(argument: Mapping[str, Any]) -> set[str]:
    """The ids of the records that an argument names."""
    return {own_id(str(record["key"])) for record in argument["records"]}


def _later(no_day: int, due: str, opened: int) -> ColumnElement[bool]:
    """After a place in the order of a desk."""
    if no_day:
        return and_(_C.due == "", _C.opened > opened)
    return or_(_C.due == "", _C.due > due, and_(_C.due == due, _C.opened > opened))

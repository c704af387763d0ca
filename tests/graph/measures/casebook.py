"""A book of what measures rest on, and random events upon it: records, roles, orders, objections, people."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from graph.ledger import cases
from graph.ledger.cases import Row
from graph.ledger.clock import today
from graph.ledger.ledger import Draft
from graph.ledger.vault import content_hash
from graph.measures.cases import acts
from graph.measures.cases.argument import argument_of, ground_of
from graph.measures.cases.days import after
from graph.measures.cases.machine import SYSTEM, Actor, NotAllowed, kinds
from graph.measures.cases.sync import Synced, follow_changes, sync
from graph.measures.catalogue import Catalogue
from graph.measures.reach import reach
from graph.measures.received import received
from graph.measures.triggers import OBJECTED, status
from graph.model.claims import RESTRICTED, Claim, EdgeClaim, Mention, Name, NodeClaim
from graph.model.effects import Effect, dump
from graph.store.base import View
from ingest.recorder import Recorder
from ingest.recorder import Row as Given
from ingest.sealing import Sealed
from tests.graph.kernel.harness import Given as Parser
from tests.graph.kernel.harness import Town

CATALOGUE = Catalogue.load()
UNITS, PEOPLE, CASES = 2, 3, 1
_CODES = [f"9135980{n}MA00000{n}0{n}" for n in range(UNITS)]


class CaseTown(Town):
    """A town of two units and three persons, with a case book."""

    version = 0

    def unit(self, n: int) -> Mention:
        """A unit by its code."""
        return Mention((f"uscc:{_CODES[n]}",))

    def person(self, n: int) -> Mention:
        """A person by the token of his number."""
        return Mention((self.pid(n),))

    def anybody(self, rng: random.Random) -> Mention:
        """A unit or, less often, a person."""
        return self.unit(rng.randrange(UNITS)) if rng.randrange(3) else self.person(rng.randrange(PEOPLE))

    def put(self, source: str, key: str, claims: Sequence[Claim], *, ended: bool = False) -> None:
        """A version of a record of a source, later than all before it."""
        self.version += 1
        content = content_hash(f"{source}|{key}|{self.version}|{claims!r}")
        with self.book.writing() as writer:
            given = Parser()
            given.by_content[content] = list(claims)
            recorder = Recorder(writer, source, given, f"b{writer.seq}")
            sealed = Sealed({"content": content}, f"rec:{source}/{key}", content)
            row = Given(source, 1, sealed, f"2020-01-01#{self.version:06d}", ended, len(claims))
            recorder.prefetch([row])
            recorder.take(row)
            recorder.settle()
            writer.append(Draft("batch", {}))

    def people(self) -> None:
        """The register: units with their names, persons with marks of their numbers."""
        for n in range(UNITS):
            self.put("registry", f"u{n}", [NodeClaim(self.unit(n), "company", (Name(f"甲{n}有限公司"),), rank=90)])
        for n in range(PEOPLE):
            props = {"id_mask": f"359802********{n:04d}"}
            self.put("officers", f"p{n}", [NodeClaim(self.person(n), "person", (Name(f"乙{n}"),), props, rank=80)])

    def record(self, source: str, key: str, kind: str, about: Mention, case: int, **props: str) -> list[Claim]:
        """The claims of a record about somebody in a case."""
        rec, court = Mention((f"rec:{source}/{key}",)), Mention((f"case:（2025）闽9801执{case}号",))
        said = {name: value for name, value in props.items() if value}
        return [
            NodeClaim(rec, "record", (Name(f"{kind} {key}"),), {"record_kind": kind, **said}),
            NodeClaim(court, "case", (Name(f"（2025）闽9801执{case}号"),)),
            NodeClaim(about, "person" if about.best.startswith("pid:") else "company"),
            EdgeClaim("about", rec, about),
            EdgeClaim("in_case", rec, court),
        ]

    def rows(self, **wanted: str) -> list[Row]:
        """Cases whose columns have these values."""
        with self.book.ledger.reading() as connection:
            return list(cases.listed(connection, **wanted))

    def act(self, case: str, transition: str, actor: Actor, **given: object) -> Row:
        """A step of a person."""
        with self.book.writing() as writer:
            return acts.act(writer, case, transition, actor, given)


class Events:
    """Random events, one after the other; ``day`` moves on by the environment."""

    def __init__(self, town: CaseTown, rng: random.Random, patch: pytest.MonkeyPatch) -> None:
        self.town, self.rng, self.patch = town, rng, patch
        town.people()

    def _ending(self) -> dict[str, str]:
        """How a record may stand: open, ended, ending on a day to come."""
        kinds_of_end: tuple[dict[str, str], ...] = (
            {},
            {},
            {"active_to": "2026-10-03", "end_kind": "withdrawn"},
            {"active_to": "2026-12-01"},
        )
        return dict(self.rng.choice(kinds_of_end))

    def _effects(self) -> dict[str, str]:
        kind = self.rng.choice(("", "", "objected", "repaired"))
        start, end = "2026-09-01", self.rng.choice(("", "2026-10-06"))
        return {"effects": dump([Effect(kind, start, end)])} if kind else {}  # type: ignore[arg-type]

    def listed(self) -> None:
        """An entry of the debtor list, new or another version of it."""
        case = self.rng.randrange(CASES)
        about = self.town.anybody(self.rng)
        props = {"list": "L01", "date": "2025-03-20", "active_from": "2025-03-20", **self._ending(), **self._effects()}
        key = f"e{case}{about.best[-2:]}"
        claims = self.town.record("dishonest-debtors", key, "listed_dishonest_debtor", about, case, **props)
        self.town.put("dishonest-debtors", key, claims, ended="active_to" in props)

    def debtor(self) -> None:
        """A judgment debtor."""
        case, about = self.rng.randrange(CASES), self.town.anybody(self.rng)
        end = {"ended": "yes", "end_kind": "expired"} if not self.rng.randrange(3) else {}
        props = {"date": "2025-02-10", "active_from": "2025-02-10", **end}
        key = f"d{case}{about.best[-2:]}"
        claims = self.town.record("judgment-debtors", key, "judgment_debtor", about, case, **props)
        self.town.put("judgment-debtors", key, claims)

    def order(self) -> None:
        """An order that restricts the consumption of a person in a role, in force or lifted."""
        case, who, unit = self.rng.randrange(CASES), self.rng.randrange(PEOPLE), self.rng.randrange(UNITS)
        props = {
            "list": "L01a", "date": "2025-03-27", "active_from": "2025-03-27", "filed": "2025-02-10",
            "published": "2025-03-27", "unit_code": _CODES[unit], **self._ending(),
        }  # fmt: skip
        person, key = self.town.person(who), f"o{case}{who}{unit}"
        claims = self.town.record(
            "consumption-restrictions", key, "consumption_restriction_order", person, case, **props
        )
        role = self.rng.choice(("legal_rep", "actual_controller", "director"))
        named = {"role": role, "adult": self.rng.choice(("yes", "yes", "no"))}
        claims.append(EdgeClaim("names", Mention((f"rec:consumption-restrictions/{key}",)), person, props=named))
        self.town.put("consumption-restrictions", key, claims)

    def officer(self) -> None:
        """Somebody is legal representative, from a day and perhaps to a day."""
        who, unit = self.rng.randrange(PEOPLE), self.rng.randrange(UNITS)
        start = self.rng.choice(("2020-01-01", "2025-03-01", "2025-06-01"))
        end = self.rng.choice((None, None, "2025-01-01"))
        edge = EdgeClaim("legal_rep_of", self.town.person(who), self.town.unit(unit), start, end)
        self.town.put("officers", f"r{who}{unit}", [edge])

    def same(self) -> None:
        """Two persons turn out to be one, or two units; or that is taken back."""
        taken = [seq for seq in getattr(self, "decided", []) if seq]
        if taken and self.rng.randrange(2):
            self.town.decide("undo", (), taken[-1])
            self.decided: list[int] = taken[:-1]
            return
        if self.rng.randrange(2):
            keys = [self.town.person(n).best for n in self.rng.sample(range(PEOPLE), 2)]
            self.decided = [*taken, self.town.decide("same", keys)]

    def day(self) -> None:
        """Some days pass."""
        self.patch.setenv("CREDITGRAPH_TODAY", after(today(), self.rng.randrange(1, 4)))

    def person(self) -> None:
        """Somebody takes a step that the case allows, or one that it does not."""
        rows = [row for row in self.town.rows() if kinds()[row.kind].states[row.state].open]
        if not rows:
            return
        row = (
            self.rng.choice([r for r in rows if r.state in ("decided", "in_force")] or rows)
            if self.rng.randrange(2)
            else (self.rng.choice(rows))
        )
        steps = [t for t in kinds()[row.kind].transitions.values() if t.who != SYSTEM]
        onwards = [t for t in steps if row.state in t.sources and t.name in ("decide", "enforce", "report", "release")]
        step = self.rng.choice(onwards or steps) if self.rng.randrange(3) else self.rng.choice(steps)
        fields = {name: today() if name.endswith("_on") else "核对" for name in step.needs}
        actor = Actor(self.rng.choice(("k1", "k2")), self.rng.choice((row.body, row.body, row.body, "another")))
        before = self.town.rows()
        try:
            self.town.act(row.id, step.name, actor, **fields)
        except NotAllowed:
            assert self.town.rows() == before

    def one(self) -> None:
        """One event, and what follows from it."""
        before = today()
        some = (
            self.listed,
            self.listed,
            self.debtor,
            self.order,
            self.officer,
            self.same,
            self.day,
            *[self.person] * 5,
        )
        self.rng.choice(some)()
        self.follow(moved=today() != before)

    def follow(self, *, moved: bool) -> Synced | None:
        """Cases follow: by changes after a batch, for everybody on a new day."""
        return sync(self.town.book) if moved else follow_changes(self.town.book)


def in_order(town: CaseTown) -> None:
    """What must be so at any time, worked out from the graph by asking for everybody."""
    book, day = town.book, today()
    view = View(RESTRICTED, day, None, day)
    measures = {measure.id: measure for measure in CATALOGUE.measures}
    said: dict[tuple[str, str, str, str], str] = {}
    for node in list(book.store.scan_nodes(view)):
        if node.kind in ("company", "person"):
            answer = reach(book.store, view, node.id, CATALOGUE, lambda edge: received(book, edge))
            for p in answer.proposed:
                ground = ground_of(argument_of(p, node, measures[p.measure], CATALOGUE))
                said[p.measure, node.id, p.party.id, p.role] = ground
    rows = town.rows(kind="measure")
    standing: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in rows:
        subject, party = book.store.by_key(view, row.subject), book.store.by_key(view, row.party)
        place = (row.measure, subject.id if subject else "", party.id if party else "", row.role)
        standing.setdefault(place, []).append(row)
        if kinds()["measure"].states[row.state].open:
            _open_case(town, row, said.get(place), view)
        _tasks(town, row)
    for place, ground in said.items():
        some = standing.get(place, [])
        is_open = [row for row in some if kinds()["measure"].states[row.state].open]
        settled = any(row.state in acts.SETTLED and row.ground == ground for row in some)
        assert len(is_open) == 1 or (not is_open and settled)


def _events(town: CaseTown, row: Row) -> list[Any]:
    with town.book.ledger.reading() as connection:
        return cases.events(connection, row.id)


def _open_case(town: CaseTown, row: Row, ground: str | None, view: View) -> None:
    """No measure without ground; while an objection is open the case waits; nothing in force without two persons."""
    events = _events(town, row)
    if ground is None:
        records = acts.argument(events)["records"]
        nodes = [town.book.store.by_key(view, record["key"]) for record in records]
        assert row.flag == acts.OBJECTED
        assert any(node is not None and status(node, view.today) == OBJECTED for node in nodes)
    else:
        assert row.ground == ground and row.flag != acts.OBJECTED
    if row.state == "in_force":
        steps = {event.transition: event.body["by"] for event in events}
        assert steps["decide"]["body"] == steps["enforce"]["body"] == row.body
        assert steps["decide"]["key"] != steps["enforce"]["key"]


def _tasks(town: CaseTown, row: Row) -> None:
    with town.book.ledger.reading() as connection:
        parts = cases.parts_of(connection, row.id)
    tasks = [part for part in parts if part.kind == "task"]
    releases = [part for part in parts if part.kind == "release"]
    bodies = sorted(acts.argument(_events(town, row))["implementing"])
    if row.state == "in_force":
        assert sorted(task.body for task in tasks) == bodies and not releases
        assert all(task.state != "withdrawn" for task in tasks)
    elif row.state in ("ended", "lifted"):
        assert {task.state for task in tasks} == {"withdrawn"}
        told = {t.body for t in tasks if {"acknowledge", "report"} & {e.transition for e in _events(town, t)}}
        assert {release.body for release in releases} == told
    else:
        assert not parts

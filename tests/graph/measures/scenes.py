"""Scenes for the tests of measures: units, persons, records and documents in the shape that the loaders give them."""

import json
from collections.abc import Sequence

from graph.measures.answers import Reach
from graph.measures.catalogue import Catalogue
from graph.measures.reach import reach
from graph.measures.roles import Received, never_received
from graph.model.claims import RESTRICTED
from graph.store.base import Value, View
from tests.fakes import FakeGraph

DAY = "2026-10-01"
CATALOGUE = Catalogue.load()

ORDER = "consumption_restriction_order"
EXIT = "exit_restriction_decision"


def view(day: str | None = DAY) -> View:
    """The view of a reader who may see everything."""
    return View(RESTRICTED, day, None, DAY)


class Scene:
    """A graph under construction. Every maker answers with the id of what it made; ids are the names."""

    def __init__(self) -> None:
        self.graph = FakeGraph()
        self.records: list[str] = []
        self._count = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def unit(self, name: str, kind: str = "company", prefix: str = "91", *, code: bool = True) -> str:
        """A unit with a unified code, or by name only."""
        keys = [f"uscc:{prefix}359900MA{self._next():08d}"] if code else [f"ctx:rec:x/{name}"]
        self.graph.add_node(name, kind, name, keys=keys)
        return name

    def person(self, name: str, *, numbered: bool = True) -> str:
        """A person with a number, or known by name only."""
        keys = [f"pid:{name}"] if numbered else [f"ctx:uscc:x/{name}"]
        props: dict[str, Value] = {"id_mask": "359902********1234"} if numbered else {}
        self.graph.add_node(name, "person", name, keys=keys, props=props)
        return name

    def record(
        self, record_kind: str, about: Sequence[str], *, case: str = "", match: str = "exact", **props: str
    ) -> str:
        """A record node about subjects, in a case if one is given; empty properties are left out."""
        number = self._next()
        record_id = f"r{number}"
        said = {"record_kind": record_kind, **{key: value for key, value in props.items() if value}}
        self.graph.add_node(record_id, "record", f"{record_kind} {number}", keys=[f"rec:test/{number}"], props=said)
        for subject in about:
            self.graph.add_edge("about", record_id, subject, match=match)
        if case:
            self.graph.add_node(case, "case", case, keys=[f"case:{case}"])
            self.graph.add_edge("in_case", record_id, case)
        self.records.append(record_id)
        return record_id

    def debtor(self, subject: str, case: str, date: str = "2025-02-10", *, closed: bool = False) -> str:
        """A judgment debtor record; ``closed`` = 已结案."""
        end: dict[str, str] = {"ended": "yes", "end_kind": "expired"} if closed else {}
        return self.record("judgment_debtor", [subject], case=case, date=date, active_from=date, **end)

    def listed(self, subject: str, case: str, date: str = "2025-03-20", withdrawn: str = "") -> str:
        """An entry on the debtor list."""
        end: dict[str, str] = {"active_to": withdrawn, "end_kind": "withdrawn"} if withdrawn else {}
        props: dict[str, str] = {"list": "L01", "date": date, "active_from": date, **end}
        return self.record("listed_dishonest_debtor", [subject], case=case, **props)

    def order(
        self,
        person: str,
        role: str,
        case: str,
        *,
        unit: str = "",
        unit_code: str = "",
        kind: str = ORDER,
        filed: str = "2025-02-10",
        published: str = "2025-03-27",
        adult: str = "yes",
        lifted: str = "",
        match: str = "exact",
    ) -> str:
        """One row of the restriction orders: about the person, naming him in a role."""
        end: dict[str, str] = {"active_to": lifted, "end_kind": "withdrawn"} if lifted else {}
        props: dict[str, str] = {
            "list": "L01a" if kind == ORDER else "",
            "date": published,
            "active_from": published,
            "filed": filed,
            "published": published,
            "unit_name": unit,
            "unit_code": unit_code,
        }
        record_id = self.record(kind, [person], case=case, **props, **end)
        self.graph.add_edge("names", record_id, person, props={"role": role, "adult": adult}, match=match)
        return record_id

    def wage_listing(
        self,
        unit: str,
        people: Sequence[tuple[str, str]],
        paper: Sequence[tuple[str, str]] = (),
        *,
        until: str = "2028-05-09",
        adult: str = "yes",
    ) -> str:
        """A wage-arrears decision that lists a unit and persons; ``paper``: persons without a number."""
        named_only = json.dumps([{"name": name, "role": role} for name, role in paper]) if paper else ""
        record_id = self.record(
            "wage_arrears_list",
            [unit, *(person for person, _ in people)],
            list="L06",
            date="2025-05-09",
            active_from="2025-05-09",
            active_to=until,
            end_kind="expired",
            named_only=named_only,
        )
        for person, role in people:
            self.graph.add_edge("names", record_id, person, props={"role": role, "adult": adult})
        return record_id

    def tax_notice(self, unit: str, person: str, date: str = "2025-09-01", *, role: str = "") -> str:
        """An announcement of tax arrears whose exit notice names a person, with a role or without."""
        record_id = self.record("tax_arrears_record", [unit], date=date, active_from=date)
        props: dict[str, Value] = {"adult": "yes", **({"role": role} if role else {})}
        self.graph.add_edge("names", record_id, person, props=props)
        return record_id

    def officer(
        self, person: str, unit: str, start: str | None, end: str | None = None, relation: str = "legal_rep_of"
    ) -> str:
        """A row of the officers source; without ``start`` it is undated."""
        edge = self.graph.add_edge(relation, person, unit, valid_from=start, valid_to=end, sources=["officers"])
        return edge.id

    def snapshot(
        self, person: str, unit: str, seen_on: str | None, sources: Sequence[str] = ("registry",), match: str = "exact"
    ) -> str:
        """The legal representative as the register shows him on a day."""
        edge = self.graph.add_edge("legal_rep_of", person, unit, seen_on=seen_on, sources=sources, match=match)
        return edge.id

    def holds(self, holder: str, company: str) -> str:
        """A holding in a company."""
        return self.graph.add_edge("shareholder_of", holder, company, sources=["shareholders"]).id

    def ask(self, subject: str, day: str = DAY, received: Received = never_received) -> Reach:
        """Reach of a subject."""
        return reach(self.graph, view(day), subject, CATALOGUE, received)


def proposed(answer: Reach) -> set[tuple[str, str, int]]:
    """(measure, party, hop) of every proposal."""
    return {(p.measure, p.party.name, p.hop) for p in answer.proposed}


def refused(answer: Reach) -> set[tuple[str, str, str]]:
    """(measure, party, reason) of every refusal."""
    return {(r.measure, r.party_name, r.reason) for r in answer.not_reached}


def reached_by(answer: Reach, measure: str) -> set[str]:
    """Names of the parties to whom a measure is proposed at hop 1."""
    return {p.party.name for p in answer.proposed if p.measure == measure and p.hop == 1}


def reason(answer: Reach, measure: str, party: str) -> set[str]:
    """Why a measure does not reach a party."""
    return {r.reason for r in answer.not_reached if (r.measure, r.party_name) == (measure, party)}


def switched_off(answer: Reach) -> set[str]:
    """Ids of the disabled rows."""
    return {row.measure for row in answer.disabled}

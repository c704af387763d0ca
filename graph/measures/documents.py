"""Documents that name persons: the order in the case of a record, or the record itself.

Who is named, in which role, whether an adult, whether the document is in force. A person without a number is a name
on paper (``named_only``), never a node that anything could be attached to.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from graph.measures.catalogue import Measure
from graph.measures.review import MODES, TEST_DAYS
from graph.measures.terms import Terms
from graph.measures.triggers import ACTIVE, Record, status
from graph.measures.walk import Walk, has_number, holds_code
from graph.model.text import norm_name
from graph.store.base import Edge, Node

#: The role of an order against the debtor himself (被执行人本人): no extension of anything.
SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Naming:
    """A document that names somebody in connection with a record about a unit.

    ``party`` None: by name only. ``role`` "": the document states none. ``adult``: 18 on the day of the document.
    ``here``: the document speaks of this unit, not of another debtor of the case. ``grounds``: edges it rests on.
    """

    record: Record
    document: Node
    party: Node | None
    party_name: str
    role: str
    adult: bool
    here: bool
    in_force: bool
    grounds: tuple[Edge, ...]

    @property
    def numbered(self) -> bool:
        """Whether the party is named with a valid number."""
        return self.party is not None and has_number(self.party)


class Documents:
    """The documents that name persons, per record; read once for all measures. ``day``: the ISO day asked."""

    def __init__(self, walk: Walk, unit: Node, terms: Terms, day: str) -> None:
        self._walk = walk
        self._unit = unit
        self._terms = terms
        self._day = day
        self._found: dict[tuple[str, str], list[Naming]] = {}

    def namings(self, measure: Measure, record: Record) -> list[Naming]:
        """Everybody whom the document that the measure asks for names, in force or not."""
        place, kind = MODES[measure.extends_mode], measure.naming_document
        if place is None or kind is None:
            return []
        known = record.node.id, f"{place}/{kind}"
        if known not in self._found:
            joined = self._of_case(record) if place == "case" else [(record.node, ())]
            self._found[known] = [
                naming
                for document, path in joined
                if kind in self._terms.kinds_of_record(document)
                for naming in self._read(record, document, path)
            ]
        return self._found[known]

    def _of_case(self, record: Record) -> list[tuple[Node, tuple[Edge, ...]]]:
        """Every record of the cases that a record is in, each with the two edges that join them."""
        into = self._walk.edges([record.node.id], ["in_case"], "out")
        by_case = {edge.target: edge for edge in into}
        joining = [edge for edge in self._walk.edges(list(by_case), ["in_case"], "in") if edge.target in by_case]
        documents = self._walk.nodes(edge.source for edge in joining)
        return [(documents[e.source], (by_case[e.target], e)) for e in joining if e.source in documents]

    def _read(self, record: Record, document: Node, path: tuple[Edge, ...]) -> list[Naming]:
        state = status(document, self._day)
        if state is None:
            return []
        here, in_force = self._speaks_of_unit(document), state == ACTIVE
        names = self._walk.edges([document.id], ["names"], "out")
        parties = self._walk.nodes(edge.target for edge in names)
        found = []
        for edge in names:
            party = parties.get(edge.target)
            if party is not None and party.kind == "person" and party.id != self._unit.id:
                adult = edge.props.get("adult") == "yes"
                role, grounds = str(edge.props.get("role", "")), (record.about, *path, edge)
                found.append(Naming(record, document, party, party.name, role, adult, here, in_force, grounds))
        for name, role in _names_on_paper(document):
            grounds = (record.about, *path)
            found.append(Naming(record, document, None, name, role, False, here, in_force, grounds))
        return found

    def _speaks_of_unit(self, document: Node) -> bool:
        """Whether the unit that an order states, if it states one, is this one: a case may have several debtors."""
        code, name = str(document.props.get("unit_code", "")), str(document.props.get("unit_name", ""))
        if code:
            return holds_code(self._unit, code)
        return not name or norm_name(name) in {norm_name(period.text) for period in self._unit.names}


def _names_on_paper(document: Node) -> list[tuple[str, str]]:
    entries = json.loads(str(document.props.get("named_only", "[]")))
    return [(str(entry["name"]), str(entry.get("role", ""))) for entry in entries]


def roles_claimed(naming: Naming, measure: Measure, terms: Terms) -> Sequence[str]:
    """The roles to judge: the one that the document states, else all that the law names and the register may show.

    A role that only a document finds is found by none that states no role.
    """
    if naming.role:
        return (naming.role,)
    tested = TEST_DAYS.get(measure.role_test_date or "") is not None
    return [role for role in measure.extends_to if tested and role not in terms.found_by_document]


def test_days(measure: Measure, document: Node) -> tuple[str, str] | None:
    """First and last day on which the register must show the role; None when the document gives no day.

    A missing first day is the last; a document without the day named by ``role_test_date`` is dated by its ``date``.
    """
    props = TEST_DAYS.get(measure.role_test_date or "")
    if props is None:
        return None
    first, last = (str(document.props.get(prop, "")) for prop in props)
    last = last or str(document.props.get("date", ""))
    return (min(first or last, last), last) if last else None

"""The records of a subject and whether they are active: what may trigger a measure at all."""

from collections.abc import Iterable
from dataclasses import dataclass

from graph.measures.terms import SEVERE, Terms
from graph.measures.walk import Walk
from graph.model.effects import ENDING, effects_of
from graph.store.base import Edge, Node

ACTIVE = "active"

#: While an objection is open: the record stands, but nothing new is proposed from it.
OBJECTED = "objected"

#: A red list entry while its subject is on a severe list (发改财金规〔2017〕1798号: keep black, suspend red).
SUSPENDED = "suspended"

#: Statuses in which a record stands.
STANDING = frozenset({ACTIVE, OBJECTED})

RED = "red"


def status(record: Node, day: str) -> str | None:
    """The status of a record on an ISO day: ``active``, ``objected``, or how it ended; None before it began.

    Ended otherwise than by a known kind counts as ``expired``. Both bounds of ``[active_from, active_to)`` may be
    absent; ``ended`` = yes marks an end without a known date. A repair, or the removal that an objection led to
    (:mod:`graph.model.effects`), ends a record too and is told before its own end: it stays repaired when its term
    is over.
    """
    props, effects = record.props, effects_of(record.props)
    if str(props.get("active_from", "")) > day:
        return None
    ended = min((effect for effect in effects if effect.kind in ENDING and effect.holds(day)), default=None)
    if ended:
        return ended.kind
    ends = str(props.get("active_to", ""))
    if props.get("ended") == "yes" or (ends and ends <= day):
        return str(props.get("end_kind", "expired"))
    return OBJECTED if any(e.kind == OBJECTED and e.holds(day) for e in effects) else ACTIVE


def statuses(records: Iterable[Node], terms: Terms, day: str) -> dict[str, str]:
    """Status by id of all records of one subject that have begun, red list entries suspended where they are."""
    nodes = list(records)
    found = {node.id: state for node in nodes if (state := status(node, day))}
    severe = terms.any_of_lists.get(SEVERE, ())
    if any(found.get(node.id) in STANDING for node in nodes if node.props.get("list") in severe):
        red = [node.id for node in nodes if node.props.get("list") == RED]
        found |= {node_id: SUSPENDED for node_id in red if found.get(node_id) in STANDING}
    return found


def record_age(record: Node) -> tuple[str, str]:
    """Sort key, oldest first: the record's date, else the day from which it counts; undated ones last."""
    return str(record.props.get("date") or record.props.get("active_from") or "9999-12-31"), record.id


@dataclass(frozen=True, slots=True)
class Record:
    """A record about the subject. ``about``: the edge that says so. ``kinds``: all record kinds it is of."""

    node: Node
    about: Edge
    kinds: frozenset[str]
    active: bool

    def triggers(self, kinds: Iterable[str]) -> bool:
        """Whether the record is of one of these kinds, active or not."""
        return not self.kinds.isdisjoint(kinds)


def records_of(walk: Walk, subject: Node, terms: Terms, day: str) -> list[Record]:
    """All records of a subject that have begun by an ISO day, in the order of the store."""
    about = walk.edges([subject.id], ["about"], "in")
    nodes = walk.nodes(edge.source for edge in about)
    known = statuses(nodes.values(), terms, day)
    return [
        Record(node, edge, terms.kinds_of_record(node), known[node.id] == ACTIVE)
        for edge in about
        if (node := nodes.get(edge.source)) and node.id in known
    ]

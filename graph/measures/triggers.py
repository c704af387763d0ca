"""The records of a subject and whether they are active: what may trigger a measure at all."""

from collections.abc import Iterable
from dataclasses import dataclass

from graph.measures.terms import Terms
from graph.measures.walk import Walk
from graph.store.base import Edge, Node

ACTIVE = "active"


def status(record: Node, day: str) -> str | None:
    """The status of a record on an ISO day: ``active``, or how it ended; None before it began.

    Ended otherwise than by a known kind counts as ``expired``. Both bounds of ``[active_from, active_to)`` may be
    absent; ``ended`` = yes marks an end without a known date.
    """
    begins, ends = str(record.props.get("active_from", "")), str(record.props.get("active_to", ""))
    if begins > day:
        return None
    if record.props.get("ended") != "yes" and (not ends or day < ends):
        return ACTIVE
    return str(record.props.get("end_kind", "expired"))


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
    found = []
    for edge in about:
        node = nodes.get(edge.source)
        state = status(node, day) if node else None
        if node and state:
            found.append(Record(node, edge, terms.kinds_of_record(node), state == ACTIVE))
    return found

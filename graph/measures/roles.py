"""The register test: did a person hold a role at a unit on the days that the law asks about.

Only the sources that speak for the register prove a role (``catalogue/terms.yaml``): dated rows by their interval
``[from, to)``; without any dated row of the role at the unit, an undated state from the day on which it was seen.
"""

from collections.abc import Callable
from dataclasses import dataclass

from graph.measures.terms import Terms
from graph.measures.walk import Walk
from graph.store.base import Edge

#: The first day on which the register's own claims of an edge were received (ISO), None when nobody can tell.
Received = Callable[[Edge], str | None]

ENDED = "role_ended"
UNKNOWN = "role_date_unknown"


def never_received(edge: Edge) -> str | None:
    """The default of :data:`Received`: nobody can tell, so nothing is proved."""
    return None


@dataclass(frozen=True, slots=True)
class RoleProof:
    """``reason``: None when the role is proved, else why not. ``edges``: what the answer rests on."""

    reason: str | None
    edges: tuple[Edge, ...]


class Register:
    """What the register says of the roles at one unit. ``day``: the ISO day of the question."""

    def __init__(self, walk: Walk, unit_id: str, terms: Terms, day: str, received: Received) -> None:
        self._walk = walk
        self._unit = unit_id
        self._terms = terms
        self._day = day
        self._received = received
        self._rows: dict[str, list[Edge]] = {}

    def rows(self, relation: str) -> list[Edge]:
        """All edges of a relation into the unit, of all times and sources."""
        if relation not in self._rows:
            self._rows[relation] = self._walk.edges([self._unit], [relation], "in")
        return [edge for edge in self._rows[relation] if edge.target == self._unit]

    def prove(self, role: str, person_id: str, days: tuple[str, str] | None) -> RoleProof:
        """Test a role on some day from the first to the last of ``days``, both included; None = days unknown.

        Source of the rule: the day of the order, not today, decides (法发〔2019〕35号 item 17).
        """
        rows = self.rows(self._terms.relations[role])
        dated = [edge for edge in rows if edge.valid_from and self._terms.dated.intersection(edge.sources)]
        own = [edge for edge in dated or rows if edge.source == person_id]
        if days is None:
            return RoleProof(UNKNOWN, tuple(own))
        if dated:
            held = [edge for edge in own if _overlaps(edge, days)]
            if held:
                return RoleProof(None, tuple(held))
            return RoleProof(ENDED if own else UNKNOWN, tuple(own))
        seen = [edge for edge in own if self._seen_by(edge, days[1])]
        return RoleProof(None if seen else UNKNOWN, tuple(seen or own))

    def _seen_by(self, edge: Edge, last: str) -> bool:
        """Whether an undated state of the register was seen on or before the last day."""
        speaking = self._terms.snapshot.intersection(edge.sources)
        if not speaking:
            return False
        # A term given without a beginning comes from a dated source; once passed, that source proves nothing more.
        if edge.valid_to and edge.valid_to <= self._day and speaking <= self._terms.dated:
            return False
        # Other sources may have set ``seen_on``: then only the ledger can tell what the register's claims say.
        alone = speaking == set(edge.sources)
        seen = (edge.seen_on if alone else None) or self._received(edge)
        return seen is not None and seen <= last


def _overlaps(edge: Edge, days: tuple[str, str]) -> bool:
    return (edge.valid_from or "") <= days[1] and (edge.valid_to is None or edge.valid_to > days[0])

"""The answers of reach: what is proposed, what is refused and why, what is switched off."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.measures.catalogue import Catalogue, Measure
from graph.measures.walk import Walk
from graph.store.base import Edge, Node

#: Reasons of a refusal, the most telling first: of two that fit one party and role the earlier is told.
REASONS = (
    "role_ended",
    "role_date_unknown",
    "minor",
    "name_only",
    "role_not_in_law",
    "record_ended",
    "not_named",
    "disabled",
    "second_hop",
)

_NOTES = {
    "role_ended": "the role had ended; the notice itself stands until the authority lifts it",
    "role_date_unknown": "the register does not show that the role was held on the day that the law asks about",
    "minor": "not shown to have been 18 on the day of the document",
    "name_only": "known by name only, without a valid number: nobody can be reached by a name",
    "role_not_in_law": "the law of this measure does not name this role",
    "record_ended": "the record or the document has ended, or an objection to it is open",
    "not_named": "no document in force that this measure asks for names this party for this unit",
    "disabled": "the measure is switched off until a lawyer has read the law in force",
    "second_hop": "a unit of somebody who is reached; no measure goes on to it",
}

#: Said of court orders, whose release has a rule of its own.
_ORDER_STANDS = "the role had ended; the order itself stands until the court lifts it (法发〔2019〕35号 item 17)"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A measure that an officer may decide on for one party.

    ``hop`` 0: the party is the subject of the records, ``role`` is "subject"; 1: named in ``role`` by the document of
    ``mode``. ``trigger``: the oldest of ``records``, which are oldest first. ``grounds``: the edges (of records,
    documents and roles) from whose claims the evidence is resolved. ``until``: first day (ISO) on which no record
    supports it any more, None = open.
    """

    measure: str
    party: Node
    role: str
    hop: int
    mode: str
    basis: str
    trigger: Node
    grounds: tuple[Edge, ...]
    records: tuple[Node, ...]
    to_check: tuple[str, ...]
    until: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A party that a document names or a register role suggests, and the rule that fails (:data:`REASONS`).

    ``party`` None: a name on paper, in ``party_name``.
    """

    measure: str
    party: Node | None
    party_name: str
    role: str
    reason: str
    note: str
    grounds: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Disabled:
    """A row that an active record of the subject would trigger: a consequence switched off, or a law of other days."""

    measure: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reach:
    """The answer for one subject on one day. ``explored``: nodes read. ``version``: of the catalogue.

    ``reads``: what it was made from, node id -> whether its edges were read too.
    """

    subject: Node
    as_of: str
    proposed: tuple[Proposal, ...]
    not_reached: tuple[Refusal, ...]
    disabled: tuple[Disabled, ...]
    explored: int
    version: str
    reads: Mapping[str, bool] = field(compare=False)


def note_of(reason: str, mode: str) -> str:
    """A refusal in words; a role that ended never means that the person is free."""
    if reason == "role_ended" and mode in ("named_in_order", "named_in_decision"):
        return _ORDER_STANDS
    return _NOTES[reason]


class Answers:
    """Collects answers: one proposal or refusal per measure, party and role; a proposal silences a refusal."""

    def __init__(self) -> None:
        self._proposed: dict[tuple[str, str, str], Proposal] = {}
        self._refused: dict[tuple[str, str, str], Refusal] = {}

    def propose(self, proposal: Proposal) -> None:
        """Add a proposal."""
        self._proposed[proposal.measure, proposal.party.id, proposal.role] = proposal

    def refuse(self, measure: Measure, party: Node | str, role: str, reason: str, grounds: tuple[Edge, ...]) -> None:
        """Add a refusal of a node or of a name on paper, unless a more telling one stands."""
        node, name = (None, party) if isinstance(party, str) else (party, party.name)
        key = measure.id, node.id if node else f"name:{name}", role
        old = self._refused.get(key)
        if old is None or REASONS.index(reason) < REASONS.index(old.reason):
            note = note_of(reason, measure.extends_mode)
            self._refused[key] = Refusal(measure.id, node, name, role, reason, note, grounds)

    def reached(self, measure: Measure) -> list[Node]:
        """Parties to whom a measure is proposed at hop 1."""
        return [p.party for p in self._proposed.values() if p.measure == measure.id and p.hop == 1]

    def told(self, measure: Measure, party: Node, role: str | None = None) -> bool:
        """Whether a measure is answered for a party: proposed in any role, or refused in ``role``."""
        proposed = any(known[:2] == (measure.id, party.id) for known in self._proposed)
        return proposed or (measure.id, party.id, role) in self._refused

    def result(self, walk: Walk, subject: Node, as_of: str, disabled: list[Disabled], catalogue: Catalogue) -> Reach:
        """The whole answer in a fixed order: by measure, hop, name of the party, role."""
        proposed = sorted(self._proposed.values(), key=lambda p: (p.measure, p.hop, p.party.name, p.party.id, p.role))
        refused = [refusal for key, refusal in self._refused.items() if key not in self._proposed]
        refused.sort(key=lambda r: (r.measure, r.party_name, r.party.id if r.party else "", r.role))
        told = tuple(proposed), tuple(refused), tuple(disabled)
        return Reach(subject, as_of, *told, walk.explored, catalogue.version, walk.reads)

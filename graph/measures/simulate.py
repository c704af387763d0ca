"""What a changed catalogue would do on the data before it goes live: whom it newly reaches, whom no longer, and why.

Pure: a reader, a view and two catalogues. Rows that read the same in both answer the same: only the others are asked.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from graph.measures.answers import Reach
from graph.measures.catalogue import Catalogue, Measure
from graph.measures.reach import reach
from graph.measures.roles import Received, never_received
from graph.store.base import Reader, View

#: How many examples are kept of one outcome.
EXAMPLES = 20

#: Why a proposal is gone when the changed catalogue does not refuse the party: its row is missing, or asks less.
ROW_GONE, SWITCHED_OFF, OTHER_DAYS, NARROWED = "row_gone", "switched_off", "other_days", "narrowed"


@dataclass(frozen=True, slots=True)
class Reached:
    """One proposal, by ids: who had the records, and whom the measure reaches in which role."""

    subject: str
    party: str
    role: str


@dataclass(slots=True)
class Tally:
    """One outcome of one measure: how often, and the first examples in order of the subjects."""

    count: int = 0
    examples: list[Reached] = field(default_factory=list)

    def add(self, one: Reached) -> None:
        """Count one, and keep it while there is room."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(one)


@dataclass(slots=True)
class Effect:
    """What a changed row does. ``unchanged``: proposed before and after; ``ceases``, ``refused``: by reason."""

    unchanged: int = 0
    newly: Tally = field(default_factory=Tally)
    ceases: dict[str, Tally] = field(default_factory=dict)
    refused: dict[str, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Simulation:
    """The answer on one day. ``subjects``: how many were asked; ``effects``: by id of each row that changed."""

    as_of: str
    before: str
    after: str
    subjects: int
    effects: dict[str, Effect]

    @property
    def newly(self) -> int:
        """Proposals that are new."""
        return sum(effect.newly.count for effect in self.effects.values())

    @property
    def ceases(self) -> Counter[str]:
        """Proposals that are gone, by reason."""
        return _by_reason(effect.ceases for effect in self.effects.values())

    @property
    def refused(self) -> Counter[str]:
        """Parties that the changed rows refuse, by reason."""
        return _by_reason(effect.refused for effect in self.effects.values())


def _by_reason(parts: Iterable[dict[str, Tally]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for part in parts:
        counted.update({reason: tally.count for reason, tally in part.items()})
    return counted


def changed_rows(before: Catalogue, after: Catalogue) -> frozenset[str]:
    """Ids of the rows that do not read the same in both; all of them when the terms differ."""
    old, new = ({row.id: row for row in catalogue.measures} for catalogue in (before, after))
    return frozenset(m for m in old.keys() | new.keys() if before.terms != after.terms or old.get(m) != new.get(m))


def simulate(
    reader: Reader, view: View, before: Catalogue, after: Catalogue, received: Received = never_received
) -> Simulation:
    """Ask both catalogues for everybody about whom there is a record; ValueError for a view without a day."""
    if view.as_of is None:
        raise ValueError("a simulation needs the day of the question")
    changed = changed_rows(before, after)
    old, new = (_only(catalogue, changed) for catalogue in (before, after))
    run = _Run({row.id: row for row in new.measures}, view.as_of, {measure: Effect() for measure in sorted(changed)})
    subjects = sorted({edge.target for edge in reader.scan_edges(view, ("about",))}) if changed else []
    for subject in subjects:
        if reader.get(view, [subject]).get(subject):
            run.compare(
                reach(reader, view, subject, old, received),
                reach(reader, view, subject, new, received),
            )
    return Simulation(view.as_of, before.version, after.version, run.asked, run.effects)


def _only(catalogue: Catalogue, rows: frozenset[str]) -> Catalogue:
    return replace(catalogue, measures=tuple(row for row in catalogue.measures if row.id in rows))


@dataclass(slots=True)
class _Run:
    rows: dict[str, Measure]
    day: str
    effects: dict[str, Effect]
    asked: int = 0

    def compare(self, before: Reach, after: Reach) -> None:
        """Count what one subject gains, loses and is refused."""
        self.asked += 1
        subject = before.subject.id
        was = {(p.measure, p.party.id, p.role) for p in before.proposed}
        now = {(p.measure, p.party.id, p.role) for p in after.proposed}
        told = {(r.measure, r.party.id if r.party else "", r.role): r.reason for r in after.not_reached}
        for measure, party, role in sorted(was | now):
            effect, one = self.effects[measure], Reached(subject, party, role)
            if (measure, party, role) not in was:
                effect.newly.add(one)
            elif (measure, party, role) in now:
                effect.unchanged += 1
            else:
                reason = told.get((measure, party, role)) or self._why(measure)
                effect.ceases.setdefault(reason, Tally()).add(one)
        for refusal in after.not_reached:
            # A name on paper has no id, and is told to nobody here.
            one = Reached(subject, refusal.party.id if refusal.party else "", refusal.role)
            self.effects[refusal.measure].refused.setdefault(refusal.reason, Tally()).add(one)

    def _why(self, measure: str) -> str:
        row = self.rows.get(measure)
        if row is None:
            return ROW_GONE
        if not row.proposable:
            return SWITCHED_OFF
        return NARROWED if row.in_force(self.day) else OTHER_DAYS

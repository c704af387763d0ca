"""What persons have decided for somebody, as it stood at a sequence: cases of measures told again from their steps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from graph.ledger import cases
from graph.ledger.cases import Event, Row

#: States of a case in which nobody has decided otherwise and nothing is over.
OPEN = ("proposed", "noticed", "decided", "in_force")

IN_FORCE, REFUSED = "in_force", "refused"

#: Fields of a case that tell its decision.
_TOLD = ("document_no", "decided_on", "in_force_on")


@dataclass(frozen=True, slots=True)
class Decided:
    """A case of a measure that somebody bears.

    ``fields``: what its steps gave (:data:`_TOLD`). ``ended``: first ISO day on which it was over, "" while it is not.
    ``argument``: what it rests on, as :func:`graph.measures.cases.argument.argument_of` tells it.
    """

    row: Row
    fields: Mapping[str, str]
    ended: str
    argument: Mapping[str, Any]

    @property
    def until(self) -> str | None:
        """First ISO day on which no record supports it, None = open."""
        found = self.argument.get("until")
        return None if found is None else str(found)

    def binds(self, day: str) -> bool:
        """Whether it is in force on an ISO day."""
        begun = self.fields.get("in_force_on", "")
        over = min((end for end in (self.ended, self.until or "") if end), default="")
        return bool(begun) and begun <= day and (not over or day < over)


def decided_for(connection: Connection, keys: Sequence[str], seq: int | None = None) -> list[Decided]:
    """Cases of measures that the holder of some keys bears, as they stood at ``seq`` (None = now), the oldest first.

    A case whose steps an erasure took is told no more.
    """
    rows = cases.of_keys(connection, keys, party=True)
    measures = [row for row in rows if row.kind == "measure"]
    found = (_told(connection, row.id, seq) for row in sorted(measures, key=lambda row: row.opened))
    return [one for one in found if one]


def _told(connection: Connection, case: str, seq: int | None) -> Decided | None:
    events = [event for event in cases.events(connection, case) if seq is None or event.seq <= seq]
    bodies = [event.body for event in events if event.body is not None]
    if not events or len(bodies) < len(events):
        return None
    fields = {name: value for body in bodies for name, value in body["fields"].items() if name in _TOLD}
    argument = [body["argument"] for body in bodies if "argument" in body]
    ended = max(_ends(events), default="")
    return Decided(Row(**bodies[-1]["row"]), fields, ended, argument[-1] if argument else {})


def _ends(events: Sequence[Event]) -> Iterator[str]:
    """The days of the steps by which a case was over."""
    for event in events:
        if event.body and event.body["row"]["state"] not in OPEN:
            yield str(event.body["fields"].get("ended_on") or event.at[:10])

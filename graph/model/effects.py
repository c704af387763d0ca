"""What other entries do to a record without being a version of it: repairs, objections and their results.

Kept as one property of the record (``effects``), in claims of restricted level: the public learns neither that a
record was repaired nor that somebody objects to it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

#: ``repaired`` and ``withdrawn`` end a record; ``stopped`` ends its display; ``objected`` holds for a time.
EffectKind = Literal["repaired", "withdrawn", "stopped", "objected"]

#: Effects from whose first day on a record is archived: seen at restricted level only (NDRC Order 36 Art. 3).
HIDING: frozenset[str] = frozenset({"repaired", "withdrawn", "stopped"})

#: Effects that end a record, by which it is used by nothing.
ENDING: frozenset[str] = frozenset({"repaired", "withdrawn"})

PROPERTY = "effects"


@dataclass(frozen=True, slots=True, order=True)
class Effect:
    """One effect in ``[start, end)``, ISO days; ``end`` "" = open."""

    kind: EffectKind
    start: str
    end: str = ""

    def holds(self, day: str) -> bool:
        """Whether it holds on an ISO day."""
        return self.start <= day and (not self.end or day < self.end)


def dump(effects: Iterable[Effect]) -> str:
    """Effects as the text of the property: sorted, each once."""
    return json.dumps([[e.kind, e.start, e.end] for e in sorted(set(effects))], separators=(",", ":"))


def effects_of(props: Mapping[str, object]) -> list[Effect]:
    """The effects that the properties of a record hold."""
    return [Effect(*parts) for parts in json.loads(str(props.get(PROPERTY, "[]")))]

"""Legal clocks of cases: how many working days a state may last, from dated data, and the day on which that is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from graph.measures.cases import days
from graph.model.yamlfile import read_yaml

_FILE = Path(__file__).with_name("clocks.yaml")


@dataclass(frozen=True, slots=True)
class Dated:
    """A clock of ``clocks.yaml``. ``valid_from``: the first ISO day on which it holds for a state that begins."""

    kind: str
    state: str
    working_days: int
    basis: str
    confidence: Literal["known", "verified", "design"]
    counts: Literal["entered", "runs_on", "added"]
    valid_from: str


@cache
def dated_clocks() -> tuple[Dated, ...]:
    """All clocks of ``clocks.yaml``; TypeError for a word that is no part of one."""
    return tuple(Dated(**told) for told in read_yaml(_FILE)["clocks"])


def clock_on(kind: str, state: str, day: str, clocks: Iterable[Dated] | None = None) -> Dated | None:
    """The clock of a state that begins on an ISO day; None where none is told.

    ``clocks``: other dated data than those of this installation.
    """
    told = dated_clocks() if clocks is None else tuple(clocks)
    mine = (one for one in told if (one.kind, one.state) == (kind, state) and one.valid_from <= day)
    return max(mine, key=lambda one: one.valid_from, default=None)


def due(kind: str, state: str, began: str, running: str = "") -> str:
    """The ISO day by which a state that began on a day has to be left, "" for none.

    ``running``: the day of the state before, which a clock may keep or add to.
    """
    clock = clock_on(kind, state, began)
    if clock is None:
        return ""
    if clock.counts == "runs_on" and running:
        return running
    return days.after(running if clock.counts == "added" and running else began, clock.working_days)

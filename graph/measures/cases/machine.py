"""What a kind of case allows: transitions by state, body, fields and days; a pure reading of ``kinds.yaml``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from graph.model.yamlfile import read_yaml

_FILE = Path(__file__).with_name("kinds.yaml")

Who = Literal["deciding", "implementing", "platform", "determining", "system"]

#: ``to`` of a transition that stays where it is.
SAME = "same"

#: Who acts where nobody does: it follows from the graph.
SYSTEM = "system"

#: Days that a decision may set ahead.
_AHEAD = frozenset({"in_force_on", "publish_stopped_on", "share_stopped_on", "measures_released_on"})

#: Longest text of a field.
_LONGEST = 2000


class NotAllowed(ValueError):
    """A transition that may not be taken now. ``code`` names the rule, the message what was expected."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class State:
    """A state; ``open``: somebody may still do something, or something may follow. ``turn``: whose turn it is."""

    name: str
    zh: str
    open: bool
    turn: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """A step. ``sources``: where it starts, none = it opens the case; ``other_than``: whose actor may not take it.

    ``takes``: fields that may be given besides those that it needs.
    """

    name: str
    zh: str
    sources: tuple[str, ...]
    target: str
    who: Who
    needs: tuple[str, ...]
    other_than: str
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case. ``order``: fields that are days, the earlier first; ``words``: all that a field may hold."""

    name: str
    zh: str
    start: str
    order: tuple[str, ...]
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]
    words: Mapping[str, tuple[str, ...]]

    def next(self, state: str, who: Who | None = None) -> list[Transition]:
        """The transitions that start in a state, those of one kind of body only if asked."""
        some = (t for t in self.transitions.values() if state in t.sources)
        return [transition for transition in some if who is None or transition.who == who]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the id of the key, or ``cli``, and the body for which it acts."""

    key: str
    body: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step taken: transition, who took it and for whom, and what was given with it."""

    transition: str
    key: str
    body: str
    fields: Mapping[str, str]


def _kind(name: str, told: Mapping[str, Any]) -> Kind:
    states = {
        state: State(state, more["zh"], more["open"], more.get("turn", "")) for state, more in told["states"].items()
    }
    transitions = {
        one["name"]: Transition(
            one["name"],
            one["zh"],
            tuple(one["from"]),
            one["to"],
            one["who"],
            tuple(one.get("needs", ())),
            one.get("other_than", ""),
            tuple(one.get("takes", ())),
        )
        for one in told["transitions"]
    }
    words = {field: tuple(some) for field, some in told.get("words", {}).items()}
    return Kind(name, told["zh"], told["start"], tuple(told["order"]), states, transitions, words)


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds of case by name."""
    return {name: _kind(name, told) for name, told in read_yaml(_FILE)["kinds"].items()}


def _tidy(transition: Transition, given: Mapping[str, object]) -> dict[str, str]:
    """What was given, as text without what nobody sees; NotAllowed for a field that is missing, unknown or no day."""
    unknown = sorted(set(given) - {*transition.needs, *transition.takes, "reason", "document_no"})
    if unknown:
        takes = ", ".join((*transition.needs, *transition.takes)) or "a reason"
        raise NotAllowed("unknown_field", f"{', '.join(unknown)}: {transition.name} takes {takes}")
    found = {}
    for name in given:
        text = " ".join("".join(c if c.isprintable() else " " for c in str(given[name] or "")).split())
        if len(text) > _LONGEST:
            raise NotAllowed("too_long", f"{name}: expected at most {_LONGEST} characters")
        if text:
            found[name] = _day(name, text) if name.endswith("_on") else text
    for name in transition.needs:
        if name not in found:
            raise NotAllowed("missing_field", f"{name}: {transition.name} needs it")
    return found


def _in_words(kind: Kind, fields: Mapping[str, str]) -> None:
    for name, some in kind.words.items():
        if name in fields and fields[name] not in some:
            raise NotAllowed("unknown_word", f"{name}: expected one of {', '.join(some)}")


def _day(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise NotAllowed("bad_date", f"{name}: expected YYYY-MM-DD") from None


def _in_order(kind: Kind, days: Mapping[str, str], today: str) -> None:
    """Days of a case run forwards, and what was done was done by today; NotAllowed ``dates_out_of_order``."""
    known = [(name, days[name]) for name in kind.order if name in days]
    for (earlier, first), (later, second) in pairwise(known):
        if second < first:
            raise NotAllowed("dates_out_of_order", f"{later} {second} lies before {earlier} {first}")
    for name, day in days.items():
        if day > today and name not in _AHEAD:
            raise NotAllowed("dates_out_of_order", f"{name} {day} has not come yet")


def opening(kind: Kind, name: str, given: Mapping[str, object], today: str) -> dict[str, str]:
    """The fields with which a person opens a case, as they are kept; NotAllowed as :func:`taken`."""
    fields = _tidy(kind.transitions[name], given)
    _in_words(kind, fields)
    _in_order(kind, {n: day for n, day in fields.items() if n.endswith("_on")}, today)
    return fields


def taken(
    kind: Kind,
    state: str,
    steps: Sequence[Step],
    name: str,
    actor: Actor,
    bodies: Iterable[str],
    given: Mapping[str, object],
    today: str,
) -> tuple[str, dict[str, str]]:
    """The state that a step of a person leads to, and its fields as they are kept.

    ``bodies``: those that may take it. NotAllowed with the code of the first rule that fails: ``unknown_transition``,
    ``wrong_state``, ``system_only``, ``wrong_body``, ``missing_field``, ``unknown_field``, ``bad_date``, ``too_long``,
    ``unknown_word``,
    ``dates_out_of_order``, ``same_person``.
    """
    transition = kind.transitions.get(name)
    if transition is None:
        raise NotAllowed("unknown_transition", f"{name}: {kind.name} knows {', '.join(kind.transitions)}")
    if transition.who == SYSTEM:
        raise NotAllowed("system_only", f"{name}: follows from the graph, nobody takes it")
    if state not in transition.sources:
        may = ", ".join(t.name for t in kind.next(state) if t.who != SYSTEM) or "nothing"
        raise NotAllowed("wrong_state", f"{name}: the case is {state}; from there: {may}")
    allowed = sorted(bodies)
    if actor.body not in allowed:
        raise NotAllowed("wrong_body", f"{name}: for {', '.join(allowed)} to do, not for {actor.body or 'nobody'}")
    fields = _tidy(transition, given)
    _in_words(kind, fields)
    days = {n: day for step in steps for n, day in step.fields.items() if n.endswith("_on")}
    _in_order(kind, days | {n: day for n, day in fields.items() if n.endswith("_on")}, today)
    before = [step.key for step in steps if step.transition == transition.other_than]
    if before and before[-1] == actor.key:
        raise NotAllowed("same_person", f"{name}: another person than the one who took {transition.other_than}")
    return (state if transition.target == SAME else transition.target), fields

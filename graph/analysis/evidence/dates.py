"""Whether the steps of a path ever held on one day."""

from collections.abc import Iterable, Sequence

from graph.store.items import valid_at

Interval = tuple[str | None, str | None]


def simultaneous(steps: Sequence[Iterable[Interval]]) -> bool:
    """Whether there is a day on which every step has an edge in force; ``[from, to)``, None = open.

    The latest begin of any set of intervals with a common day is such a day, so only begins are tried.
    """
    told = [list(step) for step in steps]
    # Before the first begin only what has none holds; "" sorts before every day.
    days = {start or "" for step in told for start, _ in step}
    return any(all(any(valid_at(start, end, day) for start, end in step) for step in told) for day in days)

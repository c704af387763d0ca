"""Screening of one row (name, code, number) against the active entries of the lists: the decision alone.

An identifier decides, a name never does: a name can only send the row to a person. Which lists there are and which
entries are active is the business of the look-ups; nothing here knows a store, a vault or a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from graph.model.ids import check_id, check_id_card, is_masked, is_placeholder, mask_id, mask_text, normalise
from graph.model.text import norm_name
from graph.store.base import Node

Outcome = Literal["hit", "needs_review", "no_hit", "invalid"]

#: What clerks write where there is nothing to write, in the form of ``normalise`` (dashes are gone by then).
_NOTHING = frozenset({"", "无", "暂无", "空", "未知", "不详", "/", "NULL", "NONE", "NA", "N/A", "NAN"})

#: Kinds of code of a unit -> the kind of its key.
_UNIT_CODES = {"uscc": "uscc", "reg_no": "reg", "org_code": "org"}


class Lookups(Protocol):
    """What screening asks; ``as_of`` and view are the look-ups' own."""

    def subject(self, key: str) -> Node | None:
        """The unit that holds a key: ``uscc:CODE``, ``reg:DIGITS``, ``org:CODE``."""

    def person(self, id_number: str) -> Node | None:
        """The person of a valid ID number."""

    def by_name(self, name: str) -> list[Node]:
        """Subjects whose name, valid at ``as_of``, equals this one after normalisation."""

    def names(self, node: Node) -> frozenset[str]:
        """All names of a subject, now or before."""

    def active_entries(self, node: Node) -> list[tuple[str, str]]:
        """(list id, entry id) of the entries about a subject that are active at ``as_of``."""


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """The answer for one row. ``lists`` and ``entries`` are sorted, empty unless ``outcome`` is hit.

    ``name`` and ``uscc`` are the row's own as they may be written out: never with a full ID number. ``id_mask``: the
    number given, masked; None without one.
    """

    outcome: Outcome
    lists: tuple[str, ...]
    entries: tuple[str, ...]
    why: str
    id_mask: str | None
    name: str
    uscc: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A row after normalisation: empty texts for what is not given."""

    name: str
    code: str
    numbers: tuple[str, ...]


def _given(value: str) -> str:
    """A code or number in comparison form; "" for nothing, placeholders and masked numbers."""
    plain = normalise(value)
    return "" if plain in _NOTHING or is_placeholder(plain) or is_masked(value) else plain


def _read(name: str, uscc: str, id_no: str) -> _Row:
    code, number = _given(uscc), _given(id_no)
    numbers = [number] if number else []
    # Older platforms put the ID number of a person into the column of the unified code.
    if code and check_id(code).kind == "id_card":
        code, numbers = "", [*numbers, code]
    title = "" if normalise(name) in _NOTHING else norm_name(name)
    return _Row(title, code, tuple(dict.fromkeys(numbers)))


def screen_row(name: str, uscc: str, id_no: str, lookups: Lookups) -> ScreenResult:
    """Decide one row; any of the three may be empty. Never ``hit`` by a name alone."""
    row = _read(name, uscc, id_no)
    outcome, entries, why = _decide(row, lookups)
    return ScreenResult(
        outcome=outcome,
        lists=tuple(sorted({list_id for list_id, _ in entries})),
        entries=tuple(sorted({entry for _, entry in entries})),
        why=why,
        id_mask=mask_id(row.numbers[0]) if row.numbers else None,
        name=mask_text(name),
        uscc="" if check_id(uscc).kind == "id_card" else mask_text(uscc),
    )


def _decide(row: _Row, lookups: Lookups) -> tuple[Outcome, Sequence[tuple[str, str]], str]:
    if not (row.name or row.code or row.numbers):
        return "invalid", (), "nothing to look for"
    wrong = _wrong(row)
    if wrong:
        return "invalid", (), wrong
    if not (row.code or row.numbers):
        listed = any(lookups.active_entries(node) for node in lookups.by_name(row.name))
        if listed:
            return "needs_review", (), "a listed subject bears this name; a name alone is no identity"
        return "no_hit", (), "no listed subject bears this name"
    return _by_identifier(row, lookups)


def _wrong(row: _Row) -> str:
    """Why an identifier of the row is none; "" when all hold."""
    if row.code:
        found = check_id(row.code)
        if not found.valid or found.kind not in _UNIT_CODES:
            return f"code fails: {found.reason or 'format'}"
    for number in row.numbers:
        checked = check_id_card(number)
        if not checked.valid:
            return f"ID number fails: {checked.reason}"
    return ""


def _by_identifier(row: _Row, lookups: Lookups) -> tuple[Outcome, Sequence[tuple[str, str]], str]:
    found = [lookups.person(number) for number in row.numbers]
    if row.code:
        kind = check_id(row.code).kind
        found.append(lookups.subject(f"{_UNIT_CODES[kind or '']}:{row.code}"))
    subjects = {node.id: node for node in found if node}
    if not subjects:
        return "no_hit", (), "identifier not known"
    if len(subjects) > 1:
        return "needs_review", (), "the identifiers belong to different subjects"
    subject = next(iter(subjects.values()))
    if row.name and row.name not in {norm_name(name) for name in lookups.names(subject)}:
        return "needs_review", (), "the name is none of the names of the subject that holds the identifier"
    entries = lookups.active_entries(subject)
    if entries:
        return "hit", entries, "an active entry of the subject that holds the identifier"
    return "no_hit", (), "no active entry of the subject that holds the identifier"

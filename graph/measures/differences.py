"""The difference of two catalogues, field by field, for a lawyer to read: one line a change."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

from graph.measures.catalogue import Catalogue, Measure
from graph.measures.terms import Terms


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one row. ``row`` "terms": the words of the catalogue; ``field`` "": the whole row came or went."""

    row: str
    field: str
    before: str
    after: str

    def __str__(self) -> str:
        if not self.field:
            return f"{self.row}: {'a new row: ' + self.after if self.after else 'the row is gone: ' + self.before}"
        parts = [_told(part) for part in (self.before, self.after)]
        return f"{self.row}: {self.field}: {parts[0]} → {parts[1]}"


def _told(value: str) -> str:
    return value or "(none)"


def text_of(value: object) -> str:
    """A value of a row as a lawyer reads it: lists joined by commas, yes and no, "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


def differences(before: Catalogue, after: Catalogue) -> list[Change]:
    """Every change, by row in order of id and by field in order of the row; the terms come first."""
    old, new = ({row.id: row for row in catalogue.measures} for catalogue in (before, after))
    found = list(_terms(before.terms, after.terms))
    for row_id in sorted(old.keys() | new.keys()):
        found += _row(row_id, old.get(row_id), new.get(row_id))
    return found


def _row(row_id: str, before: Measure | None, after: Measure | None) -> Iterator[Change]:
    if before is None or after is None:
        yield Change(row_id, "", before.name_zh if before else "", after.name_zh if after else "")
        return
    for field in fields(Measure):
        parts = [text_of(getattr(row, field.name)) for row in (before, after)]
        if parts[0] != parts[1]:
            yield Change(row_id, field.name, *parts)


def _terms(before: Terms, after: Terms) -> Iterator[Change]:
    old, new = asdict(before), asdict(after)
    for name in old:
        if old[name] != new[name]:
            yield Change("terms", name, _plain(old[name]), _plain(new[name]))


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_plain(part)}" for key, part in sorted(value.items()))
    if isinstance(value, frozenset):
        value = tuple(sorted(value))
    return text_of(value)

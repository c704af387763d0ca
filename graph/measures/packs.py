"""Rule packs: a unit or county narrows the catalogue for itself, and never widens it.

A pack is a YAML file: ``issuer``, ``division``, ``basis`` and ``rows`` by id, each with ``reason`` and any of
``applies_to``, ``triggered_by``, ``extends_to`` (smaller ones) and ``enabled: false``. Narrowing only takes away: no
proposal of a narrowed catalogue is missing from the whole one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from graph.measures.catalogue import Catalogue, CatalogueError, Measure
from graph.measures.review import SEPARATE_RULING
from graph.measures.terms import Terms
from graph.model.yamlfile import read_yaml

_HEAD = ("issuer", "division", "basis")
_LISTS = ("applies_to", "triggered_by", "extends_to")
_ROW = {*_LISTS, "enabled", "reason"}


class PackError(CatalogueError):
    """A pack that cannot be read or would widen the catalogue; the message names every place."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a pack says of one row; None = as the catalogue has it. ``off``: switched off here."""

    reason: str
    applies_to: tuple[str, ...] | None = None
    triggered_by: tuple[str, ...] | None = None
    extends_to: tuple[str, ...] | None = None
    off: bool = False


@dataclass(frozen=True, slots=True)
class Pack:
    """A rule pack. ``division``: code of the county or unit for which it is; ``basis``: the document that orders it."""

    issuer: str
    division: str
    basis: str
    rows: Mapping[str, Narrowing]


def load_pack(path: Path) -> Pack:
    """Read a pack; PackError names everything that is no narrowing by its form."""
    try:
        raw = dict(read_yaml(path))
        rows = {str(row): dict(said) for row, said in dict(raw["rows"]).items()}
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise PackError(f"{path.name}: no rule pack: {' '.join(str(error).split())}") from None
    faults = [f"{name} is missing" for name in _HEAD if not str(raw.get(name) or "").strip()]
    faults += [f"unknown: {name}" for name in sorted(raw.keys() - {*_HEAD, "rows"})]
    faults += [f"{row}: {fault}" for row, said in rows.items() for fault in _misformed(said)]
    if faults:
        raise PackError("\n".join(f"{path.name}: {fault}" for fault in faults))
    narrowings = {row: _narrowing(said) for row, said in rows.items()}
    return Pack(str(raw["issuer"]), str(raw["division"]), str(raw["basis"]), narrowings)


def _misformed(said: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"a pack may not change {name}" for name in sorted(said.keys() - _ROW))
    if not str(said.get("reason") or "").strip():
        yield "reason is missing"
    if said.get("enabled", False) is not False:
        yield "enabled may only be false: a pack switches nothing on"
    for name in _LISTS:
        value = said.get(name, [])
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            yield f"{name} is no list of words"


def _narrowing(said: Mapping[str, Any]) -> Narrowing:
    lists = {name: tuple(said[name]) for name in _LISTS if name in said}
    return Narrowing(str(said["reason"]), **lists, off="enabled" in said)


def narrowed(catalogue: Catalogue, pack: Pack) -> Catalogue:
    """The catalogue as a pack narrows it; PackError names every place where the pack would widen it."""
    rows = {row.id: row for row in catalogue.measures}
    widens = [f"{row_id}: would add a row" for row_id in pack.rows if row_id not in rows]
    for row_id, said in pack.rows.items():
        if row_id in rows:
            widens += [f"{row_id}: {place}" for place in _widens(rows[row_id], said, catalogue.terms)]
    if widens:
        raise PackError("\n".join(widens))
    for row_id, said in pack.rows.items():
        rows[row_id] = _apply(rows[row_id], said, pack)
    return Catalogue.of(rows.values(), catalogue.terms)


def _widens(row: Measure, said: Narrowing, terms: Terms) -> Iterator[str]:
    for word in said.applies_to or ():
        if not _within(word, row.applies_to, terms):
            yield f"applies_to: {word} is not within {', '.join(row.applies_to)}"
    for name in ("triggered_by", "extends_to"):
        wider = sorted(set(getattr(said, name) or ()) - set(getattr(row, name)))
        yield from (f"{name}: {word} is not in the row" for word in wider)
    if not said.off:
        for name in ("applies_to", "triggered_by"):
            if getattr(said, name) == ():
                yield f"{name}: nothing is left; switch the row off"
        # With nobody left to extend to, the mode would be none, and the subject would bear it without a ruling.
        if said.extends_to == () and row.extends_mode == SEPARATE_RULING:
            yield "extends_to: the subject would be reached without a ruling of its own; switch the row off"


def _within(word: str, words: tuple[str, ...], terms: Terms) -> bool:
    """Whether a kind of subject is one of some kinds, or below one."""
    while word:
        if word in words:
            return True
        word = terms.parents.get(word, "")
    return False


def _apply(row: Measure, said: Narrowing, pack: Pack) -> Measure:
    if said.off and not row.enabled:
        return row
    if said.off:
        why = f"{pack.issuer} ({pack.basis}): {said.reason}"
        return replace(row, enabled=False, narrowed_by=why, to_check=row.to_check or (why,))
    lists = {name: value for name in _LISTS if (value := getattr(said, name)) is not None}
    if row.extends_to and lists.get("extends_to") == ():
        row = replace(row, extends_mode="none", hop_limit=0, naming_document=None, role_test_date=None)
    return replace(row, **lists)

"""The whole register of a view, kept beside the data and made current after a batch instead of anew.

``<home>/analysis/<view>/`` has a table and an index of one sequence (``graph.analysis.index.saved``); several workers
map the same files. It is a projection like the graph: nothing is lost with it, and an erasure takes the folder away.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from graph.analysis.index import OwnershipIndex, saved
from graph.analysis.ownership.arrangements import AT
from graph.analysis.ownership.reading import CONTROLS, HOLDS, Authority
from graph.analysis.whole.table import Table, part_of, rows_of, scan
from graph.book.book import Book
from graph.model.ontology import SUBJECT_KINDS
from graph.store.base import Node, Reader, View
from graph.store.project import Touched, touched

#: Views of which an index is kept: one a level and day for most services.
_VIEWS = 8

#: Above this part of all companies a new scan is quicker than rows one by one.
_FEW = 50

How = Literal["kept", "caught_up", "made"]


@dataclass(slots=True)
class Whole:
    """The register of a view at one sequence. ``how``: read from the files, made current, or made anew."""

    table: Table
    index: OwnershipIndex
    how: How


@dataclass(frozen=True, slots=True)
class Place:
    """Where the register of a view is kept: ``view`` tells which, ``now`` its sequence and head."""

    folder: Path
    view: Mapping[str, object]
    now: Mapping[str, object]

    @property
    def key(self) -> dict[str, object]:
        """What the files must have been kept under."""
        return {**self.view, **self.now}

    def older(self) -> dict[str, object] | None:
        """The key of an earlier sequence of this view that is kept."""
        for file in (self.folder / "index").glob("*/key.json"):
            try:
                key: dict[str, object] = json.loads(file.read_text("utf-8"))["key"]
            except (OSError, ValueError, KeyError):
                continue
            key.pop("format", None)
            if {name: key.get(name) for name in self.view} == dict(self.view):
                return key
        return None

    def read(self, key: Mapping[str, object]) -> tuple[Table, OwnershipIndex] | None:
        """Table and index of a key; None unless both are whole."""
        arrays = saved.read(self.folder / "table", key)
        index = OwnershipIndex.load(self.folder / "index", key) if arrays is not None else None
        return (Table(**arrays), index) if arrays is not None and index is not None else None

    def write(self, table: Table, index: OwnershipIndex) -> None:
        """Keep both instead of those of an earlier sequence; of too many views the oldest go."""
        saved.write(self.folder / "table", self.key, {f.name: getattr(table, f.name) for f in fields(table)})
        index.save(self.folder / "index", self.key)
        others = sorted(self.folder.parent.iterdir(), key=lambda f: f.stat().st_mtime_ns)
        for other in others[: max(0, len(others) - _VIEWS)]:
            shutil.rmtree(other, ignore_errors=True)


def place_of(book: Book, view: View, division: str) -> Place | None:
    """Where the register of the present is kept; None for the past, which is made when it is asked."""
    state = None if view.known_at is not None else book.store.state()
    if state is None:
        return None
    told: dict[str, object] = {"ledger": state.ledger_id, "schema": state.schema, "level": view.level}
    told |= {"as_of": view.as_of, "today": view.today, "division": division}
    name = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
    return Place(book.home.analysis / name, told, {"seq": state.seq, "head": state.head_hash})


def whole(book: Book, reader: Reader, view: View, authority: Authority, division: str = "") -> Whole:
    """The register of what ``reader`` shows in ``view``.

    A reader that cuts (lower levels, divisions) may show or hide a row for reasons that no row tells; there every
    batch makes it anew.
    """
    place = place_of(book, view, division)
    kept = place.read(place.key) if place else None
    if kept:
        return Whole(*kept, "kept")
    current = _caught_up(book, reader, view, authority, place) if place and reader is book.store else None
    found = current or _made(reader, view, authority)
    if place:
        place.write(found.table, found.index)
    return found


def _made(reader: Reader, view: View, authority: Authority) -> Whole:
    table = scan(reader, view, authority)
    index = table.index()
    index.control()
    index.owners_at_least(1.0)
    return Whole(table, index, "made")


def _caught_up(book: Book, reader: Reader, view: View, authority: Authority, place: Place) -> Whole | None:
    """An earlier sequence brought to the present; None when there is none, or when too much has changed."""
    key = place.older()
    since = key.get("seq") if key else None
    if key is None or not isinstance(since, int) or book.ledger.head() != (place.now["seq"], place.now["head"]):
        return None
    if since > int(str(place.now["seq"])) or book.ledger.hash_at(since) != key["head"]:
        return None
    kept = place.read(key)
    if kept is None:
        return None
    table, index = kept
    changes = touched(book.ledger, since, book.stable)
    return table_again(reader, view, authority, Whole(table, index, "caught_up"), changes)


def _companies(table: Table, changes: Touched) -> set[str]:
    """Companies whose row may be another one."""
    found = {target for relation, _, target in changes.pairs if relation in (HOLDS, CONTROLS, AT)}
    found |= changes.moved | changes.nodes
    ends = {number for node in changes.moved if (number := table.number(node)) is not None}
    found |= {table.id(v) for u, v in zip(table.owner.tolist(), table.owned.tolist(), strict=True) if u in ends}
    return found


def table_again(reader: Reader, view: View, authority: Authority, old: Whole, changes: Touched) -> Whole | None:
    """Rows that may have changed are read again, the index is told of pairs that did; None: rather make it anew."""
    table, index = old.table, old.index
    names = sorted(_companies(table, changes))
    if len(names) > max(_FEW, len(table.ids) // _FEW):
        return None
    rows = list(rows_of(reader, view, names, authority))
    ends = {node for _, kept, _ in rows for edge in kept for node in (edge.source, edge.target)}
    nodes = reader.get(view, sorted(ends | set(names)))
    if _other_kind(table, nodes.values()):
        return None
    table.add(node for name, node in nodes.items() if name == node.id and node.kind in SUBJECT_KINDS)
    numbers = {name: table.number(name) for name in ends | set(names)}
    fresh: dict[int, list[tuple[int, float]]] = {}
    odd: dict[int, bool] = {}
    for name, kept, is_odd in rows:
        company = numbers[name]
        if company is None or not table.is_company[company]:
            continue
        fresh[company] = [(u, s) for edge in kept if (u := numbers[edge.source]) is not None for s in [part_of(edge)]]
        odd[company] = is_odd
    index.changed(table.replace(fresh, odd), table.is_company)
    return Whole(table, index, "caught_up")


def _other_kind(table: Table, nodes: Iterable[Node]) -> bool:
    numbers = ((node, table.number(node.id)) for node in nodes)
    return any(n is not None and SUBJECT_KINDS[table.kind[n]] != node.kind for node, n in numbers)

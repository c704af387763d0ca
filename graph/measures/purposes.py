"""Before which decision which measures are asked: ``purposes.yaml``, checked against the catalogue when it is read."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graph.measures.catalogue import Catalogue, CatalogueError, Measure, standing_catalogue
from graph.model.jsontext import dump_sorted
from graph.model.yamlfile import read_yaml

_FILE = Path(__file__).with_name("purposes.yaml")


@dataclass(frozen=True, slots=True)
class Purpose:
    """A kind of decision. ``categories``, ``measures``: what binds it -> the law that says so, or ``design``."""

    id: str
    name_zh: str
    categories: Mapping[str, str]
    measures: Mapping[str, str]

    def source(self, measure: Measure) -> str | None:
        """The law by which a measure binds such a decision, ``design`` for our reading; None when it does not."""
        return self.measures.get(measure.id) or self.categories.get(measure.category)


@dataclass(frozen=True, slots=True)
class Purposes:
    """All purposes by id. ``unbound``: category -> why it binds none. ``version``: SHA-256 of the content."""

    all: Mapping[str, Purpose]
    unbound: Mapping[str, str]
    version: str


def read_purposes(catalogue: Catalogue, path: Path = _FILE) -> Purposes:
    """The purposes of a file; CatalogueError names every breach against the catalogue."""
    told = read_yaml(path)
    purposes = {one["id"]: _purpose(one) for one in told["purposes"]}
    unbound = {one["category"]: one["why"] for one in told["unbound"]}
    breaches = list(_breaches(told, catalogue))
    if breaches:
        raise CatalogueError("\n".join(breaches))
    return Purposes(purposes, unbound, hashlib.sha256(dump_sorted(told).encode()).hexdigest())


@cache
def standing_purposes() -> Purposes:
    """The purposes of this installation, read and checked once a process."""
    return read_purposes(standing_catalogue())


def _purpose(told: Mapping[str, Any]) -> Purpose:
    of = {what: {row[what]: row["source"] for row in told["binds"] if what in row} for what in ("category", "measure")}
    return Purpose(told["id"], told["name_zh"], of["category"], of["measure"])


def _breaches(told: Mapping[str, Any], catalogue: Catalogue) -> Iterator[str]:
    known = {row.id for row in catalogue.measures}
    categories = {row.category for row in catalogue.measures}
    placed: set[str] = {one["category"] for one in told["unbound"]}
    ids = [one["id"] for one in told["purposes"]]
    yield from (f"{purpose}: told twice" for purpose in sorted({one for one in ids if ids.count(one) > 1}))
    for purpose in told["purposes"]:
        for row in purpose["binds"]:
            if len(row.keys() & {"category", "measure"}) != 1 or not str(row.get("source") or "").strip():
                yield f"{purpose['id']}: expected a category or a measure, and its source"
            if "measure" in row and row["measure"] not in known:
                yield f"{purpose['id']}: {row['measure']} is no measure"
            if "category" in row:
                placed.add(row["category"])
    yield from (f"category {word!r} is none of the catalogue" for word in sorted(placed - categories))
    yield from (f"category {word!r} binds nothing and is not told as unbound" for word in sorted(categories - placed))

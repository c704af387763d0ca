"""Which sources there are: every folder below ``ingest/sources`` with its ``source.yaml`` and ``parser.py``."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from graph.model.claims import key_kind
from graph.model.yamlfile import read_yaml
from ingest.problems import NEVER_RELEASED, FileProblem
from ingest.schema import SourceSpec, load_spec

_FOLDER = Path(__file__).parent / "sources"


@dataclass(frozen=True, slots=True)
class TextSource:
    """A source of full texts, one document a file, read by ``nlp``."""

    id: str
    title: str
    department: str
    level: str
    rank: int
    form: str
    list_id: None = None


Source = SourceSpec | TextSource


def _load(path: Path) -> Source:
    data: dict[str, Any] = read_yaml(path)
    return TextSource(**data) if data.get("form") == "text" else load_spec(path)


def _package(source: str) -> str:
    return source.replace("-", "_")


@cache
def sources() -> Mapping[str, Source]:
    """All sources that are built, by id."""
    found = (_load(path) for path in sorted(_FOLDER.glob("*/source.yaml")))
    return {spec.id: spec for spec in found}


def spec(source: str) -> Source:
    """The description of a source; FileProblem ``unknown_source`` names those that are built."""
    known = sources()
    if source not in known:
        raise FileProblem("unknown_source", f"no source of this id; built are: {', '.join(sorted(known))}")
    return known[source]


@cache
def parser(source: str) -> ModuleType:
    """The parser module of a source."""
    return importlib.import_module(f"ingest.sources.{_package(spec(source).id)}.parser")


def list_sources() -> Mapping[str, str]:
    """List id -> source id of the lists that are built."""
    return {found.list_id: found.id for found in sources().values() if found.list_id}


def release_problem(code: str, assigned: str | None) -> str | None:
    """Why a held row of this code may not be released as asked; None when it may."""
    if code in NEVER_RELEASED:
        return f"a row held for {code} can be corrected by its sender, never released as it stands"
    if code == "name_only" and not assigned:
        return "a row held for name_only needs the key of its subject in keys"
    if assigned and key_kind(assigned) not in ("uscc", "pid"):
        return "keys: expected a unified code (uscc:…) or a person with a number (pid:…)"
    return None

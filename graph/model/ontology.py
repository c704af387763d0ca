"""Node kinds, extra labels and relations, read once from ``ontology.yaml``: one table for every name of a thing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graph.model.yamlfile import parse_yaml

_FILE = Path(__file__).resolve().with_name("ontology.yaml")
_LABEL = re.compile(r"[A-Z][A-Za-z]*")
_TYPE = re.compile(r"[A-Z][A-Z_]*")


class OntologyError(ValueError):
    """The ontology contradicts itself; the message names the entry."""


@dataclass(frozen=True, slots=True)
class Ftm:
    """Where a thing goes in FollowTheMoney; ``schema`` "" for a label, which adds properties only."""

    schema: str
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Term:
    """What all entries share: ``name`` the contract word, ``neo4j`` the label or type; "" where a format has none."""

    name: str
    neo4j: str
    zh: str
    en: str
    ftm: Ftm | None
    bods: str
    standard: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class NodeKind(_Term):
    """A kind of node. ``subject``: somebody of whom a record can be (company … person)."""

    subject: bool


@dataclass(frozen=True, slots=True)
class Label(_Term):
    """An extra label, which nodes of the kinds ``on`` may bear."""

    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation(_Term):
    """A relation, read ``source relation target``.

    ``path``: paths walk it by default. ``identity``: properties that tell edges of one pair apart.
    """

    source_kinds: tuple[str, ...]
    target_kinds: tuple[str, ...]
    path: bool
    identity: tuple[str, ...]

    def joins(self, source: str, target: str) -> bool:
        """Whether the relation may lead from a node of kind ``source`` to one of kind ``target``."""
        return source in self.source_kinds and target in self.target_kinds


@dataclass(frozen=True, slots=True)
class Ontology:
    """All entries by contract word, in the order of the file."""

    kinds: Mapping[str, NodeKind]
    labels: Mapping[str, Label]
    relations: Mapping[str, Relation]


def _term(entry: Mapping[str, Any]) -> dict[str, Any]:
    ftm = entry.get("ftm")
    return {
        "name": entry["name"],
        "neo4j": entry["neo4j"],
        "zh": entry["zh"],
        "en": entry["en"],
        "ftm": Ftm(ftm.get("schema", ""), tuple(ftm["properties"])) if ftm else None,
        "bods": entry.get("bods", ""),
        "standard": tuple(entry.get("standard", ())),
        "note": entry.get("note", ""),
    }


def _check(terms: Iterable[_Term], form: re.Pattern[str]) -> None:
    """Names and Neo4j names are unique, and Neo4j names plain enough to stand in a query."""
    seen: set[str] = set()
    for term in terms:
        if not form.fullmatch(term.neo4j):
            raise OntologyError(f"{term.name}: {term.neo4j!r} is no name for Neo4j")
        if {term.name, term.neo4j} & seen:
            raise OntologyError(f"{term.name}: given twice")
        seen |= {term.name, term.neo4j}


def read(text: str) -> Ontology:
    """The ontology that a YAML text holds; OntologyError when an end, a kind or a name does not hold."""
    data = parse_yaml(text)
    kinds = [NodeKind(**_term(entry), subject=entry.get("subject", False)) for entry in data["kinds"]]
    labels = [Label(**_term(entry), on=tuple(entry["bearers"])) for entry in data["labels"]]
    relations = [
        Relation(
            **_term(entry),
            source_kinds=tuple(entry["from"]),
            target_kinds=tuple(entry["to"]),
            path=entry.get("path", False),
            identity=tuple(entry.get("identity", ())),
        )
        for entry in data["relations"]
    ]
    _check([*kinds, *labels], _LABEL)
    _check(relations, _TYPE)
    known = {term.name for term in kinds}
    for name, ends in [
        *((label.name, label.on) for label in labels),
        *((relation.name, relation.source_kinds) for relation in relations),
        *((relation.name, relation.target_kinds) for relation in relations),
    ]:
        if not ends or not set(ends) <= known:
            raise OntologyError(f"{name}: its ends are no known kinds: {sorted(set(ends) - known)}")
    return Ontology(
        {term.name: term for term in kinds},
        {term.name: term for term in labels},
        {term.name: term for term in relations},
    )


@cache
def ontology() -> Ontology:
    """The ontology of this programme."""
    return read(_FILE.read_text(encoding="utf-8"))


def kind(name: str) -> NodeKind:
    """A node kind by contract word; KeyError when there is none."""
    return ontology().kinds[name]


def label(name: str) -> Label:
    """An extra label by contract word; KeyError when there is none."""
    return ontology().labels[name]


def relation(name: str) -> Relation:
    """A relation by contract word; KeyError when there is none."""
    return ontology().relations[name]


#: Relations that paths walk by default, in the order in which a hop prefers them.
PATH_RELATIONS = tuple(entry.name for entry in ontology().relations.values() if entry.path)

#: Kinds of whom a record can be, in the order of the ontology.
SUBJECT_KINDS = tuple(entry.name for entry in ontology().kinds.values() if entry.subject)

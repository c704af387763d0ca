"""The words of the catalogue and what ties them to the graph: roles, kinds of subject, kinds of record.

Words come from the vocabularies of ``graph.model`` (person_roles, entity_kinds, record_kinds);
``catalogue/terms.yaml`` says how the graph shows them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.model.vocab import table
from graph.model.yamlfile import read_yaml
from graph.store.base import Node

FOLDER = Path(__file__).parent / "catalogue"

#: The file of a catalogue folder that holds no measures.
TERMS_FILE = "terms.yaml"

#: The record kind that an entry on any severe list is of.
SEVERE = "severe_list_any"

#: What the vocabulary says of roles that no measure may ever reach (relatives).
FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Terms:
    """The vocabulary of the catalogue, read once.

    ``roles``: role id -> how far the vocabulary lets it reach. ``relations``: role id -> relation of the graph.
    ``found_by_document``: roles that no register keeps. ``dated``, ``snapshot``: sources whose dated rows, and whose
    undated state, prove a role. ``suggests``: sources from which a reader expects somebody to be reached.
    ``parents``: entity kind -> its parent ("" at the top). ``prefixes``: two places of a unified code -> entity kind.
    ``node_kinds``: node kind -> entity kind. ``record_kinds``: id -> whether it is adverse.
    ``any_of_lists``: record kind -> the lists whose entries are of it too.
    """

    roles: Mapping[str, str]
    relations: Mapping[str, str]
    found_by_document: frozenset[str]
    dated: frozenset[str]
    snapshot: frozenset[str]
    suggests: frozenset[str]
    second_hop: tuple[str, ...]
    parents: Mapping[str, str]
    prefixes: Mapping[str, str]
    node_kinds: Mapping[str, str]
    record_kinds: Mapping[str, bool]
    any_of_lists: Mapping[str, tuple[str, ...]]

    def kinds_of_record(self, record: Node) -> frozenset[str]:
        """Every record kind that a record node is of: its own, and those that stand for its list."""
        on_list = record.props.get("list")
        standing = {kind for kind, lists in self.any_of_lists.items() if on_list in lists}
        return frozenset(standing | {str(record.props.get("record_kind", ""))} - {""})

    def words_of(self, node: Node) -> frozenset[str]:
        """The words of ``applies_to`` that fit a node: what its unified code or its kind tells, and all parents."""
        codes = (key.removeprefix("uscc:")[:2] for key in node.keys if key.startswith("uscc:"))
        word = next((self.prefixes[code] for code in codes if code in self.prefixes), None)
        word = word or self.node_kinds.get(node.kind, "")
        words = set()
        while word:
            words.add(word)
            word = self.parents[word]
        return frozenset(words)

    def role_of(self, relation: str, preferred: Sequence[str]) -> str:
        """The role that an edge of a relation shows: the first of ``preferred`` that it can be, else its namesake."""
        fitting = [role for role in preferred if self.relations.get(role) == relation]
        return fitting[0] if fitting else relation.removesuffix("_of")


@cache
def standing_terms() -> Terms:
    """The terms of the catalogue of this installation, read once a process."""
    return load_terms()


def load_terms(folder: Path = FOLDER) -> Terms:
    """The terms of a catalogue folder; KeyError when ``terms.yaml`` lacks a part."""
    ties = read_yaml(folder / TERMS_FILE)
    register = ties["register"]
    entities = table("entity_kinds")
    prefixes: dict[str, str] = {}
    for row in entities:
        # Several kinds may share a prefix (91): the first of the table is the one that the prefix alone tells.
        for prefix in filter(None, row["uscc_prefix"].replace(" ", "").split(",")):
            prefixes.setdefault(prefix, row["id"])
    record_kinds = {row["id"]: row["is_adverse"] == "yes" for row in table("record_kinds")}
    return Terms(
        roles={row["id"]: row["propagate_default"] for row in table("person_roles")},
        relations=ties["relations"],
        found_by_document=frozenset(ties["found_by_document"]),
        dated=frozenset(register["dated"]),
        snapshot=frozenset(register["snapshot"]),
        suggests=frozenset(register["suggests"]),
        second_hop=tuple(ties["second_hop"]),
        parents={row["id"]: row["parent"] for row in entities},
        prefixes=prefixes,
        node_kinds=ties["node_kinds"],
        record_kinds=record_kinds | dict.fromkeys(ties["naming_only"], True),
        any_of_lists={kind: tuple(lists) for kind, lists in ties["any_of_lists"].items()},
    )

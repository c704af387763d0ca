"""The one way in which the engine reads the graph: all times, no candidates, everything counted."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from graph.model.ids import normalise
from graph.store.base import Direction, Edge, Node, Reader, View

#: Kinds of key that tell one unit from every other.
_UNIT_KEYS = ("uscc:", "org:", "reg:", "dept:", "court:")


def has_number(person: Node) -> bool:
    """Whether a person is known by a valid ID number, not by name only."""
    return bool(person.props.get("id_mask")) or any(key.startswith("pid:") for key in person.keys)


def identified(node: Node) -> bool:
    """Whether a subject is one that nobody can be mistaken for: by number, code or certificate."""
    if node.kind == "person":
        return has_number(node) or any(key.startswith("cert:") for key in node.keys)
    return any(key.startswith(_UNIT_KEYS) for key in node.keys)


def holds_code(unit: Node, code: str) -> bool:
    """Whether a code as a document writes it (unified, registration or organisation code) is one of the unit's."""
    plain = normalise(code)
    return any(key.partition(":")[2] == plain for key in unit.keys if key.startswith(("uscc:", "org:", "reg:")))


class Walk:
    """Reads of one answer. Intervals are judged by the rules, so edges of all times are asked for.

    An edge whose ends were only guessed (match ``candidate``) is never seen by any rule.
    """

    def __init__(self, reader: Reader, view: View) -> None:
        self._reader = reader
        self._view = view
        self._always = replace(view, as_of=None)
        self._seen: set[str] = set()
        #: Node id -> whether its edges were asked for too: the answer is the same as long as none of these changes.
        self.reads: dict[str, bool] = {}

    @property
    def explored(self) -> int:
        """How many nodes have been read so far."""
        return len(self._seen)

    def node(self, node_id: str) -> Node | None:
        """One node, None when the view does not show it."""
        return self.nodes([node_id]).get(node_id)

    def nodes(self, ids: Iterable[str]) -> dict[str, Node]:
        """Nodes by id; those that the view does not show are missing."""
        wanted = list(dict.fromkeys(ids))
        found = self._reader.get(self._view, wanted) if wanted else {}
        self.reads = dict.fromkeys(wanted, False) | self.reads
        self._seen.update(node.id for node in found.values())
        return found

    def edges(self, ids: Sequence[str], relations: Sequence[str], direction: Direction) -> list[Edge]:
        """Edges of all times, without candidates, in the order of the store."""
        if not ids:
            return []
        self.reads |= dict.fromkeys(ids, True)
        edges = self._reader.neighbours(self._always, ids, relations, direction)
        return [edge for edge in edges if edge.match != "candidate"]

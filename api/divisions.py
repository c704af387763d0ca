"""Where departments and records belong: the division in the unified code of the department (GB 32100, places 3 to 8).

A record belongs where it was issued: to the departments or courts that it is drawn to (``issued_by``), else to those
that bear the name of its issuer; a case to where one of its records belongs. A department without a code, a name
that nobody or somebody of another division bears too, a record without issuer belong to no division: only keys
without one see such a record while it is restricted. :func:`api.auth.covers` says what a division holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from api.auth import covers
from graph.model.claims import RESTRICTED
from graph.model.ids import check_uscc
from graph.store.base import Node, Reader, View

_KINDS = frozenset({"department", "court"})

#: Departments of one name that are looked at; of more, none is believed.
_NAMESAKES = 50


def division_of_code(code: str) -> str:
    """The division in a valid unified code of a unit of the state, "" for any other text."""
    found = check_uscc(code)
    return str(found.parts["division"]) if found.valid and found.parts.get("division") else ""


class Departments:
    """The departments of a graph as one division sees them; ``reader`` is not cut."""

    def __init__(self, reader: Reader, division: str) -> None:
        self._reader, self._division = reader, division
        self._known: dict[tuple[int | None, str], bool] = {}

    def _holds(self, node: Node) -> bool:
        codes = [key.removeprefix("uscc:") for key in node.keys if key.startswith("uscc:")]
        return bool(codes) and all(covers(self._division, division_of_code(code)) for code in codes)

    def named(self, view: View, name: str) -> bool:
        """Whether the departments that bear or bore a name are all of the division, and there is one."""
        place = (view.known_at, name)
        if place not in self._known:
            whole = replace(view, level=RESTRICTED, as_of=None)
            found = self._reader.search(whole, name, _NAMESAKES, exact=True) if name else []
            departments = [node for node in found if node.kind in _KINDS]
            few = len(found) < _NAMESAKES
            self._known[place] = few and bool(departments) and all(map(self._holds, departments))
        return self._known[place]

    def admits(self, view: View, code: str, name: str) -> bool:
        """Whether a department, by its code or else by its name, is of the division."""
        return covers(self._division, division_of_code(code)) if code else self.named(view, name)

    def own(self, view: View, records: Iterable[Node]) -> frozenset[str]:
        """The ids of those records that belong to the division."""
        found = list(records)
        cases = [node.id for node in found if node.kind == "case"]
        mine = self._issued(view, [node for node in found if node.kind != "case"])
        if cases:
            whole = replace(view, level=RESTRICTED, as_of=None)
            edges = self._reader.neighbours(whole, cases, ("in_case",), "in")
            inner = self._reader.get(whole, sorted({edge.source for edge in edges}))
            theirs = self._issued(view, list(inner.values()))
            mine |= {edge.target for edge in edges if edge.source in theirs}
        return frozenset(mine)

    def _issued(self, view: View, records: Sequence[Node]) -> set[str]:
        """Records that a department of the division issued."""
        whole = replace(view, level=RESTRICTED, as_of=None)
        edges = self._reader.neighbours(whole, [node.id for node in records], ("issued_by",), "out")
        issuers = self._reader.get(whole, sorted({edge.target for edge in edges}))
        drawn = {edge.source for edge in edges}
        mine = {edge.source for edge in edges if edge.target in issuers and self._holds(issuers[edge.target])}
        named = (node for node in records if node.id not in drawn)
        return mine | {node.id for node in named if self.named(view, str(node.props.get("issuer", "")))}

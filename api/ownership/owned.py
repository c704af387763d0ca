"""One company and everybody above it, read once for all that is asked of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from api.entities import edge_body, edge_evidence, entity
from graph.analysis.ownership.anomalies import anomalies
from graph.analysis.ownership.control import Controller, Votes, controllers, without_subsidiaries
from graph.analysis.ownership.linear import Number
from graph.analysis.ownership.reading import Change, Excerpt, upwards
from graph.analysis.ownership.register import Row, capital_rows
from graph.analysis.ownership.shares import LookThrough, above, held_by, look_through
from graph.book.book import Book
from graph.store.base import Edge, Node, Reader, View
from ingest import registry

if TYPE_CHECKING:
    from graph.analysis.whole.kept import Whole


def authority(edge: Edge) -> int:
    """The rank of the best source that says so; a source that is gone has none."""
    known = registry.sources()
    return max((known[source].rank for source in edge.sources if source in known), default=0)


#: The register of all that a reader shows in a view, made or found when it is asked for.
Register = Callable[[], "Whole"]

#: Holders that an answer from the index lists, the largest first.
_LARGEST = 500


def whole_register(book: Book, reader: Reader, view: View, division: str = "") -> Register:
    """The register as it is kept beside the data."""

    def found() -> "Whole":
        # numba takes a second to import: only a question that one row after another cannot answer waits for it.
        from graph.analysis.whole.kept import whole

        return whole(book, reader, view, authority, division)

    return found


@dataclass
class Owned:
    """One company, its holders worked out once for all that is asked of it.

    ``register``: answers instead of the rows where there are more of them than one question may read.
    """

    book: Book
    reader: Reader
    view: View
    node: Node
    change: Change | None = None
    register: Register | None = None

    @cached_property
    def excerpt(self) -> Excerpt:
        """The rows above the company."""
        return upwards(self.reader, self.view, self.node.id, authority, self.change)

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """Rows of capital."""
        return capital_rows(self.excerpt.register)

    @cached_property
    def found(self) -> LookThrough:
        """Its holders, direct or not."""
        if self.by_index and self.register:
            return self._from_index(self.register())
        register = self.excerpt.register
        return look_through(self.rows, self.node.id, register.persons | register.states)

    @property
    def by_index(self) -> bool:
        """Whether there is more above than one question may read, and nothing is only supposed."""
        return self.excerpt.truncated and self.register is not None and not self.change

    def _from_index(self, whole: "Whole") -> LookThrough:
        """The largest holders; their parts are those that are sure."""
        number = whole.table.number(self.node.id)
        if number is None:
            return LookThrough({}, frozenset(), 1.0, (), ())
        held = whole.index.up(number)
        largest = held.share.argsort()[::-1][:_LARGEST]
        shares: dict[str, Number] = {whole.table.id(held.node[i]): float(held.share[i]) for i in largest}
        self.excerpt.nodes = {**self.reader.get(self.view, list(shares)), **self.excerpt.nodes}
        rings = {ring.number: ring for ring in whole.index.rings()}
        names = {r: tuple(map(whole.table.id, rings[r].members)) for r in held.rings}
        closed = tuple(names[r] for r in held.rings if rings[r].kind == "closed")
        left = None if held.blocked else held.unattributed
        return LookThrough(shares, frozenset(), left, closed, tuple(n for n in names.values() if n not in closed))

    @cached_property
    def votes(self) -> Votes:
        """The votes above the company."""
        return without_subsidiaries(self.excerpt.register)

    @cached_property
    def odd(self) -> dict[str, list[str]]:
        """Anomaly -> companies, of all rows above."""
        over = above(self.rows, self.node.id)
        return anomalies(self.excerpt.register, self.rows, self.found, sorted(over))

    @cached_property
    def most(self) -> dict[str, Number]:
        """Holder -> the most he can have, where shares that are not known leave room."""
        over = above(self.rows, self.node.id)
        if self.by_index or not any(self.rows[c].unknown for c in over if c in self.rows):
            return {}
        holders = sorted(over - {self.node.id} - self.found.unnumbered)
        most = {h: held_by(self.rows, h, over, at_most=True).get(self.node.id, 0) for h in holders}
        return {h: part for h, part in most.items() if part > self.found.shares.get(h, 0)}

    @cached_property
    def by_votes(self) -> list[Controller]:
        """Ultimate controllers by votes."""
        return controllers(self.votes, self.node.id)

    @cached_property
    def declared(self) -> list[Controller]:
        """Ultimate controllers whose control rests on a declared actual controller."""
        return controllers(self.votes, self.node.id, declared=True)

    def who(self, node: str) -> dict[str, Any]:
        """An entity; the id alone of somebody who was only assumed."""
        found = self.excerpt.nodes.get(node)
        return entity(found) if found else {"id": node, "kind": None, "name": ""}

    def heads(self, chosen: Iterable[Controller]) -> list[dict[str, Any]]:
        """The subjects that control; of a group its members."""
        groups = {group.name: group.members for group in self.excerpt.register.groups}
        return [self.who(node) for one in chosen for node in groups.get(one.holder, (one.holder,))]

    def edges(self, refs: Iterable[str]) -> list[dict[str, Any]]:
        """Edges that count, with their evidence, in the order of their ids."""
        chosen = [self.excerpt.edges[ref] for ref in sorted(set(refs)) if ref in self.excerpt.edges]
        proof = edge_evidence(self.book, chosen)
        return [edge_body(edge, proof[edge.id]) for edge in chosen]

    @cached_property
    def pairs(self) -> dict[tuple[str, str], str]:
        """(holder, company) -> the edge that counts."""
        return {(h.owner, h.owned): h.ref for h in self.excerpt.register.holdings}

    def refs(self, chain: Sequence[str]) -> list[str]:
        """The edges of a chain of nodes from a holder down."""
        return [self.pairs[pair] for pair in pairwise(chain)]

"""The part of the register that one question needs, read from a store under a view, row by row and whole rows only."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from graph.analysis.ownership.arrangements import arrangements, groups, with_votes
from graph.analysis.ownership.register import Declared, Holding, Register
from graph.store.base import Edge, Node, Reader, View

#: An edge's authority: the rank of the best source that says so.
Authority = Callable[[Edge], int]

HOLDS = "shareholder_of"
CONTROLS = "actual_controller_of"

_HUNDRED = Fraction(100)

#: Companies of which one question reads the rows; beyond it the answer is cut and says so.
BUDGET = 5_000

#: Kinds of node that are public bodies.
_STATES = frozenset({"department", "court"})


@dataclass(slots=True)
class Excerpt:
    """What was read. ``edges``: those that count, by id; ``left_out``: those that do not, since a better source speaks.

    ``truncated``: the budget was spent, so chains may be missing.
    """

    register: Register
    nodes: Mapping[str, Node]
    edges: Mapping[str, Edge]
    left_out: Sequence[Edge]
    truncated: bool

    @property
    def explored(self) -> int:
        """How many nodes were looked at."""
        return max(1, len(self.nodes))


@dataclass(frozen=True, slots=True)
class Change:
    """A question "what if": edges that are not there, and holdings that are."""

    without: frozenset[str] = frozenset()
    added: tuple[Holding, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.without or self.added)


@dataclass(slots=True)
class _Rows:
    """Rows read so far."""

    reader: Reader
    view: View
    change: Change
    into: dict[str, list[Edge]] = field(default_factory=dict)
    truncated: bool = False

    def read(self, companies: Iterable[str]) -> list[Edge]:
        """Read the rows of companies not read before."""
        fresh = sorted(set(companies) - self.into.keys())
        if len(self.into) + len(fresh) > BUDGET:
            fresh, self.truncated = fresh[: max(0, BUDGET - len(self.into))], True
        if not fresh:
            return []
        found = self.reader.neighbours(self.view, fresh, (HOLDS, CONTROLS), "in")
        kept = [edge for edge in found if edge.id not in self.change.without]
        self.into.update((company, []) for company in fresh)
        for edge in kept:
            self.into[edge.target].append(edge)
        return kept


def upwards(reader: Reader, view: View, company: str, authority: Authority, change: Change | None = None) -> Excerpt:
    """The rows of a company, of its holders, of theirs, to the ends."""
    rows = _Rows(reader, view, change or Change())
    frontier = {company}
    while frontier:
        owners = {edge.source for edge in rows.read(frontier)}
        owners |= {holding.owner for holding in rows.change.added if holding.owned in frontier}
        frontier = owners - rows.into.keys() if not rows.truncated else set()
    return _excerpt(rows, authority, {company})


def downwards(reader: Reader, view: View, holder: str, authority: Authority, change: Change | None = None) -> Excerpt:
    """Whole rows of everything that a holder has a part of through any chain."""
    rows = _Rows(reader, view, change or Change())
    met, frontier = {holder}, {holder}
    while frontier and not rows.truncated:
        edges = reader.neighbours(view, sorted(frontier), (HOLDS, CONTROLS), "out")
        held = {edge.target for edge in edges if edge.id not in rows.change.without}
        held |= {holding.owned for holding in rows.change.added if holding.owner in frontier}
        frontier = held - met
        met |= frontier
        rows.read(frontier)
    return _excerpt(rows, authority, {holder})


def _excerpt(rows: _Rows, authority: Authority, asked: set[str]) -> Excerpt:
    told, agreements = arrangements(rows.reader, rows.view, rows.into)
    counted: dict[str, Edge] = {edge.id: edge for one in told for edge in one.edges}
    holdings: list[Holding] = []
    left_out: list[Edge] = []
    declared: list[Declared] = []
    disputed: dict[str, tuple[str, ...]] = {}
    for company, edges in rows.into.items():
        says = [edge for edge in edges if edge.relation == CONTROLS]
        declared += [Declared(edge.source, company, edge.id) for edge in says]
        kept, weaker, odd = strongest([edge for edge in edges if edge.relation == HOLDS], authority)
        left_out += weaker
        if odd:
            disputed[company] = odd
        counted |= {edge.id: edge for edge in (*kept, *says)}
        added = [holding for holding in rows.change.added if holding.owned == company]
        holdings += with_votes([*map(_holding, kept), *added], [one for one in told if one.company == company])
    ends = {end for edge in (*counted.values(), *left_out) for end in (edge.source, edge.target)}
    ends |= {end for holding in rows.change.added for end in (holding.owner, holding.owned)}
    nodes = {**agreements, **rows.reader.get(rows.view, sorted((asked | ends) - agreements.keys()))}
    register = Register(
        holdings=tuple(holdings),
        persons=frozenset(i for i, node in nodes.items() if node.kind == "person"),
        states=frozenset(i for i, node in nodes.items() if node.kind in _STATES),
        groups=groups(told),
        declared=tuple(declared),
        disputed=disputed,
    )
    return Excerpt(register, nodes, counted, left_out, rows.truncated)


def strongest(edges: Sequence[Edge], authority: Authority) -> tuple[list[Edge], list[Edge], tuple[str, ...]]:
    """The edges of a row that count, those that do not, and the edges in which sources disagree.

    A row is taken from its best source: what a weaker one adds may be the same holder by name only, and would be
    summed twice. Of two edges of a pair that overlap the later counts (design 3.7: never summed).
    """
    best = max(map(authority, edges), default=0)
    weaker = [edge for edge in edges if authority(edge) < best]
    pairs: dict[str, list[Edge]] = {}
    for edge in edges:
        if authority(edge) == best:
            pairs.setdefault(edge.source, []).append(edge)
    kept, odd = [], set[str]()
    for some in pairs.values():
        order = sorted(some, key=lambda edge: (edge.valid_from or "", edge.id))
        kept.append(order[-1])
        weaker += order[:-1]
        if len(order) > 1 or order[-1].disagree:
            odd.update(edge.id for edge in some)
    return kept, weaker, tuple(sorted(odd))


def _holding(edge: Edge) -> Holding:
    share = edge.props.get("share")
    return Holding(edge.source, edge.target, None if share is None else Fraction(str(share)) / _HUNDRED, ref=edge.id)

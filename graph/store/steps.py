"""Changes as the transactions in which Neo4j writes them.

One transaction for an ordinary step. A large one would not fit the server's
memory, so it is cut into slices, in an order in which each may stand alone:
edges go before their nodes, nodes come before their edges.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from graph.store.base import Changes, EdgeItem, NodeItem

#: Most items that are written in one transaction; beyond it a step is cut into slices.
WHOLE_STEP = 20_000

#: Items in a slice, and rows in one statement.
SLICE = 5_000

T = TypeVar("T")


def chunks(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Runs of at most ``size`` values, in order."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


@dataclass(frozen=True, slots=True)
class Step:
    """What one transaction writes, in this order; ``sweep``: nodes that may stand empty afterwards."""

    pairs: Sequence[tuple[str, str, str]] = ()
    gone: Sequence[str] = ()
    nodes: Sequence[tuple[NodeItem, str]] = ()
    edges: Sequence[tuple[EdgeItem, str]] = ()
    sweep: Sequence[str] = ()

    def slices(self) -> list["Step"]:
        """The step as several that can be written one after the other."""
        return [
            *(Step(pairs=some) for some in chunks(self.pairs, SLICE)),
            *(Step(gone=some) for some in chunks(self.gone, SLICE)),
            *(Step(nodes=some) for some in chunks(self.nodes, SLICE)),
            *(Step(edges=some) for some in chunks(self.edges, SLICE)),
            *(Step(sweep=some) for some in chunks(self.sweep, SLICE)),
        ]


def steps(changes: Changes) -> list[Step]:
    """Changes as the transactions that write them; ValueError when an id comes twice."""
    written = [item.id for item, _ in changes.nodes]
    edges = [item.edge.id for item, _ in changes.edges]
    if len(set(written)) < len(written) or len(set(edges)) < len(edges):
        raise ValueError("a step writes a node or an edge twice")
    pairs = dict.fromkeys(changes.drop_pairs)
    pairs.update(dict.fromkeys((i.edge.relation, i.edge.source, i.edge.target) for i, _ in changes.edges))
    kept = set(written)
    gone = [node for node in dict.fromkeys(changes.drop_nodes) if node not in kept]
    ends = (end for _, *both in changes.drop_pairs for end in both)
    whole = Step(list(pairs), gone, changes.nodes, changes.edges, list(dict.fromkeys([*gone, *ends])))
    if len(pairs) + len(gone) + len(written) + len(edges) <= WHOLE_STEP:
        return [whole]
    return whole.slices()

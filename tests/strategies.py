"""Hypothesis strategies over :mod:`ingest.demo.graphs`: claims, records, and what people decide on keys."""

from typing import Literal, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from graph.model.claims import Claim, EdgeClaim
from ingest.demo.graphs import Record, random_records


class Decision(NamedTuple):
    """``same`` or ``different`` on a pair of keys."""

    kind: Literal["same", "different"]
    a: str
    b: str


def records(max_size: int = 12, *, min_size: int = 0, conflicts: bool = False) -> SearchStrategy[list[Record]]:
    """Lists of records; shrinks towards few records and simple choices."""
    randoms = st.randoms(use_true_random=False)
    sizes = st.integers(min_size, max_size)
    return st.builds(lambda rng, n: random_records(rng, n, conflicts=conflicts), randoms, sizes)


def claims(max_records: int = 4) -> SearchStrategy[list[Claim]]:
    """The claims of some records in one list."""
    return records(max_records).map(lambda found: [claim for record in found for claim in record.claims])


def kinds_of_keys(found: list[Record]) -> dict[str, str]:
    """Every key that a node claim bears, with the kind of its node."""
    nodes = [claim for record in found for claim in record.claims if not isinstance(claim, EdgeClaim)]
    return {key: node.kind for node in nodes for key in node.mention.keys}


@st.composite
def decisions(draw: DrawFn, found: list[Record], max_size: int = 4) -> list[Decision]:
    """Decisions on pairs of different keys of companies, or of people, that occur in ``found``."""
    kinds = kinds_of_keys(found)
    groups = [sorted(key for key, kind in kinds.items() if kind == wanted) for wanted in ("company", "person")]
    pairs = [(a, b) for group in groups for place, a in enumerate(group) for b in group[place + 1 :]]
    if not pairs:
        return []
    verdicts: SearchStrategy[Literal["same", "different"]] = st.sampled_from(("same", "different"))
    one = st.builds(lambda pair, kind: Decision(kind, *pair), st.sampled_from(pairs), verdicts)
    return draw(st.lists(one, max_size=max_size))


@st.composite
def decided_records(draw: DrawFn, max_size: int = 12) -> tuple[list[Record], list[Decision]]:
    """Records and decisions on their keys."""
    found = draw(records(max_size))
    return found, draw(decisions(found))

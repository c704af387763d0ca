"""Small registers in short hand, random ones, and an answer worked out in another way."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from hypothesis import strategies as st

from graph.analysis.ownership.register import Declared, Group, Holding, Register


def register(
    told: str, persons: str = "", **more: tuple[Group, ...] | tuple[Declared, ...] | frozenset[str]
) -> Register:
    """``"a>b 40, c>b ?"``: a holds 40 % of b, c an unknown part. ``persons``: names, separated by blanks."""
    holdings = []
    for one in filter(None, (part.strip() for part in told.replace("\n", ",").split(","))):
        pair, share = one.split()
        owner, owned = pair.split(">")
        holdings.append(Holding(owner, owned, None if share == "?" else Fraction(share) / 100))
    return Register(tuple(holdings), frozenset(persons.split()), **more)  # type: ignore[arg-type]


def gauss(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """The solution of a system by plain elimination on fractions; None when there is none or many."""
    n = len(matrix)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for k in range(n):
        pivot = next((i for i in range(k, n) if rows[i][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i in range(n):
            if i != k and rows[i][k]:
                rows[i] = [x - rows[i][k] * y for x, y in zip(rows[i], rows[k], strict=True)]
    return [row[n] for row in rows]


def integrated(holdings: Iterable[Holding], source: str) -> Mapping[str, Fraction] | None:
    """y_j = W[s, j] + sum over k != s of y_k W[k, j], as one system of all companies."""
    held = [h for h in holdings if h.owner != h.owned]
    names = sorted({h.owned for h in held} | {h.owner for h in held} | {source})
    w = {(h.owner, h.owned): h.share or Fraction(0) for h in held}
    matrix = [
        [
            Fraction(i == j) - (w.get((k, v), Fraction(0)) if k != source and v != source else 0)
            for j, k in enumerate(names)
        ]
        for i, v in enumerate(names)
    ]
    right = [w.get((source, v), Fraction(0)) if v != source else Fraction(0) for v in names]
    found = gauss(matrix, right)
    return None if found is None else dict(zip(names, found, strict=True))


@st.composite
def sound(draw: st.DrawFn, companies: int = 6, persons: int = 3) -> Register:
    """A register without rows over one hundred in which every company has an outsider above it."""
    names = [f"c{i}" for i in range(draw(st.integers(2, companies)))]
    people = [f"p{i}" for i in range(draw(st.integers(1, persons)))]
    holdings = []
    for company in names:
        left = 100
        first = draw(st.sampled_from(people))
        for owner in draw(st.permutations([n for n in (*names, *people) if n not in (company, first)]))[:3]:
            part = draw(st.integers(0, left - 1))
            left -= part
            if part:
                holdings.append(Holding(owner, company, Fraction(part, 100)))
        holdings.append(Holding(first, company, Fraction(draw(st.integers(1, left)), 100)))
    return Register(tuple(holdings), frozenset(people))


def majority(holdings: Iterable[Holding], holder: str) -> set[str]:
    """What a holder controls, found by asking every company again and again."""
    held = [h for h in holdings if h.owner != h.owned and h.share]
    found: set[str] = set()
    while True:
        more = {
            c
            for c in {h.owned for h in held} - {holder}
            if sum((h.share or 0) for h in held if h.owned == c and h.owner in found | {holder}) > Fraction(1, 2)
        }
        if more <= found:
            return found
        found |= more

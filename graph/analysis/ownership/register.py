"""Holdings as one question sees them: which count, which are told but not counted, and what is odd about each row.

Sources of the rules: Company Law (公司法 2023) Art. 116 (shares that a company holds in itself have no vote) and 141
(shares of a listed company that its subsidiary holds have none); design 3.7: what disagrees is never summed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Holding:
    """``owner`` holds ``share`` (a part of one, None = not known) of ``owned``.

    ``votes``: the part of the votes when it differs from the share. ``ref``: the edge that says so.
    """

    owner: str
    owned: str
    share: Fraction | None
    votes: Fraction | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Holders who declared that they vote as one at ``company``: an agreement, never a guess, never kinship."""

    name: str
    company: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """``controller`` is told to be the actual controller of ``company``."""

    controller: str
    company: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """The holdings of one view, one per pair.

    ``persons``: natural persons; ``states``: public bodies; both are ends, nobody holds them. ``disputed``: companies
    of which two sources say different things, with the edges that say so; ``listed``: whose shares are traded.
    """

    holdings: tuple[Holding, ...]
    persons: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    groups: tuple[Group, ...] = ()
    declared: tuple[Declared, ...] = ()
    disputed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """Who holds a company: ``known`` parts by owner, and owners whose part is not known.

    What the company holds in itself is cancelled: the other parts are of what is left. ``rest``: what is left for the
    unknown ones, and, when there are none, what nobody is named for. ``over``: the parts as given sum to over one.
    """

    known: Mapping[str, Fraction]
    unknown: tuple[str, ...]
    rest: Fraction
    over: bool
    own: Fraction

    @property
    def owners(self) -> tuple[str, ...]:
        """Everybody of the row."""
        return (*self.known, *self.unknown)


Rows = Mapping[str, Row]


def _row(company: str, parts: Iterable[tuple[str, Fraction | None]]) -> Row:
    known: dict[str, Fraction] = {}
    unknown: list[str] = []
    own = Fraction(0)
    for owner, part in parts:
        if owner == company:
            own += part or 0
        elif part is None:
            unknown.append(owner)
        else:
            known[owner] = known.get(owner, Fraction(0)) + part
    over = own + sum(known.values()) > 1
    if own >= 1:
        # Nothing of it is held by anybody else: a ring of one.
        return Row({}, tuple(unknown), Fraction(0), over, own)
    if own:
        known = {owner: part / (1 - own) for owner, part in known.items()}
    return Row(known, tuple(unknown), max(Fraction(0), ONE - sum(known.values(), Fraction(0))), over, own)


def _by_owned(register: Register) -> dict[str, list[Holding]]:
    found: dict[str, list[Holding]] = {}
    for holding in register.holdings:
        found.setdefault(holding.owned, []).append(holding)
    return found


def capital_rows(register: Register) -> dict[str, Row]:
    """The rows of capital, by company."""
    return {
        company: _row(company, ((h.owner, h.share) for h in holdings))
        for company, holdings in _by_owned(register).items()
    }


def vote_rows(register: Register) -> dict[str, Row]:
    """The rows of votes: as the capital where nothing else is said; a company has no vote in itself.

    An unknown share has no known vote.
    """
    return {
        company: _row(company, ((h.owner, h.share if h.votes is None else h.votes) for h in holdings))
        for company, holdings in _by_owned(register).items()
    }


def voteless(rows: Rows, owners: Iterable[str], company: str) -> Row:
    """The row of a company without the votes of some of its holders; the others' votes are parts of what is left."""
    row = rows[company]
    gone = frozenset(owners)
    silent = sum((part for owner, part in row.known.items() if owner in gone), Fraction(0))
    left = {owner: part for owner, part in row.known.items() if owner not in gone}
    if not silent or silent >= 1:
        return Row(left, row.unknown, row.rest, row.over, row.own)
    scaled = {owner: part / (1 - silent) for owner, part in left.items()}
    return Row(scaled, row.unknown, row.rest / (1 - silent), row.over, row.own)

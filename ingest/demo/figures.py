"""Figures that recur in every hundred companies of a city: chains, rings, a core, borrowed names.

All are pure functions of a company's number, so that a city of any size has them
and nothing is kept. A figure stands only where its hundred is complete.
"""

#: Companies in which the figures repeat.
BLOCK = 100

#: Places in a block. The chain: each from the second on is held by the one before, in percent.
CHAIN = (90, 91, 92, 93, 94)
_CHAIN_SHARES = (65, 60, 55, 51)
#: Each holds 20 % of the next, the last of the first.
RING = (95, 96, 97)
_RING_SHARE = 20
#: One company a block holds parts of two in other blocks: together they are one strongly connected core.
CORE = 60
_CORE_SHARES = (10, 5)
#: Each guarantees the next, the last the first.
GUARANTEES = (80, 81, 82)
#: The first had another name until it gave it up; the second bears that name now.
RENAMED, BORROWER = 70, 71
RENAMED_UNTIL, BORROWED_FROM = "2022-07-01", "2023-02-01"
#: An accounting firm, an appraiser, and whom they work for.
AUDITOR, APPRAISER = 50, 51
CLIENTS = (10, 30, 90)


def block_of(number: int, companies: int) -> int | None:
    """The first company of the block of ``number``; None where the block is not complete."""
    base = number - number % BLOCK
    return base if base + BLOCK <= companies else None


def parents(number: int, companies: int) -> list[tuple[int, int]]:
    """The companies that hold ``number`` in a figure, with their shares in percent."""
    base, place = block_of(number, companies), number % BLOCK
    if base is None:
        return []
    if place in CHAIN[1:]:
        link = CHAIN.index(place)
        return [(base + CHAIN[link - 1], _CHAIN_SHARES[link - 1])]
    if place in RING:
        return [(base + RING[RING.index(place) - 1], _RING_SHARE)]
    if place == CORE:
        return _core(base // BLOCK, companies // BLOCK)
    return []


def _core(block: int, blocks: int) -> list[tuple[int, int]]:
    """The holders of a core company: that of the block before, and one farther off."""
    others = ((block - 1) % blocks, (block * 3 + 1) % blocks)
    found = {other: share for other, share in zip(others, _CORE_SHARES, strict=True) if other != block}
    return [(other * BLOCK + CORE, share) for other, share in found.items()]


def guaranteed(number: int, companies: int) -> int | None:
    """Whom a company guarantees in a figure."""
    base, place = block_of(number, companies), number % BLOCK
    if base is None or place not in GUARANTEES:
        return None
    return base + GUARANTEES[(GUARANTEES.index(place) + 1) % len(GUARANTEES)]


def namesake(number: int, companies: int) -> int | None:
    """The company whose former name ``number`` bears."""
    base = block_of(number, companies)
    return number - BORROWER + RENAMED if base is not None and number % BLOCK == BORROWER else None

"""How long work tells how far it is: a call per chunk, to whoever wants to know."""

from collections.abc import Callable

#: Told what is counted and how many more of it are done: ``tell("rows", 2000)``. Called per chunk, never per row.
Tell = Callable[[str, int], None]

#: Items between two calls where nothing else makes chunks.
EVERY = 5000


def silent(what: str, done: int) -> None:
    """Nobody wants to know."""

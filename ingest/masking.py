"""ID numbers in running text of cells, however they are written: none is kept or told in clear (PIPL Art. 6, 51)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from graph.model.ids import check_id_card, mask_id

#: What stands between the figures of one number: white space and dashes, at most two signs.
_GAP = r"[\s\-‐-―−]{0,2}"
_FIGURE = "0-9０-９"
_WRITTEN = re.compile(
    rf"(?<![{_FIGURE}])[{_FIGURE}](?:{_GAP}[{_FIGURE}]){{16}}{_GAP}(?:[{_FIGURE}](?![{_FIGURE}])|[XＸ])", re.IGNORECASE
)


def mask_cell(text: str) -> str:
    """``text`` with every valid ID number masked: with spaces and dashes in it, letters beside it, wide figures too.

    A number inside a longer run of figures is none.
    """
    for start, end, number in reversed(list(_numbers(text))):
        text = text[:start] + mask_id(number) + text[end:]
    return text


def _numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and number of each, without overlap."""
    found = _WRITTEN.search(text)
    while found:
        valid = check_id_card(found[0]).valid
        if valid:
            yield found.start(), found.end(), found[0]
        found = _WRITTEN.search(text, found.end() if valid else found.start() + 1)


@lru_cache(maxsize=256)
def shown_file(name: str) -> str:
    """The name of a file as it is kept and told."""
    return mask_cell(name)

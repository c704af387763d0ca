"""ID numbers in running text of cells, however they are written: none is kept or told in clear (PIPL Art. 6, 51)."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from graph.model.ids import check_id_card, mask_id

#: What stands between the figures of one number: white space and dashes, at most two signs.
_GAP = r"[\s\-‐-―−]{0,2}"
_FIGURE = "0-9０-９"
_WRITTEN = re.compile(
    rf"(?<![{_FIGURE}])[{_FIGURE}](?:{_GAP}[{_FIGURE}]){{16}}{_GAP}(?:[{_FIGURE}](?![{_FIGURE}])|[XＸ])", re.IGNORECASE
)

#: A number has 18 places: a shorter text holds none.
_PLACES = 18

#: The places of a number that a mask hides, and the signs that stand at places.
_HIDDEN = range(6, 14)
_SIGN = re.compile(rf"[{_FIGURE}*xXｘＸ]")


def mask_cell(text: str) -> str:
    """``text`` with every valid ID number masked: with spaces and dashes in it, letters beside it, wide figures too.

    A number inside a longer run of figures is none.
    """
    if len(text) < _PLACES:
        return text
    for start, end, number in reversed(list(written_numbers(text))):
        text = text[:start] + mask_id(number) + text[end:]
    return text


def mask_in_place(text: str) -> str:
    """As :func:`mask_cell`, every sign in its place: offsets into the text stay right."""
    for start, end, _ in reversed(list(written_numbers(text))):
        text = text[:start] + _with_signs(text[start:end], {place: "*" for place in _HIDDEN}) + text[end:]
    return text


def fill_in_place(masked: str, number: str) -> str:
    """A number that :func:`mask_in_place` has masked, with its figures again."""
    return _with_signs(masked, {place: number[place] for place in _HIDDEN})


def _with_signs(written: str, signs: Mapping[int, str]) -> str:
    """A written number with other signs at some of its 18 places; what stands between them stays."""
    made, place = [], 0
    for sign in written:
        if _SIGN.fullmatch(sign):
            made.append(signs.get(place, sign))
            place += 1
        else:
            made.append(sign)
    return "".join(made)


def written_numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and writing of each valid number, without overlap."""
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

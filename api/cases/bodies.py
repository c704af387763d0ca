"""The bodies for which a key acts: in the words of the catalogue, the platform, or whoever determined a record."""

import re
from functools import cache

from graph.measures.cases.remedies import PLATFORM
from graph.measures.catalogue import standing_catalogue

#: Shape of the name of an authority or a court, as records name who determined them.
_AUTHORITY = re.compile(r"[\u4e00-\u9fff]{3,40}(局|委员会|院|厅|部|署|政府|部门|机关|单位|海关|办公室|中心|支队|大队)")


@cache
def bodies() -> frozenset[str]:
    """Every body that a row of the catalogue names, and the platform."""
    rows = standing_catalogue().measures
    deciding = {str(word) for row in rows if (word := getattr(row, "deciding_body", ""))}
    return frozenset(deciding | {word for row in rows for word in row.implementing_department} | {PLATFORM})


def is_body(word: str) -> bool:
    """Whether a key may act for a body: one of :func:`bodies`, or an authority by its full name (repair, objection)."""
    return word in bodies() or _AUTHORITY.fullmatch(word) is not None

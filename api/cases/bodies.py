"""The bodies that decide on measures and carry them out, in the words of the catalogue."""

from functools import cache

from graph.measures.catalogue import standing_catalogue


@cache
def bodies() -> frozenset[str]:
    """Every body that a row of the catalogue names."""
    rows = standing_catalogue().measures
    deciding = {str(word) for row in rows if (word := getattr(row, "deciding_body", ""))}
    return frozenset(deciding | {word for row in rows for word in row.implementing_department})

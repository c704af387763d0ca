"""What is odd about the rows that an answer passes through, by name; every holder above such a row bears the flag."""

from collections.abc import Iterable, Mapping

from graph.analysis.ownership.register import Register, Rows
from graph.analysis.ownership.shares import LookThrough, above

#: Names of anomalies, in the order in which they are told.
OVER_100 = "over_100"
CLOSED = "closed_cycle"
DISPUTED = "disagree"
MISSING = "missing_share"
OWN = "self_holding"


def anomalies(
    register: Register, rows: Rows, found: LookThrough | None, companies: Iterable[str]
) -> dict[str, list[str]]:
    """Anomaly -> companies, sorted, of some companies and the rings met on the way to their holders."""
    told: dict[str, set[str]] = {}
    for company in companies:
        row = rows.get(company)
        if row is None:
            continue
        odd = {OVER_100: row.over, DISPUTED: company in register.disputed, MISSING: row.unknown, OWN: row.own}
        for name in (name for name, is_so in odd.items() if is_so):
            told.setdefault(name, set()).add(company)
    # A ring whose parts are too much for any number has a row of over one hundred, which is its anomaly.
    for ring in found.closed if found else ():
        told.setdefault(CLOSED, set()).update(ring)
    return {name: sorted(who) for name, who in sorted(told.items())}


def flags(rows: Rows, told: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Holder -> names of the anomalies that his share passes through: he stands above such a row."""
    found: dict[str, set[str]] = {}
    for name, companies in told.items():
        for company in companies:
            for holder in above(rows, company) - {company}:
                found.setdefault(holder, set()).add(name)
    return {holder: sorted(names) for holder, names in found.items()}

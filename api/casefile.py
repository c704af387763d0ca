"""``creditgraph ownership CASE.json``: the whole of a case file, every pair of it."""

import argparse
from fractions import Fraction
from pathlib import Path
from typing import Any

from api.entities import Unanswerable
from graph.analysis.components import components
from graph.analysis.ownership.anomalies import anomalies
from graph.analysis.ownership.control import Votes, controllers, without_subsidiaries
from graph.analysis.ownership.linear import Number
from graph.analysis.ownership.register import Rows, capital_rows
from graph.analysis.ownership.shares import LookThrough, held_by, look_through
from ingest.ownership_case import Case, read_case

_QUARTER = Fraction(1, 4)


def percent(part: Number) -> float:
    """A part of one in percent, to twelve places."""
    return round(float(part * 100), 12)


def exact(part: Number) -> str | None:
    """A part as a fraction in text; None when it was worked out in floating point."""
    return str(part) if isinstance(part, Fraction) else None


def _by_pair(found: dict[str, LookThrough]) -> dict[tuple[str, str], Number]:
    pairs = {(owner, company): part for company, one in found.items() for owner, part in one.shares.items()}
    return dict(sorted(pairs.items()))


def _most(rows: Rows, pairs: dict[tuple[str, str], Number]) -> dict[tuple[str, str], Number]:
    """What each holder can have at most, where shares that are not known leave room."""
    if not any(row.unknown for row in rows.values()):
        return {}
    holders = sorted({owner for row in rows.values() for owner in row.owners})
    most = {(h, c): part for h in holders for c, part in held_by(rows, h, at_most=True).items()}
    return {pair: part for pair, part in sorted(most.items()) if part > pairs.get(pair, 0)}


def _control(votes: Votes, companies: list[str]) -> dict[str, Any]:
    controls = sorted(f"{h}->{c}" for h in votes.holders() for c in votes.controlled(h))
    voted = {f"{h}->{c}": percent(s.votes) for h in votes.holders() for c, s in sorted(votes.controlled(h).items())}
    computed = {c: sorted(x.holder for x in controllers(votes, c)) for c in companies}
    told = {c: sorted(x.holder for x in controllers(votes, c, declared=True)) for c in companies}
    mutual = components(votes.holders(), lambda h: votes.controlled(h))
    return {
        "controller": {c: told[c] or computed[c] for c in companies if told[c] or computed[c]},
        "controller_by_votes": {c: who for c, who in computed.items() if who},
        "controls": controls,
        "controlled_votes_pct": voted,
        "mutual_control": [list(ring) for ring in mutual if len(ring) > 1],
    }


def case_body(case: Case) -> dict[str, Any]:
    """The answer to a case: shares of every pair, who controls what, persons of a quarter and more, what is odd."""
    register = case.register
    rows = capital_rows(register)
    ends = register.persons | register.states
    found = {company: look_through(rows, company, ends) for company in sorted(rows)}
    pairs = _by_pair(found)
    most = _most(rows, pairs)
    odd: dict[str, set[str]] = {name: set(companies) for name, companies in case.odd.items()}
    for company, one in found.items():
        for name, companies in anomalies(register, rows, one, [company]).items():
            odd.setdefault(name, set()).update(companies)
    owners = {
        c: {o: percent(p) for o, p in sorted(one.shares.items()) if o in register.persons and p >= _QUARTER}
        for c, one in found.items()
    }
    possible = {c: sorted(o for (o, at), p in most.items() if at == c and o in register.persons and p >= _QUARTER
                          and o not in owners.get(c, ())) for c in rows}  # fmt: skip
    rings = components(sorted(rows), lambda node: rows[node].known if node in rows else ())
    return {
        "as_of": case.as_of or None,
        "integrated": {f"{o}->{c}": percent(p) for (o, c), p in pairs.items()},
        "exact": {f"{o}->{c}": text for (o, c), p in pairs.items() if (text := exact(p))},
        "integrated_upper": {f"{o}->{c}": percent(p) for (o, c), p in most.items()},
        "unattributed": {c: percent(one.unattributed) for c, one in found.items() if one.unattributed},
        **_control(without_subsidiaries(register), sorted(rows)),
        "ubo": {c: who for c, who in owners.items() if who},
        "ubo_possible": {c: who for c, who in possible.items() if who},
        "without_number": sorted({ring for one in found.values() for ring in (*one.closed, *one.inconsistent)}),
        "anomalies": {name: sorted(who) for name, who in sorted(odd.items())},
        "cycles": sorted(list(ring) for ring in rings if len(ring) > 1),
        "errors": case.errors,
    }


def ownership_command(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """Shares, control and owners of a case file, as JSON; exit code 1 when some edges could not be read."""
    path = Path(args.file)
    try:
        case = read_case(path.read_text("utf-8-sig"), args.as_of)
    except (OSError, ValueError) as error:
        raise Unanswerable(400, "unreadable case", f"{path.name}: {error}") from None
    for told in case.errors:
        told["file"] = path.name
    return case_body(case), int(bool(case.errors))

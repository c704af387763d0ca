"""What a catalogue must satisfy before it is used, and the words a row may be written in."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from graph.measures.terms import FORBIDDEN, Terms

if TYPE_CHECKING:
    from graph.measures.catalogue import Measure

#: Modes of extension -> where the document that names a further person is found: ``case`` = an order in the case of
#: the record, ``record`` = the record itself, None = no source carries such a document, so nobody is reached.
MODES: dict[str, str | None] = {
    "none": None,
    "named_in_order": "case",
    "named_in_decision": "case",
    "named_in_notice": "record",
    "listed_by_same_decision": "record",
    "statutory": None,
    "statutory_with_fault_finding": None,
    "by_separate_court_ruling": None,
    "rule_in_tax_measure": None,
}

#: The mode under which not even the subject of the record bears the measure before a ruling of its own.
SEPARATE_RULING = "by_separate_court_ruling"

#: Role test dates -> first and last day on which the register may show the role, as properties of the document.
TEST_DAYS: dict[str, tuple[str, str] | None] = {
    "filing..publication": ("filed", "published"),
    "decision_date": ("date", "date"),
    "notice_date": ("date", "date"),
    "document": None,
}

_ID = re.compile(r"[MW]\d{3}")
_VALUES = {
    "act": ("consequence", "reward", "list", "market"),
    "kind": ("punishment", "restriction", "reward", "market"),
    "confidence": ("verified", "known"),
    "extends_mode": tuple(MODES),
}


def problems(rows: "Sequence[Measure]", terms: Terms) -> list[str]:
    """Every breach of the rules, as ``id: what``; empty for a catalogue fit for use."""
    counted = Counter(row.id for row in rows)
    found = [f"{row_id}: more than one row" for row_id, times in counted.items() if times > 1]
    for row in rows:
        found += [f"{row.id}: {breach}" for check in (_words, _reach, _switch) for breach in check(row, terms)]
    return found


def _words(row: "Measure", terms: Terms) -> Iterator[str]:
    if not _ID.fullmatch(row.id):
        yield "id is not M or W with three digits"
    for field, allowed in _VALUES.items():
        if getattr(row, field) not in allowed:
            yield f"{field} {getattr(row, field)!r} is unknown"
    yield from (f"applies_to {word!r} is no entity kind" for word in row.applies_to if word not in terms.parents)
    yield from (f"record kind {kind!r} is unknown" for kind in row.triggered_by if kind not in terms.record_kinds)
    yield from (f"role {role!r} is unknown" for role in row.extends_to if role not in terms.roles)
    if row.naming_document is not None and row.naming_document not in terms.record_kinds:
        yield f"record kind {row.naming_document!r} is unknown"
    if row.role_test_date is not None and row.role_test_date not in TEST_DAYS:
        yield f"role_test_date {row.role_test_date!r} is unknown"
    if not row.applies_to or not row.triggered_by:
        yield "applies_to and triggered_by must not be empty"
    if not row.deciding_body.strip():
        yield "deciding_body must not be empty: nothing is in force without somebody who decides"
    if row.valid_from and row.valid_to and row.valid_from >= row.valid_to:
        yield "valid_to is not after valid_from"


def _reach(row: "Measure", terms: Terms) -> Iterator[str]:
    if row.hop_limit not in (0, 1, 2):
        yield "hop_limit is not 0, 1 or 2"
    none = {row.hop_limit == 0, not row.extends_to, row.extends_mode == "none", row.role_test_date is None}
    if len(none) > 1:
        yield "hop_limit 0, no extends_to, extends_mode none and no role_test_date go together"
    for role in row.extends_to:
        if terms.roles.get(role) == FORBIDDEN:
            yield f"role {role!r} may never be reached"
    if row.naming_document is not None and MODES.get(row.extends_mode) is None:
        yield f"mode {row.extends_mode} has no naming document"
    if row.enabled and row.hop_limit > 1:
        yield "a second hop is imported from the authority, never computed"
    tested = TEST_DAYS.get(row.role_test_date or "") is not None and row.naming_document is not None
    for role in row.extends_to:
        if tested and role not in terms.found_by_document and role not in terms.relations:
            yield f"role {role!r} is tested in the register, but no relation shows it"


def _switch(row: "Measure", terms: Terms) -> Iterator[str]:
    if row.enabled and row.confidence != "verified":
        yield "enabled although its basis is not verified"
    if not row.enabled and row.act in ("consequence", "reward") and not row.to_check:
        yield "switched off without saying what has to be read"
    adverse = any(terms.record_kinds.get(kind) for kind in row.triggered_by)
    if row.act == "consequence" and adverse and not row.requires_human_decision.startswith("yes"):
        yield "reduces rights without a human decision"

"""The engine against a second reading of the catalogue, over many towns made to mislead."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from graph.measures.answers import Reach
from graph.measures.catalogue import Catalogue
from graph.measures.reach import reach
from tests.graph.measures.adversary import Loaded, Town, misleading_town
from tests.graph.measures.scenes import CATALOGUE, view
from tests.graph.measures.second_reading import Verdict, rows_as_written, second_reading

ROWS = rows_as_written()

#: Everything switched on but the one row that no graph may compute: what a lawyer could enable.
ALL_ON = [
    {**row, "enabled": row["enabled"] or (row["act"] in ("consequence", "reward") and row["id"] != "M025")}
    for row in ROWS
]


def _switched_on() -> Catalogue:
    on = {row["id"]: bool(row["enabled"]) for row in ALL_ON}
    rows = [
        replace(m, enabled=on[m.id], confidence="verified" if on[m.id] else m.confidence) for m in CATALOGUE.measures
    ]
    return Catalogue.of(rows, CATALOGUE.terms)


def _differences(answer: Reach, verdict: Verdict) -> list[str]:
    """Where the engine and the second reading part."""
    proposed = {(p.measure, p.party.id, p.role, p.hop) for p in answer.proposed}
    refused = {(r.measure, r.party.id if r.party else r.party_name, r.role): r.reason for r in answer.not_reached}
    found = [f"falsely reached {key}" for key in proposed - verdict.proposed]
    found += [f"missed {key}" for key in verdict.proposed - proposed]
    for key, fails in verdict.refused.items():
        # The party of an order against the debtor himself is no extension of anything, so nobody asks why.
        own_order = key[2] == "subject" and key[1] != answer.subject.id
        if not own_order and refused.get(key) not in fails:
            found.append(f"{key} refused as {refused.get(key)}, but {sorted(fails)}")
    switched_off = {row.measure for row in answer.disabled}
    found += [f"switched off: {measure}" for measure in switched_off ^ verdict.switched_off]
    return found


def _compare(town: Town, catalogue: Catalogue, rows: Iterable[dict[str, Any]], seen: Counter[str]) -> list[str]:
    loaded, found = Loaded(town), list[str]()
    for subject in town.subjects:
        verdict = second_reading(town, subject, rows)
        answer = reach(loaded.graph, view(town.day), subject, catalogue, loaded.received)
        found += [f"{subject}: {told}" for told in _differences(answer, verdict)]
        seen.update(f"hop {hop}" for *_, hop in verdict.proposed)
        seen.update(reason for fails in verdict.refused.values() for reason in fails)
        seen.update("second_hop" for r in answer.not_reached if r.reason == "second_hop")
        seen["switched off"] += len(verdict.switched_off)
        names = Counter(s.name for s in town.subjects.values() if s.kind == "person")
        seen["namesake reached"] += sum(
            hop == 1 and names[town.subjects[who].name] > 1 for _, who, _, hop in verdict.proposed
        )
        seen[f"reached as of {town.day}"] += len(verdict.proposed)
    return found


@pytest.mark.parametrize("first", range(0, 800, 200))
def test_the_engine_reaches_exactly_whom_a_second_reading_reaches(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + 200):
        assert _compare(misleading_town(seed), CATALOGUE, ROWS, seen) == [], f"seed {seed}"
    # Not by having nothing to say: every class comes up in every 200.
    for word in (
        "hop 0", "hop 1", "namesake reached", "switched off", "role_ended", "role_date_unknown", "minor", "name_only",
        "role_not_in_law", "record_ended", "not_named", "second_hop",
    ):  # fmt: skip
        assert seen[word] >= 15, (word, seen)


def test_the_same_with_all_rows_switched_on() -> None:
    catalogue, seen = _switched_on(), Counter[str]()
    for seed in range(5_000, 5_200):
        assert _compare(misleading_town(seed), catalogue, ALL_ON, seen) == [], f"seed {seed}"
    assert seen["hop 0"] > 300, seen

"""The past is what a ledger cut there would answer; a view shows what its level may see, and no trace of more."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.claims import PUBLIC, RESTRICTED, SHARED, EdgeClaim, Mention, Name, NodeClaim
from graph.store.base import View
from graph.store.past import PastReader
from ingest.demo.graphs import Record
from tests.graph.kernel.harness import NOW, copy_of, everything, shape, towns
from tests.strategies import kinds_of_keys

_SEEDS = st.integers(0, 10_000)


@settings(max_examples=8, deadline=None)
@given(_SEEDS, st.integers(2, 8), st.integers(2, 8), st.sampled_from((PUBLIC, SHARED, RESTRICTED)))
def test_known_at_answers_as_a_ledger_cut_there(seed: int, before: int, after: int, level: int) -> None:
    with towns() as (town,):
        records = town.records(seed, before + after)
        town.load(records[:before])
        cut = town.book.ledger.head()[0]
        keys = sorted(kinds_of_keys(records))
        then = View(level, "2023-01-01", None, NOW)
        expected = everything(town.book.store, then, keys)
        town.load(records[before:])
        pairs = [k for k, kind in kinds_of_keys(records).items() if kind == "company"][:2]
        if len(pairs) == 2:
            town.decide("same", pairs)
        past = PastReader(town.book.ledger, cut, town.book.stable)
        assert everything(past, replace(then, known_at=cut), keys) == expected


def test_a_day_names_what_was_known_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with towns() as (town,):
        heads: list[int] = []
        for day in ("2026-01-05", "2026-02-05"):
            monkeypatch.setenv("CREDITGRAPH_TODAY", day)
            town.load(town.records(len(heads), 3))
            heads.append(town.book.ledger.head()[0])
        assert [town.book.boundary(d) for d in ("2026-01-04", "2026-01-05", "2026-02-04", "2026-03-01")] == [
            0, heads[0], heads[0], heads[1],
        ]  # fmt: skip


def test_an_unfinished_batch_is_not_known(tmp_path: Path) -> None:
    with towns() as (town,):
        town.load(town.records(1, 4))
        whole = town.book.ledger.head()[0]
        assert town.book.boundary(whole - 1) == 0
        assert town.book.boundary(whole) == whole
        other = copy_of(town, tmp_path / "copy")
        assert other.digest == town.digest
        other.check()
        other.close()


def _visible(record: Record, level: int) -> Record:
    """The record with the claims that a level sees today."""

    def shown(claim_level: int, until: str | None) -> bool:
        ended = until is not None and until <= NOW
        return level >= (RESTRICTED if ended else claim_level)

    return record._replace(claims=[c for c in record.claims if shown(c.level, c.shown_until)])


@settings(max_examples=12, deadline=None)
@given(
    _SEEDS, st.integers(3, 12), st.sampled_from((PUBLIC, SHARED)), st.sampled_from((None, "2020-02-29", "2025-01-01"))
)
def test_a_view_answers_as_if_nothing_else_were_there(seed: int, n: int, level: int, as_of: str | None) -> None:
    with towns(2) as (full, cut):
        # One version a record: a hidden version that supersedes a visible one is a matter of the ledger, not of views.
        records = list({record.key: record for record in full.records(seed, n)}.values())
        links = [r._replace(claims=[replace(c, level=PUBLIC, shown_until=None) for c in r.claims])
                 if r.key.startswith("registry/") else r for r in records]  # fmt: skip
        full.load(links)
        cut.book.vault.close()
        cut.book.vault = full.book.vault
        cut.load([_visible(record, level) for record in links])
        view = View(level, as_of, None, NOW)
        keys = sorted(kinds_of_keys(links))
        assert shape(everything(full.book.store, view, keys)) == shape(everything(cut.book.store, view, keys))


@pytest.mark.parametrize("level", [PUBLIC, SHARED])
def test_what_a_hidden_claim_adds_to_a_pair_is_not_shown(level: int) -> None:
    with towns() as (town,):
        holder, unit = Mention((town.pid(1),)), Mention(("uscc:91359801TY0000001A",))
        nodes = [NodeClaim(holder, "person", (Name("黎伯衡"),)), NodeClaim(unit, "company", (Name("荻苇"),))]
        told = EdgeClaim("shareholder_of", holder, unit, "2020-01-01", props={"share": 40})
        hidden = replace(told, props={"share": 60}, level=RESTRICTED)
        other = replace(told, valid_from="2021-01-01", level=RESTRICTED)
        town.load([Record("a", "2020-01-01", [*nodes, told]), Record("b", "2020-01-01", [*nodes, hidden, other])])
        view = View(level, None, None, NOW)
        (edge,) = town.book.store.scan_edges(view)
        assert edge.props == {"share": 40}
        assert (edge.disagree, len(edge.claims)) == (False, 1)
        assert town.book.store.counts(view, [edge.target]) == {(edge.target, "shareholder_of", "in"): 1}
        assert len(list(town.book.store.scan_edges(replace(view, level=RESTRICTED)))) == 2
        town.check()

"""A composed city: it loads without a refusal, and its figures are there."""

from pathlib import Path

import pytest

from graph.book.book import Book
from graph.book.home import Home
from graph.store.base import View
from graph.store.items import own_id
from graph.store.sqlite import SqliteStore
from ingest.demo import codes, figures
from ingest.demo.city import CITY_ORDER, City, write_city
from ingest.demo.citylife import LIFE_ORDER, write_life
from ingest.load import load

COMPANIES, TODAY = 230, "2026-10-01"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A small city, loaded."""
    folder = tmp_path_factory.mktemp("city")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDITGRAPH_MASTER_KEY", str(folder / "master.key"))
        patch.setenv("CREDITGRAPH_TODAY", TODAY)
        counts = write_city(folder / "files", COMPANIES) | write_life(folder / "files", COMPANIES)
        book = Book(Home(folder / "home"), lambda home: SqliteStore(home.graph))
        for source, pattern in (*CITY_ORDER, *LIFE_ORDER):
            files = sorted((folder / "files").glob(pattern))
            receipt = load(book, source, files)
            assert receipt.errors == [], source
            assert sum(receipt.counts.values()) == sum(counts[str(f.relative_to(folder / "files"))] for f in files)
            assert receipt.counts["unchanged"] == 0, source
    return book


def _node(number: int) -> str:
    return own_id(f"uscc:{codes.uscc(number)}")


def _edges(book: Book, relation: str) -> dict[tuple[str, str], float]:
    view = View(2, TODAY, None, TODAY)
    return {(e.source, e.target): float(e.props.get("share", 0)) for e in book.store.scan_edges(view, [relation])}


def test_the_same_files_each_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_life(tmp_path / name, COMPANIES)
    made = [{p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*.*")} for n in ("a", "b")]
    assert made[0] == made[1] and len(made[0]) > 6


def test_chains_rings_and_a_core_are_held_as_the_figures_say(city: Book) -> None:
    held = _edges(city, "shareholder_of")
    for number in range(COMPANIES):
        for parent, share in figures.parents(number, COMPANIES):
            assert held[_node(parent), _node(number)] == share
    ring = [_node(place) for place in figures.RING]
    assert all((a, b) in held for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))
    core = [_node(base + figures.CORE) for base in (0, 100)]
    assert (core[0], core[1]) in held and (core[1], core[0]) in held


def test_the_holders_of_each_company_hold_all_of_it(city: Book) -> None:
    held = _edges(city, "shareholder_of")
    for number in range(COMPANIES):
        assert sum(share for (_, unit), share in held.items() if unit == _node(number)) <= 100
    assert sum(held.values()) / COMPANIES > 99


def test_guarantees_go_in_circles(city: Book) -> None:
    given = _edges(city, "guarantor_for")
    assert len(given) == 2 * len(figures.GUARANTEES)
    assert {source for source, _ in given} == {target for _, target in given}


def test_who_has_an_arrangement_on_votes_holds_shares(city: Book) -> None:
    held, members, at = (_edges(city, name) for name in ("shareholder_of", "member_of_arrangement", "votes_at"))
    units = dict(at.keys())
    assert len(members) > len(units) > 3
    assert all((member, units[made]) in held for member, made in members)
    trusted = _edges(city, "entrusted_to")
    assert trusted and all(held[trustee, units[made]] >= 50 for made, trustee in trusted)


def test_a_name_is_borne_by_one_then_by_another(city: Book) -> None:
    name = City(COMPANIES, 20260101).former_name(figures.RENAMED)
    for day, number in (("2021-12-31", figures.RENAMED), (TODAY, figures.BORROWER)):
        found = city.store.search(View(2, day, None, TODAY), name, 10, exact=True)
        assert [node.id for node in found] == [_node(number)]


def test_offices_have_practitioners_and_reports(city: Book) -> None:
    view = View(2, TODAY, None, TODAY)
    (office,) = city.store.get(view, [_node(figures.AUDITOR)]).values()
    assert office.labels == ("intermediary",)
    counts = city.store.counts(view, [office.id])
    assert counts[office.id, "practises_at", "in"] == 3


def test_texts_are_read_into_debts_and_penalties(city: Book) -> None:
    """A block's company 20 claims of 21 in two cases, one of which calls both by short names; 21 is fined."""
    claimant, debtor = _node(20), _node(21)
    view = View(2, TODAY, None, TODAY)
    debts = [e for e in city.store.scan_edges(view, ["debtor_of"]) if (e.source, e.target) == (debtor, claimant)]
    assert sorted(str(e.props["document"])[:6] for e in debts) == ["（2024）", "（2025）", "（2025）"]
    penalised = _edges(city, "penalised_by")
    assert debtor in {source for source, _ in penalised}
    follows = _edges(city, "follows")
    assert (own_id("case:（2025）闽9801执20号"), own_id("case:（2025）闽9801民初20号")) in follows

"""Erasure, damage, foreign stores, a store that goes away, a second writer, a killed load."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from graph.book.home import Busy, write_lock
from graph.ledger.ledger import Draft
from graph.ledger.verify import problems
from graph.model.claims import Claim, EdgeClaim, Mention, Name, NodeClaim
from graph.store.base import Changes, View
from graph.store.errors import ForeignStore, StoreUnavailable
from graph.store.sqlite import SqliteStore
from ingest.demo.graphs import Record
from tests.graph.kernel.crash import check_killed_load
from tests.graph.kernel.harness import NOW, Town, towns

_VIEW = View(2, None, None, NOW)
_NAME = "栗𠮷无双"


def _record_about_a_person(town: Town) -> Record:
    person, unit = Mention((town.pid(77),)), Mention(("uscc:91359801TY0000001A",))
    claims: list[Claim] = [
        NodeClaim(person, "person", (Name(_NAME),)),
        NodeClaim(unit, "company", (Name("岚汀市荻苇机电设备有限公司"),)),
        EdgeClaim("legal_rep_of", person, unit),
    ]
    return Record("officers/77", "2020-01-01", claims)


def _clean(town: Town) -> list[str]:
    with town.book.ledger.reading() as connection:
        return problems(connection)


def test_an_erased_person_is_gone_and_does_not_come_back() -> None:
    with towns() as (town,):
        record = _record_about_a_person(town)
        town.load([record, *town.records(3, 6)])
        before = town.digest
        assert town.book.store.search(_VIEW, _NAME, 5)
        town.decide("erase", [town.pid(77)])
        assert not town.book.store.search(_VIEW, _NAME, 5)
        assert town.digest != before
        assert _clean(town) == []
        town.check()
        assert town.load([record]) == {"unchanged": 1}
        assert not town.book.store.search(_VIEW, _NAME, 5)
        erased = town.digest
        town.book.rebuild()
        assert town.digest == erased
        town.close()
        files = [p for p in town.folder.rglob("*") if p.is_file()]
        assert not [p.name for p in files if _NAME.encode() in p.read_bytes()]


def test_an_erased_record_leaves_the_others() -> None:
    with towns() as (town,):
        record = _record_about_a_person(town)
        town.load([record])
        with town.book.ledger.reading() as connection:
            seq = connection.execute(text("SELECT min(seq) FROM entry WHERE kind = 'record'")).scalar_one()
        town.load(town.records(3, 6))
        town.decide("erase", entry=int(seq))
        assert not town.book.store.search(_VIEW, _NAME, 5)
        assert list(town.book.store.scan_nodes(_VIEW))
        assert _clean(town) == []
        town.check()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entry SET source = 'other' WHERE seq = 2",
        "UPDATE payload SET body = body || ' ' WHERE seq = 2",
        "UPDATE claim SET data = replace(data, '岚', '风') WHERE data LIKE '%岚%'",
        "UPDATE claim SET seq_to = 3 WHERE id = (SELECT min(id) FROM claim WHERE seq_to IS NULL)",
        "DELETE FROM claim WHERE entry = (SELECT min(entry) FROM claim)",
        "DELETE FROM payload WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 2",
    ],
)
def test_damage_is_found(damage: str) -> None:
    with towns() as (town,):
        town.load([_record_about_a_person(town), *town.records(5, 6)])
        assert _clean(town) == []
        with town.book.ledger.writing() as writer:
            writer.connection.execute(text(damage))
        assert _clean(town)


def test_a_store_of_another_ledger_is_refused() -> None:
    with towns(2) as (one, two):
        one.load(one.records(1, 4))
        two.load(two.records(2, 4))
        one.close()
        one.book = type(one.book)(one.book.home, lambda home: SqliteStore(two.book.home.graph))
        before = one.book.ledger.head()
        with pytest.raises(ForeignStore):
            one.load(one.records(3, 2))
        assert one.book.ledger.head() == before
        one.book.rebuild()
        one.check()


def test_a_store_ahead_of_its_ledger_is_refused(tmp_path: Path) -> None:
    with towns() as (town,):
        town.load(town.records(1, 4))
        kept = (town.book.home.ledger).read_bytes()
        town.close()
        kept = town.book.home.ledger.read_bytes()
        town.book = type(town.book)(town.book.home, lambda home: SqliteStore(home.graph))
        town.load(town.records(2, 4))
        town.close()
        town.book.home.ledger.write_bytes(kept)
        town.book = type(town.book)(town.book.home, lambda home: SqliteStore(home.graph))
        with pytest.raises(ForeignStore):
            town.load(town.records(3, 2))


def test_a_graph_of_an_older_shape_is_made_anew_by_whoever_opens_it() -> None:
    with towns() as (town,):
        town.load([_record_about_a_person(town), *town.records(3, 6)])
        digest = town.digest
        assert town.book.store.search(_VIEW, "diweijidian", 5)
        town.close()
        with closing(sqlite3.connect(town.book.home.graph)) as db, db:
            db.execute("UPDATE meta SET value = replace(value, '\"schema\": 2', '\"schema\": 1')")
            db.execute("DELETE FROM name")
        town.book = type(town.book)(town.book.home, lambda home: SqliteStore(home.graph))
        assert town.book.store.state().schema == 1  # type: ignore[union-attr]
        town.book.recover()
        assert town.book.store.search(_VIEW, "diweijidian", 5)
        assert town.book.store.state().schema == 2  # type: ignore[union-attr]
        assert town.digest == digest
        town.check()


class _Leaving(SqliteStore):
    """A store that stops answering at a given write."""

    left = 1

    def apply(self, changes: Changes) -> None:
        """One more write, or none."""
        type(self).left -= 1
        if type(self).left < 0:
            raise StoreUnavailable("gone away")
        super().apply(changes)


@pytest.mark.parametrize("writes", [0, 1])
def test_the_ledger_goes_on_without_its_store_and_the_graph_catches_up(writes: int) -> None:
    with towns(2) as (town, other):
        town.close()
        town.book = type(town.book)(town.book.home, lambda home: _Leaving(home.graph))
        _Leaving.left = writes
        town.load(town.records(4, 6))
        assert town.book.lag.reason
        town.load(town.records(5, 3))
        _Leaving.left = 1000
        state = town.book.recover()
        assert state is not None
        assert not town.book.lag.reason
        town.check()
        other.load(other.records(4, 6))
        other.load(other.records(5, 3))
        assert town.digest == other.digest


def test_a_second_writer_waits_and_is_then_told() -> None:
    with towns() as (town,):
        with write_lock(town.book.home), pytest.raises(Busy), write_lock(town.book.home, wait=0.2):
            pass
        with write_lock(town.book.home, wait=0.2):
            pass


def test_a_reader_does_not_wait_for_a_writer() -> None:
    with towns() as (town,):
        town.load(town.records(1, 3))
        with town.book.writing() as writer:
            writer.append(Draft("batch", {}))
            reader = Town(town.folder)
            found, view = reader.book.view()
            assert list(found.scan_nodes(view)) == list(town.book.store.scan_nodes(view))
            reader.close()


@pytest.mark.parametrize("wait", [0.05, 0.3, 0.7])
def test_a_killed_load_leaves_whole_batches(tmp_path: Path, wait: float) -> None:
    check_killed_load(tmp_path / "home", wait)

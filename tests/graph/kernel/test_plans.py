"""Every statement of a load goes through an index as narrow as what it asks: else loads grow with the square."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.graph.kernel.harness import Town

#: Tables that grow with the ledger.
_GROWING = ("entry", "claim", "payload", "membership", "link")


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A ledger with something in it."""
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(tmp_path / "master.key"))
    made = Town(tmp_path / "home")
    made.load(made.records(1, 30))
    yield made
    made.close()


def statements_of_a_load(town: Town) -> dict[str, Any]:
    """The reading statements of one more load, with parameters of one run of each."""
    seen: dict[str, Any] = {}
    engine = town.book.ledger.engine

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")) and not many:
            seen[statement] = parameters

    event.listen(engine, "before_cursor_execute", note)
    town.load(town.records(2, 30))
    event.remove(engine, "before_cursor_execute", note)
    return seen


def steps(town: Town, statement: str, parameters: Any) -> list[str]:
    """How SQLite goes about a statement."""
    with town.book.ledger.reading() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    return [str(row[3]) for row in rows]


def test_no_statement_of_a_load_goes_through_a_whole_table(town: Town) -> None:
    found = statements_of_a_load(town)
    assert len(found) > 10
    for statement, parameters in found.items():
        for step in steps(town, statement, parameters):
            whole = any(step.startswith(f"SCAN {table}") for table in _GROWING) and "ORDER BY" not in statement
            assert not whole, (step, statement)
            # All records are of one kind: of it that index is as wide as the ledger.
            assert "entry_kind" not in step or "record" not in parameters, (step, statement)


def test_the_claims_of_a_pair_are_found_by_both_of_its_keys(town: Town) -> None:
    asked = [
        steps(town, statement, parameters)
        for statement, parameters in statements_of_a_load(town).items()
        if "claim.a =" in statement and "claim.b =" in statement
    ]
    assert asked
    for told in asked:
        assert any("claim_a (a=? AND relation=? AND b=?)" in step for step in told), told

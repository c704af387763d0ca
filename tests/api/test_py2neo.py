"""The adapter for py2neo on the real Neo4j 5, and the table of what works there."""

from collections.abc import Callable, Iterator
from typing import Any

import py2neo
import pytest

from ingest.exchange.with_py2neo import Py2neoReader
from tests.api import drawn
from tests.api.conftest import Loaded, run
from tests.api.recipes import recipes, told
from tests.neo4j_server import Access

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def reader(town: Loaded, neo4j_server: Access) -> Iterator[Py2neoReader]:
    """An adapter on the town."""
    drawn.empty(neo4j_server)
    drawn.draw(neo4j_server)
    with Py2neoReader(neo4j_server.uri, neo4j_server.user, neo4j_server.password) as found:
        yield found
    drawn.empty(neo4j_server)


def _holds(row: dict[str, Any]) -> bool:
    return bool(row["relation"] == "shareholder_of" and row["direction"] == "in")


def test_a_company_and_its_neighbours_are_those_of_show(town: Loaded, reader: Py2neoReader) -> None:
    body = run("show", town.town.company, "--section", "holdings", "--json").body
    company = reader.company(town.town.company)
    assert company is not None
    assert (company["id"], company["name"]) == (body["entity"]["id"], body["entity"]["name"])
    assert company["labels"] == ["Company"]
    assert reader.node(company["id"]) == company
    holders = {
        row["node"]["id"]: row["edge"]["share"]
        for row in reader.neighbours(company["id"], "SHAREHOLDER_OF")
        if row["direction"] == "in"
    }
    assert holders == {row["entity"]["id"]: row["share"] for row in body["holdings"] if _holds(row)}
    everything = reader.neighbours(company["id"])
    assert len(everything) > len(reader.neighbours(company["id"], limit=3)) == 3
    assert not [key for row in everything for key in (*row["edge"], *row["node"]) if key.startswith("_")]


def test_who_is_not_there_is_none(reader: Py2neoReader) -> None:
    assert reader.node("n0") is None
    assert reader.company("' OR true //") is None
    assert reader.neighbours("n0") == []


def test_every_recipe_runs_through_py2neo(reader: Py2neoReader) -> None:
    for recipe in recipes():
        assert told(reader.rows(recipe.query)) == recipe.table, recipe.title


def test_the_server_refuses_to_write(reader: Py2neoReader) -> None:
    with pytest.raises(py2neo.ClientError, match="read access mode"):
        reader.rows("MATCH (n) SET n.mine = 1")


def test_values_come_through(reader: Py2neoReader) -> None:
    values = {"text": "岚'\\", "list": [1, 2.5, None], "map": {"a": True}}
    assert reader.rows("RETURN $v AS v", v=values) == [{"v": values}]
    (row,) = reader.rows("RETURN date('2025-03-01') AS day")
    assert str(row["day"]) == "2025-03-01"


WORKS: dict[str, Callable[[Any], object]] = {
    "begin": lambda g: g.rollback(g.begin(readonly=True)) or True,
    "nodes.match": lambda g: g.nodes.match("Company").limit(1).all(),
    "match": lambda g: g.match(r_type="SHAREHOLDER_OF").limit(1).all(),
    "node_labels": lambda g: "Company" in g.schema.node_labels,
    "relationship_types": lambda g: "ABOUT" in g.schema.relationship_types,
}

BROKEN: dict[str, Callable[[Any], object]] = {
    "get_indexes": lambda g: g.schema.get_indexes("Company"),
    "get_uniqueness_constraints": lambda g: g.schema.get_uniqueness_constraints("Company"),
    "create_index": lambda g: g.schema.create_index("Nothing", "a"),
    "create_uniqueness_constraint": lambda g: g.schema.create_uniqueness_constraint("Nothing", "a"),
    "drop_index": lambda g: g.schema.drop_index("Nothing", "a"),
    "drop_uniqueness_constraint": lambda g: g.schema.drop_uniqueness_constraint("Nothing", "a"),
}


@pytest.mark.parametrize("name", WORKS)
def test_what_the_page_says_works(reader: Py2neoReader, name: str) -> None:
    assert WORKS[name](reader.graph)


@pytest.mark.parametrize("name", BROKEN)
def test_what_the_page_says_does_not(reader: Py2neoReader, name: str) -> None:
    with pytest.raises(py2neo.ClientError):
        BROKEN[name](reader.graph)

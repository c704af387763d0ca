"""The town as the store draws it on the real Neo4j: the recipes of the page, and exports from there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.exchange.export import FORMATS
from tests.api import drawn
from tests.api.conftest import Loaded, run
from tests.api.recipes import PAGE, Recipe, recipes, told
from tests.neo4j_server import Access

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def server(town: Loaded, neo4j_server: Access) -> Iterator[Access]:
    """The server with the town on it and nothing else."""
    drawn.empty(neo4j_server)
    drawn.draw(neo4j_server)
    yield neo4j_server
    drawn.empty(neo4j_server)


def test_no_recipe_of_the_page_is_passed_over() -> None:
    assert len(recipes()) == PAGE.read_text("utf-8").count("```cypher") >= 12


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.title)
def test_a_recipe_gives_the_rows_of_the_page(server: Access, recipe: Recipe) -> None:
    assert len(recipe.table) > 1
    with drawn.driver(server) as driver:
        assert told(drawn.rows(driver, recipe.query)) == recipe.table


def exported(folder: Path, form: str, *options: str) -> Path:
    """The file that a command wrote."""
    out = folder / form
    done = run("export", "--format", form, "--out", str(out), "--json", *options)
    assert done.code == 0, done.err
    return out


def test_both_stores_export_the_same_bytes(
    town: Loaded, tmp_path: Path, server: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "neo4j").mkdir()
    for form in FORMATS:
        own = exported(tmp_path, form, "--level", "shared")
        with monkeypatch.context() as patch:
            patch.setenv("CREDITGRAPH_STORE", server.uri)
            patch.setenv("NEO4J_USER", server.user)
            patch.setenv("NEO4J_PASSWORD", server.password)
            other = exported(tmp_path / "neo4j", form, "--level", "shared")
        for file in own.iterdir() if own.is_dir() else [own]:
            assert file.read_bytes() == (other / file.name if other.is_dir() else other).read_bytes()

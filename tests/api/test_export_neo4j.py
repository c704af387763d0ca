"""``export`` on and into the real Neo4j: the script makes the same graph as the store draws."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.commands import opened
from graph.model.claims import RESTRICTED
from graph.store.base import View
from ingest.exchange.cypherscript import write_cypher
from ingest.exchange.picture import Picture
from tests.api import drawn, given
from tests.api.conftest import TODAY, Loaded, run
from tests.api.recipes import recipes, told
from tests.neo4j_server import Access

pytestmark = pytest.mark.neo4j


@pytest.fixture(autouse=True)
def emptied(neo4j_server: Access) -> Iterator[None]:
    """Nothing of before, nothing left behind."""
    drawn.empty(neo4j_server)
    yield
    drawn.empty(neo4j_server)


def execute(access: Access, script: str) -> None:
    """Run a script, statement by statement; one is one line."""
    with drawn.driver(access) as driver, driver.session() as session:
        for line in script.splitlines():
            if not line.startswith("//"):
                assert line.endswith(";")
                session.run(line.removesuffix(";")).consume()


def exported(folder: Path, form: str, *options: str) -> Path:
    """The file that a command wrote."""
    out = folder / form
    done = run("export", "--format", form, "--out", str(out), "--json", *options)
    assert done.code == 0, done.err
    return out


def test_the_script_makes_what_the_store_draws(town: Loaded, tmp_path: Path, neo4j_server: Access) -> None:
    script = exported(tmp_path, "cypher", "--as-of", "all").read_text("utf-8")
    drawn.draw(neo4j_server)
    with drawn.driver(neo4j_server) as driver:
        nodes, edges = drawn.natural(driver, "_Item")
        drawn.empty(neo4j_server)
        execute(neo4j_server, script)
        made_nodes, made_edges = drawn.natural(driver, "Exported")
        assert made_nodes == nodes
        for props, *_ in made_edges.values():
            assert json.loads(props.pop("evidence"))
        assert made_edges == edges
        assert drawn.counts(driver, "Exported") == (len(nodes), len(edges))
        for recipe in recipes():
            assert told(drawn.rows(driver, recipe.query)) == recipe.table, recipe.title


def test_nasty_texts_and_names_reach_neo4j_as_they_are(town: Loaded, neo4j_server: Access) -> None:
    texts = dict(enumerate((*given.NASTY, "\x00\x1b", "a\\'b", "\\", "'", "\\u", "\\\\\\u0027")))
    nodes = [given.node(f"n{i:02}", text=text, big=2**62, tiny=1e-07, less=-1.5) for i, text in texts.items()]
    odd = {name: i for i, name in enumerate(("a b", "`", "a`b", "1x", "岚", "order", "a\\u0060b", "$p"))}
    script = io.StringIO()
    with opened() as book:
        reader = given.Made(lambda: nodes, lambda: [given.edge("e1", "n00", "n01", odd)])
        write_cypher(Picture(book, reader, View(RESTRICTED, None, 0, TODAY)), script)
    for _ in range(2):  # running it again changes nothing
        execute(neo4j_server, script.getvalue())
    with drawn.driver(neo4j_server) as driver:
        made_nodes, made_edges = drawn.natural(driver, "Exported")
        assert drawn.counts(driver, "Exported") == (len(nodes), 1)
    assert [made_nodes[node.id][0] for node in nodes] == [{**node.props, "id": node.id} for node in nodes]
    assert {name: made_edges["e1"][0].get(name) for name in odd} == odd

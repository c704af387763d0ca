"""networkx graphs: the same as the view, limits told, and the page about them true."""

import doctest
import re
import sys
from pathlib import Path

import networkx as nx
import pytest

from api import notebooks
from api.commands import opened
from api.entities import Unanswerable
from tests.api.conftest import TODAY, Loaded, run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "notebooks.md"


def test_the_page_is_true(town: Loaded) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 4
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    result = doctest.DocTestRunner().run(example, out=told.append)
    assert result.attempted > 8
    assert not result.failed, "".join(told)


@pytest.mark.parametrize("level", ["public", "shared", "restricted"])
def test_the_whole_graph_is_the_view(town: Loaded, level: str) -> None:
    graph = notebooks.whole(level=level, as_of="all")
    with opened() as book:
        reader, view = book.view(level=["public", "shared", "restricted"].index(level))
        assert sorted(graph) == [node.id for node in reader.scan_nodes(view)]
        edges = {(e.source, e.target, e.id) for e in reader.scan_edges(view)}
    assert set(graph.edges(keys=True)) == edges
    assert all(data["evidence"] for _, _, data in graph.edges(data=True))
    assert any("id_mask" in data for _, data in graph.nodes(data=True)) == (level != "public")


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_neighbourhood_is_the_part_of_the_whole_within_so_many_hops(town: Loaded, depth: int) -> None:
    near = notebooks.neighbourhood(town.town.company, depth=depth)
    whole = notebooks.whole()
    hops = nx.single_source_shortest_path_length(whole.to_undirected(), near.graph["start"], cutoff=depth)
    walked = {(a, b, k) for a, b, k in whole.edges(keys=True) if min(hops.get(a, 99), hops.get(b, 99)) < depth}
    assert set(near.edges(keys=True)) == walked
    assert set(near) == set(hops)
    assert not near.graph["truncated"]
    for node, data in near.nodes(data=True):
        assert data == whole.nodes[node]


@pytest.mark.parametrize("limit", [1, 7, 19, 20, 21, 45])
def test_a_limit_is_kept_and_told(town: Loaded, limit: int) -> None:
    all_of_it = notebooks.neighbourhood(town.town.company, depth=2)
    near = notebooks.neighbourhood(town.town.company, depth=2, limit=limit)
    assert near.number_of_edges() == min(limit, all_of_it.number_of_edges())
    assert near.graph["truncated"] == (limit < all_of_it.number_of_edges())
    assert set(near.edges(keys=True)) <= set(all_of_it.edges(keys=True))
    first = set(notebooks.neighbourhood(town.town.company).edges(keys=True))
    assert set(near.edges(keys=True)) <= first or first <= set(near.edges(keys=True))


def test_a_limit_that_fits_exactly_leaves_nothing_out(town: Loaded) -> None:
    edges = notebooks.neighbourhood(town.town.company, depth=2).number_of_edges()
    assert not notebooks.neighbourhood(town.town.company, depth=2, limit=edges).graph["truncated"]
    assert notebooks.neighbourhood(town.town.company, depth=2, limit=edges - 1).graph["truncated"]


def test_relations_and_days_are_kept(town: Loaded) -> None:
    near = notebooks.neighbourhood(town.town.company, relations=["legal_rep_of"], as_of="all")
    now = notebooks.neighbourhood(town.town.company, relations=["legal_rep_of"], as_of=TODAY)
    assert {data["relation"] for _, _, data in near.edges(data=True)} == {"legal_rep_of"}
    assert now.number_of_edges() < near.number_of_edges()


def test_a_path_graph_is_the_answer_of_path(town: Loaded) -> None:
    body = run("path", town.town.company, town.town.related, "--json").body
    graph = notebooks.path(town.town.company, town.town.related)
    assert graph.graph["paths"] == [[node["id"] for node in path["nodes"]] for path in body["paths"]]
    told = {e["id"] for path in body["paths"] for hop in path["edges"] for e in (hop, *hop.get("also", ()))}
    assert {key for _, _, key in graph.edges(keys=True)} == told
    assert (graph.graph["total"], graph.graph["truncated"]) == (body["total"], body["truncated"])
    one = notebooks.path(town.town.company, town.town.related, limit=1)
    assert len(one.graph["paths"]) == 1
    assert one.graph["truncated"] == (body["total"] > 1)


def test_bad_questions_are_refused(town: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="depth"):
        notebooks.neighbourhood(town.town.company, depth=0)
    with pytest.raises(Unanswerable):
        notebooks.neighbourhood("nobody of this name")
    with pytest.raises(Unanswerable, match="standard input"):
        notebooks.neighbourhood(town.town.persons["present"].id_no)
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(ImportError, match="notebooks"):
        notebooks.whole()

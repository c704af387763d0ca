"""``export``: what other programs read is what the view shows, and nothing that it must not."""

import csv
import io
import json
import re
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.commands import opened
from graph.model.claims import PUBLIC, RESTRICTED
from graph.model.ids import check_id
from graph.store.base import Edge, Node, View
from ingest.exchange.csvfiles import write_csv
from ingest.exchange.export import FORMATS
from ingest.exchange.graphml import write_graphml
from ingest.exchange.picture import DrawnEdge, DrawnNode, Picture, as_text, widest
from tests.api import given
from tests.api.conftest import TODAY, Loaded, run

LEVELS = ("public", "shared", "restricted")


@contextmanager
def picture(level: int = RESTRICTED, as_of: str | None = TODAY) -> Iterator[tuple[list[DrawnNode], list[DrawnEdge]]]:
    """What an export of the book of this environment should hold."""
    with opened() as book:
        shown = Picture(book, *book.view(level=level, as_of=as_of))
        yield list(shown.nodes()), list(shown.edges())


def exported(folder: Path, form: str, *options: str) -> Path:
    """The file or folder that a command wrote."""
    out = folder / form
    done = run("export", "--format", form, "--out", str(out), "--json", *options)
    assert done.code == 0, done.err
    return out


def content(out: Path) -> str:
    """All that an export wrote."""
    files = sorted(out.iterdir()) if out.is_dir() else [out]
    return "".join(file.read_bytes().decode() for file in files)


def test_graphml_in_networkx_is_the_view(town: Loaded, tmp_path: Path) -> None:
    nodes, edges = given.from_graphml(exported(tmp_path, "graphml"))
    with picture() as (wanted_nodes, wanted_edges):
        assert list(nodes) == [node.id for node in wanted_nodes]
        assert sorted(edges) == [edge.id for edge in wanted_edges]
        for node in wanted_nodes:
            plain = {k: as_text(v) for k, v in node.props.items() if k != "id"}
            more = {"kind": node.kind, "labels": ";".join(node.labels), "label": plain.get("name", node.kind)}
            assert nodes[node.id] == plain | more
        for edge in wanted_edges:
            plain_edge = {k: as_text(v) if isinstance(v, list) else v for k, v in edge.props.items() if k != "id"}
            ends = {"source": edge.source, "target": edge.target, "relation": edge.relation, "label": edge.relation}
            assert edges[edge.id] == plain_edge | ends
    assert any(isinstance(edge.get("share"), int | float) for edge in edges.values())


def test_csv_is_the_view(town: Loaded, tmp_path: Path) -> None:
    out = exported(tmp_path, "csv")
    nodes, edges = given.from_csv(out)
    with picture() as (wanted_nodes, wanted_edges):
        assert list(nodes) == [node.id for node in wanted_nodes]
        assert list(edges) == [edge.id for edge in wanted_edges]
        for node in wanted_nodes:
            plain = {k: as_text(v) for k, v in node.props.items() if k != "id"}
            assert nodes[node.id] == plain | {"kind": node.kind, "labels": ";".join(node.labels)}
        for edge in wanted_edges:
            assert edges[edge.id]["source"] == edge.source
            assert edges[edge.id]["evidence"] == edge.props["evidence"]
    lines = (out / "nodes.csv").read_bytes().split(b"\r\n")
    assert len(lines) == len(nodes) + 2


def test_every_edge_tells_record_source_file_and_row(town: Loaded, tmp_path: Path) -> None:
    for edge in given.from_csv(exported(tmp_path, "csv"))[1].values():
        rows = json.loads(edge["evidence"])
        assert rows
        for row in rows:
            assert re.fullmatch(r"n[0-9a-f]{23}", row["record"])
            assert row["source"] in edge["sources"].split(";")
            assert list((town.town.folder).rglob(row["file"]))
            assert row["row"] >= 0


@pytest.mark.parametrize("form", FORMATS)
def test_two_exports_are_equal_to_the_byte(town: Loaded, tmp_path: Path, form: str) -> None:
    (tmp_path / "again").mkdir()
    first, second = exported(tmp_path, form), exported(tmp_path / "again", form)
    assert content(first) == content(second)
    assert {file.stat().st_mode & 0o777 for file in (*first.rglob("*"), first) if file.is_file()} == {0o600}


@pytest.mark.parametrize("form", FORMATS)
def test_the_past_at_the_head_is_the_present(town: Loaded, tmp_path: Path, form: str) -> None:
    (tmp_path / "past").mkdir()
    head = run("verify", "--json").body["seq"]
    now = content(exported(tmp_path, form, "--as-of", "all"))
    assert content(exported(tmp_path / "past", form, "--as-of", "all", "--known-at", str(head))) == now
    assert len(content(exported(tmp_path / "past", form, "--known-at", "1"))) < len(now) / 10


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("form", FORMATS)
def test_no_id_number_no_token_and_masks_by_level(town: Loaded, tmp_path: Path, form: str, level: str) -> None:
    text = content(exported(tmp_path, form, "--level", level, "--as-of", "all"))
    numbers = set(re.findall(r"(?<![0-9A-Za-z])[1-9]\d{16}[\dX](?![0-9A-Za-z])", text))
    assert not [number for number in numbers if check_id(number).kind == "id_card"]
    assert "pid:" not in text
    assert bool(re.search(r"\d{6}\*{8}\d{3}[\dX]", text)) == (level != "public")


def test_a_lower_level_exports_what_its_view_shows(town: Loaded, tmp_path: Path) -> None:
    sizes = []
    for number, level in enumerate(LEVELS):
        nodes, edges = given.from_csv(exported(tmp_path, "csv", "--level", level))
        assert {edge[end] for edge in edges.values() for end in ("source", "target")} <= nodes.keys()
        with opened() as book:
            reader, view = book.view(level=number, as_of=TODAY)
            assert nodes.keys() == {node.id for node in reader.scan_nodes(view)}
        sizes.append(len(edges))
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("--format", "ftm", "--out", "x"), 501),
        (("--format", "bods", "--out", "x"), 501),
        (("--format", "dot", "--out", "x"), 400),
        (("--format", "csv", "--out", "taken"), 400),
        (("--format", "graphml", "--out", "."), 400),
        (("--format", "cypher", "--out", "missing/x"), 400),
        (("--format", "cypher", "--out", "x", "--as-of", "soon"), 400),
    ],
)
def test_what_cannot_be_done_is_refused_and_leaves_nothing(
    town: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], status: int
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("mine")
    done = run("export", *options, "--json")
    assert (done.code, done.body["status"]) == (2, status)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def made(nodes: list[Node], edges: list[Edge]) -> given.Made:
    return given.Made(lambda: nodes, lambda: edges)


VIEW = View(RESTRICTED, None, 0, TODAY)


def test_nasty_texts_pass_through_graphml_and_csv(town: Loaded, tmp_path: Path) -> None:
    nodes = [given.node(f"n{i:02}", text=text) for i, text in enumerate(given.NASTY)]
    with opened() as book:
        shown = Picture(book, made(nodes, []), VIEW)
        with (tmp_path / "x.graphml").open("w", encoding="utf-8", newline="") as file:
            write_graphml(shown, file)
        with (tmp_path / "nodes.csv").open("w", encoding="utf-8", newline="") as file:
            write_csv(shown, file, io.StringIO())
    read, _ = given.from_graphml(tmp_path / "x.graphml")
    assert [read[node.id].get("text") or "" for node in nodes] == list(given.NASTY)
    with (tmp_path / "nodes.csv").open(encoding="utf-8", newline="") as plain:
        cells = [row["text"] for row in csv.DictReader(plain)]
    told = [text if cell == text else cell.removeprefix("'") for cell, text in zip(cells, given.NASTY, strict=True)]
    assert told == list(given.NASTY)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_letters_that_xml_cannot_hold_are_replaced(town: Loaded, tmp_path: Path) -> None:
    with opened() as book, (tmp_path / "x.graphml").open("w", encoding="utf-8") as file:
        write_graphml(Picture(book, made([given.node("n1", text="a\x00b\x1bc\ufffe")], []), VIEW), file)
    assert given.from_graphml(tmp_path / "x.graphml")[0]["n1"]["text"] == "a\ufffdb\ufffdc\ufffd"


def test_negative_numbers_stay_numbers_and_columns_do_not_collide(town: Loaded) -> None:
    nodes, edges = io.StringIO(), io.StringIO()
    with opened() as book:
        links = [given.edge("e1", "a", "b", {"source": "register", "share": -1.5})]
        write_csv(Picture(book, made([given.node("a"), given.node("b")], links), VIEW), nodes, edges)
    (row,) = csv.DictReader(io.StringIO(edges.getvalue(), newline=""))
    assert (row["share"], row["source"], row["prop_source"]) == ("-1.5", "a", "register")


def test_an_edge_to_what_the_view_hides_is_left_out(town: Loaded) -> None:
    links = [given.edge("e1", "a", "hidden"), given.edge("e2", "a", "b")]
    with opened() as book:
        assert [e.id for e in Picture(book, made([], links), VIEW).edges()] == ["e2"]


def test_types_of_columns() -> None:
    assert widest(None, True) == "boolean"
    assert widest("long", 1.5) == widest("double", 3) == "double"
    assert widest("boolean", 1) == widest("long", "x") == widest(None, 2**63) == widest(None, [1]) == "string"


def test_a_write_in_between_is_told(town: Loaded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    states = iter(range(10))
    out = tmp_path / "x"
    out.write_text("before")
    monkeypatch.setattr(Picture, "_now", lambda self: next(states))
    done = run("export", "--format", "graphml", "--out", str(out), "--json")
    assert (done.code, done.body["status"]) == (2, 503)
    assert out.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


def test_memory_does_not_grow_with_the_graph(town: Loaded) -> None:
    def peak(size: int) -> int:
        def nodes() -> Iterator[Node]:
            return (given.node(f"n{i:08}", text="x" * 200) for i in range(size))

        def edges() -> Iterator[Edge]:
            return (given.edge(f"e{i:08}", f"n{i:08}", f"n{i + 1:08}", {"text": "x" * 200}) for i in range(size))

        with opened() as book:
            tracemalloc.start()
            write_graphml(Picture(book, given.Made(nodes, edges), VIEW), _Nowhere())  # type: ignore[arg-type]
            top = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return top

    peak(600)
    assert peak(4000) < 1.5 * peak(1000)


def test_public_has_its_own_mask_rule(town: Loaded) -> None:
    with picture(PUBLIC) as (nodes, _), picture() as (all_nodes, _):
        assert not [node for node in nodes if "id_mask" in node.props]
        assert [node for node in all_nodes if "id_mask" in node.props]

"""An answer tells no more than the graph cut to its reader's view: bodies, counts, errors and ETags, over HTTP."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pypinyin import lazy_pinyin

from api.commands import opened
from graph.store.base import Node, View
from tests.api.conftest import TODAY, Loaded
from tests.api.cut_graph import CutGraph
from tests.api.service import Callers, serving
from tests.graph.kernel.harness import Town

Question = tuple[str, dict[str, Any]]

#: Roles below the restricted view, one of each level.
ROLES = {"public": 0, "department": 1}

_OF_A_SUBJECT = (
    "", "/expansions", "/neighbours", "/records", "/measures",
    "/ownership", "/tree", "/controllers", "/holds", "/group", "/rings",
)  # fmt: skip


def _edges() -> dict[str, list[str]]:
    """Ids of the edges of each node, those that only a restricted view shows too."""
    found: dict[str, list[str]] = {}
    with opened() as book:
        for edge in book.store.scan_edges(View(2, None, None, TODAY)):
            for end in {edge.source, edge.target}:
                found.setdefault(end, []).append(edge.id)
    return found


def questions(nodes: list[Node], rng: random.Random, count: int) -> Iterator[Question]:
    """Questions about nodes of the whole graph, those that the reader may not know of among them."""
    edges = _edges()
    for node in rng.sample(nodes, min(count, len(nodes))):
        for rest in _OF_A_SUBJECT:
            yield f"/entities/{node.id}{rest}", {"limit": 3} if rest in ("/neighbours", "/records") else {}
        yield f"/records/{node.id}", {}
        for edge in edges.get(node.id, [])[:4]:
            yield f"/entities/{node.id}/edges/{edge}", {}
        if node.name and "/" not in node.name:
            yield f"/entities/{node.name}/expansions", {}
            yield "/search", {"q": node.name[:3], "limit": 4}
            yield "/search", {"q": "".join(lazy_pinyin(node.name)), "limit": 4}
        yield "/paths", {"from": node.id, "to": rng.choice(nodes).id, "max_depth": 4}
    yield from _about_evidence(rng, nodes, count)
    yield from _about_documents(rng, nodes)
    with opened() as book:
        head = book.ledger.head()[0]
    for seq in rng.sample(range(1, head + 1), min(head, 12 * count)):
        yield f"/rows/{seq}", {}
    for list_id in ("L01", "L01a", "L02", "L03", "L05", "L06"):
        yield f"/lists/{list_id}", {}
        yield f"/lists/{list_id}/delta", {"since": 0}


def _about_evidence(rng: random.Random, nodes: list[Node], count: int) -> Iterator[Question]:
    """Paths by evidence and links among a group, of all and of subjects: counts of what is hidden would tell of it."""
    subjects = [node for node in nodes if node.kind in ("company", "person", "branch", "individual_business")]
    for some in (nodes, subjects or nodes):
        for n in range(count // 2):
            ends = {"from": rng.choice(some).id, "to": rng.choice(some).id}
            yield "/paths", ends | {"rank": "evidence", "soft": n % 2 == 0, "ever": n % 3 == 0}
        yield "/paths", {"from": rng.choice(some).id, "to": rng.choice(some).id, "soft": True, "max_depth": 3}
        group = sorted(node.id for node in rng.sample(some, min(25, len(some))))
        yield "/links", {"subjects": group, "max_depth": 4, "ever": rng.random() < 0.5}


def _about_documents(rng: random.Random, nodes: list[Node]) -> Iterator[Question]:
    """Searches in texts, by parties that the reader may not know of too, and chains of cases."""
    for words in ("判决", "货款", "人民法院", "查无此词", "连带清偿 借款", "执行"):
        yield "/documents", {"q": words, "limit": 2}
        yield "/documents", {"q": words, "court": "岚汀", "role": "被告", "from": "2024-06-01"}
        yield "/documents", {"q": words, "party": rng.choice(nodes).id}
    with opened() as book:
        cases = [n for n in book.store.scan_nodes(View(2, TODAY, None, TODAY)) if n.kind in ("case", "judgment")]
    for node in rng.sample(cases, min(6, len(cases))):
        yield f"/entities/{node.id}/chain", {"limit": 3}
        yield f"/entities/{node.name}/chain", {}
        yield f"/entities/{node.id}", {"section": "chain"}


def _told(http: Callers, role: str, question: Question) -> tuple[int, bytes, str | None]:
    path, query = question
    done = http.post(role, path, json=query) if path == "/links" else http.get(role, path, **query)
    return done.status_code, done.content, done.headers.get("etag")


def _instead(small: CutGraph) -> Callable[..., CutGraph]:
    """Every question is answered from this graph."""
    return lambda *_: small


def _compare(nodes: list[Node], seed: int, count: int, patch: pytest.MonkeyPatch) -> set[int]:
    """Ask everything of the service and of the graph cut beforehand; the statuses seen."""
    asked = list(questions(nodes, random.Random(seed), count))
    seen: set[int] = set()
    with serving() as http, opened() as book:
        for role, level in ROLES.items():
            small = CutGraph(book.store, View(level, TODAY, None, TODAY))
            seen |= compare_with(http, role, small, asked, patch)
    return seen


def _forget_indexes(http: Callers) -> None:
    """Let none that was made of one graph answer for another."""
    service: Any = http.client.app
    service.state.service.evidence.clear()


def compare_with(
    http: Callers, who: str, small: CutGraph, asked: Sequence[Question], patch: pytest.MonkeyPatch
) -> set[int]:
    """Ask everything of the service and of the graph cut beforehand; the statuses seen."""
    whole = [_told(http, who, question) for question in asked]
    with patch.context() as inner:
        inner.setattr("api.asking.cut", _instead(small))
        _forget_indexes(http)
        for question, found in zip(asked, whole, strict=True):
            assert found == _told(http, who, question), (who, question)
    _forget_indexes(http)
    return {found[0] for found in whole}


def _all(book: Any) -> list[Node]:
    return list(book.store.scan_nodes(View(2, TODAY, None, TODAY)))


def test_the_town_answers_as_the_town_cut_down(town: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened() as book:
        nodes = _all(book)
    hidden = [n for n in nodes if n.kind in ("repair", "objection", "restriction_order", "penalty", "list_entry")]
    assert _compare(hidden, 1, 12, monkeypatch) >= {200, 404}
    assert _compare(_beside_hidden(), 3, 4, monkeypatch) >= {200}
    assert _compare(nodes, 2, 12, monkeypatch) >= {200, 404}


def _beside_hidden() -> list[Node]:
    """Subjects with an edge that the store would show and the cut does not: where counts could tell too much."""
    view = View(0, TODAY, None, TODAY)
    with opened() as book:
        kept = {edge.id for edge in CutGraph(book.store, view).edges}
        ends = {e.target for e in book.store.scan_edges(view) if e.id not in kept}
        found = list(book.store.get(view, sorted(ends)).values())
    assert found
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_generated_graphs_answer_as_if_cut_down(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path
) -> None:
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    monkeypatch.setenv("CREDITGRAPH_TODAY", TODAY)
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path))
    generated = Town(tmp_path)
    generated.load(generated.records(seed, 50, conflicts=True))
    nodes = _all(generated.book)
    generated.book.close()
    assert _compare(nodes, seed, 10, monkeypatch) >= {200, 404}


def test_the_public_sees_no_mark_and_no_record_that_ended(town: Loaded) -> None:
    with opened() as book:
        nodes = _all(book)
    everything = ""
    with serving() as http:
        for node in nodes:
            everything += http.get("public", f"/entities/{node.id}").text
        masked = [http.get("investigator", f"/entities/{n.id}").json()["entity"].get("id_mask") for n in nodes[:80]]
    assert any(masked)
    assert not re.findall(r"\d{6}\*{8}[\dX]{4}|[\x22：]\d{17}[\dX][\x22]", everything)
    for word in ("repaired", "withdrawn", '"status":"expired"', "revoked", "exit_restriction_decision", "限制出境"):
        assert word not in everything, word
    for source in ("repairs", "objections"):
        assert f'"source":"{source}"' not in everything

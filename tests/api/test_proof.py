"""Whom a source row shows to: made rows whose claims differ in openness, asked at each level."""

from pathlib import Path

import pytest

from api.cut import cut
from api.entities import Unanswerable
from api.proof import row_body
from graph.model.claims import PUBLIC, RESTRICTED, SHARED, Claim, EdgeClaim, Mention, Name, NodeClaim
from graph.store.base import View
from ingest.demo.graphs import Record
from tests.graph.kernel.harness import NOW, Town

FIRM, OWNER, HIDDEN = "uscc:91359801TY00000801", "reg:350000000000001", "reg:350000000000002"


def firm(key: str, level: int = PUBLIC) -> NodeClaim:
    """Somebody known at a level."""
    return NodeClaim(Mention((key,)), "company", (Name(key),), level=level)


def share(source: str, level: int = PUBLIC) -> EdgeClaim:
    """A share in the firm."""
    return EdgeClaim("shareholder_of", Mention((source,)), Mention((FIRM,)), level=level)


def record(key: str, kind: str, level: int = PUBLIC) -> NodeClaim:
    """A record with a node of its own."""
    return NodeClaim(Mention((f"rec:given/{key}",)), kind, props={"document_no": key, "source": "given"}, level=level)


#: Key of a row -> its claims, and the levels at which it shows with the number of its claims.
ROWS: dict[str, tuple[list[Claim], dict[int, int]]] = {
    "firm": ([firm(FIRM)], {0: 1, 1: 1, 2: 1}),
    "owner": ([firm(OWNER), share(OWNER)], {0: 2, 1: 2, 2: 2}),
    "shared-owner": ([firm(OWNER), share(OWNER, SHARED)], {0: 1, 1: 2, 2: 2}),
    "closed-share": ([share(OWNER, RESTRICTED)], {2: 1}),
    "hidden": ([firm(HIDDEN, RESTRICTED)], {2: 1}),
    # The share is open, but he who holds it is not.
    "share-of-a-hidden": ([share(HIDDEN)], {2: 1}),
    # What is said of the firm is open, but the row is a repair, which is not for these readers.
    "repair": ([record("repair", "repair"), firm(FIRM)], {2: 2}),
    "closed-record": ([record("closed-record", "penalty", RESTRICTED), firm(FIRM)], {2: 2}),
    "penalty": ([record("penalty", "penalty"), firm(FIRM, SHARED)], {0: 1, 1: 2, 2: 2}),
}


@pytest.mark.parametrize("level", [PUBLIC, SHARED, RESTRICTED])
def test_a_row_shows_as_far_as_its_claims_do(level: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(tmp_path / "master.key"))
    monkeypatch.setenv("CREDITGRAPH_TODAY", NOW)
    town = Town(tmp_path / "home")
    town.load([Record(key, "2020-01-01", claims) for key, (claims, _) in ROWS.items()])
    view = View(level, NOW, None, NOW)
    seen = {}
    for seq, key in enumerate(ROWS, 1):
        try:
            body = row_body(town.book, cut(town.book.store, level), view, seq)
        except Unanswerable as unseen:
            assert unseen.body["status"] == 404
            continue
        assert bool(body["cells"]) is (level == RESTRICTED)
        seen[key] = len(body["claims"])
    assert seen == {key: shown[level] for key, (_, shown) in ROWS.items() if level in shown}
    with pytest.raises(Unanswerable):
        row_body(town.book, cut(town.book.store, level), view, len(ROWS) + 99)
    town.close()

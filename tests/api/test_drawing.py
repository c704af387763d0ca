"""Neighbourhoods, holders and rings as they are drawn: everybody once or counted, each line where it belongs."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.site.circle import MOST as MEMBERS
from api.site.circle import Circle, ring_drawing
from api.site.drawing import drawing, timeline
from api.site.holders import MOST as HOLDERS
from api.site.holders import Holders, holders_drawing
from api.site.words import Words, percent

_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "who": st.integers(0, 30),
            "direction": st.sampled_from(["in", "out"]),
            "relation": st.sampled_from(["shareholder_of", "director_of"]),
            "valid_to": st.sampled_from([None, "2020-01-01", "2030-01-01"]),
            "match": st.sampled_from(["exact", "candidate"]),
        }
    ),
    max_size=60,
)


def _body(rows: list[dict[str, Any]]) -> dict[str, Any]:
    people = [
        {
            **row,
            "id": f"e{place}",
            "valid_from": None,
            "entity": {"id": f"n{row['who']}", "kind": "person", "name": "某" * 20},
        }
        for place, row in enumerate(rows)
    ]
    return {"entity": {"id": "n99"}, "as_of": "2026-10-01", "people": people, "holdings": []}


@given(_ROWS)
def test_each_neighbour_that_holds_is_drawn_once_or_counted(rows: list[dict[str, Any]]) -> None:
    drawn = drawing(_body(rows), Words("zh"))
    holding = {(row["direction"], row["who"]) for row in rows if row["valid_to"] != "2020-01-01"}
    assert len(drawn.boxes) + drawn.left_out == len(holding)
    assert len({(box.left, box.path) for box in drawn.boxes}) == len(drawn.boxes)
    for box in drawn.boxes:
        assert 0 <= box.y <= drawn.height - drawn.middle[3]
        ids = {int(link.path.rsplit("e", 1)[1]) for link in box.links}
        side = "in" if box.left else "out"
        assert all((rows[i]["direction"], f"/subjects/n{rows[i]['who']}") == (side, box.path) for i in ids)
        assert box.uncertain is all(rows[i]["match"] == "candidate" for i in ids)


@given(_ROWS)
def test_the_timeline_tells_ends_up_to_its_day_the_latest_first(rows: list[dict[str, Any]]) -> None:
    days = [event.day for event in timeline(_body(rows), Words("en"))]
    assert days == sorted(days, reverse=True)
    assert set(days) <= {"2020-01-01"}


_LINES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from(["exact", "candidate"])), min_size=1, max_size=150
)


def _apart(boxes: Sequence[Any], size: tuple[int, int], within: tuple[int, int]) -> bool:
    """Whether no two boxes cover each other and all lie within the drawing."""
    inside = all(0 <= b.x <= within[0] - size[0] and 0 <= b.y <= within[1] - size[1] for b in boxes)
    return inside and all(abs(a.x - b.x) >= size[0] or abs(a.y - b.y) >= size[1] for a, b in combinations(boxes, 2))


def _holders(rows: list[tuple[int, int, str]]) -> tuple[Holders, list[dict[str, Any]], set[str]]:
    """The drawing of the holders of n0 by rows of (holder, company, match), its lines, and everybody above n0."""
    lines: list[dict[str, Any]] = [
        {"id": f"e{place}", "from": f"n{owner}", "to": f"n{held}", "share": place / 2, "match": match}
        for place, (owner, held, match) in enumerate(rows)
    ]
    level = {"n0": 0}
    queue = ["n0"]
    for node in queue:
        for owner in sorted(line["from"] for line in lines if line["to"] == node):
            if owner not in level:
                level[owner] = level[node] + 1
                queue.append(owner)
    tree = [
        {"node": {"id": n, "kind": "company", "name": n}, "level": place, "pct": float(n[1:]) or None, "ring": False}
        for n, place in level.items()
    ]
    above = [line for line in lines if line["to"] in level]
    return holders_drawing(tree, above), above, set(level)


@given(_LINES)
def test_each_holder_is_drawn_once_above_what_he_holds_or_is_counted(rows: list[tuple[int, int, str]]) -> None:
    drawn, lines, above = _holders(rows)
    assert len(drawn.boxes) + drawn.left_out == len(above)
    assert 1 <= len(drawn.boxes) == len({box.id for box in drawn.boxes}) <= HOLDERS
    assert [box.company for box in drawn.boxes] == [box.id == "n0" for box in drawn.boxes]
    assert _apart(drawn.boxes, (186, 46), (drawn.width, drawn.height))
    told = {line["id"]: line for line in lines}
    place = {box.id: box for box in drawn.boxes}
    for line in drawn.lines:
        owner, held = told[line.edge]["from"], told[line.edge]["to"]
        assert line.owner == owner and line.share == told[line.edge]["share"]
        assert line.uncertain is (told[line.edge]["match"] == "candidate")
        assert line.back is (place[owner].y >= place[held].y)
        assert 0 <= line.at[1] <= drawn.height
    # Every holding between two that are drawn is drawn, and nobody hangs in the air.
    between = {
        line["id"] for line in lines if {line["from"], line["to"]} <= place.keys() and line["from"] != line["to"]
    }
    assert {line.edge for line in drawn.lines} == between
    assert {line.owner for line in drawn.lines} | {"n0"} == place.keys()


def test_of_many_holders_the_heaviest_are_drawn() -> None:
    drawn, _, _ = _holders([(owner, 0, "exact") for owner in range(1, 30)])
    assert {box.id for box in drawn.boxes} == {"n0"} | {f"n{owner}" for owner in range(21, 30)}
    assert drawn.left_out == 20


def test_a_holding_leads_back_only_in_a_ring() -> None:
    plain, _, _ = _holders([(1, 0, "exact"), (2, 1, "exact"), (2, 0, "exact"), (3, 2, "exact")])
    assert not any(line.back for line in plain.lines)
    ring, _, _ = _holders([(1, 0, "exact"), (2, 1, "exact"), (1, 2, "exact")])
    assert sum(line.back for line in ring.lines) == 1


def _circle(rows: list[tuple[int, int, str]], asked: int) -> tuple[Circle, list[dict[str, Any]], list[dict[str, Any]]]:
    members = [
        {"id": f"n{n}", "kind": "person", "name": "某" * 20} for n in sorted({n for row in rows for n in row[:2]})
    ]
    edges = [
        {"id": f"e{place}", "from": f"n{a}", "to": f"n{b}", "match": match} for place, (a, b, match) in enumerate(rows)
    ]
    circles = [[f"n{rows[0][0]}", f"n{rows[0][1]}"]] if rows[0][0] != rows[0][1] else []
    return ring_drawing({"members": members, "edges": edges, "circles": circles}, f"n{asked}"), members, edges


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25), st.sampled_from(["exact", "candidate"])), min_size=1))
def test_each_member_and_link_of_a_ring_is_drawn_once_or_counted(rows: list[tuple[int, int, str]]) -> None:
    asked = rows[0][1]
    drawn, members, edges = _circle([row for row in rows if row[0] != row[1]] or [(0, 1, "exact")], asked)
    assert len(drawn.boxes) + drawn.left_out == len(members)
    assert len(drawn.boxes) == len({box.id for box in drawn.boxes}) <= MEMBERS
    assert _apart(drawn.boxes, (186, 36), (drawn.width, drawn.height))
    shown = {box.id for box in drawn.boxes}
    arrows = {edge["id"]: arrow for arrow in drawn.arrows for edge in arrow.edges}
    assert arrows.keys() == {edge["id"] for edge in edges if {edge["from"], edge["to"]} <= shown}
    assert all(arrows[edge["id"]].source == edge["from"] for edge in edges if edge["id"] in arrows)
    pairs = [{(edge["from"], edge["to"]) for edge in arrow.edges} for arrow in drawn.arrows]
    assert all(len(pair) == 1 for pair in pairs) and len({*map(frozenset, pairs)}) == len(pairs)
    assert all(a.uncertain is all(e["match"] == "candidate" for e in a.edges) for a in drawn.arrows)
    assert len({arrow.path for arrow in drawn.arrows}) == len(drawn.arrows)
    assert len({arrow.at for arrow in drawn.arrows}) == len(drawn.arrows)


def test_who_is_asked_stands_at_the_top_and_the_two_ways_of_a_pair_lie_apart() -> None:
    both = [(0, 1, "exact"), (1, 2, "exact"), (2, 0, "exact"), (0, 2, "exact"), (1, 0, "exact"), (2, 1, "exact")]
    for asked in (0, 1):
        drawn, _, _ = _circle(both, asked)
        (top,) = (box for box in drawn.boxes if box.asked)
        assert top.id == f"n{asked}" and top.y == min(box.y for box in drawn.boxes)
        for one, other in combinations(drawn.arrows, 2):
            assert abs(one.at[0] - other.at[0]) + abs(one.at[1] - other.at[1]) > 40


def test_a_share_is_never_told_as_nothing() -> None:
    assert [percent(value) for value in (0, 100, 12.5, "33.333333", 0.00001)] == [
        "0%", "100%", "12.5%", "33.3333%", "<0.0001%",
    ]  # fmt: skip

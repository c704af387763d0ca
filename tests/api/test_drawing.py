"""The neighbourhood as it is drawn: every neighbour that holds once, on its side, and what is left out is counted."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.site.drawing import drawing, timeline
from api.site.words import Words

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

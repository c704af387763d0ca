"""Case files: every way to write a share, and bad input told with its place, the good edges going on."""

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.ownership_case import BadCase, parse_share, read_case
from tests.api.conftest import run


@pytest.mark.parametrize(
    ("told", "share"),
    [
        *((told, Fraction(331, 1000)) for told in (33.1, "33.1", "33.1%", "３３．１％")),
        *(("1/3", Fraction(1, 3)), (0, Fraction(0)), (250, Fraction(5, 2)), (None, None), ("", None)),
    ],
)
def test_a_share_is_read_however_it_is_written(told: object, share: Fraction | None) -> None:
    assert parse_share(told) == share


@pytest.mark.parametrize("told", ["三成", "1/0", "nan", True, "1e"])
def test_a_share_in_words_is_refused(told: object) -> None:
    with pytest.raises((ValueError, ZeroDivisionError)):
        parse_share(told)


@given(st.decimals(0, 100, places=6))
def test_a_number_loses_nothing_on_the_way(told: Any) -> None:
    assert read_case(json.dumps({"edges": []})).register.holdings == ()
    text = f'{{"edges": [{{"owner": "p", "owned": "a", "pct": {told}}}]}}'
    assert read_case(text).register.holdings[0].share == Fraction(told) / 100


def _case(edges: Sequence[object], tmp_path: Any, **more: Any) -> tuple[int, dict[str, Any]]:
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"edges": edges, **more}, ensure_ascii=False), encoding="utf-8")
    done = run("ownership", str(path))
    return done.code, done.body


def test_bad_edges_are_told_and_the_good_ones_go_on(tmp_path: Any) -> None:
    edges = [
        {"owner": "p", "owned": "a", "pct": 60},
        {"owner": "q", "owned": "a", "pct": "四成"},
        {"owner": "q", "owned": "", "pct": 1},
        "no edge",
        {"owner": "q", "owned": "b", "pct": 10, "from": "2020-13-01"},
        {"owner": "q", "owned": "b", "pct": -5},
        {"owner": "", "owned": "b", "pct": 40},
        {"owner": "r", "owned": "b", "pct": 40, "from": "2021-01-01", "to": "2020-01-01"},
        {"owner": "b", "owned": "b", "pct": 20},
        {"owner": "a", "owned": "b", "pct": 40},
    ]
    code, body = _case(edges, tmp_path, persons=["p", "q", "r"])
    assert code == 1
    assert [(e["row"], e["field"], e["file"]) for e in body["errors"]] == [
        (2, "pct", "case.json"), (3, "owned", "case.json"), (4, "edge", "case.json"), (5, "from", "case.json"),
    ]  # fmt: skip
    assert body["anomalies"] == {
        "end_before_start": ["b"], "negative_share": ["b"], "owner_unknown": ["b"], "self_holding": ["b"],
    }  # fmt: skip
    assert body["integrated"] == {"a->b": 50.0, "p->a": 60.0, "p->b": 30.0}
    assert body["unattributed"] == {"a": 40.0, "b": 70.0}


def test_two_registers_that_disagree_are_kept_flagged_and_never_summed(tmp_path: Any) -> None:
    edges = [
        {"owner": "p", "owned": "a", "pct": 40, "source": "工商"},
        {"owner": "p", "owned": "a", "pct": 30, "source": "年报"},
        {"owner": "a", "owned": "b", "pct": 100, "source": "工商"},
        {"owner": "a", "owned": "b", "pct": 100, "source": "年报"},
        {"owner": "q", "owned": "b", "pct": 1},
        {"owner": "q", "owned": "b", "pct": 2},
    ]
    _, body = _case(edges, tmp_path, persons=["p", "q"])
    assert body["integrated"] == {"a->b": 100.0, "p->a": 40.0, "p->b": 40.0, "q->b": 3.0}
    assert body["anomalies"] == {"disagree": ["a"], "over_100": ["b"]}


def test_a_day_chooses_the_holdings_that_were_there(tmp_path: Any) -> None:
    edges = [
        {"owner": "p", "owned": "a", "pct": 60, "to": "2020-01-01"},
        {"owner": "q", "owned": "a", "pct": 60, "from": "2020-01-01"},
    ]
    _, before = _case(edges, tmp_path, persons=["p", "q"], as_of="2019-12-31")
    _, after = _case(edges, tmp_path, persons=["p", "q"], as_of="2020-01-01")
    assert (before["controller"], after["controller"]) == ({"a": ["p"]}, {"a": ["q"]})
    assert run("ownership", str(tmp_path / "case.json"), "--as-of", "2019-01-01").body["ubo"] == {"a": {"p": 60.0}}


def test_groups_declared_controllers_and_missing_shares_are_part_of_a_case(tmp_path: Any) -> None:
    edges = [
        {"owner": "p", "owned": "a", "pct": 30}, {"owner": "q", "owned": "a", "pct": 25},
        {"owner": "r", "owned": "a"}, {"owner": "a", "owned": "b", "pct": 60},
    ]  # fmt: skip
    groups = [{"name": "一致行动人", "company": "a", "members": ["p", "q"]}]
    code, body = _case(edges, tmp_path, persons=["p", "q", "r"], groups=groups)
    assert code == 0
    assert body["controller"] == {"a": ["一致行动人"], "b": ["一致行动人"]}
    assert body["ubo"] == {"a": {"p": 30.0, "q": 25.0}} and body["ubo_possible"] == {"a": ["r"], "b": ["r"]}
    assert body["integrated_upper"] == {"r->a": 45.0, "r->b": 27.0}
    assert body["anomalies"] == {"missing_share": ["a"]}
    _, told = _case(edges, tmp_path, controllers=[{"controller": "x", "company": "a"}], groups=groups)
    assert told["controller"]["b"] == ["x"] and told["controller_by_votes"]["b"] == ["一致行动人"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"edges": 1}']
    + [f'{{"edges": [], {more}}}' for more in ('"persons": "p"', '"groups": [{}]', '"as_of": "heute"')],
)
def test_a_file_that_is_no_case_is_refused_with_what_was_expected(text: str, tmp_path: Any) -> None:
    with pytest.raises((BadCase, ValueError), match="expected"):
        read_case(text)
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    done = run("ownership", str(path))
    assert (done.code, done.body["status"]) == (2, 400)
    assert "x.json" in done.body["detail"]

"""Which paths are told, in which order, and what is said when there are none: hubs, dead ends, budgets, ties."""

import random

import pytest

from graph.analysis.evidence.costs import ADDRESS, AGENT, FIRM
from graph.analysis.evidence.dates import simultaneous
from graph.analysis.evidence.group import group_links
from graph.analysis.evidence.index import Index, build
from graph.analysis.evidence.kept import Kept, Key
from graph.analysis.evidence.search import SLACK, best_path, evidence_paths
from graph.store.items import own_id
from tests.fakes import FakeGraph
from tests.graph.analysis.evidence import EVER, HELD, Link, chain, drawn, graph_of, index_of, star

# Compiling what they use takes seconds: one worker does it.
pytestmark = pytest.mark.xdist_group("evidence")

_HUB = [*star("nhub", 30), ("na", HELD, "nhub"), ("nhub", HELD, "nz")]


def _nodes(index: Index, one: str = "na", two: str = "nz") -> list[tuple[str, ...]]:
    return [path.nodes for path in evidence_paths(index, one, two).paths]


def test_a_pair_that_only_a_hub_joins_is_told_so_and_what_passing_it_costs() -> None:
    found = evidence_paths(index_of(_HUB, hub=20), "na", "nz")
    assert found.searched == "found"
    (path,) = found.paths
    assert (path.hubs, path.soft, path.cost, path.passing) == (True, False, 4.0, 2.0)
    (hub,) = path.through
    assert (hub.node, hub.relation, hub.shared_by, hub.hub) == ("nhub", HELD, 32, True)


def test_a_node_is_a_hub_by_its_neighbours_in_the_relation_walked_and_not_by_others() -> None:
    links = [*star("nm", 30, "director_of"), ("na", HELD, "nm"), ("nm", HELD, "nz")]
    (path,) = evidence_paths(index_of(links, hub=20), "na", "nz").paths
    assert (path.hubs, path.cost, path.through) == (False, 2.0, ())
    # Entered by the one and left by the other it costs half of each.
    (path,) = evidence_paths(index_of([*links[:-1], ("nm", "director_of", "nz")], hub=100), "na", "nz").paths
    assert path.passing == 0.977


def test_a_long_way_without_a_hub_comes_before_a_short_one_through_it() -> None:
    links = [*_HUB, *chain("na", "nb", "nc", "nd", "ne", "nf", "nz")]
    index = index_of(links, hub=20)
    assert _nodes(index) == [("na", "nb", "nc", "nd", "ne", "nf", "nz"), ("na", "nhub", "nz")]
    best, word = best_path(index, "na", "nz")
    assert (best is not None and best.nodes, word) == (("na", "nb", "nc", "nd", "ne", "nf", "nz"), "found")
    # Where it is no hub the short one is the cheaper.
    assert _nodes(index_of(links, hub=1000))[0] == ("na", "nhub", "nz")


def test_ends_that_are_hubs_themselves_are_no_hubs_of_the_path() -> None:
    links = [*star("na", 30), *star("nz", 30), ("na", HELD, "nm"), ("nm", HELD, "nz")]
    (path,) = evidence_paths(index_of(links, hub=20), "na", "nz").paths
    assert (path.nodes, path.hubs, path.cost) == (("na", "nm", "nz"), False, 2.0)
    (path,) = evidence_paths(index_of([*star("na", 30), *star("nz", 30), ("na", HELD, "nz")], hub=20), "na", "nz").paths
    assert (path.nodes, path.hubs) == (("na", "nz"), False)


def test_different_components_are_told_at_once_and_a_pair_that_is_none_of_the_index() -> None:
    index = index_of([*chain("na", "nb", "nc"), *chain("nx", "ny", "nz")], nodes=["nalone"])
    for one, two in (("na", "nz"), ("na", "nalone"), ("na", "nobody"), ("na", "na"), ("na", "n" * 90)):
        found = evidence_paths(index, one, two, soft=True)
        assert (found.paths, found.searched, found.scanned) == ((), "none", 0), (one, two)
    index = index_of(_HUB, hub=20)
    assert not index.may_link(index.at("na"), index.at("nz"), soft=False, hubs=False)
    assert index.may_link(index.at("na"), index.at("nz"), soft=False, hubs=True)


def _maze() -> list[Link]:
    return drawn(random.Random(4), 60, 240, (HELD, "director_of"))


def test_a_budget_that_is_spent_is_not_none() -> None:
    index = index_of(_maze())
    assert evidence_paths(index, "n10", "n50").searched == "found"
    cut = evidence_paths(index, "n10", "n50", budget=3)
    assert (cut.searched, cut.paths) == ("budget_spent", ())
    assert cut.scanned > 0
    assert best_path(index, "n10", "n50", budget=3) == (None, "budget_spent")
    # Nothing is left to look at: that is none, however small the budget.
    assert evidence_paths(index_of(chain("na", "nb"), nodes=["nz"]), "na", "nz", budget=1).searched == "none"
    apart = index_of([*chain("na", "nb"), *chain("nz", "ny"), ("nb", "director_of", "ny")])
    assert evidence_paths(apart, "na", "nz", relations=(HELD,), budget=50).searched == "none"


def test_a_soft_search_that_is_cut_is_told_though_a_hard_path_was_found() -> None:
    rng, hard = random.Random(2), chain("na", "nb", "nz")
    soft = [(f"nlawyer{rng.randrange(9)}", AGENT, f"nparty{n % 200:03}") for n in range(600)]
    far = [("nlawyer1", AGENT, "na"), *chain("nparty001", *(f"nlong{n}" for n in range(9)), "nz", relation=AGENT)]
    found = evidence_paths(index_of([*hard, *soft, *far]), "na", "nz", soft=True, budget=30)
    assert [path.soft for path in found.paths] == [False]
    assert found.searched == "budget_spent"


def test_the_answers_differ_and_lie_in_a_band_above_the_best() -> None:
    links = [
        ("na", HELD, "n1"),
        ("na", HELD, "n2"),
        ("n1", HELD, "nz"),
        ("n2", "director_of", "nz"),
        ("na", HELD, "nz"),
    ]
    long = chain("na", *(f"nl{n}" for n in range(SLACK // 1000 + 2)), "nz")
    edge = chain("na", *(f"ne{n}" for n in range(SLACK // 1000)), "nz")
    found = evidence_paths(index_of([*links, *long, *edge, ("na", "director_of", "nz")]), "na", "nz")
    costs = [path.cost for path in found.paths]
    assert costs == [1.0, 2.0, 2.5, 7.0]
    assert len({path.nodes for path in found.paths}) == 4
    assert found.paths[0].relations == (HELD,)


def test_ties_keep_one_order_whichever_way_and_in_whatever_order_the_links_came() -> None:
    links = [link for n in range(9) for link in chain("na", f"nm{n}", "nz")]
    wanted = [("na", f"nm{n}", "nz") for n in range(9)]
    for seed in range(4):
        random.Random(seed).shuffle(links)
        index = index_of(links)
        assert _nodes(index) == wanted
        assert _nodes(index, "nz", "na") == [path[::-1] for path in wanted]


def test_both_ends_get_the_same_paths() -> None:
    index, rng = index_of(_maze(), hub=12), random.Random(8)
    told = 0
    for _ in range(120):
        one, two = (f"n{rng.randrange(60):02}" for _ in range(2))
        there, back = evidence_paths(index, one, two), evidence_paths(index, two, one)
        assert {path.nodes for path in there.paths} == {path.nodes[::-1] for path in back.paths}
        assert (there.searched, there.scanned) == (back.searched, back.scanned)
        told += len(there.paths)
    assert told > 120


def test_links_elsewhere_change_no_answer() -> None:
    links, elsewhere = _maze(), [*star("xhub", 40), *chain("xa", "xb", "xc")]
    one, two = (evidence_paths(index_of(some), "n10", "n50") for some in (links, [*links, *elsewhere]))
    assert one == two
    assert one.paths


def test_courts_and_departments_are_ends_and_never_inside() -> None:
    for kind in ("court", "department"):
        graph = graph_of([("na", HELD, "nb")], ["nz"])
        graph.add_node("nx", kind, kind)
        for end in ("na", "nz"):
            graph.add_edge("practises_at", end, "nx")
        index = build(graph, EVER)
        assert evidence_paths(index, "na", "nz", soft=True).searched == "none"
        assert _nodes(index, "na", "nx") == [("na", "nx")]
        assert not group_links(index, ["na", "nz"]).links


def _addressed(given: dict[str, str]) -> Index:
    return build(graph_of([], given, given), EVER)


@pytest.mark.parametrize(
    ("one", "two", "shared"),
    [
        ("岚汀市石埠路1号(3楼)", "岚汀市石埠路１号（３楼）", True),
        ("岚汀市石埠路1号", "岚汀市石埠路11号", False),
        ("不详", "不详", False),
        ("地址不详", "地址不详", False),
        ("无", "无", False),
    ],
)
def test_an_address_is_shared_when_its_comparison_form_is_the_same(one: str, two: str, shared: bool) -> None:
    found = evidence_paths(_addressed({"na": one, "nz": two}), "na", "nz", soft=True)
    assert bool(found.paths) == shared
    assert not evidence_paths(_addressed({"na": one, "nz": two}), "na", "nz").paths
    for path in found.paths:
        (through,) = path.through
        assert (path.relations, path.soft, path.cost) == ((ADDRESS, ADDRESS), True, 6.0)
        assert (through.node, through.shared_by, through.hub) == (path.nodes[1], 2, False)


def test_the_id_of_an_address_rests_on_its_comparison_form_alone() -> None:
    one, two = (
        _addressed({"na": text, "nz": "岚汀市石埠路1号甲"}) for text in ("岚汀市石埠路１号甲", "岚汀市石埠路1号甲")
    )
    assert one.soft.keys() == two.soft.keys() == {own_id("address:岚汀市石埠路1号甲")}
    assert {node.name for node in one.soft.values()} <= {"岚汀市石埠路１号甲", "岚汀市石埠路1号甲"}


def test_where_people_live_joins_nobody() -> None:
    graph = FakeGraph()
    for node in ("na", "nz"):
        graph.add_node(node, "person", node, props={"address": "岚汀市石埠路1号"})
    assert not build(graph, EVER).soft


def test_agents_and_their_firm_join_parties_after_all_hard_paths() -> None:
    graph = graph_of(chain("na", "nm", "nz"), ["nlawyer", "nother"])
    for agent, party in (("nlawyer", "na"), ("nother", "nz")):
        graph.add_edge(AGENT, agent, party, props={"firm": "福建渚衡律师事务所"})
    index = build(graph, EVER)
    found = evidence_paths(index, "na", "nz", soft=True).paths
    assert [(path.soft, path.relations) for path in found] == [(False, (HELD, HELD)), (True, (FIRM, FIRM))]
    graph.add_edge(AGENT, "nlawyer", "nz")
    found = evidence_paths(build(graph, EVER), "na", "nz", soft=True).paths
    assert {path.relations for path in found if path.soft} == {(AGENT, AGENT), (FIRM, FIRM)}
    assert [path.nodes for path in evidence_paths(build(graph, EVER), "na", "nz").paths] == [("na", "nm", "nz")]


def test_relations_that_are_not_asked_for_are_not_walked() -> None:
    links = [*chain("na", "nm", "nz"), *chain("na", "nk", "nz", relation="director_of")]
    index = index_of(links)
    assert [p.relations for p in evidence_paths(index, "na", "nz", relations=("director_of",)).paths] == [
        ("director_of", "director_of")
    ]
    assert evidence_paths(index, "na", "nz", relations=("branch_of",)).searched == "none"


def test_a_group_tells_linked_pairs_once_and_counts_the_others() -> None:
    links = [*chain("na", "nb", "nc", "nd", "ne", "nf"), *_HUB, ("nlone", HELD, "nleaf")]
    index, asked = index_of(links, hub=20), ["nf", "na", "nc", "nz", "nlone", "nobody", "na"]
    found = group_links(index, asked, max_depth=3)
    assert [(p.nodes, p.hubs) for p in found.links] == [
        (("na", "nb", "nc"), False),
        (("nc", "nd", "ne", "nf"), False),
        (("na", "nhub", "nz"), True),
    ]
    assert (found.unlinked, found.undecided) == (6 * 5 // 2 - 3, 0)
    assert len(group_links(index, asked, max_depth=5).links) == 5
    assert group_links(index, []).links == group_links(index, ["na"]).links == ()


def test_a_group_whose_budget_is_spent_tells_pairs_as_undecided_and_not_as_unlinked() -> None:
    names = [f"n{n:02}" for n in range(60)]
    index = index_of(_maze())
    whole, cut = group_links(index, names, max_depth=2), group_links(index, names, max_depth=2, together=600)
    assert (whole.undecided, len(whole.links) + whole.unlinked) == (0, 60 * 59 // 2)
    assert cut.undecided > 0
    assert len(cut.links) + cut.unlinked + cut.undecided == 60 * 59 // 2
    assert cut.unlinked <= whole.unlinked
    assert cut.budget == 600 // 120


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ([[("2010-01-01", "2012-01-01")], [("2011-01-01", None)]], True),
        ([[("2010-01-01", "2012-01-01")], [("2012-01-01", None)]], False),
        ([[(None, "2012-01-01")], [(None, "2001-01-01")]], True),
        ([[(None, "2001-01-01")], [("2001-01-01", None)]], False),
        ([[("2010-01-01", "2011-01-01"), ("2015-01-01", None)], [("2014-01-01", "2016-01-01")]], True),
        ([[("2010-01-01", "2013-01-01")], [("2012-01-01", "2015-01-01")], [("2014-01-01", None)]], False),
        ([[(None, None)]], True),
        ([], False),
    ],
)
def test_a_path_is_of_one_time_when_some_day_lies_in_all_its_steps(
    steps: list[list[tuple[str | None, str | None]]], wanted: bool
) -> None:
    assert simultaneous(steps) == wanted


def test_indexes_are_made_once_a_key_and_the_last_used_are_kept() -> None:
    kept, index, made = Kept(most=2), index_of(chain("na", "nb")), list[str]()

    def ask(level: int, division: str = "") -> None:
        key: Key = ("ledger", 1, False, level, None, "2026-01-01", division)

        def make() -> Index:
            made.append(f"{level}{division}")
            return index

        assert kept.get(key, make) is index

    for level in (0, 1, 0, 1, 2, 1, 0):
        ask(level)
    ask(0, "359800")
    ask(0)
    assert made == ["0", "1", "2", "0", "0359800"]


def test_a_key_whose_index_cannot_be_made_is_tried_again() -> None:
    kept, index = Kept(), index_of(chain("na", "nb"))
    key: Key = ("ledger", 1, False, 0, None, "2026-01-01", "")

    def fails() -> Index:
        raise OSError

    with pytest.raises(OSError):
        kept.get(key, fails)
    assert kept.get(key, lambda: index) is index
    assert not kept.busy

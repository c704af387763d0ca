"""Which holdings of a view count: the best source of a row, one edge a pair, dates, levels, declared arrangements."""

from fractions import Fraction

from graph.analysis.ownership.control import controllers, without_subsidiaries
from graph.analysis.ownership.reading import BUDGET, Change, downwards, upwards
from graph.analysis.ownership.register import Holding, capital_rows, vote_rows
from graph.analysis.ownership.shares import look_through
from graph.store.base import Edge, Value, View
from tests.fakes import FakeGraph

VIEW = View(2, "2026-10-01", None, "2026-10-01")
RANKS = {"shareholders": 80, "judgments": 30}


def rank(edge: Edge) -> int:
    return max((RANKS[source] for source in edge.sources), default=0)


class Graph(FakeGraph):
    """Holdings by name: companies are small letters, persons capitals."""

    def holds(self, owner: str, owned: str, share: float | None, source: str = "shareholders", **more: object) -> Edge:
        for node in (owner, owned):
            if node not in self._nodes:
                self.add_node(node, "person" if node.isupper() else "company", node)
        props: dict[str, Value] = {} if share is None else {"share": share}
        return self.add_edge("shareholder_of", owner, owned, props=props, sources=(source,), **more)  # type: ignore[arg-type]


def test_a_row_is_taken_from_its_best_source_and_the_weaker_one_is_told() -> None:
    graph = Graph()
    told = graph.holds("P", "a", 35)
    graph.holds("Q", "a", 65)
    graph.holds("N", "a", 35, "judgments", match="candidate")
    found = upwards(graph, VIEW, "a", rank)
    assert set(found.edges) == {told.id, "e1"}
    assert [edge.source for edge in found.left_out] == ["N"]
    assert not capital_rows(found.register)["a"].over
    graph.holds("N", "b", 35, "judgments", match="candidate")
    assert upwards(graph, VIEW, "b", rank).register.holdings[0].share == Fraction(35, 100)


def test_of_two_edges_of_a_pair_one_counts_and_the_company_is_disputed() -> None:
    graph = Graph()
    old = graph.holds("P", "a", 60, valid_from="2015-01-01")
    new = graph.holds("P", "a", 40, valid_from="2020-01-01")
    found = upwards(graph, VIEW, "a", rank)
    assert set(found.edges) == {new.id} and [edge.id for edge in found.left_out] == [old.id]
    assert found.register.disputed == {"a": (old.id, new.id)}
    ended = upwards(graph, View(2, "2016-01-01", None, "2026-10-01"), "a", rank)
    assert set(ended.edges) == {old.id} and not ended.register.disputed


def test_dates_levels_and_unknown_shares_are_those_of_the_view() -> None:
    graph = Graph()
    graph.holds("P", "a", 60, valid_to="2020-01-01")
    graph.holds("Q", "a", None, valid_from="2020-01-01")
    graph.holds("R", "a", 10, level=2)
    now = upwards(graph, VIEW, "a", rank)
    assert {(h.owner, h.share) for h in now.register.holdings} == {("Q", None), ("R", Fraction(1, 10))}
    public = upwards(graph, View(0, "2019-12-31", None, "2026-10-01"), "a", rank)
    assert {h.owner for h in public.register.holdings} == {"P"}
    assert public.register.persons == {"P"}


def test_whole_rows_are_read_downwards_too() -> None:
    graph = Graph()
    graph.holds("P", "a", 60)
    graph.holds("a", "b", 50)
    graph.holds("b", "b", 20)
    graph.holds("Q", "b", 70)
    graph.holds("b", "c", 100)
    rows = capital_rows(downwards(graph, VIEW, "P", rank).register)
    assert set(rows) == {"P", "a", "b", "c"} or set(rows) == {"a", "b", "c"}
    assert rows["b"].over and rows["b"].own == Fraction(1, 5)


def test_a_budget_that_is_spent_is_told() -> None:
    graph = Graph()
    for number in range(BUDGET + 5):
        graph.holds(f"c{number}", "a", 0.01)
        if number < BUDGET:
            graph.holds("P", f"c{number}", 100)
    found = upwards(graph, VIEW, "a", rank)
    assert found.truncated
    small = Graph()
    small.holds("P", "a", 1)
    assert not upwards(small, VIEW, "a", rank).truncated


def test_what_if_leaves_edges_out_and_adds_holdings_up_the_chain() -> None:
    graph = Graph()
    sold = graph.holds("P", "a", 60)
    graph.holds("Q", "a", 40)
    graph.holds("R", "b", 100)
    change = Change(frozenset({sold.id}), (Holding("b", "a", Fraction(3, 5)),))
    found = upwards(graph, VIEW, "a", rank, change)
    shares = look_through(capital_rows(found.register), "a", found.register.persons).shares
    assert shares == {"Q": Fraction(2, 5), "b": Fraction(3, 5), "R": Fraction(3, 5)}
    assert look_through(capital_rows(upwards(graph, VIEW, "a", rank).register), "a").shares["P"] == Fraction(3, 5)


def _arrange(graph: Graph, kind: str, company: str, *members: tuple[str, float | None], trustee: str = "") -> str:
    node = f"v{len(graph._nodes)}"
    graph.add_node(node, "voting_arrangement", "协议", props={"arrangement_kind": kind}, level=1)
    graph.add_edge("votes_at", node, company, level=1)
    for member, votes in members:
        graph.add_edge("member_of_arrangement", member, node, props={} if votes is None else {"votes": votes}, level=1)
    if trustee:
        graph.add_edge("entrusted_to", node, trustee, level=1)
    return node


def _three(graph: Graph) -> None:
    for holder, share in (("P", 30), ("Q", 25), ("R", 45)):
        graph.holds(holder, "a", share)


def test_those_who_act_in_concert_are_one_voter_to_whoever_may_see_the_agreement() -> None:
    graph = Graph()
    _three(graph)
    agreement = _arrange(graph, "一致行动", "a", ("P", None), ("Q", None))
    votes = without_subsidiaries(upwards(graph, VIEW, "a", rank).register)
    assert [one.holder for one in controllers(votes, "a")] == [agreement]
    public = without_subsidiaries(upwards(graph, View(0, "2026-10-01", None, "2026-10-01"), "a", rank).register)
    assert controllers(public, "a") == []
    assert look_through(public.rows, "a").shares["P"] == Fraction(3, 10)


def test_votes_of_a_members_own_leave_the_rest_to_the_others_by_their_shares() -> None:
    graph = Graph()
    _three(graph)
    _arrange(graph, "特别表决权", "a", ("P", 60))
    register = upwards(graph, VIEW, "a", rank).register
    assert vote_rows(register)["a"].known == {
        "P": Fraction(3, 5), "Q": Fraction(2, 5) * Fraction(25, 70), "R": Fraction(2, 5) * Fraction(45, 70),
    }  # fmt: skip
    assert capital_rows(register)["a"].known["P"] == Fraction(3, 10)


def test_delegated_votes_are_those_of_the_trustee() -> None:
    graph = Graph()
    _three(graph)
    graph.add_node("t", "company", "t")
    _arrange(graph, "表决权委托", "a", ("R", 40), trustee="Q")
    _arrange(graph, "表决权委托", "a", ("P", None), trustee="t")
    register = upwards(graph, VIEW, "a", rank).register
    known = vote_rows(register)["a"].known
    assert {h: float(part) for h, part in known.items()} == {"P": 0, "Q": 0.43, "R": 0.27, "t": 0.3}
    assert "t" not in look_through(capital_rows(register), "a", register.persons).shares

"""Evidence paths on a city with hubs, beside the bidirectional search of networkx over the same links.

Holdings with a long tail, one address a company (the first shared by one in fourteen), agents for three in ten. Both
answer the same pairs of companies. networkx counts hops and takes any way; ours takes the cheapest way without a hub,
and one through a hub only where it is sure that there is none.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import networkx as nx

from graph.analysis.evidence.costs import AGENT
from graph.analysis.evidence.index import build
from graph.analysis.evidence.search import Found, Searched, best_path
from graph.store.base import Edge, Node, View

_VIEW = View(2, "2026-01-01", None, "2026-01-01")
_PAIRS = 400

Answer = TypeVar("Answer")


class City:
    """A reader that gives a composed city once, for an index."""

    def __init__(self, companies: int, seed: int = 11) -> None:
        rng = random.Random(seed)
        self.companies, persons, addresses = companies, companies, companies // 8
        agents = max(1, companies // 60)
        self.address = [self._tail(rng, addresses) for _ in range(companies)]
        self.first_agent = companies + persons
        self.first_address = self.first_agent + agents
        self.holdings = [
            (companies + self._holder(rng, persons), c) if rng.random() < 0.8 else (rng.randrange(companies), c)
            for c in range(companies)
            for _ in range(rng.choice((1, 1, 2, 3)))
        ]
        self.standing = [
            (self.first_agent + self._tail(rng, agents), c) for c in range(companies) if rng.random() < 0.3
        ]

    @staticmethod
    def _tail(rng: random.Random, count: int) -> int:
        """A number below ``count``, the first one in fourteen times, the others with a long tail."""
        return 0 if rng.random() < 1 / 14 else int(count * rng.random() ** 3)

    @staticmethod
    def _holder(rng: random.Random, persons: int) -> int:
        return int(persons * rng.random() ** 1.4)

    @staticmethod
    def id(place: int) -> str:
        """The id of a node by its number."""
        return f"n{place:023x}"

    def scan_nodes(self, view: View) -> Iterator[Node]:
        """Companies with their address, persons, agents."""
        for place in range(self.first_address):
            company = place < self.companies
            props = {"address": f"岚汀市筑波街{self.address[place]}号"} if company else {}
            kind = "company" if company else "person" if place < self.first_agent else "other_org"
            yield Node(self.id(place), kind, (), str(place), (), props, ())

    def scan_edges(self, view: View, relations: Iterable[str] | None = None) -> Iterator[Edge]:
        """Holdings and who stands for whom."""
        for relation, links in (("shareholder_of", self.holdings), (AGENT, self.standing)):
            for n, (a, b) in enumerate(links):
                ends = (f"{relation}{n}", relation, self.id(a), self.id(b))
                yield Edge(*ends, None, None, None, {}, "exact", False, (), ())

    def links(self) -> Iterator[tuple[int, int]]:
        """The same links for the rival, addresses as nodes."""
        yield from self.holdings
        yield from self.standing
        yield from ((c, self.first_address + a) for c, a in enumerate(self.address))


def _timed(call: Callable[[int, int], Answer], pairs: Sequence[tuple[int, int]]) -> tuple[list[float], list[Answer]]:
    """Microseconds of CPU a pair, and the answers."""
    times, answers = [], []
    for one, two in pairs:
        begin = time.process_time_ns()
        answers.append(call(one, two))
        times.append((time.process_time_ns() - begin) / 1000)
    return times, answers


def _quantiles(times: Sequence[float]) -> tuple[float, float, float]:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return statistics.median(times), cuts[94], cuts[98]


def measure(companies: int) -> None:
    """Print nodes, the time of the index and a line a search: p50, p95, p99 in microseconds, and the ratios."""
    city = City(companies)
    begin = time.process_time()
    index = build(city, _VIEW)
    seconds = time.process_time() - begin
    rival = nx.Graph(city.links())
    degree = dict(rival.degree())
    hubs = {node for node, n in degree.items() if n > 1000}
    print(f"companies {companies}, nodes {rival.number_of_nodes()}, links {rival.number_of_edges()}, hubs {len(hubs)}, "
          f"most shared {max(degree.values())}; index {seconds:.1f} s")  # fmt: skip
    rng = random.Random(5)
    pairs = [(rng.randrange(companies), rng.randrange(companies)) for _ in range(_PAIRS)]
    pairs = [(a, b) for a, b in pairs if a != b]

    def ours(one: int, two: int) -> tuple[Found | None, Searched]:
        return best_path(index, city.id(one), city.id(two), soft=True)

    def theirs(one: int, two: int) -> list[int] | None:
        try:
            return list(nx.bidirectional_shortest_path(rival, one, two))
        except nx.NetworkXNoPath:
            return None

    _timed(ours, pairs[:20])
    mine, found = _timed(ours, pairs)
    other, ways = _timed(theirs, pairs)
    told, spent = [path for path, _ in found if path], sum(word == "budget_spent" for _, word in found)
    through = sum(not hubs.isdisjoint(way[1:-1]) for way in ways if way)
    print(f"ours      found {len(told)}, through a hub {sum(p.hubs for p in told)}, budget spent {spent}")
    print(f"networkx  found {sum(way is not None for way in ways)}, through a hub {through}")
    a, b = _quantiles(mine), _quantiles(other)
    for name, x, y in zip(("p50", "p95", "p99"), a, b, strict=True):
        print(f"{name}  {x:>10.1f} us  networkx {y:>10.1f} us  ratio 1/{y / x:.1f}")

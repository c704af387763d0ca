"""Who owns, who controls: the index beside networkx on the same register, and beside Neo4j's own Cypher.

Times are seconds or microseconds of CPU of one process (Cypher: wall time, its server is another process). What takes
memory runs in a process of its own. Each line ends with what is wanted.
"""

import ctypes
import math
import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np

from bench.registers import CORE, Register, register
from graph.analysis.index import Edges, OwnershipIndex

CUT = 0.25
#: Above so many companies networkx would take more memory than most machines have; the growth is measured instead.
RIVAL_LIMIT = 2_000_000
_DEPTH = 6
#: Paths of one company after which the rival has given up.
_PATHS = 100_000
_STRATA = (("1-5", 1, 5, 60), ("6-50", 6, 50, 60), ("51-400", 51, 400, 30))
Shares = dict[int, float]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU by part, and MiB: what is held afterwards, and the most that the process ever had."""

    seconds: dict[str, float]
    held: float
    peak: float


@dataclass(frozen=True, slots=True)
class Stratum:
    """Companies with so many holders, direct or not."""

    name: str
    companies: list[int]


def indexed(some: Register) -> OwnershipIndex:
    """The index of a register."""
    return OwnershipIndex.build(some.is_company, Edges.of(some.owner, some.owned, some.share))


def compiled() -> None:
    """Ask everything once of a small register, so that no figure counts compiling."""
    some = register(3_000)
    index = indexed(some)
    index.owners_at_least(CUT)
    index.control()
    for v in range(50):
        index.up(v)
        index.down(v)
        index.changed(Edges.of(some.owner[v : v + 1], some.owned[v : v + 1], some.share[v : v + 1] / 2))
    index.control()


def cpu(call: Callable[[], object]) -> float:
    """Seconds of CPU of a call."""
    begin = time.process_time()
    call()
    return time.process_time() - begin


def shares_of(index: OwnershipIndex, company: int) -> Shares:
    """What the index says of one company."""
    up = index.up(company)
    return dict(zip(up.node.tolist(), up.share.tolist(), strict=True))


def wrong(found: Shares | None, exact: Shares) -> bool:
    """Whether an answer has a holder too many, too few, or a share that is off by a millionth."""
    return found is None or any(abs(found.get(u, 0.0) - exact.get(u, 0.0)) > 1e-6 for u in found.keys() | exact.keys())


def strata(some: Register, index: OwnershipIndex, seed: int = 3) -> list[Stratum]:
    """Companies drawn by how many holders they have, then some below the core."""
    rng, core = np.random.default_rng(seed), set(some.core.tolist())
    rooms: dict[str, list[int]] = {name: [] for name in (*(name for name, *_ in _STRATA), "below the core")}
    for v in rng.integers(0, some.companies, 20_000).tolist():
        above = index.up(v).node
        if len(above) > CORE and not core.isdisjoint(above.tolist()):
            rooms["below the core"].append(v)
        for name, least, most, _ in _STRATA:
            if least <= len(above) <= most:
                rooms[name].append(v)
    counts = {name: count for name, _, _, count in _STRATA} | {"below the core": 100}
    return [Stratum(name, found[: counts[name]]) for name, found in rooms.items()]


def _memory() -> float:
    """MiB in use now, without what the allocator keeps for later."""
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _ours(companies: int) -> Cost:
    compiled()
    some = register(companies)
    before, seconds, made = _memory(), {}, []
    seconds["index"] = cpu(lambda: made.append(indexed(some)))
    seconds["owners"] = cpu(lambda: made[0].owners_at_least(CUT))
    seconds["control"] = cpu(lambda: made[0].control())
    return Cost(seconds, _memory() - before, _peak())


def _theirs(companies: int) -> Cost:
    some = register(companies)
    before, made = _memory(), []
    seconds = {"load": cpu(lambda: made.append(_loaded(some)))}
    return Cost(seconds, _memory() - before, _peak())


def _apart(work: Callable[[int], Cost], companies: int) -> Cost:
    """Run in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (companies,))


def _loaded(some: Register) -> "nx.DiGraph[int]":
    """From held to holder, the way the questions go."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(some.nodes))
    edges = zip(some.owned.tolist(), some.owner.tolist(), some.share.tolist(), strict=True)
    graph.add_weighted_edges_from(edges, weight="share")
    return graph


def products(graph: "nx.DiGraph[int]", company: int, at_once: bool = False) -> Shares | None:
    """Holders by the usual recipe: products along all simple paths of up to six steps; None when it gave up.

    ``at_once``: one search for all holders instead of one a holder, which few do.
    """
    found: Shares = {}
    budget = _PATHS
    holders = nx.descendants(graph, company)
    for goal in [holders] if at_once else holders:
        for path in nx.all_simple_paths(graph, company, goal, cutoff=_DEPTH):
            part = math.prod(graph.edges[step]["share"] for step in pairwise(path))
            found[path[-1]] = found.get(path[-1], 0.0) + part
            budget -= 1
            if not budget:
                return None
    return found


def micros(call: Callable[[int], object], companies: Iterable[int]) -> list[float]:
    """Microseconds of CPU for each."""
    times = []
    for v in companies:
        begin = time.process_time_ns()
        call(v)
        times.append((time.process_time_ns() - begin) / 1000)
    return times


def line(name: str, ours: float, unit: str, rival: float, wanted: float, note: str) -> None:
    """One figure, how many times as much the rival takes, and how many times are wanted."""
    ratio = rival / ours
    print(
        f"{name:<30} {ours:>10.4g} {unit:<3} rival {rival:>10.4g}  {ratio:>9.1f} x, wanted {wanted:>6.0f} x  "
        f"{'met' if ratio >= wanted else 'MISSED'}  ({note})",
        flush=True,
    )


def _look_ups(some: Register, index: OwnershipIndex, graph: "nx.DiGraph[int]") -> None:
    wanted = {"1-5": 1.0, "6-50": 25.0, "51-400": 150.0}
    for stratum in strata(some, index):
        companies = stratum.companies
        if not companies:
            continue
        ours = micros(index.up, companies)
        if stratum.name not in wanted:
            cuts = statistics.quantiles(ours, n=100, method="inclusive")
            print(f"{'up, ' + stratum.name:<30} p50 {cuts[49]:.0f} us, p99 {cuts[98]:.0f}, most {max(ours):.0f} of "
                  f"{len(ours)}; wanted under 1000: {'met' if max(ours) < 1000 else 'MISSED'}", flush=True)  # fmt: skip
            companies = companies[:5]
        mine = statistics.median(ours)
        if stratum.name in wanted:
            theirs, note = _recipe(index, graph, companies, at_once=False)
            line(f"up, {stratum.name}, median", mine, "us", theirs, wanted[stratum.name], note)
        # Below the core one search for each holder would take hours.
        theirs, note = _recipe(index, graph, companies, at_once=True)
        line("  all its holders at once", mine, "us", theirs, 1.0, note)


def _recipe(index: OwnershipIndex, graph: "nx.DiGraph[int]", some: list[int], at_once: bool) -> tuple[float, str]:
    """The median of networkx, and how many of its answers are wrong."""
    answers: list[Shares | None] = []
    times = micros(lambda v: answers.append(products(graph, v, at_once)), some)
    bad = sum(wrong(found, shares_of(index, v)) for v, found in zip(some, answers, strict=True))
    given_up = answers.count(None)
    return statistics.median(times), f"networkx: {bad} of {len(some)} wrong, {given_up} given up at {_PATHS} paths"


def _changes(some: Register, full: float, count: int = 2_000) -> None:
    """One holding gets another share, and owners and control are current again."""
    rng, index = np.random.default_rng(5), indexed(some)
    index.owners_at_least(CUT)
    index.control()
    share = some.share.copy()

    def change(e: int) -> None:
        share[e] *= 0.7
        index.changed(Edges.of(some.owner[e : e + 1], some.owned[e : e + 1], share[e : e + 1]))
        index.control()

    places = rng.integers(0, len(share), count).tolist()
    change(places[0])
    heavy = {*some.core.tolist(), *index.up(int(some.core[0])).node.tolist()}
    times = micros(change, places[1:])
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    line("one changed holding, p50", cuts[49], "us", full * 1e6, 2000, "the full run: index, owners, settling, control")
    line("one changed holding, p99", cuts[98], "us", full * 1e6, 2000, "the same")
    rest = [x for x, e in zip(times, places[1:], strict=True) if int(some.owned[e]) not in heavy]
    cuts = statistics.quantiles(rest, n=100, method="inclusive")
    note = f"without {len(times) - len(rest)} of {len(times)} in or above the core"
    line("  p99 elsewhere", cuts[98], "us", full * 1e6, 2000, note)
    fresh = OwnershipIndex.build(some.is_company, Edges.of(some.owner, some.owned, share))
    pairs = [_pairs(one) for one in (index, fresh)]
    control = [set(zip(*(part.tolist() for part in one.control().pairs()), strict=True)) for one in (index, fresh)]
    print(f"after {count} changes, beside a new build: {len(pairs[0] ^ pairs[1])} of {len(pairs[1])} owners differ, "
          f"{len(control[0] ^ control[1])} of {len(control[1])} controlled pairs", flush=True)  # fmt: skip


def _pairs(index: OwnershipIndex) -> set[tuple[int, int]]:
    owners = index.owners_at_least(CUT)
    return set(zip(owners.company.tolist(), owners.person.tolist(), strict=True))


def _checked(some: Register, index: OwnershipIndex, count: int = 2_000) -> None:
    """Owners of all companies beside single look-ups."""
    pairs, bad = _pairs(index), 0
    by_company: dict[int, set[int]] = {}
    for company, person in pairs:
        by_company.setdefault(company, set()).add(person)
    for v in np.random.default_rng(9).integers(0, some.companies, count).tolist():
        exact = {u for u, x in shares_of(index, v).items() if u >= some.companies and x >= CUT - 1e-9}
        bad += exact != by_company.get(v, set())
    print(f"owners of 25 % and more: {len(pairs)} pairs; {bad} of {count} companies differ from a look-up", flush=True)


def _told(cost: Cost) -> str:
    return ", ".join(f"{name} {seconds:.2f} s" for name, seconds in cost.seconds.items())


def _grown(companies: int) -> None:
    """The time and the memory of a whole nation's register beside those of a million companies."""
    small, large = _apart(_ours, 1_000_000), _apart(_ours, companies)
    for name, cost in (("1000000", small), (str(companies), large)):
        print(f"{name} companies: {_told(cost)}; index {cost.held:.0f} MiB, peak {cost.peak:.0f} MiB", flush=True)
    ratio = sum(large.seconds.values()) / sum(small.seconds.values())
    print(f"growth: {ratio:.1f} x the time, wanted at most 8 x: {'met' if ratio <= 8 else 'MISSED'}")
    peak = large.peak * 2**20 / 1e9
    print(f"peak {peak:.2f} GB, wanted under 4 GB: {'met' if peak < 4 else 'MISSED'}")


def measure(folder: Path, companies: int, cypher: Callable[[Path, Register, OwnershipIndex], None]) -> None:
    """Print every figure; ``cypher`` measures Neo4j on the same register, where it is not too large for that."""
    compiled()
    if companies > RIVAL_LIMIT:
        return _grown(companies)
    some = register(companies)
    print(f"companies {companies}, persons {some.persons}, holdings {len(some.owner)}, core {CORE}", flush=True)
    ours, theirs = _apart(_ours, companies), _apart(_theirs, companies)
    print(f"ours: {_told(ours)}; networkx: {_told(theirs)}", flush=True)
    load = theirs.seconds["load"]
    line("index, owners, settling", ours.seconds["index"] + ours.seconds["owners"], "s", load, 5, "networkx load")
    line("control, all", ours.seconds["control"], "s", load, 20, "networkx load")
    line("memory, all of that", ours.held, "MiB", theirs.held, 4, "networkx graph")
    index = indexed(some)
    _checked(some, index)
    _look_ups(some, index, _loaded(some))
    _changes(some, sum(ours.seconds.values()))
    cypher(folder, some, index)

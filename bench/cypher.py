"""Neo4j's own variable-length paths on a register: products along paths of up to six steps, summed by holder."""

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from neo4j import Driver, GraphDatabase, Query
from neo4j.exceptions import ClientError, TransientError

from bench.ownership import Shares, Stratum, line, shares_of, strata, wrong
from bench.registers import Register
from graph.analysis.index import OwnershipIndex
from graph.store import server

#: Companies up to which loading by Cypher takes a minute at most.
LIMIT = 200_000
_ROWS = 20_000

Answer = TypeVar("Answer")
#: Seconds after which a question is given up.
_PATIENCE = 10.0
_TEXT = """
    MATCH p = (h:Node)-[:SHAREHOLDER_OF*1..6]->(:Node {n: $n})
    RETURN h.n AS holder, sum(reduce(part = 1.0, r IN relationships(p) | part * r.share)) AS share"""


def measure(folder: Path, some: Register, index: OwnershipIndex) -> None:
    """Load the register into a server of its own, then a line a stratum; nothing for a register that is too large."""
    if some.companies > LIMIT:
        print(f"Neo4j: not asked above {LIMIT} companies")
        return
    info = server.start(folder / "server", heap="2g", pagecache="512m")
    driver = GraphDatabase.driver(info.uri, notifications_min_severity="OFF", telemetry_disabled=True)
    try:
        seconds = _load(driver, some)
        print(f"Neo4j: loaded in {seconds:.0f} s", flush=True)
        for stratum in strata(some, index):
            _asked(driver, index, stratum)
    finally:
        driver.close()
        server.stop(folder / "server")


def _load(driver: Driver, some: Register) -> float:
    begin = time.perf_counter()
    edges = list(zip(some.owner.tolist(), some.owned.tolist(), some.share.tolist(), strict=True))
    with driver.session() as session:
        session.run("CREATE CONSTRAINT FOR (v:Node) REQUIRE v.n IS UNIQUE").consume()
        for at in range(0, some.nodes, _ROWS):
            text = "UNWIND range($first, $last) AS n CREATE (:Node {n: n})"
            session.run(text, first=at, last=min(at + _ROWS, some.nodes) - 1).consume()
        for at in range(0, len(edges), _ROWS):
            text = """UNWIND $rows AS row MATCH (a:Node {n: row[0]}) MATCH (b:Node {n: row[1]})
                CREATE (a)-[:SHAREHOLDER_OF {share: row[2]}]->(b)"""
            session.run(text, rows=edges[at : at + _ROWS]).consume()
    return time.perf_counter() - begin


def _answer(driver: Driver, company: int) -> Shares | None:
    """What Cypher says, without the company itself; None when it took too long or ran out of memory."""
    try:
        with driver.session() as session:
            rows = session.run(Query(_TEXT, timeout=_PATIENCE), n=company).values()
    except (ClientError, TransientError):
        return None
    return {holder: share for holder, share in rows if holder != company}


def _timed(call: Callable[[int], Answer], some: Sequence[int]) -> tuple[list[float], list[Answer]]:
    """Microseconds of wall time for each, and the answers; the first ten are asked twice, to warm up."""
    times, answers = [], []
    for v in some[:10]:
        call(v)
    for v in some:
        begin = time.perf_counter()
        answers.append(call(v))
        times.append((time.perf_counter() - begin) * 1e6)
    return times, answers


def _asked(driver: Driver, index: OwnershipIndex, stratum: Stratum) -> None:
    """Wall time of both, the median; wrong answers counted."""
    below = stratum.name == "below the core"
    some = stratum.companies[: 5 if below else 30]
    if not some:
        return
    ours, _ = _timed(index.up, some)
    theirs, answers = _timed(lambda v: _answer(driver, v), some)
    bad = sum(wrong(found, shares_of(index, v)) for v, found in zip(some, answers, strict=True))
    given_up = answers.count(None)
    note = f"Cypher: {bad} of {len(some)} wrong, {given_up} of them given up after {_PATIENCE:.0f} s"
    line(f"Cypher, {stratum.name}, median", statistics.median(ours), "us", statistics.median(theirs), 100, note)

"""Neo4j's own variable-length paths on a register: products along paths of up to six steps, summed by holder."""

import time
from pathlib import Path

from neo4j import Driver, GraphDatabase, Query
from neo4j.exceptions import ClientError, TransientError

from bench.ownership import Shares, Stratum, line, medians, shares_of, strata, wrong
from bench.registers import Register
from graph.analysis.index import OwnershipIndex
from graph.store import server

#: Companies up to which loading by Cypher takes a minute at most.
LIMIT = 200_000
_ROWS = 20_000
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


def _asked(driver: Driver, index: OwnershipIndex, stratum: Stratum) -> None:
    """Wall time of both, the median; wrong answers counted."""
    below = stratum.name == "below the core"
    some = stratum.companies[: 5 if below else 30]
    if not some:
        return
    for v in some[:10]:
        _answer(driver, v)
    ours, theirs, bad, given_up = [], [], 0, 0
    for v in some:
        begin = time.perf_counter()
        exact = shares_of(index, v)
        middle = time.perf_counter()
        found = _answer(driver, v)
        end = time.perf_counter()
        ours.append((middle - begin) * 1e6)
        theirs.append((end - middle) * 1e6)
        given_up += found is None
        bad += wrong(found, exact)
    note = f"Cypher: {bad} of {len(some)} wrong, {given_up} of them given up after {_PATIENCE:.0f} s"
    line(f"Cypher, {stratum.name}, median", medians(ours), "us", medians(theirs), 100, note)

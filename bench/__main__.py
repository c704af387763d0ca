"""``python -m bench [--companies N] [--store neo4j] [--service | --judgments | --paths | --ownership | --cases]``.

Each figure stands beside a rival of the same run.
"""

import argparse
import os
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from sqlalchemy import select

from bench import cases, cypher, ownership, paths, reading, service
from bench.on_neo4j import COUNTS, LOOK_UP, ONE_HOP, Bare, drawn
from bench.rival import bare, loop
from graph.book.book import Book, Opener
from graph.book.home import Home
from graph.ledger.tables import membership
from graph.store import server
from graph.store.base import Store, View
from graph.store.neo4j import Neo4jStore
from graph.store.sqlite import SqliteStore
from ingest.demo.city import CITY_ORDER, write_city
from ingest.load import load

_SAMPLES = 300


def _line(name: str, ours: float, rival: float, unit: str, against: str) -> None:
    print(
        f"{name:<28} {ours:>12.3f} {unit:<7} rival {rival:>12.3f}  ratio {ours / rival:>7.3f}  ({against})", flush=True
    )


def _median(call: Callable[[str], object], keys: list[str]) -> float:
    times = []
    for key in keys:
        begin = time.perf_counter()
        call(key)
        times.append((time.perf_counter() - begin) * 1e6)
    return statistics.median(times)


def _load(folder: Path, companies: int, opener: Opener) -> tuple[Book, int, float]:
    files = write_city(folder / "city", companies)
    book = Book(Home(folder / "home"), opener)
    begin, rows = time.perf_counter(), 0
    for source, name in CITY_ORDER:
        rows += sum(load(book, source, [folder / "city" / name]).counts.values())
    book.close()
    seconds = time.perf_counter() - begin
    book = Book(Home(folder / "home"), opener)
    assert rows == sum(files.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"companies {companies}, rows {rows}, load {seconds:.1f} s, peak memory {peak:.0f} MiB")
    return book, rows, seconds


def _reads(store: Store, keys: list[str], rivals: Mapping[str, Callable[[str], object]], against: str) -> None:
    view = View(2, "2026-01-01", None, "2026-01-01")
    calls: dict[str, Callable[[str], object]] = {
        "look-up": lambda k: store.get(view, [k]),
        "one hop": lambda k: store.neighbours(view, [k]),
        "counts": lambda k: store.counts(view, [k]),
    }
    for name, call in calls.items():
        raw = _median(rivals[name], keys)
        _line(name, _median(call, keys), raw, "us", against)


def _sample(book: Book) -> list[str]:
    """Nodes drawn at random, the same for the same city."""
    with book.ledger.reading() as connection:
        ids = sorted(set(connection.execute(select(membership.c.node)).scalars()))
    return random.Random(7).sample(ids, min(_SAMPLES, len(ids)))


def _embedded(folder: Path, companies: int) -> None:
    book, rows, seconds = _load(folder, companies, lambda home: SqliteStore(home.graph))
    again = loop(book.home, folder / "rival")
    _line("load", rows / seconds, rows / again, "rows/s", "a loop of the same hashes and inserts")
    plain = bare([folder / "city" / file for _, file in CITY_ORDER], folder / "bare.db")
    _line("load", rows / seconds, rows / plain, "rows/s", "csv and one insert loop, no index")
    db = sqlite3.connect(book.home.graph)
    texts = {
        "look-up": ("SELECT n.item FROM key k JOIN node n ON n.id = k.node WHERE k.own = ?", 1),
        "one hop": ("SELECT item FROM edge WHERE a = ? UNION ALL SELECT item FROM edge WHERE b = ?", 2),
        "counts": (
            "SELECT rel, count(*) FROM edge WHERE a = ? GROUP BY rel UNION ALL "
            "SELECT rel, count(*) FROM edge WHERE b = ? GROUP BY rel",
            2,
        ),
    }
    rivals = {name: partial(_raw, db, text, times) for name, (text, times) in texts.items()}
    _reads(book.store, _sample(book), rivals, "raw SQL")
    db.close()
    book.close()


def _raw(db: sqlite3.Connection, text: str, times: int, node: str) -> object:
    return db.execute(text, (node,) * times).fetchall()


def _on_neo4j(folder: Path, companies: int) -> None:
    info = server.start(folder / "server", heap="2g", pagecache="1g")
    rival = Bare(info.uri)
    try:
        # A server that has just started compiles what it runs; one that serves has done so.
        warm = _load(folder / "warm", 1000, lambda home: Neo4jStore(info.uri))[0]
        warm.store.clear()
        warm.close()
        book, _, seconds = _load(folder, companies, lambda home: Neo4jStore(info.uri))
        raw = {"look-up": LOOK_UP, "one hop": ONE_HOP, "counts": COUNTS}
        _reads(book.store, _sample(book), {name: rival.reader(text) for name, text in raw.items()}, "raw Cypher")
        begin = time.perf_counter()
        book.rebuild()
        again = time.perf_counter() - begin
        nodes, edges = drawn(book.store)
        book.store.clear()
        bare_seconds = rival.insert(nodes, edges)
        items = len(nodes) + len(edges)
        _line("load", items / seconds, items / bare_seconds, "items/s", "bare UNWIND of the same items")
        _line("rebuild", items / again, items / bare_seconds, "items/s", "bare UNWIND of the same items")
        book.close()
    finally:
        rival.close()
        server.stop(folder / "server")


def _serving(folder: Path, companies: int) -> None:
    book, _, _ = _load(folder, companies, lambda home: SqliteStore(home.graph))
    view = View(2, "2026-01-01", None, "2026-01-01")
    found = book.store.get(view, _sample(book))
    service.measure(book, [i for i, node in found.items() if node.kind == "company"], seconds=10, rest=60)
    book.close()


def _cases(folder: Path, companies: int) -> None:
    book, _, _ = _load(folder, companies, lambda home: SqliteStore(home.graph))
    cases.measure(book, folder / "city")
    book.close()


def main() -> None:
    """Run the bench and print one line per figure."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--companies", type=int, default=10_000)
    parser.add_argument("--service", action="store_true", help="the web service instead, embedded")
    parser.add_argument("--judgments", action="store_true", help="the reading of judgments instead")
    parser.add_argument("--paths", action="store_true", help="evidence paths on a city with hubs instead")
    parser.add_argument("--ownership", action="store_true", help="the ownership index instead; over 2 million: growth")
    parser.add_argument("--cases", action="store_true", help="cases of measures instead, embedded")
    parser.add_argument("--store", choices=("sqlite", "neo4j"), default="sqlite")
    args = parser.parse_args()
    if args.judgments:
        return reading.measure()
    if args.paths:
        return paths.measure(args.companies)
    with tempfile.TemporaryDirectory() as name:
        if args.ownership:
            return ownership.measure(Path(name), args.companies, cypher.measure)
        os.environ["CREDITGRAPH_MASTER_KEY"] = f"{name}/master.key"
        embedded = _serving if args.service else _cases if args.cases else _embedded
        (embedded if args.store == "sqlite" else _on_neo4j)(Path(name), args.companies)


if __name__ == "__main__":
    main()

"""``python -m bench [--companies N]``: load, look-up, one hop, counts, each with a ratio to a rival in the same run."""

import argparse
import os
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.rival import bare, loop
from graph.book.book import Book
from graph.book.home import Home
from graph.store.base import View
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


def _load(folder: Path, companies: int) -> tuple[Book, int, float]:
    files = write_city(folder / "city", companies)
    book = Book(Home(folder / "home"), lambda home: SqliteStore(home.graph))
    begin, rows = time.perf_counter(), 0
    for source, name in CITY_ORDER:
        rows += sum(load(book, source, [folder / "city" / name]).counts.values())
    assert rows == sum(files.values())
    return book, rows, time.perf_counter() - begin


def _reads(book: Book) -> None:
    db = sqlite3.connect(book.home.graph)
    ids = [row[0] for row in db.execute("SELECT id FROM node")]
    keys = random.Random(7).sample(ids, min(_SAMPLES, len(ids)))
    view, store = View(2, "2026-01-01", None, "2026-01-01"), book.store
    node = "SELECT n.item FROM key k JOIN node n ON n.id = k.node WHERE k.own = ?"
    hop = "SELECT item FROM edge WHERE a = ? UNION ALL SELECT item FROM edge WHERE b = ?"
    count = "SELECT rel, count(*) FROM edge WHERE a = ? GROUP BY rel UNION ALL " + (
        "SELECT rel, count(*) FROM edge WHERE b = ? GROUP BY rel"
    )
    raw = _median(lambda k: db.execute(node, (k,)).fetchall(), keys)
    _line("look-up", _median(lambda k: store.get(view, [k]), keys), raw, "us", "raw SQL")
    raw = _median(lambda k: db.execute(hop, (k, k)).fetchall(), keys)
    _line("one hop", _median(lambda k: store.neighbours(view, [k]), keys), raw, "us", "raw SQL")
    raw = _median(lambda k: db.execute(count, (k, k)).fetchall(), keys)
    _line("counts", _median(lambda k: store.counts(view, [k]), keys), raw, "us", "raw SQL")
    db.close()


def main() -> None:
    """Run the bench and print one line per figure."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--companies", type=int, default=10_000)
    companies = parser.parse_args().companies
    with tempfile.TemporaryDirectory() as name:
        os.environ["CREDITGRAPH_MASTER_KEY"] = f"{name}/master.key"
        book, rows, seconds = _load(Path(name), companies)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"companies {companies}, rows {rows}, load {seconds:.1f} s, peak memory {peak:.0f} MiB")
        rival = loop(book.home, Path(name) / "rival")
        _line("load", rows / seconds, rows / rival, "rows/s", "a loop of the same hashes and inserts")
        plain = bare([Path(name) / "city" / file for _, file in CITY_ORDER], Path(name) / "bare.db")
        _line("load", rows / seconds, rows / plain, "rows/s", "csv and one insert loop, no index")
        _reads(book)
        book.close()


if __name__ == "__main__":
    main()

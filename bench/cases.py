"""Cases of measures on the city: everybody asked, and one changed record, beside a run over everybody."""

import csv
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from graph.book.book import Book
from graph.measures.cases.sync import Synced, follow_changes, sync
from ingest.load import load

#: Records that come one at a time.
_CHANGES = 120

#: The first ones are not counted: statements are compiled, files opened.
_WARM = 10

#: Entries of the list that the target speaks of.
_LIST = 100_000


def _timed(call: Callable[[], Synced | None]) -> tuple[Synced, float]:
    begin = time.process_time()
    done = call()
    assert done is not None
    return done, time.process_time() - begin


def _one_row(city: Path, out: Path, number: int) -> None:
    """A penalty that nobody has heard of yet: a row of the city under another number."""
    with (city / "penalties.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    row = rows[number * 7 % len(rows)]
    place = next(i for i, title in enumerate(header) if "决定书文号" in title)
    row[place] = f"{row[place]}附{number}"
    with out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, row])


def measure(book: Book, city: Path) -> None:
    """Print what a first run, a run that finds nothing new, and single changes take."""
    first, seconds = _timed(lambda: sync(book, everybody=True))
    rate = 1e3 * seconds / first.asked
    print(f"first run: {first.asked} subjects, {first.proposed} proposed, {seconds:.3f} s CPU, {rate:.2f} ms a subject")
    print(f"at that rate             {_LIST * seconds / first.asked:9.1f} s CPU for {_LIST} (wanted 60)")
    again = [_timed(lambda: sync(book, everybody=True))[1] for _ in range(3)]
    whole = statistics.median(again)
    print(f"everybody asked again    {whole:9.3f} s CPU, {1e3 * whole / first.asked:.2f} ms a subject")
    times = list[float]()
    for number in range(_CHANGES):
        _one_row(city, city / "one.csv", number)
        load(book, "penalties", [city / "one.csv"])
        done, took = _timed(lambda: follow_changes(book))
        assert done.asked >= 1
        if number >= _WARM:
            times.append(took)
    times.sort()
    for name, at in (("p50", 0.5), ("p99", 0.99)):
        took = times[min(len(times) - 1, int(at * len(times)))]
        print(
            f"one record, {name}          {1e3 * took:9.2f} ms CPU (wanted 50)  run over everybody 1/{whole / took:.0f}"
        )
    assert sync(book, everybody=True).steps == 0, "changes one by one left something out"
    print("a run over everybody afterwards finds nothing to do")

"""One worker, fifty clients at once, mixed reads with the audit on, beside an empty route behind the same gate."""

import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import uvicorn
from starlette.responses import Response

from api.app import create_app
from api.gate import PREFIX
from api.keys import create_key
from graph.book.book import Book
from graph.store.base import View

CLIENTS = 50

#: The empty route: a key is looked at, nothing is asked.
EMPTY = f"{PREFIX}/empty"

#: Paths of the mix, drawn evenly; ``{}`` a company, ``{other}`` another, ``{name}`` a part of a name.
MIX = {
    "search": "/search?q={name}&limit=10",
    "file": "/entities/{}",
    "expansions": "/entities/{}/expansions",
    "neighbours": "/entities/{}/neighbours?limit=20",
    "records": "/entities/{}/records",
    "measures": "/entities/{}/measures",
    "paths": "/paths?from={}&to={other}&max_depth=3",
}


def serve(port: int) -> None:
    """The product's own application with the empty route beside its own."""
    app = create_app()

    @app.get(EMPTY)
    async def empty() -> Response:
        return Response("{}", media_type="application/json")

    uvicorn.Server(uvicorn.Config(app, port=port, access_log=False, log_level="warning")).run()


async def _client(
    port: int, requests: Sequence[tuple[str, bytes]], until: float, told: list[tuple[str, float, int]]
) -> None:
    """Ask one after the other over one connection until the time is over."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for name, request in requests:
        begin = time.perf_counter()
        if begin >= until:
            break
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        await reader.readexactly(length)
        told.append((name, time.perf_counter() - begin, int(head[9:12])))
    writer.close()


def _asked(paths: Sequence[tuple[str, str]], key: str) -> list[tuple[str, bytes]]:
    head = f"Host: x\r\nX-API-Key: {key}\r\nX-Purpose: bench\r\n\r\n"
    return [(name, f"GET {path} HTTP/1.1\r\n{head}".encode()) for name, path in paths]


def _run(port: int, paths: Sequence[tuple[str, str]], key: str, seconds: float) -> list[tuple[str, float, int]]:
    """Answers of all clients: name, seconds, status. Each client begins elsewhere in the list."""
    requests, told = _asked(paths, key), list[tuple[str, float, int]]()

    async def all_clients() -> None:
        until = time.perf_counter() + seconds
        step = len(requests) // CLIENTS
        turns = [requests[i * step :] + requests[: i * step] for i in range(CLIENTS)]
        await asyncio.gather(*(_client(port, turn * 50, until, told) for turn in turns))

    asyncio.run(all_clients())
    return told


def _resident(process: int) -> float:
    """Memory of a process, MiB."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _percentile(times: Sequence[float], part: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000


def measure(book: Book, sample: Sequence[str], seconds: float, rest: float) -> None:
    """Print a line a figure. ``sample``: ids of companies; ``rest``: seconds after which memory is looked at again."""
    view, rng = View(2, "2026-01-01", None, "2026-01-01"), random.Random(11)
    nodes = book.store.get(view, sample)
    names = [quote(node.name[3:6]) for node in nodes.values() if len(node.name) > 6]
    paths = [
        (name, PREFIX + text.format(quote(i), other=rng.choice(sample), name=rng.choice(names)))
        for i in sample
        for name, text in MIX.items()
    ]
    rng.shuffle(paths)
    key = create_key(book.home, "investigator")["key"]
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    environment = {**os.environ, "CREDITGRAPH_HOME": str(book.home.root), "CREDITGRAPH_RATE": "0"}
    process = subprocess.Popen([sys.executable, "-m", "bench.service", str(port)], env=environment)
    try:
        for _ in range(200):
            if process.poll() is not None:
                raise RuntimeError("the service did not start")
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        empties = [("empty", EMPTY)] * len(paths)
        _run(port, paths, key, 2)
        before = _resident(process.pid)
        empty = _run(port, empties, key, seconds / 2)
        mixed = _run(port, paths, key, seconds)
        empty += _run(port, empties, key, seconds / 2)
        busy = _resident(process.pid)
        _tell(mixed, empty, seconds)
        alone = _alone(port, book, view, sample, key)
        print(f"expansions alone: p95 {alone[0]:.2f} ms, store call {alone[1]:.2f} ms, ratio {alone[0] / alone[1]:.2f}")
        time.sleep(rest)
        print(
            f"memory: {before:.0f} MiB before, {busy:.0f} after, {_resident(process.pid):.0f} {rest:.0f} s later",
            flush=True,
        )
    finally:
        process.terminate()
        process.wait(timeout=20)


def _tell(mixed: list[tuple[str, float, int]], empty: list[tuple[str, float, int]], seconds: float) -> None:
    times = [took for _, took, _ in mixed]
    errors = Counter(status for _, _, status in mixed + empty if status != 200)
    p50, p99 = _percentile(times, 0.5), _percentile(times, 0.99)
    rate, bare = len(mixed) / seconds, len(empty) / seconds
    print(f"mixed reads {rate:.0f}/s, empty route {bare:.0f}/s, ratio {rate / bare:.3f}; errors {dict(errors)}")
    print(f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, p99/p50 {p99 / p50:.1f}")
    for name in MIX:
        own = [took for asked, took, _ in mixed if asked == name]
        median, worst = statistics.median(own) * 1000, _percentile(own, 0.99)
        print(f"  {name:<11} {len(own):>6} p50 {median:>8.1f} ms p99 {worst:>8.1f} ms")


def _alone(port: int, book: Book, view: View, sample: Sequence[str], key: str) -> tuple[float, float]:
    """p95 of /expansions by one client, and of the store call under it, ms."""
    requests = _asked([("expansions", f"{PREFIX}/entities/{i}/expansions") for i in sample], key)
    told: list[tuple[str, float, int]] = []
    asyncio.run(_client(port, requests, time.perf_counter() + 60, told))
    bare = []
    for node in sample:
        begin = time.perf_counter()
        book.store.counts(view, [node])
        bare.append(time.perf_counter() - begin)
    return _percentile([took for _, took, _ in told], 0.95), _percentile(bare, 0.95)


if __name__ == "__main__":
    serve(int(sys.argv[1]))

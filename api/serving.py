"""The commands of the service: ``serve``, ``demo``, ``key``, ``audit verify``."""

import argparse
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import uvicorn

from api.app import create_app
from api.audit import AuditLog
from api.auth import LEVELS, ROLES
from api.demo import tour
from api.entities import Unanswerable
from api.keys import create_key, demo_keys, list_keys, revoke_key
from graph.book.home import home_from_environment
from graph.store import server

Answer = tuple[Any, int]

#: Seconds that answers on their way have after SIGTERM.
_GRACE = 8


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(512)
    except (OSError, OverflowError) as error:
        made.close()
        told = getattr(error, "strerror", None) or "no such port"
        raise Unanswerable(400, "cannot listen", f"{host}:{port}: {told}") from None
    return made


@contextmanager
def listening(host: str, port: int) -> Iterator[tuple[socket.socket, str]]:
    """A bound socket and the address to tell; Unanswerable 400 when it cannot be had."""
    sock = _listening(host, port)
    try:
        yield sock, f"http://{f'[{host}]' if ':' in host else host}:{sock.getsockname()[1]}"
    finally:
        sock.close()


def answer_until_stopped(sock: socket.socket, told: str) -> None:
    """Answer over HTTP until SIGTERM or SIGINT; ``told`` is printed when either would be heard."""
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    logging.getLogger("creditgraph").setLevel(logging.INFO)
    config = uvicorn.Config(
        create_app(), access_log=False, log_level="warning", timeout_graceful_shutdown=_GRACE, server_header=False
    )
    # uvicorn raises the signal again once it has stopped; to be asked to end and to end is no failure.
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: sys.exit(0))
    print(told, flush=True)
    uvicorn.Server(config).run(sockets=[sock])


def serve_command(args: argparse.Namespace) -> Answer:
    """Answer over HTTP; the address is printed once calls are taken."""
    with listening(args.host, args.port) as (sock, address):
        answer_until_stopped(sock, address)
    return None, 0


def demo_command(args: argparse.Namespace) -> Answer:
    """Load the demo town on first use and take the tour; with ``--serve`` answer over HTTP then, with a key a role."""
    home = home_from_environment()
    home.root.mkdir(parents=True, exist_ok=True)
    with ExitStack() as kept:
        # First of all, so that a port in use is told before anything is loaded.
        found = kept.enter_context(listening("127.0.0.1", args.port)) if args.serve else None
        if args.store == "neo4j":
            if args.serve and server.status(home.root) is None:
                # Started for this service only, so it ends with it.
                kept.callback(server.stop, home.root)
            os.environ["CREDITGRAPH_STORE"] = server.start(home.root).uri
        body = tour(args.quiet)
        if found is None:
            return body, 0
        sock, address = found
        answer_until_stopped(sock, f"\n{address}\n\n{_told(demo_keys(home))}\n")
    return None, 0


def _told(keys: Mapping[str, str]) -> str:
    """The keys of the demo as lines: role, level of the view, whether it must say why, key."""
    lines = ["role           view        purpose  key"]
    for name, key in keys.items():
        role = ROLES[name]
        lines.append(f"{name:14} {LEVELS[role.level]:11} {'must' if role.purpose else 'may':8} {key}")
    return "\n".join(lines)


def key_command(args: argparse.Namespace) -> Answer:
    """Make a key and show it, this once; list the keys there are; take one back."""
    home = home_from_environment()
    if args.verb == "list":
        return {"total": len(rows := list_keys(home)), "next": None, "results": rows}, 0
    if args.verb == "revoke":
        return revoke_key(home, args.id or ""), 0
    return create_key(home, args.role or "", args.division or "", args.expires or "", args.body or ""), 0


def audit_command(args: argparse.Namespace) -> Answer:
    """Check the chain of the audit."""
    body = AuditLog(home_from_environment()).verify()
    return body, 0 if body["ok"] else 2

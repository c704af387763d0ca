"""The commands of the service: ``serve``, ``key create``, ``audit verify``."""

import argparse
import logging
import signal
import socket
import sys
from typing import Any

import uvicorn

from api.app import create_app
from api.audit import AuditLog
from api.entities import Unanswerable
from api.keys import create_key
from graph.book.home import home_from_environment

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


def serve_command(args: argparse.Namespace) -> Answer:
    """Answer over HTTP until SIGTERM or SIGINT; the address is printed once calls are taken."""
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    logging.getLogger("creditgraph").setLevel(logging.INFO)
    sock = _listening(args.host, args.port)
    host = f"[{args.host}]" if ":" in args.host else args.host
    app = create_app()
    config = uvicorn.Config(
        app, access_log=False, log_level="warning", timeout_graceful_shutdown=_GRACE, server_header=False
    )
    # uvicorn raises the signal again once it has stopped; to be asked to end and to end is no failure.
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: sys.exit(0))
    try:
        print(f"http://{host}:{sock.getsockname()[1]}", flush=True)
        uvicorn.Server(config).run(sockets=[sock])
    finally:
        sock.close()
    return None, 0


def key_command(args: argparse.Namespace) -> Answer:
    """Make a key and show it, this once."""
    return create_key(home_from_environment(), args.role, args.division or "", args.expires or ""), 0


def audit_command(args: argparse.Namespace) -> Answer:
    """Check the chain of the audit."""
    body = AuditLog(home_from_environment()).verify()
    return body, 0 if body["ok"] else 2

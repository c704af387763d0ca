"""``creditgraph``: the command line. Answers on standard output, everything else on standard error."""

import argparse
import json
import sqlite3
import sys
from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError

from api import commands as c
from api.entities import Unanswerable
from api.exporting import export_command
from api.text import render
from graph.book.decisions import Refused
from graph.book.home import Busy, home_from_environment
from graph.ledger.vault import WrongMasterKey
from graph.model.claims import type_names
from graph.store.errors import ForeignStore, StoreUnavailable
from graph.store.room import DISK_FULL, no_room
from graph.store.runtime import ServerError
from ingest.exchange.export import FORMATS
from ingest.masking import mask_cell
from ingest.problems import FileProblem


def _time(command: argparse.ArgumentParser, *, as_of: bool = True) -> None:
    if as_of:
        command.add_argument("--as-of", metavar="DATE", help="day of valid time, default today")
    command.add_argument("--known-at", metavar="SEQ|DATE", help="what was known then, default now")


def _add(sub: Any, name: str, run: c.Command, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = sub.add_parser(name, help=text, description=text)
    command.set_defaults(run=run, command=name)
    command.add_argument("--json", action="store_true", help="print the body as JSON")
    command.add_argument("--purpose", help="why this is asked")
    return command


def parser() -> argparse.ArgumentParser:
    """The argument parser with every command."""
    top = argparse.ArgumentParser(prog="creditgraph", description="A city's credit graph: records in, evidence out.")
    sub = top.add_subparsers(dest="command", required=True)
    _add(sub, "check-id", c.check_id_command, "check codes and numbers").add_argument("values", nargs="+")
    loading = _add(sub, "load", c.load_command, "load files of a source")
    loading.add_argument("source")
    loading.add_argument("files", nargs="+")
    loading.add_argument("--rejects", metavar="F", help="write refused rows here, to be corrected")
    _add(sub, "decide", c.decide_command, "record a decision by a person").add_argument("file")
    showing = _add(sub, "show", c.show_command, "what is known of a subject")
    showing.add_argument("id")
    showing.add_argument("--section", action="append")
    _time(showing)
    _add_path(sub)
    reaching = _add(sub, "reach", c.reach_command, "who is reached by law, and who is not")
    reaching.add_argument("id")
    _time(reaching)
    delta = _add(sub, "delta", c.delta_command, "what changed on a list")
    delta.add_argument("list")
    delta.add_argument("--since", type=int, required=True, metavar="SEQ")
    _time(delta, as_of=False)
    screening = _add(sub, "screen", c.screen_command, "screen a file against the lists")
    screening.add_argument("file")
    screening.add_argument("--out", required=True)
    _time(screening)
    _add_export(sub)
    _add(sub, "verify", c.verify_command, "check ledger and graph")
    _add(sub, "rebuild", c.rebuild_command, "make the graph anew from the ledger")
    _add(sub, "backup", c.backup_command, "write ledger and vault into one file").add_argument("file")
    _add(sub, "restore", c.restore_command, "restore a backup into an empty data home").add_argument("file")
    neo4j = _add(sub, "neo4j", c.neo4j_command, "the Neo4j of this data home")
    neo4j.add_argument("verb", choices=("start", "stop", "status"))
    neo4j.add_argument("--port", type=int, default=0)
    demo = _add(sub, "demo", c.demo_command, "load the demo town and take the tour")
    demo.add_argument("--store", choices=("sqlite", "neo4j"), default="sqlite")
    demo.add_argument("--quiet", action="store_true", help="one line per answer")
    return top


def _add_path(sub: Any) -> None:
    path = _add(sub, "path", c.path_command, "how two subjects are linked")
    path.add_argument("a")
    path.add_argument("b")
    path.add_argument("--max-depth", type=int, default=6, choices=range(1, 9))
    path.add_argument("--limit", type=int, default=20)
    path.add_argument("--cursor", type=int, default=0)
    path.add_argument("--relations")
    path.add_argument("--soft", action="store_true")
    path.add_argument("--rank")
    _time(path)


def _add_export(sub: Any) -> None:
    exporting = _add(sub, "export", export_command, "write what a reader of a level may see, for other programs")
    exporting.add_argument("--format", required=True, help=f"one of {', '.join(FORMATS)}")
    exporting.add_argument("--out", required=True, metavar="PATH", help="the file; for csv the folder")
    exporting.add_argument("--level", choices=tuple(type_names), default="restricted", help="default restricted")
    _time(exporting)


def _problem(error: Exception) -> dict[str, Any] | None:
    """The problem object of an error that a user can do something about."""
    if isinstance(error, Unanswerable):
        return error.body
    if isinstance(error, FileProblem):
        return {"status": 400, "title": error.code, "detail": error.message}
    if no_room(error, home_from_environment().root):
        return {"status": 507, "title": "disk full", "detail": f"{DISK_FULL} and repeat, nothing was written"}
    if isinstance(error, DBAPIError | sqlite3.Error):
        told = str(getattr(error, "orig", error))
        return {"status": 423 if "locked" in told else 500, "title": "database", "detail": mask_cell(told)}
    for kind, status, title in (
        (Refused, 400, "decision refused"),
        (Busy, 423, "data home busy"),
        (ForeignStore, 409, "store of another ledger"),
        (StoreUnavailable, 503, "store away"),
        (WrongMasterKey, 403, "wrong master key"),
        (ServerError, 503, "Neo4j"),
        (ValueError, 400, "bad value"),
        (OSError, 500, "file system"),
    ):
        if isinstance(error, kind):
            return {"status": status, "title": title, "detail": mask_cell(str(error))}
    return None


def _print(command: str, body: Any, as_json: bool) -> None:
    if command == "check-id":
        for line in body:
            print(json.dumps(line, ensure_ascii=False))
    elif as_json or ("status" in body and "title" in body):
        print(json.dumps(body, ensure_ascii=False))
    else:
        print(render(command, body))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 some rows refused, 2 unusable input or unknown ID."""
    args = parser().parse_args(arguments)
    try:
        body, code = args.run(args)
    except Exception as error:
        problem = _problem(error)
        if problem is None:
            raise
        body, code = problem, 2
        print(f"creditgraph: {problem['title']}: {problem['detail']}", file=sys.stderr)
    _print(args.command, body, args.json)
    return int(code)


if __name__ == "__main__":
    sys.exit(main())

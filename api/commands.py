"""The commands of ``creditgraph``: each takes its arguments and gives a body and an exit code."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from api import answers, keeping, paths
from api.cases.after import follow
from api.entities import Unanswerable, find
from api.progress import Progress
from api.screening import read_queries, screen
from api.show import Asked, show
from api.store import open_store
from graph.book.book import Book
from graph.book.home import home_from_environment
from graph.ledger.clock import today
from graph.model.ids import check_id
from graph.store import server
from graph.store.base import Node, Reader, View
from graph.store.room import DISK_FULL, no_room
from ingest.decide import decide
from ingest.load import load
from ingest.rejects import Refused, write_rejects

Answer = tuple[Any, int]


@contextmanager
def opened() -> Iterator[Book]:
    """The book of the data home; on standard error, whether the graph was behind the ledger."""
    book = Book(home_from_environment(), open_store)
    try:
        with Progress(sys.stderr) as book.tell:
            yield book
        if book.behind:
            print(f"creditgraph: {book.behind}", file=sys.stderr)
    finally:
        book.close()


def asked_day(text: str | None) -> str:
    """The day of ``--as-of``, today when none is given. Unanswerable 400."""
    try:
        return date.fromisoformat(text).isoformat() if text else today()
    except ValueError:
        raise Unanswerable(400, "bad date", "--as-of: expected YYYY-MM-DD") from None


@contextmanager
def unreadable_time() -> Iterator[None]:
    """Turn the ValueError of a bad ``--known-at`` into Unanswerable 400."""
    try:
        yield
    except ValueError:
        raise Unanswerable(400, "bad --known-at", "expected a sequence or YYYY-MM-DD") from None


def view_of(book: Book, args: argparse.Namespace) -> tuple[Reader, View]:
    """The reader and view of ``--as-of`` and ``--known-at``. Unanswerable 400."""
    day = asked_day(getattr(args, "as_of", None))
    with unreadable_time():
        return book.view(as_of=day, known_at=args.known_at)


def _stdin() -> str:
    return sys.stdin.readline().strip()


def find_asked(book: Book, reader: Reader, view: View, asked: str) -> tuple[Node, str | None]:
    """The subject of an ID, ``-`` = the ID number on standard input. Unanswerable 404, 409, 410."""
    return find(book, reader, view, asked, _stdin() if asked == "-" else None)


def check_id_command(args: argparse.Namespace) -> Answer:
    """A line of JSON per value."""
    found = [check_id(value) for value in args.values]
    return [check.as_json() for check in found], int(not all(check.valid for check in found))


def load_command(args: argparse.Namespace) -> Answer:
    """Load files of a source."""
    refused: list[Refused] = []
    files = [Path(name) for name in args.files]
    for path in files:
        if not path.is_file():
            raise Unanswerable(400, "no such file", f"{path.name}: expected a file that can be read")
    rejects = Path(args.rejects).absolute() if args.rejects else None
    if rejects and (rejects.is_dir() or not rejects.parent.is_dir()):
        raise Unanswerable(400, "no such folder", "--rejects: expected the name of a file in a folder that is there")
    with opened() as book:
        receipt = load(book, args.source, files, refused)
        _tell(follow(book))
        if book.behind:
            receipt.warnings.append(book.behind)
    if rejects:
        receipt.warnings += _write_rejects(rejects, refused)
    body = receipt.as_json()
    if receipt.exit_code == 2:
        first = receipt.errors[0]
        body |= {"status": 400, "title": first["code"], "detail": f"{first['file']}: {first['message']}"}
    return body, receipt.exit_code


def _write_rejects(path: Path, refused: list[Refused]) -> list[str]:
    """Write the refused rows; when that fails the batch is recorded all the same, and the receipt must say so."""
    try:
        write_rejects(path, refused)
    except OSError as error:
        why = DISK_FULL if no_room(error, path.parent) else error.strerror
        told = f"{path.name} was not written ({why}); the batch is recorded: load the files again for the refused rows"
        print(f"creditgraph: {told}", file=sys.stderr)
        return [told]
    return []


def decide_command(args: argparse.Namespace) -> Answer:
    """Record a decision by a person."""
    try:
        document = json.loads(Path(args.file).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Unanswerable(400, "unreadable decision", f"{Path(args.file).name}: {type(error).__name__}") from None
    with opened() as book:
        body = decide(book, document)
        _tell(follow(book))
    return body, 0


def _tell(text: str) -> None:
    """Say what followed from a command; its body is its own."""
    if text:
        print(f"creditgraph: {text}", file=sys.stderr)


def show_command(args: argparse.Namespace) -> Answer:
    """What is known of a subject."""
    with opened() as book:
        reader, view = view_of(book, args)
        node, merged_from = find_asked(book, reader, view, args.id)
        return show(Asked(book, reader, view, node, merged_from), args.section or ()), 0


def path_command(args: argparse.Namespace) -> Answer:
    """How two subjects are linked."""
    with opened() as book:
        reader, view = view_of(book, args)
        ends = (find_asked(book, reader, view, args.a)[0], find_asked(book, reader, view, args.b)[0])
        relations = args.relations.split(",") if args.relations else None
        way = paths.Way(args.max_depth, args.limit, args.cursor, relations, args.rank, args.soft, args.ever)
        return paths.path_body(book, reader, view, ends, way, paths.indexed_anew(reader)), 0


def reach_command(args: argparse.Namespace) -> Answer:
    """Who is reached by law, and who is not."""
    with opened() as book:
        reader, view = view_of(book, args)
        return answers.reach_body(book, reader, view, find_asked(book, reader, view, args.id)[0]), 0


def delta_command(args: argparse.Namespace) -> Answer:
    """What changed on a list."""
    with opened() as book:
        _, view = view_of(book, args)
        return answers.delta_body(book, view, args.list, args.since), 0


def screen_command(args: argparse.Namespace) -> Answer:
    """Screen a file against the lists."""
    with opened() as book:
        reader, view = view_of(book, args)
        try:
            count = screen(book, reader, view, read_queries(Path(args.file)), Path(args.out))
        except (OSError, ValueError) as error:
            if no_room(error, Path(args.out).absolute().parent):
                raise
            raise Unanswerable(400, "unreadable query file", f"{Path(args.file).name}: {error}") from None
    return {"rows": count, "out": Path(args.out).name}, 0


def verify_command(args: argparse.Namespace) -> Answer:
    """Check ledger, graph and their agreement."""
    with opened() as book:
        body = keeping.verify(book)
    return body, 0 if body["ok"] else 2


def rebuild_command(args: argparse.Namespace) -> Answer:
    """Make the graph anew from the ledger."""
    with opened() as book:
        state = book.rebuild()
        if state is None:
            told = f"the graph could not be made anew and is made by the next command that can: {book.lag.reason}"
            raise Unanswerable(507 if DISK_FULL in book.lag.reason else 503, "store away", told)
    return {"seq": state.seq, "digest": state.digest}, 0


def backup_command(args: argparse.Namespace) -> Answer:
    """Write a backup."""
    with opened() as book:
        return keeping.backup(book.home, Path(args.file), book.tell), 0


def restore_command(args: argparse.Namespace) -> Answer:
    """Restore a backup into an empty data home."""
    try:
        return keeping.restore(home_from_environment(), Path(args.file)), 0
    except FileExistsError as error:
        raise Unanswerable(409, "not empty", str(error)) from None


def neo4j_command(args: argparse.Namespace) -> Answer:
    """Start, stop or look at the Neo4j of this data home."""
    home = home_from_environment().root
    if args.verb == "start":
        home.mkdir(parents=True, exist_ok=True)
        info = server.start(home, port=args.port)
    elif args.verb == "stop":
        return {"stopped": server.stop(home)}, 0
    else:
        found = server.status(home)
        if found is None:
            return {"running": False}, 3
        info = found
    return {key: asdict(info)[key] for key in ("uri", "user", "password")}, 0


Command = Callable[[argparse.Namespace], Answer]

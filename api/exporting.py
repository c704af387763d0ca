"""``creditgraph export``: a view of the book for other programs."""

import argparse
from pathlib import Path

from api.commands import Answer, asked_day, opened, unreadable_time
from api.entities import Unanswerable
from graph.book.book import Book
from graph.model.claims import type_names
from graph.store.base import Reader, View
from ingest.exchange.export import FORMATS, NOT_BUILT, export
from ingest.exchange.picture import Picture

#: In place of a day of valid time: everything that is or was.
ALL_TIMES = "all"


def view_of(book: Book, *, level: str, as_of: str | None, known_at: str | int | None) -> tuple[Reader, View]:
    """A reader and its view; ``level`` by name, ``as_of`` a day, ``all``, or None for today. Unanswerable 400."""
    day = None if as_of == ALL_TIMES else asked_day(as_of)
    with unreadable_time():
        return book.view(as_of=day, known_at=known_at, level=type_names[level])


def _place(form: str, out: Path) -> Path:
    """Where the export goes. Unanswerable 501 for what is not built, 400 for an unknown format or an unfit place."""
    if form in NOT_BUILT:
        raise Unanswerable(501, "not built yet", f"--format {form} comes later; built are {', '.join(FORMATS)}")
    if form not in FORMATS:
        raise Unanswerable(400, "unknown format", f"--format: expected one of {', '.join(FORMATS)}")
    fits = not out.exists() or out.is_dir() if form == "csv" else not out.is_dir()
    if not (fits and out.parent.is_dir()):
        kind = "a folder" if form == "csv" else "a file"
        raise Unanswerable(400, "unfit --out", f"--out: expected the name of {kind} in a folder that is there")
    return out


def export_command(args: argparse.Namespace) -> Answer:
    """Write what a reader of a level may see into a file or folder."""
    out = _place(args.format, Path(args.out).absolute())
    with opened() as book:
        reader, view = view_of(book, level=args.level, as_of=args.as_of, known_at=args.known_at)
        nodes, edges = export(Picture(book, reader, view), args.format, out)
        told = {"format": args.format, "out": out.name, "level": args.level, "nodes": nodes, "edges": edges}
        return told | {"as_of": view.as_of, "known_at": book.seq(view), "truncated": False}, 0

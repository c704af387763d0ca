"""The demo: a composed town loaded once, then a tour through the real commands."""

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from api.entities import Unanswerable
from api.text import render
from graph.book.home import Home, home_from_environment
from ingest.demo.town import LOAD_ORDER, Town, write_town
from ingest.load import load


def _load_once(town: Town, loaded: Path) -> list[dict[str, Any]]:
    """Load the files in their order, unless ``loaded`` says that this was done to its end; the receipts."""
    from api.commands import opened

    with opened() as book:
        if book.ledger.head()[0] and loaded.exists():
            return []
        receipts = []
        for source, pattern in LOAD_ORDER:
            paths = sorted(town.folder.glob(pattern))
            receipts.append(load(book, source, paths).as_json())
            print(f"  {source}: {receipts[-1]['input']} rows", file=sys.stderr)
        loaded.touch()
        return receipts


def _written(home: Home) -> Town:
    """The town as files in a data home; Unanswerable 409 where other data lies, which demo keys must not open."""
    folder = home.root / "demo"
    if home.ledger.exists() and not folder.exists():
        told = "this data home holds other data than the demo town; set CREDITGRAPH_HOME to an empty folder"
        raise Unanswerable(409, "not the demo", told)
    return write_town(folder)


def tour(quiet: bool) -> dict[str, Any]:
    """Write the town, load it on first use, ask the questions of the tour through the command line."""
    from api.cli import main

    town = _written(home_from_environment())
    receipts = _load_once(town, town.folder / ".loaded")
    for receipt in receipts:
        print(render("load", receipt))
    failed = []
    for line in town.lines:
        print(f"\n— {line.say}\n$ creditgraph {' '.join(line.argv)}")
        out, stdin = io.StringIO(), sys.stdin
        sys.stdin = io.StringIO((line.input or "") + "\n")
        try:
            with redirect_stdout(out):
                code = main(list(line.argv))
        finally:
            sys.stdin = stdin
        text = out.getvalue().rstrip()
        print(text if not quiet else text.splitlines()[0] if text else "")
        if code == 1 or (code == 2 and '"status"' not in text and "status:" not in text):
            failed.append(line.argv[0])
    return {"company": town.company, "related": town.related, "failed": failed}

"""``creditgraph what-if``: a question on the command line; nothing is stored."""

import argparse
from typing import Any

from api.commands import find_asked, opened, view_of
from api.entities import entity
from api.ownership.owned import Owned
from api.ownership.whatif import change_of, what_if_body


def what_if_command(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """Shares and control if some holdings were not, and others were."""
    with opened() as book:
        reader, view = view_of(book, args)
        node, _ = find_asked(book, reader, view, args.id)
        names = ("owner", "owned", "pct")
        body: dict[str, Any] = {
            "without": args.without,
            "with": [dict(zip(names, row, strict=True)) for row in args.added],
        }
        change = change_of(body, lambda asked: find_asked(book, reader, view, asked)[0])
        owned = Owned(book, reader, view, node)
        told = what_if_body(owned, change) | {"entity": entity(node), "as_of": view.as_of, "known_at": book.seq(view)}
        return told | {"truncated": owned.excerpt.truncated, "explored": owned.excerpt.explored}, 0

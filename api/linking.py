"""``creditgraph links`` and the subjects of a group: who of many is meant by a line, and what lines name nobody."""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from api.commands import Answer, opened, view_of
from api.entities import Unanswerable, find
from api.paths import Seen, indexed_anew, links_body
from graph.model.ids import check_id
from graph.store.base import Node, Reader, View

#: Subjects of one group at most, lines that name nobody counted in.
GROUP = 500

#: Longest line that is looked up.
_LENGTH = 200

Finder = Callable[[str], tuple[Node, str | None]]


def told_by_code(reader: Reader, view: View, text: str) -> Node | None:
    """The unit of an organisation code, which a screened file may hold too; other codes a finder knows."""
    found = check_id(text)
    return reader.by_key(view, f"org:{found.normalised}") if found.kind == "org_code" and found.valid else None


def group_of(lines: Iterable[str], reader: Reader, view: View, look: Finder) -> tuple[list[Node], list[dict[str, Any]]]:
    """The subjects that lines name, each once, and the lines that name nobody: ``{"line", "status", "title"}``.

    A line is an internal id, a code or an exact name; empty lines are none. An ID number is asked on standard input
    of ``show`` and its id given here; no message repeats a line. Unanswerable 413 for more than :data:`GROUP`.
    """
    nodes: dict[str, Node] = {}
    unresolved: list[dict[str, Any]] = []
    given = [(number, text) for number, line in enumerate(lines, 1) if (text := line.strip())]
    if len(given) > GROUP:
        raise Unanswerable(413, "too many subjects", f"at most {GROUP} subjects in a group")
    for number, text in given:
        try:
            if check_id(text).kind == "id_card":
                raise Unanswerable(400, "ID number in a group", "ask by the id that show prints")
            if text == "-" or len(text) > _LENGTH:
                raise Unanswerable(404, "unknown subject", "expected an id, a code or a name")
            node = told_by_code(reader, view, text) or look(text)[0]
            nodes[node.id] = node
        except Unanswerable as error:
            unresolved.append({"line": number, "status": error.body["status"], "title": error.body["title"]})
    return list(nodes.values()), unresolved


def links_command(args: argparse.Namespace) -> Answer:
    """All pairs of the subjects of a file that few hard links join."""
    try:
        lines = Path(args.file).read_text("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise Unanswerable(400, "unreadable file", f"{Path(args.file).name}: {type(error).__name__}") from None
    with opened() as book:
        reader, view = view_of(book, args)
        group, unresolved = group_of(lines, reader, view, lambda text: find(book, reader, view, text))
        edges = book.all_times(view) if args.ever else view
        seen = Seen(book, reader, view, edges, indexed_anew(reader))
        body = links_body(seen, group, max_depth=args.max_depth, limit=args.limit, offset=args.cursor)
        return body | {"ever": args.ever, "unresolved": unresolved}, int(bool(unresolved))

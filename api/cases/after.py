"""What a batch or a decision brings about in cases, told in one line."""

from dataclasses import asdict

from api.cases.text import synced_line
from graph.book.book import Book
from graph.measures.cases.sync import follow_changes


def follow(book: Book) -> str:
    """Let cases follow what was just written: ``cases: 3 proposed, 1 ended``; "" when nothing came of it.

    Cases that were never begun stay so. What is too much for now, the next ``cases sync`` does.
    """
    done = follow_changes(book)
    return synced_line(asdict(done)) if done and done.steps else ""

"""The command that searches inside documents: the body of the operation of the service."""

import argparse

from api.asking import Question
from api.commands import Answer, find_asked, opened, view_of
from api.documents import Filters, documents_body


def documents_command(args: argparse.Namespace) -> Answer:
    """Documents by the words in them. ``--party -`` reads an ID number from standard input."""
    with opened() as book:
        reader, view = view_of(book, args)
        party = find_asked(book, reader, view, args.party)[0].id if args.party else ""
        filters = Filters(args.court, args.cause, args.doc_type, args.start, args.to, party, args.role)
        question = Question(book, reader, view)
        return documents_body(question, " ".join(args.words), filters, args.limit, args.cursor), 0

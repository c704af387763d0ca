"""The arguments of ``creditgraph cases``."""

import argparse

#: Verbs of ``cases`` that write.
WRITING = ("sync", "act", "apply")


def add_options(command: argparse.ArgumentParser) -> None:
    """Verbs and options; which verb needs what, the command checks."""
    command.add_argument("verb", choices=("sync", "list", "show", "act", "apply", "tasks", "paper"))
    command.add_argument("id", nargs="?", metavar="CASE", help="of show, act and paper; of apply: repair or objection")
    command.add_argument(
        "transition", nargs="?", help="of act: the step, show tells which; of paper: notice, decision or release"
    )
    command.add_argument("--everybody", action="store_true", help="of sync: ask for all, not for what has changed")
    for name in ("state", "kind", "measure", "subject"):
        command.add_argument(f"--{name}", default="", help="of list; --subject of apply too")
    command.add_argument("--record", default="", metavar="RECORD", help="of apply: its id, or its document number")
    command.add_argument("--ground", default="", help="of apply: why; of an objection one of the grounds of its form")
    told = "of act and apply: any other field, such as commitment=…; papers are named only"
    command.add_argument("--field", action="append", default=[], metavar="NAME=TEXT", help=told)
    command.add_argument("--body", default="", metavar="WORD", help="whose cases; of act: the body that has decided")
    command.add_argument("--overdue", action="store_true", help="of list: past their day")
    command.add_argument("--limit", type=int, default=50)
    command.add_argument("--cursor", help="the next of the page before")
    command.add_argument("--reason")
    command.add_argument("--document-no", metavar="N")
    command.add_argument("--on", metavar="DATE", help="of act: the day that the step asks for")
    command.add_argument("--effect", help="of act report: what came of it")
    command.add_argument(
        "--by", default="", metavar="NAME", help="of act: who enters it, where two persons must differ"
    )
    command.add_argument("--out", metavar="FILE", help="of tasks: CSV of what a body has to do; of paper: a .docx")

"""``creditgraph``: the command line. Answers on standard output, everything else on standard error."""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from api import commands as c
from api.auditing import audit_cli
from api.casefile import ownership_command
from api.cases.options import WRITING, add_options
from api.checking import certificate_command, check_command
from api.exporting import export_command
from api.extracting import extract_command
from api.paths import RANKS
from api.problems import problem_of
from api.rules import add_rules, rules_command
from api.text import render
from graph.model.claims import type_names
from ingest.exchange.export import FORMATS


def _time(command: argparse.ArgumentParser, *, as_of: bool = True) -> None:
    if as_of:
        command.add_argument("--as-of", metavar="DATE", help="day of valid time, default today")
    command.add_argument("--known-at", metavar="SEQ|DATE", help="what was known then, default now")


def _late(name: str, module: str = "api.serving") -> c.Command:
    """A command of the service, whose libraries are loaded only when it is asked for."""

    def run(args: argparse.Namespace) -> c.Answer:
        command: c.Command = getattr(import_module(module), name)
        return command(args)

    return run


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
    _add_documents(sub)
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
    _add_review(sub)
    about = "cases of measures: let them follow the graph, list, show, enter a step, write the tasks of a body"
    add_options(_add(sub, "cases", _late("cases_command", "api.cases.command"), about))
    extracting = _add(sub, "extract", extract_command, "write the facts of judgments as JSON; opens no data home")
    extracting.add_argument("files", nargs="+", metavar="FILE", help="a .txt, .docx, .html or .pdf of one judgment")
    extracting.add_argument("--out", required=True, metavar="DIR", help="the folder for one JSON file each")
    owning = _add(sub, "ownership", ownership_command, "shares, control and owners of a case file; opens no data home")
    owning.add_argument("file", metavar="CASE.json")
    owning.add_argument("--as-of", metavar="DATE", help="the day asked, instead of that of the file")
    asking = _add(
        sub, "what-if", _late("what_if_command", "api.ownership.asking"), "shares if some holdings were other"
    )
    asking.add_argument("id")
    asking.add_argument("--without", action="append", default=[], metavar="EDGE", help="a holding that were not")
    asking.add_argument("--with", dest="added", action="append", nargs=3, default=[], metavar=("OWNER", "OWNED", "PCT"))
    _time(asking)
    all_owners = _add(
        sub, "owners", _late("owners_command", "api.ownership.citywide"), "beneficial owners of every company"
    )
    all_owners.add_argument("--out", required=True, metavar="FILE", help="CSV, or .jsonl")
    all_owners.add_argument("--rule", metavar="ID", help="a rule set, instead of the one in force on the day")
    _time(all_owners)
    _add_check(sub)
    ruling = _add(sub, "rules", rules_command, "a row of the catalogue of measures; a changed one compared, or tried")
    add_rules(ruling)
    _time(ruling)
    _add(sub, "verify", c.verify_command, "check ledger and graph")
    _add(sub, "rebuild", c.rebuild_command, "make the graph anew from the ledger")
    _add(sub, "backup", c.backup_command, "write ledger and vault into one file").add_argument("file")
    _add(sub, "restore", c.restore_command, "restore a backup into an empty data home").add_argument("file")
    neo4j = _add(sub, "neo4j", c.neo4j_command, "the Neo4j of this data home")
    neo4j.add_argument("verb", choices=("start", "stop", "status"))
    neo4j.add_argument("--port", type=int, default=0)
    serving = _add(sub, "serve", _late("serve_command"), "answer over HTTP")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8000, help="0 = any free one")
    key = _add(sub, "key", _late("key_command"), "the keys of the service")
    key.add_argument("verb", choices=("create", "list", "revoke"))
    key.add_argument("id", nargs="?", help="of the key to revoke")
    key.add_argument("--role", help="of a new key")
    key.add_argument("--division", help="code of the division whose key it is")
    key.add_argument("--body", metavar="WORD", help="for which body its holder acts, a word of the catalogue: 人社局")
    key.add_argument("--expires", metavar="DATE", help="first day on which the key no longer opens anything")
    _add(sub, "audit", _late("audit_command"), "check the chain of the audit").add_argument("verb", choices=("verify",))
    demo = _add(sub, "demo", _late("demo_command"), "load the demo town and take the tour")
    demo.add_argument("--store", choices=("sqlite", "neo4j"), default="sqlite")
    demo.add_argument("--serve", action="store_true", help="then answer over HTTP and print a key for each role")
    demo.add_argument("--port", type=int, default=8000, help="of --serve; 0 = any free one")
    demo.add_argument("--quiet", action="store_true", help="one line per answer")
    return top


def _add_check(sub: Any) -> None:
    checking = _add(sub, "check", check_command, "which measures bind a decision of a --purpose on a subject")
    checking.add_argument("id")
    checking.add_argument("--certificate", metavar="FILE", help="keep the answer and write its certificate")
    _time(checking)
    certifying = _add(
        sub, "certificate", certificate_command, "certificates of checks: their key, verify one, ask its question again"
    )
    certifying.add_argument("verb", choices=("key", "verify", "rerun"))
    certifying.add_argument("file", nargs="?")
    certifying.add_argument("--public-key", metavar="FILE|HEX", help="of whoever should have signed")


def _add_path(sub: Any) -> None:
    path = _add(sub, "path", c.path_command, "how two subjects are linked")
    path.add_argument("a")
    path.add_argument("b")
    path.add_argument("--max-depth", type=int, choices=range(1, 9), help="hops; default 6, by evidence any number")
    path.add_argument("--limit", type=int, default=20)
    path.add_argument("--cursor", type=int, default=0)
    path.add_argument("--relations")
    path.add_argument("--soft", action="store_true", help="shared addresses and agents too, listed last")
    path.add_argument("--rank", choices=RANKS, default="hops", help="by hops or by strength of evidence")
    path.add_argument("--ever", action="store_true", help="edges of all times, each with its dates")
    _time(path)
    links = _add(sub, "links", _late("links_command", "api.linking"), "who of many subjects is linked with whom")
    links.add_argument("file", help="an id, a code or an exact name a line; no ID number")
    links.add_argument("--max-depth", type=int, default=3, choices=range(1, 7), help="hops")
    links.add_argument("--limit", type=int, default=200)
    links.add_argument("--cursor", type=int, default=0)
    links.add_argument("--ever", action="store_true", help="edges of all times")
    _time(links)


def _add_documents(sub: Any) -> None:
    search = _add(sub, "documents", _late("documents_command", "api.searching"), "documents by the words in them")
    search.add_argument("words", nargs="+", help="all of which must be there; a phrase in “”")
    for name in ("court", "cause", "doc-type"):
        search.add_argument(f"--{name}", default="", help="the whole or a part")
    search.add_argument("--from", dest="start", default="", metavar="DATE", help="of the document, included")
    search.add_argument("--to", default="", metavar="DATE", help="of the document, included")
    search.add_argument("--party", default="", metavar="ID", help="a party of its case")
    search.add_argument("--role", default="", help="of the party in the case, such as 被告")
    search.add_argument("--limit", type=int, default=20, choices=range(1, 101), metavar="1..100")
    search.add_argument("--cursor", help="the next of an earlier answer")
    _time(search)


def _add_export(sub: Any) -> None:
    exporting = _add(sub, "export", export_command, "write what a reader of a level may see, for other programs")
    exporting.add_argument("--format", required=True, help=f"one of {', '.join(FORMATS)}")
    exporting.add_argument("--out", required=True, metavar="PATH", help="the file; for csv the folder")
    exporting.add_argument("--level", choices=tuple(type_names), default="restricted", help="default restricted")
    _time(exporting)


def _add_review(sub: Any) -> None:
    about = "facts that a reader of texts was not sure of: list, show, decide, export"
    reviewing = _add(sub, "review", _late("review_command", "api.reviewing"), about)
    reviewing.add_argument("verb", choices=("list", "show", *_DECIDING, "export"))
    reviewing.add_argument("id", nargs="?", help="of the fact, as the list prints it")
    reviewing.add_argument("file", nargs="?", help="of correct: JSON with what should read otherwise")
    reviewing.add_argument("--limit", type=int, default=50)
    reviewing.add_argument("--cursor", help="the next of the page before")
    reviewing.add_argument("--by", metavar="NAME", help="who decides")
    reviewing.add_argument("--reason")
    reviewing.add_argument("--basis")
    reviewing.add_argument("--out", metavar="FILE", help="of export: JSON lines, training data")


def _print(command: str, body: Any, as_json: bool) -> None:
    if command == "check-id":
        for line in body:
            print(json.dumps(line, ensure_ascii=False))
    elif as_json or command == "ownership" or ("status" in body and "title" in body):
        print(json.dumps(body, ensure_ascii=False))
    else:
        print(render(command, body))


#: Verbs of ``review`` that write.
_DECIDING = ("accept", "correct", "refuse", "undo")

#: Verbs of any command that write.
_WRITES = (*_DECIDING, *WRITING)


def _audited(args: argparse.Namespace, body: Any, code: int) -> tuple[Any, int]:
    """The answer once its row is in the audit. What was read is kept back without one; what was written is told."""
    try:
        audit_cli(args, body, code)
    except OSError as error:
        told = f"the audit row could not be written: {type(error).__name__}"
        print(f"creditgraph: {told}", file=sys.stderr)
        wrote = args.command in ("load", "decide", "backup", "restore") or getattr(args, "verb", "") in _WRITES
        wrote = wrote or bool(getattr(args, "certificate", None))
        if code != 2 and not wrote:
            return {"status": 507, "title": "audit away", "detail": f"no answer without its row; {told}"}, 2
    return body, code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 some rows refused, 2 unusable input or unknown ID."""
    args = parser().parse_args(arguments)
    try:
        body, code = args.run(args)
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            raise
        body, code = problem, 2
        print(f"creditgraph: {problem['title']}: {problem['detail']}", file=sys.stderr)
    body, code = _audited(args, body, int(code))
    if body is not None:
        _print(args.command, body, args.json)
    return int(code)


if __name__ == "__main__":
    sys.exit(main())

"""The audit rows of the command line."""

import argparse
from typing import Any

from api.audit import AuditLog, query_hash, row_of
from api.auth import Caller, tidy_purpose
from graph.book.home import home_from_environment

#: Commands that show persons or records, or write.
_READS = frozenset({"show", "documents", "path", "links", "reach", "delta", "screen", "what-if", "owners", "check"})
_AUDITED = _READS | {"load", "decide", "review", "cases", "backup", "restore", "key"}

#: Arguments that are no part of the question.
_NOT_ASKED = frozenset({"run", "command", "json", "purpose"})


def _is_audited(args: argparse.Namespace) -> bool:
    """Of the verbs of ``certificate`` and ``rules`` one opens a data home."""
    opens = (("certificate", "rerun"), ("rules", "simulate"))
    return args.command in _AUDITED or (args.command, getattr(args, "verb", "")) in opens


def audit_cli(args: argparse.Namespace, body: Any, code: int) -> None:
    """The audit row of a command, written before its answer is printed; OSError when it cannot be written."""
    if not _is_audited(args):
        return
    caller = Caller("cli", "operator", purpose=tidy_purpose(args.purpose or ""))
    asked = {name: value for name, value in vars(args).items() if name not in _NOT_ASKED}
    seq = body.get("known_at") if isinstance(body, dict) else None
    action = f"CLI {args.command} {args.verb}" if args.command in ("review", "cases") else f"CLI {args.command}"
    row = row_of(caller, action, query_hash(args.command, asked), seq, body, code)
    AuditLog(home_from_environment()).append([row])

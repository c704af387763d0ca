"""Rows in which a code holds letters that no unified code has: held as they would read, until a person confirms it.

The suggestion is never applied by itself: such a row has another content than
the row with the right code, and no effect before its release.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from graph.ledger.vault import content_hash
from ingest.recorder import Row
from ingest.schema import Canonical

CODE = "uscc_suggestion"


def put_in_doubt(row: Row, found: Canonical) -> Row:
    """The row to be held when codes of it are in doubt; else the row itself.

    ``then``: what would hold the row even with the suggested codes.
    """
    if found.doubt is None:
        return row
    extra: dict[str, Any] = {"suggested": list(found.suggested), "content": row.sealed.content}
    if row.problem:
        extra["then"] = row.problem.code
    sealed = row.sealed._replace(content=content_hash(row.sealed.content, CODE))
    return replace(row, sealed=sealed, problem=found.doubt, extra=extra)


def unconfirmed(extra: Mapping[str, Any], keys: Collection[str]) -> str | None:
    """Why these keys do not confirm the codes of a held row; None when they do."""
    wanted = [f"uscc:{code}" for code in dict.fromkeys(extra["suggested"])]
    if set(keys) == set(wanted):
        return None
    told = ", ".join(wanted)
    return f"keys: a row held for {CODE} is released by confirming exactly {told}; another code its sender corrects"

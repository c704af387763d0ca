"""Errors that somebody can do something about, as problem objects: the same for command line and HTTP."""

import sqlite3
from typing import Any

from sqlalchemy.exc import DBAPIError

from api.entities import Unanswerable
from graph.book.decisions import Refused
from graph.book.home import Busy, home_from_environment
from graph.ledger.vault import WrongMasterKey
from graph.measures.cases.acts import Unknown as UnknownCase
from graph.measures.cases.machine import NotAllowed
from graph.store.errors import ForeignStore, StoreUnavailable
from graph.store.room import DISK_FULL, no_room
from graph.store.runtime import ServerError
from ingest.masking import mask_cell
from ingest.problems import FileProblem
from ingest.reviews import Settled, Unknown


def problem_of(error: Exception) -> dict[str, Any] | None:
    """``{"status", "title", "detail"}`` of an error that a user can do something about; None for any other."""
    if isinstance(error, Unanswerable):
        return error.body
    if isinstance(error, FileProblem):
        return {"status": 400, "title": error.code, "detail": error.message}
    if isinstance(error, NotAllowed):
        status = 403 if error.code == "wrong_body" else 409
        return {"status": status, "title": "not allowed now", "detail": mask_cell(str(error)), "code": error.code}
    if no_room(error, home_from_environment().root):
        return {"status": 507, "title": "disk full", "detail": f"{DISK_FULL} and repeat, nothing was written"}
    if isinstance(error, DBAPIError | sqlite3.Error):
        told = str(getattr(error, "orig", error))
        return {"status": 423 if "locked" in told else 500, "title": "database", "detail": mask_cell(told)}
    for kind, status, title in (
        (Unknown, 404, "unknown fact"),
        (UnknownCase, 404, "unknown case"),
        (Settled, 409, "not waiting"),
        (Refused, 400, "decision refused"),
        (Busy, 423, "data home busy"),
        (ForeignStore, 409, "store of another ledger"),
        (StoreUnavailable, 503, "store away"),
        (WrongMasterKey, 403, "wrong master key"),
        (ServerError, 503, "Neo4j"),
        (ValueError, 400, "bad value"),
        (OSError, 500, "file system"),
    ):
        if isinstance(error, kind):
            return {"status": status, "title": title, "detail": mask_cell(str(error))}
    return None

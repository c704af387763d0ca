"""A file that cannot grow: a full disk, a quota, a limit of the process; told apart from every other error."""

import errno
import os
import resource
import sqlite3
import tempfile
from pathlib import Path

#: What is said of it, whatever file it was.
DISK_FULL = "the disk is full; make room"

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

#: Bytes that a file must still be able to grow by.
_SPARE = 1 << 16


def no_room(error: BaseException, folder: Path) -> bool:
    """Whether an error, of the system, of SQLite or of SQLAlchemy, says that a file in ``folder`` cannot grow.

    SQLite calls only some of them full; the others are I/O errors, so the folder itself is tried.
    """
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    original = getattr(error, "orig", error)
    if not isinstance(original, sqlite3.Error):
        return False
    name = getattr(original, "sqlite_errorname", "")
    return name == "SQLITE_FULL" or (name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) and not _can_grow(folder))


def _can_grow(folder: Path) -> bool:
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    if limit != resource.RLIM_INFINITY:
        sizes = (path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if max(sizes, default=0) + _SPARE > limit:
            return False
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_SPARE))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return error.errno not in _NO_ROOM
    return True

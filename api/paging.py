"""Keyset pages: a cursor is the key of the last row sent, so rows that come in between move nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from api.entities import Unanswerable

T = TypeVar("T")

#: Largest number of a cursor; a sequence is far below it.
_LARGEST = 2**53


def cursor_of(key: Sequence[Any]) -> str:
    """The cursor of a key of texts and numbers."""
    return base64.urlsafe_b64encode(json.dumps(list(key), ensure_ascii=False).encode()).decode().rstrip("=")


def key_of(cursor: str, like: Sequence[type]) -> list[Any]:
    """The key of a cursor, of these types; Unanswerable 400 when it is none of ours."""
    key: Any
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        key = None
    fits = isinstance(key, list) and [type(part) for part in key] == list(like)
    if not fits or any(isinstance(part, int) and abs(part) > _LARGEST for part in key):
        raise Unanswerable(400, "bad cursor", "cursor: expected the next of an earlier answer")
    return list(key)


def offset_of(cursor: str | None) -> int:
    """The place that a cursor of one number means, 0 without one; Unanswerable 400 when it is none of ours."""
    offset = int(key_of(cursor, (int,))[0]) if cursor else 0
    if offset < 0:
        raise Unanswerable(400, "bad cursor", "cursor: expected the next of an earlier answer")
    return offset


def page(
    rows: Sequence[T], key: Callable[[T], Sequence[Any]], cursor: str | None, limit: int, like: Sequence[type]
) -> tuple[list[T], str | None]:
    """The rows after a cursor, at most ``limit``, and the next cursor. ``rows`` are sorted by ``key``."""
    after = tuple(key_of(cursor, like)) if cursor else None
    left = [row for row in rows if after is None or tuple(key(row)) > after]
    some = left[:limit]
    return some, cursor_of(key(some[-1])) if len(left) > limit else None

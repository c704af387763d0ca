"""Indexes that are kept in memory, the last used ones, so that one is made once for many questions."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.analysis.evidence.index import Index

#: Ledger, sequence, whether of the past, level, day of valid time, day of the reader, division.
Key = tuple[str, int, bool, int, str | None, str, str]

#: Indexes kept at a time: one a level and day for most services.
_KEPT = 4


class Kept:
    """A few indexes by what they are of; threads that want the same one wait for the one that makes it."""

    def __init__(self, most: int = _KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._found: OrderedDict[Key, Index] = OrderedDict()
        self._making: dict[Key, threading.Lock] = {}

    def get(self, key: Key, make: "Callable[[], Index]") -> "Index":
        """The index of a key, made by ``make`` when it is not kept."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                found = self._found.get(key)
            try:
                found = found or make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
        with self._lock:
            self._found[key] = found
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return found

    @property
    def busy(self) -> bool:
        """Whether an index is being made."""
        return bool(self._making)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._found.clear()

"""Progress of long commands: one line on standard error, only on a terminal, gone when the command ends."""

import os
import time
from types import TracebackType
from typing import Self, TextIO

#: Seconds between two changes of the line.
_PAUSE = 0.1


class Progress:
    """Draws what it is told (:data:`graph.model.progress.Tell`); nothing where the stream is no terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shows = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._what, self._done = "", 0
        self._begun = self._drawn = float("-inf")

    def __call__(self, what: str, done: int) -> None:
        """``done`` more of ``what``; another word than before begins a new count."""
        if not self._shows:
            return
        now = time.monotonic()
        if what != self._what:
            self._what, self._done, self._begun, self._drawn = what, 0, now, float("-inf")
        self._done += done
        if now - self._drawn >= _PAUSE:
            self._drawn = now
            passed = now - self._begun
            rate = f", {self._done / passed:,.0f}/s" if passed >= _PAUSE else ""
            self._write(f"{self._done:,} {what}{rate}")

    def _write(self, text: str) -> None:
        self._stream.write(f"\r{text}\x1b[K")
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away, so that what is printed next stands alone."""
        if self._what:
            self._write("")

"""Which encoding a text file has, and whether it is text at all; one pass, flat memory."""

import codecs
import re
from collections.abc import Iterable
from pathlib import Path

from ingest.problems import FileProblem

_CHUNK = 1 << 20
#: Control characters that no text file of ours holds; tab, line ends and form feed are text.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")


class _Trial:
    """One encoding tried on a stream of chunks."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._decoder = codecs.getincrementaldecoder(name)("strict")
        self.failed = False
        self.cut = False
        self.blank = True

    def feed(self, chunk: bytes, final: bool = False) -> None:
        """Try the next chunk; the last call only closes the stream."""
        if self.failed:
            return
        try:
            text = self._decoder.decode(chunk, final)
            self.blank = self.blank and not text.replace("\ufeff", "").strip()
        except UnicodeDecodeError:
            self.failed = True
            self.cut = final


def text_encoding(path: Path) -> str:
    """``utf-8-sig`` or ``gb18030``, the two encodings that are taken; FileProblem as :func:`encoding_of`."""
    with path.open("rb") as file:
        return encoding_of(iter(lambda: file.read(_CHUNK), b""))


def encoding_of(chunks: Iterable[bytes]) -> str:
    """The encoding of a text that comes in pieces: ``utf-8-sig`` or ``gb18030``.

    Raises :class:`FileProblem`: ``empty_file`` for nothing but white space,
    ``not_text`` for control characters or bytes that are neither encoding,
    ``cut_file`` for a file that ends inside a character.
    """
    trials = (_Trial("utf-8"), _Trial("gb18030"))
    for chunk in chunks:
        if _CONTROL.search(chunk):
            raise FileProblem("not_text", "the file holds bytes that no text file holds")
        for trial in trials:
            trial.feed(chunk)
    for trial in trials:
        trial.feed(b"", final=True)
        if not trial.failed:
            if trial.blank:
                raise FileProblem("empty_file", "the file is empty")
            return "utf-8-sig" if trial.name == "utf-8" else trial.name
        if trial.cut:
            raise FileProblem("cut_file", "the file ends inside a character")
    raise FileProblem("not_text", "the file is neither UTF-8 nor GB18030 text")

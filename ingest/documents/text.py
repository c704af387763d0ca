"""What a document file gives: its text, and where the text came from."""

import re
from dataclasses import dataclass
from typing import Literal

Format = Literal["txt", "docx", "html", "pdf"]

#: No code point of a text: control characters but tab and line feed, lone surrogates, non-characters.
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Text:
    """One document as read; every place of a fact is an index into ``text``.

    ``format``: what the file is by its content. ``file_sha256``: hex digest of its bytes, all that is kept of them.
    ``warnings``: what a reader should know, fit to be shown.
    """

    text: str
    format: Format
    file_sha256: str
    warnings: tuple[str, ...] = ()


def clean(text: str) -> str:
    """``text`` with one kind of line end, and U+FFFD for what is no character: for formats that can write either."""
    return _NO_TEXT.sub("\ufffd", _LINE_ENDS.sub("\n", text))

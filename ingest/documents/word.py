"""Word documents (Office Open XML, ECMA-376 part 1 chapter 17) as text: paragraphs and tables in their order.

Read from the package itself: python-docx leaves out content controls and tracked insertions, and a judgment
with half its words is worse than none.
"""

import io
import zipfile
import zlib
from xml.etree.ElementTree import ParseError, iterparse

from ingest.documents.kinds import DOCUMENT_PART
from ingest.problems import FileProblem

#: The XML of the longest judgment has a few megabytes; what unpacks to more was made to fill memory.
_MAX_XML = 64 << 20
#: Elements whose content no reader of the document sees, or sees at another place.
_UNSEEN = frozenset({"del", "moveFrom", "txbxContent", "Fallback", "rPrChange", "pPrChange", "rt", "tabs"})
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    LookupError,
)


def read_docx(data: bytes) -> str:
    """The text of a Word document: one line a paragraph, cells of a table row joined by tabs.

    Left out: headers, footers, footnotes, text boxes, tracked deletions, hidden text, numbers that Word counts
    itself. FileProblem ``not_text`` for a damaged package, and for one that unpacks to too much.
    """
    xml = _main_part(data)
    reader = _Reader()
    try:
        for event, element in iterparse(io.BytesIO(xml), events=("start", "end")):
            name = element.tag.rpartition("}")[2]
            if event == "start":
                reader.start(name, element.attrib)
            else:
                reader.end(name, element.text or "")
                element.clear()
    except (ParseError, *_BROKEN) as error:
        raise FileProblem("not_text", "the text of the Word document is damaged") from error
    return "".join(reader.pieces)


def _main_part(data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            part = package.getinfo(DOCUMENT_PART)
            if part.file_size > _MAX_XML:
                raise FileProblem("not_text", "the Word document unpacks to far more than a judgment holds")
            xml = package.read(part)
    except _BROKEN as error:
        raise FileProblem("not_text", "the Word document is damaged or has a password") from error
    # A package has no document type definition (ECMA-376 part 2); one is there only to multiply entities.
    if b"<!DOCTYPE" in xml.replace(b"\0", b""):
        raise FileProblem("not_text", "the text of the Word document defines entities, which none does")
    return xml


class _Reader:
    """Collects the text of the elements as they begin and end."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._unseen = 0
        self._in_run = 0
        self._hidden = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "altChunk":
            raise FileProblem("not_text", "the Word document takes in another file; expected its text itself")
        self._unseen += name in _UNSEEN
        if name == "r":
            self._in_run += 1
            self._hidden = False
        elif name == "vanish" and self._in_run and not self._unseen:
            self._hidden = not any(value in ("0", "false", "off") for value in attributes.values())

    def end(self, name: str, text: str) -> None:
        """An element ends; ``text``: its own."""
        self._unseen -= name in _UNSEEN
        if self._unseen:
            return
        if name == "r":
            self._in_run -= 1
        elif self._in_run and not self._hidden and (name == "t" or name in _BREAKS):
            self.pieces.append(text if name == "t" else _BREAKS[name])
        elif name == "p":
            self.pieces.append("\n")
        elif name in ("tc", "tr"):
            self._close("\n" if name == "tc" else "\t", "\t" if name == "tc" else "\n")

    def _close(self, last: str, instead: str) -> None:
        """End a cell with a tab, a row with a line end."""
        if self.pieces and self.pieces[-1] == last:
            self.pieces[-1] = instead

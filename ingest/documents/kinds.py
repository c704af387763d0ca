"""Which format a document file has: told by its content; the suffix only decides where content cannot.

Marks: ISO 32000-1 7.5.2 (%PDF-), APPNOTE 4.3.7 (PK), ECMA-376 part 2 (package), [MS-CFB] 2.2 (old Word).
"""

import io
import re
import zipfile
import zlib

from ingest.documents.text import Format
from ingest.problems import FileProblem

DOCUMENT_PART = "word/document.xml"

_SUFFIXES: dict[str, Format] = {".txt": "txt", ".docx": "docx", ".html": "html", ".htm": "html", ".pdf": "pdf"}
_NAMES: dict[Format, str] = {"txt": "plain text", "docx": "a Word document", "html": "an HTML page", "pdf": "a PDF"}
_EXPECTED = "expected .txt, .docx, .html or .pdf"

#: Beginnings of files that are none of ours, and what to tell their sender.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word file (.doc) or a Word file with a password"),
    (b"{\\rtf", "an RTF file"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"\x89PNG\r\n", "a picture (PNG)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)
#: A PDF may have other bytes before its mark, within the first kilobyte.
_PDF_WITHIN = 1024
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,4000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|p|h[1-6]|table|center|span|section|article|pre)\b",
    re.IGNORECASE | re.DOTALL,
)
_ANY_TAG = re.compile(rb"<[a-z!/][^<>]{0,200}>", re.IGNORECASE)


def kind_of(data: bytes, suffix: str) -> tuple[Format, tuple[str, ...]]:
    """The format of a file by its content, and a warning when its suffix says another.

    FileProblem ``not_text`` for what is none of the formats, and for a PDF or Word name on plain text or a web
    page: what was saved there is most often a notice instead of the document.
    """
    named = _SUFFIXES.get(suffix.lower())
    found = _by_content(data, named)
    if named is None or named == found:
        return found, ()
    if named in ("pdf", "docx") and found in ("txt", "html"):
        raise FileProblem("not_text", f"the file is named {suffix.lower()} but holds {_NAMES[found]}: {_told(named)}")
    return found, (f"the file is named {suffix.lower()} and was read as what it holds, {_NAMES[found]}",)


def _told(named: Format) -> str:
    return f"expected {_NAMES[named]}"


def _by_content(data: bytes, named: Format | None) -> Format:
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return "pdf"
    if data.startswith(b"PK"):
        _check_package(data)
        return "docx"
    for mark, told in _OTHERS:
        if data.startswith(mark):
            raise FileProblem("not_text", f"the file is {told}: {_EXPECTED}")
    head = data.removeprefix(b"\xef\xbb\xbf")
    if _HTML_START.match(head) or (named == "html" and _ANY_TAG.search(head)):
        return "html"
    return "txt"


def _check_package(data: bytes) -> None:
    """FileProblem ``not_text`` unless the zip package is a Word document."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileProblem("not_text", "the file begins as a zip package but is damaged or cut") from error
    if "OFD.xml" in names:
        raise FileProblem("not_text", f"the file is an OFD document: {_EXPECTED}")
    if DOCUMENT_PART not in names:
        raise FileProblem("not_text", f"the file is a zip package without {DOCUMENT_PART}, no Word document")

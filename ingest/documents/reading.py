"""``read_file``: one document file as text."""

import hashlib
from pathlib import Path

from ingest.documents.checks import TRADITIONAL, check_single, check_text, is_traditional
from ingest.documents.kinds import kind_of
from ingest.documents.text import Format, Text, clean
from ingest.encoding import encoding_of
from ingest.problems import FileProblem

#: Pictures make a file large; a larger one is no judgment.
MAX_BYTES = 32 << 20


def read_file(path: Path) -> Text:
    """The text of a .txt, .docx, .html or .pdf file that holds one document in Chinese.

    Deterministic: the same bytes give the same text. Plain text comes as it stands, without a byte order mark.
    FileProblem ``empty_file``, ``not_text``, ``cut_file``, ``no_text_layer``, ``other_script`` or
    ``several_documents``; nothing of such a file is used.
    """
    data = _bytes(path)
    if not data.strip():
        raise FileProblem("empty_file", "the file is empty")
    form, warnings = kind_of(data, path.suffix)
    text = _text(data, form)
    if not text.strip("\ufeff \t\n\u3000"):
        raise FileProblem("empty_file", "the file holds no text")
    check_text(text)
    check_single(text)
    if is_traditional(text):
        warnings += (TRADITIONAL,)
    return Text(text, form, hashlib.sha256(data).hexdigest(), warnings)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileProblem("not_text", f"the file has more than {MAX_BYTES >> 20} MB, more than any judgment")
        return path.read_bytes()
    except OSError as error:
        raise FileProblem("not_text", f"the file cannot be read: {error.strerror}") from error


def _text(data: bytes, form: Format) -> str:
    """The text by format; the readers are loaded when they are needed, since that takes time."""
    if form == "txt":
        return data.decode(encoding_of([data])).removeprefix("\ufeff")
    if form == "docx":
        from ingest.documents.word import read_docx

        return clean(read_docx(data))
    if form == "html":
        from ingest.documents.page import read_html

        return clean(read_html(data))
    from ingest.documents.pdf import read_pdf

    return clean(read_pdf(data))

"""One composed judgment written as each kind of document file, by libraries that the readers do not use."""

import io
from collections.abc import Callable, Iterator
from html import escape

from docx import Document
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT, SIZE, LEADING = "STSong-Light", 14, 24
LEFT, RIGHT, TOP, BOTTOM = 80.0, A4[0] - 80.0, A4[1] - 80.0, 90.0

pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def as_txt(text: str) -> bytes:
    """Plain text in UTF-8."""
    return text.encode()


def as_docx(text: str) -> bytes:
    """A Word document, one paragraph a line."""
    document = Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_html(text: str, charset: str = "utf-8") -> bytes:
    """A page as courts publish them: a block a line, with what no reader sees around it."""
    body = "".join(f"<div style='text-indent: 2em'>\n  {escape(line)}\n</div>" for line in text.splitlines())
    head = f"<meta charset='{charset}'><title>裁判文书</title><style>div {{margin: 0}}</style>"
    hidden = "<script>var id = '案号';</script><template>民事判决书</template><p hidden>已归档</p>"
    return f"<!DOCTYPE html><html><head>{head}</head><body>{hidden}{body}</body></html>".encode(
        charset, "xmlcharrefreplace"
    )


def _is_heading(line: str) -> bool:
    return len(line) <= 20 and not any(sign in line for sign in "，。：；、")


def wrapped(line: str, indent: float) -> Iterator[tuple[float, str]]:
    """The line in pieces that fit between the margins, each with its left edge; the first one indented."""
    at, piece = LEFT + indent, ""
    for char in line:
        if at + pdfmetrics.stringWidth(piece + char, FONT, SIZE) > RIGHT:
            yield at, piece
            at, piece = LEFT, ""
        piece += char
    yield at, piece


def as_pdf(text: str, *, indent: float = 2.0 * SIZE, numbers: str = "", top: float = TOP, password: str = "") -> bytes:
    """A PDF with a text layer, headings in the middle; ``numbers``: the foot of each page, ``{}`` for its number.

    The encoding of the built-in font has the dot between the parts of a name at the place of the katakana one only.
    """
    text = text.replace("·", "・")
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, encrypt=password or None)
    page, y = 1, top
    canvas.setFont(FONT, SIZE)

    def foot() -> None:
        if numbers:
            canvas.drawCentredString(A4[0] / 2, 40, numbers.format(page))

    for line in text.splitlines():
        middle = LEFT + (RIGHT - LEFT - pdfmetrics.stringWidth(line, FONT, SIZE)) / 2
        for x, piece in [(middle, line)] if _is_heading(line) else wrapped(line, indent):
            if y < BOTTOM:
                foot()
                canvas.showPage()
                canvas.setFont(FONT, SIZE)
                page, y = page + 1, TOP
            canvas.drawString(x, y, piece)
            y -= LEADING
    foot()
    canvas.save()
    return out.getvalue()


WRITERS: dict[str, Callable[[str], bytes]] = {"txt": as_txt, "docx": as_docx, "html": as_html, "pdf": as_pdf}

"""PDF files with a text layer as text (ISO 32000-1), read with pdfminer.six."""

import io
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from pdfminer.converter import PDFLayoutAnalyzer
from pdfminer.layout import LTChar, LTContainer, LTFigure, LTImage, LTPage
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdffont import PDFFont
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import dict_value, int_value

from ingest.documents.pdfguard import check_contents, check_font, check_whole
from ingest.documents.pdflines import Glyph, PageGlyphs, lines_of, paragraphs
from ingest.problems import FileProblem

# What the library logs of a damaged object can hold words of the document.
logging.getLogger("pdfminer").setLevel(logging.CRITICAL + 1)

_MAX_PAGES = 2000
#: More glyphs than any judgment has; forms that draw forms could go on for ever.
_MAX_GLYPHS = 600_000
_MAX_FIGURES = 20_000
#: A picture of at least this part of a page, with fewer signs of text than this, is a scanned page.
_SCAN_PART, _SCAN_SIGNS = 0.25, 5
#: Fewer signs a page than this are a stamp or a page number beside the pictures, no text.
_SIGNS_PER_PAGE = 30
#: Of 100 glyphs so many may have no character; more, and the words cannot be trusted.
_UNKNOWN_PERCENT = 2
UNKNOWN = "\ufffd"


def read_pdf(data: bytes) -> str:
    """The text of a PDF, its pages joined, one line a paragraph.

    FileProblem ``no_text_layer`` for a scan, ``not_text`` for a file that is cut or damaged, needs a password, or
    does not say which characters its glyphs are.
    """
    check_whole(data)
    try:
        pages = list(_pages(data))
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise FileProblem("not_text", "the PDF is encrypted: expected one that opens without a password") from error
    except FileProblem:
        raise
    except Exception as error:
        # The library raises whatever a damaged object makes it raise: AttributeError, struct.error, RecursionError …
        raise FileProblem("not_text", "the PDF is damaged") from error
    _check_layer(pages)
    return paragraphs([lines_of(page.glyphs) for page in pages])


def _pages(data: bytes) -> Iterator[PageGlyphs]:
    document = PDFDocument(PDFParser(io.BytesIO(data)))
    manager = _Fonts()
    device = _Device(manager)
    interpreter = PDFPageInterpreter(manager, device)
    read = 0
    for page in PDFPage.create_pages(document):
        read += 1
        if read > _MAX_PAGES:
            raise FileProblem("not_text", f"the PDF has more than {_MAX_PAGES} pages")
        check_contents(page)
        interpreter.process_page(page)
        yield device.page
    told = dict_value(document.catalog.get("Pages", {})).get("Count") if "Pages" in document.catalog else None
    if not read or (told is not None and int_value(told) != read):
        raise FileProblem("not_text", f"the PDF is damaged: {read} of its pages can be read")


class _Fonts(PDFResourceManager):
    """Looks at each font before the library makes it."""

    def get_font(self, objid: object, spec: Mapping[str, object]) -> PDFFont:
        """A font, be it of a page, of a form, or part of another."""
        check_font(spec)
        return super().get_font(objid, spec)


class _Device(PDFLayoutAnalyzer):
    """Collects glyphs and the size of pictures; draws nothing."""

    def __init__(self, manager: PDFResourceManager) -> None:
        super().__init__(manager)
        self.page = PageGlyphs()
        self._glyphs = self._figures = 0

    def paint_path(self, *_: Any) -> None:
        """Lines and areas are no text."""

    def begin_figure(self, *arguments: Any) -> None:
        """A form or picture."""
        self._figures += 1
        if self._figures > _MAX_FIGURES:
            raise FileProblem("not_text", "the PDF draws more pictures than a judgment has")
        super().begin_figure(*arguments)

    def render_char(self, *arguments: Any, **named: Any) -> float:
        """One glyph."""
        self._glyphs += 1
        if self._glyphs > _MAX_GLYPHS:
            raise FileProblem("not_text", "the PDF holds more text than a judgment has")
        return super().render_char(*arguments, **named)

    def handle_undefined_char(self, font: PDFFont, cid: int) -> str:
        """A glyph without a character."""
        return UNKNOWN

    def receive_layout(self, ltpage: LTPage) -> None:
        """The page is drawn: keep what was collected."""
        self.page = PageGlyphs()
        area = max(1.0, ltpage.width * ltpage.height)
        stack: list[Any] = [ltpage]
        while stack:
            item = stack.pop()
            if isinstance(item, LTChar):
                self._take(item)
            elif isinstance(item, LTImage):
                self.page.picture = max(self.page.picture, item.width * item.height / area)
            elif isinstance(item, LTContainer | LTFigure):
                stack.extend(item)

    def _take(self, item: LTChar) -> None:
        """Keep a glyph; turned ones are a watermark or the side of a table, and would tear the lines."""
        a, b, _, _, _, baseline = item.matrix
        text = item.get_text()
        if abs(b) <= 0.1 * abs(a) and text:
            self.page.glyphs.append(Glyph(item.x0, item.x1, baseline, max(item.size, 0.1), text))


def _check_layer(pages: list[PageGlyphs]) -> None:
    """FileProblem unless every page tells its text."""
    signs = [sum(not glyph.text.isspace() for glyph in page.glyphs) for page in pages]
    scans = [n for n, page in enumerate(pages, 1) if page.picture >= _SCAN_PART and signs[n - 1] < _SCAN_SIGNS]
    pictured = sum(page.picture >= _SCAN_PART for page in pages)
    few = 2 * pictured >= len(pages) and sum(signs) < _SIGNS_PER_PAGE * len(pages)
    if len(scans) == len(pages) or not sum(signs) or few:
        raise FileProblem("no_text_layer", "the PDF has no text layer (a scan): expected a PDF with text")
    if scans:
        named = "、".join(map(str, scans[:5])) + (" …" if len(scans) > 5 else "")
        raise FileProblem("no_text_layer", f"page {named} of the PDF is a scan: expected text on every page")
    unknown = sum(glyph.text == UNKNOWN for page in pages for glyph in page.glyphs)
    if 100 * unknown > _UNKNOWN_PERCENT * sum(signs):
        told = "the fonts of the PDF do not tell which characters their glyphs are"
        raise FileProblem("not_text", f"{told} ({unknown} of {sum(signs)})")

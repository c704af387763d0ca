"""PDF pages: what glyphs make a line, which pages are refused, and that no page can fill memory or go on for ever."""

import base64
import io
import math
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from ingest.documents import pdf, pdfguard
from ingest.documents.pdflines import Glyph, Line, lines_of, paragraphs
from ingest.documents.reading import read_file
from ingest.problems import FileProblem
from tests.ingest.documents.test_formats import lines
from tests.ingest.documents.writers import FONT, SIZE, TOP, as_pdf
from tests.nlp import texts


def drawn(draw: Callable[[Canvas], object], *, compressed: bool = True) -> bytes:
    """A PDF of one page with the heading of a ruling, and what ``draw`` adds."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=int(compressed))
    canvas.setFont(FONT, SIZE)
    canvas.drawString(80, TOP, "江渚县人民法院")
    draw(canvas)
    canvas.save()
    return out.getvalue()


def text_of(folder: Path, data: bytes) -> str:
    """The text of a PDF."""
    (folder / "j.pdf").write_bytes(data)
    return read_file(folder / "j.pdf").text


def refusal(folder: Path, data: bytes) -> str:
    """Code and message by which a PDF is refused."""
    with pytest.raises(FileProblem) as refused:
        text_of(folder, data)
    return f"{refused.value.code}: {refused.value.message}"


def test_bold_type_by_printing_twice_is_read_once(tmp_path: Path) -> None:
    def bold(canvas: Canvas) -> None:
        canvas.drawString(80.4, TOP, "江渚县人民法院")
        canvas.drawString(80, TOP - 24, "天天向上")

    assert lines(text_of(tmp_path, drawn(bold))) == ["江渚县人民法院", "天天向上"]


def test_a_turned_watermark_does_not_tear_the_lines(tmp_path: Path) -> None:
    def watermark(canvas: Canvas) -> None:
        canvas.rotate(math.degrees(math.atan(1)))
        canvas.drawString(300, TOP - 400, "仅供内部查阅")

    assert text_of(tmp_path, drawn(watermark)) == "江渚县人民法院\n"


def test_words_on_one_baseline_are_one_line_in_any_order_of_drawing(tmp_path: Path) -> None:
    def signed(canvas: Canvas) -> None:
        canvas.drawString(300, TOP - 24, "秦川")
        canvas.drawString(80, TOP - 24, "审判员")

    assert text_of(tmp_path, drawn(signed)) == "江渚县人民法院\n审判员 秦川\n"


def test_radicals_are_read_as_the_characters_that_they_look_like() -> None:
    row = [Glyph(20.0 * n, 20.0 * n + 20, 700, 20, char) for n, char in enumerate("⽇⺠⻓・⾦豈")]
    assert [line.text for line in lines_of(row)] == ["日民长·金豈"]


def test_latin_words_keep_a_blank_where_a_line_ends() -> None:
    def page(text: str) -> list[Glyph]:
        return [Glyph(10.0 * n, 10.0 * n + 10, 700, 10, char) for n, char in enumerate(text)]

    pages = [page("甲公司与株式会社 Alpha"), page("Beta 公司合同，数额2"), page("000元。")]
    assert paragraphs([lines_of(glyphs) for glyphs in pages]) == "甲公司与株式会社 Alpha Beta 公司合同，数额2000元。\n"


def test_a_line_that_stands_out_alone_does_not_hide_where_lines_are_full() -> None:
    page = [
        Line(0, 240, 10, "附表：" + "丙" * 20 + "："),
        *[Line(0, 200, 10, "甲" * 20)] * 4,
        Line(0, 50, 10, "五字在末。"),
    ]
    assert paragraphs([page]) == page[0].text + "\n" + "甲" * 80 + "五字在末。\n"


def test_headings_in_the_middle_are_no_indented_paragraphs() -> None:
    heading, full = Line(80, 120, 10, "民事裁定书"), Line(0, 200, 10, "甲" * 19 + "。")
    page = [heading, heading, heading, full, Line(0, 200, 10, "乙" * 20), Line(0, 30, 10, "丙。")]
    assert paragraphs([page]) == "民事裁定书\n" * 3 + full.text + "\n" + "乙" * 20 + "丙。\n"


def test_a_font_that_tells_no_characters_is_refused(tmp_path: Path) -> None:
    data = as_pdf(texts.OBJECTION)
    assert data.count(b"(GB1)") == 1
    assert refusal(tmp_path, data.replace(b"(GB1)", b"(XX1)")).startswith("not_text: the fonts of the PDF do not tell")


def _base85(data: bytes) -> bytes:
    return base64.a85encode(data) + b"~>"


def _hex(data: bytes) -> bytes:
    return data.hex().encode() + b">"


@pytest.mark.parametrize("armour", [bytes, _base85, _hex])
def test_a_stream_that_unpacks_to_too_much_is_refused(armour: Callable[[bytes], bytes], tmp_path: Path) -> None:
    bomb = armour(zlib.compress(bytes(65 << 20), 9))
    data = b"%PDF-1.7\n1 0 obj\n<<>>\nstream\n" + bomb + b"\nendstream\nendobj\n%%EOF\n"
    assert "unpacks to far more" in refusal(tmp_path, data)


def test_many_streams_that_unpack_to_too_much_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfguard, "_MAX_ALL", 8 << 20)
    part = b"1 0 obj\n<<>>\nstream\n" + zlib.compress(bytes(3 << 20), 9) + b"\nendstream\nendobj\n"
    assert "unpacks to far more" not in refusal(tmp_path, b"%PDF-1.7\n" + part * 2 + b"%%EOF\n")
    assert "unpacks to far more" in refusal(tmp_path, b"%PDF-1.7\n" + part * 3 + b"%%EOF\n")


def test_a_stream_packed_twice_is_refused(tmp_path: Path) -> None:
    data = b"%PDF-1.7\n1 0 obj\n<</Filter [/FlateDecode /FlateDecode]>>\nendobj\n%%EOF\n"
    assert "unpacks to far more" in refusal(tmp_path, data)


_TEXT = b"BT /F1 12 Tf <0001> Tj ET"
_MAP = b"/CIDInit begincmap 1 beginbfrange\n%s\nendbfrange endcmap"


@pytest.mark.parametrize(
    ("widths", "mapped"),
    [
        (b"[0 999999999 500]", b"<0000> <FFFF> <0000>"),
        (b"[0 100 500]", b"<00000000> <3FFFFFFF> <0000>"),
        (b"[0 100 500]", b"<0000> <FFFF> <0000>\n" * 17),
    ],
)
def test_a_font_that_counts_without_end_is_refused(widths: bytes, mapped: bytes, tmp_path: Path) -> None:
    table = _MAP % mapped
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 700]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(_TEXT), _TEXT),
        b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(A)/Ordering(I)/Supplement 0>>"
        b"/FontDescriptor<</FontName/A>>/W %s>>" % widths,
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(table), table),
    )
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, part) for n, part in enumerate(objects, 1))
    data = b"%PDF-1.7\n" + body + b"trailer\n<</Root 1 0 R>>\n%%EOF\n"
    assert "counts more characters" in refusal(tmp_path, data)


def test_forms_that_draw_forms_come_to_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nested(canvas: Canvas) -> None:
        for depth in range(6):
            canvas.beginForm(f"f{depth}")
            for _ in range(10 if depth else 0):
                canvas.doForm(f"f{depth - 1}")
            canvas.endForm()
        canvas.doForm("f5")

    monkeypatch.setattr(pdf, "_MAX_FIGURES", 2000)
    assert "draws more pictures" in refusal(tmp_path, drawn(nested))


def test_more_glyphs_than_a_judgment_has_are_not_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_MAX_GLYPHS", 6)
    assert "more text than a judgment" in refusal(tmp_path, drawn(lambda canvas: None))
    monkeypatch.setattr(pdf, "_MAX_GLYPHS", 7)
    assert text_of(tmp_path, drawn(lambda canvas: None)) == "江渚县人民法院\n"


def test_more_pages_than_a_judgment_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_MAX_PAGES", 1)
    assert "more than 1 pages" in refusal(tmp_path, as_pdf(texts.SECOND_INSTANCE, top=TOP - 500))


def test_a_pdf_that_forbids_copying_but_opens_is_read() -> None:
    out = io.BytesIO()
    lock = StandardEncryption("", ownerPassword="geheim", canCopy=0)
    canvas = Canvas(out, pagesize=A4, invariant=1, encrypt=lock)
    canvas.drawString(80, TOP, "Ruling of 2025")
    canvas.save()
    assert pdf.read_pdf(out.getvalue()) == "Ruling of 2025\n"

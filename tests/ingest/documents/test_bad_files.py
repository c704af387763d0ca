"""Each file that cannot be read as one Chinese document is refused by a code and one clear message."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.documents.reading import MAX_BYTES, read_file
from ingest.documents.text import Text
from ingest.problems import FileProblem
from nlp.facts import MAX_CHARS
from tests.ingest.documents.writers import FONT, SIZE, TOP, as_docx, as_html, as_pdf
from tests.nlp import texts

JAPANESE = "東京地方裁判所は、本件について次のとおり判決する。主文、被告は原告に対し金員を支払え。" * 5
ENGLISH = "IN THE HIGH COURT OF JUSTICE. The claimant brings this claim against the defendant in case 12. " * 5
KOREAN = "서울중앙지방법원 판결 원고와 피고 사이의 매매대금 사건에 관하여 다음과 같이 판결한다. " * 5


def scan(pages: int = 2, *, layer: int = 0, stamp: str = "") -> bytes:
    """A PDF of pictures; ``layer``: how many of the first pages have text over them."""
    picture = io.BytesIO()
    Image.new("L", (210, 297), 200).save(picture, "PNG")
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for page in range(pages):
        canvas.drawImage(ImageReader(picture), 0, 0, A4[0], A4[1])
        canvas.setFont(FONT, SIZE)
        for n, line in enumerate(texts.OBJECTION.splitlines() if page < layer else [stamp]):
            canvas.drawString(60, TOP - 20 * n, line[:30])
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def package(name: str, content: bytes) -> bytes:
    """A zip package of one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return out.getvalue()


def damaged_pages() -> bytes:
    """A PDF whose page text is bent in the middle of its stream."""
    data = as_pdf(texts.SECOND_INSTANCE)
    at = data.index(b"stream", data.index(b"/Contents") - 4000) + 400
    return data[:at] + bytes(reversed(data[at : at + 200])) + data[at + 200 :]


_W = b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>"
_ENTITIES = (
    b"<!DOCTYPE d [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]>"
    + _W
    + b"<w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
)
_TWO = texts.OBJECTION + texts.CHANGE_OF_PARTIES
_PDF = as_pdf(texts.SECOND_INSTANCE, top=TOP - 500)

#: Name of the file, its bytes, the code, a word of the message.
BAD: dict[str, tuple[str, bytes, str, str]] = {
    "empty": ("j.txt", b"", "empty_file", "empty"),
    "blank": ("j.txt", b" \r\n\t\n", "empty_file", "empty"),
    "blank after its mark": ("j.txt", b"\xef\xbb\xbf \n", "empty_file", "empty"),
    "empty pdf": ("j.pdf", b"", "empty_file", "empty"),
    "page without words": ("j.html", b"<html><body><p> </p></body></html>", "empty_file", "no text"),
    "word without words": ("j.docx", as_docx(""), "empty_file", "no text"),
    "scan": ("j.pdf", scan(), "no_text_layer", "scan"),
    "scan with page numbers": ("j.pdf", scan(stamp="扫描件 第1页 共2页"), "no_text_layer", "scan"),
    "scan of the last page": ("j.pdf", scan(3, layer=2), "no_text_layer", "page 3"),
    "pdf of nothing": ("j.pdf", as_pdf(""), "no_text_layer", "text layer"),
    "encrypted pdf": ("j.pdf", as_pdf(texts.OBJECTION, password="geheim"), "not_text", "encrypted"),
    "cut pdf": ("j.pdf", _PDF[: len(_PDF) // 2], "not_text", "end mark"),
    "pdf without objects": ("j.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 8 + b"\n%%EOF\n", "not_text", "damaged"),
    "pdf without a page": ("j.pdf", _PDF.replace(b"/Count 2", b"/Count 3"), "not_text", "damaged"),
    "pdf with bent text": ("j.pdf", damaged_pages(), "not_text", "damaged"),
    "cut docx": ("j.docx", as_docx(texts.OBJECTION)[:-300], "not_text", "damaged or cut"),
    "bent docx": ("j.docx", package("word/document.xml", _W), "not_text", "damaged"),
    "zip": ("j.zip", package("a.txt", b"a"), "not_text", "word/document.xml"),
    "ofd": ("j.ofd", package("OFD.xml", b"<a/>"), "not_text", "OFD"),
    "bomb": ("j.docx", package("word/document.xml", b" " * (65 << 20)), "not_text", "unpacks"),
    "docx in no encoding": (
        "j.docx",
        package("word/document.xml", b"<?xml version='1.0' encoding='UTX-8'?>" + _W),
        "not_text",
        "damaged",
    ),
    "entities": ("j.docx", package("word/document.xml", _ENTITIES), "not_text", "entities"),
    "old word": ("j.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "not_text", ".doc"),
    "rtf": ("j.rtf", b"{\\rtf1 a}", "not_text", "RTF"),
    "picture": ("j.jpg", b"\xff\xd8\xff\xe0" + bytes(64), "not_text", "picture"),
    "utf-16": ("j.txt", texts.OBJECTION.encode("utf-16"), "not_text", "UTF-16"),
    "binary": ("j.txt", bytes(range(256)), "not_text", "no text file"),
    "no encoding": ("j.txt", b"\xff\xff\xfe" * 9, "not_text", "neither UTF-8 nor GB18030"),
    "cut inside a character": ("j.txt", texts.OBJECTION.encode()[:-2], "cut_file", "inside a character"),
    "foreign page": ("j.html", as_html(JAPANESE, "shift_jis"), "not_text", "shift_jis"),
    "long": ("j.txt", "原告：甲。\n".encode() * 320_000, "not_text", str(MAX_CHARS)),
    "english": ("j.txt", ENGLISH.encode(), "other_script", "Chinese"),
    "japanese": ("j.txt", JAPANESE.encode(), "other_script", "Chinese"),
    "korean": ("j.html", as_html(KOREAN), "other_script", "Chinese"),
    "figures": ("j.txt", b"12345\n67890\n", "other_script", "Chinese"),
    "notice instead of a pdf": ("j.pdf", as_html(texts.OBJECTION), "not_text", "named .pdf but holds an HTML page"),
    "text instead of word": ("j.docx", texts.OBJECTION.encode(), "not_text", "named .docx but holds plain text"),
    "two documents": ("j.txt", _TWO.encode(), "several_documents", "more than one document"),
    "two documents in a pdf": ("j.pdf", as_pdf(_TWO), "several_documents", "more than one document"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused(case: str, tmp_path: Path) -> None:
    name, data, code, word = BAD[case]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FileProblem) as refused:
        read_file(tmp_path / name)
    assert refused.value.code == code, refused.value.message
    assert word in refused.value.message


def test_a_huge_file_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "j.pdf").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(FileProblem, match="more than 32 MB"):
        read_file(tmp_path / "j.pdf")


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("j.txt", _PDF, "pdf"),
        ("j.docx", _PDF, "pdf"),
        ("j.pdf", as_docx(texts.OBJECTION), "docx"),
        ("j.txt", as_html(texts.OBJECTION), "html"),
        ("j.html", texts.OBJECTION.encode(), "txt"),
    ],
)
def test_content_decides_and_a_wrong_suffix_is_told(name: str, data: bytes, form: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    read = read_file(tmp_path / name)
    assert read.format == form
    assert len(read.warnings) == 1 and f"named {Path(name).suffix}" in read.warnings[0]


@pytest.mark.parametrize("name", ["j", "j.pdf", "j.PDF", "j.dat"])
def test_an_unknown_suffix_is_no_clash(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(_PDF)
    assert read_file(tmp_path / name).warnings == ()


def test_a_scan_with_a_text_layer_is_read(tmp_path: Path) -> None:
    (tmp_path / "j.pdf").write_bytes(scan(1, layer=1))
    assert "执行裁定书" in read_file(tmp_path / "j.pdf").text


def test_traditional_characters_are_chinese_and_told(tmp_path: Path) -> None:
    text = (
        "臺灣某地方法院民事判決\n原告與被告間請求給付貨款事件，本院於民國一百年間辯論終結，判決如下：\n原告之訴駁回。\n"
    )
    (tmp_path / "j.txt").write_text(text, "utf-8")
    assert [told for told in read_file(tmp_path / "j.txt").warnings if "traditional" in told]


def outcome(folder: Path, data: bytes, name: str) -> str:
    """The format of a file, or the code by which it is refused; any other exception goes through."""
    path = folder / name
    path.write_bytes(data)
    try:
        read = read_file(path)
    except FileProblem as problem:
        return problem.code
    assert isinstance(read, Text) and read.text.encode()
    return read.format


_SEEDS = (_PDF, as_docx(texts.OBJECTION), as_html(texts.OBJECTION), texts.OBJECTION.encode())
_NAMES = st.sampled_from(["a", "a.txt", "a.docx", "a.html", "a.pdf"])


@settings(max_examples=300, deadline=None)
@given(
    data=st.binary(max_size=400),
    start=st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", "原告：".encode()]),
    end=st.sampled_from([b"", b"\n%%EOF"]),
    name=_NAMES,
)
@example(b"", b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>", b"\n%%EOF", "a.pdf")
def test_any_bytes_are_a_text_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes, end: bytes, name: str
) -> None:
    assert outcome(tmp_path_factory.getbasetemp(), start + data + end, name)


@settings(max_examples=200, deadline=None)
@given(
    seed=st.sampled_from(_SEEDS),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=12)), max_size=6),
    name=_NAMES,
)
def test_any_damage_is_a_text_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, changes: list[tuple[float, bytes]], name: str
) -> None:
    data = bytearray(seed)
    for place, put in changes:
        at = int(place * len(data))
        data[at : at + len(put)] = put
    assert outcome(tmp_path_factory.getbasetemp(), bytes(data), name)

"""Word documents: what a reader of the printed document sees is read, nothing else."""

import io
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml

from ingest.documents.reading import read_file
from ingest.problems import FileProblem

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def text_of(folder: Path, document: Any) -> str:
    """The text of a document that python-docx made."""
    out = io.BytesIO()
    document.save(out)
    (folder / "j.docx").write_bytes(out.getvalue())
    return read_file(folder / "j.docx").text


def with_xml(*pieces: str) -> Any:
    """A document with one paragraph of text, and paragraphs of the given content."""
    document = Document()
    document.add_paragraph("江渚县人民法院")
    for piece in pieces:
        document.element.body.insert(1, parse_xml(f"<w:p {_W}>{piece}</w:p>"))
    return document


def run(text: str, properties: str = "") -> str:
    """A run of text."""
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (run("执行") + run("裁定书"), "执行裁定书"),
        (f"<w:ins>{run('新')}</w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>", "新"),
        (f"<w:moveTo>{run('此')}</w:moveTo><w:moveFrom>{run('彼')}</w:moveFrom>", "此"),
        (run("见") + run("隐", "<w:vanish/>"), "见"),
        (run("见") + run("现", "<w:vanish w:val='0'/>"), "见现"),
        (run("见", "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>"), "见"),
        (f"<w:sdt><w:sdtContent>{run('控件')}</w:sdtContent></w:sdt>", "控件"),
        (f"<w:hyperlink>{run('链接')}</w:hyperlink>", "链接"),
        (
            "<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:noBreakHyphen/><w:t>丁</w:t></w:r>",
            "甲\t乙\n丙-丁",
        ),
        ("<w:pPr><w:tabs><w:tab w:pos='1'/></w:tabs></w:pPr>" + run("甲"), "甲"),
        (f"<w:r><w:ruby><w:rt>{run('zhu')}</w:rt><w:rubyBase>{run('渚')}</w:rubyBase></w:ruby></w:r>", "渚"),
        (f"<w:r><w:txbxContent><w:p>{run('框')}</w:p></w:txbxContent><w:t>外</w:t></w:r>", "外"),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>" + run("甲"), "甲"),
    ],
)
def test_what_is_seen_is_read(content: str, seen: str, tmp_path: Path) -> None:
    assert text_of(tmp_path, with_xml(content)) == f"江渚县人民法院\n{seen}\n"


def test_a_table_is_a_line_a_row(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("江渚县人民法院")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ("异议人", "许慕白", "", "江渚县"), strict=True
    ):
        cell.text = text
    document.add_paragraph("审判员 秦川")
    assert text_of(tmp_path, document) == "江渚县人民法院\n异议人\t许慕白\n\t江渚县\n审判员 秦川\n"


def test_headers_and_footers_are_left_out(tmp_path: Path) -> None:
    document = with_xml(run("执行裁定书"))
    document.sections[0].header.paragraphs[0].text = "机密"
    document.sections[0].footer.paragraphs[0].text = "第1页"
    assert text_of(tmp_path, document) == "江渚县人民法院\n执行裁定书\n"


def test_a_document_that_takes_in_another_file_is_refused(tmp_path: Path) -> None:
    document = with_xml()
    document.element.body.insert(1, parse_xml(f"<w:altChunk {_W}/>"))
    with pytest.raises(FileProblem, match="takes in another file"):
        text_of(tmp_path, document)

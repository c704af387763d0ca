"""A judgment that a real browser prints as PDF, with fonts embedded in part and justified lines, reads as its text."""

from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ingest.documents.reading import read_file
from tests.nlp import texts

pytestmark = pytest.mark.browser

_LONG = texts.SECOND_INSTANCE.replace("本院认为，原判", "本院查明，双方存在借款关系，" * 200 + "本院认为，原判")
_BODY = "margin:0;text-indent:2em;text-align:justify;line-height:28px;font-size:16px"


def _printed(browser: Browser, text: str, path: Path) -> None:
    """Print the text as courts set it: headings in the middle and spaced out, paragraphs indented."""
    styles = ((line, _BODY if len(line) > 20 else "text-align:center;letter-spacing:2px") for line in text.splitlines())
    page = browser.new_page()
    page.set_content("".join(f"<p style='{style}'>{escape(line)}</p>" for line, style in styles))
    page.pdf(path=str(path), format="A4", margin={"top": "25mm", "right": "25mm", "bottom": "25mm", "left": "25mm"})
    page.close()


@pytest.mark.parametrize("text", [_LONG, *texts.ALL[1:4], *texts.ALL[6:8]])
def test_a_printed_judgment_reads_as_its_text(text: str, browser: Browser, tmp_path: Path) -> None:
    _printed(browser, text, tmp_path / "j.pdf")
    read = read_file(tmp_path / "j.pdf")
    assert ["".join(line.split()) for line in read.text.splitlines()] == [
        "".join(line.split()) for line in text.splitlines()
    ]

"""HTML pages as text: what a browser would show, without a browser."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.encoding import encoding_of
from ingest.problems import FileProblem

_UNSEEN = frozenset({
    "head", "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "select", "button",
    "textarea", "rt", "rp", "audio", "video", "canvas",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figure", "figcaption", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr",
    "ul", "caption",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_LOOSE = re.compile(r"[ \t]*\n[ \t\n]*")

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_CHARSET_WITHIN = 4096
#: Declared encodings that may hold Chinese text, and how they are read; gb2312 and gbk are parts of gb18030.
_CHINESE = {name: "gb18030" for name in ("gb2312", "gb_2312-80", "gbk", "x-gbk", "gb18030", "cp936", "euc-cn")} | {
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "utf-8": "utf-8",
    "utf8": "utf-8",
}
_TAKEN = "expected UTF-8, GB18030 (GBK, GB2312) or Big5"


def read_html(data: bytes) -> str:
    """The visible text of a page; block elements and ``<br>`` break lines, cells end with a tab.

    FileProblem ``not_text`` for an encoding that is not taken, ``empty_file`` for blank bytes.
    """
    tree = LexborHTMLParser(_decoded(data))
    pieces: list[str] = []
    if tree.body is not None:
        _walk(tree.body, pieces)
    return _LOOSE.sub("\n", "".join(pieces)).strip("\n ") + "\n"


def _decoded(data: bytes) -> str:
    """The source of the page, by its byte order mark, its declaration, or what its bytes can be."""
    declared = _CHARSET.search(data, 0, _CHARSET_WITHIN)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    known = _CHINESE.get(name)
    for encoding in ("utf-8-sig", *([known] if known else [])):
        # UTF-8 first: no other text passes for it, and many a page is kept in UTF-8 under an older declaration.
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise FileProblem("not_text", "the page holds bytes that no text holds")
        return text
    if known is None:
        raise FileProblem("not_text", f"the page declares the encoding {name} and is in no other: {_TAKEN}")
    return data.decode(encoding_of([data]))


def _seen(node: LexborNode) -> bool:
    if node.tag in _UNSEEN:
        return False
    attributes = node.attributes
    return "hidden" not in attributes and not _HIDDEN_STYLE.search(attributes.get("style") or "")


def _walk(root: LexborNode, pieces: list[str]) -> None:
    """Collect the text below ``root`` in document order; no recursion, since a page may nest without end."""
    preformatted = 0
    stack = [(root, False)]
    while stack:
        node, left = stack.pop()
        tag = node.tag or ""
        if left:
            preformatted -= tag == "pre"
            _close(tag, pieces)
        elif node.is_text_node:
            text = node.text_content or ""
            pieces.append(text if preformatted else _BLANKS.sub(" ", text))
        elif node.is_element_node and _seen(node):
            preformatted += tag == "pre"
            if tag == "br" or (tag in _BLOCKS and pieces and pieces[-1] not in "\n\t"):
                pieces.append("\n")
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(list(node.iter(include_text=True))))


def _close(tag: str, pieces: list[str]) -> None:
    """The end of an element: a line end for a block, for a cell a tab, also where its last paragraph ended a line."""
    if tag in _BLOCKS:
        pieces.append("\n")
    elif tag in _CELLS:
        while pieces and not pieces[-1].strip():
            pieces.pop()
        pieces.append("\t")

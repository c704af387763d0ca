"""``cg_sections``: head, parties, facts, reasoning, ruling and tail of a judgment.

Sets ``doc.spans["sections"]``, one span a section that is there, labelled
HEAD, PARTIES, FACTS, REASONING, RULING or TAIL, in this order and without overlap.
Order of the parts: 最高人民法院《人民法院民事裁判文书制作规范》(法〔2016〕221号).
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from nlp.compact import compact
from nlp.lexicon import JUDGE_TITLES, alternatives
from nlp.markers import first_marker, party_block
from nlp.spans import view_span

HEAD, PARTIES, FACTS, REASONING, RULING, TAIL = "HEAD", "PARTIES", "FACTS", "REASONING", "RULING", "TAIL"

CASE_NO = r"\((?:19|20)\d{2}\)(?!第?\d+号)[^\s,。;:、()《》\"“”]{2,24}?号(?:之[一二三四五六七八九十]{1,3})?"
DOC_TYPE = (
    r"(?:刑事附带民事|民事|刑事|行政赔偿|行政|执行|国家赔偿|司法救助)?"
    r"(?:判决书|裁定书|决定书|调解书|通知书)|支付令|限制消费令"
)
_HEAD_CHARS = 800
_TAIL_CHARS = 300
_HEAD_PART = re.compile(
    rf"(?:^|(?<=\n)|(?<=[书院:]))(?:{CASE_NO}|(?:{DOC_TYPE})(?=\n|\(|$))"
    r"|(?:^|(?<=\n))[\u3400-\u9fff]{2,30}法院(?=\n|$)"
)
_REASONING = re.compile(
    r"(?:^|[\n。])[^。\n]{0,12}?本院(?:经?审[理查]|复核|合议庭|评议|依法审查|经审理查明)*(?:后)?认为"
)
_RULING = re.compile(r"(?:判决|裁定|决定|命令|协议|调解)(?:结果)?如下")
_SIGNATURE = re.compile(rf"(?:^|(?<=[\n。)]))(?:{alternatives(JUDGE_TITLES)})(?![^\n。]{{0,12}}认为)")


@dataclass(frozen=True, slots=True)
class Outline:
    """Boundaries in the folded text; a section that is not there is empty."""

    head: int
    parties: int
    facts: int
    reasoning: int
    ruling: int


def _head_end(text: str) -> int:
    """End of the heading: the last of court, kind of document and case number before the first party."""
    limit = first_marker(text, min(len(text), _HEAD_CHARS))
    end = 0
    for match in _HEAD_PART.finditer(text, 0, limit):
        end = match.end()
    return end


def outline(text: str) -> Outline:
    """The boundaries of the sections of a folded text, in ascending order."""
    head = _head_end(text)
    _, parties = party_block(text, head)
    rulings = [match.end() for match in _RULING.finditer(text, parties)]
    signatures = [match.start() for match in _SIGNATURE.finditer(text, parties)]
    if rulings:
        signed = [end for end in rulings if signatures and end <= signatures[-1]]
        ruling = (signed or rulings)[-1]
        tail = next((at for at in signatures if at >= ruling), len(text))
    else:
        ruling = tail = next((at for at in signatures if at >= len(text) - _TAIL_CHARS), len(text))
    reasons = [match.start() for match in _REASONING.finditer(text, parties, ruling)]
    return Outline(head, parties, reasons[-1] if reasons else ruling, ruling, tail)


@Language.factory("cg_sections")
class SectionMarker:
    """Marks the sections. Holds no state besides its name, so that it is saved with the pipeline's config."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.spans["sections"]``."""
        view = compact(doc.text)
        ends = outline(view.text)
        bounds = (0, ends.head, ends.parties, ends.facts, ends.reasoning, ends.ruling, len(view.text))
        labels = (HEAD, PARTIES, FACTS, REASONING, RULING, TAIL)
        spans = [
            view_span(doc, view, start, end, label)
            for label, (start, end) in zip(labels, pairwise(bounds), strict=True)
            if view.text[start:end].strip()
        ]
        doc.spans["sections"] = SpanGroup(doc, name="sections", spans=spans)
        return doc

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
from nlp.lexicon import CASE_NO, JUDGE_TITLES, alternatives
from nlp.markers import first_marker, party_block
from nlp.spans import text_of, view_span

HEAD, PARTIES, FACTS, REASONING, RULING, TAIL = "HEAD", "PARTIES", "FACTS", "REASONING", "RULING", "TAIL"

DOC_TYPE = (
    r"(?:刑事附带民事|民事|刑事|行政赔偿|行政|执行|国家赔偿|司法救助)?"
    r"(?:判决书|裁定书|决定书|调解书|通知书)|支付令|限制(?:高)?消费令|(?:不予|减轻)?行政处罚决定书|报告财产令|搜查令|公告"
)
_HEAD_CHARS = 800
_TAIL_CHARS = 300
_HEAD_PART = re.compile(
    rf"(?:^|(?<=\n)|(?<=[书院:]))(?:{CASE_NO}|(?:{DOC_TYPE})(?=\n|\(|$))"
    r"|(?:^|(?<=\n))[\u3400-\u9fff]{2,30}法院(?=\n|$)"
)
#: The line that says whom a notice is written to.
_ADDRESSED = re.compile(r"\n[^\n:,。;]{2,300}:(?=\n|你|本院)")
_REASONING = re.compile(
    r"(?:^|[\n。])[^。\n]{0,12}?本院(?:经?审[理查]|复核|合议庭|评议|依法审查|经审理查明)*(?:后)?认为"
)
_RULING = re.compile(
    r"(?:判决|裁定|决定|命令|协议|调解|处罚)(?:结果)?如下|履行(?:下列|以下)义务|达成(?:如下|以下)(?:调解|和解)?协议|(?:作出|给予)(?:如下|以下)(?:行政)?(?:处罚|处理)(?:决定)?"
)
#: An authority signs by name and date alone.
_SEAL = re.compile(
    r"(?:(?<=[\n。])[\u3400-\u9fff()]{4,40}\n?)?(?:[一二][九〇○零OoОΟо0]|20\d\d)[\u3400-\u9fffOoОΟо〇○0-9]{0,4}年[^\n。,]{2,8}日(?:\([^()]{0,6}\))?\n?$"
)
_SIGNATURE = re.compile(rf"(?:^|(?<=[\n。)]))(?:{alternatives(JUDGE_TITLES)})(?![^\n。]{{0,12}}认为)")
#: Signatures that nothing parts from the words before: a title, a name, and a further title or the date.
_LOOSE_SIGNATURE = re.compile(
    rf"(?:{alternatives(JUDGE_TITLES)})(?=[\u3400-\u9fff·*×]{{2,8}}?(?:{alternatives(JUDGE_TITLES)}|二[〇○零0]|20\d\d))"
)


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
    addressed = _ADDRESSED.search(text, 0, limit)
    limit = addressed.start() if addressed else limit
    end = 0
    for match in _HEAD_PART.finditer(text, 0, limit):
        end = match.end()
    return end


def _dated_end(text: str, start: int) -> int:
    """Where the date at the end begins, with the name of the authority before it; the end of the text without one."""
    match = _SEAL.search(text, max(start, len(text) - _TAIL_CHARS))
    return match.start() if match else len(text)


def outline(text: str) -> Outline:
    """The boundaries of the sections of a folded text, in ascending order."""
    head = _head_end(text)
    _, parties = party_block(text, head)
    rulings = [match.end() for match in _RULING.finditer(text, parties)]
    signatures = [match.start() for match in _SIGNATURE.finditer(text, parties)]
    if not signatures:
        signatures = [match.start() for match in _LOOSE_SIGNATURE.finditer(text, max(parties, len(text) - _TAIL_CHARS))]
    if rulings:
        signed = [end for end in rulings if signatures and end <= signatures[-1]]
        ruling = (signed or rulings)[-1]
        tail = next((at for at in signatures if at >= ruling), len(text))
        if tail == len(text):
            tail = _dated_end(text, ruling)
    else:
        signed_at = next((at for at in signatures if at >= len(text) - _TAIL_CHARS), None)
        ruling = tail = _dated_end(text, parties) if signed_at is None else signed_at
    reasons = [match.start() for match in _REASONING.finditer(text, parties, ruling)]
    return Outline(head, parties, reasons[-1] if reasons else ruling, ruling, tail)


@Language.factory("cg_sections")
class SectionMarker:
    """Marks the sections. Holds no state besides its name, so that it is saved with the pipeline's config."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.spans["sections"]``."""
        view = compact(text_of(doc))
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

"""``cg_gazetteer``: courts and authorities by the form of their names, whoever they belong to.

Sets ``doc.spans["gazetteer"]`` with spans labelled COURT and ORG: a chain of region
names (``nlp.regions``), the word for the body (``data/bodies.yaml``) and its parts
(云泽市公安局青石分局交通警察大队). A body without a region is nobody in particular
and is left out; so is what stands in the title of a law.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from nlp.compact import compact
from nlp.lexicon import alternatives
from nlp.regions import region_start
from nlp.spans import span_at, text_of

DATA = Path(__file__).parent / "data"

_ORDINAL = re.compile(r"第[一二三四五六七八九十]{1,2}$")
#: What may stand between a region and its body.
_OWNER = re.compile(r"(?:人民政府|国家|中华人民共和国)$")
#: Courts of a railway, the sea, the internet bear the bare name of their seat.
_SEAT = re.compile(r"[\u3400-\u9fff]{2}$")
_HIGHEST = re.compile(r"最高人民(?:法院|检察院)")
_NATIONAL = re.compile(
    r"中华人民共和国(?:[\u3400-\u9fff]{2,14}?(?:部|委员会|总局|署)(?![\u3400-\u9fff]{0,3}[法例规]))"
    r"|国家(?:税务|市场监督管理|知识产权|外汇管理|金融监督管理)(?:总局|局)|中国(?:证券|银行业|保险)监督管理委员会|中国人民银行(?!同期|公布|规定|授权|贷款)"
)
_TITLE = re.compile(r"《[^》]*》?")

Hit = tuple[str, int, int]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Courts, and authorities with their parts."""
    words = yaml.safe_load((DATA / "bodies.yaml").read_text(encoding="utf-8"))
    court = re.compile(rf"(?:{alternatives(tuple(words['court']))})(?:[\u3400-\u9fff]{{2,5}}?法庭)?")
    part = alternatives(tuple(words["part"]))
    body = re.compile(
        rf"(?:{alternatives(tuple(words['body']))})"
        rf"(?:(?:(?![与和及、对向以于在由给将]|经(?!济)|作出|出具|认定)[\u3400-\u9fff]){{0,8}}?(?:{part})){{0,3}}"
    )
    return court, body


def find(text: str) -> list[Hit]:
    """Courts and authorities of a folded text as (label, start, end), in their order, none within another."""
    titles = [match.span() for match in _TITLE.finditer(text)]
    hits: list[Hit] = []
    for label, start, end in sorted(_candidates(text), key=lambda hit: (hit[1], -hit[2])):
        inside = any(left <= start < right for left, right in titles)
        if not inside and (not hits or start >= hits[-1][2]):
            hits.append((label, start, end))
    return hits


def _candidates(text: str) -> Iterator[Hit]:
    court, body = _patterns()
    for match in court.finditer(text):
        ordinal = _ORDINAL.search(text, max(0, match.start() - 4), match.start())
        at = ordinal.start() if ordinal else match.start()
        start = region_start(text, at, bare=True)
        if start == at and not match.group().endswith("人民法院") and _SEAT.search(text, max(0, at - 2), at):
            start = at - 2
        if start < at:
            yield "COURT", start, match.end()
    for match in _HIGHEST.finditer(text):
        yield ("COURT" if match.group().endswith("法院") else "ORG"), match.start(), match.end()
    for match in body.finditer(text):
        owner = _OWNER.search(text, max(0, match.start() - 8), match.start())
        at = owner.start() if owner else match.start()
        start = region_start(text, at)
        if start < at:
            yield "ORG", start, match.end()
    for match in _NATIONAL.finditer(text):
        yield "ORG", match.start(), match.end()


@Language.factory("cg_gazetteer")
class Gazetteer:
    """Finds courts and authorities; holds no state besides its name."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.spans["gazetteer"]``."""
        view = compact(text_of(doc))
        spans = [span_at(doc, *view.span(start, end), label) for label, start, end in find(view.text)]
        doc.spans["gazetteer"] = SpanGroup(doc, name="gazetteer", spans=spans)
        return doc

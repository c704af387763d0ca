"""``cg_merge``: one set of entities from what rules and model have found.

Sets ``doc.ents`` (labels CASE_NO, DATE, MONEY, LAW, COURT, PERSON, ORG). Where two
overlap the first of this order stays: law, case number, sum and date, court, a
name that the document declares (party, short name, representative, agent, firm),
authority by the gazetteer, learned ``ner``. A declared name counts wherever it
stands in the document. ``Span._.alias_of`` is the full name that a short name
(以下简称) stands for, "" for other entities.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span

from nlp.compact import Compact, compact
from nlp.forms import ORGANISATION, is_organisation, is_person
from nlp.lexicon import ROLES, alternatives
from nlp.names import Stretch
from nlp.spans import labelled, span_at, text_of

#: Labels of ``doc.spans["patterns"]`` that are entities, the strongest first.
_PATTERNS = ("LAW", "CASE_NO", "MONEY", "DATE")
_SHORT_NAME = re.compile(r"\((?:以下|下)?(?:统称|简称|称)[:为]?[\"“]?(?P<alias>[^()\"“”,。]{2,20})[\"”]?\)")
#: Endings that no other word has, so that a longer find is to be trusted.
_WHOLE = re.compile(
    r"(?:公司|银行|支行|分行|事务所|委员会|局|合作社|医院|学校|检察院|政府|中心|大队|支队|派出所|信用社|办事处|集团|厂|合伙企业)"
    r"(?:\([^()]*\))?$"
)
#: Short for a court, but no name of one.
_COURT_ROLE = re.compile(r"(?:一审|二审|原审|再审|执行|受理|该|本)?(?:法院|院)")


@dataclass(frozen=True, slots=True)
class Name:
    """A name that the document declares; ``alias_of``: the full name that it is short for, "" for a full one."""

    text: str
    label: str
    alias_of: str = ""


@dataclass(frozen=True, slots=True)
class _Hit:
    """A candidate in the folded text."""

    start: int
    end: int
    label: str
    alias_of: str = ""


def _label(name: str, kind: str = "") -> str:
    if kind:
        return "PERSON" if kind == "person" else "ORG"
    return "ORG" if ORGANISATION.search(name) and len(name) > 3 else "PERSON"


def declared(doc: Doc, view: Compact) -> list[Name]:
    """The names of party block, signatures and issuing authority, each once, the longest first."""
    names: dict[str, Name] = {}

    def add(place: Stretch | None, label: str = "", alias_of: str = "") -> None:
        text = view.text[view.index(place[0]) : view.index(place[1])] if place else ""
        if len(text) > 1 and "\n" not in text:
            names.setdefault(text, Name(text, label or _label(text), alias_of))

    for party in doc._.parties or ():
        label = _label("", party["kind"])
        add(party["name"], label)
        full = view.text[view.index(party["name"][0]) : view.index(party["name"][1])]
        for alias in party["aliases"]:
            add(alias, label, full)
        add(party["legal_rep"], "PERSON")
    for agent in doc._.agents or ():
        add(agent["name"], "PERSON")
        add(agent["firm"], "ORG")
    for judge in doc._.judges or ():
        add(judge["at"], "PERSON")
    for span in labelled(doc, "patterns", "AGENCY"):
        add((span.start_char, span.end_char), "ORG")
    return sorted(names.values(), key=lambda name: (-len(name.text), name.text))


def short_names(text: str, full: Iterable[_Hit]) -> list[Name]:
    """Short names in brackets behind a name that is among the hits."""
    ends = {hit.end: hit for hit in full if hit.label in ("ORG", "PERSON", "COURT")}
    found: dict[str, Name] = {}
    for match in _SHORT_NAME.finditer(text):
        holder = ends.get(match.start())
        alias = match["alias"]
        if holder and alias not in ROLES and not _COURT_ROLE.fullmatch(alias):
            label = "ORG" if ORGANISATION.search(alias) else holder.label
            found.setdefault(alias, Name(alias, label, text[holder.start : holder.end]))
    return list(found.values())


def mentions(text: str, names: Iterable[Name]) -> Iterator[_Hit]:
    """Every place of the names, at each place the longest; none overlaps another."""
    by_text = {name.text: name for name in names}
    if not by_text:
        return
    pattern = re.compile(alternatives(tuple(by_text)))
    for match in pattern.finditer(text):
        name = by_text[match.group()]
        yield _Hit(match.start(), match.end(), name.label, name.alias_of)


def _spans(view: Compact, spans: Iterable[Span]) -> Iterator[_Hit]:
    for span in spans:
        yield _Hit(view.index(span.start_char), view.index(span.end_char), span.label_)


def _learned(view: Compact, doc: Doc) -> list[_Hit]:
    """What the ner has found, without what is no name by its form."""
    hits = []
    for hit in _spans(view, (span for span in doc.ents if span.label_ in ("PERSON", "ORG"))):
        text = view.text[hit.start : hit.end]
        if is_person(text) if hit.label == "PERSON" else is_organisation(text):
            hits.append(hit)
    return _repeated(view.text, hits)


def _repeated(text: str, hits: list[_Hit]) -> list[_Hit]:
    """The hits of the ner, and other places of the persons and organisations that it found more than once."""
    counts = Counter((text[hit.start : hit.end], hit.label) for hit in hits)
    sure = [Name(name, label) for (name, label), count in counts.items() if count > 1 and len(name) > 2]
    return [*mentions(text, sure), *hits]


class _Taken:
    """What has been taken so far."""

    def __init__(self, length: int) -> None:
        self._free = bytearray(b"\x01") * length
        self.hits: list[_Hit] = []

    def add(self, hits: Iterable[_Hit]) -> None:
        """Take the hits that overlap none taken before."""
        for hit in hits:
            if hit.start < hit.end and all(self._free[hit.start : hit.end]):
                self._free[hit.start : hit.end] = bytes(hit.end - hit.start)
                self.hits.append(hit)


def _longer(text: str, names: list[_Hit], others: list[_Hit]) -> list[_Hit]:
    """``names`` without the short ones within a longer one of ``others`` that ends as only organisations do."""
    covers = [hit for hit in others if hit.label == "ORG" and _WHOLE.search(text[hit.start : hit.end])]
    return [hit for hit in names if not any(_within(hit, cover) for cover in covers if hit.end - hit.start < 8)]


def _within(hit: _Hit, cover: _Hit) -> bool:
    return cover.start <= hit.start and hit.end <= cover.end and hit.end - hit.start < cover.end - cover.start


def resolve(doc: Doc, view: Compact) -> list[_Hit]:
    """The entities in the folded text, in their order."""
    text = view.text
    taken = _Taken(len(text))
    for label in _PATTERNS:
        taken.add(_spans(view, labelled(doc, "patterns", label)))
    courts = [*_spans(view, labelled(doc, "patterns", "COURT")), *_spans(view, labelled(doc, "gazetteer", "COURT"))]
    authorities = list(_spans(view, labelled(doc, "gazetteer", "ORG")))
    learned = _learned(view, doc)
    names = declared(doc, view)
    known = list(mentions(text, names))
    short = short_names(text, [*learned, *authorities, *courts, *known])
    held = {name.text for name in names}
    known = list(mentions(text, [*names, *(name for name in short if name.text not in held)]))
    taken.add(courts)
    taken.add(_longer(text, known, [*authorities, *learned]))
    taken.add(hit for hit in authorities if not any(_within(hit, other) for other in learned))
    taken.add(learned)
    return sorted(taken.hits, key=lambda hit: hit.start)


@Language.factory("cg_merge")
class Merger:
    """Merges the entities; holds no state besides its name."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        if not Span.has_extension("alias_of"):
            Span.set_extension("alias_of", default="")

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents`` and ``Span._.alias_of``."""
        view = compact(text_of(doc))
        spans = []
        for hit in resolve(doc, view):
            span = span_at(doc, *view.span(hit.start, hit.end), hit.label)
            if hit.alias_of:
                span._.alias_of = hit.alias_of
            spans.append(span)
        doc.ents = spans
        return doc

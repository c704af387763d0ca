"""The way in for everybody outside ``nlp``: a text becomes its facts.

Importing this module imports spaCy.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nlp.compact import printed
from nlp.entities import entities
from nlp.facts import (
    MAX_CHARS,
    Agent,
    Amount,
    Change,
    Cost,
    EarlierCase,
    Found,
    Judge,
    JudgmentFacts,
    Obligation,
    Party,
    Relation,
    Statute,
    TextTooLong,
)
from nlp.names import Stretch
from nlp.pipeline import build
from nlp.spans import doc_of, labelled, text_of

_SURROGATE = re.compile("[\ud800-\udfff]")


@cache
def _language(entities: bool) -> Language:
    return build(entities=entities)


def read(text: str) -> JudgmentFacts:
    """The facts of one text; TextTooLong above ``MAX_CHARS``. Any other text gives facts, be it empty ones.

    Without entities, which no fact is read from and which take most of the time.
    """
    return from_doc(_language(False)(doc_of(_language(False), _readable(text))))


def read_many(texts: Iterable[str], *, with_entities: bool = False) -> Iterator[JudgmentFacts]:
    """The facts of each text, in order, by ``Language.pipe``; TextTooLong as ``read``.

    ``with_entities``: the entities too, with the trained model, which finds names that no rule finds.
    """
    language = _language(with_entities)
    return map(from_doc, language.pipe(doc_of(language, _readable(text)) for text in texts))


def _readable(text: str) -> str:
    """``text`` with what is no character (lone surrogates) replaced, place by place."""
    if len(text) > MAX_CHARS:
        raise TextTooLong(f"a text of {len(text)} characters; at most {MAX_CHARS} are read as one judgment")
    return _SURROGATE.sub("\ufffd", text)


def from_doc(doc: Doc) -> JudgmentFacts:
    """The facts that the pipeline has set on ``doc``."""
    text = text_of(doc)
    parties = tuple(
        Party(
            name=printed(text, *record["name"]),
            role=record["role"],
            kind=record["kind"],
            start=record["name"][0],
            end=record["name"][1],
            uscc=_found(text, record["uscc"]),
            id_number=_found(text, record["id_number"]),
            legal_rep=_found(text, record["legal_rep"]),
            legal_rep_title=record["legal_rep_title"],
            legal_rep_id=_found(text, record["legal_rep_id"]),
            earlier_roles=tuple(record["earlier_roles"]),
            aliases=tuple(Found(printed(text, *place), *place) for place in record["aliases"]),
            address=_found(text, record["address"]),
        )
        for record in doc._.parties
    )
    agents = tuple(
        Agent(
            name=printed(text, *record["name"]),
            firm=_found(text, record["firm"]),
            start=record["name"][0],
            end=record["name"][1],
            for_parties=tuple(parties[index].name for index in record["principals"]),
            title=record["title"],
        )
        for record in doc._.agents
    )
    return JudgmentFacts(
        case_no=_own(doc, "OWN_CASE_NO"),
        court=_own(doc, "COURT"),
        doc_type=_own(doc, "DOC_TYPE"),
        judgment_date=_own(doc, "JUDGMENT_DATE"),
        cause=_found(text, doc._.cause),
        parties=parties,
        agents=agents,
        relations=tuple(_relation(text, record) for record in doc._.relations or ()),
        amounts=tuple(Amount(one["fen"], one["what"], *one["at"]) for one in doc._.amounts or ()),
        statutes=tuple(Statute(one["law"], one["article"], *one["at"]) for one in doc._.statutes or ()),
        judges=tuple(Judge(one["name"], one["title"], *one["at"]) for one in doc._.judges or ()),
        obligations=tuple(_obligation(text, record) for record in doc._.obligations or ()),
        costs=tuple(
            Cost(tuple(printed(text, *bearer["at"]) for bearer in one["bearers"]), one["fen"], *one["words"])
            for one in doc._.costs or ()
        ),
        earlier=tuple(
            EarlierCase(Found(printed(text, *one["at"]), *one["at"]), one["court"], one["how"])
            for one in doc._.earlier or ()
        ),
        agency=_own(doc, "AGENCY"),
        document_no=_own(doc, "OWN_DOC_NO"),
        entities=entities(doc),
        changes=tuple(Change(one["kind"], tuple(one["items"]), *one["at"]) for one in doc._.changes or ()),
    )


def _relation(text: str, record: dict[str, Any]) -> Relation:
    source, target = record["source"], record["target"]
    return Relation(
        type=record["type"],
        source=Found(printed(text, *source["at"]), *source["at"]),
        source_kind=source["kind"],
        target=Found(printed(text, *target["at"]), *target["at"]),
        target_kind=target["kind"],
        start=record["words"][0],
        end=record["words"][1],
        confidence=record["confidence"],
        rule=record["rule"],
        amount=record["amount"],
    )


def _obligation(text: str, record: dict[str, Any]) -> Obligation:
    return Obligation(
        item=record["item"],
        debtors=tuple(printed(text, *one["at"]) for one in record["debtors"]),
        creditors=tuple(printed(text, *one["at"]) for one in record["creditors"]),
        amounts=tuple(fen for fen, _ in record["sums"]),
        joint=record["joint"],
        deadline=_found(text, record["deadline"]),
        start=record["words"][0],
        end=record["words"][1],
    )


def _found(text: str, place: Stretch | None) -> Found | None:
    return Found(printed(text, *place), *place) if place else None


def _own(doc: Doc, label: str) -> Found | None:
    """What the document says of itself under a label of the pattern finder."""
    for span in labelled(doc, "patterns", label):
        return Found(
            span._.norm or printed(text_of(doc), span.start_char, span.end_char), span.start_char, span.end_char
        )
    return None

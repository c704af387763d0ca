"""The entities of a text as plain values, for everybody outside ``nlp``."""

from spacy.tokens import Doc

from nlp.facts import Entity
from nlp.spans import text_of

LABELS = ("CASE_NO", "DATE", "MONEY", "LAW", "PERSON", "ORG", "COURT")


def entities(doc: Doc) -> tuple[Entity, ...]:
    """What the pipeline has set as ``doc.ents``, in the order of the text; none overlaps another."""
    text = text_of(doc)
    return tuple(
        Entity(span.start_char, span.end_char, span.label_, text[span.start_char : span.end_char], span._.alias_of)
        for span in doc.ents
    )

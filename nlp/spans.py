"""Spans of a spaCy ``Doc`` from character offsets, and back."""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from spacy.language import Language
from spacy.tokens import Doc, Span

from nlp.compact import Compact

_texts: WeakKeyDictionary[Doc, str] = WeakKeyDictionary()


def text_of(doc: Doc) -> str:
    """``doc.text``, joined from its tokens once at most for all components that the document passes through."""
    text = _texts.get(doc)
    if text is None:
        text = _texts[doc] = doc.text
    return text


def doc_of(language: Language, text: str) -> Doc:
    """The tokens of a text, for a pipeline to read; the text is kept beside them."""
    doc = language.make_doc(text)
    _texts[doc] = text
    return doc


def span_at(doc: Doc, start: int, end: int, label: str) -> Span:
    """The span of ``doc.text[start:end]``; ValueError when that holds no token."""
    span = doc.char_span(start, end, label=label, alignment_mode="expand")
    if span is None:
        raise ValueError(f"no token between {start} and {end}")
    return span


def view_span(doc: Doc, view: Compact, start: int, end: int, label: str) -> Span:
    """The span of ``view.text[start:end]``, line breaks at its ends left out; ValueError when nothing is left."""
    while start < end and view.text[start] == "\n":
        start += 1
    while end > start and view.text[end - 1] == "\n":
        end -= 1
    if start >= end:
        raise ValueError("an empty stretch has no span")
    return span_at(doc, *view.span(start, end), label)


def labelled(doc: Doc, group: str, *labels: str) -> Iterator[Span]:
    """The spans of a group with one of these labels (all without), in the group's order; none without the group."""
    for span in doc.spans.get(group, ()):
        if not labels or span.label_ in labels:
            yield span


def section(doc: Doc, view: Compact, label: str) -> tuple[int, int]:
    """Where a section lies in the folded text; an empty stretch at its end when there is none."""
    for span in labelled(doc, "sections", label):
        return view.index(span.start_char), view.index(span.end_char)
    return len(view.text), len(view.text)

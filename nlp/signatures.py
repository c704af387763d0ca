"""``cg_signatures``: who signed, and the articles that the ruling is given under.

Sets ``Doc._.judges`` and ``Doc._.statutes`` (plain records, offsets into ``doc.text``); needs the sections.
"""

from spacy.language import Language
from spacy.tokens import Doc

from nlp.compact import compact
from nlp.judges import signers_in
from nlp.sections import RULING, TAIL
from nlp.spans import section, text_of
from nlp.statutes import statutes_before


@Language.factory("cg_signatures")
class SignatureReader:
    """Reads signatures and statutes; holds no state besides its name."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        for field in ("judges", "statutes"):
            if not Doc.has_extension(field):
                Doc.set_extension(field, default=None)

    def __call__(self, doc: Doc) -> Doc:
        """Set ``Doc._.judges`` and ``Doc._.statutes``."""
        view = compact(text_of(doc))
        ruling, tail = section(doc, view, RULING), section(doc, view, TAIL)
        signers = signers_in(view, *tail) if tail[0] < tail[1] else ()
        cited = statutes_before(view.text, 0, ruling[0]) if ruling[0] < ruling[1] else ()
        doc._.judges = [{"name": one.name, "title": one.title, "at": view.span(one.start, one.end)} for one in signers]
        doc._.statutes = [
            {"law": one.law, "article": one.article, "at": view.span(one.start, one.end)} for one in cited
        ]
        return doc

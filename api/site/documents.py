"""Pages about documents: search inside their texts, and one text with the words of its facts and of the search."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.asking import Question
from api.documents import LENGTH, Filters, documents_body, words_of
from api.records import text_body
from api.site.visit import PageRoute, Visiting, html
from graph.model.words import find

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Text = Annotated[str, Query(max_length=LENGTH)]

_PAGE = 20

#: Fields of the form besides the words, as they are called in the address.
_FIELDS = ("court", "cause", "doc_type", "from", "to", "party", "role")


@router.get("/documents")
def documents(
    visit: Visiting,
    q: Text = "",
    court: Text = "",
    cause: Text = "",
    doc_type: Text = "",
    start: Annotated[Text, Query(alias="from")] = "",
    to: Text = "",
    party: Text = "",
    role: Text = "",
    cursor: Annotated[str | None, Query(max_length=600)] = None,
) -> Response:
    """The form; with ``q`` the documents that hold the words."""
    texts = [text.strip() for text in (court, cause, doc_type, start, to, party, role)]
    given = {name: text for name, text in zip(_FIELDS, texts, strict=True) if text}
    words = q.strip()
    more: dict[str, Any] = {"q": words, "given": given, "fields": _FIELDS}
    if not words:
        return html(visit.request, "documents.html", {}, visit=visit, **more)

    def ask(asked: Question) -> dict[str, Any]:
        return documents_body(asked, words, Filters(*texts), _PAGE, cursor or None)

    return visit.page("documents.html", "read", ask, **more)


@router.get("/documents/{sha256}")
def document(visit: Visiting, sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")], q: Text = "") -> Response:
    """A text with the words of each fact marked, and those of the search that led here."""

    def ask(asked: Question) -> dict[str, Any]:
        wanted = words_of(q) if q.strip() else []
        body = text_body(asked.book, asked.reader, asked.view, sha256)
        return body | {"words": [list(span) for span in find(body["text"], wanted).marks]}

    return visit.page("document.html", "read", ask, q=q.strip())

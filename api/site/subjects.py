"""Pages about subjects: search, file, neighbours, one relation, reach, paths; the catalogue of measures."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.answers import reach_body
from api.asking import Question
from api.cases.desk import Desk
from api.cases.told import lines
from api.entities import Unanswerable
from api.paths import DEPTH, Rank, Way
from api.questions import link_body, neighbours_body, paths_body, search_body
from api.show import show
from api.site.visit import PageRoute, Visiting, html
from graph.measures.catalogue import standing_catalogue

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Id = Annotated[str, Path(max_length=200)]
Cursor = Annotated[str | None, Query(max_length=600)]

#: Results on a page; paths.
_PAGE, _PATHS = 25, 10


@router.get("/")
def home(visit: Visiting, q: Annotated[str, Query(max_length=200)] = "", cursor: Cursor = None) -> Response:
    """The first page: one box; with ``q`` what it finds."""
    text = q.strip()
    if not text:
        return html(visit.request, "home.html", {}, visit=visit, q="")
    return visit.page("home.html", "read", lambda asked: search_body(asked, text, _PAGE, cursor or None), q=text)


@router.get("/subjects/{id}")
def subject(visit: Visiting, id: Id, merged_from: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The file of a subject."""

    def ask(asked: Question) -> dict[str, Any]:
        question = asked.asked(id)
        body = show(question, [])
        if not visit.may("read_cases"):
            return body
        return body | {"cases": lines(asked, Desk(asked, visit.caller).of(question.node.keys))}

    return visit.page("subject.html", "read", ask, merged=bool(merged_from))


@router.get("/subjects/{id}/neighbours")
def neighbours(
    visit: Visiting,
    id: Id,
    relation: Annotated[str, Query(max_length=60)] = "",
    direction: Literal["in", "out", "both"] = "both",
    cursor: Cursor = None,
) -> Response:
    """All relations of a subject, counted first, a page at a time."""

    def ask(asked: Question) -> dict[str, Any]:
        body = neighbours_body(asked, id, relation or None, direction, 2 * _PAGE, cursor or None)
        return body | show(asked.asked(id), ["expansions"])

    return visit.page("neighbours.html", "read", ask, relation=relation, direction=direction)


@router.get("/subjects/{id}/links/{edge}")
def link(visit: Visiting, id: Id, edge: Annotated[str, Path(pattern=r"^e[0-9a-f]{23}$")]) -> Response:
    """One relation with its claims."""
    return visit.page("link.html", "read", lambda asked: link_body(asked, id, edge), subject=id)


@router.get("/subjects/{id}/reach")
def reach(visit: Visiting, id: Id) -> Response:
    """Who is reached by law, who is not, and why."""
    catalogue = {measure.id: measure for measure in standing_catalogue().measures}

    def ask(asked: Question) -> dict[str, Any]:
        return reach_body(asked.book, asked.reader, asked.view, asked.asked(id).node)

    return visit.page("reach.html", "read", ask, catalogue=catalogue)


@router.get("/paths")
def paths(
    visit: Visiting,
    start: Annotated[str, Query(alias="from", max_length=200)] = "",
    to: Annotated[str, Query(max_length=200)] = "",
    max_depth: Annotated[Literal[""] | Annotated[int, Query(ge=1, le=8)], Query()] = "",
    rank: Rank = "hops",
    soft: bool = False,
    ever: bool = False,
    cursor: Cursor = None,
) -> Response:
    """How two subjects are linked, hop by hop: the fewest hops first, or the best proved."""
    ends = (start.strip(), to.strip())
    way = Way(max_depth or None, _PATHS, 0, None, rank, soft, ever)
    more: dict[str, Any] = {"start": ends[0], "to": ends[1], "way": way, "depth": DEPTH}
    if not all(ends):
        return html(visit.request, "path.html", {}, visit=visit, **more)

    def ask(asked: Question) -> dict[str, Any]:
        return paths_body(asked, ends, way, cursor or None)

    return visit.page("path.html", "read", ask, **more)


@router.get("/measures")
def measures(visit: Visiting) -> Response:
    """The catalogue: law, open to everybody."""
    catalogue = standing_catalogue()
    return html(visit.request, "measures.html", {"version": catalogue.version}, visit=visit, rows=catalogue.measures)


@router.get("/measures/{id}")
def measure(visit: Visiting, id: Annotated[str, Path(max_length=20)]) -> Response:
    """One measure as the engine reads it."""
    catalogue = standing_catalogue()
    found = next((row for row in catalogue.measures if row.id == id), None)
    if found is None:
        raise Unanswerable(404, "unknown measure", "no measure of this id is in the catalogue")
    return html(visit.request, "measure.html", {"version": catalogue.version}, visit=visit, measure=found)

"""Who may ask what, and what of a record shows to whom: the matrix of routes, roles, openness and divisions.

``python -m api.matrix`` writes ``docs/access.md``; with ``--check`` it only says whether that is current. Roles and
actions come from :mod:`api.auth`; here stands only which action a route asks for. A test calls every route with
every role and compares, so neither can drift from the other, nor a route be left out.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from api.auth import ACTIONS, LEVELS, ROLES, Caller, narrowing, permit, shows_archived, shows_rows
from api.entities import Unanswerable
from api.gate import PREFIX
from graph.model.claims import RESTRICTED, SHARED

PAGE = Path(__file__).resolve().parents[1] / "docs" / "access.md"

#: What needs no action: open to everybody, or whoever has signed in.
OPEN, SESSION = "open", "session"

#: Route -> the actions that it asks for. A query after ``?`` asks for more than the route alone.
NEEDS: dict[str, tuple[str, ...]] = {
    **{f"GET /{name}": (OPEN,) for name in ("openapi.json", "health", "ready", "metrics", "docs", "static/site.css")},
    "GET /certificate-key": (OPEN,),
    f"GET {PREFIX}/search": ("read",),
    f"GET {PREFIX}/search?known_at=": ("read", "read_past"),
    f"GET {PREFIX}/entities/{{id}}": ("read",),
    f"GET {PREFIX}/entities/{{id}}?section=keys": ("read", "read_keys"),
    f"GET {PREFIX}/entities/{{id}}?section=beneficial-owners": ("read", "read_owners"),
    f"GET {PREFIX}/entities/{{id}}/expansions": ("read",),
    f"GET {PREFIX}/entities/{{id}}/records": ("read",),
    f"GET {PREFIX}/entities/{{id}}/chain": ("read",),
    f"GET {PREFIX}/entities/{{id}}/neighbours": ("read",),
    f"GET {PREFIX}/entities/{{id}}/edges/{{edge}}": ("read",),
    f"GET {PREFIX}/entities/{{id}}/measures": ("read",),
    **{
        f"GET {PREFIX}/entities/{{id}}/{name}": ("read",)
        for name in ("ownership", "tree", "controllers", "holds", "group", "rings")
    },
    f"GET {PREFIX}/entities/{{id}}/beneficial-owners": ("read_owners",),
    f"POST {PREFIX}/entities/{{id}}/what-if": ("read",),
    f"GET {PREFIX}/paths": ("read",),
    f"POST {PREFIX}/links": ("read",),
    f"GET {PREFIX}/records/{{id}}": ("read",),
    f"GET {PREFIX}/rows/{{seq}}": ("read",),
    f"GET {PREFIX}/documents": ("read",),
    f"GET {PREFIX}/documents?known_at=": ("read", "read_past"),
    f"GET {PREFIX}/documents/{{sha256}}/text": ("read",),
    f"GET {PREFIX}/lists/{{id}}": ("read",),
    f"GET {PREFIX}/lists/{{id}}/delta": ("read",),
    f"GET {PREFIX}/batches": ("read_batches",),
    f"POST {PREFIX}/batches": ("load",),
    f"POST {PREFIX}/screening": ("screen",),
    f"GET {PREFIX}/reviews": ("read_reviews",),
    f"GET {PREFIX}/reviews/{{id}}": ("read_reviews",),
    f"POST {PREFIX}/reviews/{{id}}": ("decide_reviews",),
    f"GET {PREFIX}/cases": ("read_cases",),
    f"POST {PREFIX}/cases": ("act_cases",),
    f"GET {PREFIX}/cases/{{id}}": ("read_cases",),
    f"POST {PREFIX}/cases/{{id}}": ("act_cases",),
    f"GET {PREFIX}/measures/use": ("read_cases",),
    f"POST {PREFIX}/checks": ("check",),
    f"POST {PREFIX}/checks?certify=": ("keep_checks",),
    f"GET {PREFIX}/checks/{{id}}": ("read_checks",),
    f"POST {PREFIX}/checks/{{id}}/decision": ("keep_checks",),
    f"GET {PREFIX}/audit": ("read_audit",),
    "GET /": (OPEN,),
    "GET /?q=": ("read",),
    "GET /subjects/{id}": ("read",),
    "GET /subjects/{id}/neighbours": ("read",),
    "GET /subjects/{id}/links/{edge}": ("read",),
    "GET /subjects/{id}/reach": ("read",),
    "GET /subjects/{id}/ownership": ("read",),
    # Beneficial owners stand on the page of whoever may read_owners; what others see is without them.
    "GET /subjects/{id}/control": ("read",),
    "GET /subjects/{id}/rings": ("read",),
    "GET /paths": (OPEN,),
    "GET /paths?from=&to=": ("read",),
    "GET /measures": (OPEN,),
    "GET /measures/{id}": (OPEN,),
    "GET /records/{id}": ("read",),
    "GET /rows/{seq}": ("read",),
    "GET /documents": (OPEN,),
    "GET /documents?q=": ("read",),
    "GET /documents/{sha256}": ("read",),
    "GET /lists": (OPEN,),
    "GET /lists/{id}": ("read",),
    "GET /lists/{id}/delta": ("read",),
    "GET /batches": ("read_batches",),
    "GET /batches/{id}": ("read_batches",),
    "POST /batches": ("load",),
    "GET /reviews": ("read_reviews",),
    "GET /reviews/{id}": ("read_reviews",),
    "POST /reviews/{id}": ("decide_reviews",),
    "GET /desk": ("read_cases",),
    "GET /desk/{id}": ("read_cases",),
    "POST /desk/{id}": ("act_cases",),
    "GET /sign-in": (OPEN,),
    "POST /sign-in": (OPEN,),
    "POST /sign-out": (SESSION,),
}

#: What of a record shows: with the cells of its row, without them, or not at all.
WHOLE, CLAIMS, NOTHING = "whole", "claims", "nothing"

#: Classes of records; what is archived is kept with the restricted ones, whatever it was.
CLASSES = (*LEVELS, "archived")


def routes_of(app: Any) -> Iterator[str]:
    """Every route of an application as ``GET /path``, those of included routers too."""

    def walk(routes: Sequence[Any], prefix: str) -> Iterator[str]:
        for route in routes:
            inner = getattr(route, "original_router", None)
            if inner is not None:
                yield from walk(inner.routes, prefix + route.include_context.prefix)
            else:
                yield from (f"{method} {prefix}{route.path}" for method in sorted({*route.methods} - {"HEAD"}))

    yield from walk(app.routes, "")


def status(route: str, role: str | None, purpose: bool = True) -> int:
    """What a route answers to a role, None = nobody: 401, 403, or 0 when nothing is refused."""
    needs = NEEDS[route]
    if needs == (OPEN,):
        return 0
    if role is None:
        if route.split(" ")[1].startswith(PREFIX):
            return 401
        if needs == (SESSION,):
            return 403
    caller = Caller("k", role or "public", "", "why" if purpose else "")
    try:
        for action in needs:
            if action != SESSION:
                permit(caller, action)
    except Unanswerable:
        return 403
    return 0


def sight(role: str, kind: str, *, other: bool = False) -> str:
    """What of a record of a class shows to a role; ``other``: its key is of another division than the record."""
    level = ROLES[role].level
    if other and narrowing(Caller("k", role, "350500")):
        level = SHARED
    shows = shows_archived(level) if kind == "archived" else level >= LEVELS.index(kind)
    return NOTHING if not shows else WHOLE if shows_rows(level) else CLAIMS


_HEAD = """# Who may ask what

Written by `python -m api.matrix` from the tables of `api/auth.py` and `api/matrix.py`: change those, not this page.
A test calls every route with every role and compares the answers with it.
`yes`; `why` = with a purpose; `–` = 403; `401` = needs a key. Nobody: no key, a bad, expired or revoked one; on
pages, who has not signed in. A court loads only what `api/auth.py` lists; a form of a page needs its session.
"""

_SEEN = """
## What of a record shows
`whole` with the cells of its source row; `claims` without them; `nothing` as if there were no such record. Archived:
repaired, withdrawn, expired. Own: a key without a division, or of that of the record.

"""


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(route: str, role: str | None) -> str:
    found = status(route, role)
    if found:
        return "–" if found == 403 else str(found)
    return "why" if role and status(route, role, purpose=False) else "yes"


def render() -> str:
    """The page."""
    told = _HEAD
    for title, api in (("Operations", True), ("Pages and what is open", False)):
        told += f"\n## {title}\n\n" + _line(["route", "asks for", "nobody", *ROLES]) + "|---" * (3 + len(ROLES)) + "|\n"
        for route, needs in NEEDS.items():
            if route.split(" ")[1].startswith(PREFIX) is api:
                cells = [_cell(route, role) for role in (None, *ROLES)]
                told += _line([f"`{route.replace(PREFIX, '')}`", ", ".join(needs), *cells])
    told += _SEEN + _line(["role", "division", *CLASSES]) + "|---" * (2 + len(CLASSES)) + "|\n"
    for role, known in ROLES.items():
        for other in (False, True) if known.level >= RESTRICTED else (False,):
            division = "other" if other else "own" if known.level >= RESTRICTED else "any"
            told += _line([role, division, *(sight(role, kind, other=other) for kind in CLASSES)])
    return told + f"\n{len(ACTIONS)} actions, {len(NEEDS)} lines; operations lie under `{PREFIX}`.\n"


def main(arguments: Sequence[str], page: Path = PAGE) -> int:
    """Write the page, or with ``--check`` compare it: 0 current or written, 1 not current, 2 unknown argument."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m api.matrix [--check]", file=sys.stderr)
        return 2
    if not arguments:
        page.write_text(render(), encoding="utf-8")
        return 0
    if page.is_file() and page.read_text(encoding="utf-8") == render():
        return 0
    print(f"{page.name} is not current: run python -m api.matrix", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Who may do what, as one table: route × role, and what shows of a record by its openness and the reader's division.

``docs/access.md`` is written from it: ``python -m api.matrix [--check]``. The tables of :mod:`api.auth` decide; here
stands only which action a route asks for, and a test calls every route as every role to prove that it does.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route

from api.auth import ACTIONS, LEVELS, ROLES, needs_purpose, shows_archived, shows_rows
from api.gate import PREFIX
from graph.model.claims import PUBLIC, RESTRICTED, SHARED

_TARGET = Path("docs/access.md")

#: What a route asks for that asks nothing of policy.
OPEN = "open"

#: Route below the prefix -> the action that it asks for.
API: Mapping[str, str] = {
    "GET /search": "read",
    "GET /entities/{id}": "read",
    "GET /entities/{id}/expansions": "read",
    "GET /entities/{id}/records": "read",
    "GET /entities/{id}/neighbours": "read",
    "GET /entities/{id}/edges/{edge}": "read",
    "GET /entities/{id}/measures": "read",
    "GET /paths": "read",
    "GET /records/{id}": "read",
    "GET /rows/{seq}": "read",
    "GET /documents/{sha256}/text": "read",
    "GET /lists/{id}": "read",
    "GET /lists/{id}/delta": "read",
    "GET /batches": "read_batches",
    "POST /batches": "load",
    "POST /screening": "screen",
    "GET /audit": "read_audit",
}

#: Route of a page, or of what is open without a key -> the action that it asks for.
PAGES: Mapping[str, str] = {
    "GET /": "read",
    "GET /subjects/{id}": "read",
    "GET /subjects/{id}/neighbours": "read",
    "GET /subjects/{id}/links/{edge}": "read",
    "GET /subjects/{id}/reach": "read",
    "GET /paths": "read",
    "GET /records/{id}": "read",
    "GET /rows/{seq}": "read",
    "GET /documents/{sha256}": "read",
    "GET /lists/{id}": "read",
    "GET /lists/{id}/delta": "read",
    "GET /batches": "read_batches",
    "GET /batches/{id}": "read_batches",
    "POST /batches": "load",
    "GET /lists": OPEN,
    "GET /measures": OPEN,
    "GET /measures/{id}": OPEN,
    "GET /sign-in": OPEN,
    "POST /sign-in": OPEN,
    "POST /sign-out": OPEN,
    "GET /static/site.css": OPEN,
    "GET /health": OPEN,
    "GET /ready": OPEN,
    "GET /metrics": OPEN,
    "GET /docs": OPEN,
    "GET /openapi.json": OPEN,
}

#: Who has no key: refused below the prefix, the public on pages.
NOBODY = "nobody"

Answer = Literal["yes", "purpose", "no", "key"]


def routes(app: FastAPI) -> set[str]:
    """Method and path of everything that an application answers."""

    def walk(found: list[BaseRoute], prefix: str) -> Iterator[str]:
        # FastAPI keeps an included router as one entry, its own routes and its prefix inside.
        for route in found:
            inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
            if isinstance(route, Route) or hasattr(route, "methods"):
                methods = sorted(set(getattr(route, "methods", None) or ()) - {"HEAD"})
                yield from (f"{method} {prefix}{getattr(route, 'path', '')}" for method in methods)
            elif isinstance(route, Mount) or inner:
                context = getattr(route, "include_context", None)
                yield from walk(list(inner or ()), prefix + str(getattr(context, "prefix", "") or ""))

    return set(walk(list(app.router.routes), ""))


def expected() -> set[str]:
    """Method and path of every route of the matrix."""
    return {route.replace(" ", f" {PREFIX}", 1) for route in API} | set(PAGES)


def answer(action: str, role: str, *, api: bool) -> Answer:
    """What a role is told: ``yes``; ``purpose``, only when it says why; ``no`` (403); ``key``, no good key (401)."""
    if role == NOBODY:
        if api:
            return "key"
        role = "public"
    if action == OPEN:
        return "yes"
    if role not in ACTIONS[action]:
        return "no"
    return "purpose" if needs_purpose(role, action) else "yes"


#: Class of a record -> the lowest level that sees it.
CLASSES: Mapping[str, int] = {"public": PUBLIC, "shared": SHARED, "restricted": RESTRICTED, "archived": RESTRICTED}

Division = Literal["none", "own", "other"]


def shown(openness: str, level: int, division: Division) -> Literal["whole", "claims", "nothing"]:
    """What shows of a record: ``whole`` with the cells of its row, ``claims`` what is open of it, or ``nothing``.

    ``division``: whether the key has one and the record was issued in it. It narrows the restricted level only.
    """
    level = SHARED if division == "other" and level >= RESTRICTED else level
    if openness == "archived" and not shows_archived(level):
        return "nothing"
    if level < CLASSES[openness]:
        return "nothing"
    return "whole" if shows_rows(level) else "claims"


_HEAD = """# Who may do what

Written by `python -m api.matrix` from the tables of `api/auth.py` and `api/matrix.py`: change those, not this page. A
test calls every route as every role, without a key, with a bad, an expired and a revoked one, and compares.

✓ may · p must state a purpose · – may not (403) · key: no answer without a good key (401). On pages, who has not signed
in is the public. `court` loads four sources only; `known_at` and `section=keys` ask for more (see `api/auth.py`).
"""

_ABOUT_RECORDS = """## What shows of a record

By the view of the role and the division of the key. Archived: repaired, withdrawn or expired. Whole: with the cells of
its source row; claims: what is open of it. A key without a division reads as the city.
"""

_MARKS: Mapping[Answer, str] = {"yes": "✓", "purpose": "p", "no": "–", "key": "key"}


def _table(routes_of: Mapping[str, str], *, api: bool) -> str:
    roles = [NOBODY, *ROLES]
    lines = [f"| route | asks for | {' | '.join(roles)} |", "|---|---|" + "---|" * len(roles)]
    for route, action in routes_of.items():
        marks = " | ".join(_MARKS[answer(action, role, api=api)] for role in roles)
        lines.append(f"| `{route}` | {action} | {marks} |")
    return "\n".join(lines)


def _classes() -> str:
    readers: list[tuple[int, Division]] = [(PUBLIC, "none"), (SHARED, "none"), (RESTRICTED, "none")]
    readers += [(RESTRICTED, "own"), (RESTRICTED, "other")]
    names = {"none": "", "own": ", own division", "other": ", other division"}
    lines = [f"| a record that is | {' | '.join(LEVELS[level] + names[division] for level, division in readers)} |"]
    lines.append("|---|" + "---|" * len(readers))
    for openness in CLASSES:
        told = " | ".join(shown(openness, level, division) for level, division in readers)
        lines.append(f"| {openness} | {told} |")
    return "\n".join(lines)


def render() -> str:
    """The page."""
    parts = [
        _HEAD,
        f"## Below `{PREFIX}`\n\n{_table(API, api=True)}\n",
        f"## Pages and what is open\n\n{_table(PAGES, api=False)}\n",
        f"{_ABOUT_RECORDS}\n{_classes()}\n",
    ]
    return "\n".join(parts)


def main() -> int:
    """Write the page, or with ``--check`` say whether it is up to date: 0 yes, 1 no."""
    page = render()
    if "--check" not in sys.argv[1:]:
        _TARGET.write_text(page, encoding="utf-8")
        return 0
    if _TARGET.is_file() and _TARGET.read_text(encoding="utf-8") == page:
        return 0
    print(f"{_TARGET} is out of date: run python -m api.matrix", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())

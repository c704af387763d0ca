"""What is drawn of a subject: its neighbourhood in two columns, and its dates as a line of events."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from api.site.words import Words

#: Boxes drawn on each side; what is left is told by its number.
_DRAWN = 9

_WIDTH, _ROW, _BOX, _HIGH = 1040, 46, 250, 34


class Box(NamedTuple):
    """A neighbour: place of its left upper corner, its name, the line's label, and where both lead."""

    x: int
    y: int
    name: str
    label: str
    person: bool
    uncertain: bool
    subject_path: str
    link_path: str
    line: tuple[int, int, int, int]
    left: bool


class Drawing(NamedTuple):
    """Size, the box in the middle, the neighbours, and how many are not drawn."""

    width: int
    height: int
    middle: tuple[int, int, int, int]
    boxes: list[Box]
    left_out: int


def short(name: str, most: int = 14) -> str:
    """A name that fits into a box."""
    return name if len(name) <= most else name[: most - 1] + "…"


def _label(row: dict[str, Any], words: Words) -> str:
    share = f" {row['share']}%" if row.get("share") is not None else ""
    return short(words.relation(row["relation"]), 16) + share


def drawing(body: dict[str, Any], words: Words) -> Drawing:
    """The people and holdings of a file as boxes: in from the left, out to the right."""
    rows = [*body.get("people", ()), *body.get("holdings", ())]
    # An order of its own: whoever still holds a role or share first, so that what is left out is what ended.
    rows.sort(key=lambda row: row["valid_to"] is not None and row["valid_to"] <= (body["as_of"] or "9999"))
    sides = {side: [row for row in rows if row["direction"] == side] for side in ("in", "out")}
    tall = max(1, *(min(_DRAWN, len(side)) for side in sides.values()))
    height = tall * _ROW + 20
    middle = (_WIDTH // 2 - _BOX // 2, height // 2 - _HIGH // 2, _BOX, _HIGH)
    boxes = []
    for side, some in sides.items():
        left, drawn = side == "in", some[:_DRAWN]
        top = (height - len(drawn) * _ROW) // 2 + (_ROW - _HIGH) // 2
        for place, row in enumerate(drawn):
            x, y = 0 if left else _WIDTH - _BOX, top + place * _ROW
            mid = middle[1] + _HIGH // 2
            line = (_BOX, y + _HIGH // 2, middle[0], mid) if left else (middle[0] + _BOX, mid, x, y + _HIGH // 2)
            who = row["entity"]
            paths = (f"/subjects/{who['id']}", f"/subjects/{body['entity']['id']}/links/{row['id']}")
            certain = row["match"] != "candidate" and not row.get("disagree")
            boxes.append(
                Box(
                    x,
                    y,
                    short(who["name"]),
                    _label(row, words),
                    who["kind"] == "person",
                    not certain,
                    *paths,
                    line,
                    left,
                )
            )
    return Drawing(_WIDTH, height, middle, boxes, len(rows) - len(boxes))


class Event(NamedTuple):
    """A day, what happened, and where it is told."""

    day: str
    what: str
    path: str


def _roles(body: dict[str, Any], words: Words) -> Iterable[Event]:
    for row in (*body.get("people", ()), *body.get("holdings", ())):
        path = f"/subjects/{body['entity']['id']}/links/{row['id']}"
        told = f"{words.relation(row['relation'])} {row['entity']['name']}"
        if row["valid_from"]:
            yield Event(row["valid_from"], f"＋ {told}", path)
        if row["valid_to"]:
            yield Event(row["valid_to"], f"－ {told}", path)


def timeline(body: dict[str, Any], words: Words) -> list[Event]:
    """The dated facts of a file, the latest first; only what has happened by its day of valid time."""
    events = list(_roles(body, words))
    for row in body.get("records", ()):
        told = f"{words.coded('record_kinds', row['kind'])} {row['document_no'] or ''}"
        events.append(Event(row["date"] or "", told, f"/records/{row['id']}"))
    for row in body.get("lists", ()):
        told, path = f"{words.said('list', row['list'])} {row['document_no'] or ''}", f"/records/{row['entry']}"
        events.append(Event(row["from"] or "", f"＋ {told}", path))
        events.append(Event(row["to"] or "", f"－ {told}", path))
    for case in body.get("judgments", ()):
        for text in case["documents"]:
            events.append(
                Event(
                    text.get("date") or "",
                    f"{text.get('doc_type', '')} {case['entity']['name']}",
                    f"/records/{text['id']}",
                )
            )
    until = body["as_of"] or "9999"
    return sorted({event for event in events if event.day and event.day <= until}, reverse=True)

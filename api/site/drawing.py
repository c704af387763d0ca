"""What is drawn of a subject: its neighbourhood in two columns, and its dates as a line of events."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from api.site.words import Words

#: Boxes drawn on each side; what is left is told by its number.
_DRAWN = 9

_WIDTH, _ROW, _BOX, _HIGH = 1040, 46, 250, 34


class Link(NamedTuple):
    """One relation of a neighbour: what it is called, and the address of its claims."""

    label: str
    path: str


class Box(NamedTuple):
    """A neighbour: place of its left upper corner, its name and address, its relations and its line."""

    x: int
    y: int
    name: str
    path: str
    person: bool
    uncertain: bool
    links: list[Link]
    line: tuple[int, int, int, int]
    left: bool


class Drawing(NamedTuple):
    """Size, the box in the middle (x, y, width, height), the neighbours, and how many are not drawn."""

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
    return words.relation(row["relation"]).split("、")[0] + share


def _ended(row: dict[str, Any], body: dict[str, Any]) -> bool:
    return row["valid_to"] is not None and row["valid_to"] <= (body["as_of"] or "9999")


def drawing(body: dict[str, Any], words: Words) -> Drawing:
    """People and holdings of a file that have not ended, a box a neighbour: in from the left, out to the right."""
    sides: dict[str, dict[str, list[dict[str, Any]]]] = {"in": {}, "out": {}}
    for row in (*body.get("people", ()), *body.get("holdings", ())):
        if not _ended(row, body):
            sides[row["direction"]].setdefault(row["entity"]["id"], []).append(row)
    tall = max(1, *(min(_DRAWN, len(side)) for side in sides.values()))
    height = tall * _ROW + 20
    middle = (_WIDTH // 2 - _BOX // 2, height // 2 - _HIGH // 2, _BOX, _HIGH)
    boxes = []
    for side, neighbours in sides.items():
        drawn = list(neighbours.values())[:_DRAWN]
        top = (height - len(drawn) * _ROW) // 2 + (_ROW - _HIGH) // 2
        boxes += [_box(rows, top + i * _ROW, middle, side == "in", body, words) for i, rows in enumerate(drawn)]
    return Drawing(_WIDTH, height, middle, boxes, sum(map(len, sides.values())) - len(boxes))


def _box(
    rows: list[dict[str, Any]],
    y: int,
    middle: tuple[int, int, int, int],
    left: bool,
    body: dict[str, Any],
    words: Words,
) -> Box:
    x, half = 0 if left else _WIDTH - _BOX, _HIGH // 2
    inner = middle[1] + half
    line = (_BOX, y + half, middle[0], inner) if left else (middle[0] + _BOX, inner, x, y + half)
    who = rows[0]["entity"]
    uncertain = all(row["match"] == "candidate" or row.get("disagree") for row in rows)
    links = [Link(_label(row, words), f"/subjects/{body['entity']['id']}/links/{row['id']}") for row in rows]
    return Box(
        x, y, short(who["name"]), f"/subjects/{who['id']}", who["kind"] == "person", uncertain, links, line, left
    )


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

"""A ring of holdings or guarantees drawn as a circle: members on it, an arrow for each direction that has a link."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from api.site.drawing import short

#: Members drawn, so many that no two boxes touch; of more links than these the amounts stand in the table only.
MOST, _TOLD = 12, 24

_WIDTH, _BOX, _HIGH = 1040, 186, 36
_EDGE = 44
#: How far an arrow bends from the straight line, so that the two directions of a pair lie apart.
_BEND = 34


class Member(NamedTuple):
    """A box: its left upper corner, the subject; ``asked``: the one whose ring it is."""

    x: int
    y: int
    id: str
    name: str
    person: bool
    asked: bool


class Arrow(NamedTuple):
    """All links of one subject to another: the path of the arrow, place of their words, the links as they came."""

    source: str
    path: str
    at: tuple[int, int]
    edges: list[dict[str, Any]]
    uncertain: bool


class Circle(NamedTuple):
    """Size, boxes, arrows, whether amounts stand beside the arrows, and how many members are not drawn."""

    width: int
    height: int
    boxes: list[Member]
    arrows: list[Arrow]
    told: bool
    left_out: int


def ring_drawing(ring: Mapping[str, Any], asked: str) -> Circle:
    """A ring (as ``rings_body`` tells it), the subject asked at its top.

    Members follow each other as on the first circle that has him, so that the arrows of a plain ring go round.
    """
    members = {member["id"]: member for member in ring["members"]}
    first = next((circle for circle in ring["circles"] if asked in circle), [asked] if asked in members else [])
    start = first.index(asked) if first else 0
    order = list(dict.fromkeys([*first[start:], *first[:start], *members]))[:MOST]
    tall = 0 if len(order) < 3 else 90 + 16 * len(order)
    height = 2 * (tall + _EDGE) + _HIGH
    middles = {node: _middle(place, len(order), tall, height) for place, node in enumerate(order)}
    boxes = [
        Member(x - _BOX // 2, y - _HIGH // 2, node, short(members[node]["name"], 12),
               members[node]["kind"] == "person", node == asked)
        for node, (x, y) in middles.items()
    ]  # fmt: skip
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for edge in ring["edges"]:
        if {edge["from"], edge["to"]} <= middles.keys():
            pairs.setdefault((edge["from"], edge["to"]), []).append(edge)
    arrows = [_arrow(middles, order, pair, edges) for pair, edges in pairs.items()]
    return Circle(_WIDTH, height, boxes, arrows, len(arrows) <= _TOLD, len(members) - len(order))


def _middle(place: int, number: int, tall: int, height: int) -> tuple[int, int]:
    """The middle of a box: two stand side by side, more go round from the top."""
    if number < 3:
        return (_WIDTH // 2 + (-260, 260)[place], height // 2) if number == 2 else (_WIDTH // 2, height // 2)
    turn = 2 * math.pi * place / number - math.pi / 2
    return round(_WIDTH / 2 + 400 * math.cos(turn)), round(height / 2 + tall * math.sin(turn))


def _border(middle: tuple[int, int], toward: tuple[float, float]) -> tuple[int, int]:
    """Where a line from the middle of a box to a point leaves the box."""
    dx, dy = toward[0] - middle[0], toward[1] - middle[1]
    scale = min(_BOX / 2 / abs(dx) if dx else math.inf, _HIGH / 2 / abs(dy) if dy else math.inf)
    return round(middle[0] + dx * scale), round(middle[1] + dy * scale)


def _arrow(
    middles: Mapping[str, tuple[int, int]], order: list[str], pair: tuple[str, str], edges: list[dict[str, Any]]
) -> Arrow:
    start, end = middles[pair[0]], middles[pair[1]]
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    steps = (order.index(pair[1]) - order.index(pair[0])) % len(order)
    beside = steps in (1, len(order) - 1)
    # To the left of the way, seen by who walks it: the other direction bends to the other side. A way round that
    # leaves members out is straight: it would bend into their boxes.
    aside = 2 * _BEND if beside or steps > len(order) / 2 else 0
    bend = (start[0] + end[0]) / 2 + aside * dy / length, (start[1] + end[1]) / 2 - aside * dx / length
    (x1, y1), (x2, y2) = _border(start, bend), _border(end, bend)
    # In the midst of a circle ways cross: their words stand near their start.
    part = 0.5 if beside else 0.3
    at = _along(part, x1, bend[0], x2), _along(part, y1, bend[1], y2)
    path = f"M{x1} {y1}Q{round(bend[0])} {round(bend[1])} {x2} {y2}"
    return Arrow(pair[0], path, at, edges, all(edge["match"] == "candidate" for edge in edges))


def _along(part: float, start: float, bend: float, end: float) -> int:
    """A coordinate of the point of a quadratic curve at a part of it."""
    return round((1 - part) ** 2 * start + 2 * part * (1 - part) * bend + part**2 * end)

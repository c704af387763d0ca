"""The holders of a company drawn upwards: the company below, whoever holds it above, a line a holding."""

import heapq
from collections.abc import Mapping
from typing import Any, NamedTuple

from api.site.drawing import short

#: Boxes drawn in all, the company included, and holders drawn of one company; the rest is told by its number.
MOST, _EACH = 40, 9

#: Boxes side by side; a level with more takes another line.
_ACROSS = 5

_WIDTH, _BOX, _HIGH, _ROW = 1040, 186, 46, 112
#: Room below and above the boxes, in which a line that leads back bends.
_EDGE = 26
#: Space between the ends of two lines at one box.
_APART = 34
#: How far below its holder the share of a line stands; those of lines side by side stand at two heights.
_DOWN = (20, 36)


class Holder(NamedTuple):
    """A box: its left upper corner, the subject and his address, his effective share in percent (None = none told)."""

    x: int
    y: int
    id: str
    name: str
    person: bool
    pct: float | None
    ring: bool
    company: bool


class Held(NamedTuple):
    """A holding drawn: the path of its line, place of its share, the edge; ``back``: it leads upwards, in a ring."""

    owner: str
    edge: str
    share: float | None
    path: str
    at: tuple[int, int]
    back: bool
    uncertain: bool


class Holders(NamedTuple):
    """Size, boxes, lines, and how many holders are not drawn."""

    width: int
    height: int
    boxes: list[Holder]
    lines: list[Held]
    left_out: int


def holders_drawing(tree: list[dict[str, Any]], lines: list[dict[str, Any]]) -> Holders:
    """The tree of holders (``tree_body``) with the holdings between them, ``{"id", "from", "to", "share", "match"}``.

    Each box is linked to the company by lines that are drawn too: the heaviest holders are taken first, from the
    company on. A holder stands above all that he holds, but for the holdings that close a ring.
    """
    root = tree[0]["node"]["id"]
    # Who has votes by an arrangement and no share is in the tree of the register, but holds nothing to draw.
    holding = {root, *(line["from"] for line in lines)}
    leaves = {leaf["node"]["id"]: leaf for leaf in tree if leaf["node"]["id"] in holding}
    into: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if line["from"] in leaves and line["to"] in leaves and line["from"] != line["to"]:
            into.setdefault(line["to"], []).append(line)
    drawn = _chosen(root, leaves, into)
    kept = {node: [line for line in into.get(node, ()) if line["from"] in drawn] for node in drawn}
    order = _order(root, kept)
    places, height = _places(order, kept)
    boxes = [
        Holder(*places[node], node, _name(leaf), leaf["node"]["kind"] == "person", leaf["pct"], leaf["ring"], not i)
        for i, node in enumerate(order)
        if (leaf := leaves[node])
    ]
    return Holders(_WIDTH, height, boxes, _lines(kept, places), len(leaves) - len(drawn))


def _name(leaf: Mapping[str, Any]) -> str:
    return short(leaf["node"]["name"], 12)


def _weight(leaf: Mapping[str, Any]) -> tuple[float, int, str]:
    return -(leaf["pct"] or 0), leaf["level"], leaf["node"]["id"]


def _chosen(root: str, leaves: Mapping[str, dict[str, Any]], into: Mapping[str, list[dict[str, Any]]]) -> set[str]:
    """Whom to draw: the heaviest of those whose line leads to somebody drawn, until there are enough."""
    drawn: set[str] = set()
    heap = [(*_weight(leaves[root]), root)]
    while heap and len(drawn) < MOST:
        node = heapq.heappop(heap)[-1]
        if node in drawn:
            continue
        drawn.add(node)
        owners = sorted({line["from"] for line in into.get(node, ())}, key=lambda owner: _weight(leaves[owner]))
        for owner in owners[:_EACH]:
            heapq.heappush(heap, (*_weight(leaves[owner]), owner))
    return drawn


def _order(root: str, kept: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    """The boxes from the company on, whoever is held before his holders, but where a ring leads back."""
    done: list[str] = []
    met: set[str] = set()

    def walk(node: str) -> None:
        met.add(node)
        for line in kept[node]:
            if line["from"] not in met:
                walk(line["from"])
        done.append(node)

    walk(root)
    return done[::-1]


def _places(order: list[str], kept: Mapping[str, list[dict[str, Any]]]) -> tuple[dict[str, tuple[int, int]], int]:
    """The left upper corner of each box, and the height of all."""
    at = {node: place for place, node in enumerate(order)}
    rank = dict.fromkeys(order, 0)
    for node in order:
        for line in kept[node]:
            if at[line["from"]] > at[node]:
                rank[line["from"]] = max(rank[line["from"]], rank[node] + 1)
    levels: list[list[str]] = [[] for _ in range(max(rank.values()) + 1)]
    for node in order:
        levels[rank[node]].append(node)
    held: dict[str, list[str]] = {}
    for node in order:
        for line in kept[node]:
            held.setdefault(line["from"], []).append(node)
    middle: dict[str, float] = {}
    rows: list[list[str]] = []
    for level in levels:
        # Whoever holds what stands to the left stands to the left himself, so that fewer lines cross.
        level.sort(key=lambda n: (_mean([middle[h] for h in held.get(n, ()) if h in middle]), at[n]))
        for start in range(0, len(level), _ACROSS):
            row = level[start : start + _ACROSS]
            rows.append(row)
            gap = _WIDTH / (len(row) + 1) if len(row) < _ACROSS else _WIDTH / _ACROSS
            first = gap if len(row) < _ACROSS else gap / 2
            middle |= {node: first + gap * place for place, node in enumerate(row)}
    height = (len(rows) - 1) * _ROW + _HIGH + 2 * _EDGE
    tops = {node: height - _EDGE - _HIGH - place * _ROW for place, row in enumerate(rows) for node in row}
    return {node: (round(middle[node] - _BOX / 2), tops[node]) for node in order}, height


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else _WIDTH / 2


def _fan(lines: list[dict[str, Any]], end: str, places: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Edge -> how far from the middle of a box its line ends, so that lines of one box lie apart and do not cross."""
    some = sorted(lines, key=lambda line: (places[line[end]][0], line["id"]))
    apart = min(_APART, (_BOX - 20) // max(1, len(some)))
    return {line["id"]: round((place - (len(some) - 1) / 2) * apart) for place, line in enumerate(some)}


def _lines(kept: Mapping[str, list[dict[str, Any]]], places: Mapping[str, tuple[int, int]]) -> list[Held]:
    lines = [line for some in kept.values() for line in some]
    by_owner: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        by_owner.setdefault(line["from"], []).append(line)
    into: dict[str, int] = {}
    out: dict[str, int] = {}
    for some in kept.values():
        into |= _fan(some, "from", places)
    down: dict[str, int] = {}
    for some in by_owner.values():
        fan = _fan(some, "to", places)
        out |= fan
        down |= {edge: _DOWN[place % 2] for place, edge in enumerate(sorted(fan, key=lambda edge: fan[edge]))}
    return [_line(line, places, (out[line["id"]], into[line["id"]]), down[line["id"]]) for line in lines]


def _line(line: Mapping[str, Any], places: Mapping[str, tuple[int, int]], ends: tuple[int, int], down: int) -> Held:
    out, into = ends
    (ox, oy), (hx, hy) = places[line["from"]], places[line["to"]]
    back = oy >= hy
    x1, x2 = ox + _BOX // 2 + out, hx + _BOX // 2 + into
    y1, y2 = (oy, hy + _HIGH) if back else (oy + _HIGH, hy)
    if back:
        # It bows aside, so that it does not lie on the line that closes the ring with it.
        y2 = hy if oy == hy else y2
        aside, over = (_BOX, (y1 + y2) // 2) if oy > hy else (0, oy - 2 * _EDGE)
        bend = (x1 + x2) // 2 + aside
        path, at = f"M{x1} {y1}Q{bend} {over} {x2} {y2}", ((x1 + x2) // 4 + bend // 2, (y1 + y2) // 4 + over // 2 + 4)
    else:
        # The share stands near its holder, where the lines of others are far.
        path, at = f"M{x1} {y1}L{x2} {y2}", (round(x1 + (x2 - x1) * down / (y2 - y1)), y1 + down)
    return Held(line["from"], line["id"], line["share"], path, at, back, line["match"] == "candidate")

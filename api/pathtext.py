"""Paths and links as text for a terminal."""

from collections.abc import Iterator
from typing import Any

from api.lines import proof, term, who


def _shared(one: dict[str, Any]) -> str:
    """What of a path many share, said in words."""
    many = f"{one['shared_by']:,}"
    if one["kind"] == "address":
        return f"shared address of {many} companies: {one['name']}"
    if one["kind"] == "agent":
        return f"shared agent of {many} parties: {one['name']}"
    return f"{one['name']} has {many} neighbours by {one['relation']}"


def _hops(path: dict[str, Any]) -> Iterator[str]:
    marks = [f"cost {path['cost']:g}"] if "cost" in path else []
    marks += [] if path.get("simultaneous", True) else ["not at one time"]
    yield "  " + ", ".join([f"{path['length']} hops", *marks])
    yield from (f"    经由 {_shared(one)}" for one in path.get("through", ()))
    for hop, a, b in zip(path["edges"], path["nodes"], path["nodes"][1:], strict=False):
        line = f"—{hop['relation']}→" if hop["from"] == a["id"] else f"←{hop['relation']}—"
        yield f"    {who(a)} {line} {who(b)} {term(hop)} {hop['match']}"
        yield proof(hop["evidence"])


def path_lines(body: dict[str, Any]) -> Iterator[str]:
    """The answer of ``path``."""
    cut = " (truncated)" if body["truncated"] else ""
    searched = f", {body['searched']}" if "searched" in body else ""
    ends = f"{who(body['from'])} ⇄ {who(body['to'])}"
    yield f"{ends}: {body['total']} 条路径{cut}{searched}, explored {body['explored']}"
    for path in body["paths"]:
        yield from _hops(path)


def links_lines(body: dict[str, Any]) -> Iterator[str]:
    """The answer of ``links``."""
    counts = ", ".join(f"{word} {body[word]}" for word in ("pairs", "linked", "unlinked", "undecided"))
    yield f"{len(body['subjects'])} 个主体: {counts}; {body['searched']}, at most {body['max_depth']} hops"
    yield from (f"  line {row['line']}: {row['title']}" for row in body["unresolved"])
    for link in body["links"]:
        nodes = link["path"]["nodes"]
        yield f"{who(nodes[0])} ⇄ {who(nodes[-1])}"
        yield from _hops(link["path"])
    if body["next"]:
        yield f"--cursor {body['next']}"

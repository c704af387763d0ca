"""Ownership, control, owners, groups and rings as lines for a terminal."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from api.lines import proof, who

Body = dict[str, Any]


def _edges(body: Body) -> Mapping[str, Body]:
    return {edge["id"]: edge for edge in body["edges"]}


def _pct(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") + " %"


def _shares(body: Body) -> Iterator[str]:
    yield f"股权穿透 ({len(body['integrated'])})"
    known = _edges(body)
    for row in body["integrated"]:
        part = f" = {row['exact']}" if row.get("exact") else ""
        most = f"，至多 {_pct(row['at_most'])}" if "at_most" in row else ""
        flags = f" [{', '.join(row['flags'])}]" if row["flags"] else ""
        yield f"  {_pct(row['pct'])}{part}{most} {who(row['owner'])}{flags}"
        for chain in row.get("chains", ()):
            hops = [known[ref] for ref in chain["edges"] if ref in known]
            told = " × ".join(_pct(hop["share"]) for hop in hops if "share" in hop)
            yield f"    {_pct(chain['pct'])} 经 {told}"
            yield from ("    " + proof(hop["evidence"]).strip() for hop in hops)
        if row.get("rest"):
            yield f"    其余 {_pct(row['rest'])}"
    for row in body["possible"]:
        yield f"  比例不明，至多 {_pct(row['at_most'])} {who(row['owner'])}"
    for row in body["unnumbered"]:
        yield f"  无法计算 {who(row)}"
    if body["unattributed"]:
        yield f"  未知归属 {_pct(body['unattributed'])}"
    for name, companies in body["anomalies"].items():
        yield f"  异常 {name}: {'、'.join(map(who, companies))}"
    if body["not_counted"]:
        yield f"  未计入（来源较弱） {len(body['not_counted'])}"
    yield "实际控制人 " + ("、".join(map(who, body["controller"])) or "—")
    yield "25%以上自然人 " + ("、".join(f"{who(r['person'])} {_pct(r['pct'])}" for r in body["ubo"]) or "—")
    if "notice" in body:
        yield f"  {body['notice']}"


def _controllers(body: Body) -> Iterator[str]:
    yield "控制 " + body["rule"]
    for one in (*body["declared"], *body["by_votes"]):
        members = "、".join(map(who, one.get("members", ())))
        yield f"  {one['basis']} {members or who(one['controller'])}"
        for step in one["steps"]:
            by = " + ".join(f"{who(b['holder'])} {_pct(b['pct'])}" for b in step["by"])
            yield f"    {who(step['company'])}: {_pct(step['pct'])} = {by or '—'}" + (
                " 已申报" if step["declared"] else ""
            )
    for one in body["candidates"]:
        by = "：" + "、".join(map(who, one["by"])) if "by" in one else ""
        yield f"  {one['reason']}{by} {who(one['holder'])} {_pct(one['pct'])}"
    for edge in body["edges"]:
        yield proof(edge["evidence"])


def _owners(body: Body) -> Iterator[str]:
    rules = body["rules"]
    yield f"受益所有人 {rules['id']} {rules['document_no']} (自 {rules['valid_from']})"
    for row in body["results"]:
        sure = "" if row["sure"] else " 可能"
        consider = " 须由人考虑" if row["consider"] else ""
        met = f"{row['criterion']['article']} {row['criterion']['zh']}"
        yield f"  {who(row['person'])} {_pct(row['pct'])} {met}{sure}{consider}"
    for row in body["others"]:
        lacks = "；".join(
            f"{w['article']} {w['has'] if w['has'] is not None else '—'} / {w['asked']}" for w in row["why"]
        )
        yield f"  非 {who(row['person'])} {lacks}"
    for one in body["switched_off"]:
        yield f"  停用 {one['article']} {one['zh']}"


def _group(body: Body) -> Iterator[str]:
    for group in body["groups"]:
        yield f"集团 {who(group['head'])} ({group['total']})"
        for row in group["controlled"]:
            yield f"  {who(row['company'])} {_pct(row['votes_pct'])}"
        yield f"  关联企业 {group['sisters']['total']}: {group['sisters']['note']}"


def _rings(rows: list[Body]) -> Iterator[str]:
    for row in rows:
        amount = f" {row['exposed_yuan']} 元" if "exposed_yuan" in row else ""
        yield f"圈链 {row['kind']} ({len(row['members'])}){amount}: {'、'.join(map(who, row['members']))}"
        yield from (proof(edge["evidence"]) for edge in row["edges"])


def _holds(rows: list[Body]) -> Iterator[str]:
    yield f"对外持股 ({len(rows)})"
    for row in rows:
        yield f"  {_pct(row['pct'])}{' 控制' if row['controlled'] else ''} {who(row['company'])}"


_PARTS: Mapping[str, Callable[[Any], Iterator[str]]] = {
    "ownership": _shares,
    "controllers": _controllers,
    "beneficial-owners": _owners,
    "group": _group,
    "rings": _rings,
    "holds": _holds,
}


def ownership_lines(body: Body) -> Iterator[str]:
    """The sections of a file that tell of ownership."""
    for name, tell in _PARTS.items():
        if name in body:
            yield from tell(body[name])


def what_if_lines(body: Body) -> Iterator[str]:
    """What a change would change."""
    yield f"{who(body['entity'])}: {body['note']}"
    for row in body["changed"]:
        yield f"  {who(row['owner'])} {_pct(row['now'])} → {_pct(row['then'])}"
    now, then = ("、".join(map(who, body[name])) or "—" for name in ("controller_now", "controller_then"))
    yield f"实际控制人 {now} → {then}"
    yield from _shares(body["then"]["ownership"])

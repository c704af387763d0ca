"""A check as text for a terminal."""

from collections.abc import Iterator
from typing import Any

from api.lines import proof, who


def check_lines(body: dict[str, Any]) -> Iterator[str]:
    """The lines of the body of ``check``."""
    told = who(body["subject"]) if body["subject"] else body["asked_by"]
    yield f"{body['id']} {body['purpose']} {told} {body['outcome']}: {body['why']}"
    if body["candidates"]:
        yield f"  candidates {body['candidates']}"
    for title, name in (("约束本决定", "binding"), ("已提出、未决定", "proposed")):
        yield f"{title} ({len(body[name])})"
        for row in body[name]:
            yield from _bound(row)
    yield f"未启用 ({len(body['switched_off'])})"
    yield from (f"  {row['measure']} {row['name']} {row['basis']}: {row['reason']}" for row in body["switched_off"])
    others = " ".join(f"{name} {count}" for name, count in body["not_for_this_purpose"].items())
    yield f"与本决定无关 {others or '0'}"
    yield f"as of {body['as_of']}, known at {body['known_at']}, catalogue {body['catalogue'][:12]}"
    if "out" in body:
        yield f"certificate {body['out']}"


def _bound(row: dict[str, Any]) -> Iterator[str]:
    through = f" 经 {who(row['through'])} ({row['role']})" if row["through"] else ""
    objected = " 异议中" if row["objection_open"] else ""
    yield f"  {row['measure']} {row['name']}{through} {row['state']}{objected} 至 {row['until'] or '…'}"
    yield f"    依据 {row['basis']}; {row['binds_by']}; 决定机关 {row['deciding_body']}; 期限 {row['term']}"
    if row["decision"]:
        yield "    决定 " + " ".join(str(value) for value in row["decision"].values() if value)
    for record in row["records"]:
        told = " ".join(str(record[k]) for k in ("kind", "document_no", "issuer", "date", "status") if record[k])
        yield f"    {told} 至 {record['until'] or '…'} 异议向 {record['objection_to']}"
        yield proof(record["evidence"])

"""Answers as text for a terminal: the same bodies that ``--json`` prints, for a person to read."""

from collections.abc import Iterator
from typing import Any

from api.cases.text import cases_lines
from api.checktext import check_lines
from api.lines import proof, term, who
from api.ownership.text import ownership_lines, what_if_lines
from api.pathtext import links_lines, path_lines
from api.ruletext import rules_lines


def _links(title: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{title} ({len(rows)})"
    for row in rows:
        arrow = "→" if row["direction"] == "out" else "←"
        share = f" {row['share']} %" if "share" in row else ""
        extra = f" {row['title']}" if row.get("title") else ""
        role = f" {row['role']}" if row.get("role") else ""
        yield f"  {arrow} {row['relation']}{extra}{role}{share} {who(row['entity'])} {term(row)} {row['match']}"
        yield proof(row["evidence"])
        for document in row.get("documents", ()):
            told = " ".join(str(document.get(k, "")) for k in ("doc_type", "court", "date", "cause"))
            yield f"    文书 {document['id']} {told}"


def _records(body: dict[str, Any]) -> Iterator[str]:
    if "records" in body:
        yield f"记录 ({len(body['records'])})"
        for r in body["records"]:
            amount = f" {r['amount_yuan']} 元" if r["amount_yuan"] else ""
            yield f"  {r['kind']} {r['document_no']} {r['date']} {r['status']}{amount}"
            yield proof(r["evidence"])
    if "lists" in body:
        yield f"名单 ({len(body['lists'])})"
        for r in body["lists"]:
            yield f"  {r['list']} {r['document_no']} {r['status']} {r['from']} → {r['to'] or '…'} {r['reason'] or ''}"
            yield proof(r["evidence"])


def _engagements(body: dict[str, Any]) -> Iterator[str]:
    if "engagements" in body:
        yield f"中介报告 ({len(body['engagements'])})"
        for r in body["engagements"]:
            ends = " · ".join(who(r[word]) for word in ("intermediary", "practitioner", "client"))
            yield f"  {r['report_no']} {r['kind']} {r['date']} {ends}"
            yield proof(r["evidence"])
    if body.get("certificates"):
        yield f"资质、执业证 ({len(body['certificates'])})"
        for r in body["certificates"]:
            told = " ".join(str(r[k]) for k in ("category", "document_no", "certificate", "issuer", "status") if r[k])
            yield f"  {told} {r['from'] or '…'} → {r['to'] or '…'}"
            yield proof(r["evidence"])


def _chained(row: dict[str, Any]) -> Iterator[str]:
    yield f"案件 {row['case']['name']}" + "".join(f" 承接 {f['case']['name']} ({f['how']})" for f in row["follows"])
    for link in row["follows"]:
        yield proof(link["evidence"])
    for d in row["documents"]:
        yield f"  文书 {' '.join(str(d[k]) for k in ('doc_type', 'court', 'date') if d[k])}"
        yield proof(d["evidence"])
    for p in row["parties"]:
        yield f"  {p['role']} {who(p['entity'])}" + (f" 自 {p['since']['name']}" if p["since"] else "")
        yield proof(p["evidence"])
    for b in row["became"]:
        of = f" ({who(b['of'])})" if b["of"] else ""
        amount = f" {b['amount']} 元" if b["amount"] else ""
        state = f" {b['status']}" if b.get("status") else ""
        yield f"  → {b['what']} {who(b['entity'])}{of}{amount}{state}"
        yield proof(b["evidence"])


def _marked(snippet: dict[str, Any]) -> str:
    """A snippet on one line, its words in 【】."""
    told, place = "", snippet["start"]
    for start, end in snippet["marks"]:
        told += f"{snippet['text'][place - snippet['start'] : start - snippet['start']]}【"
        told += f"{snippet['text'][start - snippet['start'] : end - snippet['start']]}】"
        place = end
    return " ".join((told + snippet["text"][place - snippet["start"] :]).split())


def _documents(body: dict[str, Any]) -> Iterator[str]:
    more = " (truncated)" if body["truncated"] else ""
    yield f"文书 ({body['total']}){more} {'、'.join(body['words'])}"
    for row in body["results"]:
        told = " ".join(str(row[k]) for k in ("doc_type", "court", "authority", "date", "cause") if row[k])
        yield f"{row['document']['name']} {told} {row['open_to']} id {row['document']['id']}"
        for snippet in row["snippets"]:
            yield f"  {snippet['start']}-{snippet['end']} …{_marked(snippet)}…"
        yield "    " + "；".join(f"{p['role']} {who(p['entity'])}" for p in row["parties"])
        yield proof(row["evidence"])
    if body["next"]:
        yield f"--cursor {body['next']}"


def _show(body: dict[str, Any]) -> Iterator[str]:
    yield f"{body['entity']['kind']} {who(body['entity'])} id {body['entity']['id']}"
    former = [n["name"] for n in body["names"] if n["kind"] == "former"]
    if former:
        yield "曾用名 " + "、".join(former)
    for section, title in (("people", "人员"), ("holdings", "持股、分支、担保"), ("judgments", "裁判")):
        if section in body:
            yield from _links(title, body[section])
    yield from _records(body)
    yield from _engagements(body)
    for document in body.get("text", ()):
        yield f"原文 {document['sha256']} ({document['extractor']})"
        yield document["text"]
        for fact in document["facts"]:
            yield f"  {fact['relation']} {fact['span'][0]}-{fact['span'][1]} “{fact['quote']}”"
    for row in body.get("chain", ()):
        yield from _chained(row)
    if "expansions" in body:
        counts = (f"{r['relation']} {r['direction']} {r['count']}" for r in body["expansions"])
        yield "邻域 " + ", ".join(counts)
    yield from (f"  {key}" for key in body.get("keys", ()))
    yield from ownership_lines(body)


def _reach(body: dict[str, Any]) -> Iterator[str]:
    yield f"{who(body['subject'])} as of {body['as_of']}"
    yield f"拟议，须由人决定 ({len(body['proposed'])})"
    for p in body["proposed"]:
        until = f" until {p['until']}" if p["until"] else ""
        yield f"  {p['measure']} {who(p['party'])} {p['role']} hop {p['hop']} {p['mode']} — {p['basis']}{until}"
        for check in p["to_check"]:
            yield f"    待核 {check}"
        yield proof(p["evidence"])
    yield f"不及于 ({len(body['not_reached'])})"
    for r in body["not_reached"]:
        yield f"  {r['measure']} {who(r['party'])} {r['role']}: {r['reason']} — {r['note']}"
        yield proof(r["evidence"])
    yield "停用 " + ", ".join(f"{d['measure']} ({d['reason']})" for d in body["disabled"])


def _delta(body: dict[str, Any]) -> Iterator[str]:
    yield f"{body['list']} since {body['since']}: {body['total']} changes"
    for c in body["changes"]:
        fields = " " + ",".join(c["fields"]) if c["fields"] else ""
        number = c["case_no"] or c["document_no"]
        yield f"  {c['seq']} {c['op']} {number} {c['name']} {c['reason'] or ''}{fields} {c['date']}".rstrip()


def _load(body: dict[str, Any]) -> Iterator[str]:
    counts = ", ".join(f"{k} {body[k]}" for k in ("accepted", "merged", "unchanged", "rejected", "quarantined"))
    released = f", released {body['released']}" if body.get("released") else ""
    yield f"{body['source']} {body['batch']}: input {body['input']} = {counts}{released}; seq {body['known_at']}"
    for e in body["errors"]:
        place = f"{e['file']} row {e['row']}" if e["row"] is not None else e["file"]
        field = f" {e['field']}" if e["field"] else ""
        yield f"  {place}{field}: {e['code']} ({e.get('state') or e.get('outcome') or 'file'}) {e['message']}"
    yield from (f"  note: {text}" for text in body["warnings"])


def _fact(row: dict[str, Any]) -> str:
    amount = f" {row['amount_yuan']} 元" if row["amount_yuan"] else ""
    return f"{who(row['source'])} {row['type']} {who(row['target'])}{amount}"


def _review_row(row: dict[str, Any]) -> Iterator[str]:
    start, end = row["mark"]
    words = row["sentence"]
    yield f"{row['id']} {row['state']} {_fact(row)} ({row['confidence']:.2f}, {row['rule']}, {row['extractor']})"
    yield f"    {words[:start]}【{words[start:end]}】{words[end:]}".rstrip()
    yield f"    文书 {row['document']['name']} {row['document']['id']} seq {row['seq']}, open to {row['open_to']}"
    if row["decision"]:
        done = row["decision"]
        yield f"    {done['kind']} {done['by']} {done['date']} seq {done['seq']}: {done['reason']}"
        if done["fact"]:
            yield f"    → {_fact(done['fact'])}"
    if row.get("ends_when"):
        yield f"    止于 {', '.join(row['ends_when'])}"


def _review(body: dict[str, Any]) -> Iterator[str]:
    if "results" in body:
        yield f"待核事实 ({body['total']})"
        for row in body["results"]:
            yield from _review_row(row)
        if body["next"]:
            yield f"next {body['next']}"
    elif "rows" in body:
        yield f"rows: {body['rows']}\nout: {body['out']}"
    elif "kind" in body:
        yield f"seq {body['seq']} {body['kind']} {body['id']}: {body['state']}"
    else:
        yield from _review_row(body["review"])


def _extract(body: dict[str, Any]) -> Iterator[str]:
    yield f"{body['out']}: input {body['input']} = read {body['read']}, refused {body['refused']}"
    yield from (f"  {e['file']}: {e['code']} {e['message']}" for e in body["errors"])
    yield from (f"  note: {text}" for text in body["warnings"])


def _key(body: dict[str, Any]) -> Iterator[str]:
    for row in body.get("results", [body]):
        yield " ".join(f"{name} {value}" for name, value in row.items() if value)


_RENDERERS = {
    "cases": cases_lines,
    "key": _key,
    "review": _review,
    "rules": rules_lines,
    "show": _show,
    "documents": _documents,
    "path": path_lines,
    "links": links_lines,
    "reach": _reach,
    "check": check_lines,
    "delta": _delta,
    "load": _load,
    "extract": _extract,
    "what-if": what_if_lines,
}


def render(command: str, body: dict[str, Any]) -> str:
    """The text of an answer; commands without a form of their own print ``name: value`` lines."""
    if command in _RENDERERS:
        return "\n".join(_RENDERERS[command](body))
    return "\n".join(f"{name}: {value}" for name, value in body.items())

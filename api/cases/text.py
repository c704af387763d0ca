"""Cases as text for a terminal."""

from collections.abc import Iterator
from typing import Any

from api.lines import proof, who
from graph.measures.cases.machine import kinds

_FLAGS = {"ground_changed": "依据已变更", "objected": "异议处理中"}
_STEPS = ("proposed", "renewed", "changed", "lapsed", "ended")


def synced_line(body: dict[str, Any]) -> str:
    """What a run did, in words: ``cases: 3 proposed, 1 ended``; without a step it says that nothing changed."""
    told = ", ".join(f"{body[name]} {name}" for name in _STEPS if body[name])
    return f"cases: {told or 'nothing to do'}"


def _state(row: dict[str, Any]) -> str:
    kind = kinds()[row["kind"]]
    due = f" 期限 {row['due']}" if row["due"] else ""
    late = "（已超期）" if row["overdue"] else ""
    flag = f" ▲{_FLAGS[row['flag']]}" if row["flag"] else ""
    return f"{kind.zh}·{kind.states[row['state']].zh}{due}{late}{flag}"


def _line(row: dict[str, Any]) -> str:
    role = "" if row["role"] == "subject" else f" {row['role']} {who(row['party'])}"
    told = f"{row['id']} {_state(row)} {row['body']} {row['measure']} {row['name']}"
    return f"{told} {who(row['subject'])}{role}"


def _zh(kind: str, transition: str) -> str:
    step = kinds()[kind].transitions.get(transition)
    return f"{transition} {step.zh}" if step else transition


def _proposal(told: dict[str, Any]) -> Iterator[str]:
    yield f"依据 {told['basis']}"
    until = f"，至 {told['until']}" if told["until"] else ""
    yield f"方式 {told['mode']} hop {told['hop']}；实施 {'、'.join(told['implementing'])}{until}"
    yield from (f"  须核 {text}" for text in told["to_check"])
    for record in told["records"]:
        name = " ".join(str(record[k]) for k in ("kind", "document_no", "issuer", "date", "status") if record[k])
        yield f"  记录 {record['id']} {name}"
        yield proof(record["evidence"])
    for ground in told["grounds"]:
        yield f"  依据关系 {ground['relation']}"
        yield proof(ground["evidence"])


def _remedy(told: dict[str, Any]) -> Iterator[str]:
    """What a repair or an objection is about; of a clock and a severity how well the rule was read."""
    yield f"编号 {told['number']}  记录 {told['document_no']} {told['record_status'] or '—'}；理由 {told['ground']}"
    yield f"认定单位 {told['issuer']}（{told['determining']}）"
    papers = " ".join(f"{name}={text}" for name, text in told["papers"].items() if text)
    yield f"材料 {papers or '—'}"
    if clock := told["clock"]:
        yield f"时限 {clock['working_days']} 个工作日（{clock['confidence']}：{clock['basis']}）"
    if severity := told["severity"]:
        until = f"，最长公示至 {severity['until']}" if severity["until"] else ""
        yield f"失信程度 {severity['severity'] or '未知'}（{severity['confidence'] or '—'}）{until}"
    yield from (f"  须核 {text}" for text in told["to_check"])


def _steps(kind: str, steps: list[dict[str, Any]]) -> Iterator[str]:
    for step in steps:
        given = " ".join(f"{name}={value}" for name, value in step["fields"].items())
        why = f" ({step['why']})" if step["why"] else ""
        by = step["by"]
        yield f"  {step['seq']} {step['at'][:10]} {_zh(kind, step['transition'])} {by['body']} {by['key']} {given}{why}"


def _case(body: dict[str, Any]) -> Iterator[str]:
    row = body["case"]
    yield _line(row)
    if body["remedy"]:
        yield from _remedy(body["remedy"])
    if "steps" not in body:
        return
    if body["proposal"]:
        yield from _proposal(body["proposal"])
    yield f"止于 {body['ends']['conditions'] or body['ends']['term'] or '—'}"
    yield f"经过 ({len(body['steps'])})"
    yield from _steps(row["kind"], body["steps"])
    if body["parent"]:
        yield f"所属 {_line(body['parent'])}"
        yield from _steps(body["parent"]["kind"], body.get("decided", []))
    if body["tasks"]:
        yield f"任务 ({len(body['tasks'])})"
        yield from (f"  {_line(task)}" for task in body["tasks"])
    yield f"可办 ({len(body['next'])})"
    for step in body["next"]:
        no = f"  ✕ {step['why_not']}" if step["why_not"] else ""
        yield f"  {_zh(row['kind'], step['transition'])} → {step['to']} 须 {'、'.join(step['needs']) or '—'}{no}"


def cases_lines(body: dict[str, Any]) -> Iterator[str]:
    """Any answer of ``cases``."""
    if "results" in body:
        yield f"案件 ({body['total']})"
        yield from (_line(row) for row in body["results"])
        if body["next"]:
            yield f"--cursor {body['next']}"
    elif "case" in body:
        yield from _case(body)
    elif "steps" in body:
        yield synced_line(body)
        yield f"asked for {body['asked']}"
    else:
        yield from (f"{name}: {value}" for name, value in body.items())

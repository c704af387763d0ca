"""The open tasks of a body as a file, for departments without access to the service.

That a file was sent says nothing: a task is taken on when the department acknowledges it.
"""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from api.cases.desk import Desk, Wanted
from api.cases.told import lines, measures
from api.entities import Unanswerable
from graph.ledger import cases
from graph.measures.cases import acts
from graph.measures.cases.machine import kinds

#: Cells that a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_TITLES = (
    "任务编号", "类型", "状态", "办理期限", "是否超期", "措施编号", "措施", "法律依据", "主体", "主体代码", "承受人",
    "承受人代码", "身份", "决定机关", "决定文号", "决定日期", "生效日期", "有效期至",
)  # fmt: skip

#: Cases read at a time.
_PAGE = 500


def write_tasks(desk: Desk, body: str, target: Path) -> int:
    """Write the open tasks and releases of a body, the nearest day first; how many there were. Unanswerable 400.

    CSV in UTF-8 with BOM, for its owner only; whole or absent.
    """
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise Unanswerable(400, "no such folder", "--out: expected the name of a file in a folder that is there")
    draft, count = target.with_name(f".{target.name}.{os.getpid()}"), 0
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_TITLES)
            for row in _rows(desk, body):
                writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
                count += 1
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _rows(desk: Desk, body: str) -> Iterator[list[str]]:
    """What a body has to do, a row a task."""
    for kind in (acts.RELEASE, acts.TASK):
        cursor, more = None, True
        while more:
            _, cursor, rows = desk.found(Wanted(kind=kind, body=body), _PAGE, cursor)
            more = cursor is not None
            for row, line in zip(rows, lines(desk.asked, rows), strict=True):
                state = kinds()[kind].states[row.state]
                if not state.open:
                    continue
                measure = measures().get(row.measure)
                subject, party = line["subject"], line["party"]
                told = [row.id, kinds()[kind].zh, state.zh, row.due, "是" if line["overdue"] else "", row.measure]
                told += [line["name"], measure.legal_basis if measure else ""]
                told += [subject["name"], _code(subject), party["name"], _code(party), row.role]
                yield told + _decided(desk, row.parent)


def _code(entity: dict[str, object]) -> str:
    return str(entity.get("uscc") or entity.get("id_mask") or "")


def _decided(desk: Desk, case: str) -> list[str]:
    """Who decided the measure of a task, under which number, when, from when and until when it stands."""
    with desk.asked.book.ledger.reading() as connection:
        row, events = cases.get(connection, case), cases.events(connection, case)
    given: dict[str, str] = {}
    for event in events:
        if event.body and event.transition in ("decide", "enforce"):
            given |= event.body["fields"]
    until = acts.argument(events).get("until") or ""
    named = [given.get(name, "") for name in ("document_no", "decided_on", "in_force_on")]
    return [row.body if row else "", *named, until]

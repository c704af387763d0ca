"""Versions of a list of dishonest debtors: full lists and changes, in the order of their chain.

Every add, change and withdrawal is a version of its entry, dated by the list,
never by arrival. In a full list an active entry that is missing is withdrawn;
a full list that would withdraw more than a tenth waits for a person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from graph.ledger import tables as t
from graph.ledger.ledger import Draft, Writer
from graph.ledger.vault import content_hash
from graph.model.jsontext import dump_sorted, load
from ingest.lists import ListHeader
from ingest.masking import shown_file
from ingest.problems import Problem, problem
from ingest.recorder import Parser, Recorder, Row, Version, fields_of
from ingest.sealing import Sealed

#: A full list that withdraws a larger part of the active entries is held.
MASS = 10

_LAST = 9_999_999


@dataclass(frozen=True, slots=True)
class Chain:
    """A list version and its place: ``depth`` versions lie before it."""

    header: ListHeader
    depth: int
    known: bool

    @property
    def name(self) -> str:
        """What later versions cite."""
        return f"list:{self.header.list_id}/{self.header.version}"

    @property
    def previous(self) -> str:
        """The version that this one builds on, "" for none."""
        return f"list:{self.header.list_id}/{self.header.previous}" if self.header.previous else ""

    def order(self, row: int) -> str:
        """The version date of the entry in a row."""
        return f"{self.header.date}#{self.depth:04d}#{row:07d}"


def depth_of(writer: Writer, name: str) -> int | None:
    """The depth of a loaded list version, None when it was not loaded."""
    writer.flush()
    e = t.entry.c
    found = writer.connection.execute(select(e.filled).where(e.kind == "list", e.rec == name)).scalar()
    return None if found is None else int(found)


def chain_of(writer: Writer, header: ListHeader) -> Chain | None:
    """The place of a list version; None when it is a delta whose previous version is missing."""
    first = Chain(header, 0, False)
    known = depth_of(writer, first.name)
    if known is not None:
        return Chain(header, known, True)
    before = depth_of(writer, first.previous) if first.previous else -1
    if before is None:
        return None if header.kind == "delta" else first
    return Chain(header, before + 1, False)


def state_row(row: Row) -> Row:
    """The row with a content hash that tells an active entry from a withdrawn one."""
    state = "withdrawn" if row.sealed.fields["action"] == "withdraw" else "active"
    sealed = row.sealed._replace(content=content_hash(row.sealed.content, state))
    extra = dict(row.extra)
    if "content" in extra:
        extra["content"] = content_hash(extra["content"], state)
    return replace(row, sealed=sealed, ended=state == "withdrawn", extra=extra)


class ListRecorder:
    """Takes the entries of list versions through a :class:`Recorder`."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def open(self, chain: Chain, file: str) -> None:
        """Note that a version has come."""
        if not chain.known:
            draft = Draft(
                "list", asdict(chain.header), self.recorder.batch, self.recorder.source, chain.name, shown_file(file),
                filled=chain.depth, version_date=chain.header.date,
            )  # fmt: skip
            self.recorder.writer.append(draft)

    def take(self, row: Row, chain: Chain, cites: int = 0) -> str | Problem:
        """Record one entry of a list version (``row`` as :func:`state_row` gives it, ``cites`` where it was held)."""
        row = replace(row, version_date=chain.order(row.row), extra={**row.extra, "list": asdict(chain.header)})
        versions = self.recorder.versions(row.sealed.rec)
        before = self.recorder.current(row.sealed.rec)
        if chain.known and any(v.content == row.sealed.content for v in versions):
            return "unchanged"
        found = self.recorder.check(row)
        if found is None and before is None and row.sealed.fields["action"] != "add":
            found = problem("unknown_entry", "caseCode", "no entry of this case, court, name and number was received")
        if found:
            return self.recorder.hold(row, found)
        operation = _operation(row, before)
        return self._record(row, chain, before, operation, cites) if operation else "unchanged"

    def _record(self, row: Row, chain: Chain, before: Version | None, operation: str, cites: int = 0) -> str:
        old = fields_of(self.recorder.writer, before.seq) if before else {}
        new = row.sealed.fields
        fields = {**old, **new} if operation == "withdraw" else dict(new)
        fields |= {"list_status": "withdrawn" if row.ended else "active", "list_from": new.get("published", "")}
        if row.ended:
            fields |= {"list_to": chain.header.date, "end_reason": new.get("reason", "")}
        for name in ("list_to", "end_reason") if not row.ended else ():
            fields.pop(name, None)
        told = {n for n in new.keys() | old.keys() if n not in ("action", "reason", "list_status", "list_from")}
        changed = sorted(n for n in told if operation == "change" and old.get(n) != new.get(n))
        event = {"op": operation, "changed": changed, "reason": new.get("reason"), "event_date": chain.header.date}
        event["list"] = row.extra["list"]
        sealed = Sealed({n: v for n, v in fields.items() if v}, row.sealed.rec, row.sealed.content)
        return self.recorder.record(replace(row, sealed=sealed, extra=event), cites=cites)

    def withdraw_absent(self, chain: Chain, present: set[str], file: str) -> int:
        """Withdraw the active entries that a full list no longer holds; how many."""
        missing = [(rec, v) for rec, v in active(self.recorder.writer, self.recorder.source) if rec not in present]
        for rec, version in missing:
            fields = fields_of(self.recorder.writer, version.seq)
            fields |= {"action": "withdraw", "reason": "absent_from_full"}
            sealed = Sealed(fields, rec, content_hash(version.content, "absent", chain.name))
            row = Row(file, 0, sealed, chain.order(_LAST), True, version.order[2], extra={"list": asdict(chain.header)})
            if row.order > version.order:
                self.recorder.prefetch([row])
                self._record(row, chain, version, "withdraw")
        return len(missing)


def _operation(row: Row, before: Version | None) -> str | None:
    """What an entry does to its record; None for nothing."""
    action = row.sealed.fields["action"]
    if before is None:
        return "add"
    withdrawn = bool(before.order[1])
    if action == "withdraw":
        return None if withdrawn else "withdraw"
    if before.content == row.sealed.content:
        return None
    return "add" if action == "add" and withdrawn else "change"


def active(writer: Writer, source: str) -> list[tuple[str, Version]]:
    """The active entries of a list source: (record key, current version), by key."""
    writer.flush()
    e = t.entry.c
    best: dict[str, Version] = {}
    query = select(e.rec, e.seq, e.content, e.version_date, e.ended, e.filled)
    for rec, seq, content, date, ended, filled in writer.connection.execute(
        query.where(e.kind == "record", e.source == source)
    ):
        version = Version(seq, content, (date, ended, filled, content))
        if rec not in best or best[rec].order < version.order:
            best[rec] = version
    return [(rec, version) for rec, version in sorted(best.items()) if not version.order[1]]


def too_many_absent(writer: Writer, source: str, present: set[str]) -> int:
    """How many active entries a full list would withdraw, when that is more than a tenth; else 0."""
    now = [rec for rec, _ in active(writer, source)]
    missing = sum(rec not in present for rec in now)
    return missing if missing * MASS > len(now) else 0


def held_problem(chain: Chain | None, header: ListHeader, absent: int) -> Problem | None:
    """Why a whole version is put aside."""
    if chain is None:
        told = f"the version {header.previous} of {header.list_id} that this one builds on has not been loaded"
        return problem("out_of_order", "previous", told)
    if absent:
        return problem("mass_withdrawal", "", f"this full list would withdraw {absent} entries, more than a tenth")
    return None


def load_version(
    recorder: Recorder, header: ListHeader, rows: Sequence[tuple[Row | Problem, str | None]], path: Path
) -> list[str | Problem]:
    """Take one list version; ``rows``: sealed row or problem, and the record key as far as it is readable."""
    lists = ListRecorder(recorder)
    chain = chain_of(recorder.writer, header)
    present = {key for _, key in rows if key}
    fresh_full = chain is not None and not chain.known and header.kind == "full"
    absent = too_many_absent(recorder.writer, recorder.source, present) if fresh_full else 0
    whole = held_problem(chain, header, absent)
    if whole or chain is None:
        held = [row if isinstance(row, Problem) else put_aside(row, header) for row, _ in rows]
        recorder.prefetch([row for row in held if isinstance(row, Row)])
        assert whole, "a missing chain is a problem"
        return [recorder.hold(row, row.problem or whole) if isinstance(row, Row) else row for row in held]
    recorder.prefetch([row for row, _ in rows if isinstance(row, Row)])
    lists.open(chain, path.name)
    outcomes = [row if isinstance(row, Problem) else lists.take(row, chain) for row, _ in rows]
    if fresh_full:
        lists.withdraw_absent(chain, present, path.name)
    return outcomes


def put_aside(row: Row, header: ListHeader) -> Row:
    """A row held with its whole version: known by entry and version, its own content and problem kept beside.

    A row with a code in doubt is held for that, whatever becomes of the version.
    """
    if "suggested" in row.extra:
        return replace(row, extra={**row.extra, "list": asdict(header)})
    name = f"list:{header.list_id}/{header.previous}"
    sealed = row.sealed._replace(content=content_hash(row.sealed.content, header.version))
    extra: dict[str, Any] = {"list": asdict(header), "needs": name, "content": row.sealed.content}
    if row.problem:
        extra["problem"] = [row.problem.code, row.problem.field, row.problem.message]
    return replace(row, sealed=sealed, problem=None, extra=extra)


def stored_row(body: dict[str, Any], rec: str, content: str, file: str, number: int) -> Row:
    """A quarantined row as the ledger holds it."""
    date, ended, filled = body["order"]
    extra = body.get("extra", {})
    sealed = Sealed(body["fields"], rec, extra.get("content", content))
    own = problem(*extra["problem"]) if "problem" in extra else None
    return Row(file, number, sealed, date, bool(ended), filled, own, extra)


def take_held(
    writer: Writer, source: str, parser: Parser, batch: str, seqs: Iterable[int], assigned: str | None = None
) -> int:
    """Take the rows of held list versions, version by version in the order of rows; how many were recorded.

    ``assigned``: the key that a person gave the subject of the row.
    """
    recorder = Recorder(writer, source, parser, batch)
    versions: dict[str, list[tuple[int, Row]]] = {}
    for seq in seqs:
        row = held_row(writer, seq)
        if row:
            if assigned:
                row.sealed.fields["assigned_key"] = assigned
            versions.setdefault(dump_sorted(row.extra["list"]), []).append((seq, row))
    taken = 0
    for text, members in sorted(versions.items(), key=lambda v: load(v[0])["date"]):
        header = ListHeader(**load(text))
        chain = chain_of(writer, header)
        if chain is None:
            continue
        lists = ListRecorder(recorder)
        recorder.prefetch([row for _, row in members])
        lists.open(chain, members[0][1].file)
        fresh = replace(chain, known=False)
        for seq, row in sorted(members, key=lambda m: m[1].row):
            outcome = lists.take(row, fresh, seq)
            if row.extra.get("content") or not isinstance(outcome, Problem):
                recorder.close(seq, writer.seq)
                taken += not isinstance(outcome, Problem)
        if header.kind == "full" and not chain.known:
            lists.withdraw_absent(chain, {row.sealed.rec for _, row in members}, members[0][1].file)
        recorder.settle()
    return taken


def held_row(writer: Writer, seq: int) -> Row | None:
    """The row of a quarantine entry; None when its payload was erased."""
    writer.flush()
    e = t.entry.c
    query = select(e.rec, e.content, e.file, e.row, t.payload.c.body).join(t.payload, t.payload.c.seq == e.seq)
    found = writer.connection.execute(query.where(e.seq == seq)).first()
    return stored_row(load(found.body), found.rec, found.content, found.file, found.row) if found else None

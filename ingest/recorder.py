"""Rows into entries: which outcome a row has, and what the ledger then holds.

A record is a source and a natural key. Its versions differ in content; which
one is current follows from the versions themselves (date of the source, ended
before not ended, more filled cells, content hash), never from arrival.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from sqlalchemy import select, update

from graph.ledger import tables as t
from graph.ledger.bulk import among, unsought
from graph.ledger.ledger import Draft, Writer
from graph.ledger.rows import mention_links
from graph.model.claims import Claim, NodeClaim
from graph.model.jsontext import load
from graph.resolve.clusters import recluster
from ingest.judge import References, judge
from ingest.known import Known
from ingest.masking import shown_file
from ingest.parties import Fields, Meta
from ingest.problems import Problem
from ingest.sealing import Sealed

Order = tuple[str, int, int, str]


class Version(NamedTuple):
    """One version of a record."""

    seq: int
    content: str
    order: Order


@dataclass(frozen=True, slots=True)
class Row:
    """A sealed row on its way into the ledger."""

    file: str
    row: int
    sealed: Sealed
    version_date: str
    ended: bool
    filled: int
    problem: Problem | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> Order:
        """What decides which version is current."""
        return self.version_date, int(self.ended), self.filled, self.sealed.content


class Parser(Protocol):
    """What a source says of its rows; a module ``ingest.sources.<id>.parser`` is one."""

    def claims(self, fields: Fields, rec_key: str) -> list[Claim]:
        """The claims of a sealed row."""

    def checks(self, fields: Fields) -> Problem | None:
        """Identity checks that need no book."""

    def references(self, fields: Fields) -> References:
        """What must be known."""

    def meta(self, fields: Fields) -> Meta:
        """What evidence tells of the row."""


def keys_in(claims: Iterable[Claim]) -> set[str]:
    """Every key of some claims."""
    keys: set[str] = set()
    for claim in claims:
        if isinstance(claim, NodeClaim):
            keys.update(claim.mention.keys)
        else:
            keys.update(claim.source.keys)
            keys.update(claim.target.keys)
    return keys


class Recorder:
    """Takes rows of one source within one ledger transaction."""

    def __init__(self, writer: Writer, source: str, parser: Parser, batch: str) -> None:
        self.writer, self.source, self.parser, self.batch = writer, source, parser, batch
        self.known = Known(writer.connection)
        self._versions: dict[str, list[Version]] = {}
        self._held: dict[str, tuple[int, int | None]] = {}
        self._asked: dict[tuple[str, str], tuple[Problem | None, References]] = {}
        self._named: set[str] = set()
        self._changed: set[str] = set()
        self._pairs: set[tuple[str, str]] = set()

    def prefetch(self, rows: Sequence[Row]) -> None:
        """Read what the ledger knows of the records and keys of some rows."""
        self.writer.flush()
        connection = self.writer.connection
        e, w = t.entry.c, t.waiting.c
        self._versions = {}
        query = select(e.rec, e.seq, e.content, e.version_date, e.ended, e.filled)
        of_them = (among(e.rec, {row.sealed.rec for row in rows}), unsought(e.kind) == "record")
        for rec, seq, content, date, ended, filled in connection.execute(query.where(*of_them)).all():
            self._versions.setdefault(rec, []).append(Version(seq, content, (date, ended, filled, content)))
        waiting = (among(w.content, {row.sealed.content for row in rows}), w.source == self.source)
        held = connection.execute(select(w.content, w.seq, w.closed).where(*waiting)).all()
        self._held = {content: (seq, closed) for content, seq, closed in held}
        self._asked = {(row.sealed.rec, row.sealed.content): self._ask(row) for row in rows}
        self.known = Known(connection)
        self.known.load(self._cited())

    def _ask(self, row: Row) -> tuple[Problem | None, References]:
        """What is wrong with a row alone, and what it cites."""
        found = row.problem or self.parser.checks(row.sealed.fields)
        return found, References() if found else self.parser.references(row.sealed.fields)

    def _cited(self) -> Iterable[str]:
        for _, references in self._asked.values():
            yield from (key for key, _ in references.subjects)
            yield from references.departments

    def check(self, row: Row) -> Problem | None:
        """The problem of a prefetched row, alone and against the book."""
        found, references = self._asked[row.sealed.rec, row.sealed.content]
        return found or judge(references, self.known)

    def versions(self, rec: str) -> list[Version]:
        """The versions of a record that was prefetched, this transaction's included."""
        return self._versions.get(rec, [])

    def current(self, rec: str) -> Version | None:
        """The current version."""
        return max(self.versions(rec), key=lambda v: v.order, default=None)

    def take(self, row: Row) -> str | Problem:
        """Record one row: accepted, merged, unchanged, or the problem that stopped it."""
        if any(v.content == row.sealed.content for v in self.versions(row.sealed.rec)):
            return "unchanged"
        found = self.check(row)
        return self.hold(row, found) if found else self.record(row)

    def hold(self, row: Row, problem: Problem) -> str | Problem:
        """Quarantine a row; one that a person or a later file released since is unchanged."""
        if problem.outcome == "rejected":
            return problem
        known = self._held.get(row.sealed.content)
        if known and known[1] is not None:
            return "unchanged"
        if known is None:
            payload = {
                "fields": row.sealed.fields,
                "order": [row.version_date, int(row.ended), row.filled],
                "code": problem.code,
                "extra": dict(row.extra),
            }
            seq = self.writer.append(self._draft("quarantine", row, payload, outcome=problem.code))
            self._held[row.sealed.content] = (seq, None)
            row_of_waiting = {
                "seq": seq,
                "source": self.source,
                "rec": row.sealed.rec,
                "content": row.sealed.content,
                "code": problem.code,
                "state": problem.state,
                "needs": self._needs(row, problem),
                "closed": None,
            }
            self.writer.add(t.waiting, row_of_waiting)
        return problem

    def _needs(self, row: Row, problem: Problem) -> str:
        if problem.state != "waiting":
            return ""
        if problem.code == "out_of_order":
            return str(row.extra["needs"])
        references = self.parser.references(row.sealed.fields)
        if problem.code == "unknown_department":
            return next(key for key in references.departments if not self.known.department(key))
        if problem.code == "unresolved_code":
            weak = [key for key, _ in references.subjects if not key.startswith(("uscc:", "pid:"))]
            return next(key for key in weak if not self.known.registered(key))
        for citation in references.cited:
            if citation.code == problem.code:
                return citation.need
        return row.sealed.rec

    def _draft(self, kind: str, row: Row, payload: Mapping[str, Any], *, outcome: str, cites: int = 0) -> Draft:
        meta = self.parser.meta(row.sealed.fields)
        named = {"document_no": meta.document_no, "issuer": meta.issuer, "date": meta.date}
        return Draft(
            kind=kind,
            payload={**payload, "meta": named},
            batch=self.batch,
            source=self.source,
            rec=row.sealed.rec,
            file=shown_file(row.file),
            row=row.row,
            outcome=outcome,
            content=row.sealed.content,
            version_date=row.version_date,
            ended=row.ended,
            filled=row.filled,
            cites=cites,
        )

    def record(self, row: Row, *, cites: int = 0) -> str:
        """Write a version; its claims live if it is the current one."""
        self.known.keep_cited(self.parser, row.sealed.fields)
        claims = self.parser.claims(row.sealed.fields, row.sealed.rec)
        before = self.current(row.sealed.rec)
        outcome = "merged" if before else "accepted"
        live = before is None or row.order > before.order
        payload = {"fields": row.sealed.fields, **self._event(row, before, live), **row.extra}
        seq = self.writer.append(self._draft("record", row, payload, outcome=outcome, cites=cites), claims, live=live)
        pairs = set(mention_links(claims)) if live else set[tuple[str, str]]()
        if before and live:
            old = self._links_of(before.seq)
            # What the new version says again has neither ended nor begun.
            self._changed.update(key for pair in old ^ pairs for key in pair)
            pairs -= old
            self.writer.supersede(before.seq, seq)
        self._versions.setdefault(row.sealed.rec, []).append(Version(seq, row.sealed.content, row.order))
        self._named |= keys_in(claims)
        self._pairs |= pairs
        return outcome

    def _links_of(self, seq: int) -> set[tuple[str, str]]:
        """The links of keys that an entry made."""
        self.writer.flush()
        ends = select(t.link.c.a, t.link.c.b).where(t.link.c.entry == seq)
        return set(self.writer.connection.execute(ends).all())

    def _event(self, row: Row, before: Version | None, live: bool) -> dict[str, Any]:
        """What happened to the record: add, change or withdraw, with the fields that changed."""
        if "op" in row.extra or not live:
            return {}
        if before is None:
            return {"op": "add"}
        old = fields_of(self.writer, before.seq)
        changed = sorted(
            name
            for name in old.keys() | row.sealed.fields.keys()
            if old.get(name) != row.sealed.fields.get(name) and not name.endswith("_mask")
        )
        ended = row.ended and not before.order[1]
        return {"op": "withdraw" if ended else "change", "changed": changed}

    def settle(self) -> None:
        """Bring the clusters up to date with the rows taken since the last call."""
        recluster(self.writer, self._named, self._changed, self._pairs)
        self._named, self._changed, self._pairs = set(), set(), set()

    def close(self, seq: int, by: int) -> None:
        """The wait of a quarantined row ends with entry ``by``."""
        self.writer.flush()
        self.writer.connection.execute(update(t.waiting).where(t.waiting.c.seq == seq).values(closed=by))


def fields_of(writer: Writer, seq: int) -> dict[str, str]:
    """The fields of an entry; empty when they were erased."""
    writer.flush()
    body = writer.connection.execute(select(t.payload.c.body).where(t.payload.c.seq == seq)).scalar()
    fields: dict[str, str] = load(body)["fields"] if body else {}
    return fields

"""Records read again in the light of what others say of them: repairs, objections and their results.

A repair is an entry of its own and no version of the decision it repairs. What
it does to that decision is a function of the current version of both: an entry
of kind ``reading`` holds the claims that follow, beside those of the version or,
when it is archived, instead of them. So nothing is patched, the order of arrival
does not matter, and a new version of either is simply read again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType
from typing import Any

from sqlalchemy import func, or_, select

from graph.book.book import BOUNDARIES
from graph.ledger import tables as t
from graph.ledger.ledger import Draft, Writer
from graph.ledger.rows import claims_hash, fixed_values, mention_links
from graph.model.claims import RESTRICTED, Claim, EdgeClaim, Mention, NodeClaim
from graph.model.effects import HIDING, PROPERTY, Effect, dump
from graph.resolve.clusters import keys_of, node_of, recluster
from graph.store.project import some_of
from ingest import registry
from ingest.citations import Citation, find, records_about, subject_of
from ingest.recorder import fields_of, keys_in

KIND = "reading"


@cache
def speakers() -> Mapping[str, ModuleType]:
    """Parsers of sources whose rows speak of the records of others: they have ``cited``, ``effects``, ``RELATION``."""
    parsers = {spec.id: registry.parser(spec.id) for spec in registry.sources().values()}
    return {source: parser for source, parser in parsers.items() if hasattr(parser, "effects")}


def source_of(rec: str) -> str:
    """The id of the source of a record key."""
    return rec.removeprefix("rec:").partition("/")[0]


@dataclass(frozen=True, slots=True)
class _Version:
    """The current version of a record: its entry and its fields."""

    entry: Any
    fields: dict[str, str]


def read_again(writer: Writer, batch: str, keys: Iterable[str] = ()) -> int:
    """Read again what the entries since the last boundary touch, and all of the subjects of ``keys``; how many."""
    writer.flush()
    e = t.entry.c
    since = writer.connection.execute(select(func.max(e.seq)).where(e.kind.in_(BOUNDARIES))).scalar() or 0
    about = set(keys)
    unsaid: dict[str, set[str]] = {}
    for rec in _spoken(writer, since):
        for key, own in _meant(writer, rec):
            about.add(key)
            if not own:
                unsaid.setdefault(key, set()).add(rec)
    about |= _touched(writer, since)
    nodes = set(node_of(writer.connection, about).values())
    groups = keys_of(writer.connection, nodes)
    done = 0
    for node in sorted(groups):
        more = {rec for key in groups[node] for rec in unsaid.get(key, ())}
        done += _Subject(writer, batch, groups[node], more).read()
    return done


def _spoken(writer: Writer, since: int) -> list[str]:
    """Records of speaking sources with an entry after ``since``."""
    e = t.entry.c
    where = (e.kind == "record", e.source.in_(sorted(speakers())), e.seq > since)
    return sorted(writer.connection.execute(select(e.rec).distinct().where(*where)).scalars())


def _meant(writer: Writer, rec: str) -> list[tuple[str, bool]]:
    """Subjects whose records an entry may change: (key, whether the entry itself is about it), past versions' too."""
    c = t.claim.c
    own = select(c.b).distinct().where(c.a == rec, c.relation == "about")
    found = [(str(key), True) for key in writer.connection.execute(own).scalars()]
    version = _current(writer, rec)
    for citation in _citations(rec, version) if version else ():
        if not citation.subject:
            targets = find(writer.connection, citation)
            found += [(key, False) for key in (subject_of(writer.connection, target) for target in targets) if key]
    return found


def _touched(writer: Writer, since: int) -> set[str]:
    """Subjects of records after ``since`` of whose records somebody has spoken."""
    c, connection = t.claim.c, writer.connection
    ranges = [(c.a >= f"rec:{source}/") & (c.a < f"rec:{source}0") for source in sorted(speakers())]
    spoken = (or_(False, *ranges), c.relation == "about", c.seq_to.is_(None))
    found: set[str] = set()
    if not ranges or connection.execute(select(c.id).where(*spoken).limit(1)).first() is None:
        return found
    fresh = connection.execute(select(c.b).where(c.entry > since, c.relation == "about")).scalars()
    for some in some_of(fresh):
        groups = keys_of(connection, set(node_of(connection, map(str, dict.fromkeys(some))).values()))
        for part in some_of(key for members in groups.values() for key in members):
            about = select(c.a, c.b).where(c.b.in_(part), c.relation == "about", c.seq_to.is_(None))
            # Told apart here: asked for the sources too, SQLite would walk all that they ever said.
            found.update(b for a, b in connection.execute(about) if source_of(a) in speakers())
    return found


def _current(writer: Writer, rec: str) -> _Version | None:
    """The current version of a record; None when it was erased or never came."""
    e = t.entry.c
    # By record alone: with the kind in the question SQLite would walk all entries of that kind.
    entries = writer.connection.execute(select(t.entry).where(e.rec == rec)).all()
    found = [entry for entry in entries if entry.kind == "record"]
    if not found:
        return None
    entry = max(found, key=lambda v: (v.version_date, v.ended, v.filled, v.content))
    fields = fields_of(writer, entry.seq)
    return _Version(entry, fields) if fields else None


def _citations(rec: str, version: _Version) -> tuple[Citation, ...]:
    cited: tuple[Citation, ...] = speakers()[source_of(rec)].cited(version.fields)
    return cited


class _Subject:
    """The records of one subject, read together. ``more``: speaking records that do not say whom they are about."""

    def __init__(self, writer: Writer, batch: str, keys: Sequence[str], more: Iterable[str]) -> None:
        self._writer, self._batch = writer, batch
        recs = set(records_about(writer.connection, keys)) | set(more)
        self._speaking = sorted(rec for rec in recs if source_of(rec) in speakers())
        self._records = sorted(recs.difference(self._speaking))
        self._effects: dict[str, set[Effect]] = {}

    def read(self) -> int:
        """Bring the claims of all records up to date; how many were read again."""
        done = 0
        for rec in self._speaking:
            version = _current(self._writer, rec)
            if version:
                done += self._settle(rec, version, self._ties(rec, version))
        read_before = self._read_before()
        for rec in self._records:
            version = _current(self._writer, rec) if rec in self._effects or rec in read_before else None
            if version:
                done += self._settle(rec, version, ())
        return done

    def _read_before(self) -> set[str]:
        """Records with a reading that lives."""
        c, e, found = t.claim.c, t.entry.c, set[str]()
        query = select(c.a, e.kind).distinct().join(t.entry, c.entry == e.seq)
        for some in some_of(self._records):
            rows = self._writer.connection.execute(query.where(c.a.in_(some), c.seq_to.is_(None)))
            found.update(rec for rec, kind in rows if kind == KIND)
        return found

    def _ties(self, rec: str, version: _Version) -> list[Claim]:
        """The edges of a speaking record to what it names; its effects are noted with the records."""
        parser, own, claims = speakers()[source_of(rec)], Mention((rec,)), list[Claim]()
        for citation in _citations(rec, version):
            for target in find(self._writer.connection, citation):
                effects = parser.effects(version.fields)
                if effects:
                    self._effects.setdefault(target, set()).update(effects)
                claims.append(EdgeClaim(parser.RELATION, own, Mention((target,)), level=RESTRICTED))
                subject = None if citation.subject else subject_of(self._writer.connection, target)
                if subject:
                    claims.append(EdgeClaim("about", own, Mention((subject,)), level=RESTRICTED))
        return claims

    def _settle(self, rec: str, version: _Version, ties: Sequence[Claim]) -> int:
        """Write a reading unless the claims that live are these already; 1 if one was written.

        It stands beside the claims of the version, which stay as open as they were, unless an effect archives the
        record or the version was read otherwise before: then it holds all claims instead.
        """
        effects, entry = self._effects.get(rec, set()), version.entry
        hidden = min((effect.start for effect in effects if effect.kind in HIDING), default=None)
        claims: list[Claim] = registry.parser(entry.source).claims(version.fields, rec)
        found = self._live(rec)
        instead = bool(hidden) or entry.seq not in found
        kept = () if instead else (entry.seq,)
        wanted = [*(_archived(claims, hidden) if instead else ()), *_told(rec, claims, effects), *ties]
        own = claims_hash([fixed_values(claim) for claim in wanted])
        if [found[seq] for seq in found if seq not in kept] == ([own] if own else []):
            return 0
        meta = registry.parser(entry.source).meta(version.fields)
        told = {"document_no": meta.document_no, "issuer": meta.issuer, "date": meta.date}
        draft = Draft(
            KIND, {"of": entry.seq, "meta": told}, self._batch, entry.source, rec, entry.file, entry.row,
            outcome="instead" if instead else "beside", cites=entry.seq,
        )  # fmt: skip
        seq = self._writer.append(draft, wanted)
        for old in found:
            if old not in kept:
                self._writer.supersede(old, seq)
        # The links are those of the version again, so that clusters stay as they are unless a key is new.
        keys = keys_in(wanted)
        fresh = keys - node_of(self._writer.connection, keys).keys()
        if fresh:
            recluster(self._writer, fresh, (), mention_links(wanted))
        return 1

    def _live(self, rec: str) -> dict[int, str]:
        """The entries whose claims of a record live, with the hash of their claims."""
        c, e = t.claim.c, t.entry.c
        query = select(e.seq, e.claims_hash).distinct().join(t.claim, c.entry == e.seq)
        rows = self._writer.connection.execute(query.where(c.a == rec, c.seq_to.is_(None)).order_by(e.seq))
        return {seq: own for seq, own in rows}


def _archived(claims: Sequence[Claim], hidden: str | None) -> list[Claim]:
    """The claims of a record, seen at restricted level only from the day ``hidden`` on."""
    if hidden is None:
        return list(claims)
    return [replace(claim, shown_until=min(claim.shown_until or hidden, hidden)) for claim in claims]


def _told(rec: str, claims: Sequence[Claim], effects: set[Effect]) -> list[Claim]:
    """The effects as a property of the record, never open to the public."""
    if not effects:
        return []
    kind = next(c.kind for c in claims if isinstance(c, NodeClaim) and c.mention.best == rec)
    return [NodeClaim(Mention((rec,)), kind, (), {PROPERTY: dump(effects)}, level=RESTRICTED)]

"""What persons say of facts that a reader of texts was not sure of: accept, correct, refuse, and taking that back.

A decision is an entry. What follows from all decisions on a document is a function of them and of its current version:
an entry of kind ``reading`` of the document holds those claims, beside the claims of the version. So a new version, a
decision and an undo are one code path, and the order of arrival does not matter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from graph.book.book import BOUNDARIES, Book
from graph.book.decisions import Refused
from graph.ledger import reviews
from graph.ledger import tables as t
from graph.ledger.clock import today
from graph.ledger.ledger import Draft, Writer
from graph.ledger.reviews import WAITING, Decision, Item, Version
from graph.ledger.rows import claims_hash, fixed_values, mention_links
from graph.resolve.clusters import node_of, recluster
from ingest.correction import checked, corrected
from ingest.masking import mask_cell
from ingest.readings import KIND
from ingest.recorder import keys_in
from ingest.sources.judgments import parser, unsure

#: What a person may say of a fact that waits; ``undo`` takes back what was said.
VERBS = ("accept", "correct", "refuse", "undo")

#: Longest reason that is kept.
_REASON = 2000


class Unknown(Refused):
    """There is no fact of this id in the queue."""


class Settled(Refused):
    """The fact is not in the state that the decision needs; the message says in which it is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says of a fact. ``correction``: the fact as it should read, see :mod:`ingest.correction`."""

    kind: str
    item: str
    by: str
    reason: str
    basis: str = ""
    correction: object = None


def review_again(writer: Writer, batch: str) -> None:
    """Bring queue and claims of every document with an entry since the last boundary up to date."""
    writer.flush()
    e = t.entry.c
    since = writer.connection.execute(select(func.max(e.seq)).where(e.kind.in_(BOUNDARIES))).scalar() or 0
    fresh = select(e.rec).where(e.seq > since, e.kind == "record", e.source == parser.SOURCE).distinct()
    for rec in sorted(writer.connection.execute(fresh).scalars()):
        settle(writer, batch, str(rec))


def settle(writer: Writer, batch: str, rec: str, decided: list[Decision] | None = None) -> None:
    """Queue and claims of a document as its current version and these decisions (default those kept) have them."""
    writer.flush()
    connection = writer.connection
    version = reviews.current(connection, rec)
    if version is None:
        return
    if decided is None:
        decided = reviews.decisions(connection, rec)
    _read(writer, batch, rec, version, decided)
    reviews.remember(connection, rec, reviews.items_of(rec, version, decided))


def _read(writer: Writer, batch: str, rec: str, version: Version, decided: list[Decision]) -> None:
    """Write a reading unless the last one holds these claims already."""
    e, connection = t.entry.c, writer.connection
    query = select(e.seq, e.claims_hash, e.kind).where(e.rec == rec).order_by(e.seq.desc())
    last = next((row for row in connection.execute(query) if row.kind == KIND), None)
    in_force = reviews.in_force(decided)
    wanted = unsure.claims(rec, version, [one for one in decided if in_force[one.body["mark"]] is one])
    own = claims_hash([fixed_values(claim) for claim in wanted])
    if own == (last.claims_hash if last else ""):
        return
    body = version.body or {}
    told = {"of": version.seq, "meta": body.get("meta", {}), "extractor": body.get("extractor", "")}
    draft = Draft(
        KIND, told, batch, parser.SOURCE, rec, version.file, version.row, outcome="beside", cites=version.seq
    )  # fmt: skip
    seq = writer.append(draft, wanted)
    if last:
        writer.supersede(last.seq, seq)
    writer.flush()
    keys = keys_in(wanted)
    fresh = keys - node_of(connection, keys).keys()
    if fresh:
        recluster(writer, fresh, (), mention_links(wanted))


def item_of(writer_or_connection: Any, fact: str) -> Item | None:
    """The row of a fact in the queue, decided or not."""
    columns = [t.review.c[name] for name in Item._fields]
    row = writer_or_connection.execute(select(*columns).where(t.review.c.id == fact)).first()
    return Item(*row) if row else None


def fact_of(item: Item, body: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The fact of an item from the payload of the version that holds it; None when that was erased."""
    found = (fact for fact in (body or {}).get("relations", ()) if fact["id"] == item.id)
    return next(found, None)


def review(book: Book, verdict: Verdict) -> dict[str, Any]:
    """Carry out a decision: ``{"seq", "kind", "id", "state"}``. Refused says what was expected; Unknown, Settled."""
    verdict = _tidy(verdict)
    with book.writing() as writer:
        item = item_of(writer.connection, verdict.item)
        if item is None:
            raise Unknown("no fact of this id is in the queue")
        seq = _undo_last(writer, verdict, item) if verdict.kind == "undo" else _decide(writer, verdict, item)
        now = item_of(writer.connection, verdict.item)
    told = {"seq": seq, "kind": verdict.kind, "id": verdict.item, "state": now.state if now else None}
    return told | ({"warnings": [book.behind]} if book.behind else {})


def _tidy(verdict: Verdict) -> Verdict:
    if verdict.kind not in VERBS:
        raise Refused(f"decision: expected one of {', '.join(VERBS)}")
    if verdict.kind != "correct" and verdict.correction is not None:
        raise Refused("correction: only a decision of kind correct has one")
    texts = {name: mask_cell(getattr(verdict, name).strip()) for name in ("by", "reason", "basis")}
    for name in ("by", "reason"):
        if not texts[name]:
            raise Refused(f"{name}: a decision needs it")
    for name, text in texts.items():
        if len(text) > _REASON:
            raise Refused(f"{name}: at most {_REASON} characters are kept")
    return Verdict(verdict.kind, verdict.item, **texts, correction=verdict.correction)


def _decide(writer: Writer, verdict: Verdict, item: Item) -> int:
    if item.state not in WAITING:
        raise Settled(f"the fact is {item.state} by entry {item.decision}; undo that first")
    version = reviews.current(writer.connection, item.rec)
    kept = reviews.decisions(writer.connection, item.rec)
    before = next((one.body for one in kept if one.seq == item.decision), None)
    if version is None or version.body is None:
        raise Unknown("the document was erased")
    if item.held == version.seq:
        fact = fact_of(item, version.body)
        assert fact is not None
        mark = reviews.mark_of(item.rec, fact, version.body["text"])
    else:
        assert before is not None
        fact, mark = before["fact"], before["mark"]
        if verdict.kind == "accept":
            raise Settled("the present version of the document no longer has these words; correct or refuse the fact")
    said = _said(verdict, item, version, fact, mark)
    # Its reading comes first: a decision is the last entry of its transaction, and the ledger is whole there.
    seq = writer.seq + (1 if verdict.kind == "refuse" else 2)
    settle(writer, "", item.rec, [*kept, Decision(seq, verdict.kind, said)])
    return _append(writer, verdict, item.rec, said, seq)


def _append(writer: Writer, verdict: Verdict, rec: str, said: Mapping[str, Any], seq: int, cites: int = 0) -> int:
    draft = Draft("decision", said, source="decisions", rec=rec, outcome=verdict.kind, cites=cites)
    if writer.append(draft) != seq:
        raise AssertionError("a decision has not the sequence that its claims name")
    return seq


def _shape(verdict: Verdict, keys: Iterable[str], entry: int) -> dict[str, Any]:
    """The shape of any decision."""
    told: dict[str, Any] = {"kind": verdict.kind, "keys": sorted(set(keys)), "entry": entry, "by": verdict.by}
    return told | {"reason": verdict.reason, "basis": verdict.basis, "meta": {"issuer": verdict.by, "date": today()}}


def _said(verdict: Verdict, item: Item, version: Version, fact: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """The payload of a decision: the fact as it was read, as it was decided, and what the decision rests on."""
    assert version.body is not None
    text = str(version.body["text"])
    read = _with_keys(item.rec, version, fact)
    decided: dict[str, Any] | None = None
    grounds, place = [mark], fact["span"] if item.held == version.seq else None
    sayings = [reviews.saying_of(item.rec, fact, text)] if place else []
    if verdict.kind != "refuse":
        told = corrected(verdict.correction, fact, version.body, place) if verdict.kind == "correct" else dict(fact)
        decided = _with_keys(item.rec, version, told)
        decided = checked(decided, unsure.edge_of(item.rec, version, decided))
        # Other words than those that were read are a ground of their own.
        same = decided["span"] == place
        grounds = [reviews.mark_of(item.rec, decided, text), *([mark] if same else [])]
        sayings = [reviews.saying_of(item.rec, decided, text), *(sayings if same else [])]
        place = decided["span"]
    keys = [end["key"] for one in (read, decided) if one for end in (one["source"], one["target"])]
    said = _shape(verdict, keys, item.held) | {"item": item.id, "mark": mark, "fact": read, "decided": decided}
    said |= {"of": version.seq, "grounds": grounds, "sayings": sayings, "extractor": version.body.get("extractor", "")}
    return said | (reviews.ground_of(text, *place) if place else {})


def _with_keys(rec: str, version: Version, fact: Mapping[str, Any]) -> dict[str, Any]:
    """A fact whose ends tell whom the document means."""
    told = dict(fact)
    for side in ("source", "target"):
        key, kind = unsure.end_of(rec, version.body, fact[side])
        told[side] = {**fact[side], "key": key, "kind": kind}
    return told | {"case": (version.body or {}).get("case", "")}


def _undo_last(writer: Writer, verdict: Verdict, item: Item) -> int:
    """Take back the decision that is in force on an item."""
    if item.decision is None:
        raise Settled("nothing was decided on this fact")
    return undo(writer, verdict, item.decision, item.rec)


def decided_on(writer: Writer, entry: int) -> str | None:
    """The document of a review decision that nobody took back; None for any other entry."""
    e = t.entry.c
    rec = writer.connection.execute(
        select(e.rec).where(e.seq == entry, e.kind == "decision", e.outcome.in_(reviews.DECIDED), e.rec != "")
    ).scalar()
    return None if rec is None else str(rec)


def undo(writer: Writer, verdict: Verdict, entry: int, rec: str) -> int:
    """Take back a review decision; its claim ends and the fact waits again. The sequence."""
    e = t.entry.c
    before = select(e.seq).where(e.rec == rec, e.kind == "decision", e.outcome == "undo", e.cites == entry)
    if writer.connection.execute(before).first():
        raise Refused(f"entry: decision {entry} was undone before")
    kept = [one for one in reviews.decisions(writer.connection, rec) if one.seq != entry]
    settle(writer, "", rec, kept)
    return _append(writer, verdict, rec, _shape(verdict, (), entry), writer.seq + 1, entry)

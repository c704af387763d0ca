"""One-stop comparison as bodies: who is asked about, what binds the decision, what is kept and what was decided."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.asking import Question
from api.auth import tells_erased
from api.entities import Unanswerable, entity, is_subject, record_evidence
from graph.book.decisions import erased_by
from graph.ledger import checks
from graph.ledger.clock import now, today
from graph.ledger.signing import signing_key
from graph.measures.catalogue import standing_catalogue
from graph.measures.certificate import signed
from graph.measures.check import Asking, Bound, Check, SwitchedOff, check
from graph.measures.decided import Decided, decided_for
from graph.measures.purposes import Purpose, standing_purposes
from graph.measures.received import received
from graph.measures.triggers import status
from graph.measures.walk import identified
from graph.model.claims import PUBLIC, RESTRICTED
from graph.model.ids import check_id, mask_text
from graph.store.base import Node
from graph.store.errors import StoreUnavailable
from graph.store.items import own_id

OUTCOMES = ("granted", "refused", "granted_with_conditions")

#: Kind of an identifier -> the kind of the key that it is.
_KEYS = {"uscc": "uscc", "reg_no": "reg", "org_code": "org"}

_INTERNAL = re.compile(r"n[0-9a-f]{23}")

#: Namesakes that are counted; longest text of a decision.
_COUNTED, _LONGEST = 200, 2000


@dataclass(frozen=True, slots=True)
class Target:
    """Who is asked about. ``by``: kind of identifier, ``name`` for none. ``value``: as it may be kept, no ID number.

    ``node`` None: the identifier is nobody's. ``keys``: under which an erasure finds him. ``candidates``: namesakes.
    """

    by: str
    value: str
    node: Node | None
    keys: tuple[str, ...]
    candidates: int = 0

    @property
    def exact(self) -> bool:
        """Whether an identifier says who it is; a name never does."""
        return self.by != "name" and (self.node is None or identified(self.node))


def purpose_of(text: object) -> Purpose:
    """A purpose by its id; Unanswerable 400."""
    known = standing_purposes().all
    if not isinstance(text, str) or text not in known:
        raise Unanswerable(400, "unknown purpose", f"purpose: expected one of {', '.join(known)}")
    return known[text]


def target_of(asked: Question, text: str) -> Target:
    """Who is meant by an internal id, a code, an ID number or a name; Unanswerable 400 (the code fails), 404, 410."""
    plain = text.strip()
    if not plain:
        raise Unanswerable(400, "no subject", "subject: expected an id, a code or an ID number")
    if _INTERNAL.fullmatch(plain):
        node = asked.find(plain)[0]
        if not is_subject(node):
            raise Unanswerable(404, "unknown subject", "no subject of this id, code or name is known")
        return Target("id", node.id, node, node.keys)
    found = check_id(plain)
    if found.kind == "id_card" or found.kind in _KEYS:
        if not found.valid:
            raise Unanswerable(400, "bad identifier", f"subject: the identifier fails: {found.reason}")
        return _by_identifier(asked, str(found.kind), found.normalised)
    some = asked.reader.search(asked.view, plain, _COUNTED, exact=True)
    return Target("name", mask_text(plain), None, (), sum(is_subject(node) for node in some))


def _by_identifier(asked: Question, kind: str, value: str) -> Target:
    if kind != "id_card":
        return by_key(asked, kind, value, f"{_KEYS[kind]}:{value}")
    keyed, pid = asked.book.vault.keyed(value), asked.book.vault.find(value)
    return by_key(asked, kind, keyed, pid or f"person:{keyed}")


def by_key(asked: Question, kind: str, value: str, key: str, *, tell_erased: bool = True) -> Target:
    """The target of an identifier whose key is known; Unanswerable 410 for one erased, where that may be told."""
    node = asked.reader.by_key(asked.view, key)
    if node is None and tell_erased and tells_erased(asked.view.level):
        with asked.book.ledger.reading() as connection:
            seq = erased_by(connection, [own_id(key)])
        if seq is not None:
            raise Unanswerable(410, "erased", f"the subject was erased by law, entry {seq}")
    return Target(kind, value, node, node.keys if node else (asked.book.stable(key),))


@dataclass(frozen=True, slots=True)
class Result:
    """The answer as it is certified: ``body`` without id and time. ``keys``: everybody and every record in it."""

    body: dict[str, Any]
    keys: frozenset[str]
    records: frozenset[str]
    explored: int


def result_of(asked: Question, target: Target, purpose: Purpose, seq: int) -> Result:
    """What binds a decision, as known at ``seq``; the view of ``asked`` must be of that time."""
    catalogue = standing_catalogue()
    body: dict[str, Any] = {
        "purpose": purpose.id,
        "subject": entity(target.node) if target.node else None,
        "asked_by": target.by,
        "candidates": target.candidates,
        "as_of": asked.view.as_of,
        "known_at": seq,
        "catalogue": catalogue.version,
        "purposes": standing_purposes().version,
        "binding": [],
        "proposed": [],
        "switched_off": [],
        "not_for_this_purpose": {},
    }
    if target.node is None or not target.exact:
        told = {"outcome": "no_hit", "why": "the identifier is nobody's here"}
        if not target.exact:
            told = {"outcome": "needs_review", "why": "a name is no identity: ask by code or ID number"}
            body["candidates"] = max(target.candidates, 1 if target.node else 0)
        return Result(body | told | {"hit": False}, frozenset(target.keys), frozenset(), 1 if target.node else 0)
    found = _found(asked, target.node, purpose, seq)
    rows = _Rows(asked, found)
    body |= {
        "binding": [rows.bound(one) for one in found.binding],
        "proposed": [rows.bound(one) for one in found.proposed],
        "switched_off": [_switched_off(one) for one in found.switched_off],
        "not_for_this_purpose": dict(found.others),
        "hit": bool(found.binding),
        "outcome": "hit" if found.binding else "no_hit",
        "why": "in force by decision" if found.binding else "nothing in force binds this decision",
    }
    named = [target.node, *(one.through for one in (*found.binding, *found.proposed) if one.through)]
    records = asked.reader.get(asked.view, sorted(found.records)).values()
    keys = {key for node in (*named, *records) for key in node.keys}
    return Result(body, frozenset(keys), frozenset(key for node in records for key in node.keys), found.explored)


def _found(asked: Question, node: Node, purpose: Purpose, seq: int) -> Check:
    whole = asked.view.level >= RESTRICTED and not asked.division
    with asked.book.ledger.reading() as connection:
        decided = decided_for(connection, node.keys, seq)
    if asked.view.level == PUBLIC:
        # How far a case has come is the business of those who work on it.
        decided = [one for one in decided if one.binds(str(asked.view.as_of))]
    asking = Asking(asked.reader, asked.view, standing_catalogue(), lambda edge: received(asked.book, edge), whole)
    return check(asking, node.id, purpose, decided)


def _switched_off(one: SwitchedOff) -> dict[str, Any]:
    measure = one.measure
    told = {"measure": measure.id, "name": measure.name_zh, "basis": measure.legal_basis}
    return told | {"binds_by": one.source, "reason": one.why_not}


class _Rows:
    """Rows of an answer; the evidence of all its records is read once."""

    def __init__(self, asked: Question, found: Check) -> None:
        records = {node.id: node for one in (*found.binding, *found.proposed) for node in one.records}
        self._proof = record_evidence(asked.book, list(records.values()), asked.view)
        self._day = found.as_of
        drawn = asked.reader.neighbours(asked.book.all_times(asked.view), sorted(records), ("issued_by",), "out")
        issuers = asked.reader.get(asked.view, sorted({edge.target for edge in drawn}))
        self._issuers = {edge.source: issuers[edge.target].name for edge in drawn if edge.target in issuers}

    def bound(self, one: Bound) -> dict[str, Any]:
        """A measure with its law, decision and records."""
        measure = one.measure
        return {
            "measure": measure.id,
            "name": measure.name_zh,
            "act": measure.act,
            "kind": measure.kind,
            "category": measure.category,
            "basis": measure.legal_basis,
            "binds_by": one.source,
            "term": measure.term,
            "end_conditions": measure.end_conditions,
            "deciding_body": measure.deciding_body,
            "implementing": list(measure.implementing_department),
            "role": one.role,
            "hop": one.hop,
            "through": entity(one.through) if one.through else None,
            "until": one.until,
            "state": one.state,
            "objection_open": one.objected,
            "decision": _decision(one.decided),
            "to_check": list(measure.to_check),
            "records": [self._record(node, measure.deciding_body) for node in one.records],
        }

    def _record(self, node: Node, body: str) -> dict[str, Any]:
        """A record; an objection goes to the department that issued it, unknown to the ``body`` that decides."""
        rows = self._proof.get(node.id, [])
        told = (node.props.get("issuer"), *(row["issuer"] for row in rows), self._issuers.get(node.id))
        issuer = next((str(name) for name in told if name), None)
        number = node.props.get("document_no") or next((r["document_no"] for r in rows if r["document_no"]), None)
        return {
            "id": node.id,
            "kind": node.props.get("record_kind"),
            "list": node.props.get("list"),
            "document_no": number,
            "issuer": issuer,
            "date": node.props.get("date") or next((row["date"] for row in rows if row["date"]), None),
            "until": node.props.get("active_to"),
            "status": status(node, self._day),
            "objection_to": issuer or body,
            "evidence": rows,
        }


def _decision(decided: Decided | None) -> dict[str, Any] | None:
    if decided is None or not decided.fields:
        return None
    names = ("document_no", "decided_on", "in_force_on")
    told: dict[str, Any] = {name: decided.fields.get(name) for name in names}
    return {"case": decided.row.id, "body": decided.row.body, **told}


def new_id() -> str:
    """The id of a check: it says nothing."""
    return "k" + secrets.token_hex(12)[:23]


def check_body(asked: Question, subject: str, purpose: object) -> dict[str, Any]:
    """A check that is not kept."""
    wanted, target = purpose_of(purpose), target_of(asked, subject)
    result = result_of(asked, target, wanted, asked.book.seq(asked.view))
    return _told(new_id(), result)


def _told(check: str, result: Result) -> dict[str, Any]:
    return {"id": check, **result.body, "made_at": now(), "truncated": False, "explored": result.explored}


def certified_body(asked: Question, subject: str, purpose: object, by: str) -> dict[str, Any]:
    """A check that is kept in the ledger, with its certificate; Unanswerable 400 for a name."""
    wanted, book = purpose_of(purpose), asked.book
    with book.writing() as writer:
        if asked.view.known_at is None:
            state = book.store.state()
            if state is None or (state.seq, state.head_hash) != (writer.seq, writer.hash):
                raise StoreUnavailable("the graph is behind the ledger; ask again when it has caught up")
        seq = book.seq(asked.view)
        target = target_of(asked, subject)
        if not target.exact:
            raise Unanswerable(400, "nothing to certify", "a name is no identity: ask by code or ID number")
        result = result_of(asked, target, wanted, seq)
        body = _told(new_id(), result)
        certificate = signed(
            {
                "id": body["id"],
                "query": _query(asked, target, wanted, seq),
                "ledger": {"id": book.ledger.id, "seq": seq, "hash": book.ledger.hash_at(seq)},
                "catalogue": body["catalogue"],
                "purposes": body["purposes"],
                "result": result.body,
                "made_at": body["made_at"],
            },
            signing_key(),
        )
        kept = {"check": body, "certificate": certificate, "by": by, "records": sorted(result.records)}
        checks.keep(writer, body["id"], kept, result.keys)
    return body | {"certificate": certificate, "decisions": []}


def _query(asked: Question, target: Target, purpose: Purpose, seq: int) -> dict[str, Any]:
    view = asked.view
    return {
        "subject": {"by": target.by, "value": target.value},
        "purpose": purpose.id,
        "as_of": view.as_of,
        "known_at": seq,
        "asked_on": view.today,
        "level": view.level,
        "division": asked.division,
    }


def _kept(asked: Question, check: str) -> checks.Kept:
    """A certified check that the reader may know of: none made of more than he sees. Unanswerable 404, 410."""
    with asked.book.ledger.reading() as connection:
        kept = checks.get(connection, check)
    level = asked.view.level
    if kept and kept.body is None and level >= RESTRICTED:
        raise Unanswerable(410, "erased", "what the check told was erased by law")
    if kept is None or kept.body is None or not _covers(asked, kept.body["certificate"]["query"]):
        raise Unanswerable(404, "unknown check", "no certified check of this id is known")
    return kept


def _covers(asked: Question, query: Mapping[str, Any]) -> bool:
    """Whether the reader sees all that the view of a query shows."""
    if asked.view.level < query["level"]:
        return False
    return query["level"] < RESTRICTED or asked.division in ("", query["division"])


def kept_body(asked: Question, check: str) -> dict[str, Any]:
    """A certified check as it was, with what was decided after it.

    What was open then may have been closed since: below the restricted level the answer is kept back (``withheld``)
    as soon as a record that it rests on, or its subject, shows no more (NDRC Order 36 Art. 3).
    """
    kept = _kept(asked, check)
    body = kept.body or {}
    told: dict[str, Any] = {**body["check"], "certificate": body["certificate"], "withheld": False}
    if asked.view.level < RESTRICTED and not _still_shown(asked, body):
        # The counts would tell as much as the rows.
        told |= {"binding": [], "proposed": [], "switched_off": [], "not_for_this_purpose": {}, "certificate": None}
        told |= {"hit": None, "outcome": None, "why": "some of it is shown no more", "withheld": True}
        return told | {"subject": None, "decisions": []}
    return told | {"decisions": [_fed_back(one) for one in kept.decisions]}


def _still_shown(asked: Question, body: Mapping[str, Any]) -> bool:
    subject = body["check"]["subject"]
    there = not subject or subject["id"] in asked.reader.get(asked.view, [subject["id"]])
    return there and all(asked.reader.by_key(asked.view, key) for key in body["records"])


def _fed_back(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("seq", "at", "outcome", "document_no", "decided_on", "reason", "by")}


def _text(document: Mapping[str, Any], name: str) -> str:
    """A text of a decision without what nobody sees and without ID numbers; Unanswerable 400."""
    value = document.get(name)
    if not isinstance(value, str):
        raise Unanswerable(400, "unreadable decision", f"{name}: expected a text")
    plain = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    if not plain or len(plain) > _LONGEST:
        raise Unanswerable(400, "unreadable decision", f"{name}: expected 1 to {_LONGEST} characters")
    return mask_text(plain)


def decision_of(document: object) -> dict[str, Any]:
    """What was decided, as it is kept; Unanswerable 400 names the field and what was expected."""
    if not isinstance(document, dict):
        raise Unanswerable(
            400, "unreadable decision", "expected an object with outcome, document_no, decided_on, reason"
        )
    texts = {name: _text(document, name) for name in ("outcome", "document_no", "decided_on", "reason")}
    if texts["outcome"] not in OUTCOMES:
        raise Unanswerable(400, "unreadable decision", f"outcome: expected one of {', '.join(OUTCOMES)}")
    try:
        day = date.fromisoformat(texts["decided_on"]).isoformat()
    except ValueError:
        raise Unanswerable(400, "bad date", "decided_on: expected YYYY-MM-DD") from None
    if day > today():
        raise Unanswerable(400, "bad date", "decided_on: lies ahead")
    return texts | {"decided_on": day}


def decided_body(asked: Question, check: str, document: object, by: str) -> dict[str, Any]:
    """Keep what was decided after a check; the check with its decisions. Unanswerable 400, 404, 410."""
    told = decision_of(document)
    _kept(asked, check)
    with asked.book.writing() as writer:
        seq = checks.decide(writer, check, told | {"by": by})
    return {**kept_body(asked, check), "seq": seq}

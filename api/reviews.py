"""The review queue as bodies: facts that wait for a person, each with its sentence; and what a person says of one.

A reader sees an item when he sees its document, and with a division only those of its courts: who may not load the
judgments of a court decides nothing in them, and is not even told how many there are.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from api.asking import Call, Question
from api.auth import LEVELS
from api.cases.after import follow
from api.divisions import Departments
from api.entities import Unanswerable, entity
from api.paging import page
from graph.ledger import reviews
from graph.ledger import tables as t
from graph.ledger.reviews import WAITING, Item
from graph.model.claims import SHARED
from graph.store.base import Node
from graph.store.items import own_id
from ingest.reviews import VERBS, Verdict, fact_of, item_of, review
from ingest.sources.judgments.relations import yuan_of
from ingest.sources.judgments.unsure import end_of
from ingest.submitters import Admits

#: What ends a confirmed fact, as codes: its words are gone from a new version, it is undone, its document is erased.
ENDS_WHEN = ("words_gone", "undone", "erased")

_FIELDS = frozenset({"decision", "reason", "basis", "correction"})


def admits_of(call: Call, asked: Question) -> Admits | None:
    """Of which courts the key decides; None for a key without a division, which decides of all."""
    if not call.caller.division:
        return None
    reader, view = asked.book.view()
    departments = Departments(reader, call.caller.division)
    return lambda code, name: departments.admits(view, code, name)


def _court(document: Node) -> str:
    """The court that gave a document, or the authority of a penalty decision."""
    return str(document.props.get("court") or document.props.get("authority") or "")


class Queue:
    """The queue as one reader sees it."""

    def __init__(self, asked: Question, admits: Admits | None = None) -> None:
        self._asked, self._admits = asked, admits

    def _documents(self, recs: Iterable[str]) -> dict[str, Node]:
        """Those documents that the reader sees and whose courts are his, by key."""
        ids = {own_id(rec): rec for rec in recs}
        nodes = self._asked.reader.get(self._asked.view, sorted(ids))
        found = {ids[own]: node for own, node in nodes.items()}
        if self._admits is None:
            return found
        own = {court for court in set(map(_court, found.values())) if self._admits("", court)}
        return {rec: node for rec, node in found.items() if _court(node) in own}

    def _items(self, states: Iterable[str]) -> list[Item]:
        columns = [t.review.c[name] for name in Item._fields]
        query = select(*columns).where(t.review.c.state.in_(list(states)))
        with self._asked.book.ledger.reading() as connection:
            rows = connection.execute(query.order_by(t.review.c.since, t.review.c.id))
            return [Item(*row) for row in rows]

    def body(self, limit: int, cursor: str | None) -> dict[str, Any]:
        """What waits, the oldest first: ``{"total", "next", "results"}``."""
        items = self._items(WAITING)
        documents = self._documents({item.rec for item in items})
        seen = [item for item in items if item.rec in documents]
        some, following = page(seen, lambda item: (item.since, item.id), cursor, limit, (int, str))
        results = list(self._told(some, documents))
        return {"total": len(seen), "next": following, "results": results} | self._asked.times(len(results))

    def one(self, fact: str) -> dict[str, Any]:
        """One fact, decided or not, with what would end it. Unanswerable 404 for any that the reader may not see."""
        with self._asked.book.ledger.reading() as connection:
            item = item_of(connection, fact)
        documents = self._documents([item.rec] if item else [])
        if item is None or item.rec not in documents:
            raise Unanswerable(404, "unknown fact", "no fact of this id is in the queue")
        (told,) = self._told([item], documents)
        return {"review": told | {"ends_when": list(ENDS_WHEN)}} | self._asked.times(1)

    def decided(self) -> Iterator[dict[str, Any]]:
        """What persons decided, in the order of the decisions, as :meth:`one` tells it."""
        items = [item for item in self._items((*reviews.DECIDED.values(), reviews.CHANGED)) if item.decision]
        documents = self._documents({item.rec for item in items})
        items.sort(key=lambda item: item.decision or 0)
        for item in items:
            if item.rec in documents:
                yield from self._told([item], documents)

    def _told(self, items: Iterable[Item], documents: Mapping[str, Node]) -> Iterator[dict[str, Any]]:
        """Items as bodies."""
        bodies: dict[int, Any] = {}
        for item in items:
            for seq in (item.held, item.decision):
                if seq is not None and seq not in bodies:
                    bodies[seq] = self._payload(seq)
            decided = bodies[item.decision] if item.decision else None
            yield self._row(item, bodies[item.held], documents[item.rec], decided)

    def _payload(self, seq: int) -> Any:
        with self._asked.book.ledger.reading() as connection:
            found = connection.execute(select(t.payload.c.body).where(t.payload.c.seq == seq)).scalar()
        return json.loads(found) if found else None

    def _row(self, item: Item, body: Any, document: Node, decided: Any) -> dict[str, Any]:
        """An item as a body; without words where an older version, which it was read from, was erased."""
        fact = fact_of(item, body) or decided["fact"]
        body = body or {"text": "", "extractor": decided["extractor"], "sha256": document.props.get("sha256")}
        text = str(body["text"])
        start, end = fact["span"] if text else (0, 0)
        first, last = reviews.sentence_at(text, start, end)
        told: dict[str, Any] = {"id": item.id, "state": item.state, **self._read(item.rec, body, fact)}
        told |= {"confidence": fact["confidence"], "rule": fact["rule"], "extractor": body["extractor"]}
        told |= {"sentence": text[first:last], "mark": [start - first, end - first], "span": fact["span"]}
        told |= {"spans": {side: fact[side]["span"] for side in ("source", "target")}, "seq": item.held}
        told |= {"document": entity(document), "sha256": body["sha256"], "court": _court(document)}
        told |= {"in_present_version": item.held == item.since, "open_to": LEVELS[SHARED], "decision": None}
        if decided:
            kept = {"seq": item.decision} | {name: decided[name] for name in ("kind", "by", "reason", "basis")}
            kept |= {"date": decided["meta"]["date"], "fact": None}
            if decided["decided"]:
                kept["fact"] = self._read(item.rec, None, decided["decided"])
            told["decision"] = kept
        return told

    def _read(self, rec: str, body: Mapping[str, Any] | None, fact: Mapping[str, Any]) -> dict[str, Any]:
        """Type, ends and amount of a fact."""
        amount = fact.get("amount")
        told = {"type": fact["type"], "amount_yuan": None if amount is None else yuan_of(amount)}
        return told | {side: self._end(rec, body, fact[side]) for side in ("source", "target")}

    def _end(self, rec: str, body: Mapping[str, Any] | None, end: Mapping[str, Any]) -> dict[str, Any]:
        """An end as an entity; ``id`` None while the graph does not know him."""
        key, kind = end_of(rec, body, end)
        node = self._asked.reader.by_key(self._asked.view, key)
        if node:
            return entity(node) | {"name": end["name"]}
        return {"id": None, "kind": kind, "name": end["name"], "id_mask" if kind == "person" else "uscc": None}


def verdict_of(document: object, fact: str, by: str) -> Verdict:
    """A decision from a body ``{"decision", "reason", "basis", "correction"}``; Unanswerable 400."""
    if not isinstance(document, dict) or document.keys() - _FIELDS:
        raise Unanswerable(400, "bad decision", f"expected an object with {', '.join(sorted(_FIELDS))}")
    texts = [document.get(name) or "" for name in ("decision", "reason", "basis")]
    if not all(isinstance(text, str) for text in texts) or texts[0] not in VERBS:
        raise Unanswerable(400, "bad decision", f"decision: expected one of {', '.join(VERBS)}, with a reason as text")
    kind, reason, basis = texts
    return Verdict(kind, fact, by, reason, basis, document.get("correction"))


def decided_body(queue: Queue, asked: Question, verdict: Verdict) -> dict[str, Any]:
    """Carry out a decision on a fact that the reader sees: its sequence, and the fact as it is now."""
    before = queue.one(verdict.item)["review"]
    done = review(asked.book, verdict)
    follow(asked.book)
    told = {"seq": done["seq"], "kind": verdict.kind, "id": verdict.item, "state": done["state"], "review": before}
    return told | {"known_at": done["seq"], "warnings": done.get("warnings", [])}

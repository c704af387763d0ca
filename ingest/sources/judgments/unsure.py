"""Relations of a judgment as the ledger keeps them, and as claims once a person has said yes.

The archive of a document holds every relation that was read, with its spans, rule, confidence and a stable id; those
below ``SURE`` wait (``graph.ledger.reviews``). What a person decided becomes claims here, of the ends that the current
version of the document gives: so a code that a later version prints is the end of what was confirmed before.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from graph.ledger import reviews
from graph.ledger.reviews import Decision, Version
from graph.model.claims import SHARED, Claim, EdgeClaim, Mention, Name, NodeClaim
from graph.model.ids import mask_text
from graph.model.text import norm_name
from ingest.sources.judgments import parser, relations
from nlp.facts import SURE, Found, JudgmentFacts, Relation


def told(facts: JudgmentFacts, doc_key: str, text: str, pid_of: parser.PidOf) -> dict[str, Any]:
    """``{"relations", "subjects": {name: [key, kind]}, "case": key or "", "text"}``; ``text``: archived, masked."""
    known = parser.subjects(facts, doc_key, pid_of)
    named = {mask_text(name): [mention.best, kind] for name, (mention, kind) in known.items()}
    case = parser.case_key(facts)
    body: dict[str, Any] = {"relations": [], "subjects": named, "case": case, "text": text}
    body["relations"] += [_told(relation, f"doc:{doc_key}", body) for relation in facts.relations]
    return body


def _told(relation: Relation, rec: str, body: Mapping[str, Any]) -> dict[str, Any]:
    fact: dict[str, Any] = {
        "type": relation.type,
        "source": _end(rec, body, relation.source, relation.source_kind),
        "target": _end(rec, body, relation.target, relation.target_kind),
        "span": [relation.start, relation.end],
        "confidence": relation.confidence,
        "rule": relation.rule,
        "amount": relation.amount,
        reviews.UNSURE: relation.confidence < SURE,
    }
    return fact | {"id": reviews.fact_id(rec, fact, body["text"])}


def _end(rec: str, body: Mapping[str, Any], found: Found, kind: str) -> dict[str, Any]:
    """An end with its key, by which an erasure finds the document."""
    end = {"name": mask_text(found.value), "kind": kind, "span": [found.start, found.end]}
    return end | dict(zip(("key", "kind"), end_of(rec, body, end), strict=True))


def end_of(rec: str, body: Mapping[str, Any] | None, end: Mapping[str, Any]) -> tuple[str, str]:
    """Key and kind of an end of a fact: the subject that the document's head gives the name to, else a name in it.

    Without a body (erased) the end is that of the decision.
    """
    if body is None:
        return str(end["key"]), str(end["kind"])
    name = norm_name(str(end["name"]))
    for known, (key, kind) in body.get("subjects", {}).items():
        if norm_name(known) == name:
            return str(key), str(kind)
    return parser.named_within(rec.removeprefix("doc:"), str(end["name"])).best, str(end["kind"])


def edge_of(
    rec: str, version: Version, fact: Mapping[str, Any], span: tuple[int, int] | None = None, seq: int = 0
) -> EdgeClaim | None:
    """The edge of a fact that a person confirmed with entry ``seq``, as the reader's own would be; None for no edge.

    Which reader proposed it is no property of the edge: a person stands for it.
    """

    def edge(relation: str, source: Mention, target: Mention, _: Found, told: Mapping[str, str]) -> EdgeClaim:
        props = {name: value for name, value in told.items() if name != "read_by"}
        return EdgeClaim(
            relation, source, target, seen_on=version.date or None, props=props, level=SHARED, rank=parser.RANK,
            span=span, confirmed=True, decided=seq,
        )  # fmt: skip

    def of(name: str, kind: str) -> relations.End:
        side = next(side for side in ("source", "target") if fact[side]["name"] == name)
        key, known = end_of(rec, version.body, fact[side])
        return relations.End(Mention((key,)), known)

    # Of an erased version the case is that of the decision.
    case = (fact if version.body is None else version.body).get("case")
    (source, source_kind), (target, target_kind) = ((fact[s]["name"], fact[s]["kind"]) for s in ("source", "target"))
    relation = Relation(
        fact["type"], Found(source, 0, 0), source_kind, Found(target, 0, 0), target_kind, 0, 0, 1.0, fact["rule"],
        fact.get("amount"),
    )  # fmt: skip
    document = relations.Document(rec.removeprefix("doc:"), "", "")
    mention = Mention((case,)) if case else None
    made = relations.edge_of(relation, relations.Ends({}, of), document, mention, edge)
    assert made is None or isinstance(made, EdgeClaim)
    return made


def claims(rec: str, version: Version, decided: Iterable[Decision]) -> list[Claim]:
    """What persons confirmed of a document, of those decisions that stand: the ends by name, and the edge.

    A subject of the head is claimed with its document, as the case is; one that is known by name only is claimed here
    too, so that no edge leads to nobody.
    """
    found: list[Claim] = []
    read = reviews.facts_by_mark(rec, version)
    for decision in decided:
        fact = decision.body.get("decided")
        if not fact or not reviews.stands(rec, version, decision):
            continue
        edge = edge_of(rec, version, fact, _place(version, decision, read), decision.seq)
        if edge is None:  # a later version says that both names are one subject
            continue
        for side in ("source", "target"):
            key, kind = end_of(rec, version.body, fact[side])
            if key.startswith("ctx:") and key in (edge.source.best, edge.target.best):
                name = (Name(fact[side]["name"]),)
                found.append(NodeClaim(Mention((key,)), kind, name, level=SHARED, rank=parser.RANK))
        found.append(edge)
    return found


def _place(version: Version, decision: Decision, read: Mapping[str, Mapping[str, Any]]) -> tuple[int, int] | None:
    """Where the current version says it: where it was read again, else where the same words stand."""
    if version.body is None:
        return None
    again = next((read[mark] for mark in decision.body["grounds"] if mark in read), None)
    if again:
        start, end = again["span"]
        return int(start), int(end)
    return reviews.place_of(version.body["text"], decision.body["sentence"], decision.body["offset"])

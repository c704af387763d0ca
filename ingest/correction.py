"""A fact as a reviewer says it should read: what he may say, and that the document bears it out.

``{"type", "source", "target", "amount_yuan", "words"}``; what he leaves out stays as it was read. ``source`` and
``target`` are names, or ``{"name", "kind"}``; never keys: who is one subject is decided elsewhere (``decide``).
``words``: those of the document that say it; instead of them ``start`` and ``end`` may tell their place.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, get_args

from graph.book.decisions import Refused
from graph.model.claims import EdgeClaim
from graph.model.ids import mask_text
from graph.model.ontology import ontology
from graph.model.text import norm_name
from graph.model.values import to_yuan
from nlp.facts import RelationType
from nlp.names import PartyKind, kind_of

TYPES: tuple[str, ...] = get_args(RelationType)
KINDS: tuple[str, ...] = get_args(PartyKind)

_FIELDS = frozenset({"type", "source", "target", "amount_yuan", "words", "start", "end"})

#: Longest stretch of words that says one fact.
_WORDS = 1000


def corrected(
    document: object, fact: Mapping[str, Any], body: Mapping[str, Any], place: Sequence[int] | None
) -> dict[str, Any]:
    """The fact with what a reviewer changed. ``body``: payload of the document; ``place``: of the words in its text.

    Refused names the field and what was expected; so it is when nothing was changed.
    """
    if not isinstance(document, dict) or not document:
        raise Refused("correction: expected an object with what should read otherwise")
    unknown = sorted(document.keys() - _FIELDS)
    if unknown:
        raise Refused(f"correction: expected none but {', '.join(sorted(_FIELDS))}")
    found: dict[str, Any] = {"type": document.get("type", fact["type"]), "rule": fact["rule"]}
    if found["type"] not in TYPES:
        raise Refused(f"type: expected one of {', '.join(TYPES)}")
    for side in ("source", "target"):
        found[side] = _end(side, document[side], body) if side in document else dict(fact[side])
    found["amount"] = _fen(document["amount_yuan"]) if "amount_yuan" in document else fact.get("amount")
    found["span"] = _words(document, body, place)
    told = {name: found[name] for name in ("type", "amount")} | {s: found[s]["name"] for s in ("source", "target")}
    read = {name: fact.get(name) for name in ("type", "amount")} | {s: fact[s]["name"] for s in ("source", "target")}
    if told == read and found["span"] == place:
        raise Refused("correction: nothing reads otherwise; accept the fact instead")
    return found


def _end(side: str, told: object, body: Mapping[str, Any]) -> dict[str, Any]:
    """An end by its name, which must stand in the document."""
    given = {"name": told} if isinstance(told, str) else told
    if not isinstance(given, dict) or given.keys() - {"name", "kind"} or not isinstance(given.get("name"), str):
        raise Refused(f"{side}: expected a name, or an object with name and kind; identities are decided elsewhere")
    name = mask_text(given["name"].strip())
    kind = given.get("kind") or kind_of(name, "", "")
    if kind not in KINDS:
        raise Refused(f"{side}: kind: expected one of {', '.join(KINDS)}")
    if not norm_name(name) or norm_name(name) not in norm_name(str(body["text"])):
        raise Refused(f"{side}: expected a name that stands in the document")
    return {"name": name, "kind": kind}


def _fen(told: object) -> int | None:
    """An amount in yuan as fen; None takes it away."""
    if told is None or told == "":
        return None
    try:
        fen = Decimal(to_yuan(str(told), "元")) * 100
        if isinstance(told, bool) or fen != fen.to_integral_value() or not 0 <= fen < 10**18:
            raise ValueError
    except (ValueError, ArithmeticError):
        raise Refused("amount_yuan: expected an amount in yuan with at most two places, not below nought") from None
    return int(fen)


def _words(document: Mapping[str, Any], body: Mapping[str, Any], place: Sequence[int] | None) -> list[int]:
    """The place of the words that say it; of words that stand at several, the one nearest to where it was read."""
    text = str(body["text"])
    words = document.get("words")
    if words is not None:
        if not isinstance(words, str) or not words.strip() or len(words) > _WORDS:
            raise Refused(f"words: expected those that say it, at most {_WORDS} characters")
        # Blanks and line ends do not count: a form may have lost them.
        found = [match.span() for match in re.finditer(r"\s*".join(map(re.escape, "".join(words.split()))), text)]
        if not found or document.keys() & {"start", "end"}:
            raise Refused("words: expected words that stand so in the present version of the document, and no place")
        near = place[0] if place else 0
        start, end = min(found, key=lambda span: abs(span[0] - near))
        return [start, end]
    start, end = (document.get(name, own) for name, own in zip(("start", "end"), place or (None, None), strict=True))
    if any(not isinstance(one, int) or isinstance(one, bool) for one in (start, end)):
        raise Refused("start, end: expected the place of the words in the text of the present version")
    assert isinstance(start, int) and isinstance(end, int)
    if not 0 <= start < end <= len(text) or end - start > _WORDS or not text[start:end].strip():
        raise Refused(f"start, end: expected a stretch of the text of at most {_WORDS} characters")
    return [start, end]


def checked(fact: dict[str, Any], edge: EdgeClaim | None) -> dict[str, Any]:
    """The fact, if its edge is one that the graph has; Refused when it has none such, or not between such ends."""
    kinds = fact["source"]["kind"], fact["target"]["kind"]
    relation = ontology().relations.get(edge.relation) if edge else None
    if edge and edge.target.best.startswith("case:"):
        kinds = kinds[0], "case"
    if edge is None or relation is None or not relation.joins(*kinds):
        told = f"the graph has no {fact['type']} from {kinds[0]} to {kinds[1]}, nor of somebody to himself"
        raise Refused(f"type, source, target: {told}; correct or refuse the fact")
    return fact

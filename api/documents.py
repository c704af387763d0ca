"""Search inside archived documents: phrases, filters, snippets with places, each document with what proves it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from api.asking import Question
from api.auth import LEVELS
from api.entities import Unanswerable, entity, record_evidence
from api.paging import page
from graph.model.ids import check_id
from graph.model.text import norm_name
from graph.model.words import find, phrases, snippets
from graph.store.archive import Archived, archived_texts
from graph.store.base import Node
from graph.store.items import own_id
from graph.store.texts import Hit
from ingest.masking import mask_cell

#: Documents that a search counts; beyond them it says that it is truncated.
_COUNTED = 1000

#: Documents looked at for filters and openness; beyond them it says that it is truncated too.
_LOOKED_AT = 20_000

#: Documents looked at together.
_SOME = 500

#: Properties of a document that a result tells; a penalty decision has a number and an authority of its own.
_TOLD = ("case_no", "decision_no", "court", "authority", "doc_type", "date", "cause")

#: Longest text of one question or filter.
LENGTH = 200

#: Signs shown on each side of a place, and pieces shown of one document.
_AROUND, _PIECES = 30, 3


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document must be besides holding the words; "" = anything.

    ``court`` (or authority), ``cause``, ``doc_type``: the whole or a part, in comparison form. ``start``, ``end``:
    ISO days, both included. ``party``: an ID of somebody who is a party of its case; ``role``: his, or somebody's.
    """

    court: str = ""
    cause: str = ""
    doc_type: str = ""
    start: str = ""
    end: str = ""
    party: str = ""
    role: str = ""

    def texts(self) -> Iterator[tuple[str, str]]:
        """Name and text of each filter that is given."""
        named = (("court", self.court), ("cause", self.cause), ("doc_type", self.doc_type), ("from", self.start))
        yield from ((k, v) for k, v in (*named, ("to", self.end), ("party", self.party), ("role", self.role)) if v)


def _refuse_numbers(text: str, where: str) -> None:
    """Unanswerable 400 for an ID number: alone, among other words, written with gaps, right or wrong in its check."""
    alone = any(check_id(part).kind == "id_card" for part in (text, *text.split(), *map("".join, phrases(text))))
    if alone or mask_cell(text) != text:
        raise Unanswerable(400, "ID number in a question", f"{where}: an ID number is never asked in words or a URL")


def _day(text: str, where: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise Unanswerable(400, "bad date", f"{where}: expected YYYY-MM-DD") from None


def words_of(text: str, where: str = "q") -> list[tuple[str, ...]]:
    """The phrases of a question. Unanswerable 400 when it is too long, an ID number, or has no letter or figure."""
    if len(text) > LENGTH:
        raise Unanswerable(400, "too long", f"{where}: at most {LENGTH} signs")
    _refuse_numbers(text, where)
    wanted = phrases(text)
    if not wanted:
        raise Unanswerable(400, "no words", f"{where}: expected at least one letter, figure or hanzi")
    return wanted


def _part(wanted: str, node: Node, name: str) -> bool:
    """Whether a property holds what is asked, compared as names are; an empty question asks nothing."""
    form = norm_name(wanted)
    return not wanted or (bool(form) and form in norm_name(str(node.props.get(name, ""))))


def _fits(node: Node, filters: Filters) -> bool:
    if not all(_part(getattr(filters, name), node, name) for name in ("cause", "doc_type")):
        return False
    if not any(_part(filters.court, node, name) for name in ("court", "authority")):
        return False
    day = str(node.props.get("date", ""))
    return (not filters.start or filters.start <= day) and (not filters.end or "" < day <= filters.end)


def _cases_of(asked: Question, documents: Sequence[str]) -> dict[str, list[str]]:
    """The cases of some documents, by document."""
    found: dict[str, list[str]] = {}
    for edge in asked.reader.neighbours(asked.view, documents, ("decided_in",), "out"):
        found.setdefault(edge.source, []).append(edge.target)
    return found


def _in_role(asked: Question, cases: Sequence[str], party: Node | None, role: str) -> set[str]:
    """Those of some cases in which the party (None = somebody) has the role ("" = any)."""
    form = norm_name(role)
    edges = asked.reader.neighbours(asked.view, list(cases), ("party_in",), "in")
    return {
        edge.target
        for edge in edges
        if (party is None or edge.source == party.id)
        and (not role or norm_name(str(edge.props.get("role", ""))) == form)
    }


def _parties(asked: Question, cases: Mapping[str, Sequence[str]]) -> dict[str, list[dict[str, Any]]]:
    """Parties by document: ``{"entity", "role"}``, those of all its cases, by role and name."""
    of_case: dict[str, list[tuple[str, str]]] = {}
    all_cases = sorted({case for some in cases.values() for case in some})
    for edge in asked.reader.neighbours(asked.view, all_cases, ("party_in",), "in"):
        of_case.setdefault(edge.target, []).append((edge.source, str(edge.props.get("role", ""))))
    nodes = asked.reader.get(asked.view, sorted({node for some in of_case.values() for node, _ in some}))
    found = {}
    for document, its in cases.items():
        places = dict.fromkeys(place for case in its for place in of_case.get(case, ()))
        seen = sorted((role, nodes[node].name, node) for node, role in places if node in nodes)
        found[document] = [{"entity": entity(nodes[node]), "role": role} for role, _, node in seen]
    return found


def _order(node: Node) -> tuple[int, str]:
    """The newest first, undated ones last, then by id."""
    day = str(node.props.get("date", ""))
    return -int(day.replace("-", "")) if day.replace("-", "").isdecimal() else 0, node.id


def _shows(node: Node, hit: Hit) -> bool:
    """Whether a node shows the document of a hit, by the key from which the hit has its id."""
    return any(own_id(key) == hit.own for key in node.keys)


class _Search:
    """One search: the documents that the reader sees, with the version that holds the words."""

    def __init__(self, asked: Question, wanted: Sequence[tuple[str, ...]], filters: Filters) -> None:
        self.asked, self.filters = asked, filters
        self.party = asked.find(filters.party)[0] if filters.party else None
        self.seq = asked.book.seq(asked.view)
        hits = asked.book.texts(self.seq).found(wanted, asked.view, self.seq)
        self.hits, self.truncated = hits[:_LOOKED_AT], len(hits) > _LOOKED_AT
        self.versions: dict[str, Hit] = {}

    def documents(self) -> list[Node]:
        """The documents, in order."""
        found: dict[str, Node] = {}
        for start in range(0, len(self.hits), _SOME):
            for hit, node in self._some(self.hits[start : start + _SOME]):
                self.versions.setdefault(node.id, hit)
                found.setdefault(node.id, node)
            if len(found) > _COUNTED:
                self.truncated = True
                break
        return sorted(found.values(), key=_order)[:_COUNTED]

    def _some(self, hits: Sequence[Hit]) -> list[tuple[Hit, Node]]:
        nodes = self.asked.reader.get(self.asked.view, [hit.own for hit in hits])
        seen = [(hit, node) for hit in hits if (node := nodes.get(hit.own)) and _shows(node, hit)]
        kept = [(hit, node) for hit, node in seen if _fits(node, self.filters)]
        if not (self.party or self.filters.role):
            return kept
        cases = _cases_of(self.asked, [node.id for _, node in kept])
        all_cases = sorted({case for some in cases.values() for case in some})
        fitting = _in_role(self.asked, all_cases, self.party, self.filters.role)
        return [(hit, node) for hit, node in kept if fitting.intersection(cases.get(node.id, ()))]


def _told(phrase: Sequence[str]) -> str:
    """A phrase for a person: blanks only between words that are not hanzi."""
    text = phrase[0]
    for before, word in pairwise(phrase):
        text += f" {word}" if before.isascii() and word.isascii() else word
    return text


def _row(node: Node, hit: Hit, text: Archived | None, wanted: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    """A document with the places where the words stand; none of a text that was erased meanwhile."""
    found = find(text.text, wanted, text.hidden) if text else find("", ())
    pieces = snippets(text.text, found, _AROUND, _PIECES) if text else []
    body: dict[str, Any] = {"document": entity(node)}
    body |= {name: node.props.get(name) for name in _TOLD}
    body |= {"sha256": text.sha256 if text else None}
    body |= {"open_to": LEVELS[hit.open_to], "read_by": text.extractor if text else "", "places": len(found.marks)}
    return body | {"snippets": [{**piece._asdict(), "marks": list(map(list, piece.marks))} for piece in pieces]}


def _checked(filters: Filters) -> Filters:
    """The filters with days in one form. Unanswerable 400 for a bad day, an ID number, a filter that is too long."""
    for name, value in filters.texts():
        if len(value) > LENGTH:
            raise Unanswerable(400, "too long", f"{name}: at most {LENGTH} signs")
        _refuse_numbers(value, name)
    return replace(filters, start=_day(filters.start, "from"), end=_day(filters.end, "to"))


def documents_body(asked: Question, text: str, filters: Filters, limit: int, cursor: str | None) -> dict[str, Any]:
    """Documents that hold all words of a question and fit the filters, the newest first.

    ``snippets``: pieces of the archived text, ``text`` = its signs ``start`` to ``end``, ``marks`` spans of the whole
    text; ``places``: how many there are. ``total`` counts up to a thousand. What the reader may not see is as if it
    were not there. Unanswerable 400 for no words, an ID number, a bad day; 404, 409 for the party.
    """
    wanted = words_of(text)
    search = _Search(asked, wanted, _checked(filters))
    nodes = search.documents()
    some, following = page(nodes, _order, cursor, limit, (int, str))
    with asked.book.ledger.reading() as connection:
        texts = archived_texts(connection, [search.versions[node.id].entry for node in some])
    parties = _parties(asked, _cases_of(asked, [node.id for node in some]))
    proof = record_evidence(asked.book, some, asked.view)
    rows = []
    for node in some:
        hit = search.versions[node.id]
        row = _row(node, hit, texts.get(hit.entry), wanted)
        rows.append(row | {"parties": parties.get(node.id, []), "evidence": proof.get(node.id, [])})
    body = {"total": len(nodes), "next": following, "words": list(map(_told, wanted)), "results": rows}
    return body | asked.times(len(nodes), search.truncated)

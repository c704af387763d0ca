"""What is known of one subject, by section, each fact with its evidence."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from api.chain import chain_rows
from api.entities import Unanswerable, edge_body, edge_evidence, entity, record_evidence
from api.ownership.beneficial import beneficial_body, rules_asked
from api.ownership.control import controllers_body
from api.ownership.group import group_body
from api.ownership.holding import holdings, holdings_told
from api.ownership.owned import Owned, Register, whole_register
from api.ownership.rings import rings_body
from api.ownership.shares import ownership_body, tree_body
from graph.book.book import Book
from graph.book.evidence import archived
from graph.measures.terms import standing_terms
from graph.measures.triggers import STANDING, status, statuses
from graph.model.effects import effects_of
from graph.model.ontology import PATH_RELATIONS
from graph.store.base import Edge, Node, Reader, View

_PEOPLE = tuple(r for r in PATH_RELATIONS if r not in ("shareholder_of", "branch_of", "guarantor_for"))
#: Nodes about a subject that are no records of him: what was asked for a record, and what he is entitled to.
_NO_RECORDS = ("repair", "objection", "certificate")


def _by_content(row: dict[str, Any]) -> tuple[str, ...]:
    """An order that no internal id enters: the same in every home."""
    who = row["entity"]
    mark = who.get("uscc") or who.get("id_mask") or ""
    return row["relation"], row["direction"], row["valid_from"] or "", who["name"], mark, row["valid_to"] or ""


class Asked:
    """One question about one subject; ``register``: all that the reader shows, made or found when it is asked for."""

    def __init__(
        self,
        book: Book,
        reader: Reader,
        view: View,
        node: Node,
        merged_from: str | None,
        register: Register | None = None,
    ) -> None:
        self.book, self.reader, self.view, self.node, self.merged_from = book, reader, view, node, merged_from
        self.explored, self.truncated = 1, False
        self.register = register or whole_register(book, reader, view)

    @cached_property
    def owned(self) -> Owned:
        """The subject and everybody above it."""
        return Owned(self.book, self.reader, self.view, self.node, register=self.register)

    def met(self, explored: int, truncated: bool) -> None:
        """Count what a section looked at."""
        self.explored += explored
        self.truncated = self.truncated or truncated

    def nodes(self, edges: Sequence[Edge]) -> dict[str, Node]:
        """The other ends of some edges."""
        found = self.reader.get(self.view, [edge.other(self.node.id) for edge in edges])
        self.explored += len(found)
        return found

    def linked(self, relations: Sequence[str], direction: Any = "both", *, ever: bool = False) -> list[dict[str, Any]]:
        """Edges of some relations with the entity at the other end; ``ever``: at all times."""
        view = self.book.all_times(self.view) if ever else self.view
        edges = self.reader.neighbours(view, [self.node.id], relations, direction)
        nodes, proof = self.nodes(edges), edge_evidence(self.book, edges)
        found = [
            {"entity": entity(nodes[end]), "direction": "out" if edge.source == self.node.id else "in"}
            | edge_body(edge, proof[edge.id])
            for edge in edges
            if (end := edge.other(self.node.id)) in nodes
        ]
        return sorted(found, key=_by_content)

    def about(self) -> list[Node]:
        """The records of which the subject is the subject."""
        edges = self.reader.neighbours(self.view, [self.node.id], ("about",), "in")
        return list(self.nodes(edges).values())


def _people(asked: Asked) -> list[dict[str, Any]]:
    return asked.linked(_PEOPLE, ever=True)


def _holdings(asked: Asked) -> list[dict[str, Any]]:
    return asked.linked(("shareholder_of", "branch_of", "guarantor_for"), ever=True)


def _judgments(asked: Asked) -> list[dict[str, Any]]:
    """Cases in which the subject is a party, with their documents."""
    parties = asked.linked(("party_in",), "out")
    documents = asked.reader.neighbours(asked.view, [p["entity"]["id"] for p in parties], ("decided_in",), "in")
    texts = asked.reader.get(asked.view, [edge.source for edge in documents])
    proof = record_evidence(asked.book, list(texts.values()), asked.view)
    for party in parties:
        ids = [e.source for e in documents if e.target == party["entity"]["id"]]
        party["documents"] = [
            {
                "id": i,
                **{k: v for k, v in texts[i].props.items() if k != "source"},
                "evidence": _short(proof.get(i, ())),
            }
            for i in dict.fromkeys(ids)
            if i in texts
        ]
    return parties


def _short(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k not in ("span", "quote", "context")} for row in rows]


def displayed(node: Node, today: str) -> bool:
    """Whether a record may be shown: it stands, and nothing has stopped its display."""
    stopped = any(effect.kind == "stopped" and effect.holds(today) for effect in effects_of(node.props))
    return status(node, today) in STANDING and not stopped


def _records(asked: Asked) -> list[dict[str, Any]]:
    found = [n for n in asked.about() if not n.props.get("list") and n.kind not in _NO_RECORDS]
    proof = record_evidence(asked.book, found, asked.view)
    rows = []
    for node in found:
        state = status(node, asked.view.as_of or asked.view.today)
        if state is None:
            continue
        props = node.props
        rows.append(
            {
                "id": node.id,
                "source": props.get("source"),
                "document_no": props.get("document_no"),
                "kind": props.get("record_kind"),
                "date": props.get("date"),
                "status": state,
                "displayed": displayed(node, asked.view.today),
                "amount_yuan": props.get("amount_yuan"),
                "issuer": props.get("issuer"),
                "until": props.get("active_to"),
                "effects": [{"kind": e.kind, "from": e.start, "to": e.end or None} for e in effects_of(props)],
                "evidence": proof.get(node.id, []),
            }
        )
    return sorted(rows, key=lambda r: (str(r["date"]), str(r["document_no"]), r["id"]))


#: What the status of a record is called on a list. An open objection takes nobody off a list.
_ON_LIST = {"objected": "active", "repaired": "withdrawn", "revoked": "withdrawn"}


def _lists(asked: Asked) -> list[dict[str, Any]]:
    found = [n for n in asked.about() if n.props.get("list")]
    proof = record_evidence(asked.book, found, asked.view)
    known = statuses(found, standing_terms(), asked.view.as_of or asked.view.today)
    rows = []
    for node in found:
        state = known.get(node.id)
        if state is None:
            continue
        props = node.props
        row: dict[str, Any] = {
            "list": props["list"],
            "entry": node.id,
            "status": _ON_LIST.get(state, state),
            "from": props.get("active_from"),
        }
        ended = [effect for effect in effects_of(props) if effect.kind == state]
        row |= {"to": props.get("active_to"), "reason": props.get("end_reason")}
        if ended and state != "objected":
            row |= {"to": ended[0].start, "reason": state}
        rows.append(row | {"document_no": props.get("document_no"), "evidence": proof.get(node.id, [])})
    order = ("list", "from", "document_no", "entry")
    return sorted(rows, key=lambda r: (r["status"] != "active", *(str(r[name]) for name in order)))


def _certificates(asked: Asked) -> list[dict[str, Any]]:
    """Qualifications of an intermediary, certificates of a practitioner, each with its term and state."""
    found = [n for n in asked.about() if n.kind == "certificate"]
    proof = record_evidence(asked.book, found, asked.view)
    names = ("source", "category", "document_no", "certificate", "grade", "specialty", "issuer", "status")
    rows = [
        {name: node.props.get(name) for name in names}
        | {"id": node.id, "from": node.props.get("active_from"), "to": node.props.get("valid_to")}
        | {"evidence": proof.get(node.id, [])}
        for node in found
    ]
    return sorted(rows, key=lambda r: (str(r["category"]), str(r["document_no"]), r["id"]))


#: The three ends of a report -> the relation that ties it to them.
_ENDS = {"intermediary": "prepared_by", "practitioner": "signed_by", "client": "commissioned_by"}


def _engagements(asked: Asked) -> list[dict[str, Any]]:
    """Reports that the subject prepared, signed or commissioned, each with all three."""
    tied = asked.reader.neighbours(asked.view, [asked.node.id], tuple(_ENDS.values()), "in")
    reports = asked.nodes(tied)
    edges = asked.reader.neighbours(asked.view, list(reports), tuple(_ENDS.values()), "out")
    others = asked.reader.get(asked.view, [edge.target for edge in edges])
    asked.explored += len(others)
    ends = {(edge.source, edge.relation): others[edge.target] for edge in edges if edge.target in others}
    proof = record_evidence(asked.book, list(reports.values()), asked.view)
    rows = []
    for node in reports.values():
        props = node.props
        row: dict[str, Any] = {"report_no": props.get("document_no"), "kind": props.get("report_kind")}
        for word, relation in _ENDS.items():
            end = ends.get((node.id, relation))
            row[word] = entity(end) if end else None
        row |= {"date": props.get("date"), "project": props.get("project"), "conclusion": props.get("conclusion")}
        rows.append(row | {"id": node.id, "evidence": proof.get(node.id, [])})
    return sorted(rows, key=lambda r: (str(r["date"]), str(r["report_no"]), r["id"]))


def _keys(asked: Asked) -> list[str]:
    return list(asked.node.keys)


def _text(asked: Asked) -> list[dict[str, Any]]:
    """The archived text of a judgment and the words that each of its facts rests on."""
    keys = [key for key in asked.node.keys if key.startswith("doc:")]
    found = archived(asked.book.ledger, keys, asked.view.known_at)
    return [
        {"sha256": body["sha256"], "extractor": body["extractor"], "text": body["text"], "facts": facts}
        for body, facts in found
    ]


def _chain(asked: Asked) -> list[dict[str, Any]]:
    """The cases that a case follows or that follow it, with documents, parties and who became what."""
    rows, truncated, explored = chain_rows(asked.book, asked.reader, asked.view, asked.node)
    asked.truncated = asked.truncated or truncated
    asked.explored += explored
    return rows


def _expansions(asked: Asked) -> list[dict[str, Any]]:
    counts = asked.reader.counts(asked.view, [asked.node.id])
    return [
        {"relation": relation, "direction": direction, "count": n}
        for (_, relation, direction), n in sorted(counts.items())
    ]


def _above(asked: Asked, tell: Callable[[Owned], dict[str, Any]]) -> dict[str, Any]:
    body = tell(asked.owned)
    asked.met(asked.owned.excerpt.explored, asked.owned.excerpt.truncated)
    return body


def _ownership(asked: Asked) -> dict[str, Any]:
    return _above(asked, ownership_body)


def _tree(asked: Asked) -> list[dict[str, Any]]:
    return tree_body(asked.owned)


def _controllers(asked: Asked) -> dict[str, Any]:
    return _above(asked, controllers_body)


def _beneficial(asked: Asked) -> dict[str, Any]:
    rules = rules_asked(None, asked.view.as_of or asked.view.today)
    return _above(asked, lambda owned: beneficial_body(owned, rules))


def _group(asked: Asked) -> dict[str, Any]:
    body, truncated = group_body(asked.owned)
    asked.met(asked.owned.excerpt.explored, truncated)
    return body


def _holds(asked: Asked) -> list[dict[str, Any]]:
    found = holdings(asked.reader, asked.view, asked.node, asked.register)
    asked.met(found.explored, False)
    return holdings_told(asked.book, asked.reader, asked.view, asked.node, found.rows)


def _rings(asked: Asked) -> list[dict[str, Any]]:
    rows = rings_body(asked.book, asked.reader, asked.view, asked.node)
    asked.met(sum(row["around"]["subjects"] for row in rows), any(row["around"]["truncated"] for row in rows))
    return rows


SECTIONS: dict[str, Callable[[Asked], Any]] = {
    "people": _people,
    "holdings": _holdings,
    "judgments": _judgments,
    "records": _records,
    "lists": _lists,
    "engagements": _engagements,
    "certificates": _certificates,
    "ownership": _ownership,
    "expansions": _expansions,
    "keys": _keys,
    "text": _text,
    "chain": _chain,
    "rings": _rings,
    "tree": _tree,
    "controllers": _controllers,
    "beneficial-owners": _beneficial,
    "group": _group,
    "holds": _holds,
}

#: Sections that only who asks for them gets.
_ON_REQUEST = (
    "keys", "text", "chain", "rings", "tree", "controllers", "beneficial-owners", "group", "holds",
)  # fmt: skip


def head(asked: Asked) -> dict[str, Any]:
    """What every answer about a subject begins with."""
    names = [
        {"name": n.text, "kind": "former" if n.former else "current", "from": n.valid_from, "to": n.valid_to}
        for n in asked.node.names
    ]
    body: dict[str, Any] = {"entity": entity(asked.node), "names": names, "as_of": asked.view.as_of}
    body |= {"known_at": asked.book.seq(asked.view), "truncated": asked.truncated, "explored": asked.explored}
    if asked.merged_from:
        body["merged_from"] = asked.merged_from
    if asked.book.lag.reason:
        body["lag"] = {"reason": asked.book.lag.reason}
    return body


def show(asked: Asked, sections: Sequence[str]) -> dict[str, Any]:
    """The body of ``show``; Unanswerable for a section that is not known."""
    for section in sections:
        if section not in SECTIONS:
            raise Unanswerable(400, "unknown section", f"no section {section}; built are: {', '.join(SECTIONS)}")
    chosen = list(dict.fromkeys(sections)) or [s for s in SECTIONS if s not in _ON_REQUEST]
    found = {section: SECTIONS[section](asked) for section in chosen}
    body = head(asked)
    if not sections:
        body["props"] = {k: v for k, v in asked.node.props.items() if k not in ("uscc", "id_mask")}
    return body | found

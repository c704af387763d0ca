"""A case with those it follows and those that follow it: documents, parties and who became what, in order.

Cases are tied by ``follows`` (a later case and the one that it goes on from: appeal, enforcement, retrial …), documents
by ``decided_in``. Everything is told with the rows or words that prove it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.entities import Unanswerable, edge_body, edge_evidence, entity, record_evidence
from graph.book.book import Book
from graph.measures.triggers import status
from graph.model.text import norm_name
from graph.store.base import Direction, Edge, Node, Reader, View

#: Cases that a chain shows; of more it says that it is truncated.
MOST_CASES = 30

#: What somebody becomes by a document: relation -> word. He is its source.
_BECOMES = {"debtor_of": "debtor", "guarantor_for": "guarantor"}

#: Kinds of record in a case that say who is under enforcement, and under which order.
_RECORDS = ("judgment_debtor", "restriction_order", "list_entry")

#: How the role of a party is printed who was brought into an enforcement (最高法变更追加规定, 法释〔2016〕21号).
_ADDED = ("追加", "变更")


class _Chain:
    """The cases around one node and what each of them holds."""

    def __init__(self, book: Book, reader: Reader, view: View, node: Node) -> None:
        self.book, self.reader, self.view = book, reader, view
        self.truncated = False
        self.follows: list[Edge] = []
        self.cases = self._walked(self._start(node))
        found = self.edges(list(self.cases), ("decided_in",), "in")
        self.documents = self.get(edge.source for edge in found)
        self.proof = record_evidence(book, list(self.documents.values()), view)
        self.of_case: dict[str, list[Node]] = {case: [] for case in self.cases}
        for edge in found:
            if edge.source in self.documents:
                self.of_case[edge.target].append(self.documents[edge.source])
        for some in self.of_case.values():
            some.sort(key=_by_date)
        self.explored = len(self.cases) + len(self.documents)

    def get(self, ids: Iterable[str]) -> dict[str, Node]:
        """Nodes that the reader sees."""
        return self.reader.get(self.view, sorted(set(ids)))

    def edges(self, ids: Sequence[str], relations: Sequence[str], direction: Direction) -> list[Edge]:
        """Edges of some nodes that the reader sees."""
        return self.reader.neighbours(self.view, ids, relations, direction)

    def _start(self, node: Node) -> list[str]:
        """The case itself, or those of a document. Unanswerable 400 for anything else."""
        if node.kind == "case":
            return [node.id]
        if node.kind != "judgment":
            raise Unanswerable(400, "no case", "chain: expected a case or a document of one, by case number or id")
        return [edge.target for edge in self.edges([node.id], ("decided_in",), "out")]

    def _walked(self, start: Sequence[str]) -> dict[str, Node]:
        """The cases that ``follows`` leads to from some cases, either way, the nearest first."""
        cases = self.get(start)
        ring = sorted(cases)
        edges: dict[str, Edge] = {}
        while ring:
            around = self.edges(ring, ("follows",), "both")
            found = self.get(end for edge in around for end in (edge.source, edge.target))
            new = sorted(i for i, node in found.items() if i not in cases and node.kind == "case")
            room = MOST_CASES - len(cases)
            self.truncated = self.truncated or len(new) > room
            ring = new[: max(0, room)]
            cases |= {i: found[i] for i in ring}
            edges |= {edge.id: edge for edge in around}
        self.follows = [e for e in edges.values() if e.source in cases and e.target in cases and e.source != e.target]
        return cases

    def ordered(self) -> list[str]:
        """The cases, each after those that it follows, else the earlier one first; a ring is cut at its earliest."""
        before = {case: {e.target for e in self.follows if e.source == case} for case in self.cases}
        left, order = dict(before), list[str]()
        while left:
            free = [case for case in left if not left[case] & left.keys()] or list(left)
            first = min(free, key=self._age)
            order.append(first)
            del left[first]
        return order

    def _age(self, case: str) -> tuple[str, str, str]:
        days = [str(node.props.get("date", "")) for node in self.of_case[case]]
        return min((day for day in days if day), default="9999"), self.cases[case].name, case


def _by_date(node: Node) -> tuple[str, str]:
    return str(node.props.get("date") or "9999"), node.id


def _rows(chain: _Chain, case: str) -> list[dict[str, Any]]:
    """The documents of a case, the oldest first."""
    rows = []
    for node in chain.of_case[case]:
        body: dict[str, Any] = {"entity": entity(node)}
        body |= {name: node.props.get(name) for name in ("doc_type", "court", "date", "cause", "sha256")}
        rows.append(body | {"evidence": chain.proof.get(node.id, [])})
    return rows


def _since(documents: Sequence[Node], proof: Sequence[Mapping[str, Any]]) -> Node | None:
    """The oldest document of a case among those that some evidence is from."""
    records = {row["record"] for row in proof}
    return next((node for node in documents if node.id in records), None)


class _Told:
    """Parties and what became of them, for one case after another."""

    def __init__(self, chain: _Chain) -> None:
        self.chain = chain
        cases = list(chain.cases)
        self.parties = chain.edges(cases, ("party_in",), "in")
        records = chain.edges(cases, ("in_case",), "in")
        self.records = {e.source: e.target for e in records}
        self.about = chain.edges(sorted(self.records), ("about",), "out")
        ends = sorted({edge.source for edge in self.parties} | {edge.target for edge in self.about})
        self.became = chain.edges(ends, tuple(_BECOMES), "out")
        edges = [*self.parties, *self.became, *self.about, *chain.follows]
        self.proof = edge_evidence(chain.book, {edge.id: edge for edge in edges}.values())
        self.nodes = chain.get(
            [*ends, *(edge.target for edge in self.became), *self.records],
        )
        chain.explored += len(self.nodes)

    def of(self, case: str) -> list[dict[str, Any]]:
        """The parties of a case with their role, ``since`` the document that first says so."""
        rows = []
        for edge in self.parties:
            if edge.target == case and edge.source in self.nodes:
                since = _since(self.chain.of_case[case], self.proof[edge.id])
                body: dict[str, Any] = {"entity": entity(self.nodes[edge.source]), "role": edge.props.get("role")}
                body |= {"since": entity(since) if since else None, "edge": edge.id}
                body |= {"match": edge.match, "evidence": self.proof[edge.id]}
                rows.append(body)
        return sorted(rows, key=_by_name)

    def _before(self, case: str) -> set[str] | None:
        """The parties of the cases that a case follows, near or far: ids and names. None when none is known.

        By name too: who is known by name only is another node in every document, and so not new for being one.
        """
        behind, ring = set[str](), {case}
        while ring:
            ring = {e.target for e in self.chain.follows if e.source in ring} - behind - {case}
            behind |= ring
        ids = {edge.source for edge in self.parties if edge.target in behind}
        names = {norm_name(name.text) for i in ids if i in self.nodes for name in self.nodes[i].names}
        return ids | names if ids else None

    def becoming(self, case: str) -> list[dict[str, Any]]:
        """Who became debtor, guarantor, a party that was none before, or the subject of a record of the case."""
        rows = [*self._by_documents(case), *self._brought_in(case), *self._on_record(case)]
        return sorted(rows, key=lambda row: (row["what"], *_by_name(row), str(row["amount"]), row.get("record") or ""))

    def _by_documents(self, case: str) -> list[dict[str, Any]]:
        ids = {node.id for node in self.chain.of_case[case]}
        rows = []
        for edge in self.became:
            proof = [row for row in self.proof[edge.id] if row["record"] in ids]
            if proof and edge.source in self.nodes and edge.target in self.nodes:
                told = edge_body(edge, proof)
                body: dict[str, Any] = {"entity": entity(self.nodes[edge.source]), "what": _BECOMES[edge.relation]}
                body |= {"amount": _amount(edge.props), "of": entity(self.nodes[edge.target]), "edge": told["id"]}
                rows.append(body | {"match": edge.match, "evidence": proof})
        return rows

    def _brought_in(self, case: str) -> list[dict[str, Any]]:
        before = self._before(case)
        rows = []
        for edge in self.parties:
            node, role = self.nodes.get(edge.source), str(edge.props.get("role", ""))
            if edge.target != case or node is None:
                continue
            named = "added_by_ruling" in edge.props or any(word in role for word in _ADDED)
            new = before is not None and before.isdisjoint({node.id, *(norm_name(name.text) for name in node.names)})
            if named or new:
                body: dict[str, Any] = {"entity": entity(node)}
                body |= {"what": "added_party" if named else "new_party", "role": role, "amount": None}
                body |= {"of": None, "edge": edge.id, "match": edge.match}
                rows.append(body | {"evidence": self.proof[edge.id]})
        return rows

    def _on_record(self, case: str) -> list[dict[str, Any]]:
        rows = []
        for edge in self.about:
            record, subject = self.nodes.get(edge.source), self.nodes.get(edge.target)
            if self.records.get(edge.source) == case and record and subject and record.kind in _RECORDS:
                body: dict[str, Any] = {"entity": entity(subject), "what": record.kind, "record": record.id}
                state = status(record, self.chain.view.as_of or self.chain.view.today)
                body |= {"amount": _amount(record.props), "of": None, "match": edge.match, "status": state}
                rows.append(body | {"evidence": self.proof[edge.id]})
        return rows


def _amount(props: Mapping[str, Any]) -> str | None:
    found = props.get("amount_yuan", props.get("amount"))
    return None if found is None else str(found)


def _by_name(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(row.get("role") or ""), row["entity"]["name"], row["entity"]["id"]


def _links(chain: _Chain, told: _Told, case: str) -> list[dict[str, Any]]:
    """The cases that a case follows, and how."""
    rows = [
        {"case": entity(chain.cases[e.target]), "how": e.props.get("how", "other"), "match": e.match}
        | {"edge": e.id, "evidence": told.proof[e.id]}
        for e in chain.follows
        if e.source == case
    ]
    return sorted(rows, key=lambda row: (row["case"]["name"], row["case"]["id"], row["how"]))


def chain_rows(book: Book, reader: Reader, view: View, node: Node) -> tuple[list[dict[str, Any]], bool, int]:
    """The chain of a case or of the case of a document, whether it was cut, and how many nodes were looked at.

    Each row: ``case``; ``how`` it follows the first of ``follows`` (appeal, enforcement, retrial, review, cited, other;
    None when it follows none); ``documents``; ``parties`` with role and ``since`` which document; ``became``: ``what``
    = debtor or guarantor (with ``of`` whom and ``amount`` in yuan), added_party (his role says so), new_party (he is
    in no case before), or the kind of a record of the case (with ``status``). Unanswerable 400 for any other node.
    """
    chain = _Chain(book, reader, view, node)
    told = _Told(chain)
    rows = []
    for case in chain.ordered():
        links = _links(chain, told, case)
        body: dict[str, Any] = {"case": entity(chain.cases[case]), "how": links[0]["how"] if links else None}
        body |= {"follows": links, "documents": _rows(chain, case), "parties": told.of(case)}
        rows.append(body | {"became": told.becoming(case)})
    return rows, chain.truncated, chain.explored

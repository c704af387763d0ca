"""Relations of a judgment as edges: debts, guarantees, holdings, offices, further parties of the case.

Only what ``nlp`` is sure of comes here (``nlp.facts.SURE``); the rest waits for a person. An end that is a party is
that party; everybody else is known by name within the document only, so that nothing reaches further by a name.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from graph.model.claims import Claim, Mention
from graph.model.ontology import relation as relation_of
from nlp.facts import SURE, Found, JudgmentFacts, Relation

#: Relations that make somebody a party of the case, with the role.
_PARTIES = {"added_as_debtor": "被执行人", "administrator_of": "管理人"}

Edge = Callable[[str, Mention, Mention, Found, Mapping[str, str]], Claim]


@dataclass(frozen=True, slots=True)
class End:
    """A subject of the document: its mention and kind of node."""

    mention: Mention
    kind: str


@dataclass(frozen=True, slots=True)
class Ends:
    """How names become ends: ``known`` by name (parties, representatives), ``other`` for everybody else."""

    known: Mapping[str, End]
    other: Callable[[str, str], End]

    def of(self, name: str, kind: str) -> End:
        """The end that a name of the text means."""
        return self.known.get(name) or self.other(name, kind)


@dataclass(frozen=True, slots=True)
class Document:
    """Which document says it, and which extractor in which version read it."""

    key: str
    extractor: str
    version: str


def sure(facts: JudgmentFacts) -> Iterator[Relation]:
    """The relations that stand without a person's word."""
    return (relation for relation in facts.relations if relation.confidence >= SURE)


def edge_of(relation: Relation, ends: Ends, document: Document, case: Mention | None, edge: Edge) -> Claim | None:
    """The edge of one relation, None where the graph has no such edge between such subjects."""
    source, target = (
        ends.of(relation.source.value, relation.source_kind),
        ends.of(relation.target.value, relation.target_kind),
    )
    words = Found("", relation.start, relation.end)
    told = {"read_by": f"{document.extractor} {document.version}, {relation.rule}, {relation.confidence:.2f}"}
    if relation.type in _PARTIES:
        told["role"] = _PARTIES[relation.type]
        if relation.type == "added_as_debtor":
            told["added_by_ruling"] = "是"
        return edge("party_in", source.mention, case, words, told) if case else None
    if source.mention == target.mention or not relation_of(relation.type).joins(source.kind, target.kind):
        return None
    if relation.type in ("debtor_of", "penalised_by"):
        told["document"] = document.key
        if relation.amount is not None:
            told["amount_yuan"] = yuan_of(relation.amount)
    return edge(relation.type, source.mention, target.mention, words, told)


def yuan_of(fen: int) -> str:
    """Fen as decimal text in yuan, without idle zeros."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)

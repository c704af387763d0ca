"""``creditgraph owners``: the beneficial owners of every company of the graph, one row each, with what each one meets.

Companies of whose rows arrays tell everything are answered from the index; those below an odd row are read one by one,
as ``show --section beneficial-owners`` reads them. Both give what that section gives.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from api.casefile import percent
from api.commands import opened, view_of
from api.entities import Unanswerable
from api.ownership.beneficial import OFFICES, beneficial_body, rules_asked
from api.ownership.owned import Owned, authority
from api.rowfile import write_rows
from graph.analysis.ownership.owners import RuleSet, Standing, beneficial_owners
from graph.analysis.whole.kept import Whole, whole
from graph.analysis.whole.owners import Standings, companies, standings
from graph.book.book import Book
from graph.store.base import Node, Reader, View
from graph.store.room import no_room

COLUMNS = (
    "company", "uscc", "company_name", "outcome", "person", "person_name", "article", "pct", "at_most", "votes_pct",
    "controls", "sure", "consider",
)  # fmt: skip

#: Companies whose names are read at a time.
_PAGE = 500


@dataclass(frozen=True, slots=True)
class _City:
    book: Book
    reader: Reader
    view: View
    rules: RuleSet
    found: Standings


def _row(company: Node, outcome: str) -> dict[str, str]:
    uscc = next((key.removeprefix("uscc:") for key in company.keys if key.startswith("uscc:")), "")
    return dict.fromkeys(COLUMNS, "") | {
        "company": company.id,
        "uscc": uscc,
        "company_name": company.name,
        "outcome": outcome,
    }


def _told(result: Mapping[str, Any]) -> dict[str, str]:
    """The columns of one result of ``beneficial_body``."""
    return {
        "person": result["person"]["id"],
        "person_name": result["person"]["name"],
        "article": result["criterion"]["article"],
        "pct": str(result["pct"]),
        "at_most": str(result.get("at_most", "")),
        "votes_pct": str(result["votes_pct"]),
        "controls": result["controls"] or "",
        "sure": str(result["sure"]).lower(),
        "consider": str(result["consider"]).lower(),
    }


def _one_by_one(city: _City, company: Node) -> Iterator[dict[str, str]]:
    owned = Owned(city.book, city.reader, city.view, company)
    results = beneficial_body(owned, city.rules)["results"]
    outcome = "cut" if owned.excerpt.truncated else "found" if results else "nobody"
    for told in map(_told, results):
        yield _row(company, outcome) | told
    if not results:
        yield _row(company, outcome)


def _offices(city: _City, some: Sequence[Node]) -> dict[str, list[Standing]]:
    """Persons in offices of companies, where an office may decide."""
    if not any(c.enabled and c.measure == "office" for c in city.rules.criteria):
        return {}
    held: dict[tuple[str, str], list[str]] = {}
    for edge in city.reader.neighbours(city.view, [node.id for node in some], OFFICES, "in"):
        held.setdefault((edge.target, edge.source), []).append(edge.relation)
    found: dict[str, list[Standing]] = {}
    for (company, person), offices in held.items():
        found.setdefault(company, []).append(Standing(person, offices=tuple(offices)))
    return found


def _by_arrays(city: _City, some: Mapping[int, Node]) -> Iterator[tuple[int, list[dict[str, str]]]]:
    """Rows of plain companies."""
    offices = _offices(city, list(some.values()))
    asked, persons = {}, set[str]()
    for number, company in some.items():
        known = {one.person: one for one in city.found.of(number)}
        for one in offices.get(company.id, ()):
            known[one.person] = _joined(known.get(one.person), one)
        state = bool(city.found.state[number])
        asked[number] = known, beneficial_owners(city.rules, known.values(), state_controlled=state)
        persons |= known.keys()
    nodes = city.reader.get(city.view, sorted(persons))
    for number, (known, findings) in asked.items():
        rows = []
        for finding in findings:
            one = known[finding.person]
            result = {
                "person": {"id": one.person, "name": nodes[one.person].name},
                "criterion": {"article": finding.criterion.article},
                "pct": percent(one.share),
                "votes_pct": percent(one.votes),
                "controls": one.controls,
                "sure": finding.sure,
                "consider": finding.consider,
            }
            rows.append(_row(some[number], "found") | _told(result))
        yield number, rows or [_row(some[number], "nobody")]


def _joined(known: Standing | None, office: Standing) -> Standing:
    if known is None:
        return office
    return Standing(known.person, known.share, known.most, known.votes, known.controls, office.offices)


def _rows(city: _City) -> Iterator[dict[str, str]]:
    table = city.found.table
    every = companies(table)
    while page := list(islice(every, _PAGE)):
        numbers = {table.id(number): number for number, _ in page}
        nodes = {i: node for i, node in city.reader.get(city.view, list(numbers)).items() if i == node.id}
        asked = {numbers[i]: node for i, node in nodes.items() if node.kind not in city.rules.nothing_for}
        plain = dict(_by_arrays(city, {n: node for n, node in asked.items() if city.found.plain[n]}))
        for i, number in numbers.items():
            node = nodes.get(i)
            if node is None:
                continue
            if number not in asked:
                yield _row(node, "not_asked")
            else:
                yield from plain[number] if number in plain else _one_by_one(city, node)
        city.book.tell("companies", len(page))


def owners_command(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """A row an owner; a company that has none gets a row that says why."""
    out = Path(args.out).absolute()
    with opened() as book:
        reader, view = view_of(book, args)
        rules = rules_asked(args.rule, view.as_of or view.today)
        register: Whole = whole(book, reader, view, authority)
        city = _City(book, reader, view, rules, standings(register.table, register.index, rules))
        try:
            count = write_rows(out, COLUMNS, _rows(city))
        except OSError as error:
            if no_room(error, out.parent):
                raise
            raise Unanswerable(400, "unwritable file", f"--out {out.name}: {error.strerror}") from None
        body = {"rows": count, "out": out.name, "rule": rules.id, "index": register.how, "as_of": view.as_of}
        return body | {"known_at": book.seq(view)}, 0

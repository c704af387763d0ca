"""``creditgraph rules``: a row of the catalogue as a page, a changed catalogue compared, or tried on the data."""

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

from api.commands import Answer, opened, view_of
from api.entities import Unanswerable
from graph.measures.catalogue import Catalogue, CatalogueError, Measure, standing_catalogue
from graph.measures.differences import differences, text_of
from graph.measures.packs import load_pack, narrowed
from graph.measures.received import received
from graph.measures.rulecases import (
    FILED,
    PUBLISHED,
    RECORDED,
    RuleCase,
    RuleCaseError,
    load_rule_cases,
    missing_cases,
    standing_cases,
)
from graph.measures.simulate import Effect, Simulation, Tally, simulate
from graph.store.base import Reader, View

VERBS = ("show", "diff", "simulate")


def add_rules(command: argparse.ArgumentParser) -> None:
    """The arguments of the command, but for those of time."""
    command.add_argument("verb", choices=VERBS)
    command.add_argument(
        "target", metavar="ROW|FOLDER|PACK", help="of show: an id; else a catalogue folder or rule pack"
    )


def rules_command(args: argparse.Namespace) -> Answer:
    """Show, compare or try. Unanswerable 404 for an unknown row, 400 with every breach for rules that cannot stand."""
    if args.verb == "show":
        return _show(args.target), 0
    changed = _changed(Path(args.target))
    if args.verb == "diff":
        standing = standing_catalogue()
        told = [str(change) for change in differences(standing, changed)]
        return {"before": standing.version, "after": changed.version, "changes": told}, 0
    with opened() as book:
        reader, view = view_of(book, args)
        tried = simulate(reader, view, standing_catalogue(), changed, lambda edge: received(book, edge))
        return _tried(tried, changed, reader, view) | {"known_at": book.seq(view)}, 0


def _changed(target: Path) -> Catalogue:
    """The catalogue of a folder, or the standing one as a pack narrows it."""
    if not target.exists():
        raise Unanswerable(400, "no such rules", f"{target.name}: expected a catalogue folder or a rule pack")
    if target.is_file():
        try:
            return narrowed(standing_catalogue(), load_pack(target))
        except CatalogueError as error:
            raise _refused(str(error).splitlines()) from None
    breaches: list[str] = []
    catalogue: Catalogue | None = None
    cases: dict[str, tuple[RuleCase, ...]] | None = None
    try:
        catalogue = Catalogue.load(target)
    except CatalogueError as error:
        breaches += str(error).splitlines()
    try:
        cases = load_rule_cases(target)
    except RuleCaseError as error:
        breaches += str(error).splitlines()
    if catalogue and cases is not None:
        breaches += missing_cases(catalogue, cases)
    if breaches or catalogue is None:
        raise _refused(breaches)
    return catalogue


def _refused(breaches: list[str]) -> Unanswerable:
    return Unanswerable(400, "rules refused", "\n".join(breaches), breaches=breaches)


def _show(row_id: str) -> dict[str, Any]:
    row = next((row for row in standing_catalogue().measures if row.id == row_id.upper()), None)
    if row is None:
        raise Unanswerable(404, "no such row", f"{row_id}: expected an id of the catalogue, such as M002")
    told = {field.name: text_of(getattr(row, field.name)) for field in fields(Measure)}
    cases = [_case(case) for case in standing_cases().get(row.id, ())]
    return told | {"proposed": "yes" if row.proposable else f"no: {row.why_not}", "cases": cases}


def _case(case: RuleCase) -> dict[str, Any]:
    """One case in the words of its file."""
    dated = ((f"record of {RECORDED}:", case.records), (f"document, filed {FILED}, of {PUBLISHED}:", case.documents))
    papers = [
        f"{word} {' '.join((paper.kind, *sorted(paper.marks)))}"
        + "".join(f"; names {name}{f' as {role}' if role else ''}" for name, role in paper.names)
        for word, found in dated
        for paper in found
    ]
    for line in case.roles:
        place = f" at {line.unit}" if line.unit else ""
        time = f"seen {line.seen}" if line.seen else f"{line.start or '…'} to {line.end or '…'}"
        papers.append(f"role {line.person} {line.role}{place}, {time}")
    return {
        "positive": case.positive,
        "says": case.says,
        "subject": case.subject,
        "day": case.day,
        "given": papers,
        "proposed": list(case.proposed),
        "refused": dict(case.refused),
        "switched_off": case.switched_off,
    }


def _tried(tried: Simulation, changed: Catalogue, reader: Reader, view: View) -> dict[str, Any]:
    names = {row.id: row.name_zh for catalogue in (standing_catalogue(), changed) for row in catalogue.measures}
    return {
        "as_of": tried.as_of,
        "before": tried.before,
        "after": tried.after,
        "subjects": tried.subjects,
        "newly": tried.newly,
        "ceases": dict(sorted(tried.ceases.items())),
        "refused": dict(sorted(tried.refused.items())),
        "measures": [
            {"measure": measure, "name": names[measure], **_effect(effect, reader, view)}
            for measure, effect in tried.effects.items()
        ],
    }


def _effect(effect: Effect, reader: Reader, view: View) -> dict[str, Any]:
    def tally(one: Tally) -> dict[str, Any]:
        known = reader.get(view, [who for e in one.examples for who in (e.subject, e.party) if who])

        def who(node_id: str) -> dict[str, Any] | None:
            """Id and kind, so that the audit tells which persons were read; no names here."""
            return {"id": node_id, "kind": known[node_id].kind} if node_id in known else None

        examples = [{"subject": who(e.subject), "party": who(e.party), "role": e.role} for e in one.examples]
        return {"count": one.count, "examples": examples}

    return {
        "unchanged": effect.unchanged,
        "newly": tally(effect.newly),
        "ceases": {reason: tally(one) for reason, one in sorted(effect.ceases.items())},
        "refused": {reason: tally(one) for reason, one in sorted(effect.refused.items())},
    }

"""The catalogue read a second time, by another eye: who must be reached, from facts of a town and rows as written.

Written from ``domain/measures.md`` and the contract of ``reach`` and from nothing else: no graph, no code of the
engine, rows straight from YAML, words straight from the vocabulary. It is slow and says only what it must.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tests.graph.measures.adversary import Named, Paper, Post, Subject, Town

_GRAPH = Path(__file__).resolve().parents[3] / "graph"

#: One outcome: measure, id of the party or its name on paper, role.
Key = tuple[str, str, str]

#: Roles that only a document finds (contract: the order, the decision itself is the finding).
_FOUND_BY_DOCUMENT = {
    "directly_responsible_debt", "actual_controller", "directly_in_charge", "other_directly_responsible", "key_post",
    "guardian",
}  # fmt: skip
_SEVERE = {"L01", "L02", "L05", "L06"}


@dataclass
class Verdict:
    """``proposed``: with the hop. ``refused``: every rule that fails, of which one has to be told."""

    proposed: set[tuple[str, str, str, int]] = field(default_factory=set)
    refused: dict[Key, set[str]] = field(default_factory=dict)
    switched_off: set[str] = field(default_factory=set)


def rows_as_written() -> list[dict[str, Any]]:
    """Every row of the catalogue as its file has it."""
    found: list[dict[str, Any]] = []
    for path in (_GRAPH / "measures" / "catalogue").glob("*.yaml"):
        found += yaml.safe_load(path.read_text(encoding="utf-8")).get("measures", [])
    return found


def _parents() -> dict[str, str]:
    with (_GRAPH / "model" / "vocab" / "entity_kinds.csv").open(encoding="utf-8") as file:
        return {row["id"]: row["parent"] for row in csv.DictReader(file)}


_PARENTS = _parents()


def _words(subject: Subject) -> set[str]:
    """All words of ``applies_to`` that fit; a unit without a code is what its kind in the register says."""
    coded = bool(subject.number) and ":" not in subject.number
    word = subject.kind if coded else {"gov_organ": "department", "social_group": "org"}.get(subject.kind, subject.kind)
    words = set()
    while word:
        words.add(word)
        word = _PARENTS[word]
    return words


def _began(paper: Paper, day: str) -> bool:
    return paper.begins <= day


def _standing(paper: Paper, day: str) -> bool:
    """Begun and neither ended, repaired nor withdrawn; an objection may be open."""
    ended = paper.over or (paper.ends and paper.ends <= day)
    gone = any(kind in ("repaired", "withdrawn") and start <= day for kind, start, _ in paper.effects)
    return _began(paper, day) and not ended and not gone


def _objected(paper: Paper, day: str) -> bool:
    return any(kind == "objected" and start <= day and (not end or day < end) for kind, start, end in paper.effects)


def _kinds(paper: Paper) -> set[str]:
    also = {"severe_list_any"} if paper.on_list in _SEVERE else set()
    return {paper.kind} | also | ({"red_list"} if paper.on_list == "red" else set())


class Reading:
    """What the rows say of one subject of a town on its day."""

    def __init__(self, town: Town, subject_id: str, rows: Iterable[dict[str, Any]]) -> None:
        self.town, self.day, self.rows = town, town.day, rows
        self.subject = town.subjects[subject_id]
        self.papers = [p for p in town.papers if subject_id in p.about and p.sure and _began(p, town.day)]
        self.black = any(p.on_list in _SEVERE and _standing(p, town.day) for p in self.papers)
        self.verdict = Verdict()

    def _active(self, paper: Paper) -> bool:
        if paper.on_list == "red" and self.black and self.subject.id in paper.about:
            return False
        return _standing(paper, self.day) and not _objected(paper, self.day)

    def read(self) -> Verdict:
        """The verdict."""
        for row in self.rows:
            triggers = [p for p in self.papers if _kinds(p) & set(row["triggered_by"])]
            live = any(self._active(p) for p in triggers)
            if row["act"] not in ("consequence", "reward"):
                continue
            if not row["enabled"] or not self._of_its_days(row):
                told = row["act"] == "consequence" or row["enabled"]
                self.verdict.switched_off |= {row["id"]} if live and told else set()
                continue
            if triggers:
                self._subject(row, live)
                self._persons(row, triggers)
        for measure, party, role, _ in self.verdict.proposed:
            self.verdict.refused.pop((measure, party, role), None)
        return self.verdict

    def _of_its_days(self, row: dict[str, Any]) -> bool:
        day = date.fromisoformat(self.day)
        return not (row["valid_from"] and day < row["valid_from"]) and not (row["valid_to"] and row["valid_to"] <= day)

    def _subject(self, row: dict[str, Any], live: bool) -> None:
        if not _words(self.subject) & set(row["applies_to"]) or row["extends_mode"] == "by_separate_court_ruling":
            return
        fails = ({"name_only"} if not self.subject.number else set()) | (set() if live else {"record_ended"})
        self._told(row["id"], self.subject.id, "subject", 0, fails)

    def _told(self, measure: str, party: str, role: str, hop: int, fails: set[str]) -> None:
        if fails:
            self.verdict.refused.setdefault((measure, party, role), set()).update(fails)
        else:
            self.verdict.proposed.add((measure, party, role, hop))

    def _persons(self, row: dict[str, Any], triggers: list[Paper]) -> None:
        if row["hop_limit"] != 1 or self.subject.kind == "person" or not self.subject.number:
            return
        for trigger in triggers:
            for document in self._documents(row, trigger):
                for named in document.names:
                    if named.sure and named.who != self.subject.id:
                        self._named(row, trigger, document, named)
        if any(self._active(trigger) for trigger in triggers):
            self._suggested(row)

    def _suggested(self, row: dict[str, Any]) -> None:
        """Whom a role in the register suggests, without a document that names him: told why not."""
        reached = {who for measure, who, _, _ in self.verdict.proposed if measure == row["id"]}
        for post in self.town.posts:
            holds = post.begins <= self.day and not (post.ends and post.ends <= self.day)
            speaks = post.sure and holds and post.unit == self.subject.id and post.sources != ("judgments",)
            key = row["id"], post.person, post.role
            if speaks and post.role in row["extends_to"] and post.person not in reached:
                numbered = self.town.subjects[post.person].number
                self.verdict.refused.setdefault(key, {"not_named" if numbered else "name_only"})

    def _documents(self, row: dict[str, Any], trigger: Paper) -> Iterator[Paper]:
        wanted, mode = row["naming_document"], row["extends_mode"]
        if wanted and mode in ("named_in_order", "named_in_decision"):
            same = [p for p in self.town.papers if trigger.case and p.case == trigger.case and p.kind == wanted]
            yield from (p for p in same if _began(p, self.day))
        elif wanted == trigger.kind and mode in ("named_in_notice", "listed_by_same_decision"):
            yield trigger

    def _named(self, row: dict[str, Any], trigger: Paper, document: Paper, named: Named) -> None:
        # A document that states no role is no finding: only what the register can show is left.
        tested = [role for role in row["extends_to"] if self._tested(row, role)]
        for role in [named.role] if named.role else tested:
            fails = set()
            if not self._active(trigger) or not (_standing(document, self.day) and not _objected(document, self.day)):
                fails.add("record_ended")
            # A certificate tells who somebody is, but the document must name him with his number.
            if not named.who or not self.town.subjects[named.who].number.startswith("pid:"):
                fails.add("name_only")
            if not self._speaks_of_us(document):
                fails.add("not_named")
            if role not in row["extends_to"]:
                fails.add("role_not_in_law")
            if not named.adult:
                fails.add("minor")
            if named.who and self._tested(row, role):
                fails |= self._register(role, named.who, self._days(row, document))
            self._told(row["id"], named.who or named.name, role, 1, fails)

    def _tested(self, row: dict[str, Any], role: str) -> bool:
        return row["role_test_date"] != "document" and role not in _FOUND_BY_DOCUMENT

    def _speaks_of_us(self, document: Paper) -> bool:
        if document.unit_code:
            return document.unit_code.upper() == self.subject.number.removeprefix("reg:")
        return document.unit_name in ("", self.subject.name, self.subject.former or self.subject.name)

    def _days(self, row: dict[str, Any], document: Paper) -> tuple[str, str] | None:
        if row["role_test_date"] == "filing..publication":
            first, last = document.filed, document.published or document.date
        else:
            first = last = document.date
        return (min(first or last, last), last) if last else None

    def _register(self, role: str, person: str, days: tuple[str, str] | None) -> set[str]:
        """Why the register does not show the role on those days, nothing when it does."""
        if days is None:
            return {"role_date_unknown"}
        posts = [p for p in self.town.posts if p.unit == self.subject.id and p.role == role and p.sure]
        dated = [p for p in posts if p.begins and "officers" in p.sources]
        if dated:
            own = [p for p in dated if p.person == person]
            held = any(p.begins <= days[1] and (not p.ends or days[0] < p.ends) for p in own)
            return set() if held else {"role_ended" if own else "role_date_unknown"}
        shown = any(p.person == person and self._snapshot(p, days[1]) for p in posts)
        return set() if shown else {"role_date_unknown"}

    def _snapshot(self, post: Post, last: str) -> bool:
        if "registry" in post.sources:
            return (post.approved or post.received) <= last
        return "officers" in post.sources and not (post.ends and post.ends <= self.day) and post.received <= last


def second_reading(town: Town, subject_id: str, rows: Iterable[dict[str, Any]]) -> Verdict:
    """Who is reached from one subject on the day of the town, who is not, and what is switched off."""
    return Reading(town, subject_id, rows).read()

"""The demo town: files in the layouts of the sources, in the order in which they are to be loaded."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.demo import rows
from ingest.demo.cast import Cast, Person, data, make_cast
from ingest.demo.files import write_csv, write_json, write_xlsx
from ingest.demo.layouts import COLUMNS
from ingest.demo.rows import Special

#: Source and file name or pattern, in load order: what is referred to comes before what refers, but for the last.
LOAD_ORDER = (
    ("departments", "departments.csv"),
    ("registry", "registry.csv"),
    ("shareholders", "shareholders.csv"),
    ("officers", "officers.csv"),
    ("branches", "branches.csv"),
    ("guarantees", "guarantees.csv"),
    ("judgment-debtors", "judgment-debtors.csv"),
    ("dishonest-debtors", "dishonest-debtors-2025-04-01.json"),
    ("dishonest-debtors", "dishonest-debtors-2025-07-01.json"),
    ("dishonest-debtors", "dishonest-debtors-2025-10-01.json"),
    ("consumption-restrictions", "consumption-restrictions.csv"),
    ("wage-arrears", "wage-arrears.csv"),
    ("penalties", "penalties.csv"),
    ("penalties", "penalties.xlsx"),
    ("licences", "licences.csv"),
    ("intermediaries", "intermediaries.csv"),
    ("practitioners", "practitioners.csv"),
    ("engagements", "engagements.csv"),
    ("abnormal-operations", "abnormal-operations.csv"),
    ("serious-violations", "serious-violations.csv"),
    ("tax-serious", "tax-serious.csv"),
    ("red-list", "red-list.csv"),
    ("commitments", "commitments.csv"),
    ("repairs", "repairs.csv"),
    ("objections", "objections.csv"),
    ("voting-arrangements", "voting-arrangements.csv"),
    ("judgments", "judgments/*.txt"),
    ("registry", "registry-2026-03.csv"),
)

#: Sources of which the story alone has rows.
STORY_ONLY = (
    "licences", "intermediaries", "practitioners", "engagements", "abnormal-operations", "serious-violations",
    "tax-serious", "red-list", "commitments", "repairs", "objections", "voting-arrangements",
)  # fmt: skip

#: Files that come in the other encoding of the country's offices.
_ENCODINGS = {"branches": "gb18030"}


@dataclass(frozen=True, slots=True)
class Line:
    """One question of the tour: what it asks, the arguments of ``creditgraph``, and what goes to standard input."""

    say: str
    argv: tuple[str, ...]
    input: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Town:
    """What was written, and the anchors of the story.

    ``company``: unified code of the judgment debtor of the tour; ``related``: of a
    company two hops away, by a common shareholder and by a common officer;
    ``persons`` by handle (present, former, controller, shared, spouse, homonym, boss …).
    ``cast``: everybody, by the handles of the story.
    ``specials``: every row that a load does not simply accept. ``counts``: rows per file.
    """

    folder: Path
    company: str
    company_name: str
    related: str
    related_name: str
    persons: Mapping[str, Person]
    cast: Cast = field(repr=False)
    lines: tuple[Line, ...]
    specials: tuple[Special, ...]
    counts: Mapping[str, int]

    def files(self) -> list[tuple[str, list[Path]]]:
        """(source, files) in load order."""
        return [(source, sorted(self.folder.glob(pattern))) for source, pattern in LOAD_ORDER]


@dataclass(slots=True)
class _Printer:
    """Writes the files and notes what is special in them."""

    folder: Path
    story: Mapping[str, Any]
    cast: Cast
    rng: random.Random
    specials: list[Special] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def note(self, file: str, first: int, flawed: list[Mapping[str, Any]]) -> None:
        """Remember the flawed rows of ``file``, the first of which is row ``first``; at the end of it."""
        for row, spec in enumerate(flawed, start=first):
            self.specials.append(Special(file, row, spec["outcome"], spec.get("code"), spec["why"]))

    def table(self, name: str, good: list[list[str]], columns: str | None = None) -> None:
        """A CSV file of ``good`` rows and the story's flawed ones."""
        handles = self.cast.handles()
        section = self.story["rows"].get(name, {})
        good = [rows.filled(line, handles) for line in section.get("good", ())] + good
        flawed = section.get("flawed", [])
        self.note(f"{name}.csv", len(good) + 2, flawed)
        self.counts[f"{name}.csv"] = len(good) + len(flawed)
        good += [rows.filled(spec["row"], handles) for spec in flawed]
        write_csv(self.folder / f"{name}.csv", COLUMNS[columns or name], good, _ENCODINGS.get(name, "utf-8"))

    def registers(self) -> None:
        """Departments and the register of companies; the late company comes in a later file."""
        departments = [[d.code, d.name, d.uscc, d.former] for d in self.cast.departments.values()]
        self.table("departments", departments)
        firms = [firm for handle, firm in self.cast.firms.items() if handle != "late"]
        self.table("registry", [firm.register.split(",") for firm in (*firms, *self.cast.fillers)])
        self.table("registry-2026-03", [], "registry")

    def penalties(self) -> None:
        """The penalties as CSV and as an Excel sheet that repeats one row."""
        columns, section = COLUMNS["penalties"], self.story["penalties"]
        good = rows.story_penalties(section["good"], self.cast)
        good += rows.filler_penalties(self.cast.fillers[rows.FINED], 1, self.cast, self.rng)
        flawed = rows.story_penalties(section["flawed"], self.cast)
        self.note("penalties.csv", len(good) + 2, section["flawed"])
        write_csv(self.folder / "penalties.csv", columns, ([row[c] for c in columns] for row in good + flawed))
        sheet = rows.filler_penalties(self.cast.fillers[rows.FINED_XLSX], 501, self.cast, self.rng)
        write_xlsx(self.folder / "penalties.xlsx", "行政处罚", columns, [*sheet, good[0]])
        again = {"outcome": "unchanged", "why": "a row of penalties.csv again, dates and fine as Excel holds them"}
        self.note("penalties.xlsx", len(sheet) + 2, [again])
        self.counts |= {"penalties.csv": len(good) + len(flawed), "penalties.xlsx": len(sheet) + 1}

    def lists(self) -> None:
        """The versions of the debtor list; the fillers are in the full one."""
        for spec in self.story["dishonest-debtors"]:
            version, kind = str(spec["version"]), spec["kind"]
            good = [rows.list_entry(entry, self.cast.subject(entry["who"])) for entry in spec["good"]]
            good += rows.filler_entries(self.cast) if kind == "full" else []
            flawed = [rows.list_entry(entry, self.cast.subject(entry["who"])) for entry in spec["flawed"]]
            previous = str(spec["previous"]) if spec["previous"] else None
            head = {"list": "L01", "date": version, "version": version, "kind": kind, "previous": previous}
            file = f"dishonest-debtors-{version}.json"
            write_json(self.folder / file, {**head, "count": len(good + flawed), "entries": good + flawed})
            self.note(file, len(good) + 1, spec["flawed"])
            self.counts[file] = len(good + flawed)

    def judgments(self) -> None:
        """The full texts."""
        handles, texts = self.cast.handles(), data("judgments.yaml")
        folder = self.folder / "judgments"
        folder.mkdir(exist_ok=True)
        written = {spec["file"]: spec["text"].format_map(handles) for spec in texts["texts"]}
        suing = self.cast.fillers[rows.SUING]
        for number, (a, b) in enumerate(zip(suing[::2], suing[1::2], strict=False), start=1):
            amount = self.rng.randrange(30, 400) * 1000
            day = ("十", "十一", "十四", "十五")[number - 1]
            words = {"a": a, "b": b, "serial": 500 + number, "amount": amount, "fee": amount // 50, "day": day}
            written[f"j{number + 10}-sale.txt"] = texts["filler"]["text"].format_map(words)
        for file, text in written.items():
            (folder / file).write_text(text, "utf-8")
            self.counts[f"judgments/{file}"] = 1
        for spec in texts["texts"]:
            if "outcome" in spec:
                self.specials.append(Special(f"judgments/{spec['file']}", 1, spec["outcome"], spec["code"], "no 案号"))


def _tour(story: Mapping[str, Any], handles: Mapping[str, Any]) -> tuple[Line, ...]:
    return tuple(
        Line(
            spec["say"],
            tuple(word.format_map(handles) for word in spec["argv"]),
            spec["input"].format_map(handles) if "input" in spec else None,
        )
        for spec in story["tour"]
    )


def write_town(folder: Path, *, companies: int = 40, seed: int = 20260101) -> Town:
    """Write the demo town into ``folder`` (made when missing): the same bytes for the same arguments.

    ``companies`` counts those of the story too; ValueError below 22.
    """
    story, rng = data("story.yaml"), random.Random(seed)
    cast = make_cast(story, companies, rng)
    folder.mkdir(parents=True, exist_ok=True)
    printer = _Printer(folder, story, cast, rng)
    printer.registers()
    for name, make in rows.FILLER_ROWS.items():
        printer.table(name, list(make(cast, rng)))
    printer.lists()
    printer.penalties()
    printer.judgments()
    for name in STORY_ONLY:
        printer.table(name, [])
    debtor, related = cast.firms["debtor"], cast.firms["related"]
    return Town(
        folder,
        debtor.uscc,
        debtor.name,
        related.uscc,
        related.name,
        cast.persons,
        cast,
        _tour(story, cast.handles()),
        tuple(printer.specials),
        printer.counts,
    )

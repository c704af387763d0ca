"""The receipt of a load: what became of each row."""

from dataclasses import dataclass, field
from typing import Any

from ingest.masking import mask_cell, shown_file
from ingest.problems import Problem

COUNTS = ("accepted", "merged", "unchanged", "rejected", "quarantined")


@dataclass(slots=True)
class Receipt:
    """Counts and errors of one call of ``load``; ``input`` is the sum of the five."""

    source: str
    batch: str = ""
    known_at: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    released: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unread: int = 0

    def refuse(self, file: str, row: int, problem: Problem) -> None:
        """Count a rejected or quarantined row and say why."""
        self.counts[problem.outcome] += 1
        error = {
            "file": shown_file(file),
            "row": row,
            "field": mask_cell(problem.field) or None,
            "code": problem.code,
            "outcome": problem.outcome,
            "message": mask_cell(problem.message),
        }
        if problem.state:
            error["state"] = problem.state
        self.errors.append(error)

    def unreadable(self, file: str, code: str, message: str) -> None:
        """A file of which nothing was read."""
        self.unread += 1
        told = {"code": code, "message": mask_cell(message)}
        self.errors.append({"file": shown_file(file), "row": None, "field": None, **told})

    def as_json(self) -> dict[str, Any]:
        """The object that ``load`` prints."""
        body: dict[str, Any] = {"batch": self.batch, "source": self.source, "known_at": self.known_at}
        body |= {"input": sum(self.counts.values()), **self.counts}
        if self.released:
            body["released"] = self.released
        return body | {"errors": self.errors, "warnings": [mask_cell(text) for text in self.warnings]}

    @property
    def exit_code(self) -> int:
        """0 all rows recorded, 1 some refused, 2 nothing could be read."""
        if self.unread and not sum(self.counts.values()):
            return 2
        return 1 if self.errors else 0

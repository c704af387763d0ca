"""The checks of a row that need the book: is the subject known, under this name, and the authority too?"""

from typing import NamedTuple, Protocol

from graph.model.text import norm_name
from ingest.citations import Citation
from ingest.problems import Problem, problem


class References(NamedTuple):
    """What a row cites.

    ``subjects``: key and the name the row gives it (None: not compared); ``departments``: keys;
    ``cited``: records and certificates by number.
    """

    subjects: tuple[tuple[str, str | None], ...] = ()
    departments: tuple[str, ...] = ()
    cited: tuple[Citation, ...] = ()


class Knowledge(Protocol):
    """What the book knows of keys."""

    def registered(self, key: str) -> bool:
        """Whether a register holds the subject."""

    def names(self, key: str) -> frozenset[str]:
        """Register names, now and before, in comparison form; empty when not registered."""

    def department(self, key: str) -> bool:
        """Whether it is the key of a known department."""

    def cited(self, citation: Citation) -> tuple[str, ...]:
        """Keys of what a row names by number; none when it never came."""


def judge(references: References, known: Knowledge) -> Problem | None:
    """The first of name_mismatch, unresolved_code, unknown_department, unknown_record or _practitioner that holds."""
    for key, name in references.subjects:
        names = known.names(key)
        if name and names and norm_name(name) not in names:
            return problem("name_mismatch", "", "the code belongs to a subject that never bore this name")
    for key, _ in references.subjects:
        if key.startswith(("reg:", "org:")) and not known.registered(key):
            return problem("unresolved_code", "", "no register row links this number to a unified code")
    for key in references.departments:
        if not known.department(key):
            return problem("unknown_department", "", "the code of the authority is not among the departments")
    for citation in references.cited:
        if not known.cited(citation):
            return problem(citation.code, citation.title, "what this number names has not come")
    return None

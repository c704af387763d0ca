"""What can be wrong with a file or a row, as data: one table from code to outcome."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["rejected", "quarantined"]
State = Literal["waiting", "held"]

#: Code of a row -> outcome and, when quarantined, whether it waits for what it refers to or for a person.
ROW_CODES: dict[str, tuple[Outcome, State | None]] = {
    "too_many_fields": ("rejected", None),
    "too_long": ("rejected", None),
    "forbidden_content": ("rejected", None),
    "missing_required": ("rejected", None),
    "uscc_check": ("rejected", None),
    "uscc_format": ("rejected", None),
    "uscc_suggestion": ("quarantined", "held"),
    "reg_no_check": ("rejected", None),
    "id_check": ("rejected", None),
    "bad_date": ("rejected", None),
    "future_date": ("rejected", None),
    "bad_amount": ("rejected", None),
    "bad_enum": ("rejected", None),
    "bad_case_no": ("rejected", None),
    "missing_reason": ("rejected", None),
    # Over HTTP, with a key of a division: the row names no department of that division.
    "other_division": ("rejected", None),
    "name_only": ("quarantined", "held"),
    "unresolved_code": ("quarantined", "waiting"),
    "name_mismatch": ("quarantined", "held"),
    "unknown_department": ("quarantined", "waiting"),
    "unknown_record": ("quarantined", "waiting"),
    "unknown_entry": ("quarantined", "waiting"),
    "unknown_practitioner": ("quarantined", "waiting"),
    "minor": ("quarantined", "held"),
    "role_not_in_law": ("quarantined", "held"),
    "no_case_no": ("quarantined", "held"),
    "out_of_order": ("quarantined", "waiting"),
    # A full list that would withdraw more than a tenth of its active entries.
    "mass_withdrawal": ("quarantined", "held"),
}

#: Held codes that only the sender can correct: never released as they stand.
NEVER_RELEASED = frozenset({"minor", "role_not_in_law"})

#: Codes of a whole file: nothing of it is read.
FILE_CODES = frozenset(
    {
        "empty_file",
        "not_text",
        "bad_json",
        "missing_column",
        "cut_file",
        "unknown_source",
        "other_division",
        # Of document files: a scan, a text not in hanzi, two documents in one file, no judgment at all.
        "no_text_layer",
        "other_script",
        "several_documents",
        "no_judgment",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is not recorded.

    ``field`` is the column as the file calls it, "" for the whole row. The
    message names columns and rules, never the content of a cell: a cell may
    hold the number of a person.
    """

    code: str
    field: str
    message: str
    outcome: Outcome
    state: State | None = None


def problem(code: str, field: str, message: str) -> Problem:
    """A problem whose outcome and state follow from its code; KeyError for an unknown code."""
    outcome, state = ROW_CODES[code]
    return Problem(code, field, message, outcome, state)


class FileProblem(Exception):
    """A file that cannot be read as a whole; ``code`` is one of :data:`FILE_CODES`."""

    def __init__(self, code: str, message: str) -> None:
        if code not in FILE_CODES:
            raise ValueError(f"not a code of a file: {code}")
        super().__init__(message)
        self.code = code
        self.message = message

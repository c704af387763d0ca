"""Which department submits a row, where the row itself says so, and rows that a caller may not submit."""

from collections.abc import Callable, Mapping

from ingest.problems import Problem, problem

#: Asked with the unified code and the name of the department that submits a row, each "" where the row does not say.
Admits = Callable[[str, str], bool]

#: Fields that name the submitter, the most telling first: who provides the row, else who decided what it tells.
_CODES = ("provider_uscc", "authority_uscc")
_NAMES = ("authority_name", "court_name", "handler", "issuer", "registrar")

_TOLD = "the row names no department of the division of the key"


def submitter(fields: Mapping[str, str]) -> tuple[str, str]:
    """Unified code and name of the department that submits a row; the name counts only where no code is given."""
    code = next((fields[name] for name in _CODES if fields.get(name)), "")
    return code, next((fields[name] for name in _NAMES if fields.get(name)), "")


def not_admitted(code: str, name: str, admits: Admits | None) -> Problem | None:
    """``other_division`` for a row that the caller may not submit; ``admits`` None: he may submit all."""
    return None if admits is None or admits(code, name) else problem("other_division", "", _TOLD)

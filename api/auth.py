"""Who may do what: the one module that decides. Roles, levels of view and actions are tables; nothing else grants.

Levels: 0 public, 1 shared, 2 restricted. Basis: 政府信息公开条例 Art. 16, PIPL Art. 34,
NDRC Order 36 Art. 3 (archived records: supervision, courts and audit only).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.entities import Unanswerable
from graph.model.claims import PUBLIC, RESTRICTED, SHARED


@dataclass(frozen=True, slots=True)
class Role:
    """What comes with a role. ``level``: of its view. ``purpose``: whether each read must say why."""

    level: int
    purpose: bool


ROLES: Mapping[str, Role] = {
    "public": Role(PUBLIC, False),
    "partner": Role(PUBLIC, False),
    "department": Role(SHARED, True),
    "operator": Role(RESTRICTED, False),  # as the command line, whose audit row says when no purpose was given
    "court": Role(RESTRICTED, True),
    "reviewer": Role(RESTRICTED, True),
    "investigator": Role(RESTRICTED, True),
    "auditor": Role(RESTRICTED, True),
    "administrator": Role(RESTRICTED, True),
}

#: Words for the levels of a view.
LEVELS = ("public", "shared", "restricted")

_STAFF = frozenset({"operator", "department", "court", "reviewer", "investigator", "auditor", "administrator"})

#: Who may see and decide what readers of texts were not sure of; others are not even told how much that is.
_REVIEWERS = frozenset({"operator", "reviewer", "administrator"})

#: Action -> roles that may take it. What is no key here is allowed to nobody.
ACTIONS: Mapping[str, frozenset[str]] = {
    "read": frozenset(ROLES),
    "read_past": frozenset(name for name, role in ROLES.items() if role.level >= RESTRICTED),
    "read_keys": frozenset({"operator", "reviewer", "investigator", "auditor", "administrator"}),
    # Who is a beneficial owner is told to authorities only (受益所有人信息管理办法 2024; domain table of person roles).
    "read_owners": _STAFF,
    "screen": _STAFF | {"partner"},
    "check": _STAFF | {"partner"},
    # A certified check is an entry of the ledger; a partner asks, but leaves nothing behind.
    "keep_checks": _STAFF,
    "read_checks": _STAFF,
    "read_batches": _STAFF,
    "load": frozenset({"operator", "department", "court", "administrator"}),
    "read_audit": frozenset({"auditor"}),
    "read_reviews": _REVIEWERS,
    "decide_reviews": _REVIEWERS,
    "read_cases": _STAFF,
    "act_cases": frozenset({"department", "court", "operator", "reviewer", "administrator"}),
}

#: Actions that write to the ledger: never within a snapshot, always audited.
WRITES = frozenset({"load", "keep_checks", "decide_reviews", "act_cases"})

#: Actions that are audited whatever they show: that nothing was found is an answer too.
LOGGED = WRITES | {"check"}

#: Actions that show records or persons, and so need a purpose from the roles that must give one.
_PURPOSEFUL = frozenset(
    {
        "read",
        "read_owners",
        "screen",
        "check",
        "keep_checks",
        "read_checks",
        "read_reviews",
        "decide_reviews",
        "read_cases",
        "act_cases",
    }
)

#: Roles whose keys may say for which body they act, in the words of the catalogue.
BODIED = frozenset({"department", "court", "reviewer"})

#: Roles that see the cases of the body of their key, and no others.
_BOUND = frozenset({"department", "court"})

#: Roles that enter what a body has decided on paper, and must say which.
_ENTERING = frozenset({"operator", "administrator"})

#: Role -> the body of a key that names none.
_OWN_BODY: Mapping[str, str] = {"court": "court"}

#: Role -> the only sources that it may load; a role without a line may load all.
_LOADS: Mapping[str, frozenset[str]] = {
    "court": frozenset({"dishonest-debtors", "judgment-debtors", "consumption-restrictions", "judgments"}),
}

#: Longest purpose that is kept.
_PURPOSE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: id of the key, role, division of the key ("" = none), and the purpose given ("" = none).

    ``body``: the body for which the holder of the key acts, "" = none.
    """

    key: str
    role: str
    division: str = ""
    purpose: str = ""
    body: str = ""

    @property
    def level(self) -> int:
        """The level of the view that the role has."""
        return ROLES[self.role].level


def tidy_purpose(text: str) -> str:
    """A purpose as it is kept: without control characters, not longer than a line."""
    return "".join(c for c in text if c.isprintable()).strip()[:_PURPOSE_LENGTH]


def permit(caller: Caller, action: str) -> None:
    """Unanswerable 403, which says what is needed, unless the caller may take the action."""
    allowed = ACTIONS.get(action, frozenset())
    if caller.role not in allowed:
        needed = ", ".join(sorted(allowed)) or "none"
        raise Unanswerable(
            403, "not allowed", f"role {caller.role} may not do this ({action}); roles that may: {needed}"
        )
    if action in _PURPOSEFUL and ROLES[caller.role].purpose and not caller.purpose:
        detail = f"role {caller.role} reads for a stated purpose only: give it in the header X-Purpose"
        raise Unanswerable(403, "purpose missing", detail, needed=["X-Purpose"])


def permit_load(caller: Caller, source: str) -> None:
    """Unanswerable 403 unless the caller may load this source."""
    permit(caller, "load")
    sources = _LOADS.get(caller.role)
    if sources is not None and source not in sources:
        told = ", ".join(sorted(sources))
        raise Unanswerable(403, "not allowed", f"role {caller.role} may load only: {told}")


def loadable(caller: Caller, sources: Iterable[str]) -> list[str]:
    """Those of some sources that the caller may load."""
    if caller.role not in ACTIONS["load"]:
        return []
    allowed = _LOADS.get(caller.role)
    return [source for source in sources if allowed is None or source in allowed]


def body_of(role: str, named: str) -> str:
    """The body of a key of a role that names one, "" for none."""
    return named or _OWN_BODY.get(role, "")


def bound_to(caller: Caller) -> str | None:
    """The body whose cases a caller sees, "" = none at all; None for a caller who sees those of every body."""
    return caller.body if caller.role in _BOUND else None


def names_body(caller: Caller) -> bool:
    """Whether a caller acts for no body of his own, so that he must name one in each request."""
    return caller.role in _ENTERING


def acting_body(caller: Caller, named: str) -> str:
    """The body for which a caller acts. Unanswerable 400 when he must name one, 403 when he names another than his."""
    if names_body(caller):
        if not named:
            told = f"body: role {caller.role} acts for no body of its own; name the one that has decided"
            raise Unanswerable(400, "no body named", told)
        return named
    if named and named != caller.body:
        told = f"body: this key acts for {caller.body or 'no body'}, not for another"
        raise Unanswerable(403, "not allowed", told, code="wrong_body")
    return caller.body


def covers(division: str, part: str) -> bool:
    """Whether a division holds another or is it (GB/T 2260: 350500 holds 350502, 350000 holds both).

    What is no code of six figures holds nothing and lies in nothing.
    """
    if not all(len(code) == 6 and code.isascii() and code.isdecimal() for code in (division, part)):
        return False
    pairs = [division[i : i + 2] for i in (0, 2, 4)]
    while pairs and pairs[-1] == "00":
        pairs.pop()
    return bool(pairs) and part.startswith("".join(pairs))


def narrowing(caller: Caller) -> str:
    """The division that narrows which restricted records a caller reads; "" when none does.

    Topology is not narrowed, and below the restricted level there is nothing to narrow.
    """
    return caller.division if caller.level >= RESTRICTED else ""


def shows_marks(level: int) -> bool:
    """Whether a view shows the masked ID number of a person."""
    return level > PUBLIC


def shows_archived(level: int) -> bool:
    """Whether a view shows records that were repaired, withdrawn or expired, and what led to that."""
    return level >= RESTRICTED


def shows_rows(level: int) -> bool:
    """Whether a view shows the whole row that a source sent, with the cells of which no claim was made."""
    return level >= RESTRICTED


def tells_erased(level: int) -> bool:
    """Whether a reader is told that a subject was erased; to others it is as unknown as if it had never been."""
    return level >= RESTRICTED

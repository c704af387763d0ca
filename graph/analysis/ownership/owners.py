"""Beneficial owners (受益所有人) by dated rule sets: which criterion each person meets, and which he fails.

The rule sets are data (``rules.yaml``), each with its document, articles and the day on which somebody read them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from graph.analysis.ownership.linear import Number
from graph.model.yamlfile import read_yaml

_FILE = Path(__file__).with_name("rules.yaml")
_HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion. ``cut`` a part of one, None where none is asked; ``enabled``: its text was read by somebody."""

    article: str
    measure: str
    cut: Fraction | None
    strict: bool
    offices: tuple[str, ...]
    only_if: str
    basis_checked_on: str | None
    zh: str
    en: str

    @property
    def enabled(self) -> bool:
        """What nobody has read in the law stays off."""
        return self.basis_checked_on is not None

    def met(self, part: Number) -> bool:
        """Whether a part reaches the cut; "以上" includes the number (民法典 Art. 1259), "超过" does not."""
        return self.cut is not None and (part > self.cut if self.strict else part >= self.cut)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Who need not file on a promise: capital up to a sum, all holders natural persons."""

    article: str
    capital_at_most_yuan: Fraction
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule set; ``valid_from`` is the day it came into force. ``nothing_for``: kind of subject -> why not."""

    id: str
    title: str
    issuer: str
    document_no: str
    valid_from: str
    source: str
    order: str
    criteria: tuple[Criterion, ...]
    exempt: Exemption | None
    nothing_for: Mapping[str, Mapping[str, str]]


def _criterion(entry: Mapping[str, Any]) -> Criterion:
    cut = entry.get("cut")
    return Criterion(
        article=entry["article"],
        measure=entry["measure"],
        cut=None if cut is None else Fraction(cut) / _HUNDRED,
        strict=entry.get("strict", False),
        offices=tuple(entry.get("offices", ())),
        only_if=entry.get("only_if", ""),
        basis_checked_on=entry["basis_checked_on"],
        zh=entry["zh"],
        en=entry["en"],
    )


def _rule_set(entry: Mapping[str, Any]) -> RuleSet:
    told = entry.get("exempt")
    exempt = (
        Exemption(told["article"], Fraction(told["capital_at_most_yuan"]), told["zh"], told["en"]) if told else None
    )
    names = ("id", "title", "issuer", "document_no", "valid_from", "source", "order")
    return RuleSet(
        **{name: entry[name] for name in names},
        criteria=tuple(map(_criterion, entry["criteria"])),
        exempt=exempt,
        nothing_for=entry.get("nothing_for", {}),
    )


@cache
def rule_sets() -> Mapping[str, RuleSet]:
    """All rule sets by id, the latest first."""
    found = [_rule_set(entry) for entry in read_yaml(_FILE)["rule_sets"]]
    return {rule.id: rule for rule in sorted(found, key=lambda r: r.valid_from, reverse=True)}


def in_force(day: str) -> RuleSet | None:
    """The latest rule set in force on an ISO day; None before the first."""
    return next((rule for rule in rule_sets().values() if rule.valid_from <= day), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one natural person at one company, as parts of one.

    ``most``: what his share can be at most, where shares are not known. ``controls``: alone (``alone``) or with a
    declared group (``together``); ``declared``: a document calls him the actual controller.
    """

    person: str
    share: Number = Fraction(0)
    most: Number = Fraction(0)
    votes: Fraction = Fraction(0)
    controls: str = ""
    offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A person who is a beneficial owner by a criterion. ``sure``: also with the least that unknown shares leave him.

    ``consider``: by his office alone, which a person has to weigh.
    """

    person: str
    criterion: Criterion
    sure: bool = True
    consider: bool = False


def _finds(criterion: Criterion, one: Standing) -> Finding | None:
    if criterion.measure == "share":
        if criterion.met(one.share):
            return Finding(one.person, criterion)
        return Finding(one.person, criterion, sure=False) if criterion.met(one.most) else None
    if criterion.measure == "votes":
        return Finding(one.person, criterion) if criterion.met(one.votes) else None
    if criterion.measure == "control":
        return Finding(one.person, criterion) if one.controls else None
    office = set(criterion.offices) & set(one.offices)
    return Finding(one.person, criterion, consider=True) if office else None


def beneficial_owners(
    rules: RuleSet, standings: Iterable[Standing], *, state_controlled: bool = False
) -> list[Finding]:
    """The persons found, each by the first criterion that fits, in the order of the criteria.

    Offices count only where no other criterion finds anybody for sure. Criteria that nobody has read are passed over.
    """
    people = sorted(standings, key=lambda one: one.person)
    found: list[Finding] = []
    for criterion in rules.criteria:
        sure = any(finding.sure for finding in found)
        if not criterion.enabled or (criterion.only_if == "state_controlled" and not state_controlled):
            continue
        if sure and (rules.order == "first" or criterion.measure == "office"):
            break
        taken = {finding.person for finding in found if finding.sure}
        some = [one for one in people if one.person not in taken]
        found += [finding for one in some if (finding := _finds(criterion, one))]
    return _one_each(found)


def _one_each(found: Sequence[Finding]) -> list[Finding]:
    """One finding a person: a sure one outdoes a possible one."""
    best: dict[str, Finding] = {}
    for finding in found:
        known = best.get(finding.person)
        if known is None or (finding.sure and not known.sure):
            best[finding.person] = finding
    return list(best.values())

"""Small towns made to mislead: facts as sources write them, and the graph that loaders make of them.

Namesakes, ended and undated roles, relatives, second hops, minors, switched-off rows, objections, repairs, several
debtors of one case, orders with and without numbers, guessed matches. The facts are all that
``tests.graph.measures.second_reading`` reads; the engine reads the graph.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from graph.model.effects import Effect, EffectKind, dump
from graph.store.base import Edge, NamePeriod, Value
from tests.fakes import FakeGraph

#: Days around every bound that a rule has: filing, publication, notice, the days asked.
DAYS = (
    "2024-01-01", "2025-02-09", "2025-02-10", "2025-02-11", "2025-03-26", "2025-03-27", "2025-03-28", "2026-09-30",
    "2026-10-01", "2026-10-02",
)  # fmt: skip
ASKED = ("2026-10-01", "2026-10-01", "2026-10-01", "2025-03-28", "2024-06-30")

#: Kinds of unit: word of the catalogue -> first places of its code, kind of node.
UNITS = {
    "enterprise": ("91", "company"),
    "individual_business": ("92", "individual_business"),
    "gov_organ": ("11", "department"),
    "social_group": ("51", "other_org"),
}

#: Kinds of record that a source carries -> their list.
CARRIED = {
    "judgment_debtor": "",
    "listed_dishonest_debtor": "L01",
    "wage_arrears_list": "L06",
    "tax_arrears_record": "",
    "major_tax_violation_decision": "L05",
    "serious_illegal_list": "L02",
    "abnormal_list": "L03",
    "penalty_decision": "",
    "false_commitment": "",
    "red_list": "red",
    "tax_rating_A": "red",
}
ORDER, EXIT = "consumption_restriction_order", "exit_restriction_decision"
_COURT_ROLES = (
    "legal_rep", "legal_rep", "legal_rep", "main_responsible", "directly_responsible_debt", "actual_controller",
    "subject", "relative", "guardian", "shareholder", "",
)  # fmt: skip
_LISTED_ROLES = ("legal_rep", "directly_in_charge", "other_directly_responsible", "main_responsible", "relative", "")
_POSTS = (
    "legal_rep", "legal_rep", "main_responsible", "actual_controller", "shareholder", "supervisor", "director",
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """Somebody. ``kind``: person or a kind of unit.

    ``number``: what tells him from a namesake, "" = a name only; ``pid:`` an ID number, ``cert:`` a certificate only,
    ``reg:`` a registration number, without a mark a unified code.
    """

    id: str
    kind: str
    name: str
    number: str
    former: str = ""


@dataclass(frozen=True)
class Named:
    """Whom a document names; ``who`` "": only a name on paper. ``sure``: not guessed by a matcher."""

    who: str
    name: str
    role: str
    adult: bool
    sure: bool = True


@dataclass(frozen=True)
class Paper:
    """A record about ``about``, naming ``names``; days are ISO or "". ``over``: ended without a day."""

    id: str
    kind: str
    on_list: str
    about: tuple[str, ...]
    sure: bool
    case: str
    date: str
    begins: str
    ends: str
    over: bool
    effects: tuple[tuple[EffectKind, str, str], ...]
    names: tuple[Named, ...] = ()
    filed: str = ""
    published: str = ""
    unit_name: str = ""
    unit_code: str = ""


@dataclass(frozen=True)
class Post:
    """A row on a role at a unit. ``approved``: day that the register gives its state; ``received``: when it came in."""

    person: str
    unit: str
    role: str
    begins: str
    ends: str
    sources: tuple[str, ...]
    approved: str
    received: str
    sure: bool


@dataclass
class Town:
    """All facts of a town, by id where there is one."""

    day: str
    subjects: dict[str, Subject] = field(default_factory=dict)
    papers: list[Paper] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)


class _Maker:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.town = Town(self.rng.choice(ASKED))
        # In most towns one thing at a time is wrong with somebody: then the rule that fails is told apart.
        self.noise = self.rng.choice((0.3, 0.3, 0.3, 1.0))
        self.cases = [f"（2025）闽9901执90{n:02d}号" for n in range(self.rng.randint(1, 2))]

    def often(self, likely: float) -> bool:
        return self.rng.random() < likely

    def odd(self, likely: float) -> bool:
        return self.often(likely * self.noise)

    def day(self) -> str:
        return self.rng.choice(DAYS)

    def town_of(self) -> Town:
        for n in range(self.rng.randint(2, 4)):
            kind = self.rng.choice(("enterprise", "enterprise", *UNITS))
            number = f"{UNITS[kind][0]}359900MA{n:08d}" if not self.odd(0.15) else ""
            number = f"reg:3505996001{n:05d}" if number and self.often(0.1) else number
            former = f"旧字号{n}" if self.often(0.3) else ""
            self._settle(Subject(f"u{n}", kind, f"公司{n}", number, former))
        for n in range(self.rng.randint(3, 6)):
            # A few names for all: most have a namesake, and some are known by that name only.
            name = self.rng.choice(("王一", "李二"))
            number = f"cert:x/{n}" if self.odd(0.2) else f"pid:{n:064x}"
            self._settle(Subject(f"p{n}", "person", name, "" if self.odd(0.3) else number))
        self.units = [s.id for s in self.town.subjects.values() if s.kind != "person"]
        self.people = [s.id for s in self.town.subjects.values() if s.kind == "person"]
        for _ in range(self.rng.randint(3, 8)):
            self.record()
        for _ in range(self.rng.randint(1, 7)):
            self.order()
        for _ in range(self.rng.randint(3, 12)):
            self.post()
        return self.town

    def _settle(self, subject: Subject) -> None:
        self.town.subjects[subject.id] = subject

    def _span(self) -> tuple[str, str, bool, tuple[tuple[EffectKind, str, str], ...]]:
        """First day, last day, whether it is over without one, repairs and objections: most records stand."""
        begins = self.rng.choice(("2024-01-01", "2025-02-10", ""))
        begins, ends = self.day() if self.odd(0.4) else begins, self.day() if self.odd(0.2) else ""
        effects: list[tuple[EffectKind, str, str]] = []
        if self.odd(0.3):
            kind: EffectKind = self.rng.choice(("repaired", "withdrawn", "stopped", "objected", "objected"))
            effects.append((kind, self.day(), self.day() if kind == "objected" and self.often(0.5) else ""))
        return begins, ends, self.odd(0.05), tuple(effects)

    def record(self) -> None:
        debts = ("judgment_debtor", "listed_dishonest_debtor", "wage_arrears_list", "tax_arrears_record")
        kinds = (*debts[:1] * 6, *debts * 2, *CARRIED)
        kind = self.rng.choice((*kinds, "customs_dishonest", "drug_penalty_decision", "sme_arrears_dishonest_record"))
        about = self.rng.choice(self.units if self.often(0.8) else self.people)
        begins, ends, over, effects = self._span()
        names: tuple[Named, ...] = ()
        if kind in ("wage_arrears_list", "tax_arrears_record"):
            roles = _LISTED_ROLES if kind == "wage_arrears_list" else ("", "", "legal_rep", "manager")
            names = tuple(self._named(roles) for _ in range(self.rng.randint(0, 3)))
        listed = tuple(n.who for n in names if n.who and kind == "wage_arrears_list" and n.who != about)
        self.town.papers.append(
            Paper(
                f"r{len(self.town.papers)}", kind, CARRIED.get(kind, ""), tuple(dict.fromkeys((about, *listed))),
                not self.odd(0.1), "" if self.odd(0.2) else self.rng.choice(self.cases),
                "" if self.odd(0.3) else self.day(), begins, ends, over, effects, names,
            )
        )  # fmt: skip

    def _named(self, roles: Sequence[str]) -> Named:
        role, who = self.rng.choice(roles), self.rng.choice(self.people)
        if self.odd(0.3):
            return Named("", self.rng.choice(("王一", "谢纸")), role, False)
        return Named(who, self.town.subjects[who].name, role, not self.odd(0.25), not self.odd(0.1))

    def order(self) -> None:
        named = self._named(_COURT_ROLES)
        begins, ends, over, effects = self._span()
        unit = self.town.subjects[self.rng.choice(self.units)]
        told_name = self.rng.choice((unit.name, unit.former, "别家公司")) if self.odd(0.5) else ""
        filed = self.rng.choice((self.day(), "")) if self.odd(0.4) else "2025-02-10"
        published = self.rng.choice((self.day(), "")) if self.odd(0.4) else "2025-03-27"
        kind = self.rng.choice((ORDER, ORDER, EXIT))
        self.town.papers.append(
            Paper(
                f"r{len(self.town.papers)}", kind, "L01a" if kind == ORDER else "", (named.who,) if named.who else (),
                named.sure, "" if self.odd(0.2) else self.rng.choice(self.cases),
                "" if self.odd(0.4) else published or self.day(), begins, ends, over, effects, (named,), filed,
                published, told_name, unit.number.removeprefix("reg:").lower() if self.odd(0.3) else "",
            )
        )  # fmt: skip

    def post(self) -> None:
        """A post of anybody anywhere; more often of somebody whom a document names in it, at a unit of the case."""
        person, unit, role = self.rng.choice(self.people), self.rng.choice(self.units), self.rng.choice(_POSTS)
        wanted = [
            (named.who, unit, named.role or "legal_rep")
            for paper in self.town.papers
            for named in paper.names
            for other in self.town.papers
            for unit in other.about
            if named.who and unit in self.units and (other is paper or (paper.case and paper.case == other.case))
        ]
        fitting = [one for one in wanted if one[2] in ("legal_rep", "main_responsible")]
        if fitting and self.often(0.7):
            person, unit, role = self.rng.choice(fitting)
        begins = self.rng.choice((*DAYS[:4], self.day())) if self.often(0.7) else ""
        ends = self.rng.choice(("2025-02-10", "2025-02-11", self.day())) if self.often(0.4) else ""
        sources = self.rng.choice(
            (*[("officers",)] * 5, ("registry",), ("registry",), ("judgments",), ("judgments", "registry"))
        )
        if "officers" not in sources:
            begins = ends = ""
        approved = self.day() if "registry" in sources and self.often(0.6) else ""
        self.town.posts.append(
            Post(
                person, unit, role, begins, ends, sources, approved, self.day(),
                not self.odd(0.1),
            )
        )  # fmt: skip


def misleading_town(seed: int) -> Town:
    """The town of a seed."""
    return _Maker(seed).town_of()


class Loaded:
    """The graph of a town, and what the ledger can tell of the register's claims (``received``)."""

    def __init__(self, town: Town) -> None:
        self.graph = FakeGraph()
        self._came: dict[str, str] = {}
        for subject in town.subjects.values():
            self._subject(subject)
        for case in sorted({paper.case for paper in town.papers} - {""}):
            self.graph.add_node(case, "case", case, keys=[f"case:{case}"])
        for paper in town.papers:
            self._paper(paper)
        for post in town.posts:
            self._post(post)

    def received(self, edge: Edge) -> str | None:
        """First day on which the register's own claims of an edge say that it was so."""
        return self._came.get(edge.id)

    def _subject(self, subject: Subject) -> None:
        person = subject.kind == "person"
        key = subject.number if ":" in subject.number else f"uscc:{subject.number}"
        kind = "person" if person else UNITS[subject.kind][1]
        props: dict[str, Value] = {"id_mask": "359902********0000"} if subject.number.startswith("pid:") else {}
        names = [NamePeriod(subject.name, False, None, None)]
        if subject.former:
            names.append(NamePeriod(subject.former, True, None, "2024-01-01"))
        keys = [key if subject.number else f"ctx:x/{subject.id}"]
        self.graph.add_node(subject.id, kind, *names, keys=keys, props=props)

    def _paper(self, paper: Paper) -> None:
        props: dict[str, Value] = {
            "record_kind": paper.kind, "list": paper.on_list, "date": paper.date, "active_from": paper.begins,
            "active_to": paper.ends, "ended": "yes" if paper.over else "", "filed": paper.filed,
            "published": paper.published, "unit_name": paper.unit_name, "unit_code": paper.unit_code,
        }  # fmt: skip
        on_paper = [{"name": named.name, "role": named.role} for named in paper.names if not named.who]
        props |= {"named_only": json.dumps(on_paper)} if on_paper else {}
        props |= {"effects": dump([Effect(*effect) for effect in paper.effects])} if paper.effects else {}
        told = {name: value for name, value in props.items() if value}
        self.graph.add_node(paper.id, "record", paper.kind, keys=[f"rec:x/{paper.id}"], props=told)
        for subject in paper.about:
            self.graph.add_edge("about", paper.id, subject, match="exact" if paper.sure else "candidate")
        for named in paper.names:
            if named.who:
                said: dict[str, Value] = {"adult": "yes" if named.adult else "no"}
                said |= {"role": named.role} if named.role else {}
                match = "confirmed" if named.sure else "candidate"
                self.graph.add_edge("names", paper.id, named.who, props=said, match=match)
        if paper.case:
            self.graph.add_edge("in_case", paper.id, paper.case)

    def _post(self, post: Post) -> None:
        # A judgment tells a day of its own, which is no day of the register.
        seen = "2024-01-01" if "judgments" in post.sources else post.approved
        edge = self.graph.add_edge(
            f"{post.role}_of", post.person, post.unit, valid_from=post.begins or None, valid_to=post.ends or None,
            seen_on=seen or None, sources=post.sources, match="exact" if post.sure else "candidate",
        )  # fmt: skip
        if {"officers", "registry"}.intersection(post.sources):
            self._came[edge.id] = post.approved or post.received

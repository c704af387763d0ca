"""Small random sets of claims for the tests of the kernel: every shape that a graph must bear, none of it real.

Few subjects and few dates, so that records meet: cross-walk mentions, people
known by name only, cycles, self-holdings, duplicates, hubs, homonyms, rare
characters, parallel dated and undated edges, disagreeing intervals and shares,
all levels and ends of openness. Pure functions of a ``random.Random``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from graph.model.claims import Claim, EdgeClaim, Mention, Name, NodeClaim, context_key
from ingest.demo import codes

DATES = ("2015-01-01", "2017-06-30", "2020-02-29", "2022-02-01", "2024-03-05")
OPEN_UNTIL = (None, None, "2024-06-01", "2026-10-01", "2099-01-01")

#: Company names: a homonym pair, a traditional form, full width, brackets, characters beyond the basic plane.
COMPANY_NAMES = (
    "岚汀市荻苇机电设备有限公司", "岚汀市荻苇机电设备有限公司", "嵐汀市蘅臯投資有限公司", "ＡＢ（岚汀）家居有限公司",
    "岚汀市𠮷岑茶业有限公司", "岚汀市㐂筱印务有限公司",
)  # fmt: skip
PERSON_NAMES = ("黎伯衡", "黎伯衡", "龚㐂", "栗𠮷", "𠀀𪚥", "阿依·努尔")
CONTEXT_NAMES = ("晁蔚", "谌恬", "𠮷田")

#: Offices by relation with the titles that tell them apart.
OFFICES = (
    ("legal_rep_of", ("",)), ("supervisor_of", ("",)), ("director_of", ("董事", "董事长", "")),
    ("manager_of", ("经理", "财务负责人")), ("main_responsible_of", ("",)), ("actual_controller_of", ("",)),
)  # fmt: skip

Props = Mapping[str, str | float]

COURT = Mention(("court:岚汀市人民法院",))


class Record(NamedTuple):
    """One record as the ledger takes it: its key, the source's own date (ISO), its claims."""

    key: str
    version_date: str
    claims: list[Claim]


def fake_pid(number: int) -> str:
    """A vault token in form, behind which no number is."""
    return f"pid:{number:024x}"


@dataclass(frozen=True, slots=True)
class _World:
    """``companies`` and ``people`` to draw from; low numbers are drawn often, so that hubs form."""

    rng: Random
    companies: int
    people: int
    pid: Callable[[int], str]
    conflicts: bool

    def number(self, below: int) -> int:
        return min(self.rng.randrange(below), self.rng.randrange(below))

    def company(self) -> tuple[NodeClaim, Mention]:
        """A company as a source other than the register means it: by one key, and by name at most."""
        number = self.number(self.companies)
        code = codes.uscc(number)
        key = self.rng.choice(
            (f"uscc:{code}", f"uscc:{code}", f"org:{code[8:17]}", f"reg:{codes.registration_number(number)}")
        )
        return self.node(Mention((key,)), "company", (Name(COMPANY_NAMES[number % len(COMPANY_NAMES)]),))

    def person(self, owner: Mention) -> tuple[NodeClaim, Mention]:
        """A person with a number, or one known by name only in the context of ``owner``."""
        if self.rng.randrange(3):
            number = self.number(self.people)
            name = PERSON_NAMES[number % len(PERSON_NAMES)]
            return self.node(Mention((self.pid(number),)), "person", (Name(name),), rank=80)
        name = self.rng.choice(CONTEXT_NAMES)
        return self.node(Mention((context_key(owner.best, name),)), "person", (Name(name),))

    def node(
        self, mention: Mention, kind: str, names: tuple[Name, ...] = (), rank: int = 50, props: Props | None = None
    ) -> tuple[NodeClaim, Mention]:
        """A node claim of random openness, and its mention."""
        level, until = self.openness()
        return NodeClaim(mention, kind, names, props or {}, (), level, until, rank), mention

    def openness(self) -> tuple[int, str | None]:
        """A level and the day on which it ends."""
        return self.rng.randrange(3), self.rng.choice(OPEN_UNTIL)

    def edge(
        self,
        relation: str,
        source: Mention,
        target: Mention,
        props: Props | None = None,
        *,
        rank: int = 50,
        dated: bool = True,
    ) -> EdgeClaim:
        """An edge claim: dated, open, or undated and seen on a day; empty properties are left out."""
        level, until = self.openness()
        start, end, seen = self.interval() if dated else (None, None, self.rng.choice((None, *DATES)))
        known = {name: value for name, value in (props or {}).items() if value != ""}
        return EdgeClaim(relation, source, target, start, end, seen, known, level, until, rank)

    def interval(self) -> tuple[str | None, str | None, str | None]:
        """(valid_from, valid_to, seen_on) with start before end."""
        first, last = sorted(self.rng.sample(DATES, 2))
        return self.rng.choice(((first, last, None), (first, None, None), (None, last, None), (None, None, first)))


def _registered(world: _World) -> Record:
    """A row of the register: the cross-walk of the company's keys, its names, its legal representative."""
    rng, number = world.rng, world.number(world.companies)
    code = codes.uscc(number)
    linked = number + 1 if world.conflicts and rng.randrange(4) == 0 else number
    keys = (f"uscc:{code}", f"org:{code[8:17]}", f"reg:{codes.registration_number(linked)}")
    name, former = (COMPANY_NAMES[(number + step) % len(COMPANY_NAMES)] for step in (0, 1))
    change = rng.choice(DATES)
    names = (Name(name, False, change, None), Name(former, True, DATES[0], change)) if number % 2 else (Name(name),)
    node, unit = world.node(Mention(keys), "company", names, 90, {"status": rng.choice(("存续", "注销"))})
    person, rep = world.person(unit)
    edge = world.edge("legal_rep_of", rep, unit, rank=90, dated=False)
    return Record(f"registry/{code}", change, [node, person, edge])


def _holding(world: _World) -> Record:
    """A holding of a person or company; a company may hold itself, or its holder."""
    node, unit = world.company()
    owner, holder = world.company() if world.rng.randrange(2) else world.person(unit)
    props: Props = {"share": world.rng.choice((10.0, 33.1, 51.0, 100.0)), "capital_yuan": "1000000"}
    edge = world.edge("shareholder_of", holder, unit, props if world.rng.randrange(4) else None, rank=80)
    return Record(f"shareholders/{holder.best}/{unit.best}/{edge.valid_from}", DATES[-1], [node, owner, edge])


def _office(world: _World) -> Record:
    """An office of a person at a company, sometimes undated beside a dated one."""
    node, unit = world.company()
    person, holder = world.person(unit)
    relation, titles = world.rng.choice(OFFICES)
    title, dated = world.rng.choice(titles), bool(world.rng.randrange(3))
    edge = world.edge(relation, holder, unit, {"title": title}, rank=80, dated=dated)
    key = f"officers/{unit.best}/{holder.best}/{relation}/{title}/{edge.valid_from}"
    return Record(key, world.rng.choice(DATES), [person, node, edge])


def _guarantee(world: _World) -> Record:
    """A guarantee, with contract number or without, so that some stand alone."""
    first, guarantor = world.company()
    second, debtor = world.company()
    contract = world.rng.choice(("", "LTNS-1", "LTNS-2"))
    props = {"contract_no": contract, "amount_yuan": world.rng.choice(("1000000", "2500000.5"))}
    edge = world.edge("guarantor_for", guarantor, debtor, props)
    return Record(f"guarantees/{contract}/{guarantor.best}/{debtor.best}", DATES[2], [first, second, edge])


def _arrangement(world: _World) -> Record:
    """A member of an arrangement on the votes at a company: a shared agreement, or a delegation to somebody else."""
    node, unit = world.company()
    owner, member = world.company() if world.rng.randrange(2) else world.person(unit)
    number, serial = f"LTXY-{world.rng.randrange(3)}", world.rng.randrange(100)
    agreement = f"voting-arrangements/{unit.best}/{number}"
    made, own = world.node(Mention((f"rec:{agreement}",)), "voting_arrangement", (Name(number),))
    votes: Props = {"votes": world.rng.choice((10.0, 67.0))}
    joins = world.edge("member_of_arrangement", member, own, votes if world.rng.randrange(2) else None)
    claims: list[Claim] = [node, owner, made, joins, world.edge("votes_at", own, unit, dated=False)]
    if world.rng.randrange(3) == 0:
        trustee, holder = world.company()
        claims += [trustee, world.edge("entrusted_to", own, holder, dated=False)]
    return Record(f"{agreement}/{serial}", world.rng.choice(DATES), claims)


def _branch(world: _World) -> Record:
    """A branch of a company."""
    node, unit = world.company()
    code = codes.uscc(2_000_000 + world.number(world.companies))
    branch, own = world.node(Mention((f"uscc:{code}",)), "branch", (Name("岚汀市荻苇分公司"),), 90)
    return Record(f"branches/{code}", world.rng.choice(DATES), [branch, node, world.edge("branch_of", own, unit)])


def _listed(world: _World) -> Record:
    """An entry of the debtor list about a company or person, with its case and court."""
    node, unit = world.company()
    about, subject = (node, unit) if world.rng.randrange(2) else world.person(unit)
    context = [] if about is node else [node]
    number = f"（2025）闽9801执{world.rng.randrange(4) + 1}号"
    # A record key holds no token of the vault, as real ones hold none: it is the same in every home.
    key = f"dishonest-debtors/{number}/{'person' if subject.best.startswith('pid:') else subject.best}"
    ended = {"ended": "yes", "end_kind": "withdrawn"} if world.rng.randrange(4) == 0 else {}
    props = {"list": "L01", "case_no": number, **ended}
    entry, own = world.node(Mention((f"rec:{key}",)), "list_entry", (Name(number),), 50, props)
    case, case_of = world.node(Mention((f"case:{number}",)), "case", (Name(number),))
    court, _ = world.node(COURT, "court", (Name("岚汀市人民法院"),))
    edges = [
        world.edge("about", own, subject, dated=False),
        world.edge("in_case", own, case_of, dated=False),
        world.edge("issued_by", own, COURT, dated=False),
    ]
    return Record(key, world.rng.choice(DATES), [entry, about, *context, case, court, *edges])


def _judged(world: _World) -> Record:
    """A judgment: a document, its case, a party by code and one by name in the document only."""
    serial = world.rng.randrange(3) + 1
    number = f"（2024）闽9801民初{serial}号"
    node, unit = world.company()
    doc, own = world.node(Mention((f"doc:{number}",)), "judgment", (Name(number),), rank=30)
    case, case_of = world.node(Mention((f"case:{number}",)), "case", (Name(number),), rank=30)
    name = world.rng.choice(CONTEXT_NAMES)
    person, party = world.node(Mention((context_key(own.best, name),)), "person", (Name(name),), rank=30)
    edges = [
        world.edge("decided_in", own, case_of, rank=30, dated=False),
        world.edge("party_in", unit, case_of, {"role": "被告"}, rank=30, dated=False),
        EdgeClaim(
            "party_in", party, case_of, props={"role": "原告"}, level=1, rank=30, span=(serial, serial + len(name))
        ),
    ]
    return Record(f"judgments/{number}", world.rng.choice(DATES), [doc, node, case, person, *edges])


_MAKERS = (_registered, _holding, _holding, _office, _guarantee, _arrangement, _branch, _listed, _judged)


def random_records(
    rng: Random, n: int, *, pid: Callable[[int], str] = fake_pid, conflicts: bool = False
) -> list[Record]:
    """``n`` records over some n/3 companies and n/4 people.

    A record key may come again with other claims or another date: a new version
    of that record, or a repetition. ``pid``: the vault's token of person k.
    ``conflicts``: a registration number may be linked to two unified codes.
    """
    world = _World(rng, 1 + n // 3, 1 + n // 4, pid, conflicts)
    return [rng.choice(_MAKERS)(world) for _ in range(n)]

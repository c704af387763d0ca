"""Who takes part in a composed document."""

from dataclasses import dataclass, field
from typing import Literal

from nlp.composed.lot import Lot
from nlp.composed.names import Names, id_number, uscc
from nlp.composed.values import a_day, arabic

Kind = Literal["person", "company", "other_org"]

_PEOPLES = ("汉族",) * 8 + ("回族", "满族", "壮族", "蒙古族", "维吾尔族", "畲族", "土家族")
_UNREPRESENTED = ("prosecution", "firm", "arbitration")


@dataclass(slots=True)
class Agent:
    """An agent; ``firm`` "" for an employee or relative."""

    name: str
    firm: str = ""


@dataclass(slots=True)
class Actor:
    """A subject of the document; ``role`` as printed before its name, "" for who is no party.

    ``declared``: its short name has been given in the text, so that later sentences may use it.
    """

    name: str
    kind: Kind
    sort: str
    short: str = ""
    role: str = ""
    base_role: str = ""
    declared: bool = False
    address: str = ""
    uscc: str = ""
    id_number: str = ""
    born: str = ""
    gender: str = ""
    people: str = ""
    representative: str = ""
    representative_title: str = ""
    agents: list[Agent] = field(default_factory=list)

    @property
    def label(self) -> Literal["PERSON", "ORG"]:
        """The label of its name."""
        return "PERSON" if self.kind == "person" else "ORG"


def person(names: Names, lot: Lot) -> Actor:
    """A natural person with what a party block says of one."""
    day = a_day(lot, 1945, 2002)
    return Actor(
        name=names.person(),
        kind="person",
        sort="person",
        address=names.address(),
        born=arabic(day),
        gender=lot.pick("男女"),
        people=lot.pick(_PEOPLES),
        id_number=id_number(lot, day.year, day.month, day.day) if lot.chance(0.35) else "",
    )


def organisation(names: Names, lot: Lot, sort: str) -> Actor:
    """A company, bank, shop, or an authority of a kind of ``names.yaml`` with its representative."""
    if sort == "company":
        name, short = names.company()
    elif sort == "bank":
        name, short = names.bank()
    elif sort == "shop":
        name, short = names.shop()
    elif sort == "firm":
        name = short = names.firm()
    else:
        name, short = names.agency(sort)
        short = "" if sort in _UNREPRESENTED else short
    company = sort in ("company", "bank") and not name.endswith(("合作社", "农场", "项目部"))
    titles = {"bank": ("负责人", "主要负责人"), "shop": ("经营者", "经营者", "业主")}
    title = lot.pick(titles.get(sort, ("法定代表人", "法定代表人", "法定代表人", "负责人")))
    if name.endswith(("合伙企业（有限合伙）", "分公司", "营业部", "支公司", "项目部")):
        title = "负责人"
    number = uscc(lot, shop=sort == "shop") if lot.chance(0.45) and sort in ("company", "bank", "shop") else ""
    return Actor(
        name=name,
        kind="company" if company else "other_org",
        sort=sort,
        short=short,
        address=names.address(),
        uscc=number,
        representative=names.person() if sort not in _UNREPRESENTED and (lot.chance(0.9) or sort == "shop") else "",
        representative_title=title,
    )


def with_agents(actor: Actor, names: Names, lot: Lot) -> None:
    """Give a party no, one or two agents."""
    count = lot.pick((0, 0, 1, 1, 1, 2))
    firm = names.firm() if count and lot.chance(0.8) else ""
    actor.agents = [Agent(names.person(), firm) for _ in range(count)]

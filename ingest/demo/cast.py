"""Who lives in the demo town: the people and companies of the story, and fillers without one."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import yaml

from graph.model.ids import mask_id
from ingest.demo import codes, names

#: Companies that the rows of the story call for besides its own.
MIN_FILLERS = 10

IN_BUSINESS = "存续(在营、开业、在册)"


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the town. The number is not printed with the object."""

    name: str
    id_no: str = field(repr=False)
    sex: str
    born: str

    @property
    def masked(self) -> str:
        """First six and last four places of the number."""
        return mask_id(self.id_no)

    @property
    def spoilt(self) -> str:
        """The number with a wrong check character."""
        return codes.spoil(self.id_no)


@dataclass(frozen=True, slots=True)
class Department:
    """An authority of the town."""

    code: str
    name: str
    uscc: str
    former: str = ""

    @property
    def spoilt(self) -> str:
        """The unified code with a wrong check character."""
        return codes.spoil(self.uscc)


@dataclass(frozen=True, slots=True)
class Firm:
    """A company of the town and its rows of the register as comma separated text."""

    number: int
    name: str
    uscc: str
    rep: Person
    founded: str
    capital: int
    approved: str
    former: str = ""
    form: str = "有限责任公司"

    @property
    def reg_no(self) -> str:
        """The 15-digit registration number of the time before 2015."""
        return codes.registration_number(self.number)

    @property
    def masked(self) -> str:
        """First six and last four places of the unified code."""
        return mask_id(self.uscc)

    @property
    def branch(self) -> str:
        """The unified code of its only branch."""
        return codes.uscc(2_000_000 + self.number)

    @property
    def spare(self) -> str:
        """A valid unified code that no company bears."""
        return codes.uscc(3_000_000 + self.number)

    @property
    def address(self) -> str:
        """Where it is registered."""
        return names.address(self.number * 7)

    def _row(self, uscc: str, address: str, approved: str) -> str:
        cells = (
            self.name, uscc, self.reg_no, self.form, self.rep.name, self.rep.id_no, str(self.capital), "人民币",
            self.founded, address, "", f"{names.TOWN}市场监督管理局", IN_BUSINESS, approved, self.former,
        )  # fmt: skip
        return ",".join(cells)

    @property
    def register(self) -> str:
        """Its row of the register."""
        return self._row(self.uscc, self.address, self.approved)

    @property
    def moved(self) -> str:
        """A later row with another address."""
        return self._row(self.uscc, names.address(self.number * 7 + 3), "2025-06-18")

    @property
    def register_spoilt(self) -> str:
        """Its row with a wrong check character in the code."""
        return self._row(codes.spoil(self.uscc), self.address, self.approved)

    @property
    def register_confusable(self) -> str:
        """Its row with the letter O in the code."""
        return self._row(codes.confuse(self.uscc), self.address, self.approved)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, by the handles that the story uses."""

    departments: Mapping[str, Department]
    unknown: Department
    persons: Mapping[str, Person]
    firms: Mapping[str, Firm]
    fillers: tuple[Firm, ...]
    others: tuple[Person, ...]

    def handles(self) -> dict[str, Any]:
        """The words in braces of the story: every person and company, ``f`` the fillers, ``dept`` the departments."""
        return {**self.persons, **self.firms, "f": self.fillers, "dept": self.departments}

    def subject(self, handle: str) -> Person | Firm:
        """A person or company by handle, ``debtor`` or ``f[3]``; KeyError for anything else."""
        if handle.startswith("f["):
            return self.fillers[int(handle[2:-1])]
        return self.firms[handle] if handle in self.firms else self.persons[handle]


def data(name: str) -> Any:
    """A YAML file of this package."""
    return yaml.safe_load(files(__package__).joinpath(name).read_text("utf-8"))


def _departments(story: Mapping[str, Any]) -> tuple[dict[str, Department], Department]:
    listed = [*story["departments"], [*story["unknown_department"], ""]]
    made = [
        Department(code, name, codes.uscc(9_000_000 + number, "11"), former)
        for number, (code, name, former) in enumerate(listed, start=1)
    ]
    return {d.code: d for d in made[:-1]}, made[-1]


def _persons(story: Mapping[str, Any]) -> dict[str, Person]:
    made = {}
    for number, (handle, (name, born, sex)) in enumerate(story["persons"].items()):
        order = 100 + number * 2 + (sex == "男")
        made[handle] = Person(name, codes.id_number(number, str(born), order), sex, str(born))
    return made


def _firms(story: Mapping[str, Any], persons: Mapping[str, Person]) -> dict[str, Firm]:
    made = {}
    for number, (handle, row) in enumerate(story["companies"].items(), start=1):
        name, rep, founded, capital, approved, former = row
        code = codes.uscc(number, story["kinds"].get(handle, "91"))
        form = story["forms"].get(handle, "有限责任公司")
        made[handle] = Firm(number, name, code, persons[rep], str(founded), capital, str(approved), former, form)
    return made


def _strangers(rng: random.Random) -> Iterator[Person]:
    """People without a story, all with different numbers."""
    number = rng.randrange(1_000_000)
    while True:
        id_no = codes.nth_id_number(number)
        born = f"{id_no[6:10]}-{id_no[10:12]}-{id_no[12:14]}"
        name = names.person_name(rng.randrange(20_000))
        yield Person(name, id_no, "男" if int(id_no[16]) % 2 else "女", born)
        number = (number + codes.STRIDE) % codes.ID_NUMBERS


def _fillers(count: int, taken: Mapping[str, Firm], people: Iterator[Person], rng: random.Random) -> Iterator[Firm]:
    used = {firm.name for firm in taken.values()} | {firm.former.partition("(")[0] for firm in taken.values()}
    found = 0
    for number in rng.sample(range(30_000), count + len(used)):
        name = names.company_name(number)
        if found < count and name not in used:
            found += 1
            founded = f"{rng.randrange(2004, 2018)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
            approved = founded if rng.random() < 0.6 else f"2021-{rng.randrange(1, 13):02d}-15"
            place = len(taken) + found
            yield Firm(place, name, codes.uscc(place), next(people), founded, rng.randrange(1, 31) * 100, approved)


def make_cast(story: Mapping[str, Any], companies: int, rng: random.Random) -> Cast:
    """Everybody of the story, and as many fillers as make ``companies``; ValueError when that is too few."""
    persons = _persons(story)
    firms = _firms(story, persons)
    if companies < len(firms) + MIN_FILLERS:
        raise ValueError(f"the demo town needs at least {len(firms) + MIN_FILLERS} companies, not {companies}")
    people = _strangers(rng)
    fillers = tuple(_fillers(companies - len(firms), firms, people, rng))
    others = tuple(next(people) for _ in fillers)
    departments, unknown = _departments(story)
    return Cast(departments, unknown, persons, firms, fillers, others)

"""A whole city in the layouts of the sources, for measuring: any size, memory that does not grow with it.

Every company and person is a pure function of its number, so nothing is kept.
Holdings follow a power law: few people and companies hold very many; chains, rings
and a core recur (:mod:`ingest.demo.figures`). :mod:`ingest.demo.citylife` writes the rest.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ingest.demo import codes, figures, names, rows
from ingest.demo.cast import Department, Firm, Person
from ingest.demo.files import write_csv
from ingest.demo.layouts import COLUMNS

#: Source and file name, in load order.
CITY_ORDER = (
    ("departments", "departments.csv"),
    ("registry", "registry.csv"),
    ("shareholders", "shareholders.csv"),
    ("officers", "officers.csv"),
    ("judgment-debtors", "judgment-debtors.csv"),
    ("dishonest-debtors", "dishonest-debtors-2025-04-01.jsonl"),
    ("penalties", "penalties.csv"),
)

VERSION = "2025-04-01"

#: Name, (type, unified code, ID number), share in percent.
Holder = tuple[str, tuple[str, str, str], int]

_MASK = (1 << 64) - 1
DEPARTMENT = Department("D02", f"{names.TOWN}市场监督管理局", codes.uscc(9_000_001, "11"))

#: Ranks are drawn as size x u^STEEP: the first of a million holds some 0.4 % of everything.
_STEEP = 2.5
#: One holding in seven is a company's.
_COMPANY_HELD = 7
#: Every tenth company has a penalty, every 20th is a judgment debtor, every 100th (of those) is listed.
_FINED = (3, 10)
_DEBTORS = (7, 20)
LISTED = (27, 100)


class City:
    """The companies and people of a city of ``companies`` under ``seed``, made when asked for."""

    def __init__(self, companies: int, seed: int) -> None:
        self.companies = companies
        self.seed = seed

    def draw(self, number: int, salt: int) -> int:
        """64 random bits that depend on seed, number and salt only (SplitMix64)."""
        z = (self.seed * 0x9E3779B97F4A7C15 + number * 0xD1342543DE82EF95 + salt * 0xA0761D6478BD642F) & _MASK
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & _MASK
        return z ^ z >> 31

    def rank(self, number: int, salt: int) -> int:
        """A number below ``companies``, small ones often."""
        return int(self.companies * (self.draw(number, salt) / (_MASK + 1)) ** _STEEP)

    def person(self, number: int) -> Person:
        """The person ``number`` (0 <= number < companies)."""
        id_no = codes.nth_id_number(number * codes.STRIDE % codes.ID_NUMBERS)
        sex = "男" if int(id_no[16]) % 2 else "女"
        name = names.person_name(self.draw(number, 1) % 20_000)
        return Person(name, id_no, sex, f"{id_no[6:10]}-{id_no[10:12]}-{id_no[12:14]}")

    def name(self, number: int) -> str:
        """The name that the company ``number`` bears today."""
        other = figures.namesake(number, self.companies)
        return names.company_name(number, 3) if other is None else self.former_name(other)

    def former_name(self, number: int) -> str:
        """The name of the company ``number`` before it took its present one."""
        return names.company_name(number, 3).replace("有限公司", "经营有限公司")

    def firm(self, number: int) -> Firm:
        """The company ``number`` (0 <= number < companies)."""
        bits = self.draw(number, 2)
        founded = f"{2000 + bits % 20}-{bits // 20 % 12 + 1:02d}-{bits // 240 % 28 + 1:02d}"
        rep = self.person(self.draw(number, 3) % self.companies)
        capital = (bits // 6720 % 50 + 1) * 100
        former = ""
        if figures.namesake(number, self.companies) is not None:
            founded = figures.BORROWED_FROM
        elif figures.namesake(number + 1, self.companies) == number:
            former = f"{self.former_name(number)}({founded}至{figures.RENAMED_UNTIL})"
        return Firm(number, self.name(number), codes.uscc(number), rep, founded, capital, founded, former)

    def every(self, start_step: tuple[int, int]) -> Iterator[Firm]:
        """The companies start, start + step …"""
        return map(self.firm, range(start_step[0], self.companies, start_step[1]))

    def registry(self) -> Iterator[list[str]]:
        """One row a company."""
        return (firm.register.split(",") for firm in self.every((0, 1)))

    def shareholders(self) -> Iterator[list[str]]:
        """One to three different holders a company, together 100 %."""
        for firm in self.every((0, 1)):
            for who, cells, share in self.holders(firm):
                paid = str(firm.capital * share // 100)
                yield [firm.name, firm.uscc, who, *cells, paid, str(share), firm.founded, firm.founded, ""]

    def holders(self, firm: Firm) -> list[Holder]:
        """The holders of a company, the largest of those drawn first."""
        return self._figure(firm) or list(self._drawn(firm))

    def _figure(self, firm: Firm) -> list[Holder]:
        """The holders of a company in a figure: the companies of the figure, and a person for the rest."""
        parents = figures.parents(firm.number, self.companies)
        held: list[Holder] = [
            (self.name(number), ("企业法人", codes.uscc(number), ""), share) for number, share in parents
        ]
        if held:
            person = self.person(self.rank(firm.number, 10))
            held.append((person.name, ("自然人", "", person.id_no), 100 - sum(share for _, _, share in held)))
        return held

    def _drawn(self, firm: Firm) -> Iterator[Holder]:
        """The holders of any other company."""
        count = 1 + self.draw(firm.number, 4) % 3
        first = 100 if count == 1 else 51 + self.draw(firm.number, 5) % 30
        shares = (first, (100 - first) // 2, 100 - first - (100 - first) // 2)[:count]
        shares = (first, 100 - first) if count == 2 else shares
        for (who, cells), share in zip(self._holders(firm, count).items(), shares, strict=False):
            yield who, cells, share

    def _holders(self, firm: Firm, count: int) -> dict[str, tuple[str, str, str]]:
        """``count`` holders or fewer by name: (type, unified code, ID number)."""
        found: dict[str, tuple[str, str, str]] = {}
        for place in range(count):
            rank = self.rank(firm.number, 10 + place)
            if self.draw(firm.number, 20 + place) % _COMPANY_HELD == 0 and rank != firm.number:
                found[self.name(rank)] = ("企业法人", codes.uscc(rank), "")
            else:
                person = self.person(rank)
                found[person.name] = ("自然人", "", person.id_no)
        return found

    def officers(self) -> Iterator[list[str]]:
        """The legal representative of each company, a supervisor of every other."""
        for firm in self.every((0, 1)):
            rep = firm.rep
            yield [firm.name, firm.uscc, rep.name, rep.id_no, "法定代表人", "是", firm.founded, ""]
            if firm.number % 2:
                other = self.person(self.draw(firm.number, 6) % self.companies)
                yield [firm.name, firm.uscc, other.name, other.id_no, "监事", "否", firm.founded, ""]

    def judgment_debtors(self) -> Iterator[list[str]]:
        """Companies owing under a judgment."""
        for firm in self.every(_DEBTORS):
            case, owed = rows.listing(firm.number + 1)["case"], str(self.draw(firm.number, 7) % 9_000_000 + 1000)
            yield [firm.name, firm.uscc, "", rows.CITY_COURT, "2024-09-02", case, owed, "执行中"]

    def penalties(self) -> Iterator[list[str]]:
        """One penalty each for some companies."""
        for firm in self.every(_FINED):
            act, _ = rows.ACTS[self.draw(firm.number, 8) % len(rows.ACTS)]
            day = f"2025/{firm.number % 12 + 1:02d}/{firm.number % 28 + 1:02d}"
            spec = {"number": f"岚市监处罚〔2025〕{firm.number + 1}号", "act": act, "kinds": "罚款", "fine": "0.5"}
            row = rows.penalty(spec | {"decided": day, "until": f"2028{day[4:]}"}, firm, DEPARTMENT)
            yield list(row.values())

    def listed(self) -> Iterator[Mapping[str, object]]:
        """The full debtor list as JSON lines: its head, then the entries."""
        count = len(range(LISTED[0], self.companies, LISTED[1]))
        yield {"list": "L01", "date": VERSION, "version": VERSION, "kind": "full", "previous": None, "count": count}
        for firm in self.every(LISTED):
            yield rows.list_entry(rows.listing(firm.number + 1), firm)


def counted(source: Iterator[list[str]], counts: dict[str, int], name: str) -> Iterator[list[str]]:
    """The rows of a source, counted under a name."""
    for row in source:
        counts[name] = counts.get(name, 0) + 1
        yield row


def write_city(folder: Path, companies: int, seed: int = 20260101) -> dict[str, int]:
    """Write a city of ``companies`` (1 to 1,400,000) into ``folder``: {file name: rows} in load order.

    The same bytes for the same arguments. ValueError outside the range: names and codes would repeat.
    """
    if not 1 <= companies <= 1_400_000:
        raise ValueError(f"a city has 1 to 1,400,000 companies, not {companies}")
    folder.mkdir(parents=True, exist_ok=True)
    city = City(companies, seed)
    tables: dict[str, Callable[[], Iterator[list[str]]]] = {
        "departments": lambda: iter([[DEPARTMENT.code, DEPARTMENT.name, DEPARTMENT.uscc, ""]]),
        "registry": city.registry,
        "shareholders": city.shareholders,
        "officers": city.officers,
        "judgment-debtors": city.judgment_debtors,
        "penalties": city.penalties,
    }
    counts: dict[str, int] = {name: 0 for _, name in CITY_ORDER}
    for source, name in CITY_ORDER:
        if source in tables:
            write_csv(folder / name, COLUMNS[source], counted(tables[source](), counts, name))
            continue
        with (folder / name).open("w", encoding="utf-8") as file:
            for place, line in enumerate(city.listed()):
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                counts[name] = place
    return counts

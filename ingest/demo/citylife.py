"""The life of a city: guarantees, intermediaries and their reports, later list versions, judgments as text.

The files go beside those of :func:`ingest.demo.city.write_city` for the same city.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from ingest.demo import codes, figures, rows
from ingest.demo.cast import data
from ingest.demo.city import LISTED, VERSION, City, counted
from ingest.demo.files import write_csv
from ingest.demo.layouts import COLUMNS
from ingest.demo.names import TOWN

#: Later versions of the debtor list, each a delta on the one before.
DELTAS = ("2025-07-01", "2025-10-01")

#: Source and file name (or pattern), in load order, after those of the city.
LIFE_ORDER = (
    ("guarantees", "guarantees.csv"),
    ("voting-arrangements", "voting-arrangements.csv"),
    ("intermediaries", "intermediaries.csv"),
    ("practitioners", "practitioners.csv"),
    ("engagements", "engagements.csv"),
    *(("dishonest-debtors", f"dishonest-debtors-{version}.jsonl") for version in DELTAS),
    ("judgments", "judgments/*.txt"),
)

#: Every 40th company has an arrangement on its votes when it has more than one holder.
_ARRANGED = (13, 40)

#: Texts in a city: more would only be more of the same.
TEXTS = 200

#: By the number of the listed company: what the first and the second delta do with its entry.
_CHANGES = (
    {0: ("withdraw", "已履行完毕"), 1: ("change", "信息更正")},
    {2: ("withdraw", "期限届满"), 3: ("withdraw", "撤销失信决定")},
)
#: Companies that are listed only later, as start and step like LISTED.
_LATER = ((47, 300), (67, 300))

_BANK = ("岚汀渚衡银行股份有限公司", codes.uscc(9_000_002))
_KINDS = {
    figures.AUDITOR: ("I03", "会计师事务所执业证书", "P10", "审计", "无保留意见"),
    figures.APPRAISER: ("I07", "资产评估备案", "P07", "评估", "一百万元"),
}
_STAFF = 3


class Life:
    """What happens in a city."""

    def __init__(self, city: City) -> None:
        self.city = city

    def guarantees(self) -> Iterator[list[str]]:
        """Circles of three."""
        for number in range(self.city.companies):
            other = figures.guaranteed(number, self.city.companies)
            if other is not None:
                loan = [str(number % 90 * 10 + 50), f"渚银借字2024第{number}号", "2024-04-01", "2029-03-31"]
                ends = (self.city.name(number), codes.uscc(number), self.city.name(other), codes.uscc(other))
                yield [*ends, *_BANK, "连带责任保证", *loan]

    def arrangements(self) -> Iterator[list[str]]:
        """The smaller two of three holders act in concert; the smaller of two delegates his votes to the larger."""
        for firm in self.city.every(_ARRANGED):
            head, holders = [firm.name, firm.uscc], [(who, *cells[1:]) for who, cells, _ in self.city.holders(firm)]
            term = ["", f"{firm.founded[:4]}-12-31", ""]
            if len(holders) == 3:
                for member in holders[1:]:
                    yield [*head, "一致行动", f"岚协字{firm.number:07d}号", *member, "", "", "", *term]
            elif len(holders) == 2:
                larger, smaller = holders
                yield [*head, "表决权委托", f"岚委字{firm.number:07d}号", *smaller, *larger, *term]

    def _offices(self) -> Iterator[tuple[int, int]]:
        """Every intermediary: its number and its place in the block."""
        for base in range(0, self.city.companies - figures.BLOCK + 1, figures.BLOCK):
            yield from ((base + place, place) for place in _KINDS)

    def intermediaries(self) -> Iterator[list[str]]:
        """Two a block."""
        for number, place in self._offices():
            firm, (category, title, _, kind, _) = self.city.firm(number), _KINDS[place]
            licence = [category, title, "", f"LTZZ{number:07d}", "岚汀市财政局", "2029-12-31", firm.rep.name]
            yield [firm.name, firm.uscc, *licence, kind, "A"]

    def _staff(self, number: int) -> Iterator[tuple[str, str, str]]:
        """Name, ID number and certificate of the practitioners of an office."""
        for place in range(_STAFF):
            person = self.city.person(self.city.draw(number, 30 + place) % self.city.companies)
            yield person.name, person.id_no, f"3588{number * _STAFF + place:08d}"

    def practitioners(self) -> Iterator[list[str]]:
        """Three an office."""
        for number, place in self._offices():
            for name, id_no, certificate in self._staff(number):
                paper = [_KINDS[place][2], certificate, "", "岚汀市财政局", "2015-06-01", "2029-06-01"]
                yield [name, "身份证", id_no, *paper, self.city.name(number), codes.uscc(number), "有效", "通过"]

    def engagements(self) -> Iterator[list[str]]:
        """One report for each client, by an office of its block."""
        for number, place in self._offices():
            kind, result, staff = _KINDS[place][3], _KINDS[place][4], list(self._staff(number))
            for client in figures.CLIENTS:
                firm = self.city.firm(number - place + client)
                signer = staff[client % _STAFF]
                head = [
                    f"汀{kind[0]}字2024第{number * 10 + client}号",
                    kind,
                    self.city.name(number),
                    codes.uscc(number),
                ]
                yield [*head, signer[0], signer[2], firm.name, firm.uscc, "2024-04-18", "2023年度", result]

    def delta(self, which: int) -> Iterator[Mapping[str, object]]:
        """A later version of the debtor list: its head, then its entries."""
        version, previous = DELTAS[which], (VERSION, *DELTAS)[which]
        yield {"list": "L01", "date": version, "version": version, "kind": "delta", "previous": previous}
        for place, number in enumerate(range(LISTED[0], self.city.companies, LISTED[1])):
            action, reason = _CHANGES[which].get(place % 10, ("", ""))
            if action:
                spec = rows.listing(number + 1) | {"action": action, "reason": reason}
                if action == "change":
                    spec["performance"] = "部分未履行"
                yield rows.list_entry(spec, self.city.firm(number))
        for number in range(_LATER[which][0], self.city.companies, _LATER[which][1]):
            spec = rows.listing(number + 1) | {"published": version, "action": "add"}
            yield rows.list_entry(spec, self.city.firm(number))

    def texts(self) -> Iterator[tuple[str, str]]:
        """File names and texts: a company of a block against its neighbour, judged, enforced and punished."""
        templates = {"sale": data("judgments.yaml")["filler"]["text"]} | data("judgments.yaml")["city"]
        for base in range(0, min(self.city.companies - figures.BLOCK + 1, TEXTS * figures.BLOCK), figures.BLOCK):
            firms = {word: self.city.firm(base + 20 + place) for place, word in enumerate("ab")}
            amount = self.city.draw(base, 40) % 900_000 + 10_000
            words = {"serial": base + 20, "amount": amount, "fee": amount // 50, "day": "十"} | firms
            words |= {
                f"{word}_short": firm.name.removeprefix(TOWN).removesuffix("有限公司") + "公司"
                for word, firm in firms.items()
            }
            for kind, template in templates.items():
                yield f"c{base + 20:07d}-{kind}.txt", template.format_map(words)


def write_life(folder: Path, companies: int, seed: int = 20260101) -> dict[str, int]:
    """Write the further files of a city of ``companies`` into ``folder``: {file name: rows} in load order.

    The same bytes for the same arguments; a city below 100 companies has no figures and so no rows.
    """
    life, counts = Life(City(companies, seed)), dict[str, int]()
    folder.mkdir(parents=True, exist_ok=True)
    for source, make in {
        "guarantees": life.guarantees,
        "voting-arrangements": life.arrangements,
        "intermediaries": life.intermediaries,
        "practitioners": life.practitioners,
        "engagements": life.engagements,
    }.items():
        counts[f"{source}.csv"] = 0
        write_csv(folder / f"{source}.csv", COLUMNS[source], counted(make(), counts, f"{source}.csv"))
    for which, version in enumerate(DELTAS):
        lines = [json.dumps(line, ensure_ascii=False) for line in life.delta(which)]
        (folder / f"dishonest-debtors-{version}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        counts[f"dishonest-debtors-{version}.jsonl"] = len(lines) - 1
    (folder / "judgments").mkdir(exist_ok=True)
    for file, text in life.texts():
        (folder / "judgments" / file).write_text(text, "utf-8")
        counts[f"judgments/{file}"] = 1
    return counts

"""Rows of the demo town: those of the story filled in, those of the fillers made."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.demo.cast import IN_BUSINESS, Cast, Department, Firm, Person
from ingest.demo.layouts import COLUMNS

CITY_COURT = "岚汀市人民法院"
LAW_OF_PENALTIES = "《中华人民共和国行政处罚法》第九条"

#: What fillers are fined for: the act, the department.
ACTS = (
    ("未按规定公示信息", "D02"), ("消防通道堆放杂物", "D19"), ("噪声超过排放标准", "D11"), ("占用城市道路", "D36"),
    ("超限运输", "D13"), ("使用未经检定的计量器具", "D02"),
)  # fmt: skip

#: Which fillers a source has rows for, as slices of the cast.
BRANCHES = slice(0, None, 4)
GUARANTORS = slice(3, 11)
DEBTORS = slice(6, 22, 2)
FINED = slice(1, None, 2)
FINED_XLSX = slice(0, 16, 2)
OWING_WAGES = slice(9, 15)
SUING = slice(7, 15)
#: Fillers that hold parts of each other in the story.
CROSS_HELD = (3, 4)


@dataclass(frozen=True, slots=True)
class Special:
    """What a load is to say of one row that is not simply accepted. ``row``: as in a receipt, 1 for a whole text."""

    file: str
    row: int
    outcome: str
    code: str | None
    why: str


def filled(line: str, handles: Mapping[str, Any]) -> list[str]:
    """The cells of a row of the story; an amount or name of it holds no comma."""
    return line.format_map(handles).split(",")


def penalty(spec: Mapping[str, Any], who: Person | Firm, department: Department) -> dict[str, str]:
    """A row of ``penalties`` by column, of a short description (story.yaml, ``penalties``)."""
    fine, taken = spec.get("fine", ""), spec.get("taken", "")
    content = spec["kinds"].replace("罚款", f"罚款{fine}万元").replace("没收违法所得", f"没收违法所得{taken}万元")
    row = dict.fromkeys(COLUMNS["penalties"], "")
    row |= {
        "行政相对人名称": who.name,
        "行政处罚决定书文号": spec["number"],
        "违法行为类型": spec["act"],
        "违法事实": f"{who.name}{spec['act']}，经查属实",
        "处罚依据": LAW_OF_PENALTIES,
        "处罚类别": spec["kinds"],
        "处罚内容": content,
        "罚款金额(万元)": fine,
        "没收违法所得、没收非法财物的金额(万元)": taken,
        "处罚决定日期": spec["decided"],
        "处罚有效期": "2099/12/31",
        "公示截止期": spec["until"],
        "处罚机关": department.name,
        "处罚机关统一社会信用代码": department.uscc,
        "数据来源单位": department.name,
        "数据来源单位统一社会信用代码": department.uscc,
    }
    if isinstance(who, Person):
        row |= {"行政相对人类别": "自然人", "证件类型(自然人)": "身份证", "证件号码(自然人)": who.id_no}
    else:
        kind = "个体工商户" if who.uscc.startswith("92") else "法人及非法人组织"
        row |= {"行政相对人类别": kind, "行政相对人代码_1(统一社会信用代码)": who.uscc, "法定代表人": who.rep.name}
    return row


def _list_subject(who: Person | Firm, published: str, masked_only: bool) -> dict[str, str]:
    if isinstance(who, Firm):
        return {
            "type": "1", "cardNum": who.masked, "businessEntity": who.rep.name, "partyTypeName": "581",
            "CARDTYPE": "11", "CARDNUMBER": who.uscc,
        }  # fmt: skip
    found = {
        "type": "0", "cardNum": who.masked, "businessEntity": "", "partyTypeName": "580", "sexy": f"{who.sex}性",
        "age": str(int(published[:4]) - int(who.born[:4])),
    }  # fmt: skip
    return found if masked_only else found | {"CARDTYPE": "1", "CARDNUMBER": who.id_no}


def _chinese_date(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{year}年{month}月{day}日"


def list_entry(spec: Mapping[str, Any], who: Person | Firm) -> dict[str, str]:
    """An entry of the debtor list, of a short description (story.yaml, ``dishonest-debtors``)."""
    published = str(spec["published"])
    found = {
        "iname": who.name,
        **_list_subject(who, published, spec.get("masked_only", False)),
        "caseCode": spec["case"],
        "courtName": spec["court"],
        "areaName": "福建",
        "gistId": spec["gist"],
        "gistUnit": spec["court"],
        "regDate": _chinese_date(str(spec["filed"])),
        "publishDate": _chinese_date(published),
        "duty": "支付判决确定的款项及利息",
        "performance": spec.get("performance", "全部未履行"),
        "performedPart": "",
        "unperformPart": "",
        "disruptTypeName": spec["how"],
    }
    found |= {"infoActionType": spec["action"]} if "action" in spec else {}
    found |= {"reason": spec["reason"]} if "reason" in spec else {}
    return {key: found[key] for key in COLUMNS["dishonest-debtors"] if key in found}


def _day(rng: random.Random, year: int) -> str:
    return f"{year}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"


def _shareholders(cast: Cast, rng: random.Random) -> Iterator[list[str]]:
    for place, (firm, other) in enumerate(zip(cast.fillers, cast.others, strict=True)):
        pct = 80 if place in CROSS_HELD else rng.choice((51, 60, 70, 80, 100))
        holders: list[tuple[Person | Firm, int]] = [(firm.rep, pct)]
        if pct < 100 and place not in CROSS_HELD:
            parent = cast.fillers[rng.randrange(place)] if place % 4 == 3 else other
            holders.append((parent, 100 - pct))
        for who, part in holders:
            ends = ["自然人", "", who.id_no] if isinstance(who, Person) else ["企业法人", who.uscc, ""]
            paid = str(firm.capital * part // 100)
            yield [firm.name, firm.uscc, who.name, *ends, paid, str(part), firm.founded, firm.founded, ""]


def _officers(cast: Cast, rng: random.Random) -> Iterator[list[str]]:
    for firm, other in zip(cast.fillers, cast.others, strict=True):
        if rng.random() < 0.7:
            yield [firm.name, firm.uscc, firm.rep.name, firm.rep.id_no, "法定代表人", "是", firm.founded, ""]
        if rng.random() < 0.5:
            yield [firm.name, firm.uscc, other.name, other.id_no, "监事", "否", firm.founded, ""]


def _branches(cast: Cast, rng: random.Random) -> Iterator[list[str]]:
    for firm in cast.fillers[BRANCHES]:
        head = [firm.name, firm.uscc, f"{firm.name}石埠分公司", firm.branch]
        yield [*head, firm.rep.name, firm.rep.id_no, firm.founded, IN_BUSINESS]


def _guarantees(cast: Cast, rng: random.Random) -> Iterator[list[str]]:
    bank = cast.firms["bank"]
    for number, firm in enumerate(cast.fillers[GUARANTORS], start=201):
        debtor = cast.fillers[rng.randrange(3)]
        loan = [str(rng.randrange(5, 40) * 10), f"LTNS-2024-{number}", "2024-04-01", "2029-04-01"]
        yield [firm.name, firm.uscc, debtor.name, debtor.uscc, bank.name, bank.uscc, "连带责任保证", *loan]


def _cases(cast: Cast) -> Iterator[tuple[int, Firm]]:
    """The fillers that are judgment debtors, with the serial of their case."""
    return enumerate(cast.fillers[DEBTORS], start=301)


def _judgment_debtors(cast: Cast, rng: random.Random) -> Iterator[list[str]]:
    for serial, firm in _cases(cast):
        state = rng.choice(("执行中", "执行中", "终本", "已结案"))
        amount = str(rng.randrange(20, 900) * 1000)
        yield [firm.name, firm.uscc, "", CITY_COURT, "2024-09-02", f"（2024）闽9801执{serial}号", amount, state]


def _restrictions(cast: Cast, rng: random.Random) -> Iterator[list[str]]:
    bank = cast.firms["bank"].name
    for serial, firm in _cases(cast):
        case = [f"（2024）闽9801执{serial}号", "2024-09-02", CITY_COURT, bank, _day(rng, 2025)]
        yield [firm.rep.name, firm.rep.id_no, firm.name, firm.uscc, *case, "法定代表人", "限制消费令", "否", ""]


def _wage_arrears(cast: Cast, rng: random.Random) -> Iterator[list[str]]:
    for number, firm in enumerate(cast.fillers[OWING_WAGES], start=11):
        day = _day(rng, 2025)
        until = f"2028{day[4:]}"
        owed = ["达到拒不支付劳动报酬罪数额标准", str(rng.randrange(5, 60)), str(rng.randrange(60, 600) * 1000)]
        rep = [firm.address, firm.rep.name, firm.rep.id_no, ""]
        yield [firm.name, firm.uscc, *rep, *owed, f"岚人社监列〔2025〕{number}号", day, until, ""]


FILLER_ROWS = {
    "shareholders": _shareholders,
    "officers": _officers,
    "branches": _branches,
    "guarantees": _guarantees,
    "judgment-debtors": _judgment_debtors,
    "consumption-restrictions": _restrictions,
    "wage-arrears": _wage_arrears,
}


def story_penalties(specs: Iterable[Mapping[str, Any]], cast: Cast) -> list[dict[str, str]]:
    """The penalties of the story, ``set`` overriding columns."""
    handles, found = cast.handles(), []
    for spec in specs:
        row = penalty(spec, cast.subject(spec["who"]), cast.departments.get(spec["dept"], cast.unknown))
        found.append(row | {column: text.format_map(handles) for column, text in spec.get("set", {}).items()})
    return found


def filler_penalties(firms: Sequence[Firm], first: int, cast: Cast, rng: random.Random) -> list[dict[str, str]]:
    """One penalty for each of ``firms``, numbered from ``first`` on."""
    found = []
    for number, firm in enumerate(firms, start=first):
        act, dept = rng.choice(ACTS)
        day = _day(rng, rng.choice((2024, 2025))).replace("-", "/")
        fine = rng.choice(("0.05", "0.5", "1", "2.5", "20"))
        spec = {"number": f"岚综罚〔{day[:4]}〕{number}号", "act": act, "kinds": "罚款", "fine": fine, "decided": day}
        found.append(penalty(spec | {"until": f"{int(day[:4]) + 3}{day[4:]}"}, firm, cast.departments[dept]))
    return found


def listing(serial: int) -> dict[str, str]:
    """The description of a list entry of the city court for its case ``serial`` of 2024."""
    return {
        "case": f"（2024）闽9801执{serial}号",
        "gist": f"（2024）闽9801民初{serial}号",
        "court": CITY_COURT,
        "filed": "2024-09-02",
        "published": "2025-02-14",
        "how": "违反财产报告制度",
    }


def filler_entries(cast: Cast) -> list[dict[str, str]]:
    """List entries for every judgment debtor among the fillers."""
    return [list_entry(listing(serial), firm) for serial, firm in _cases(cast)]

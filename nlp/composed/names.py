"""Composed names: persons, companies, banks, shops, authorities, courts, firms. No name is taken from a register.

A word of the kind that is asked for may by chance be borne by somebody; numbers
that go with the names are of districts that do not exist.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from graph.model.ids import check_id_card, check_uscc
from nlp.composed.lot import Lot

Split = Literal["train", "held-out"]
DATA = Path(__file__).parent / "data"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_NAMES = frozenset(
    "的了是在不我你他她它们这那个与和及诉等对向由经被于因为之以并或某啊吗呢吧把又也都就还很把让使将从到所有无未已"
)


def load(path: Path) -> Any:
    """The content of one of the composer's YAML files."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)


@cache
def pools() -> dict[str, Any]:
    """What names are made of."""
    return dict(load(DATA / "names.yaml"))


@cache
def pool(*path: str) -> Sequence[str]:
    """The words of one pool: a list, or the characters of a text."""
    found: Any = pools()
    for step in path:
        found = found[step]
    return "".join(found.split()) if isinstance(found, str) else tuple(map(str, found))


@cache
def characters(group: str, split: Split) -> str:
    """The characters of a pool (given, brand) of a split."""
    return "".join(pools()[group][split].split())


@cache
def common_signs() -> str:
    """The 3,755 characters of GB 2312 level 1 in its order, without those held out and those that make no name."""
    rows = (bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    held = set(characters("given", "held-out") + characters("brand", "held-out"))
    return "".join(char for char in rows if char and char not in held and char not in _NO_NAMES)


class Names:
    """The names of one document; ``masked``: persons and companies are 张某某, 某某公司 as in published texts."""

    def __init__(self, lot: Lot, split: Split) -> None:
        self.lot = lot
        self.split: Split = split
        self.masked = lot.chance(0.15)
        self._used: set[str] = set()
        self.province = lot.pick(pool("places", "provinces"))
        self.city = self.place("市") if lot.chance(0.85) else self._autonomous("自治州")
        self.county = self._county()

    def fresh(self, make: Any) -> str:
        """A name from ``make`` that neither holds nor is held in one given before in this document."""
        for _ in range(60):
            name = str(make())
            if not any(name in other or other in name for other in self._used):
                break
        self._used.add(name)
        return name

    def place(self, suffix: str) -> str:
        """An invented place of two signs and its kind."""
        return self.lot.pick(pool("places", "heads")) + self.lot.pick(pool("places", "tails")) + suffix

    def _autonomous(self, kind: str) -> str:
        return self.place("") + self.lot.pick(pool("places", "peoples")) + kind

    def _county(self) -> str:
        if self.lot.chance(0.06):
            return self._autonomous("自治县")
        return self.place(self.lot.pick(("县", "县", "区", "区", "市")))

    def region(self) -> str:
        """Before the name of an authority or company: province, city, county in one of the usual ways."""
        county = self.county if self.lot.chance(0.5) else self._county()
        city = self.city if self.lot.chance(0.6) else self.place("市")
        ways = (county, county, city, self.province + city, self.province + county, city + county, city)
        return self.lot.pick(ways)

    def address(self) -> str:
        """An address of invented streets."""
        lot = self.lot
        start = self.lot.pick((self.province + self.city + self.county, self.city + self.county, self.county))
        if lot.chance(0.3):
            return start
        if lot.chance(0.25):
            number = lot.pick(("", f"{lot.between(1, 30)}组", f"{lot.between(1, 400)}号"))
            return f"{start}{self.place('镇')}{lot.pick(pool('places', 'villages'))}村{number}"
        number = lot.pick((str(lot.between(1, 999)), "×××", "XXX", "＊＊"))
        room = lot.pick(("", "", f"{lot.between(1, 40)}幢", f"{lot.between(1, 20)}层", f"{lot.between(101, 2999)}室"))
        return f"{start}{lot.pick(pool('places', 'streets'))}{lot.pick(('路', '街', '大道', '北路'))}{number}号{room}"

    def person(self) -> str:
        """A person's name, masked in a masked document."""
        return self.fresh(self._masked_person if self.masked and self.lot.chance(0.85) else self._person)

    def _masked_person(self) -> str:
        lot = self.lot
        surname = lot.pick(pool("surnames"))
        tail = lot.pick(("某", "某某", "某某", "某{}", "某{}", "某某{}", "某{n}", "某某{n}", "×", "××", "＊＊"))
        return surname + tail.format(lot.pick(pool("letters")), n=lot.between(1, 9))

    def _person(self) -> str:
        lot = self.lot
        if lot.chance(0.03):
            parts = ("minority", self.split)
            return f"{lot.pick(pool(*parts, 'first'))}·{lot.pick(pool(*parts, 'second'))}"
        surnames = pool("surnames")
        surname = lot.pick(pool("double_surnames")) if lot.chance(0.03) else lot.pick(surnames)
        signs = characters("given", self.split)
        # Many signs that are no usual names, so that the model learns from what stands around a name.
        if self.split == "train" and lot.chance(0.25):
            signs = common_signs()
        return surname + "".join(lot.pick(signs) for _ in range(1 if lot.chance(0.18) else 2))

    def brand(self) -> str:
        """A 字号 of two to four signs."""
        lot = self.lot
        if self.masked and lot.chance(0.8):
            return lot.pick(("某某", "某某", "某", "××", "某" + lot.pick(pool("letters"))))
        signs = characters("brand", self.split)
        if self.split == "train" and lot.chance(0.25):
            signs = common_signs()
        return "".join(lot.pick(signs) for _ in range(lot.pick((2, 2, 2, 2, 3, 3, 4))))

    def company(self) -> tuple[str, str]:
        """A company's name and its short name."""
        lot = self.lot
        brand = self.brand()
        place = self.region()
        province = self.province[: 3 if self.province[0] in "内黑" else 2]
        short = lot.pick(
            (province, province, self.city.removesuffix("市"), place.removesuffix("市").removesuffix("省"))
        )
        trade = lot.pick(pool("trades"))
        if lot.chance(0.08):
            form = lot.pick(pool("other_companies"))
            return self._named(place + brand + form, brand)
        if lot.chance(0.08):
            form = lot.pick(pool("finance"))
            return self._named(place + brand + form, brand + "公司")
        form = lot.pick(pool("forms"))
        start = lot.pick((place + brand, place + brand, short + brand, short + brand, f"{brand}（{short}）", brand))
        seat = f"（{short}）" if lot.chance(0.06) and "（" not in start else ""
        name = start + trade + seat + form
        if lot.chance(0.07):
            name += self.place("") + lot.pick(("分公司", "分公司", "项目部", "中心支公司", "营业部"))
        return self._named(name, brand + lot.pick(("公司", "公司", trade[:2] + "公司", "")))

    def _named(self, name: str, short: str) -> tuple[str, str]:
        if any(name in other or other in name for other in self._used):
            return self.company()
        self._used.add(name)
        return name, short if len(short) > 1 else short + "公司"

    def bank(self) -> tuple[str, str]:
        """A bank or a branch of one, and its short name."""
        lot = self.lot
        place = self.place("")
        if lot.chance(0.4):
            head = lot.pick(pool("great_banks"))
            short = head.removeprefix("中国").removesuffix("银行股份有限公司")[:2] + "银行"
        else:
            start = self.region() if lot.chance(0.5) else self.brand()
            head, short = start + lot.pick(pool("bank_forms")), start.removesuffix("市") + "银行"
        branch = lot.pick(("支行", "支行", "分行", "营业部", "信用社", "分理处")) if lot.chance(0.8) else ""
        tail = self.place("") if "市" in head else lot.pick((self.city, self.county, place))
        name = head + tail + branch if branch else head
        return self._named(name, tail + branch if branch and lot.chance(0.5) else short)

    def shop(self) -> tuple[str, str]:
        """A shop run by one person."""
        word = self.lot.pick(pool("shops"))
        brand = self.brand()
        return self._named(self.region() + brand + word, brand + word)

    def agency(self, kind: str) -> tuple[str, str]:
        """An authority, court-near body or committee of a kind of names.yaml, and its short name."""
        lot = self.lot
        if kind == "government" and lot.chance(0.1):
            return self._named_or_same(lot.pick(pool("national")))
        form = lot.pick(pool("agencies", kind))
        body = form.format(
            county=self._county(),
            name=self.place(""),
            village=lot.pick(pool("places", "villages")),
            digit=lot.pick("一二三四五六"),
        )
        region = self.region()
        name = region + body
        short = lot.pick((body, region.removesuffix("市")[-3:-1] + body[-3:])) if len(body) > 3 else name
        self._used.add(name)
        return name, short

    def _named_or_same(self, name: str) -> tuple[str, str]:
        self._used.add(name)
        return name, name

    def firm(self) -> str:
        """A law firm or legal service office."""
        lot = self.lot
        short = self.province[: 3 if self.province[0] in "内黑" else 2]
        place = lot.pick((short, short, short, self.city, "北京", "上海"))
        seat = f"（{self.place('')}）" if lot.chance(0.12) else ""
        office = lot.pick(("律师事务所",) * 8 + ("法律服务所", "法律援助中心"))
        return self.fresh(lambda: place + ("" if office == "法律援助中心" else self.brand()) + seat + office)

    def court(self, level: str) -> str:
        """A court: basic, intermediate, high or special."""
        lot = self.lot
        if level == "high":
            return self.province + "高级人民法院"
        if level == "intermediate":
            return lot.pick((self.province, self.province, "")) + self.city + "中级人民法院"
        if level == "special":
            return lot.pick((self.place("") + "铁路运输法院", self.city + "海事法院", self.place("") + "互联网法院"))
        city = self.city if lot.chance(0.5) else ""
        return lot.pick((self.province, self.province, "")) + city + self.county + "人民法院"


def _completed(stem: str, valid: Any) -> str:
    return next(stem + char for char in "0123456789XABCDEFGHJKLMNPQRTUWY" if valid(stem + char).valid)


def uscc(lot: Lot, shop: bool = False) -> str:
    """A unified code with the right check character, of a district that does not exist (99…)."""
    return _completed(f"{'92' if shop else '91'}99{lot.digits(4)}MA{lot.digits(7)}", check_uscc)


def id_number(lot: Lot, year: int, month: int, day: int) -> str:
    """A citizen's number with the right check character, of a district that does not exist (99…)."""
    return _completed(f"99{lot.digits(4)}{year}{month:02}{day:02}{lot.digits(3)}", check_id_card)

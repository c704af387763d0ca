"""Where the name of a region begins that stands before the word for a body (云泽市青石区 before 公安局).

Known names come from ``data/divisions.yaml`` (provinces, prefectures) and
``data/divisions_quanzhou.csv`` (the town of this project with its counties);
others are told by their ending (县, 区, 旗 …) and what stands before them.
"""

import csv
import re
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data"

_SUFFIX = re.compile(
    r"(?:特别行政区|自治区|自治州|自治县|自治旗|经济技术开发区|高新技术产业开发区|经济开发区|开发区|管理区|示范区|工业园区|新区|林区|地区"
    r"|街道|[省市县区旗盟镇乡村])$"
)
_HANZI = re.compile(r"[\u3400-\u9fff]")
#: Words that stand before a region and are no part of its name.
_LEAD = re.compile(
    r"(?:不服|上诉于|上诉至|起诉至|移送|移交|报送|报请|委托|协助|经过|通过|根据|依据|依照|按照|关于|由于|因为|对于|以及|并且|此后|之后|申请人|执行人"
    r"|(?:判决|裁定|决定|调解|通知)书|被告人?|原告人?|第三人|公诉机关|上诉人|当事人|申请执行|隶属|来自|前往|位于|住所地|查询|担任|系原|至|到|在|于|由|向|经|被|与|和|及|对|因|以|为|从|往"
    r"|的|系|是|将|并|且|又|称|据|后|受|诉|请|任)"
)
#: Names of counties and towns that begin or end with such a word.
_KEEP = (
    "和平", "和顺", "和政", "和龙", "和林格尔", "和静", "和硕", "和田", "和县", "和布克赛尔", "于都", "于田", "于洪",
    "从化", "从江", "将乐", "向阳", "经开", "经济", "任丘", "任城", "任县", "任泽", "任兴", "且末", "后湖",
)  # fmt: skip


@cache
def _known() -> frozenset[str]:
    full: set[str] = set()
    divisions = yaml.safe_load((DATA / "divisions.yaml").read_text(encoding="utf-8"))
    for province, prefectures in divisions.items():
        full |= {province, *prefectures}
    with (DATA / "divisions_quanzhou.csv").open(encoding="utf-8", newline="") as file:
        full |= {row["name_zh"] for row in csv.DictReader(file)}
    return frozenset(full)


@cache
def _bare() -> frozenset[str]:
    """Provinces and prefectures without their ending: 福建, 泉州, 新疆."""
    short = {re.sub(r"(?:壮族|回族|维吾尔)?(?:自治区|特别行政区)$|[省市]$", "", name) for name in _known()}
    return frozenset(name for name in short if 2 <= len(name) <= 4 and name not in _known())


_LONGEST = 14
#: Before 区: quarters whose name begins with the ending of a city.
_CITY_QUARTERS = ("市中", "市南", "市北")


def region_start(text: str, at: int, bare: bool = False) -> int:
    """Start of the chain of region names that ends at ``at``; ``at`` itself when there is none.

    ``text``: folded (``nlp.compact``). ``bare``: a single known name without its ending is one, too (泉州海事法院).
    """
    start = at
    while start > 0:
        unit = _unit(text, start)
        if unit == start:
            break
        start = unit
    if start < at or bare:
        start = _named(text, start, _bare())
    return start


def _named(text: str, end: int, names: frozenset[str]) -> int:
    """Start of the longest of ``names`` that ends at ``end``; ``end`` without one."""
    for length in range(min(_LONGEST, end), 1, -1):
        if text[end - length : end] in names:
            return end - length
    return end


def _unit(text: str, end: int) -> int:
    """Start of the one region name that ends at ``end``."""
    known = _named(text, end, _known())
    if known < end:
        return known
    suffix = _SUFFIX.search(text, max(0, end - 9), end)
    if suffix is None:
        return end
    stem = suffix.start()
    longest = 12 if suffix.group().startswith("自治") else 6
    begin = stem
    while begin > 0 and stem - begin < longest and _HANZI.match(text[begin - 1]) and not _ends_unit(text, begin, stem):
        begin -= 1
    cut = _lead_cut(text, begin, stem)
    if cut == begin and stem - begin >= longest - 1 and longest == 6:
        # Nothing says where the name begins: most have two signs.
        cut = stem - 2
    if stem - cut == 1 < stem - begin <= 2 and not suffix.group().startswith("县"):
        # 和港区: what looks like a leading word belongs to the name; of the regions only 县 have names of one sign.
        cut = begin
    return cut if cut < stem else end


def _ends_unit(text: str, at: int, stem: int) -> bool:
    """Whether another region name ends at ``at``, so that the one up to ``stem`` begins there."""
    if at == stem or text[at - 1 : stem] in _CITY_QUARTERS:
        return False
    return text[at - 1] in "省市县区旗盟" or _named(text, at, _known()) < at


def _lead_cut(text: str, begin: int, stem: int) -> int:
    """Index behind the last leading word within ``text[begin:stem]``; ``begin`` without one."""
    cut = begin
    at = begin
    while at < stem:
        if any(text.startswith(word, at) for word in _KEEP):
            break
        lead = _LEAD.match(text, at, stem)
        at = lead.end() if lead else at + 1
        if lead and at < stem:
            cut = at
    return cut

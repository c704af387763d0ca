"""What a name looks like, to hold what the learned ``ner`` finds against: endings, surnames, lengths."""

import re
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data"

#: Fewer and longer than the endings of the party block: here nothing else says that there is an organisation.
ORGANISATION = re.compile(
    r"(?:公司|局|厅|院|会|所|行|社|店|厂|部|中心|企业|政府|队|站|集团|办公室|机关|馆|坊|矿|校|学|商场|市场|农场|超市|工程处"
    r"|办事处|项目|小组)(?:\([^()]*\))?$"
)
_HANZI = re.compile(r"[\u3400-\u9fff]+")
_MASKED = re.compile(r"[\u3400-\u9fff]{1,2}(?:某{1,3}|[×*]{1,3})[\u3400-\u9fff\d]?")
_ENGLISH_STYLE = re.compile(r"[\u3400-\u9fff]{1,12}(?:·[\u3400-\u9fff]{1,12}){1,3}")
_OFFICE = re.compile(r"任.{0,3}(?:长|任|书记|经理|董事|监事|科员)$")
#: One word alone, or the kind of a body, is no organisation in particular.
_KINDS = (
    "物业公司", "保险公司", "双方公司", "本公司", "该公司", "国家机关", "公安机关", "司法机关", "行政机关", "税务机关",
    "侦查机关", "主管部门", "有关部门", "财务部", "人民法院", "人民检察院",
)  # fmt: skip
_NO_START = re.compile(r"(?:且|的|了|在|由|被|与|因|该|本(?!溪)|其|某些|某种|涉案|双方)")


@cache
def _words() -> tuple[frozenset[str], tuple[str, ...], re.Pattern[str]]:
    """Surnames of one sign, of two, and what begins a common word."""
    found = yaml.safe_load((DATA / "surnames.yaml").read_text(encoding="utf-8"))
    single = frozenset("".join(found["single"].split()))
    common = re.compile("|".join(map(re.escape, found["words"])))
    return single, tuple(found["double"]), common


def is_person(text: str) -> bool:
    """Whether the folded ``text`` can be the name of a person that no party block declares."""
    single, double, common = _words()
    if _MASKED.fullmatch(text) or _ENGLISH_STYLE.fullmatch(text):
        return True
    if not _HANZI.fullmatch(text) or common.match(text) or _OFFICE.match(text) or text[-1] in "省市县旗镇乡":
        return False
    return len(text) <= 4 if text.startswith(double) else len(text) in (2, 3) and text[0] in single


def is_organisation(text: str) -> bool:
    """Whether the folded ``text`` can be the name of an organisation that no party block declares."""
    if text in _KINDS or _NO_START.match(text) or len(text) < 3:
        return False
    return bool(ORGANISATION.search(text))

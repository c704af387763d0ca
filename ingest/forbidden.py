"""What may never come in: state and trade secrets, and facts about a person that no credit file may hold.

Sources: 征信业管理条例 Art. 14 (religion, genes, fingerprints, blood type, illness and its history), 政府信息公开条例
Art. 14-15 (secrets); classes SECRET and FORBIDDEN of graph/model/vocab/openness_classes.csv.
"""

import re
from collections.abc import Sequence
from itertools import count

_FORBIDDEN_TITLES = re.compile(
    r"宗教|信仰|基因|DNA|指纹|虹膜|血型|疾病|病史|病历|患病|健康状况|国家秘密|商业秘密|个人隐私|密级"
    r"|RELIGION|GENETIC|FINGERPRINT|BLOOD_?TYPE|DISEASE|ILLNESS|MEDICAL_?HISTORY|STATE_?SECRET|TRADE_?SECRET",
    re.IGNORECASE,
)
_CLASS_TITLES = re.compile(r"公开属性|OPENNESS", re.IGNORECASE)
_CLASS_VALUES = re.compile(r"SECRET|FORBIDDEN|不予公开.*|禁止归集.*", re.IGNORECASE)

#: A value is caught where it states such a fact of somebody, not where it names an offence (侵犯商业秘密) or a rule of
#: trade (患有有碍食品安全疾病的人员).
_FORBIDDEN_VALUES = re.compile(
    r"(?:宗教信仰|血型|指纹|虹膜|基因|DNA|疾病|既往病史|病史|病历|健康状况|国家秘密|商业秘密)"
    r"(?:信息|编号|特征|检测结果|情况|内容)?\s*[:：]"
    r"|信(?:仰|奉)(?:佛|道|基督|天主|伊斯兰)教|(?:佛|道|基督|天主|伊斯兰)教(?:徒|信徒)"
    r"|(?:AB|[ABOＡＢＯ])型血|血型[是为]?\s*[ABOＡＢＯ]"
    r"|(?:本人|其|当事人|被执行人|经营者|负责人|法定代表人)(?:自幼|长期)?(?:患有|罹患)(?!有碍)"
    r"|(?:绝密|机密|秘密)\s*[★☆]|密级\s*[:：]?\s*(?:绝密|机密|秘密)"
    r"|(?:属于|内容为|含有)国家秘密"
)

#: A sign that every such value holds: most rows hold none and need no closer look.
_HINT = re.compile("[教血纹膜因病况密患N]")


def forbidden_columns(titles: Sequence[str]) -> dict[int, re.Pattern[str]]:
    """Position of each column that may hold forbidden content -> which of its values are forbidden."""
    anything = re.compile(r"(?s).+")
    found: dict[int, re.Pattern[str]] = {}
    for position, title in enumerate(titles):
        if _FORBIDDEN_TITLES.search(title):
            found[position] = anything
        elif _CLASS_TITLES.search(title):
            found[position] = _CLASS_VALUES
    return found


def forbidden_cell(cells: Sequence[str], columns: dict[int, re.Pattern[str]]) -> int | None:
    """The position of the first cell of a row whose content must not come in, None when there is none."""
    for position, values in columns.items():
        if position < len(cells) and values.fullmatch(cells[position].strip()):
            return position
    text = "\n".join(cells)
    if not _HINT.search(text) or not _FORBIDDEN_VALUES.search(text):
        return None
    return next((n for n, cell in zip(count(), cells, strict=False) if _FORBIDDEN_VALUES.search(cell)), None)

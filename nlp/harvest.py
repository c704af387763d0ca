"""Names of those who are no party: in the judgments that a text recites, and wherever a short name is declared.

A name is taken only where the grammar of the sentence asks for one, and only when it has the form of one.
"""

import re
from collections.abc import Iterator

from nlp.cast import Subject
from nlp.lexicon import COMPANY_ENDINGS, OTHER_ENDINGS, SURNAMES, alternatives
from nlp.names import kind_of

_ENDINGS = alternatives(COMPANY_ENDINGS + tuple(word for word in OTHER_ENDINGS if len(word) > 1))
_ORG = rf"[\u3400-\u9fff()A-Za-z0-9·×*]{{2,40}}?(?:{_ENDINGS})"
#: The figure that tells two of one masked name apart (张某2), not the first of a sum.
_INDEX = r"(?:\d(?![\d,.]*(?:[万亿]?元|\d)))?"
_PERSON = rf"(?:{alternatives(SURNAMES)})(?:某[某甲-癸]?{_INDEX}|[\u3400-\u9fff]{{1,2}}?{_INDEX}|[×*]{{1,2}})"
_NAME = rf"(?:{_ORG}|{_PERSON})"
_LIST = rf"{_NAME}(?:(?:[、和及与]|以及){_NAME}){{0,6}}"
_ROLE = r"(?:被告人|被告|原告|第三人|被执行人|申请执行人|被申请人|申请人|案外人)?"
_PAYS = r"(?:连带|共同|一次性)?(?:偿还|返还|归还|支付|给付|赔偿|清偿|退还|补偿|付)"
_DEBTORS = re.compile(
    rf"(?:判决|判令|责令|裁决|确认|判|由|[;,。:、号])(?:由|限)?{_ROLE}(?P<names>{_LIST})"
    rf"(?=于|应|需|须|在(?:本?判决|\d)|{_PAYS}|(?:对[^,;。]{{2,40}})?(?:承担|负|共同|连带))"
)
_CREDITORS = re.compile(
    rf"{_PAYS}(?:给|向)?{_ROLE}(?P<names>{_LIST})(?=借款|货款|工程|担保|代偿|本金|各项|人民币|劳务|劳动|工资|材料|租金|欠款|违约|款|因|损失|经济|医疗|\d|\()"
    rf"|向{_ROLE}(?P<others>{_LIST})(?={_PAYS})"
)
_DECLARED = re.compile(r"\((?:以下|下)?(?:统称|简称|称)(?:为|:)?[\"“]?(?P<alias>[^()\"“”,。]{2,20})[\"”]?\)")
_ORG_BEFORE = re.compile(r"[\u3400-\u9fff()A-Za-z0-9·×*]{2,40}$")
_ORG_END = re.compile(rf"(?:{_ENDINGS})$")
#: Sentences that may tell of a holding or a guarantee; the others are not searched.
_TELLING = re.compile(r"[^。;\n]*?(?:股|担保|保证|抵押|质押|转让|出质|出资|投资)[^。;\n]*")
_BONDS = re.compile(
    rf"股东(?:为|是|系|包括|有|:|分别为)?(?P<a>{_LIST})(?=[(、,。;]|认缴|持股|出资|持有|$)|(?:[、,。;:和由\n]|^)(?P<b>{_LIST})(?=股东(?:[、的和,]|一直|均))"
    rf"|(?:[、,。;:和由\n]|^)(?P<c>{_LIST})(?=(?:\([^()]*\))?(?:分别|各|共同|合法)?(?:持股|持有[^,。;]{{0,40}}?(?:股权|股份|股)))"
    rf"|(?:转让|出让|过户)(?:给|至|予){_ROLE}(?P<d>{_LIST})(?=[,。;(]|并|$)"
    rf"|(?:由|保证人|担保人|抵押人|出质人)(?:为|是|系|:)?{_ROLE}(?P<e>{_LIST})(?=(?:为[^,。;]{{2,40}})?(?:提供|承担)[^,。;]{{0,14}}(?:保证|担保|抵押|质押))"
    rf"|(?:[、,。;:和\n]|^)(?P<f>{_LIST})(?=(?:自愿)?以(?:其|自有|名下)[^。;]{{2,80}}?(?:提供|设定)[^,。;]{{0,12}}(?:担保|抵押|质押))"
    rf"|(?:[、,。;:和与\n]|约定|^)(?P<g>{_NAME})(?=将(?:其)?(?:所)?(?:持有|名下|拥有)[^。;]{{2,50}}?(?:股权|股份)[^。;]{{0,24}}?(?:转让|出让|过户|出售))"
    rf"|由(?:自然人|股东)?(?P<i>{_LIST})(?=(?:等[^,。;]{{0,6}})?(?:于)?(?:\d{{4}}年[^,。;]{{0,8}})?(?:共同|各自|独资|分别)*(?:出资|投资|发起|独资)[^,。;]{{0,8}}?(?:设立|成立|组建|创办))"
    rf"|(?:卖|转让|出售|让与)(?:给|与)(?P<j>{_LIST})(?=[,。;(]|$)"
    rf"|(?:[、,。;:\n]|^)(?P<h>{_LIST})(?=(?:系|为|是|作为)[^,。;]{{2,40}}?的?(?:唯一|控股|原|大|小|隐名|显名)?股东(?!会|大会|权))"
)
_SHAREHOLDERS = re.compile(
    r"(?:股东|出资人|投资人|发起人)(?:分别|登记)?(?:为|是|系|包括|有|:)+(?P<rest>[^。;\n]{2,160})"
)
_OWNER_END = re.compile(r"(?:持股|持有|认缴|实缴|出资|占|各|等|均|分别|以及|其中).*$")
_FULL = r"[\u3400-\u9fff()A-Za-z0-9·×*]{4,40}?(?:有限责任公司|有限公司|股份公司|合作社|合伙企业|制造厂|加工厂)"
_COMPANY = re.compile(
    rf"(?:^|[。;,\n]|认为|称|查明)[,:]?(?:被告|原告|第三人)?(?P<name>{_FULL})(?=系\d|系由|于\d|成立于|的注册|注册资本|的(?:登记)?(?:股东|出资人)|由[^,。;]{{2,40}}(?:出资|投资))"
)
_WORDS = re.compile(
    r"^(?:全部|全体|其他|其余|双方|各方|三方|应当|关于|由于|有限|方式|成立|时间|相关|相应|后来|和解|公司|公章|平均|安装|从事|经理|管理|单位|任何|有权|"
    r"应由|应为|向其|与其|从未|时任|成为|都是|后又|方可|经营|能够|相互|关联|有效|常务|查明|明确|共同|分别|连带|于是|但其|计算|党组|时代|应付|相对|"
    r"双方当|于上|在上|均为|均系|部分|合同|协议|借款|贷款|房产|房屋)"
)
_NOT_IN_A_NAME = re.compile(
    r"[,;。]|判决|本院|法院(?!$)|检察院(?!$)|义务|被告|原告|作为|请求|追加|不再|(?:公司|银行)[与和、及]|认为|承担|签订|提供|持有|股东|收到|领取|取得"
)
_WHOLE = re.compile(_NAME)
_AND = re.compile(r"以及|[和及与]")
_LEAD = re.compile(
    r"^(?:与|和|及|向|由|对|被告|原告|第三人|案外人|本院|法院|判决|判令|上述|以及|同时|并|其|该|系|为|是|由于|但|而|且|又)+"
)
#: What stands before the full name that a short name is declared for, strongest last.
_BEFORE_DECLARED = re.compile(
    r"^.*(?:偿还|返还|归还|支付|给付|赔偿|清偿|案外人|被告|原告|第三人|申请人|执行人|内向|人向|案由|购买|受让)|^.{0,24}(?:[向由与给]|(?<=[院人司行])[和及对])(?=.{6})"
)


def _each(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The names of a list; 和 parts two of them only when both sides are names (not 人力资源和社会保障局)."""
    at = start
    for piece in text[start:end].split("、"):
        cuts = [0, len(piece)]
        for match in _AND.finditer(piece):
            sides = piece[cuts[-2] : match.start()], piece[match.end() :]
            if all(_WHOLE.fullmatch(side) for side in sides):
                yield at + cuts[-2], at + match.start()
                cuts[-2] = match.end()
        yield at + cuts[-2], at + cuts[-1]
        at += len(piece) + 1


def _subject(text: str, start: int, end: int) -> Subject | None:
    lead = _LEAD.match(text[start:end])
    start += lead.end() if lead else 0
    name = text[start:end]
    if len(name) < 2 or _WORDS.match(name) or _NOT_IN_A_NAME.search(name):
        return None
    return Subject(name, kind_of(name, "", ""), start, end)


def names_recited(text: str, start: int, end: int) -> Iterator[Subject]:
    """Debtors and creditors named in the operative words of a judgment that ``text[start:end]`` recites."""
    for pattern in (_DEBTORS, _CREDITORS):
        for match in pattern.finditer(text, start, end):
            group = "names" if match["names"] else "others"
            for start_of, end_of in _each(text, *match.span(group)):
                if subject := _subject(text, start_of, end_of):
                    yield subject


def _holders(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The names behind 股东为 in ``text[start:end]``, whatever brackets stand between them."""
    for match in _SHAREHOLDERS.finditer(text, start, end):
        rest = re.sub(r"\([^()]*\)(?=[、,和及与。;]|$)", lambda m: " " * len(m.group()), match["rest"])
        at = match.start("rest")
        for piece in re.split(r"(?<=[、,和及与])", rest):
            name = _OWNER_END.sub("", piece).rstrip("、,和及与 ")
            if _WHOLE.fullmatch(name):
                yield at, at + len(name)
            elif not name.strip():
                pass
            else:
                break
            at += len(piece)


def names_bound(text: str, start: int, end: int) -> Iterator[Subject]:
    """Companies told of, holders of shares and guarantors named in ``text[start:end]``."""
    for match in _COMPANY.finditer(text, start, end):
        if subject := _subject(text, *match.span("name")):
            yield subject
    for begin, stop in _holders(text, start, end):
        if subject := _subject(text, begin, stop):
            yield subject
    for told in _TELLING.finditer(text, start, end):
        # From the stop before on: a name that opens the sentence is known by it.
        for match in _BONDS.finditer(text, max(start, told.start() - 1), told.end()):
            group = match.lastgroup or "a"
            for begin, stop in _each(text, *match.span(group)):
                if subject := _subject(text, begin, stop):
                    yield subject


def names_declared(text: str, start: int, end: int) -> Iterator[Subject]:
    """Organisations that ``text[start:end]`` gives a short name to."""
    for match in _DECLARED.finditer(text, start, end):
        begin = max(start, match.start() - 42)
        before = _ORG_BEFORE.search(text[begin : match.start()])
        if before is None or not _ORG_END.search(before.group()):
            continue
        lead = _BEFORE_DECLARED.match(before.group())
        start_of = begin + before.start() + (lead.end() if lead else 0)
        if subject := _subject(text, start_of, match.start()):
            subject.aliases.append(match["alias"])
            yield subject

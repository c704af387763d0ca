"""Who guarantees whose debt, as the disposition orders, the court finds, or a judgment recited has fixed it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.cast import Cast
from nlp.disposition import Part
from nlp.liability import Liability, debtors_of, found_guarantor, joint_ground, liabilities
from nlp.obligations import Obligation

_LENDING = re.compile(r"借款|借贷|担保|保证|追偿|融资租赁|信用卡|票据|典当|保理|贷款")
_PROVIDES = re.compile(
    r"(?:提供|设定|承担|作为|系|为|负)[^,。;]{0,16}?(?:保证(?!金)|担保|抵押|质押|反担保)"
    r"|(?:签订|签署|出具|订立)[^,。;]{0,30}?(?:保证|担保|抵押|质押)[^,。;]{0,6}(?:合同|函|书|协议|承诺)"
    r"|(?:保证人|担保人|抵押人|出质人)(?:处|栏)?(?:签字|签名|盖章|身份)"
)
_NEGATED = re.compile(
    r"未(?:为|向|能|提供|签订|办理)|没有|不(?:承担|再|具有|构成|成立)|并非|不是|无证据|不足以|不予|主张|诉称|辩称|认为其"
)
#: Of somebody who owes by the disposition a guarantee is only taken in plain words, and not beside a loan of his own.
_SURETY, _BORROWS = (
    re.compile(r"保证人|担保人|(?:连带|提供)[^,。;]{0,8}(?:保证|担保)"),
    re.compile(r"签订[^,;。]{0,16}借款合同|共有|夫妻|婚姻"),
)
_CLAIM = re.compile(r"诉讼请求|请求(?:判令|法院|依法)|诉称|辩称|事实(?:和|与)理由|主张")
_FINDS = re.compile(
    r"(?:经(?:本院|法庭)?(?:开庭|公开)?审(?:理|查)(?:后)?(?:查明|认定|确认)?|本院(?:经审理|经审查)?(?:查明|认定|确认)|查明(?:以下)?(?:的)?(?:案件)?事实|认定(?:以下|如下)?(?:的)?事实|另查|又查|再查|综上|评判如下)"
)


@dataclass(frozen=True, slots=True)
class Guarantee:
    """``guarantor`` answers for the debt of ``debtor``: indexes into the cast."""

    guarantor: int
    debtor: int
    start: int
    end: int
    confidence: float
    rule: str


def findings_start(text: str, start: int, end: int) -> int:
    """Where the court begins to tell what it found; ``end`` when no such words are there."""
    match = _FINDS.search(text, start, end)
    return match.start() if match else end


def by_order(
    text: str, cast: Cast, parts: Sequence[Part], obligations: Sequence[Obligation], found: tuple[int, int], cause: str
) -> tuple[list[Guarantee], list[tuple[Liability, tuple[int, ...]]]]:
    """Guarantees that the disposition orders, and the liabilities that make joint debtors, with their debtors."""
    guarantees: list[Guarantee] = []
    joint: list[tuple[Liability, tuple[int, ...]]] = []
    for part in parts:
        if part.kind != "order":
            continue
        for one in liabilities(text, cast, part.start, part.end):
            debtors = debtors_of(one, obligations)
            owing = {i for o in obligations for i in o.debtors if not one.items or o.item in one.items}
            for bearer in one.bearers:
                if bearer in owing:
                    continue
                confidence = _confidence(text, cast, one, bearer, found, cause)
                if confidence is None:
                    joint.append(
                        (Liability(one.bond, (bearer,), one.debtors, one.items, one.start, one.end, False), debtors)
                    )
                    continue
                guarantees += [
                    Guarantee(bearer, debtor, part.start, part.end, confidence, "ordered")
                    for debtor in debtors
                    if debtor != bearer
                ]
    return guarantees, joint


def _confidence(text: str, cast: Cast, one: Liability, bearer: int, found: tuple[int, int], cause: str) -> float | None:
    """How sure a bearer of liability is a guarantor; None for one who is not."""
    if one.bond == "supplementary":
        return None
    if one.certain or found_guarantor(text, cast, bearer, *found):
        return 0.95
    if joint_ground(text, cast, bearer, *found):
        return None
    return 0.7 if _LENDING.search(cause) else None


def by_recital(text: str, cast: Cast, obligations: Sequence[Obligation], start: int, end: int) -> Iterator[Guarantee]:
    """Guarantees in the judgments that ``text[start:end]`` recites: 负连带责任 right behind the debt."""
    for one in liabilities(text, cast, start, end):
        before = [o for o in obligations if o.end <= one.start + 1 or o.start <= one.start < o.end]
        if not before or one.bond == "supplementary":
            continue
        debtors = one.debtors or before[-1].debtors
        for bearer in one.bearers:
            for debtor in debtors:
                if bearer != debtor:
                    yield Guarantee(bearer, debtor, one.start, one.end, 0.85, "recited")


def by_finding(
    text: str, cast: Cast, start: int, end: int, debtors: Sequence[int], refused: set[int]
) -> Iterator[Guarantee]:
    """Guarantees that the court finds in ``text[start:end]``.

    ``debtors``: who owes by the disposition, for a sentence that names no debtor. ``refused``: who is not liable
    by the disposition, of whom nothing is taken.
    """
    at = start
    for match in re.finditer(r"[。;\n]|$", text[start:end]):
        begin, stop = at, start + match.start()
        at = start + match.end()
        provides = _PROVIDES.search(text, begin, stop) if begin < stop else None
        if provides is None or _NEGATED.search(text, begin, stop) or _CLAIM.search(text, begin, stop):
            continue
        yield from _in_sentence(text, cast, begin, stop, provides, debtors, refused)


def _in_sentence(
    text: str, cast: Cast, start: int, end: int, provides: re.Match[str], debtors: Sequence[int], refused: set[int]
) -> Iterator[Guarantee]:
    mentions = [m for m in cast.find(start, end) if m.sure]
    clause = max(text.rfind(",", start, provides.start()), start - 1) + 1
    clause_mentions = [m for m in mentions if clause <= m.start < provides.end()]
    if not clause_mentions:
        previous = max(text.rfind(",", start, max(clause - 1, start)), start - 1) + 1
        clause_mentions = [m for m in mentions if previous <= m.start < provides.end()]
    whom = [
        m for m in clause_mentions if re.search(r"(?:为|对|替)(?:被告|借款人|债务人|原告)?$", text[start : m.start])
    ]
    bearers = [
        m
        for m in clause_mentions
        if m not in whom and not re.search(r"(?:与|向|同|和原告)(?:原告|被告|第三人)?$", text[start : m.start])
    ]
    bound = {i for m in bearers for i in m.subjects}
    debt = tuple(i for m in whom for i in m.subjects) or tuple(i for i in debtors if i not in bound)
    if bound & set(debtors) and (_BORROWS.search(text, start, end) or not _SURETY.search(text, start, end)):
        return
    confidence = 0.9 if whom else 0.8 if len(set(debt)) == 1 else 0.6
    for mention in bearers:
        for bearer in mention.subjects:
            if bearer in refused or (cast.subjects[bearer].roles and set(cast.subjects[bearer].roles) & {"原告"}):
                continue
            for debtor in debt:
                if debtor != bearer and bearer not in debt:
                    yield Guarantee(bearer, debtor, start, end, confidence, "found")

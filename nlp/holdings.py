"""Who holds shares in whom, present or past, as anyone states it and the court does not reject it.

Ways to say it: 股东为甲、乙; 甲系丙公司股东; 甲持有丙公司40%股权; 由甲持股70%; 股东甲认缴…;
甲将其持有的丙公司股权转让给乙.
All places are indexes into the folded text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.cast import Cast, Mention

_ADJ = (
    r"(?:唯一|控股|大|小|原|现|前|隐名|显名|名义|实际|自然人|法人|发起|登记|工商登记|工商登记的|个人|出资|持股"
    r"|两名|二|两|三|全体|其他|最大|第一大)*(?:的)?"
)
_LISTED = re.compile(
    rf"{_ADJ}(?:股东|出资人|投资人|发起人)(?:及(?:出资|持股)(?:比例|情况))?(?:信息)?(?:登记)?(?:分别|现)?(?:为|是|系|包括|有|由|变更为|:)+"
)
_FOUNDED = re.compile(r"(?:系|是)?由(?:自然人|股东|案外人)?|(?:系|是)(?:自然人|股东)?")
_FOUNDING = re.compile(
    r"(?:等[^,。;]{0,6})?(?:\d{4}年[^,。;]{0,8})?(?:共同|各自|独资|分别|一人|个人)*(?:出资|投资|发起|独资)[^,。;]{0,8}?(?:设立|成立|开办|组建|创办)"
)
_IS = re.compile(
    rf"(?:均|都|分别|同时|也|现|原|曾)?(?:系|为|是|作为|成为|担任)(?P<of>[^,。;]{{0,40}}?)(?:的)?{_ADJ}(?:股东|出资人|投资人|发起人)(?!会|大会|之间|权|代表|决议|名册|身份|资格|知情)"
)
_HOLDS = re.compile(
    r"(?:合法|共同|实际|分别|各|代(?:为)?)?(?:持有|拥有|享有|占有?|持股|占股|出资占|受让)(?P<of>[^,。;、]{0,40}?)(?:\d[\d.]*[%‰]|百分之[一二三四五六七八九十百点零]+|全部|部分|相应|[\d.,]+万?股)(?:的)?(?:[^,。;、]{0,6}?(?:股权|股份|股|出资|份额))?"
)
_BEFORE = re.compile(rf"{_ADJ}股东(?:\(?)$")
_TRANSFER = re.compile(
    r"将(?:其)?(?:所)?(?:持有|拥有|名下|享有)?(?:的)?(?P<of>[^,。;]{0,40}?)(?:[\d.]+[%‰]|全部|部分|百分之[一二三四五六七八九十百点]+)?(?:的)?(?:股权|股份|出资)[^,。;]{0,24}?(?:转让|出让|过户|变更|卖|出售|让与)(?:给|至|予|到)?"
)
_GIVEN = re.compile(
    r"(?:其)(?:名下|所持|持有|所持有)(?:有)?(?:的)?(?P<of>[^,。;]{0,40}?)(?:[\d.]+[%‰])?(?:的)?(?:股权|股份|出资)[^,。;]{0,12}?"
    r"(?:转让|出让|过户|卖|出售|让与)(?:给|至|予|与)"
)
_SHARE_WORD = re.compile(r"股东|股权|股份|持股|出资")
_REJECTED = re.compile(
    r"不(?:是|系|具有|享有|认可|具备)[^,。;]{0,20}(?:股东|股权)|并非[^,。;]{0,20}股东|未(?:持有|成为|取得)|无(?:证据|法)证明[^。;]{0,30}股东|要求确认|请求确认|是否"
)
_JOINED = re.compile(
    r"(?:\((?:[^()]*)\))?(?:股东)?(?:持股|占股|占|出资|认缴)?(?:[\d.]+[%‰]|[\d.,]+万?元)?(?:的)?(?:股权|股份|股)?(?:[、和及与,]|以及)(?:股东|被告|第三人|原告|自然人)?"
)


@dataclass(frozen=True, slots=True)
class Holding:
    """``holder`` is or was a holder of ``company``: indexes into the cast."""

    holder: int
    company: int
    start: int
    end: int
    confidence: float
    rule: str


class HoldingReader:
    """Reads holdings sentence by sentence; remembers the company last spoken of."""

    def __init__(self, text: str, cast: Cast) -> None:
        self.text, self.cast = text, cast
        self._last: int | None = None

    def read(self, start: int, end: int) -> Iterator[Holding]:
        """The holdings that ``text[start:end]`` states."""
        at = start
        for match in re.finditer(r"[。;\n]|$", self.text[start:end]):
            begin, stop = at, start + match.start()
            at = start + match.end()
            if begin >= stop:
                continue
            mentions = self.cast.find(begin, stop)
            if _SHARE_WORD.search(self.text, begin, stop) and not _REJECTED.search(self.text, begin, stop):
                yield from self._sentence(begin, stop, mentions)
            for mention in mentions:
                self._note(mention)

    def _note(self, mention: Mention) -> None:
        companies = [i for i in mention.subjects if self.cast.subjects[i].kind == "company"]
        if len(companies) == 1:
            self._last = companies[0]

    def _company(
        self, mentions: list[Mention], before: int, inside: tuple[int, int] | None
    ) -> tuple[int, float] | None:
        """The company meant: named in the phrase itself, else the last one before ``before``, else spoken of before."""
        if inside:
            named = [m for m in mentions if inside[0] <= m.start and m.end <= inside[1] + 1 and self._is_company(m)]
            if named:
                return named[-1].subjects[0], 0.9
            words = self.text[slice(*inside)]
            if words and not re.search(r"该|其|本|公司|被告|原告|目标", words) and re.search(r"公司|厂|企业", words):
                return None
        earlier = [m for m in mentions if m.end <= before and self._is_company(m)]
        if earlier:
            return earlier[-1].subjects[0], 0.85
        return (self._last, 0.8) if self._last is not None else None

    def _is_company(self, mention: Mention) -> bool:
        return len(mention.subjects) == 1 and self.cast.subjects[mention.subjects[0]].kind != "person"

    def _sentence(self, start: int, end: int, mentions: list[Mention]) -> Iterator[Holding]:
        yield from self._listed(start, end, mentions)
        yield from self._is(start, end, mentions)
        yield from self._holds(start, end, mentions)
        yield from self._apposed(start, end, mentions)
        yield from self._transferred(start, end, mentions)

    def _made(
        self, holders: list[Mention], company: tuple[int, float] | None, start: int, end: int, rule: str
    ) -> Iterator[Holding]:
        for mention in holders:
            for holder in mention.subjects:
                if company and holder != company[0] and mention.sure:
                    yield Holding(holder, company[0], start, end, company[1], rule)

    def _run(self, mentions: list[Mention], at: int) -> list[Mention]:
        """The list of names that begins at ``at``."""
        found: list[Mention] = []
        for mention in mentions:
            gap = self.text[found[-1].end if found else at : mention.start] if mention.start >= at else None
            if gap is None:
                continue
            if (not found and re.fullmatch(r"(?:被告|原告|第三人|案外人|自然人|股东)?", gap)) or (
                found and _JOINED.fullmatch(gap)
            ):
                found.append(mention)
            else:
                break
        return found

    def _listed(self, start: int, end: int, mentions: list[Mention]) -> Iterator[Holding]:
        for match in _LISTED.finditer(self.text, start, end):
            holders = self._run([m for m in mentions if m.named], match.end())
            yield from self._made(holders, self._company(mentions, match.start(), None), start, end, "listed")
        for match in _FOUNDED.finditer(self.text, start, end):
            holders = self._run([m for m in mentions if m.named], match.end())
            if holders and _FOUNDING.match(self.text, holders[-1].end, end):
                yield from self._made(holders, self._company(mentions, match.start(), None), start, end, "founded")

    def _is(self, start: int, end: int, mentions: list[Mention]) -> Iterator[Holding]:
        for match in _IS.finditer(self.text, start, end):
            holders = self._ending(mentions, match.start())
            if holders:
                company = self._company(mentions, holders[0].start, match.span("of"))
                yield from self._made(holders, company, start, end, "is")

    def _ending(self, mentions: list[Mention], at: int) -> list[Mention]:
        """The list of names that ends at ``at``."""
        found: list[Mention] = []
        for mention in reversed([m for m in mentions if m.end <= at]):
            gap = self.text[mention.end : found[-1].start if found else at]
            joined = (
                _JOINED.fullmatch(gap)
                if found
                else re.fullmatch(r"(?:\([^()]*\))?(?:均|都|分别|各|现|原|曾|合法|共同|实际|则|,)*", gap)
            )
            if not joined:
                break
            found.append(mention)
        return found[::-1]

    def _holds(self, start: int, end: int, mentions: list[Mention]) -> Iterator[Holding]:
        for match in _HOLDS.finditer(self.text, start, end):
            words = match.group()
            if not re.search(r"股|出资|份额", words + self.text[match.end() : match.end() + 4]):
                continue
            holders = self._ending(mentions, match.start())
            if holders:
                company = self._company(mentions, holders[0].start, match.span("of"))
                yield from self._made(holders, company, start, end, "holds")

    def _apposed(self, start: int, end: int, mentions: list[Mention]) -> Iterator[Holding]:
        """股东甲, 丙公司股东甲, and 甲股东 right behind a name."""
        for position, mention in enumerate(mentions):
            before = self.text[max(start, mention.start - 14) : mention.start]
            if _BEFORE.search(before) and not re.search(r"(?:为|是|系|包括|:)$", before):
                holders = self._run(mentions[position:], mention.start)
                yield from self._made(holders, self._company(mentions, mention.start, None), start, end, "apposed")
            elif re.match(r"股东(?!会|大会|之间|权|代表|决议|名册|身份|资格|及)", self.text[mention.end : end][:6]):
                behind = self.text[mention.end + 2 : mention.end + 3]
                named_next = any(m.start == mention.end + 2 for m in mentions)
                if not named_next and (behind in "的一、,和及" or not behind) and not self._is_owner(mention):
                    others = [m for m in mentions if self.text[m.end : m.end + 2] != "股东"]
                    company = self._company(others, mention.start, None)
                    yield from self._made([mention], company, start, end, "apposed")

    def _is_owner(self, mention: Mention) -> bool:
        """丙公司股东的…: the company is the one held, when it was the one last spoken of."""
        return mention.subjects[0] == self._last

    def _transferred(self, start: int, end: int, mentions: list[Mention]) -> Iterator[Holding]:
        for match in (*_TRANSFER.finditer(self.text, start, end), *_GIVEN.finditer(self.text, start, end)):
            givers = self._ending(mentions, match.start())
            own = match.group().startswith("其") or re.search(
                r"其(?:已经?|早已|曾|又)?$", self.text[start : match.start()]
            )
            if not givers and own:
                givers = [m for m in mentions if m.end <= match.start()][:1]
            takers = self._run(mentions, match.end())
            company = self._company(mentions, match.start(), match.span("of"))
            yield from self._made(givers + takers, company, start, end, "transferred")

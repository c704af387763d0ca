"""Laws and articles: where a text names a law, and which articles a ruling is given under.

A citation is 《law》 or an unmarked 中华人民共和国…法 with the articles that follow. Marks may be nested, since
titles hold titles (《…关于适用〈…〉的解释》), and sources print them as < or ﹤ too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.money import read_whole

_OPEN, _CLOSE = "《〈<﹤«", "》〉>﹥»"
_LAW_END = re.compile(
    r"(?:法|法典|条例|规定|解释|解答|批复|意见|办法|通则|细则|纪要|决定|规则|规章|规范|答复)(?:\([^()]{1,12}\))?$"
)
_BARE = re.compile(r"中华人民共和国(?:(?!中华)[\u3400-\u9fff]){1,18}?法典?(?=第?[一二三四五六七八九十百\d])")
_NUMBER = "[一二三四五六七八九十百千零〇○\\d]"
_ARTICLE = re.compile(
    rf"第?(?P<article>{_NUMBER}{{1,8}})条(?:之(?P<of>[一二三四五六七八九十]))?|第(?P<bare>{_NUMBER}{{1,8}})(?=第{_NUMBER}{{1,3}}款)"
)
_RULES = re.compile(r"(?:判决|裁定|决定|命令)(?:结果)?如下")
_CITING = re.compile(r"依照|根据|依据|按照|参照|适用|据此")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Law:
    """A law named at ``text[start:end]``, marks included; ``title``: the words inside them."""

    start: int
    end: int
    title: str


@dataclass(frozen=True, slots=True)
class Statute:
    """An article cited: ``law`` as printed inside the marks, ``article`` 第N条 or 第N条之M, None when none is named."""

    law: str
    article: str | None
    start: int
    end: int


def _close_of(text: str, start: int, end: int) -> int | None:
    """Index behind the mark that closes the title opened at ``start``."""
    depth = 0
    for at in range(start, min(end, start + _LONGEST)):
        if text[at] in _OPEN:
            depth += 1
        elif text[at] in _CLOSE:
            depth -= 1
            if depth == 0:
                return at + 1
    return None


def titles_in(text: str, start: int, end: int) -> Iterator[Law]:
    """Everything in title marks in ``text[start:end]``, law or not."""
    at = start
    while at < end:
        if text[at] in "《﹤«" and (close := _close_of(text, at, end)):
            yield Law(at, close, text[at + 1 : close - 1].replace("\n", ""))
            at = close
        else:
            at += 1


def laws_in(text: str, start: int, end: int) -> Iterator[Law]:
    """The laws, regulations and interpretations in title marks."""
    return (law for law in titles_in(text, start, end) if _LAW_END.search(law.title))


def _sentence(text: str, start: int, ruling: int) -> int:
    """Start of the sentence that ends in the words of the ruling at ``ruling``, not before ``start``."""
    begin = max(text.rfind("。", start, ruling) + 1, start)
    cited = [match.start() for match in _CITING.finditer(text, begin, ruling)]
    return cited[0] if cited else begin


def _article(match: re.Match[str]) -> str | None:
    try:
        number = read_whole(match["article"] or match["bare"])
        return f"第{number}条" + (f"之{match['of']}" if match["of"] else "")
    except ValueError:
        return None


def statutes_before(text: str, start: int, ruling: int) -> list[Statute]:
    """The articles of the sentence in ``text[start:ruling]`` that ends in 判决如下 or 裁定如下."""
    begin = _sentence(text, start, ruling)
    cited = list(titles_in(text, begin, ruling))
    inside = [(law.start, law.end) for law in cited]
    cited += [
        Law(match.start(), match.end(), match.group())
        for match in _BARE.finditer(text, begin, ruling)
        if not any(a <= match.start() < b for a, b in inside)
    ]
    cited.sort(key=lambda law: law.start)
    found: dict[tuple[str, str | None], Statute] = {}
    for position, law in enumerate(cited):
        limit = cited[position + 1].start if position + 1 < len(cited) else ruling
        articles = [
            (match, article) for match in _ARTICLE.finditer(text, law.end, limit) if (article := _article(match))
        ]
        for match, article in articles:
            found.setdefault((law.title, article), Statute(law.title, article, match.start(), match.end()))
        if not articles and _LAW_END.search(law.title):
            found.setdefault((law.title, None), Statute(law.title, None, law.start, law.end))
    return list(found.values())

"""Whether a text can be one Chinese document, and whether it is a judgment at all."""

import re
from functools import cache

from graph.model.vocab import table
from ingest.problems import FileProblem
from nlp.compact import compact
from nlp.facts import MAX_CHARS, JudgmentFacts
from nlp.lexicon import CASE_NO, JUDGE_TITLES, ROLE_WORDS, alternatives

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA_OR_HANGUL = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9d\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")

#: Kinds of documents with a heading of their own: of courts (法〔2016〕221号) and of departments.
_KIND = r"[\u3400-\u9fff]{0,20}(?:判决书|裁定书|决定书|调解书|通知书|催告书|告知书|支付令|限制消费令)"
_NUMBER = rf"(?:{CASE_NO}|[\u3400-\u9fff]{{1,16}}\((?:19|20)\d\d\)第?\d{{1,8}}号)"
_TITLES = alternatives(JUDGE_TITLES)
_DAY = r"(?:20\d\d|二[〇○零Oo][〇○零Oo一二三四五六七八九]{2})年"
#: A title with a name and nothing else, or a day on a line of its own.
_SIGNATURE = re.compile(
    rf"(?:^|(?<=[\n。)日]))(?:{_TITLES}):?\n?[\u3400-\u9fff·×*]{{2,6}}?(?=\n|$|{_TITLES}|{_DAY}|\(|{ROLE_WORDS})"
    rf"|(?<=\n){_DAY}[^\n]{{2,8}}日(?=\n|$)"
)
_RULING = re.compile(r"(?:判决|裁定|决定|命令)如下")
_HEADING = re.compile(
    rf"(?<=\n)(?P<court>[\u3400-\u9fff]{{3,40}}\n)?(?P<kind>{_KIND})\n?(?P<number>{_NUMBER})"
    rf"|(?P<bare>{CASE_NO})\n?(?:原审)?(?:{ROLE_WORDS})(?![民寿保力才])"
)
_SAID = re.compile(rf"{_RULING.pattern}|(?:^|\n){_KIND}(?:\n|\(|$)|(?:^|\n){_NUMBER}(?:\n|$)")

#: A text with more traditional forms than this in 100 hanzi is written in traditional characters.
_TRADITIONAL_PERCENT = 5
TRADITIONAL = "written in traditional characters: the rules know the simplified words, so facts may be missing"


def check_text(text: str) -> None:
    """FileProblem ``not_text`` for a text longer than any judgment, ``other_script`` for one that is not Chinese."""
    if len(text) > MAX_CHARS:
        told = f"a text of {len(text)} characters; at most {MAX_CHARS} are read as one judgment"
        raise FileProblem("not_text", told)
    letters = sum(char.isalpha() for char in text)
    if 2 * len(_HAN.findall(text)) < max(letters, 1) or 10 * len(_KANA_OR_HANGUL.findall(text)) > letters:
        raise FileProblem("other_script", "the text is mostly not written in hanzi: expected a Chinese document")


def check_single(text: str) -> None:
    """FileProblem ``several_documents`` when a heading with its number, or a signed ruling, follows a signature.

    A number that is only quoted, an appendix of statutes, a heading repeated on each page are no second document.
    """
    view = compact(text).text
    if _second_heading(view) or _second_ruling(view):
        told = "the file holds more than one document (another one follows a signature): expected one a file"
        raise FileProblem("several_documents", told)


def _second_heading(view: str) -> bool:
    signed = _SIGNATURE.search(view)
    if signed is None:
        return False
    first = _HEADING.search("\n" + view, 0, signed.start() + 1)
    for heading in _HEADING.finditer(view, signed.end()):
        again = first is not None and heading[0].strip() == first[0].strip()
        if not again or _SIGNATURE.search(view, heading.end()):
            return True
    return False


def _second_ruling(view: str) -> bool:
    at = 0
    for pattern in (_RULING, _SIGNATURE, _RULING, _SIGNATURE):
        found = pattern.search(view, at)
        if found is None:
            return False
        at = found.end()
    return True


@cache
def _traditional() -> frozenset[str]:
    return frozenset(row["traditional"] for row in table("traditional_simplified"))


def is_traditional(text: str) -> bool:
    """Whether a Chinese text is written in traditional characters."""
    return 100 * sum(char in _traditional() for char in text) > _TRADITIONAL_PERCENT * len(_HAN.findall(text))


def check_judgment(facts: JudgmentFacts, text: str) -> None:
    """FileProblem ``no_judgment`` for a text with neither heading, number, parties nor ruling."""
    if facts.case_no or facts.doc_type or facts.parties or _SAID.search(compact(text).text):
        return
    expected = "expected a judgment, ruling, decision or notice with heading, number, parties or a ruling"
    raise FileProblem("no_judgment", f"no part of a judgment was found in the text: {expected}")

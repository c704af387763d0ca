"""Composed judgments and a reader of their few turns of phrase, sure of some facts and of others not, without spaCy."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ingest.demo import codes
from nlp.facts import Found, JudgmentFacts, Party, Relation

A, B, C = "岚汀市荻苇机电设备有限公司", "岚汀市鸥渚纺织有限公司", "岚汀市芦洲建材有限公司"
P, Q = "黎伯衡", "翟霏"
CODE_A, CODE_B = codes.uscc(5), codes.uscc(6)

#: What a court may say, and how sure the reader is of it.
GUARANTEE = "{}为{}的上述债务提供担保。"
DEBT = "{}尚欠{}货款{}元。"
SHARES = "{}系{}的股东。"

_NAME = r"[\u3400-\u9fff]+?"
_RULES: Sequence[tuple[str, str, float]] = (
    ("guarantor_for", rf"(?P<s>{_NAME})为(?P<t>{_NAME})的上述债务提供担保", 0.6),
    ("debtor_of", rf"(?P<s>{_NAME})尚欠(?P<t>{_NAME})货款(?P<n>\d+)元", 0.5),
    ("shareholder_of", rf"(?P<s>{_NAME})系(?P<t>{_NAME})的股东", 0.9),
    ("debtor_of", rf"(?P<s>{_NAME})尚欠(?P<t>{_NAME})上述款项", 0.5),
    ("added_as_debtor", rf"追加(?P<s>{_NAME})与(?P<t>{_NAME})同为被执行人", 0.7),
    ("penalised_by", rf"(?P<s>{_NAME})曾被(?P<t>{_NAME})处罚", 0.4),
)


def judgment(
    *said: str,
    number: int = 77,
    parties: Sequence[tuple[str, str]] = ((A, CODE_A), (P, "")),
    date: str = "二〇二五年四月十日",
    court: str = "岚汀市人民法院",
    lead: str = "",
) -> str:
    """A judgment that says these sentences; ``parties``: name and code or number ("" = none)."""
    heads = "".join(
        f"被告：{name}{f'，证照号码{code}' if code else ''}。\n" for name, code in parties
    )  # a word before the number that the reader below knows
    body = "\n".join(said)
    return f"{court}\n民事判决书\n（2025）闽9801民初{number}号\n{heads}{lead}本院查明：\n{body}\n{date}\n"


def read(text: str) -> JudgmentFacts:
    """The facts of a composed judgment."""
    case = re.search(r"（\d{4}）\S+?号", text)
    court, day = re.match(r"\S+?法院", text), re.search(r"二〇[〇一二三四五六七八九]{2}年\S+?日", text)
    kind = re.search(r"民事判决书", text)
    parties = tuple(_party(match) for match in re.finditer(r"被告：([\u3400-\u9fff]+)(?:，证照号码(\w+))?。", text))
    return JudgmentFacts(
        _found(case),
        _found(court),
        _found(kind),
        Found(_day(day[0]), *day.span()) if day else None,
        None,
        parties,
        (),
        tuple(_relations(text)),
        extractor="composed",
        version="7",
    )


def _found(match: re.Match[str] | None) -> Found | None:
    return Found(match[0], *match.span()) if match else None


def _day(text: str) -> str:
    """The day of the few dates that composed judgments bear."""
    return {"二〇二五年四月十日": "2025-04-10", "二〇二五年四月十一日": "2025-04-11"}[text]


def _kind(name: str) -> Any:
    return "company" if name.endswith("公司") else "other_org" if name.endswith("局") else "person"


def _party(match: re.Match[str]) -> Party:
    name, number = match[1], Found(match[2], *match.span(2)) if match[2] else None
    company = _kind(name) == "company"
    return Party(
        name,
        "被告",
        _kind(name),
        *match.span(1),
        uscc=number if company else None,
        id_number=None if company else number,
    )


def _relations(text: str) -> Iterator[Relation]:
    for kind, pattern, confidence in _RULES:
        for match in re.finditer(pattern, text):
            source, target = (Found(match[side], *match.span(side)) for side in ("s", "t"))
            above = re.search(r"标的额(\d+)元", text)
            told = match["n"] if "n" in match.re.groupindex else above[1] if above and "上述款项" in pattern else None
            amount = int(told) * 100 if told else None
            ends = (source, _kind(source.value), target, _kind(target.value))
            yield Relation(kind, *ends, *match.span(), confidence, f"composed.{kind}", amount)  # type: ignore[arg-type]


@contextmanager
def reading() -> Iterator[None]:
    """Within, texts are read by :func:`read`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nlp.reader.read", read)
        yield


def write(folder: Path, *texts: str) -> list[Path]:
    """Texts as files."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for place, text in enumerate(texts):
        path = folder / f"judgment-{place}.txt"
        path.write_text(text, "utf-8")
        made.append(path)
    return made

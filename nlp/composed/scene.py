"""The slots of the templates of one document: who is meant, which day, which sum."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from nlp.composed.cast import Actor, Agent, organisation, person, with_agents
from nlp.composed.lot import Lot
from nlp.composed.names import Names
from nlp.composed.pieces import Label, Piece
from nlp.composed.values import a_day, a_sum, arabic, case_number, decision_number, printed_sum, signed, yuan

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([^{}]*)\}")
_ACTOR = re.compile(r"\{([A-Z])[~=.}]")
_RULE = " => "

#: Slots that make a number of some kind: low and high bound in yuan or units.
_SUM = (2_000, 3_000_000)
_SMALL = (50, 20_000)


class Scene:
    """Fills the slots; keeps what has been named so that it is the same again."""

    def __init__(self, lot: Lot, names: Names, kind: dict[str, Any]) -> None:
        self.lot = lot
        self.names = names
        self.kind = kind
        self.cast: dict[str, Actor] = {}
        self.others: dict[str, Actor] = {}
        self.sums: dict[str, int] = {}
        self.days: dict[str, date] = {}
        self.numbers: dict[str, str] = {}
        self.courts: dict[str, str] = {}
        self.relations: list[dict[str, str]] = []
        self.signed_on = a_day(lot, 2010, 2024)
        self.court = names.court(kind.get("level", "basic"))
        self.cause = lot.pick(kind["causes"]) if kind.get("causes") else ""
        self.title = str(kind["title"])
        self.number = case_number(lot, self.signed_on.year, kind["number"], names.city) if "number" in kind else ""
        self.statutes: list[tuple[str, str]] = []
        self.amounts: list[tuple[int, str]] | None = None
        self._day = self.signed_on - timedelta(days=lot.between(200, 1500))
        for letter, spec in kind["cast"].items():
            self._enter(letter, spec)

    def _enter(self, letter: str, spec: str) -> None:
        """``spec``: role and sorts, as 被告 person|company; a letter with ? is there in half of the documents."""
        role, sorts = spec.split()
        if letter.endswith("?") and self.lot.chance(0.45):
            return
        sort = self.lot.pick(sorts.split("|"))
        actor = person(self.names, self.lot) if sort == "person" else organisation(self.names, self.lot, sort)
        if role != "-":
            actor.role = role
            actor.base_role = re.sub(r"（.*?）", "", role)
            if self.kind.get("agents", True) and self.lot.chance(0.7):
                with_agents(actor, self.names, self.lot)
        self.cast[letter[0]] = actor

    def fits(self, template: str) -> bool:
        """Whether everybody named in the template takes part."""
        return all(letter in self.cast for letter in _ACTOR.findall(template))

    def write(self, template: str) -> list[Piece]:
        """The pieces of one template; its relations are noted."""
        words, _, rules = template.partition(_RULE)
        while _CHOICE.search(words):
            words = _CHOICE.sub(lambda match: self.lot.pick(match[1].split("|")), words)
        pieces: list[Piece] = []
        at = 0
        for match in _SLOT.finditer(words):
            pieces.append(Piece(words[at : match.start()]))
            pieces += self._slot(match[1])
            at = match.end()
        pieces.append(Piece(words[at:]))
        for rule in filter(None, rules.split("; ")):
            self._relate(*rule.split())
        return [piece for piece in pieces if piece.text]

    def _relate(self, kind: str, source: str, target: str, *sums: str) -> None:
        ends = [self._named(source), self._named(target)]
        relation = {"type": kind, "from": ends[0], "to": ends[1]}
        if sums:
            relation["amount"] = yuan(sum(self.sum_of(name) for name in sums))
        if relation not in self.relations:
            self.relations.append(relation)

    def _named(self, word: str) -> str:
        letter, _, part = word.partition(".")
        if letter in self.cast:
            actor = self.cast[letter]
            return actor.representative if part == "rep" else actor.name
        return self.others[word].name

    def _slot(self, slot: str) -> list[Piece]:
        if slot[:1] in self.cast and slot[1:2] in ("", "~", "=", "."):
            return self._actor(self.cast[slot[0]], slot[1:])
        kind, _, name = slot.partition(":")
        kind, _, sort = kind.partition(".")
        make = _SLOTS.get(kind)
        if make is None:
            raise ValueError(f"no slot {slot!r}")
        return make(self, sort, name)

    def _actor(self, actor: Actor, how: str) -> list[Piece]:
        if how == "=" and actor.short and actor.kind != "person" and not actor.declared and self.lot.chance(0.6):
            actor.declared = True
            opening = self.lot.pick(("（以下简称", "（以下简称", "（下称", "（以下简称“", "（简称"))
            end = "”）" if opening.endswith("“") else "）"
            return [Piece(actor.name, actor.label), Piece(opening), Piece(actor.short, "ORG"), Piece(end)]
        if how == "~" and actor.declared:
            return [Piece(actor.short, "ORG")]
        if how.startswith("."):
            return self._part(actor, how[1:])
        return [Piece(actor.name, actor.label)]

    def _part(self, actor: Actor, part: str) -> list[Piece]:
        if part == "rep":
            return [Piece(actor.representative or "该单位负责人", "PERSON" if actor.representative else "")]
        if part == "agents":
            return people(actor.agents)
        if part == "firm":
            return [Piece(actor.agents[0].firm, "ORG")]
        if part == "born":
            return [Piece(actor.born, "DATE")]
        value = {"title": actor.representative_title, "role": actor.role, "id": actor.id_number, "uscc": actor.uscc}
        value |= {"address": actor.address, "gender": actor.gender, "people": actor.people, "base": actor.base_role}
        return [Piece(value[part])]

    def sum_of(self, name: str, bounds: tuple[int, int] = _SUM) -> int:
        """The sum of that name in fen; a new one where it has not been named."""
        return self.sums.setdefault(name, a_sum(self.lot, *bounds))

    def money(self, bounds: str, name: str) -> list[Piece]:
        """A sum; in the disposition one with a name is an amount of the gold."""
        fen = self.sum_of(name or f"#{len(self.sums)}", _SMALL if bounds == "small" else _SUM)
        if self.amounts is not None and name and (fen, name) not in self.amounts:
            self.amounts.append((fen, name))
        return [Piece(printed_sum(fen, self.lot), "MONEY")]

    def fee(self, fen: str, name: str) -> list[Piece]:
        """A fee that the law fixes (诉讼费用交纳办法 Art. 13), in fen; an amount of the gold as any other."""
        if self.amounts is not None:
            self.amounts.append((int(fen), name))
        return [Piece(f"{int(fen) // 100}元")]

    def day(self, sort: str, name: str) -> list[Piece]:
        """A full date, later than the ones before."""
        if name not in self.days or not name:
            self._day = min(self._day + timedelta(days=self.lot.between(1, 60)), self.signed_on)
            if name:
                self.days[name] = self._day
        day = self.days.get(name, self._day)
        if sort == "month":
            return [Piece(f"{day.year}年{day.month}月")]
        if sort == "signed":
            return [Piece(signed(self.signed_on, self.lot), "DATE")]
        return [Piece(arabic(day), "DATE")]

    def case(self, word: str, name: str) -> list[Piece]:
        """A case number of another case, or with the name ``own`` of this one."""
        if name == "own":
            return [Piece(self.number, "CASE_NO")]
        key = f"{word}:{name or len(self.numbers)}"
        if key not in self.numbers:
            year = self.signed_on.year - self.lot.below(3)
            self.numbers[key] = case_number(self.lot, year, word or "民初", self.names.city)
        return [Piece(self.numbers[key], "CASE_NO")]

    def paper(self, word: str, name: str) -> list[Piece]:
        """The number of an authority's decision; no entity."""
        key = f"doc:{name or len(self.numbers)}"
        if key not in self.numbers:
            self.numbers[key] = decision_number(self.lot, self.signed_on.year - self.lot.below(2), word or "罚")
        return [Piece(self.numbers[key])]

    def other(self, sort: str, name: str) -> list[Piece]:
        """Somebody who is no party, the same for the same name."""
        key = name or f"#{len(self.others)}"
        if key not in self.others:
            made = person(self.names, self.lot) if sort == "person" else organisation(self.names, self.lot, sort)
            self.others[key] = made
        actor = self.others[key]
        return [Piece(actor.name, actor.label)]

    def tribunal(self, level: str, name: str) -> list[Piece]:
        """Another court, or with the name ``own`` this one."""
        if name == "own":
            return [Piece(self.court, "COURT")]
        key = f"{level}:{name}"
        if key not in self.courts:
            lot = self.lot
            self.courts[key] = self.names.court(level or lot.pick(("basic", "basic", "intermediate", "special")))
        return [Piece(self.courts[key], "COURT")]

    def basis(self, sort: str, name: str) -> list[Piece]:
        """Laws and articles on which the disposition rests; they are the statutes of the gold."""
        pieces: list[Piece] = []
        chosen = self.lot.some(self.kind["laws"], self.lot.between(1, min(3, len(self.kind["laws"]))))
        for position, entry in enumerate(chosen):
            law, *articles = entry.split()
            pieces += [Piece("、" if position else ""), Piece(f"《{law}》", "LAW")]
            picked = sorted(self.lot.some(articles, self.lot.between(1, 3)), key=articles.index)
            for place, article in enumerate(picked):
                tail = self.lot.pick(("", "", "第一款", "第二款第（一）项", "第三项"))
                pieces.append(Piece(("、" if place else "") + f"第{article}条" + tail))
                self.statutes.append((law, f"第{article}条"))
        return [piece for piece in pieces if piece.text]


def people(agents: list[Agent]) -> list[Piece]:
    """Names joined by 、."""
    pieces: list[Piece] = []
    for position, agent in enumerate(agents):
        pieces += [Piece("、" if position else ""), Piece(agent.name, "PERSON")]
    return [piece for piece in pieces if piece.text]


def _law(scene: Scene, sort: str, name: str) -> list[Piece]:
    return [Piece(f"《{scene.lot.pick(scene.kind['laws']).split()[0]}》", "LAW")]


def _count(scene: Scene, sort: str, name: str) -> list[Piece]:
    return [Piece(str(scene.lot.between(2, int(sort or 60))))]


def _plain(make: Callable[[Scene], str], label: Label | None = None) -> Callable[[Scene, str, str], list[Piece]]:
    return lambda scene, sort, name: [Piece(make(scene), label or "")]


_SLOTS: dict[str, Callable[[Scene, str, str], list[Piece]]] = {
    "money": Scene.money,
    "fee": Scene.fee,
    "date": Scene.day,
    "caseno": Scene.case,
    "docno": Scene.paper,
    "other": Scene.other,
    "court": Scene.tribunal,
    "statutes": Scene.basis,
    "law": _law,
    "n": _count,
    "cause": _plain(lambda scene: scene.cause),
    "title": _plain(lambda scene: scene.title),
    "address": _plain(lambda scene: scene.names.address()),
    "rate": _plain(lambda scene: f"{scene.lot.between(2, 24)}{scene.lot.pick(('', '.5', '.35'))}%"),
    "born": _plain(lambda scene: arabic(a_day(scene.lot, 1950, 2000)), "DATE"),
    "plate": _plain(lambda scene: f"{scene.lot.pick('闽皖浙豫')}{scene.lot.pick('ABCDE')}{scene.lot.digits(5)}"),
}

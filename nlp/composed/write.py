"""From kind and sentences to the paragraphs of one document: heading, parties, narrative, disposition, signatures."""

import re
from functools import cache
from typing import Any

from nlp.composed.cast import Actor, Agent
from nlp.composed.names import DATA, Split, load
from nlp.composed.pieces import Piece
from nlp.composed.scene import Scene

Paragraph = list[Piece]
Judge = tuple[str, str]


@cache
def kinds() -> dict[str, Any]:
    """The kinds of documents by name, in the order of the file."""
    return dict(load(DATA / "kinds.yaml"))


@cache
def sentences(split: Split) -> dict[str, Any]:
    """The sentences of a split by kind of document."""
    return {**load(DATA / split / "civil.yaml"), **load(DATA / split / "public.yaml")}


@cache
def common(split: Split) -> dict[str, list[str]]:
    """Sentences of a split that suit many kinds, by field of law."""
    return dict(load(DATA / split / "common.yaml"))


@cache
def plain(split: Split) -> list[str]:
    """Sentences of a split that name nobody."""
    return list(load(DATA / split / "plain.yaml"))


@cache
def block_words(split: Split) -> dict[str, Any]:
    """The ways of a split to print a party block and signatures."""
    return dict(load(DATA / split / "block.yaml"))


def heading(scene: Scene, words: dict[str, Any]) -> list[Paragraph]:
    """The line of the publisher (in some), court, kind of document, number."""
    lot = scene.lot
    lines: list[Paragraph] = []
    fitting = [line for line in words["summary"] if scene.fits(line)]
    if lot.chance(0.12) and fitting and scene.cause:
        lines.append(scene.write(lot.pick(fitting)))
    if scene.kind["sign"] == "agency":
        lines.append([Piece(scene.cast["P"].name, "ORG")])
    else:
        lines.append([Piece(scene.court, "COURT")])
    lines.append([Piece(" ".join(scene.title) if lot.chance(0.5) else scene.title)])
    if scene.number:
        lines.append([Piece(scene.number, "CASE_NO")])
    return lines


def party_block(scene: Scene, words: dict[str, Any]) -> list[Paragraph]:
    """One paragraph an entry: parties, each followed by representative and agents."""
    lines: list[Paragraph] = []
    separator = scene.lot.pick(words["separator"])
    brief = scene.lot.chance(0.12)
    for letter, actor in scene.cast.items():
        if actor.role:
            lines.append(_party(scene, letter, actor, words, separator, brief))
            lines += [_entry(scene, letter, line) for line in _followers(scene, actor, words, brief)]
    return lines


def _party(scene: Scene, letter: str, actor: Actor, words: dict[str, Any], separator: str, brief: bool) -> Paragraph:
    group = "person" if actor.kind == "person" else "organisation"
    if (actor.id_number if group == "person" else actor.uscc) and scene.lot.chance(0.7):
        group += "_id"
    line = "。" if brief else scene.lot.pick(words[group])
    if "X.id" not in line:
        actor.id_number = ""
    if "X.uscc" not in line:
        actor.uscc = ""
    return [Piece(actor.role + separator), Piece(actor.name, actor.label), *_entry(scene, letter, line)]


def _followers(scene: Scene, actor: Actor, words: dict[str, Any], brief: bool) -> list[str]:
    lines = []
    if actor.representative and (brief or scene.lot.chance(0.1)) and actor.sort != "shop":
        actor.representative = ""
    if actor.representative:
        lines.append(scene.lot.pick(words["representative"]))
    if brief:
        actor.agents = []
    if actor.agents:
        lines.append(scene.lot.pick(words["agents_firm" if actor.agents[0].firm else "agents_own"]))
    return lines


def _entry(scene: Scene, letter: str, line: str) -> Paragraph:
    return scene.write(line.replace("{X", "{" + letter))


def narrative(scene: Scene, steps: list[Any], split: Split) -> list[Paragraph]:
    """One paragraph a step; a step of which no variant fits the cast is left out, "+" joins it to the one before."""
    lines: list[Paragraph] = []
    for step in steps:
        if isinstance(step, dict):
            fitting = [line for line in common(split)[step["common"]] if scene.fits(line) and _has_agents(scene, line)]
            template = scene.lot.pick(fitting)
            if scene.lot.chance(0.7):
                lines.append([Piece(sentence) for sentence in scene.lot.some(plain(split), scene.lot.between(1, 3))])
        else:
            fitting = [line for line in step if scene.fits(line) and _has_agents(scene, line)]
            if not fitting:
                continue
            template = scene.lot.pick(fitting)
        pieces = scene.write(template.removeprefix("+"))
        if template.startswith("+") and lines:
            lines[-1] += pieces
        else:
            lines.append(pieces)
    return lines


def _has_agents(scene: Scene, template: str) -> bool:
    """Whether the agents and representatives that a template names are there."""
    agents = all(scene.cast[letter].agents for letter in re.findall(r"\{([A-Z])\.agents\}", template))
    return agents and all(scene.cast[letter].representative for letter in re.findall(r"\{([A-Z])\.rep\}", template))


def signatures(scene: Scene, words: dict[str, Any]) -> tuple[list[Paragraph], list[Judge]]:
    """Judges, day and clerk as at the end of a judgment; or authority or court and day."""
    lot = scene.lot
    day = scene.day("signed", "")
    if scene.kind["sign"] != "judges":
        who = scene.court if scene.kind["sign"] == "court" else scene.cast["P"].name
        seal = [Piece(lot.pick(("（院印）", "", "（公章）")))]
        return [[Piece(who, "COURT" if scene.kind["sign"] == "court" else "ORG")], [*day, *seal]], []
    titles = words["court_titles"]
    bench = [lot.pick(titles["presiding"])]
    if bench[0] == "审判长":
        bench += [lot.pick(titles["more"]) for _ in range(2)]
    spaced = lot.pick(("", " ", "　"))
    between = lot.pick(("　", "  ", "：", " ", "", "　　"))
    lines: list[Paragraph] = []
    judges: list[Judge] = []
    for title in [*bench, "", lot.pick(titles["clerk"])]:
        if not title:
            lines.append(day)
            continue
        name = scene.names.fresh(scene.names._person)
        inner = spaced if len(name) == 2 and "·" not in name else ""
        lines.append([Piece(spaced.join(title) + between), Piece(inner.join(name), "PERSON")])
        judges.append((name, title))
    return lines, judges


def agents_of(scene: Scene) -> list[tuple[Agent, Actor]]:
    """Each agent with the party stood for."""
    return [(agent, actor) for actor in scene.cast.values() for agent in actor.agents]

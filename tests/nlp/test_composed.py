"""Composed documents: every mark and every gold value stands in the text, and the splits share nothing."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.ids import check_id_card, check_uscc
from graph.model.values import parse_date
from nlp.composed import Composed, Split, compose
from nlp.composed.cast import person
from nlp.composed.lot import Lot
from nlp.composed.names import Names, characters, pools
from nlp.composed.pieces import Label
from nlp.composed.scene import Scene
from nlp.composed.write import block_words, common, kinds, plain, sentences

SEEDS = st.integers(0, 10_000)
SPLITS = st.sampled_from(get_args(Split))


def squeezed(text: str) -> str:
    """Without white space: judges' names are spaced out."""
    return "".join(text.split())


def names_in(gold: dict[str, Any]) -> Iterator[str]:
    """Every name and number that the gold gives as printed."""
    yield from (gold["doc"][key] for key in ("case_no", "court", "doc_type") if gold["doc"][key])
    for party in gold["parties"]:
        yield from (party[key] for key in ("name", "id_number", "uscc", "legal_rep") if party[key])
    for agent in gold["agents"]:
        yield from (agent["name"], *agent["for"], *filter(None, [agent["firm"]]))
    for relation in gold["relations"]:
        yield from (relation["from"], relation["to"])
    for judge in gold["judges"]:
        yield from (judge["name"], judge["title"])
    yield from (f"《{statute['law']}》" for statute in gold["statutes"])


@settings(max_examples=60, deadline=None)
@given(SEEDS, SPLITS)
def test_every_mark_and_every_gold_value_stands_in_the_text(seed: int, split: Split) -> None:
    for document in compose(seed, 30, split):
        ends = 0
        for entity in document.entities:
            assert entity.start >= ends and entity.label in get_args(Label)
            assert document.text[entity.start : entity.end] == entity.text == entity.text.strip() != ""
            ends = entity.end
        text = squeezed(document.text)
        assert [name for name in names_in(document.gold) if squeezed(name) not in text] == []
        assert not re.search(r"[{}|]|=>", document.text)


@settings(max_examples=20, deadline=None)
@given(SEEDS, SPLITS, st.integers(1, 8))
def test_a_seed_gives_the_same_documents(seed: int, split: Split, count: int) -> None:
    long, short = list(compose(seed, 8, split)), list(compose(seed, count, split))
    assert long[:count] == short


def test_the_gold_marks_what_it_names() -> None:
    for document in compose(5, 60, "train"):
        marked = {squeezed(entity.text): entity.label for entity in document.entities}
        for party in document.gold["parties"]:
            assert marked[party["name"]] == ("PERSON" if party["kind"] == "person" else "ORG")
        for judge in document.gold["judges"]:
            assert marked[judge["name"]] == "PERSON"
        signed = [parse_date(entity.text) for entity in document.entities if entity.label == "DATE"]
        assert document.gold["doc"]["judgment_date"] in signed


def test_every_kind_comes_and_every_relation_is_stated() -> None:
    documents = list(compose(3, 400, "held-out"))
    assert {document.kind for document in documents[: len(kinds())]} == set(kinds())
    types = {relation["type"] for document in documents for relation in document.gold["relations"]}
    assert types == {
        "legal_rep_of", "agent_of", "guarantor_for", "shareholder_of", "debtor_of", "added_as_debtor",
        "administrator_of", "penalised_by",
    }  # fmt: skip


def words_of(found: object) -> Iterator[str]:
    """Every string within lists and tables; {common: civil} is no sentence but asks for one."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        for key, value in found.items():
            if key != "common":
                yield from words_of(value)
    elif isinstance(found, list):
        for value in found:
            yield from words_of(value)


def templates(split: Split) -> set[str]:
    """All sentences of a split; the words of titles and separators are no sentences."""
    block = {key: value for key, value in block_words(split).items() if key not in ("court_titles", "separator")}
    return {*words_of(sentences(split)), *words_of(common(split)), *plain(split), *words_of(block)}


def plain_runs(split: Split) -> set[str]:
    """Stretches of twelve signs of a split between slots and choices."""
    runs = (run for template in templates(split) for run in re.split(r"\{[^}]*\}|[\[\]|]| => .*", template))
    return {run[at : at + 12] for run in runs for at in range(len(run) - 11)}


def test_the_splits_share_no_sentence_and_no_sign_of_a_name() -> None:
    assert templates("train") & templates("held-out") == set()
    assert plain_runs("train") & plain_runs("held-out") == set()
    for group in ("given", "brand"):
        assert set(characters(group, "train")) & set(characters(group, "held-out")) == set()
    for part in ("first", "second"):
        assert set(pools()["minority"]["train"][part]) & set(pools()["minority"]["held-out"][part]) == set()


def test_drawn_names_keep_to_their_split() -> None:
    held = set(characters("given", "held-out"))
    surnames = set("".join(pools()["surnames"].split())) | set("".join(pools()["double_surnames"]))
    for seed in range(300):
        for split in get_args(Split):
            names = Names(Lot(seed), split)
            name = names._person()
            if "·" not in name:
                given_name = next(name[at:] for at in (2, 1) if name[:at] in pools()["double_surnames"] or at == 1)
                assert (set(given_name) <= held) == (split == "held-out"), name
                assert set(name) & surnames


def test_codes_are_valid_and_of_no_district() -> None:
    for document in compose(8, 80, "train"):
        for party in document.gold["parties"]:
            if party["uscc"] and party["uscc"].isascii():
                assert check_uscc(party["uscc"]).valid and party["uscc"][2:4] == "99"
            if party["id_number"] and party["id_number"].isascii():
                assert check_id_card(party["id_number"]).valid and party["id_number"].startswith("99")


def test_an_unknown_slot_is_refused() -> None:
    scene = Scene(Lot(1), Names(Lot(1), "train"), kinds()["loan"])
    with pytest.raises(ValueError, match="no slot"):
        scene.write("{nonsense}")
    assert scene.fits("{P}") and not scene.fits("{Z~}")
    assert person(scene.names, scene.lot).label == "PERSON"


def test_layouts_vary() -> None:
    texts = [document.text for document in compose(9, 200, "train")]
    assert any("\n" not in text for text in texts) and any("\n　　" in text for text in texts)
    assert any("１" in text for text in texts) and any("(" in text for text in texts)
    assert any("民 事 判 决 书" in text for text in texts) and any("某某" in text for text in texts)


def test_the_command_writes_text_and_annotation(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nlp.composed", "--out", str(tmp_path), "--count", "3", "--split", "held-out"]
    subprocess.run(command, check=True, timeout=60)
    expected: list[Composed] = list(compose(1, 3, "held-out"))
    assert sorted(path.name for path in tmp_path.glob("*.txt")) == [f"{document.name}.txt" for document in expected]
    for document in expected:
        assert (tmp_path / f"{document.name}.txt").read_text("utf-8") == document.text
        found = json.loads((tmp_path / f"{document.name}.json").read_text("utf-8"))
        assert all(document.text[e["start"] : e["end"]] == e["text"] for e in found["entities"])
        assert {key: found[key] for key in document.gold} == document.gold

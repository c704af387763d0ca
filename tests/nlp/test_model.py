"""The trained model: made of what is in the tree, better than rules alone, stored and restored; training runs."""

import json
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin

from nlp import model_files
from nlp.composed import compose
from nlp.entities import entities
from nlp.pipeline import COMPONENTS, build
from nlp.training import corpus, run
from nlp.training.provenance import made_of
from nlp.training.score import compared, scores
from tests.nlp import texts

MAX_BYTES = 5_000_000


def test_the_model_is_made_of_what_is_here() -> None:
    stored = json.loads((model_files.MODEL / "made_of.json").read_text(encoding="utf-8"))
    current = made_of()
    assert {key: stored[key] for key in current} == current, "composer, corpus or config have changed: make nlp-train"


def test_the_model_is_small() -> None:
    assert sum(path.stat().st_size for path in model_files.MODEL.rglob("*") if path.is_file()) <= MAX_BYTES


def test_the_model_finds_what_no_rule_reaches() -> None:
    rules = scores(build(learned=False), splits=("held-out",))["held-out"]
    learned = scores(build(), splits=("held-out",))["held-out"]
    for label in ("PERSON", "ORG"):
        assert learned[label]["f1"] > rules[label]["f1"] + 0.04, label
        assert learned[label]["f1"] >= 0.88, label
    assert learned["PERSON"]["recall"] > rules["PERSON"]["recall"] + 0.1


def test_the_rules_work_without_model_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "MODEL", tmp_path / "none")
    language = build()
    assert tuple(language.pipe_names) == tuple(name for name in COMPONENTS if name != "ner")
    assert ("PERSON", "邹明远") in {(entity.label, entity.text) for entity in entities(language(texts.SECOND_INSTANCE))}


def test_the_saved_pipeline_finds_the_same(tmp_path: Path) -> None:
    built = build()
    built.to_disk(tmp_path)
    restored = spacy.load(tmp_path)
    for document in compose(41, 25, "held-out"):
        assert entities(restored(document.text)) == entities(built(document.text))


def test_the_corpus_marks_names_and_has_noise_in_plain_words_only() -> None:
    passages = list(corpus.passages("dev"))
    assert {entity.label for passage in passages for entity in passage.entities} == set(corpus.LABELS)
    for passage in passages:
        assert all(passage.text[e.start : e.end] == e.text for e in passage.entities)
    seed, count = corpus.PARTS["dev"]
    whole = "".join(document.text for document in compose(seed, count, "train"))
    assert "".join(passage.text for passage in passages) == whole


def test_noise_leaves_names_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "PARTS", {"train": (corpus.PARTS["dev"][0], 60)})
    noisy = list(corpus.passages("train"))
    whole = "".join(document.text for document in compose(corpus.PARTS["train"][0], 60, "train"))
    text = "".join(passage.text for passage in noisy)
    assert len(text) == len(whole) and 0 < sum(a != b for a, b in zip(text, whole, strict=True)) < len(whole) * 0.06
    marked = sum(len(passage.entities) for passage in noisy)
    composed = compose(corpus.PARTS["train"][0], 60, "train")
    assert marked == sum(entity.label in corpus.LABELS for document in composed for entity in document.entities)
    at = 0
    for passage in noisy:
        assert all(whole[at + e.start : at + e.end] == e.text for e in passage.entities)
        at += len(passage.text)


def test_a_training_run_writes_a_model_that_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "PARTS", {"train": (1, 4), "dev": (2, 2)})
    monkeypatch.setattr(run, "CACHE", tmp_path / "cache")
    model = tmp_path / "model"
    report = run.train(model, steps=2)
    assert "2 steps" in report and "held-out" in report
    stored = list(DocBin().from_disk(tmp_path / "cache" / "train.spacy").get_docs(spacy.blank("zh").vocab))
    assert "".join(doc.text for doc in stored) == "".join(passage.text for passage in corpus.passages("train"))
    assert any(doc.ents for doc in stored)
    monkeypatch.setattr(model_files, "MODEL", model)
    assert "ner" in build().pipe_names
    facts = json.loads((model / "made_of.json").read_text(encoding="utf-8"))
    assert facts["steps"] == 2 and facts["config"] == made_of()["config"]


def test_scores() -> None:
    gold = {(0, 2, "PERSON"), (4, 6, "PERSON"), (8, 12, "ORG")}
    found = {(0, 2, "PERSON"), (4, 7, "PERSON"), (8, 12, "ORG"), (20, 22, "DATE")}
    assert compared([(gold, found)], ("PERSON", "ORG")) == {
        "PERSON": {"precision": 0.5, "recall": 0.5, "f1": 0.5, "gold": 2},
        "ORG": {"precision": 1.0, "recall": 1.0, "f1": 1.0, "gold": 1},
        "all": {"precision": 0.667, "recall": 0.667, "f1": 0.667, "gold": 3},
    }

"""One training run: corpus, spaCy's own training loop, the model as package data, the report."""

import json
import shutil
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import spacy
from spacy.cli.train import train as spacy_train
from spacy.language import Language

from nlp import model_files
from nlp.training import corpus
from nlp.training.provenance import CONFIG, made_of
from nlp.training.score import Score, scores

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "nlp-train"
REPORT = ROOT / "docs" / "measured" / "nlp-train.txt"

_NOT_KEPT = ("vocab",)


def train(out: Path | None = None, steps: int | None = None) -> str:
    """Train and store the model under ``out`` (without, in the package, with its report); the report as text."""
    sizes = corpus.write(CACHE)
    overrides: dict[str, Any] = {f"paths.{part}": str(CACHE / f"{part}.spacy") for part in corpus.PARTS}
    if steps:
        overrides["training.max_steps"] = steps
    started = time.monotonic()
    spacy_train(CONFIG, CACHE / "run", use_gpu=-1, overrides=overrides)
    minutes = (time.monotonic() - started) / 60
    # The last model, not the best on "dev": that set has the sentences of the training and would pick by chance.
    trained = spacy.load(CACHE / "run" / "model-last")
    target = out or model_files.MODEL
    store(trained, target)
    found = scores(trained)
    facts = {**made_of(), "scores": found, "steps": trained.config["training"]["max_steps"], "spacy": version("spacy")}
    (target / "made_of.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    report = _report(facts, found, sizes, minutes, target)
    if out is None:
        REPORT.write_text(report, encoding="utf-8")
    return report


def store(trained: Language, target: Path) -> None:
    """Only the component: weights, labels, config. Signs are hashed, so no table of strings is needed."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    trained.get_pipe("ner").to_disk(target / "ner", exclude=_NOT_KEPT)  # type: ignore[attr-defined]
    component = {name: value for name, value in trained.config["components"]["ner"].items() if value is not None}
    (target / "component.json").write_text(json.dumps(component, indent=1) + "\n", encoding="utf-8")


def _report(
    facts: dict[str, Any], found: dict[str, dict[str, Score]], sizes: dict[str, int], minutes: float, target: Path
) -> str:
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    lines = [
        "Training of the learned ner (make nlp-train): the run that made nlp/model",
        "",
        f"corpus    {sizes['train']:,} signs to learn from, {sizes['dev']:,} to watch; sha256 {facts['corpus'][:16]}",
        f"training  {facts['steps']} steps in {minutes:.1f} minutes, one thread, spaCy {facts['spacy']}",
        f"model     {size / 1e6:.1f} MB",
        "",
        "Exact spans, by the ner alone. train: sentences that it saw, names that it did not; held-out: neither seen.",
        "",
        f"{'set':<10}{'label':<8}{'precision':>10}{'recall':>8}{'F1':>8}{'gold':>7}",
    ]
    for name, rows in found.items():
        for label, row in rows.items():
            figures = f"{row['precision']:>10.3f}{row['recall']:>8.3f}{row['f1']:>8.3f}{row['gold']:>7}"
            lines.append(f"{name:<10}{label:<8}{figures}")
    return "\n".join(lines) + "\n"

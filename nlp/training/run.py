"""One training run: corpus, spaCy's own training loop, the model as package data, the report."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import spacy
from spacy.cli.train import train as spacy_train
from spacy.language import Language

from nlp.model_files import MODEL, made_of
from nlp.training import corpus
from nlp.training.score import scores

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "nlp-train"
CONFIG = Path(__file__).parent / "config.cfg"
REPORT = ROOT / "docs" / "measured" / "nlp-train.txt"


def train(out: Path | None = None, steps: int | None = None) -> str:
    """Train and store the model under ``out`` (the package's without); the report as text."""
    sizes = corpus.write(CACHE)
    paths = {f"paths.{part}": str(CACHE / f"{part}.spacy") for part in corpus.PARTS}
    overrides: dict[str, Any] = paths | ({"training.max_steps": steps} if steps else {})
    started = time.monotonic()
    spacy_train(CONFIG, CACHE / "run", use_gpu=-1, overrides=overrides)
    took = time.monotonic() - started
    trained = spacy.load(CACHE / "run" / "model-last")
    target = out or MODEL
    _store(trained, target)
    found = scores(trained)
    facts = made_of() | {
        "scores": found,
        "steps": trained.config["training"]["max_steps"],
        "spacy": spacy.__version__,
    }
    (target / "made_of.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    report = _report(facts, sizes, took, target)
    if out is None:
        REPORT.write_text(report, encoding="utf-8")
    return report


def _store(trained: Language, target: Path) -> None:
    """Only the component: its weights and its config. Signs are hashed, so no table of strings is needed."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    trained.get_pipe("ner").to_disk(target / "ner", exclude=["vocab"])
    component = {"factory": "ner", **trained.get_pipe_config("ner")}
    component["model"] = trained.config["components"]["ner"]["model"]
    (target / "component.json").write_text(json.dumps(component, indent=1) + "\n", encoding="utf-8")


def _report(facts: dict[str, Any], sizes: dict[str, int], took: float, target: Path) -> str:
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    lines = [
        "Training of the learned ner (make nlp-train), the last run that made nlp/model",
        "",
        f"corpus     {sizes['train']:,} characters to learn from, {sizes['dev']:,} to watch; sha256 {facts['corpus'][:12]}",
        f"training   {facts['steps']} steps in {took / 60:.1f} min, one thread; spaCy {facts['spacy']}",
        f"model      {size / 1e6:.1f} MB",
        "",
        "Exact spans, by the ner alone. held-out: composed documents whose sentences and names the training never saw.",
        "",
        f"{'set':<10} {'label':<8} {'precision':>9} {'recall':>8} {'F1':>8} {'gold':>6}",
    ]
    for name, labels in facts["scores"].items():
        for label, row in labels.items():
            figures = f"{row['precision']:>9.3f} {row['recall']:>8.3f} {row['f1']:>8.3f} {row['gold']:>6}"
            lines.append(f"{name:<10} {label:<8} {figures}")
    return "\n".join(lines) + "\n"

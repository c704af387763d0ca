"""The table of a score, the misses in their sentences, and the baseline that a change may not lower."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nlp.evaluation.corpus import Judged
from nlp.evaluation.scoring import EXTRA, FIELDS, RECALL_ONLY, Key, Score, keys_of

#: A field may lose so much without being told: one key of a rare field more or less is no change for the worse.
SLACK = 0.005


def table(score: Score) -> Iterator[str]:
    """One line a field: right, wrong, missed, precision, recall, F1; * marks the fields of the means."""
    yield f"{'field':25s} {'right':>6s} {'wrong':>6s} {'missed':>6s}      P      R     F1"
    for field in (*FIELDS, *EXTRA):
        count = score.fields[field]
        mark = "*" if field in FIELDS else " "
        figures = f"{count.precision:6.3f} {count.recall:6.3f} {count.f1:6.3f}" if count.f1 is not None else ""
        if field in RECALL_ONLY and count.f1 is not None:
            figures = f"     - {count.recall:6.3f}      -"
        yield f"{mark}{field:24s} {count.right:6d} {count.wrong:6d} {count.missed:6d} {figures}".rstrip()
    yield f"MICRO-F1 {score.micro:.4f}   MACRO-F1 {score.macro:.4f}"


def errors(judged: list[Judged]) -> Iterator[str]:
    """Every miss and every false find of :data:`FIELDS`, with the sentence that it stands in."""
    for one in judged:
        gold, found = keys_of(one.gold), keys_of(one.found)
        for field in FIELDS:
            for title, keys in (("missed", gold[field] - found[field]), ("wrong", found[field] - gold[field])):
                for key in sorted(keys, key=str):
                    yield f"{one.name} {title} {field} {' | '.join(map(str, key))}"
                    yield f"    {_sentence(one.text, key)}"


def _sentence(text: str, key: Key) -> str:
    """The sentence that holds most parts of a key, the earliest of them."""
    sentences = [part for part in re.split(r"(?<=[。;；\n])", text) if part.strip()]
    parts = [str(part) for part in key]
    flat = [re.sub(r"\s", "", sentence) for sentence in sentences]
    best = max(range(len(flat)), key=lambda i: (sum(part in flat[i] for part in parts), -i), default=None)
    return flat[best][:200] if best is not None else ""


def figures(score: Score) -> dict[str, float]:
    """What a baseline keeps: F1 by field, micro and macro, to four places."""
    fields = {field: count.f1 for field in FIELDS if (count := score.fields[field]).f1 is not None}
    return {"micro": round(score.micro, 4), "macro": round(score.macro, 4)} | {
        field: round(value, 4) for field, value in fields.items() if value is not None
    }


def lowered(score: Score, baseline: Mapping[str, float]) -> list[str]:
    """The figures that fell below the baseline by more than :data:`SLACK`."""
    now = figures(score)
    return [
        f"{name}: {now.get(name, 0.0):.4f}, was {before:.4f}"
        for name, before in baseline.items()
        if now.get(name, 0.0) < before - SLACK
    ]


def read_baseline(path: Path) -> dict[str, float]:
    """A stored baseline; empty when there is none yet."""
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return {name: float(value) for name, value in loaded.items()}


def write_baseline(path: Path, score: Score) -> None:
    """Keep the figures of a score as the baseline."""
    path.write_text(json.dumps(figures(score), indent=1, ensure_ascii=False) + "\n", "utf-8")

"""Where the trained model lies and how it gets into a pipeline."""

import json
from pathlib import Path
from typing import Any

from spacy.language import Language
from thinc.api import use_ops

MODEL = Path(__file__).parent / "model"


def available() -> bool:
    """Whether the model files are there."""
    return (MODEL / "component.json").exists()


def add_to(language: Language, name: str = "ner") -> None:
    """Add the trained component at the end of ``language``; OSError or ValueError when its files are damaged."""
    component: dict[str, Any] = json.loads((MODEL / "component.json").read_text(encoding="utf-8"))
    # The matrix product of numpy takes half the time of the one that thinc brings.
    with use_ops("numpy", use_blis=False):
        pipe = language.add_pipe(component.pop("factory"), name=name, config=component)
        pipe.from_disk(MODEL / "ner", exclude=["vocab"])  # type: ignore[attr-defined]

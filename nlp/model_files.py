"""Where the trained model lies, what it is made of, and how it gets into a pipeline."""

import json
from pathlib import Path
from typing import Any

from spacy.language import Language

MODEL = Path(__file__).parent / "model"


def available() -> bool:
    """Whether the model files are there."""
    return (MODEL / "component.json").exists()


def add_to(language: Language, name: str = "ner") -> None:
    """Add the trained component at the end of ``language``; OSError or ValueError when its files are damaged."""
    component: dict[str, Any] = json.loads((MODEL / "component.json").read_text(encoding="utf-8"))
    language.add_pipe(component.pop("factory"), name=name, config=component)
    language.get_pipe(name).from_disk(MODEL / "ner", exclude=["vocab"])

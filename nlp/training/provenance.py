"""What a model is made of, as hashes: equal hashes mean that training again would start from the same."""

import hashlib
from pathlib import Path

from nlp.composed.names import DATA
from nlp.training import corpus

CONFIG = Path(__file__).parent / "config.cfg"


def made_of() -> dict[str, str]:
    """SHA-256 of the corpus, the config and the composer's data of the split "train"; texts with ``\\n`` as line end.

    The corpus itself is made again, which takes seconds; so a change of the composer's code counts when it changes a
    document, and a comment does not.
    """
    return {"corpus": corpus.digest(), "config": _digest(CONFIG), "composer_data": _digest(*_data())}


def _data() -> list[Path]:
    return [DATA / "kinds.yaml", DATA / "names.yaml", *sorted((DATA / "train").glob("*.yaml"))]


def _digest(*paths: Path) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(f"{path.name}\x00{path.read_text(encoding='utf-8')}\x01".encode())
    return found.hexdigest()

"""``python -m nlp.composed --out DIR --count 60 --split held-out``: NAME.txt and NAME.json of each document."""

import argparse
import json
from pathlib import Path

from nlp.composed import Composed, compose


def write(document: Composed, folder: Path) -> None:
    """Text and annotation; the annotation also has kind and entities, a list of start, end, label, text."""
    entities = [
        {"start": entity.start, "end": entity.end, "label": entity.label, "text": entity.text}
        for entity in document.entities
    ]
    gold = {**document.gold, "entities": entities, "notes": document.kind}
    (folder / f"{document.name}.txt").write_text(document.text, encoding="utf-8", newline="")
    (folder / f"{document.name}.json").write_text(json.dumps(gold, ensure_ascii=False, indent=1) + "\n", "utf-8")


def main() -> None:
    """Read the options and write the documents."""
    parser = argparse.ArgumentParser(prog="nlp.composed", description="Write composed documents with their gold.")
    parser.add_argument("--out", type=Path, required=True, help="folder, made where missing")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--split", choices=("train", "held-out"), default="held-out")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for document in compose(options.seed, options.count, options.split):
        write(document, options.out)


if __name__ == "__main__":
    main()

"""``make nlp-eval``: read the annotated texts, print the score, and say what fell below the baseline.

With a folder, that set is read; without, the project's own composed held-out set. Exit code 1 when a figure fell,
2 when there is nothing to read.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nlp.evaluation.corpus import BadCorpus, composed, from_folder, judged
from nlp.evaluation.report import errors, lowered, read_baseline, table, write_baseline
from nlp.evaluation.scoring import score

BASELINES = Path(__file__).with_name("baselines")
#: Seed and size of the composed set: fixed, since its baseline is.
SEED, COUNT = 7, 150


def main(argv: Sequence[str] | None = None) -> int:
    """Score one set; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m nlp.evaluation", description="Score the reading of judgments.")
    parser.add_argument("folder", nargs="?", type=Path, help="annotated texts; without: the composed held-out set")
    parser.add_argument("--errors", action="store_true", help="show every miss in its sentence")
    parser.add_argument("--keep", action="store_true", help="store these figures as the baseline")
    args = parser.parse_args(argv)
    try:
        golds = list(from_folder(args.folder)) if args.folder else composed(SEED, COUNT)
    except BadCorpus as error:
        print(f"nlp-eval: {error}", file=sys.stderr)
        return 2
    read = judged(golds)
    result = score((one.gold, one.found) for one in read)
    name = args.folder.name if args.folder else "composed"
    print(f"{name}: {len(read)} texts")
    print("\n".join(table(result)))
    if args.errors:
        print("\n".join(errors(read)))
    baseline = BASELINES / f"{name}.json"
    if args.keep:
        write_baseline(baseline, result)
        return 0
    fallen = lowered(result, read_baseline(baseline))
    for line in fallen:
        print(f"below the baseline: {line}", file=sys.stderr)
    return int(bool(fallen))


if __name__ == "__main__":
    sys.exit(main())

"""``python -m nlp.training``: compose the corpus, train, store the model and its report.

Takes about ten minutes on one core. Options: ``--steps N`` for a short trial,
which with ``--out`` leaves the model of the package alone.
"""

import argparse
import os
from pathlib import Path


def main() -> None:
    """Read the options and run; one thread, so that a run can be repeated."""
    parser = argparse.ArgumentParser(prog="nlp.training", description=__doc__)
    parser.add_argument("--out", type=Path, help="write the model here instead of into the package")
    parser.add_argument("--steps", type=int, help="stop after this many steps")
    options = parser.parse_args()
    # Before numpy is imported: its BLAS reads the number of threads once.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    from nlp.training.run import train

    print(train(options.out, options.steps))


if __name__ == "__main__":
    main()

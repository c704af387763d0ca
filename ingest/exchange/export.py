"""``export``: a view of a book into a file (GraphML, Cypher) or a folder (CSV)."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from ingest.exchange.csvfiles import write_csv
from ingest.exchange.cypherscript import write_cypher
from ingest.exchange.graphml import write_graphml
from ingest.exchange.picture import Picture

#: What is built, and what is named in the design and is not.
FORMATS = ("graphml", "csv", "cypher")
NOT_BUILT = ("ftm", "bods")


@contextmanager
def _file(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """A file readable by its owner only, there as a whole or as it was before."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, errors="replace", newline="") as file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def export(picture: Picture, form: str, out: Path) -> tuple[int, int]:
    """Write ``picture`` as one of :data:`FORMATS`; how many nodes and edges.

    ``out`` is a file, for CSV a folder, which is made when it is missing. OSError, StoreUnavailable: the file is
    as it was before.
    """
    if form == "csv":
        out.mkdir(mode=0o700, exist_ok=True)
        with ExitStack() as files:
            edges, nodes = (files.enter_context(_file(out / n, "utf-8-sig")) for n in ("edges.csv", "nodes.csv"))
            return write_csv(picture, nodes, edges)
    with _file(out) as file:
        return write_graphml(picture, file) if form == "graphml" else write_cypher(picture, file)

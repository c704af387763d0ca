"""An index as a folder of arrays that several workers map into memory, of which they then share the pages.

``folder/<hash of the key>/`` holds one ``.npy`` an array and ``key.json``. It is written under another name, flushed
to the disk and renamed, so it is whole or not there. A folder keeps one index: the one saved before goes, whoever has
it mapped keeps it. Pages are copied when written to (mode ``c``), so a loaded index can be changed like any other.
"""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from graph.analysis.index.build import Parts
from graph.analysis.index.control import Control
from graph.analysis.index.kernel import Graph, Rings, Rows
from graph.analysis.index.matrix import Matrix, Side
from graph.analysis.index.ownerlists import OwnerLists
from graph.analysis.index.owners import Lists

#: Rises when the arrays mean something else than before.
FORMAT = 1
_KEY = "key.json"

Arrays = dict[str, Any]


def write(folder: Path, key: Mapping[str, object], arrays: Arrays) -> None:
    """Keep the arrays under the key, instead of those that the folder had; nothing to do when they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    text = _text(key)
    goal = folder / _name(text)
    with _locked(folder):
        if not goal.exists():
            made = Path(tempfile.mkdtemp(dir=folder))
            for name, array in arrays.items():
                with (made / f"{name}.npy").open("wb") as file:
                    np.save(file, array, allow_pickle=False)
                    _flush(file)
            with (made / _KEY).open("wb") as file:
                file.write(json.dumps({"key": json.loads(text), "arrays": sorted(arrays)}).encode())
                _flush(file)
            made.rename(goal)
        for other in folder.iterdir():
            if other.is_dir() and other != goal:
                shutil.rmtree(other)


def read(folder: Path, key: Mapping[str, object]) -> Arrays | None:
    """The arrays kept under the key, mapped; None unless all of them are there and whole."""
    text = _text(key)
    home = folder / _name(text)
    try:
        told = json.loads((home / _KEY).read_text(encoding="utf-8"))
        if told["key"] != json.loads(text):
            return None
        # A plain view: machine code is compiled for arrays, and would be anew for numpy's memmap.
        return {
            name: np.load(home / f"{name}.npy", mmap_mode="c", allow_pickle=False).view(np.ndarray)
            for name in told["arrays"]
        }
    except (OSError, ValueError, KeyError):
        return None


def arrays_of(parts: Parts, control: Control | None, owners: OwnerLists | None) -> Arrays:
    """Everything an index is made of, by name; what was never asked for is not among it."""
    graph = parts.graph
    arrays: Arrays = {name: getattr(graph, name) for name in ("outer", "inner", "rank", "ring", "slot")}
    arrays["ends"] = np.array([graph.ends])
    arrays |= {f"ring_{name}": part for name, part in graph.rings._asdict().items()}
    arrays["ring_inverse"] = graph.rings.inverse[: parts.inverses]
    arrays["steps"] = np.array(list(parts.steps.items()), np.int64).reshape(-1, 2)
    arrays |= _matrix("capital", parts.capital)
    if parts.votes is not parts.capital:
        arrays |= _matrix("votes", parts.votes)
    if control is not None:
        arrays |= {f"control_{name}": getattr(control, name) for name in _CONTROL}
    if owners is not None:
        lists = owners.lists
        arrays |= {"list_start": lists.start, "list_length": lists.length, "list_loss": lists.loss}
        arrays |= {"list_node": lists.node[: owners.used], "list_share": lists.share[: owners.used]}
    return arrays


def from_arrays(arrays: Arrays) -> tuple[Parts, Control | None, OwnerLists | None]:
    """The parts of an index out of :func:`arrays_of`."""
    capital = _matrix_of("capital", arrays)
    votes = _matrix_of("votes", arrays) if "votes_own" in arrays else capital
    rings = Rings(*(arrays[f"ring_{name}"] for name in Rings._fields))
    outer, inner, rank, ring, slot = (arrays[name] for name in ("outer", "inner", "rank", "ring", "slot"))
    ends = int(arrays["ends"][0])
    graph = Graph(outer, inner, rank, ring, slot, capital.into.rows, capital.out.rows, rings, ends)
    parts = Parts(graph, capital, votes, len(rings.inverse), dict(arrays["steps"].tolist()))
    control = owners = None
    if "control_top" in arrays:
        control = Control(graph, *(arrays[f"control_{name}"] for name in _CONTROL))
    if "list_start" in arrays:
        start, length, loss, node, share = (arrays[f"list_{n}"] for n in ("start", "length", "loss", "node", "share"))
        owners = OwnerLists(Lists(start, length, loss, np.zeros(len(start), np.bool_), node, share), len(node))
    return parts, control, owners


_CONTROL = ("start", "controlled", "by_company", "controllers", "top")


def _matrix(name: str, matrix: Matrix) -> Arrays:
    own = np.array(list(matrix.own.items()), np.float64).reshape(-1, 2)
    arrays: Arrays = {f"{name}_own": own}
    for way, side in (("into", matrix.into), ("out", matrix.out)):
        rows = side.rows._replace(node=side.rows.node[: side.used], share=side.rows.share[: side.used])
        arrays |= {f"{name}_{way}_{part}": array for part, array in rows._asdict().items()}
    return arrays


def _matrix_of(name: str, arrays: Arrays) -> Matrix:
    into, out = (Rows(*(arrays[f"{name}_{way}_{part}"] for part in Rows._fields)) for way in ("into", "out"))
    own = {int(v): part for v, part in arrays[f"{name}_own"].tolist()}
    return Matrix(Side(into, len(into.node)), Side(out, len(out.node)), own)


def _text(key: Mapping[str, object]) -> str:
    return json.dumps({"format": FORMAT, **key}, sort_keys=True, ensure_ascii=False)


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One at a time writes into a folder."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

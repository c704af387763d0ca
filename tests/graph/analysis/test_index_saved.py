"""A saved index is whole or not there, belongs to its key, and answers and changes like the one that was saved."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from graph.analysis.index import Edges, OwnershipIndex
from tests.graph.analysis.test_index_change import chain, edges, same_answers, shares, started

# One worker compiles the kernels, not each.
pytestmark = pytest.mark.xdist_group("index")

KEY = {"ledger": "L1", "sequence": 12, "level": 2, "as_of": None, "today": "2026-01-01"}


def saved(folder: Path) -> OwnershipIndex:
    """A ring, treasury stock and a tail, changed once and kept."""
    index = started(chain() | {(7, 0): (0.3, 0.3), (2, 2): (0.1, 0.1)})
    index.changed(Edges.of([10], [5], [0.1], [0.2]))
    index.save(folder, KEY)
    return index


def loaded(folder: Path) -> OwnershipIndex:
    """What is there."""
    index = OwnershipIndex.load(folder, KEY)
    assert index is not None
    return index


def test_a_loaded_index_answers_and_changes_like_the_saved_one(tmp_path: Path) -> None:
    index = saved(tmp_path)
    same_answers(loaded(tmp_path), index)
    other = loaded(tmp_path)
    for one in (index, other):
        one.changed(Edges.of([7, 9, 2], [0, 4, 2], [0.0, 0.3, 0.0]))
    same_answers(other, index)
    # What one worker changes, nobody else sees.
    assert shares(loaded(tmp_path)) != shares(index)


def test_arrays_are_mapped_not_read(tmp_path: Path) -> None:
    saved(tmp_path)
    share: object = loaded(tmp_path).parts.graph.holders.share
    while isinstance(share, np.ndarray) and not isinstance(share, np.memmap):
        share = share.base
    assert isinstance(share, np.memmap) and share.mode == "c"


def test_another_key_finds_nothing_and_takes_the_place(tmp_path: Path) -> None:
    index = saved(tmp_path)
    for key in (KEY | {"sequence": 13}, KEY | {"as_of": "2026-01-01"}, {}):
        assert OwnershipIndex.load(tmp_path, key) is None
    mapped = loaded(tmp_path)
    index.save(tmp_path, KEY | {"sequence": 13})
    assert OwnershipIndex.load(tmp_path, KEY) is None
    assert OwnershipIndex.load(tmp_path, KEY | {"sequence": 13}) is not None
    same_answers(mapped, index)
    assert len([one for one in tmp_path.iterdir() if one.is_dir()]) == 1


def test_half_a_save_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, count = started(chain()), 0

    def full(*args: object, **kwargs: object) -> None:
        nonlocal count
        count += 1
        if count == 5:
            raise OSError("no space left on device")
        save(*args, **kwargs)  # type: ignore[arg-type]

    save = np.save
    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="no space"):
        index.save(tmp_path, KEY)
    assert OwnershipIndex.load(tmp_path, KEY) is None
    monkeypatch.undo()
    index.save(tmp_path, KEY)
    same_answers(loaded(tmp_path), index)
    assert len([one for one in tmp_path.iterdir() if one.is_dir()]) == 1


@pytest.mark.parametrize("harm", ["cut", "gone", "text", "key"])
def test_what_was_damaged_is_not_read(tmp_path: Path, harm: str) -> None:
    saved(tmp_path)
    (home,) = (one for one in tmp_path.iterdir() if one.is_dir())
    array, told = home / "capital_into_share.npy", home / "key.json"
    if harm == "cut":
        array.write_bytes(array.read_bytes()[:-8])
    elif harm == "gone":
        array.unlink()
    elif harm == "text":
        told.write_text("{")
    else:
        told.write_text(json.dumps(json.loads(told.read_text()) | {"key": {}}))
    assert OwnershipIndex.load(tmp_path, KEY) is None


def test_nothing_there_is_none(tmp_path: Path) -> None:
    assert OwnershipIndex.load(tmp_path / "nowhere", KEY) is None
    empty = OwnershipIndex.build(np.array([True, False]), edges({}, True))
    empty.save(tmp_path, {})
    found = OwnershipIndex.load(tmp_path, {})
    assert found is not None and found.up(0).unattributed == 1.0
    shutil.rmtree(tmp_path)
    assert found.up(0).unattributed == 1.0

"""``creditgraph extract``: the facts of judgments as JSON files. Opens no data home and writes no ledger."""

import argparse
import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.commands import Answer
from api.entities import Unanswerable
from ingest.documents.checks import check_judgment
from ingest.documents.reading import read_file
from ingest.documents.text import Text
from ingest.masking import mask_cell, shown_file
from ingest.problems import FileProblem
from nlp.annotation import annotation


@dataclass(slots=True)
class _Extraction:
    """What one call has done so far."""

    out: Path
    read: int = 0
    refused: dict[Path, FileProblem] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    _pending: deque[tuple[Path, Text]] = field(default_factory=deque)

    def run(self, paths: Sequence[Path]) -> None:
        """Read every file and write what it says; texts go through the pipeline together, which is quicker."""
        # spaCy takes two seconds to import: only this command waits for it.
        from nlp.reader import read_many

        for facts in read_many(self._texts(paths), with_entities=True):
            path, given = self._pending.popleft()
            self.warnings += [f"{shown_file(path.name)}: {told}" for told in given.warnings]
            try:
                check_judgment(facts, given.text)
            except FileProblem as problem:
                self._refuse(path, problem)
                continue
            _write(self._target(path), annotation(facts, given.text))
            self.read += 1

    def _texts(self, paths: Sequence[Path]) -> Iterator[str]:
        for path in paths:
            try:
                given = read_file(path)
            except FileProblem as problem:
                self._refuse(path, problem)
                continue
            self._pending.append((path, given))
            yield given.text

    def _refuse(self, path: Path, problem: FileProblem) -> None:
        """A refused file leaves no JSON, nor that of an earlier call: it would pass for this one's."""
        self._target(path).unlink(missing_ok=True)
        self.refused[path] = problem

    def _target(self, path: Path) -> Path:
        return self.out / f"{path.stem}.json"


def _write(target: Path, body: dict[str, Any]) -> None:
    """The JSON of one judgment; it may hold ID numbers as the text prints them, so its owner alone may read it."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(body, file, ensure_ascii=False, indent=1)
            file.write("\n")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _checked(names: Sequence[str], out: str) -> tuple[list[Path], Path]:
    """The files and the folder. Unanswerable 400 for a file that is not there, two of one stem, or an unfit folder."""
    paths, folder = [Path(name) for name in names], Path(out)
    stems: dict[str, Path] = {}
    for path in paths:
        if not path.is_file():
            raise Unanswerable(400, "no such file", f"{shown_file(path.name)}: expected a file that can be read")
        first = stems.setdefault(path.stem, path)
        if first is not path:
            both = f"{mask_cell(str(first))} and {mask_cell(str(path))}"
            told = f"{both} would both be written to {shown_file(path.stem)}.json: expected names that differ"
            raise Unanswerable(400, "same name", told)
    inputs = {path.resolve() for path in paths}
    for path in paths:
        if (folder / f"{path.stem}.json").resolve() in inputs:
            told = f"{shown_file(path.stem)}.json in --out is one of the files to be read: expected another folder"
            raise Unanswerable(400, "same name", told)
    if folder.exists() and not folder.is_dir():
        raise Unanswerable(400, "unfit --out", "--out: expected the name of a folder")
    return paths, folder


def extract_command(args: argparse.Namespace) -> Answer:
    """Read judgments and write what each says of itself; 0 all were read, 1 some refused, 2 none could be."""
    paths, folder = _checked(args.files, args.out)
    folder.mkdir(parents=True, exist_ok=True)
    done = _Extraction(folder)
    done.run(paths)
    refused = [(path, done.refused[path]) for path in paths if path in done.refused]
    errors = [
        {"file": shown_file(path.name), "code": problem.code, "message": mask_cell(problem.message)}
        for path, problem in refused
    ]
    body: dict[str, Any] = {"out": folder.name, "input": len(paths), "read": done.read, "refused": len(errors)}
    body |= {"errors": errors, "warnings": done.warnings}
    if done.read:
        return body, int(bool(errors))
    first = errors[0]
    return body | {"status": 400, "title": first["code"], "detail": f"{first['file']}: {first['message']}"}, 2

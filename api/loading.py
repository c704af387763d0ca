"""Files that come over HTTP: kept under the name that their sender gave them, loaded as one batch, then gone."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile

from api.asking import Call, Question
from api.cases.after import follow
from api.divisions import Departments
from api.entities import Unanswerable
from api.service import Service
from ingest.load import load
from ingest.submitters import Admits


def incoming(service: Service) -> Path:
    """Where files lie until they are loaded; what a killed service left there is taken away."""
    folder = service.home.root / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.iterdir():
        owner = left.name.split("-")[0]
        if not (owner.isdigit() and Path(f"/proc/{owner}").exists()):
            shutil.rmtree(left, ignore_errors=True)
    return folder


def _kept(upload: UploadFile, folder: Path, place: int) -> Path:
    """An upload as a file under the name that its sender gave it, which evidence shows."""
    name = Path((upload.filename or "").replace("\\", "/")).name
    if not name or name in (".", "..") or "\0" in name or len(name.encode()) > 200:
        raise Unanswerable(400, "bad file name", "file: expected a name of at most 200 bytes")
    target = folder / str(place) / name
    target.parent.mkdir()
    with target.open("xb") as file:
        shutil.copyfileobj(upload.file, file, 1 << 20)
    return target


def _admits(call: Call, asked: Question) -> Admits | None:
    """Which departments' rows the key may load; None for a key without a division, which may load all."""
    if not call.caller.division:
        return None
    reader, view = asked.book.view()
    departments = Departments(reader, call.caller.division)
    return lambda code, name: departments.admits(view, code, name)


def load_uploads(call: Call, asked: Question, source: str, uploads: list[UploadFile]) -> dict[str, Any]:
    """The receipt of a load. Unanswerable 400 without a file, or (with ``receipt``) when nothing could be read."""
    if not uploads:
        raise Unanswerable(400, "no file", "expected multipart/form-data with one or more fields named file")
    with tempfile.TemporaryDirectory(dir=incoming(call.service), prefix=f"{os.getpid()}-") as folder:
        paths = [_kept(upload, Path(folder), place) for place, upload in enumerate(uploads)]
        receipt = load(asked.book, source, paths, admits=_admits(call, asked))
    follow(asked.book)
    if asked.book.behind:
        receipt.warnings.append(asked.book.behind)
    body = receipt.as_json()
    if receipt.exit_code == 2:
        first = receipt.errors[0]
        raise Unanswerable(400, first["code"], f"{first['file']}: {first['message']}", receipt=body)
    return body

"""Loading files of a source: one call, one batch, one ledger transaction.

A file that turns out unreadable takes the transaction back and the rest is
loaded without it; so nothing is half applied. Memory is flat in the rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import ModuleType

from sqlalchemy import func, select

from graph.book.book import Book
from graph.ledger import tables as t
from graph.ledger.clock import today
from graph.ledger.ledger import Draft, Writer
from ingest import registry
from ingest.listload import load_version, state_row
from ingest.lists import open_list
from ingest.problems import FileProblem, Problem
from ingest.rawrows import RawRow
from ingest.readings import read_again
from ingest.receipt import Receipt
from ingest.recorder import Recorder, Row
from ingest.registry import Source, TextSource
from ingest.rejects import Refused
from ingest.retry import retry_waiting
from ingest.reviews import review_again
from ingest.schema import Canonical, SourceSpec
from ingest.sealing import record_key, seal
from ingest.submitters import Admits, not_admitted, submitter
from ingest.suggestion import put_in_doubt
from ingest.textload import load_document

_CHUNK = 2000


class Unreadable(Exception):
    """Files that stop the transaction."""

    def __init__(self, files: Mapping[Path, FileProblem]) -> None:
        super().__init__("; ".join(problem.message for problem in files.values()))
        self.files = files


def next_batch(writer: Writer) -> str:
    """The id of the batch that begins."""
    counted = select(func.count()).select_from(t.entry).where(t.entry.c.kind == "batch")
    return f"b{writer.connection.execute(counted).scalar_one() + 1:06d}"


def finish(writer: Writer, recorder: Recorder, receipt: Receipt) -> None:
    """Retry what waited, read again what others speak of, and write the receipt as the last entry of the batch."""
    recorder.settle()
    receipt.released += retry_waiting(writer, receipt.batch)
    read_again(writer, receipt.batch)
    review_again(writer, receipt.batch)
    receipt.known_at = writer.seq + 1
    writer.append(Draft("batch", receipt.as_json(), batch=receipt.batch, source=receipt.source))


def load(
    book: Book,
    source: str,
    paths: Sequence[Path],
    refused: list[Refused] | None = None,
    admits: Admits | None = None,
) -> Receipt:
    """Load files of one source; ``refused`` collects rejected and quarantined rows as sent.

    ``admits`` says of which departments rows are taken (default all); others are rejected before anything is
    compared with what is known, so that nobody learns from the outcome what others have submitted.
    FileProblem for a source id that is not built; Busy, ForeignStore and
    database errors leave nothing of the batch behind.
    """
    spec = registry.spec(source)
    unreadable: dict[Path, FileProblem] = {}
    while True:
        receipt = Receipt(source)
        rows: list[Refused] = []
        for path, found in unreadable.items():
            receipt.unreadable(path.name, found.code, found.message)
        left = [path for path in paths if path not in unreadable]
        if not left:
            receipt.known_at = book.ledger.head()[0]
            return receipt
        try:
            _batch(book, spec, left, receipt, rows, admits)
        except Unreadable as stopped:
            unreadable |= stopped.files
            continue
        if refused is not None:
            refused.extend(rows)
        return receipt


def _batch(
    book: Book,
    spec: Source,
    paths: Sequence[Path],
    receipt: Receipt,
    refused: list[Refused],
    admits: Admits | None,
) -> None:
    parser = registry.parser(spec.id)
    unread: dict[Path, FileProblem] = {}
    with book.writing() as writer:
        receipt.batch = next_batch(writer)
        recorder = Recorder(writer, spec.id, parser, receipt.batch)
        for path in paths:
            try:
                if isinstance(spec, TextSource):
                    load_document(book, recorder, path, receipt, refused, admits)
                else:
                    _file(book, spec, parser, recorder, path, receipt, refused, admits)
            except FileProblem as problem:
                unread[path] = problem
                # Rows of a table may be written when it turns out unreadable; a text is read before it is written.
                if not isinstance(spec, TextSource):
                    raise Unreadable(unread) from problem
                receipt.unreadable(path.name, problem.code, problem.message)
        if len(unread) == len(set(paths)):
            raise Unreadable(unread)
        finish(writer, recorder, receipt)


def _file(
    book: Book,
    spec: SourceSpec,
    parser: ModuleType,
    recorder: Recorder,
    path: Path,
    receipt: Receipt,
    refused: list[Refused],
    admits: Admits | None,
) -> None:
    if spec.form == "list":
        _list_file(book, spec, parser, recorder, path, receipt, refused, admits)
        return
    table = spec.open(path)
    reader = spec.reader(table.header)
    receipt.warnings += [*table.warnings, *reader.warnings]
    day = today()
    for some in _chunks(table.rows):
        results = [(raw, _admitted(reader.canonical(raw, day), admits)) for raw in some]
        good = [(raw, found) for raw, found in results if isinstance(found, Canonical)]
        prepared = dict(zip((raw.row for raw, _ in good), prepare(book, spec, parser, path.name, good), strict=True))
        recorder.prefetch(list(prepared.values()))
        for raw, found in results:
            if isinstance(found, Canonical):
                receipt.warnings += [f"{path.name} row {raw.row}: {told}" for told in _backwards(spec, found.fields)]
            outcome = recorder.take(prepared[raw.row]) if isinstance(found, Canonical) else found
            count(receipt, refused, path.name, table.header, raw, outcome)
        recorder.settle()
        book.tell("rows", len(some))


def _backwards(spec: SourceSpec, fields: Mapping[str, str]) -> Iterator[str]:
    """Intervals (columns ``x_from``, ``x_to``) that end before they begin: such a row is kept and holds on no day."""
    for start in (name for name in fields if name.endswith("_from")):
        end = start.removesuffix("_from") + "_to"
        if fields.get(end) and fields[start] and fields[end] <= fields[start]:
            titles = spec.by_name[end].zh, spec.by_name[start].zh
            yield f"{titles[0]} {fields[end]} is not after {titles[1]} {fields[start]}: kept, holds on no day"


def _admitted(found: Canonical | Problem, admits: Admits | None) -> Canonical | Problem:
    """A row, or that the caller may not submit it."""
    return found if isinstance(found, Problem) else not_admitted(*submitter(found.fields), admits) or found


def count(
    receipt: Receipt, refused: list[Refused], file: str, header: Sequence[str], raw: RawRow, outcome: str | Problem
) -> None:
    """Put an outcome into the receipt and a refused row among those to be sent back."""
    if isinstance(outcome, Problem):
        receipt.refuse(file, raw.row, outcome)
        refused.append(Refused(tuple(header), tuple(raw.cells), outcome))
    else:
        receipt.counts[outcome] += 1


def _chunks(rows: Iterator[RawRow]) -> Iterator[list[RawRow]]:
    while some := list(islice(rows, _CHUNK)):
        yield some


def prepare(
    book: Book, spec: SourceSpec, parser: ModuleType, file: str, rows: Sequence[tuple[RawRow, Canonical]]
) -> list[Row]:
    """Derive, then seal: from here on no ID number is in a row."""
    derived = []
    for raw, found in rows:
        extra = parser.derive(found.fields, found.births)
        derived.append((raw, found, extra))
    book.vault.tokens(found.fields[name] for _, found, _ in derived for name in found.ids)
    left_out = getattr(parser, "CONTENT_EXCLUDES", ())
    sealed = []
    for raw, found, extra in derived:
        problem = extra if isinstance(extra, Problem) else None
        more = {} if isinstance(extra, Problem) else extra
        done = seal(book.vault, spec.id, found.fields, found.ids, found.key, more, left_out)
        row = Row(file, raw.row, done, found.version_date or "", found.ended, found.filled, problem)
        sealed.append(put_in_doubt(row, found))
    return sealed


def _list_file(
    book: Book,
    spec: SourceSpec,
    parser: ModuleType,
    recorder: Recorder,
    path: Path,
    receipt: Receipt,
    refused: list[Refused],
    admits: Admits | None,
) -> None:
    """One version of a list, taken as a whole."""
    header, table = open_list(path, spec.list_id)
    if admits and header.kind == "full":
        told = "a full list withdraws what it does not name, of every division: it needs a key without one"
        raise FileProblem("other_division", told)
    reader, day = spec.reader(table.header), today()
    raws = list(table.rows)
    book.tell("rows", len(raws))
    results = [(raw, _admitted(reader.canonical(raw, day), admits)) for raw in raws]
    good = [(raw, found) for raw, found in results if isinstance(found, Canonical)]
    prepared = dict(zip((raw.row for raw, _ in good), prepare(book, spec, parser, path.name, good), strict=True))
    rows: list[tuple[Row | Problem, str | None]] = []
    for raw, found in results:
        if isinstance(found, Canonical):
            row = state_row(prepared[raw.row])
            rows.append((row, row.sealed.rec))
        else:
            key = reader.readable_key(raw, day)
            rows.append((found, record_key(book.vault, spec.id, key) if key else None))
    for raw, outcome in zip(raws, load_version(recorder, header, rows, path), strict=True):
        count(receipt, refused, path.name, table.header, raw, outcome)
    recorder.settle()

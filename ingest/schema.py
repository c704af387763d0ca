"""From raw cells to a canonical row: one form for each value, or the first check that fails.

Order of the checks: shape of the row, required fields, identifiers, dates, amounts, code
lists and case numbers. What needs other rows (identity, departments, references) comes later.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph.model.ids import birth_date, check_id_card, check_uscc, mask_text
from graph.model.text import norm_case_no, norm_doc_no, norm_name
from ingest.amounts import AMOUNT_READERS
from ingest.codelists import CODE_READERS
from ingest.dates import DATE_READERS
from ingest.forbidden import forbidden_cell
from ingest.identifiers import NUMBER_TYPES, Numbers
from ingest.problems import Problem, problem
from ingest.rawrows import RawRow, Table
from ingest.spec import Bound, Description, Layout, bind, read_description
from ingest.tables import open_table

#: Longest cell that is taken, in characters.
MAX_LENGTH = 20_000

_TEXT_TYPES = frozenset({"text", "name", "doc_no"})


@dataclass(frozen=True, slots=True)
class Canonical:
    """A row in canonical form.

    ``fields``: canonical name -> text, without empties. ``ids``: the fields that hold a person's RAW ID number, to
    be sealed before anything is written; ``births``: the birth date (ISO) in each of them. ``key``: the parts of the
    natural key in comparison form, which may hold raw numbers too: never write it unhashed. ``version_date``: the
    source's own date of this version or "". ``ended``: the version sets an end. ``filled``: fields with content.
    ``doubt``: why the row may not be taken as it was read, with the codes ``suggested`` in the place of those written.
    """

    row: int
    fields: dict[str, str]
    ids: tuple[str, ...]
    births: dict[str, str]
    key: tuple[str, ...]
    version_date: str
    ended: bool
    filled: int
    doubt: Problem | None = None
    suggested: tuple[str, ...] = ()


def clean(text: str) -> str:
    """A cell as it is compared: NFKC, no control characters, no spaces at the ends.

    The apostrophe that our own file of rejected rows puts before ``= + - @`` is taken off.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\r\n", "\n").replace("\r", "\n")
    if not plain.isprintable():
        plain = "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    plain = plain.strip()
    return plain[1:] if plain[:1] == "'" and plain[1:2] in tuple("=+-@") else plain


@dataclass(slots=True)
class _Reading:
    """A row on its way: cells by column, fields so far."""

    layout: Layout
    raw: RawRow
    today: str
    cells: dict[str, str] = field(default_factory=dict)
    titles: dict[str, Bound] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()

    def checks(self) -> Iterator[Problem]:
        """All failing checks in the order in which they name the row; fields are filled on the way."""
        yield from self._shape()
        self._take_cells()
        numbers = Numbers(self.layout.spec, self.cells, self.titles)
        yield from self._required(numbers)
        yield from numbers.read()
        self.fields.update(numbers.fields)
        self.ids = frozenset(numbers.ids)
        for readers in (DATE_READERS, AMOUNT_READERS, CODE_READERS):
            for name, bound in self.titles.items():
                reader = readers.get(bound.column.type)
                if reader and name in self.cells:
                    yield from reader(self.cells[name], bound, self.fields, self.today)
        yield from self._texts()

    def _shape(self) -> Iterator[Problem]:
        cells, header = self.raw.cells, self.layout.header
        forbidden = forbidden_cell(cells, self.layout.forbidden)
        if forbidden is not None:
            title = header[forbidden].strip() if forbidden < len(header) else ""
            yield problem("forbidden_content", title, "content of this kind may not be collected")
        if len(cells) > len(header):
            yield problem("too_many_fields", "", f"{len(cells)} cells under {len(header)} columns")
        for title, cell in zip(header, cells, strict=False):
            if len(cell) > MAX_LENGTH:
                yield problem("too_long", title.strip(), f"more than {MAX_LENGTH} characters")

    def _take_cells(self) -> None:
        for bound in self.layout.bound:
            name = bound.column.name
            cell = self.raw.cells[bound.position] if bound.position < len(self.raw.cells) else ""
            text = clean(cell)
            self.titles.setdefault(name, bound)
            if text and name not in self.cells:
                self.cells[name] = text
                self.titles[name] = bound
        for column in self.layout.spec.columns:
            if column.default and column.name not in self.titles:
                self.fields[column.name] = column.default

    def _required(self, numbers: Numbers) -> Iterator[Problem]:
        for name, bound in self.titles.items():
            empty = name not in self.cells or (bound.column.type in NUMBER_TYPES and numbers.is_missing(name))
            if bound.column.required and empty:
                yield problem("missing_required", bound.title, "a required field is empty")

    def _texts(self) -> Iterator[Problem]:
        for name, bound in self.titles.items():
            text = self.cells.get(name)
            if text is None:
                continue
            if bound.column.type in _TEXT_TYPES:
                self.fields[name] = mask_text(norm_doc_no(text) if bound.column.type == "doc_no" else text)
            elif bound.column.type == "case_no":
                number = norm_case_no(text)
                if number is None:
                    yield problem("bad_case_no", bound.title, "not a case number (案号)")
                else:
                    self.fields[name] = number

    def key(self) -> tuple[str, ...]:
        """The parts of the natural key, "" for what is empty."""
        return tuple(self._key_part(part) for part in self.layout.spec.key)

    def _key_part(self, part: str) -> str:
        if part.startswith("number:"):
            return best_number(self.fields, part.removeprefix("number:"))
        text = self.fields.get(part, "")
        return norm_name(text) if self.layout.spec.by_name[part].type in ("name", "text") else text


def best_number(fields: Mapping[str, str], party: str) -> str:
    """The best number of a party: unified code, organisation code, registration number, ID number, else masked."""
    names = (f"{party}_{kind}" for kind in ("uscc", "org_code", "reg_no", "id", "masked"))
    return next((fields[name] for name in names if fields.get(name)), "")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the rows of one file. ``warnings``: columns that nobody reads."""

    layout: Layout

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the sender should know of the header."""
        return self.layout.warnings

    def canonical(self, raw: RawRow, today: str) -> Canonical | Problem:
        """The canonical form of a row, or the first failing check. ``today``: ISO date, the end of the past."""
        reading = _Reading(self.layout, raw, today)
        first = next(reading.checks(), None)
        if first is not None:
            return self._in_doubt(raw, today, first) if first.code == "uscc_suggestion" else first
        spec, fields = self.layout.spec, reading.fields
        ids = tuple(sorted(reading.ids))
        return Canonical(
            row=raw.row,
            fields=fields,
            ids=ids,
            births={name: birth_date(fields[name]) for name in ids},
            key=reading.key(),
            version_date=next((fields[name] for name in spec.version_date if name in fields), ""),
            ended=any(name in fields and (not v or fields[name] in v) for name, v in spec.ended_when.items()),
            filled=len(fields),
        )

    def _in_doubt(self, raw: RawRow, today: str, first: Problem) -> Canonical | Problem:
        """The row as it reads with the suggested code, for a person to confirm; ``first`` when it fails even then.

        A suggestion that is a valid ID number too is none: it would stand in the ledger in clear.
        """
        for bound in self.layout.bound:
            cell = raw.cells[bound.position] if bound.position < len(raw.cells) else ""
            code = check_uscc(cell).suggestion if bound.title == first.field else None
            if code and not check_id_card(code):
                cells = [*raw.cells[: bound.position], code, *raw.cells[bound.position + 1 :]]
                found = self.canonical(RawRow(raw.row, cells), today)
                if isinstance(found, Canonical):
                    return replace(found, doubt=first, suggested=(code, *found.suggested))
                break
        return first

    def readable_key(self, raw: RawRow, today: str) -> tuple[str, ...] | None:
        """The key of a row that a check refuses, as far as its cells can be read; None when a part is missing.

        In a full list such a row still says that its entry is there.
        """
        reading = _Reading(self.layout, raw, today)
        for _ in reading.checks():
            pass
        key = reading.key()
        return key if all(key) else None


@dataclass(frozen=True)
class SourceSpec(Description):
    """A described source that opens its own files."""

    def open(self, path: Path) -> Table:
        """The header and the rows of a file of this source; FileProblem as :func:`ingest.tables.open_table`."""
        return open_table(path, self.is_header)

    def reader(self, header: Sequence[str]) -> Reader:
        """A reader for files with this header; FileProblem ``missing_column``."""
        return Reader(bind(self, header))


def load_spec(path: Path) -> SourceSpec:
    """The source that a ``source.yaml`` describes; TypeError for a word that is not part of the description."""
    return SourceSpec(**read_description(path))

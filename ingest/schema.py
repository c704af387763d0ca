"""From raw cells to a canonical row: one form for each value, or the first check that fails.

Order of the checks: shape of the row, required fields, identifiers, dates, amounts, code
lists and case numbers. What needs other rows (identity, departments, references) comes later.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph.model.ids import check_id_card, check_uscc
from graph.model.text import norm_case_no, norm_doc_no, norm_name
from ingest.amounts import AMOUNT_READERS
from ingest.codelists import CODE_READERS
from ingest.dates import DATE_READERS
from ingest.forbidden import forbidden_cell
from ingest.identifiers import NUMBER_TYPES, Numbers
from ingest.masking import mask_cell
from ingest.problems import Problem, problem
from ingest.rawrows import RawRow, Table
from ingest.spec import Bound, Description, Layout, bind, read_description
from ingest.tables import open_table

#: Longest cell that is taken, in characters.
MAX_LENGTH = 20_000

#: Cells of a column that a reader remembers.
_REMEMBERED = 10_000

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
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if "\r" in plain:
        plain = plain.replace("\r\n", "\n").replace("\r", "\n")
    if not plain.isprintable():
        plain = "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    plain = plain.strip()
    return plain[1:] if plain[:1] == "'" and plain[1:2] in tuple("=+-@") else plain


_Values = Callable[[str, Bound, dict[str, str], str], Iterator[Problem]]


class _Memo(dict[tuple[str, int], str]):
    """What cells of a column were read as (text and position -> value): dates and codes come again and again."""

    def __setitem__(self, place: tuple[str, int], value: str) -> None:
        if len(self) >= _REMEMBERED:
            self.clear()
        super().__setitem__(place, value)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is read of each row of a file, in the order in which it is checked."""

    layout: Layout
    values: tuple[tuple[str, _Values, _Memo], ...]
    texts: tuple[tuple[str, str], ...]
    required: tuple[str, ...]
    defaults: Mapping[str, str]

    @classmethod
    def of(cls, layout: Layout) -> "_Plan":
        """The plan for a header."""
        columns = {bound.column.name: bound.column for bound in layout.bound}
        values = tuple(
            (name, readers[column.type], _Memo())
            for readers in (DATE_READERS, AMOUNT_READERS, CODE_READERS)
            for name, column in columns.items()
            if column.type in readers
        )
        texts = tuple((name, c.type) for name, c in columns.items() if c.type in _TEXT_TYPES or c.type == "case_no")
        required = tuple(name for name, column in columns.items() if column.required)
        # An empty cell of a required column is told; of any other it says as little as no column.
        described = layout.spec.columns
        defaults = {c.name: c.default for c in described if c.default and not (c.required and c.name in columns)}
        return cls(layout, values, texts, required, defaults)


@dataclass(slots=True)
class _Reading:
    """A row on its way: cells by column, fields so far."""

    plan: _Plan
    raw: RawRow
    today: str
    cells: dict[str, str] = field(default_factory=dict)
    titles: dict[str, Bound] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    births: dict[str, str] = field(default_factory=dict)

    def checks(self) -> Iterator[Problem]:
        """All failing checks in the order in which they name the row; fields are filled on the way."""
        yield from self._shape()
        self._take_cells()
        numbers = Numbers(self.plan.layout.spec, self.cells, self.titles)
        yield from self._required(numbers)
        yield from numbers.read()
        self.fields.update(numbers.fields)
        self.births = numbers.births
        cells, titles, fields = self.cells, self.titles, self.fields
        for name, reader, memo in self.plan.values:
            text = cells.get(name)
            if text is None:
                continue
            place = (text, titles[name].position)
            if place in memo:
                fields[name] = memo[place]
                continue
            failed = False
            for failure in reader(text, titles[name], fields, self.today):
                failed = True
                yield failure
            if not failed and name in fields:
                memo[place] = fields[name]
        yield from self._texts()

    def _shape(self) -> Iterator[Problem]:
        cells, header = self.raw.cells, self.plan.layout.header
        forbidden = forbidden_cell(cells, self.plan.layout.forbidden)
        if forbidden is not None:
            title = header[forbidden].strip() if forbidden < len(header) else ""
            yield problem("forbidden_content", title, "content of this kind may not be collected")
        if len(cells) > len(header):
            yield problem("too_many_fields", "", f"{len(cells)} cells under {len(header)} columns")
        if max(map(len, cells), default=0) > MAX_LENGTH:
            for title, cell in zip(header, cells, strict=False):
                if len(cell) > MAX_LENGTH:
                    yield problem("too_long", title.strip(), f"more than {MAX_LENGTH} characters")

    def _take_cells(self) -> None:
        cells, titles, raw = self.cells, self.titles, self.raw.cells
        for bound in self.plan.layout.bound:
            name = bound.column.name
            text = clean(raw[bound.position]) if bound.position < len(raw) else ""
            if name not in titles:
                titles[name] = bound
            if text and name not in cells:
                cells[name] = text
                titles[name] = bound
        self.fields.update(self.plan.defaults)

    def _required(self, numbers: Numbers) -> Iterator[Problem]:
        for name in self.plan.required:
            bound = self.titles[name]
            if name not in self.cells or (bound.column.type in NUMBER_TYPES and numbers.is_missing(name)):
                yield problem("missing_required", bound.title, "a required field is empty")

    def _texts(self) -> Iterator[Problem]:
        for name, kind in self.plan.texts:
            text = self.cells.get(name)
            if text is None:
                continue
            if kind != "case_no":
                self.fields[name] = mask_cell(norm_doc_no(text) if kind == "doc_no" else text)
                continue
            number = norm_case_no(text)
            if number is None:
                yield problem("bad_case_no", self.titles[name].title, "not a case number (案号)")
            else:
                self.fields[name] = number

    def key(self) -> tuple[str, ...]:
        """The parts of the natural key, "" for what is empty."""
        return tuple(self._key_part(part) for part in self.plan.layout.spec.key)

    def _key_part(self, part: str) -> str:
        if part.startswith("number:"):
            return best_number(self.fields, part.removeprefix("number:"))
        text = self.fields.get(part, "")
        kind = self.plan.layout.spec.by_name[part].type
        if kind not in _TEXT_TYPES:
            return text
        # The cell itself: where a number of a person stands in it, the field is masked and no longer one of a kind.
        cell = self.cells.get(part, text)
        return norm_doc_no(cell) if kind == "doc_no" else norm_name(cell)


def best_number(fields: Mapping[str, str], party: str) -> str:
    """The best number of a party: unified code, organisation code, registration number, ID number, else masked."""
    names = (f"{party}_{kind}" for kind in ("uscc", "org_code", "reg_no", "id", "masked"))
    return next((fields[name] for name in names if fields.get(name)), "")


class Reader:
    """Reads the rows of one file."""

    def __init__(self, layout: Layout) -> None:
        self._plan = _Plan.of(layout)

    @property
    def layout(self) -> Layout:
        """The columns of the source at their places in the file."""
        return self._plan.layout

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the sender should know of the header: columns that nobody reads."""
        return self.layout.warnings

    def canonical(self, raw: RawRow, today: str) -> Canonical | Problem:
        """The canonical form of a row, or the first failing check. ``today``: ISO date, the end of the past."""
        reading = _Reading(self._plan, raw, today)
        first = next(reading.checks(), None)
        if first is not None:
            return self._in_doubt(raw, today, first) if first.code == "uscc_suggestion" else first
        spec, fields = self._plan.layout.spec, reading.fields
        return Canonical(
            row=raw.row,
            fields=fields,
            ids=tuple(sorted(reading.births)),
            births=reading.births,
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
        reading = _Reading(self._plan, raw, today)
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

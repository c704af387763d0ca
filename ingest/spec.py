"""A source as data: its columns, titles, key and authority, read from ``source.yaml``; and its binding to a header."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from graph.model.vocab import table
from graph.model.yamlfile import read_yaml
from ingest.forbidden import forbidden_columns
from ingest.problems import FileProblem

ColumnType = Literal[
    "text",
    "name",
    "date",
    "past_date",
    "money",
    "percent",
    "count",
    "uscc",
    "id_card",
    "reg_no",
    "org_code",
    "code_any",
    "case_no",
    "doc_no",
    "enum",
    "multi_enum",
    "yes_no",
    "former_names",
    "people",
]

#: Columns of our own file of rejected rows, which comes back corrected.
REJECT_TITLES = ("错误代码", "错误说明")

_UNIT = re.compile(r"(?P<base>.+?)[(\[](?:单位:?)?(?P<unit>万元|元)[)\]]")


def value_form(text: str) -> str:
    """The form in which values of code lists are compared: NFKC, upper case, without white space. Idempotent."""
    form = "".join(unicodedata.normalize("NFKC", text).upper().split())
    # What stood apart may now compose with its neighbour.
    return form if unicodedata.is_normalized("NFKC", form) else value_form(form)


def header_form(title: str) -> str:
    """The form in which header cells are compared: as values, without invisible signs and stars. Idempotent."""
    form = value_form(title).replace("*", "")
    if not form.isprintable():
        form = "".join(sign for sign in form if sign.isprintable())
    return form if unicodedata.is_normalized("NFKC", form) else header_form(form)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a source.

    ``name``: canonical English name. ``party``: prefix of the fields of the subject that a number belongs to.
    ``values``: comparison form -> canonical value of a code list. ``open``: other values stay as they are.
    ``default``: value when the file has no such column. ``free_prefix``: a list value that text may follow.
    ``id_type``: the column that says which kind of document a person's number is of. ``values_with``: the code list in
    place of ``values`` in files that have a certain other column.
    """

    name: str
    zh: str
    type: ColumnType
    aliases: tuple[str, ...] = ()
    required: bool = False
    unit: str | None = None
    party: str | None = None
    id_type: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    open: bool = False
    default: str | None = None
    free_prefix: str | None = None
    values_with: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def among(self, names: Collection[str]) -> "Column":
        """The column as it is read in a file with columns of these names."""
        lists = [values for name, values in self.values_with.items() if name in names]
        return replace(self, values=lists[0]) if lists else self


@dataclass(frozen=True)
class Description:
    """A source: what its files hold and how far they are believed.

    ``key``: fields that make a row the same record; ``number:P`` is the number of party P. ``needed``: columns
    without which a file is refused (``a|b``: one of them). ``version_date``: fields with the source's own date of a
    version. ``ended_when``: field -> values by which a version says that the record has ended (none: any value).
    ``rank``: authority 0-100. ``level``: openness while nothing ends it. ``list_id``: the list the rows are on.
    ``form``: ``table`` for rows, ``list`` for versions of a list.
    """

    id: str
    title: str
    department: str
    layout: str
    level: str
    rank: int
    key: tuple[str, ...]
    needed: tuple[str, ...]
    columns: tuple[Column, ...]
    version_date: tuple[str, ...] = ()
    ended_when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    list_id: str | None = None
    form: Literal["table", "list"] = "table"

    @cached_property
    def by_header(self) -> dict[str, tuple[Column, str | None]]:
        """Comparison form of a header cell -> column and unit of its amounts; ValueError for a title used twice."""
        found: dict[str, tuple[Column, str | None]] = {}
        for column in self.columns:
            for title in (column.zh, *column.aliases):
                for form, unit in _title_forms(column, header_form(title)).items():
                    if found.setdefault(form, (column, unit))[0] is not column:
                        raise ValueError(f"{self.id}: two columns are called {title}")
        return found

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by canonical name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def parties(self) -> frozenset[str]:
        """The fields that numbers of the parties may be put in, ``subject_id`` and so on."""
        kinds = ("uscc", "org_code", "reg_no", "id_card")
        fields = {
            f"{column.party}_{'id' if kind == 'id_card' else kind}"
            for column in self.columns
            for kind in kinds
            if column.type in (kind, "code_any")
        }
        return frozenset(fields)

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether cells are a header of this source: two known titles at least, and half of what is there."""
        forms = [form for form in map(header_form, cells) if form]
        known = sum(form in self.by_header for form in forms)
        return known >= 2 and known * 2 >= len(forms)


@dataclass(frozen=True, slots=True)
class Bound:
    """A column of the source at its place in a file; ``title`` as the file writes it."""

    column: Column
    position: int
    title: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    """A source bound to the header of one file. ``warnings``: columns that nobody reads."""

    spec: Description
    header: tuple[str, ...]
    bound: tuple[Bound, ...]
    forbidden: dict[int, re.Pattern[str]]
    warnings: tuple[str, ...]


def bind(spec: Description, header: Sequence[str]) -> Layout:
    """Find the columns of the source in a header; FileProblem ``missing_column`` names what is not there.

    An empty header misses nothing: it is that of JSON without any entry.
    """
    bound: list[Bound] = []
    warnings: list[str] = []
    ignored = {header_form(title) for title in (*spec.ignored, *REJECT_TITLES)}
    for position, title in enumerate(header):
        form = header_form(title)
        column, unit = spec.by_header.get(form, (None, None))
        if column is not None:
            bound.append(Bound(column, position, title.strip(), unit))
        elif form and form not in ignored:
            warnings.append(f"column not read: {title.strip()}")
    found = {entry.column.name for entry in bound}
    missing = [need for need in spec.needed if header and found.isdisjoint(need.split("|"))]
    if missing:
        titles = "、".join(spec.by_name[need.split("|")[0]].zh for need in missing)
        raise FileProblem("missing_column", f"the file has no column {titles}")
    bound = [replace(entry, column=entry.column.among(found)) for entry in bound]
    order = {column.name: place for place, column in enumerate(spec.columns)}
    bound.sort(key=lambda entry: (order[entry.column.name], entry.position))
    return Layout(spec, tuple(header), tuple(bound), forbidden_columns(header), tuple(warnings))


def read_description(path: Path) -> dict[str, Any]:
    """The arguments of a :class:`Description` from a YAML file; TypeError for a word that no column has."""
    data: dict[str, Any] = read_yaml(path)
    for name in ("key", "needed", "version_date"):
        data[name] = tuple(data.get(name, ()))
    data["columns"] = tuple(_column(entry) for entry in data["columns"])
    data["ended_when"] = {name: frozenset(values) for name, values in data.get("ended_when", {}).items()}
    data["ignored"] = frozenset(data.get("ignored", ()))
    data["list_id"] = data.pop("list", None)
    return data


def _column(entry: dict[str, Any]) -> Column:
    listed = entry.pop("values", {})
    if "vocab" in entry:
        # A code list of the model: the code is the value, the Chinese name says the same.
        listed = {row["id"]: [row["name_zh"]] for row in table(entry.pop("vocab"))}
    values_with = {name: _forms(other) for name, other in entry.pop("values_with", {}).items()}
    aliases = tuple(entry.get("aliases", ()))
    return Column(**(entry | {"aliases": aliases}), values=_forms(listed), values_with=values_with)


def _forms(listed: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Comparison form -> canonical value of a code list."""
    return {value_form(form): canonical for canonical, others in listed.items() for form in (canonical, *others)}


def _title_forms(column: Column, form: str) -> dict[str, str | None]:
    """A title and, for amounts, the same title in either unit and without one."""
    if column.type != "money":
        return {form: None}
    match = _UNIT.fullmatch(form)
    base = match["base"] if match else form
    units = {f"{base}({mark}{unit})": unit for unit in ("元", "万元") for mark in ("", "单位:", "单位")}
    return {base: column.unit, **units}

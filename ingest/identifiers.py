"""Reading the number cells of a row: which number is whose, and whether it holds.

Masked numbers and placeholders count as missing. A number in the wrong column of the same
party is moved: older platforms put ID numbers into the column of the unified code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graph.model.ids import (
    IdCheck,
    check_id,
    check_id_card,
    check_org_code,
    check_reg_no,
    check_uscc,
    is_absent,
    is_masked,
    normalise,
)
from ingest.masking import mask_cell
from ingest.people import split_people
from ingest.problems import Problem, problem
from ingest.spec import Bound, Description

#: Types of column that hold a number of a party.
NUMBER_TYPES = frozenset({"uscc", "id_card", "reg_no", "org_code", "code_any"})
#: Kinds of document whose number follows GB 11643, as forms of the sources write them; no word means this.
_ID_DOCUMENTS = frozenset({"", "1", "身份证", "居民身份证", "公民身份号码", "公民身份证", "港澳台居民居住证"})
_SUFFIX = {"uscc": "uscc", "id_card": "id", "reg_no": "reg_no", "org_code": "org_code"}


@dataclass(slots=True)
class Numbers:
    """The numbers of one row.

    ``fields``: ``<party>_uscc``, ``_id``, ``_reg_no``, ``_org_code``, else ``_masked``; ``births``: the birth date
    (ISO) in each field that holds a person's number.
    """

    spec: Description
    cells: Mapping[str, str]
    titles: Mapping[str, Bound]
    fields: dict[str, str] = field(default_factory=dict)
    births: dict[str, str] = field(default_factory=dict)
    moved: dict[str, IdCheck] = field(default_factory=dict)
    masked: dict[str, str] = field(default_factory=dict)
    pending: dict[str, Bound] = field(default_factory=dict)

    def is_missing(self, name: str) -> bool:
        """Whether a number cell holds nothing, a placeholder or a masked number."""
        return is_absent(self.cells.get(name, ""))

    def read(self) -> Iterator[Problem]:
        """Read all number cells; what fails is yielded in the order of the columns."""
        for name, bound in self.titles.items():
            kind = bound.column.type
            if kind == "people" and name in self.cells:
                yield from self._people(self.cells[name], bound)
            elif kind in NUMBER_TYPES and name in self.cells:
                yield from self._number(self.cells[name], bound)
        for target, found in self.moved.items():
            if found.kind == "id_card":
                self._put_id(target, found)
            else:
                self._put(target, found.normalised)
        for party, bound in self.pending.items():
            if not self._known(party):
                yield problem("reg_no_check", bound.title, "check digit of the registration number is wrong")
        self._keep_masked()

    def _number(self, text: str, bound: Bound) -> Iterator[Problem]:
        party = bound.column.party or bound.column.name
        if bound.column.type == "code_any" and self._known(party):
            return
        if self.is_missing(bound.column.name):
            if is_masked(text):
                self.masked.setdefault(party, normalise(text))
            return
        yield from _READERS[bound.column.type](self, text, bound, party)

    def _uscc(self, text: str, bound: Bound, party: str) -> Iterator[Problem]:
        found = check_uscc(text)
        if found.valid:
            self._put(bound.column.name, found.normalised)
        elif not self._move(text, party):
            yield self._uscc_problem(text, bound)

    def _uscc_problem(self, text: str, bound: Bound) -> Problem:
        found = check_uscc(text)
        if found.suggestion:
            message = "holds a letter that no unified code has; a person may confirm what was meant"
            return problem("uscc_suggestion", bound.title, message)
        if found.reason == "check":
            return problem("uscc_check", bound.title, "check character of the unified code is wrong")
        return problem("uscc_format", bound.title, "not 18 places of the alphabet of unified codes")

    def _id_card(self, text: str, bound: Bound, party: str) -> Iterator[Problem]:
        document = self.cells.get(bound.column.id_type or "", "")
        if "".join(document.split()) not in _ID_DOCUMENTS:
            # A passport or another document: no key of a person, and never kept in clear.
            self.fields[f"{bound.column.name}_other"] = _blurred(text)
            return
        found = check_id_card(text)
        if found.valid:
            self._put_id(bound.column.name, found)
        elif not self._move(text, party):
            yield self._id_problem(bound)

    def _id_problem(self, bound: Bound) -> Problem:
        return problem("id_check", bound.title, "birth date or check character of the ID number is wrong")

    def _reg_no(self, text: str, bound: Bound, party: str) -> Iterator[Problem]:
        found = check_reg_no(text)
        if found.valid:
            self._put(bound.column.name, found.normalised)
        elif not self._move(text, party) and found.reason == "check":
            self.pending.setdefault(party, bound)
        yield from ()

    def _org_code(self, text: str, bound: Bound, party: str) -> Iterator[Problem]:
        found = check_org_code(text)
        if found.valid:
            self._put(bound.column.name, found.normalised)
        else:
            self._move(text, party)
        yield from ()

    def _any(self, text: str, bound: Bound, party: str) -> Iterator[Problem]:
        found = check_id(text)
        if found.valid and found.kind == "id_card":
            self._put_id(f"{party}_id", found)
        elif found.valid and found.kind in _SUFFIX:
            self._put(f"{party}_{_SUFFIX[found.kind]}", found.normalised)
        elif found.kind == "id_card":
            yield self._id_problem(bound)
        elif found.kind == "reg_no":
            self.pending.setdefault(party, bound)
        else:
            yield self._uscc_problem(text, bound)

    def _move(self, text: str, party: str) -> bool:
        """Keep a valid number of another kind for the party, when the source has a place for it."""
        found = check_id(text)
        target = f"{party}_{_SUFFIX[found.kind]}" if found.kind in _SUFFIX else ""
        if not found.valid or target not in self.spec.parties:
            return False
        self.moved.setdefault(target, found)
        return True

    def _people(self, text: str, bound: Bound) -> Iterator[Problem]:
        for place, person in enumerate(split_people(text), 1):
            if is_absent(person.number):
                continue
            found = check_id_card(person.number)
            if found.valid:
                self._put_id(f"{bound.column.name}{place}_id", found)
            else:
                yield self._id_problem(bound)

    def _put(self, target: str, number: str) -> None:
        self.fields.setdefault(target, number)

    def _put_id(self, target: str, found: IdCheck) -> None:
        if target not in self.fields:
            self.fields[target] = found.normalised
            self.births[target] = found.parts["birth_date"]

    def _known(self, party: str) -> bool:
        return any(f"{party}_{suffix}" in self.fields for suffix in _SUFFIX.values())

    def _keep_masked(self) -> None:
        """A masked number stays, as text, where the row has no better one: it is nobody's, but part of the key."""
        for party, text in self.masked.items():
            if not self._known(party):
                self.fields[f"{party}_masked"] = mask_cell(text)


#: How the cells of each type of column are read.
_READERS = {
    "uscc": Numbers._uscc,
    "id_card": Numbers._id_card,
    "reg_no": Numbers._reg_no,
    "org_code": Numbers._org_code,
    "code_any": Numbers._any,
}


def _blurred(text: str) -> str:
    """The number of another document with its middle hidden."""
    code = normalise(text)
    return f"{code[:1]}********{code[-2:]}" if len(code) > 4 else "********"

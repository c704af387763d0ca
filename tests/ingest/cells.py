"""Rows for any source of rows, made from its description: a good cell for every column."""

from collections.abc import Mapping

from ingest import registry
from ingest.demo import codes
from ingest.schema import SourceSpec
from ingest.spec import Column, bind

NUMBER = codes.id_number(0, "1985-07-09", 217)

_GOOD = {
    "text": "文字",
    "name": "岚汀市试验有限公司",
    "date": "2024-03-05",
    "past_date": "2024-03-05",
    "money": "1234.5",
    "percent": "65",
    "count": "12",
    "uscc": codes.uscc(7001),
    "id_card": NUMBER,
    "reg_no": codes.registration_number(7001),
    "org_code": codes.uscc(7001)[8:17],
    "code_any": codes.uscc(7002),
    "case_no": "（2024）闽9801执12号",
    "doc_no": "岚市监罚〔2024〕12号",
    "yes_no": "否",
    "former_names": "岚汀市旧名有限公司(2019-01-01至2020-01-01)",
    "people": f"晁璞/{NUMBER}/其他直接责任人员",
}

#: Where no row of the first kind has a cell in every column: the cell that makes a full row a good one.
_FULL = {"voting-arrangements": {"安排类型": "表决权委托"}}


def tables() -> list[SourceSpec]:
    """The sources of rows, by id."""
    return [spec for spec in registry.sources().values() if isinstance(spec, SourceSpec)]


def good(column: Column) -> str:
    """A good cell of a column."""
    if column.values:
        return next(iter(column.values.values())) if column.type != "people" else _GOOD["people"]
    return _GOOD[column.type]


def good_row(spec: SourceSpec) -> dict[str, str]:
    """Title -> good cell for all columns of a source."""
    row = {bound.title: good(bound.column) for bound in bind(spec, [column.zh for column in spec.columns]).bound}
    return row | _FULL.get(spec.id, {})


def needed_row(spec: SourceSpec) -> dict[str, str]:
    """Title -> good cell for the columns without which a file is refused."""
    names = [need.split("|")[0] for need in spec.needed]
    return {column.zh: good(column) for column in spec.columns if column.name in names}


def as_csv(rows: list[Mapping[str, str]]) -> str:
    """Rows of the same titles as CSV."""
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row.values()) for row in rows]
    return "\n".join([",".join(rows[0]), *quoted, ""])

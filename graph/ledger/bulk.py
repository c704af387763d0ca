"""Many rows in one statement: rows in as tuples, lists of values in as one parameter.

SQLAlchemy builds the texts, so that they follow the dialect; what it would do
for each row and each value of a list costs more than the database itself.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, TableValuedAlias, func, insert, select

from graph.model.jsontext import dump


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that give ``columns`` in that order."""
    text = str(insert(table).compile(dialect=connection.dialect, column_keys=list(columns)))
    connection.exec_driver_sql(text, list(rows))


def listed(values: Iterable[Any]) -> TableValuedAlias:
    """A list as a table: ``key`` its place, ``value`` the value (lists within it: :func:`part`)."""
    return func.json_each(dump(list(values))).table_valued("key", "value")


def part(row: TableValuedAlias, place: int) -> ColumnElement[Any]:
    """The value at a place of a list that is itself a row of :func:`listed`."""
    return func.json_extract(row.c.value, f"$[{place}]")


def among(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """``column IN values`` for any number of values."""
    return column.in_(select(listed(values).c.value))


def unsought(column: ColumnElement[str]) -> ColumnElement[str]:
    """A text column in a condition that no index is to be searched for.

    Without statistics the planner takes ``kind = 'record'`` for as narrow as a list of records, and goes through
    every record there is.
    """
    return column.concat("")

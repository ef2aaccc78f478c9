"""Many rows under one statement: SQLAlchemy writes its SQL once, and the driver takes the rows as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update
from sqlalchemy.sql.schema import ScalarElementColumnDefault


def many(connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, Any]], **same: object) -> None:
    """Runs ``statement`` once a row, with the values of ``same`` in all of them. Columns left out have their default.

    Naming, copying and converting the values of a row again costs SQLAlchemy more than SQLite's own work on it, so
    here they must be what a driver takes unconverted: numbers, text, bytes, truths. The statement is a constant of its
    module, since its SQL is kept by it; all rows have the keys of the first.
    """
    if not rows:
        return
    sql, order, constant = _written(connection.dialect, statement, (*rows[0], *same))
    base = {**constant, **same}
    connection.exec_driver_sql(sql, [tuple(map({**base, **row}.__getitem__, order)) for row in rows])


@lru_cache(maxsize=256)
def _written(
    dialect: Dialect, statement: Insert | Update, names: tuple[str, ...]
) -> tuple[str, Sequence[str], dict[str, Any]]:
    """The SQL, the values that it wants in their order, and those that are the same in all rows."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    constant: dict[str, Any] = {name: bound.value for name, bound in compiled.binds.items() if not bound.required}
    for column in compiled.insert_prefetch:
        if isinstance(column.default, ScalarElementColumnDefault):
            constant[column.key] = column.default.arg
    return compiled.string, compiled.positiontup or (), constant

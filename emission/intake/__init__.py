"""Reads the municipality's files as they are, row by row, with every fault of every row.

``open_batch`` and ``open_lines`` refuse a file that cannot be read as a table at all
(:class:`~emission.errors.BatchError`); whatever is wrong with one row is a fault of that row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from emission.intake import columns
from emission.intake.batch import BatchReader
from emission.intake.csv_table import CsvTable
from emission.intake.lines import LineParser, LinesReader, ParsedLine
from emission.intake.rows import MOST_DUE_DATES, ParsedRow, RowParser
from emission.intake.table import Dialect, Record, Table

if TYPE_CHECKING:
    # What a worker loads to parse rows does without it.
    from emission.config import Settings

__all__ = [
    "MOST_DUE_DATES",
    "BatchReader",
    "Dialect",
    "LineParser",
    "LinesReader",
    "ParsedLine",
    "ParsedRow",
    "Record",
    "RowParser",
    "open_batch",
    "open_lines",
]


def open_batch(path: Path, settings: Settings, *, issue_date: dt.date) -> BatchReader:
    """Opens the batch; due dates are held against ``issue_date``.

    Raises:
        BatchError: it cannot be read as that table.
        ConfigurationError: a key of ``[batch]`` that only reading can judge is wrong.
    """
    names = columns.expected((*columns.BATCH, *columns.SUPPLIED), settings.batch.columns)
    table = FORMATS[settings.batch.format](path, settings, names | columns.expected(columns.CORRECTION, {}))
    return BatchReader(table, settings, issue_date=issue_date, file=path.name)


def open_lines(path: Path, settings: Settings) -> LinesReader:
    """Opens the detail file, written as the batch is.

    Raises:
        BatchError: it cannot be read as that table.
        ConfigurationError: a key of ``[batch]`` that only reading can judge is wrong.
    """
    names = columns.expected(columns.LINES, settings.batch.lines_columns)
    return LinesReader(FORMATS[settings.batch.format](path, settings, names), settings, file=path.name)


def _csv(path: Path, settings: Settings, expected: frozenset[str]) -> Table:
    return CsvTable(
        path,
        declared_encoding=settings.batch.encoding,
        delimiter=settings.batch.delimiter,
        expected=expected,
        final=columns.CORRECTION,
    )


# A new format is one more file beside csv_table.py, and one more line here.
FORMATS: dict[str, Callable[[Path, Settings, frozenset[str]], Table]] = {"csv": _csv}

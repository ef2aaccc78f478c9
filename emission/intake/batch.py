"""The municipality's file, opened: its columns bound, its dialect and its amounts tried, its records in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from emission import money
from emission.errors import BatchError, ConfigurationError, UsageError
from emission.intake import columns, values
from emission.intake.columns import BATCH, BATCH_REQUIRED, CORRECTION, SUPPLIED
from emission.intake.rows import Manner, ParsedRow, RowParser
from emission.intake.table import Dialect, Record, Table
from emission.model import Fault

if TYPE_CHECKING:
    from emission.config import Settings

_SAMPLE_ROWS = 200
_ENOUGH_AMOUNTS = 3


class BatchReader:
    """A batch opened for reading; iterate it once.

    ``header`` holds the file's own column names, in step with ``ParsedRow.original``: where
    ``is_correction`` (a corrected ``rejected.csv``) both are without our ``row,fields,reasons``.
    ``columns_mapped`` says for each of our columns which of theirs it is, ``further`` names all others.
    """

    def __init__(self, table: Table, settings: Settings, *, issue_date: dt.date, file: str) -> None:
        """Binds the columns.

        Raises:
            BatchError: a required or mapped column is absent, two share a name, neither column nor
                configuration gives tax or period, or the amounts are written with the other mark.
            ConfigurationError: a wrong key of ``[batch.columns]``, date format or currency.
        """
        self._table = table
        self._batch = settings.batch
        supplied = SUPPLIED if settings.provider.kind == "supplied" else ()
        ours = (*BATCH, *supplied)
        columns.check_keys(self._batch.columns, ours, "batch.columns")
        if self._batch.currency not in money.DECIMALS:
            known = ", ".join(money.DECIMALS)
            problem = UsageError("currency-key", key="batch.currency", found=self._batch.currency, allowed=known)
            raise ConfigurationError([problem], "emission.toml")
        # Refuses a form that says no whole date, before a row is read by it.
        values.dates(self._batch.date_format)
        self.is_correction = table.header[-len(CORRECTION) :] == CORRECTION
        self.header = table.header[: -len(CORRECTION)] if self.is_correction else table.header
        places = columns.bind(self.header, ours, self._batch.columns, BATCH_REQUIRED, file)
        for column, default in (("tax", self._batch.tax), ("period", self._batch.period)):
            if column not in places and not default:
                raise BatchError("identity-missing", path=file, column=column)
        self.columns_mapped = {column: self.header[place] for column, place in places.items()}
        manner = Manner.of(self._batch, issue_date)
        self.rows = RowParser(self.header, places, supplied, manner, is_correction=self.is_correction)
        self._check_decimal(places["amount"], file)

    @property
    def dialect(self) -> Dialect:
        """How the file is written."""
        return self._table.dialect

    @property
    def cut_short(self) -> Fault | None:
        """After iteration: ``file-cut-short`` where the file ends within a record."""
        return self._table.cut_short

    def __iter__(self) -> Iterator[ParsedRow]:
        for row, record in enumerate(self.records(), start=1):
            yield self.rows.parse(row, record)

    def records(self) -> Iterator[Record]:
        """The records, which :attr:`rows` reads wherever that is to happen; blank ones are left out."""
        return self._table.records()

    @property
    def further(self) -> tuple[str, ...]:
        """The columns that are none of ours."""
        return self.rows.further

    def _check_decimal(self, place: int, file: str) -> None:
        """Refuses a file whose amounts all read under the other decimal mark alone."""
        declared = self._batch.decimal
        other = "," if declared == "." else "."
        only_other = 0
        for _, record in zip(range(_SAMPLE_ROWS), self._table.records(), strict=False):
            if record.fault is not None:
                continue
            text = record.fields[place].strip()
            reads = [_reads(text, self._batch.currency, mark) for mark in (declared, other)]
            if reads == [True, False]:
                return
            only_other += reads == [False, True]
        if only_other >= _ENOUGH_AMOUNTS:
            raise BatchError("batch-decimal", path=file, declared=declared, likely=other)


def _reads(text: str, currency: str, decimal: str) -> bool:
    try:
        money.parse(text, currency, decimal)
    except money.AmountError:
        return False
    return True

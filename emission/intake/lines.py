"""The detail file → one :class:`ParsedLine` a record; joined to obligations later, in any order."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from emission.config import Settings
from emission.errors import BatchError
from emission.intake import columns, values
from emission.intake.columns import LINES
from emission.intake.table import Dialect, Table
from emission.model import Fault, Line, Severity

_REQUIRED = ("obligation_id", "concept")
_LONGEST = 200


class ParsedLine(msgspec.Struct, frozen=True):
    """One detail line, or what is wrong with it. ``line`` counts physical lines from 1."""

    line: int
    obligation_id: str
    detail: Line | None
    faults: tuple[Fault, ...]


class LinesReader:
    """A detail file opened for reading; iterate it once."""

    def __init__(self, table: Table, settings: Settings, *, file: str) -> None:
        """Binds the columns.

        Raises:
            BatchError: a required or mapped column is absent, or there is neither total nor amount.
            ConfigurationError: a wrong key of ``[batch.lines_columns]``.
        """
        self._table = table
        self._batch = settings.batch
        mapping = settings.batch.lines_columns
        columns.check_keys(mapping, LINES, "batch.lines_columns")
        self.header = table.header
        places = columns.bind(self.header, LINES, mapping, _REQUIRED, file)
        if "total" not in places and "amount" not in places:
            found = ", ".join(name for name in self.header if name)
            raise BatchError("column-missing", path=file, columns="total", found=found, nearest="—")
        self._places = [places.get(column, -1) for column in LINES]

    @property
    def dialect(self) -> Dialect:
        """How the file is written."""
        return self._table.dialect

    @property
    def cut_short(self) -> Fault | None:
        """After iteration: ``file-cut-short`` where the file ends within a record."""
        return self._table.cut_short

    def __iter__(self) -> Iterator[ParsedLine]:
        for record in self._table.records():
            faults: list[Fault] = []
            if record.fault is not None:
                faults.append(record.fault)
                cells = ([*(field.strip() for field in record.fields), *[""] * len(self.header)])[: len(self.header)]
                place = self._places[0]
                yield ParsedLine(record.line, cells[place], None, tuple(faults))
                continue
            fields = [*record.fields, ""]
            obligation_id, concept, period, *amounts = [
                fields[place].strip() if record.plain else values.text(fields[place], column, faults, breaks=False)
                for column, place in zip(LINES, self._places, strict=True)
            ]
            for column, value in (("obligation_id", obligation_id), ("concept", concept)):
                if not value:
                    values.fault(faults, "missing", column, "")
            for column, value in (("obligation_id", obligation_id), ("concept", concept), ("period", period)):
                if len(value) > _LONGEST:
                    values.fault(faults, "too-long", column, value, limit=str(_LONGEST))
            detail = self._detail(concept, period, amounts, faults)
            stands = not any(fault.severity is Severity.ERROR for fault in faults)
            yield ParsedLine(record.line, obligation_id, detail if stands else None, tuple(faults))

    def _detail(self, concept: str, period: str, texts: list[str], faults: list[Fault]) -> Line | None:
        """The line; a missing total is amount and surcharge together."""
        amount, surcharge, total = (
            self._amount(column, text, faults) for column, text in zip(LINES[3:], texts, strict=True)
        )
        parts = None if amount is None else amount + (surcharge or 0)
        if not texts[2]:
            if not texts[0]:
                values.fault(faults, "missing", "total", "")
            total = parts
        elif total is not None and parts is not None and parts != total:
            values.fault(faults, "line-total-mismatch", "total", texts[2], warning=True)
        return None if total is None else Line(concept, total, period, amount, surcharge)

    def _amount(self, column: str, text: str, faults: list[Fault]) -> int | None:
        if not text:
            return None
        return values.amount(text, column, faults, currency=self._batch.currency, decimal=self._batch.decimal)

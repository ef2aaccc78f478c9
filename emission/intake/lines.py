"""The detail file → one :class:`ParsedLine` a record; joined to obligations later, in any order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from emission.errors import BatchError
from emission.intake import columns, values
from emission.intake.columns import LINES
from emission.intake.table import Dialect, Record, Table
from emission.model import Fault, Line, Severity

if TYPE_CHECKING:
    from emission.config import Settings

_REQUIRED = ("obligation_id", "concept")
_LONGEST = 200


class ParsedLine(msgspec.Struct, frozen=True):
    """One detail line, or what is wrong with it. ``line`` counts physical lines from 1."""

    line: int
    obligation_id: str
    detail: Line | None
    faults: tuple[Fault, ...]


class LineParser(msgspec.Struct, frozen=True):
    """Reads the records of one file. It can be sent to a worker.

    ``places`` says where the columns :data:`~emission.intake.columns.LINES` stand (-1: nowhere) in records of ``width``
    fields; ``currency`` and ``decimal`` how amounts are written.
    """

    places: tuple[int, ...]
    width: int
    currency: str
    decimal: str

    def parse(self, record: Record) -> ParsedLine:
        """What ``record`` says."""
        if record.fault is not None:
            cells = ([*(field.strip() for field in record.fields), *[""] * self.width])[: self.width]
            return ParsedLine(record.line, cells[self.places[0]], None, (record.fault,))
        faults: list[Fault] = []
        fields = [*record.fields, ""]
        obligation_id, concept, period, *amounts = [
            fields[place].strip() if record.plain else values.text(fields[place], column, faults, breaks=False)
            for column, place in zip(LINES, self.places, strict=True)
        ]
        for column, value in (("obligation_id", obligation_id), ("concept", concept)):
            if not value:
                values.fault(faults, "missing", column, "")
        for column, value in (("obligation_id", obligation_id), ("concept", concept), ("period", period)):
            if len(value) > _LONGEST:
                values.fault(faults, "too-long", column, value, limit=str(_LONGEST))
        detail = self._detail(concept, period, amounts, faults)
        stands = not any(fault.severity is Severity.ERROR for fault in faults)
        return ParsedLine(record.line, obligation_id, detail if stands else None, tuple(faults))

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
        return values.amount(text, column, faults, currency=self.currency, decimal=self.decimal)


class LinesReader:
    """A detail file opened for reading; iterate it once."""

    def __init__(self, table: Table, settings: Settings, *, file: str) -> None:
        """Binds the columns.

        Raises:
            BatchError: a required or mapped column is absent, or there is neither total nor amount.
            ConfigurationError: a wrong key of ``[batch.lines_columns]``.
        """
        self._table = table
        mapping = settings.batch.lines_columns
        columns.check_keys(mapping, LINES, "batch.lines_columns")
        self.header = table.header
        places = columns.bind(self.header, LINES, mapping, _REQUIRED, file)
        if "total" not in places and "amount" not in places:
            found = ", ".join(name for name in self.header if name)
            raise BatchError("column-missing", path=file, columns="total", found=found, nearest="—")
        order = tuple(places.get(column, -1) for column in LINES)
        self.lines = LineParser(order, len(self.header), settings.batch.currency, settings.batch.decimal)

    @property
    def dialect(self) -> Dialect:
        """How the file is written."""
        return self._table.dialect

    @property
    def cut_short(self) -> Fault | None:
        """After iteration: ``file-cut-short`` where the file ends within a record."""
        return self._table.cut_short

    def __iter__(self) -> Iterator[ParsedLine]:
        return map(self.lines.parse, self.records())

    def records(self) -> Iterator[Record]:
        """The records, which :attr:`lines` reads wherever that is to happen; blank ones are left out."""
        return self._table.records()

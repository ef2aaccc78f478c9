"""The file of payments: one row a payment and what became of it. What is wrong with it is said before any is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from stdnum.ar import cuit
from stdnum.exceptions import ValidationError

from emission import money
from emission.config import Settings
from emission.errors import BatchError, ConfigurationError, UsageError
from emission.intake.csv_table import CsvTable
from emission.intake.table import Record

COLUMNS = (
    "payment_id", "external_id", "amount", "outcome", "created_at", "processed_at", "payer_tax_id", "payer_account",
)  # fmt: skip
LONGEST = 100  # characters of a cell
CURRENCY = "ARS"
MOST_PROBLEMS = 20


class Outcome(StrEnum):
    """What became of a payment."""

    ACCREDITED = "accredited"
    RETURNED = "returned"
    REJECTED = "rejected"


_WORDS = {
    "accredited": Outcome.ACCREDITED, "acreditada": Outcome.ACCREDITED, "acreditado": Outcome.ACCREDITED,
    "returned": Outcome.RETURNED, "devuelta": Outcome.RETURNED, "devuelto": Outcome.RETURNED,
    "rejected": Outcome.REJECTED, "rechazada": Outcome.REJECTED, "rechazado": Outcome.REJECTED,
}  # fmt: skip


class Payment(msgspec.Struct, frozen=True):
    """One row. ``amount`` in minor units; both moments carry a zone; ``line`` is where it stands in the file."""

    line: int
    payment_id: str
    external_id: str
    amount: int
    outcome: Outcome
    created_at: dt.datetime
    processed_at: dt.datetime
    payer_tax_id: str
    payer_account: str


class _WrongError(Exception):
    """A cell that cannot be what its column says."""

    def __init__(self, column: str, found: str, allowed: str) -> None:
        super().__init__(column)
        self.column, self.found, self.allowed = column, found, allowed


def read(path: Path, settings: Settings) -> list[Payment]:
    """Every payment of the file.

    Raises:
        BatchError: it is no table, or lacks a column.
        ConfigurationError: every row that is wrong, by line and column; nothing may be told of such a file.
    """
    table = CsvTable(
        path, declared_encoding=settings.batch.encoding, delimiter="", expected=frozenset(COLUMNS), final=()
    )
    lacking = [name for name in COLUMNS if name not in table.header]
    if lacking:
        raise BatchError("payments-columns", path=path.name, columns=", ".join(lacking), known=", ".join(COLUMNS))
    problems: list[UsageError] = []
    payments: list[Payment] = []
    seen: dict[tuple[str, Outcome], int] = {}
    for record in table.records():
        try:
            payment = _payment(record.line, _cells(record, table.header), settings)
        except _WrongError as wrong:
            params = {"column": wrong.column, "found": wrong.found[:LONGEST], "allowed": wrong.allowed}
            problems.append(UsageError("payments-cell", line=record.line, **params))
            continue
        first = seen.setdefault((payment.payment_id, payment.outcome), record.line)
        if first != record.line:
            problems.append(UsageError("payments-repeated", line=record.line, first=first, id=payment.payment_id))
        payments.append(payment)
    if table.cut_short is not None:
        problems.append(UsageError("payments-cut", line=table.cut_short.params["line"]))
    if problems:
        raise ConfigurationError(problems[:MOST_PROBLEMS], path.name, "payments-wrong")
    return payments


def _cells(record: Record, header: Sequence[str]) -> dict[str, str]:
    if record.fault is not None:
        raise _WrongError("-", record.fault.value, ", ".join(header))
    return dict(zip(header, record.fields, strict=True))


def _payment(line: int, cells: Mapping[str, str], settings: Settings) -> Payment:
    zone = ZoneInfo(settings.provider.pace.zone)
    word = cells["outcome"].strip().casefold()
    if word not in _WORDS:
        raise _WrongError("outcome", cells["outcome"], ", ".join(Outcome))
    return Payment(
        line=line,
        payment_id=_text(cells, "payment_id"),
        external_id=_text(cells, "external_id"),
        amount=_amount(cells, settings.batch.decimal),
        outcome=_WORDS[word],
        created_at=_moment(cells, "created_at", zone),
        processed_at=_moment(cells, "processed_at", zone),
        payer_tax_id=_tax_id(cells),
        payer_account=_text(cells, "payer_account"),
    )


def _text(cells: Mapping[str, str], column: str) -> str:
    found = cells[column].strip()
    if not found or len(found) > LONGEST or not found.isprintable():
        raise _WrongError(column, cells[column], f"1-{LONGEST}")
    return found


def _amount(cells: Mapping[str, str], decimal: str) -> int:
    try:
        amount = money.parse(cells["amount"].strip(), CURRENCY, decimal)
    except money.AmountError:
        amount = 0
    if amount <= 0:
        raise _WrongError("amount", cells["amount"], f"1234{decimal}56")
    return amount


def _moment(cells: Mapping[str, str], column: str, zone: ZoneInfo) -> dt.datetime:
    """ISO 8601; without a zone it is the town's."""
    try:
        found = dt.datetime.fromisoformat(cells[column].strip())
    except ValueError:
        raise _WrongError(column, cells[column], "2026-12-31T23:59:59-03:00") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _tax_id(cells: Mapping[str, str]) -> str:
    try:
        return str(cuit.validate(cells["payer_tax_id"]))
    except ValidationError:
        raise _WrongError("payer_tax_id", cells["payer_tax_id"], "20-99999999-9") from None

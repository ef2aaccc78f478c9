"""One record of the batch → a :class:`ParsedRow`, with every fault it has; in a worker as well as here.

What needs the whole file (duplicates, vouchers, totals) is settled later, on the staged rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from emission import money
from emission.guard import unguard
from emission.intake import values
from emission.intake.columns import BATCH
from emission.intake.table import Record
from emission.model import Address, Channel, DueDate, Fault, Obligation, Payer, Severity

if TYPE_CHECKING:
    from emission.config import Batch

_LONGEST_ID = 200
_LONGEST_TEXT = 1_000
# The most that a QR symbol holds in alphanumeric mode (ISO/IEC 18004, table 7, version 40-L).
_LONGEST_CODE = 4_296
_FAR_AHEAD = dt.timedelta(days=5 * 366)
# Of the columns of an amount and its due date.
_SUFFIXES = ("", "_2", "_3")
MOST_DUE_DATES = len(_SUFFIXES)
_IDS = frozenset(("obligation_id", "voucher_id", "tax", "period", "account"))
# What the manifest says of a row even where it is rejected, in the order of ParsedRow.
_IDENTITY = ("obligation_id", "voucher_id", "account", "payer_name", "payer_email")
_BREAKS_ALLOWED = frozenset(column for column in BATCH if column.startswith("postal_")) | {
    "property_address", "concept", "legend", "message",
}  # fmt: skip


class ParsedRow(msgspec.Struct, frozen=True):
    """One record of the batch, accepted (``obligation``) or not.

    ``row`` counts data rows from 1, ``line`` physical lines; ``corrects`` is the row that a fed-back
    correction stands for. ``original`` holds the fields as they stood; ``amount`` the first due
    date's in minor units, ``None`` where it cannot be read; ``faults`` all of them, warnings too.
    """

    row: int
    line: int
    corrects: int | None
    original: tuple[str, ...]
    obligation_id: str
    voucher_id: str
    account: str
    payer_name: str
    email: str
    amount: int | None
    obligation: Obligation | None
    faults: tuple[Fault, ...]


class Manner(msgspec.Struct, frozen=True):
    """How this office writes, and what it lets pass: the keys of ``[batch]`` that a record is read by."""

    issue_date: dt.date
    tax: str
    period: str
    currency: str
    decimal: str
    date_format: str
    past_due: str
    tax_id_check: str
    bad_email: str

    @staticmethod
    def of(batch: Batch, issue_date: dt.date) -> Manner:
        """As configured; due dates are held against ``issue_date``."""
        keys = {name: getattr(batch, name) for name in Manner.__struct_fields__ if name != "issue_date"}
        return Manner(issue_date, **keys)


class RowParser:
    """Reads the records of one file. It can be sent to a worker.

    ``header`` and ``is_correction`` are those of :class:`~emission.intake.batch.BatchReader`; ``places`` says where our
    columns stand, ``supplied`` which of those that an office may bring its own codes in are looked for. ``further``
    names the columns that are none of ours.
    """

    def __init__(
        self,
        header: Sequence[str],
        places: dict[str, int],
        supplied: Iterable[str],
        manner: Manner,
        *,
        is_correction: bool,
    ) -> None:
        """Places once and for all, so that a row costs no look-up by name.

        A column that the file lacks points at -1, where every row has an empty text.
        """
        self._manner = manner
        self._width = len(header)
        self._is_correction = is_correction
        taken = set(places.values())
        further = {name: place for place, name in enumerate(header) if name and place not in taken}
        self._places = [places.get(column, -1) for column in BATCH]
        self._identity_places = [places.get(column, -1) for column in _IDENTITY]
        self._supplied = [(column, places[column]) for column in supplied if column in places]
        self._extra = list(further.items())
        self.further = tuple(further)
        names = dict.fromkeys(range(len(header)), "")
        names.update({place: name for name, place in further.items()})
        names.update({place: column for column, place in reversed(places.items())})
        self._names = list(names.values())
        self._codes = {place for _, place in self._supplied}
        self._breaks = {place for place, name in enumerate(self._names) if name in _BREAKS_ALLOWED or name in further}
        self._limits = [
            _LONGEST_CODE if place in self._codes else _LONGEST_ID if name in _IDS else _LONGEST_TEXT
            for place, name in enumerate(self._names)
        ]

    def parse(self, row: int, record: Record) -> ParsedRow:
        """What ``record`` says; it is the row of that number."""
        fields = record.fields
        corrects: int | None = None
        faults: list[Fault] = []
        if self._is_correction:
            corrects = _row_number(fields[self._width]) if len(fields) > self._width else None
            fields = [unguard(field) for field in fields[: self._width]]
        if record.fault is not None:
            return self._unreadable(row, corrects, record, fields)
        cells = self._cells(fields, faults, plain=record.plain)
        obligation, amount = self._obligation(cells, faults)
        identity = self._identity(cells)
        stands = not any(fault.severity is Severity.ERROR for fault in faults)
        accepted = obligation if stands else None
        return ParsedRow(row, record.line, corrects, tuple(fields), *identity, amount, accepted, tuple(faults))

    def _unreadable(self, row: int, corrects: int | None, record: Record, fields: list[str]) -> ParsedRow:
        """A record whose fields cannot be told apart: shown as far as it goes, and nothing of it believed."""
        cells = [field.strip() for field in fields[: self._width]]
        cells += [""] * (self._width + 1 - len(cells))
        assert record.fault is not None
        return ParsedRow(row, record.line, corrects, tuple(fields), *self._identity(cells), None, None, (record.fault,))

    def _identity(self, cells: list[str]) -> tuple[str, str, str, str, str]:
        obligation_id, voucher_id, account, payer_name, email = [cells[place] for place in self._identity_places]
        return obligation_id, voucher_id, account, payer_name, email

    def _cells(self, fields: list[str], faults: list[Fault], *, plain: bool) -> list[str]:
        """The cleaned fields, and an empty one at the end for the columns that the file lacks."""
        if plain:
            cells = [field.strip() for field in fields]
        else:
            cells = [self._cell(place, field, faults) for place, field in enumerate(fields)]
        for place, cell in enumerate(cells):
            if len(cell) > _LONGEST_ID and len(cell) > self._limits[place]:
                values.fault(faults, "too-long", self._names[place], cell, limit=str(self._limits[place]))
        cells.append("")
        return cells

    def _cell(self, place: int, field: str, faults: list[Fault]) -> str:
        if place in self._codes:
            # Codes are printed as received; normalising would change the lengths that a QR text states.
            values.text(field, self._names[place], faults, breaks=False)
            return field.strip()
        return values.text(field, self._names[place], faults, breaks=place in self._breaks)

    def _obligation(self, cells: list[str], faults: list[Fault]) -> tuple[Obligation | None, int | None]:
        """The obligation, if what it cannot exist without was read; and the first amount."""
        (
            obligation_id, _, label, account, payer_name, first_name, last_name, id_type, payer_id, email,
            street, number, extra, city, postal_code, province, property_address, concept, tax, period, currency,
            *money_and_dates, payable, legend, channel, message,
        ) = [cells[place] for place in self._places]  # fmt: skip
        tax, period = tax or self._manner.tax, period or self._manner.period
        required = (("obligation_id", obligation_id), ("payer_name", payer_name), ("tax", tax), ("period", period))
        for column, value in required:
            if not value:
                values.fault(faults, "missing", column, "")
        self._check_currency(currency, faults)
        is_payable = values.payable(payable, faults)
        if not is_payable and not legend:
            values.fault(faults, "legend-missing", "legend", "", warning=True)
        due_dates, amount = self._due_dates(money_and_dates, faults, payable=is_payable)
        kind, digits = values.tax_id(id_type, payer_id, faults, check=self._manner.tax_id_check)
        email, way = self._delivery(email, values.channel(channel, faults), faults)
        for name, place in self._supplied:
            values.code(cells[place], name, faults)
        if not due_dates:
            return None, amount
        obligation = Obligation(
            obligation_id=obligation_id,
            payer=Payer(payer_name, first_name, last_name, kind, digits, email),
            due_dates=due_dates,
            currency=self._manner.currency,
            tax=tax,
            period=period,
            label=label,
            account=account,
            concept=concept,
            property_address=property_address,
            payable=is_payable,
            legend=legend,
            message=message,
            postal=Address(street, number, extra, city, postal_code, province),
            channel=way,
            extra={name: cells[place] for name, place in self._extra},
            supplied={name: cells[place] for name, place in self._supplied if cells[place]},
        )
        return obligation, amount

    def _check_currency(self, value: str, faults: list[Fault]) -> None:
        currency = value.upper()
        if currency and currency != self._manner.currency:
            code = "currency-mixed" if currency in money.DECIMALS else "currency-unknown"
            known = ", ".join(money.DECIMALS)
            values.fault(faults, code, "currency", value, expected=self._manner.currency, known=known)

    def _due_dates(
        self, cells: list[str], faults: list[Fault], *, payable: bool
    ) -> tuple[tuple[DueDate, ...], int | None]:
        """One to three due dates, dates strictly rising; empty where any part is wrong. And the first amount."""
        read: list[DueDate] = []
        whole = True
        first: int | None = None
        gap = ""
        for place, suffix in enumerate(_SUFFIXES):
            amount_text, date_text = cells[2 * place], cells[2 * place + 1]
            amount_field, date_field = f"amount{suffix}", f"due_date{suffix}"
            if suffix and not amount_text and not date_text:
                gap = gap or date_field
                continue
            if gap:
                values.fault(faults, "due-date-incomplete", gap, "", other=date_field)
            for field, value, other in ((amount_field, amount_text, date_field), (date_field, date_text, amount_field)):
                if not value:
                    code = "due-date-incomplete" if suffix else "missing"
                    values.fault(faults, code, field, "", other=other)
            amount = self._amount(amount_text, amount_field, faults, payable=payable) if amount_text else None
            date = self._due_date(date_text, date_field, faults, payable=payable) if date_text else None
            if not suffix:
                first = amount
            if amount is None or date is None:
                whole = False
            else:
                read.append(DueDate(date, amount))
                _check_order(read, suffix, faults, amount=amount_text, date=date_text)
        return tuple(read) if whole else (), first

    def _amount(self, text: str, field: str, faults: list[Fault], *, payable: bool) -> int | None:
        amount = values.amount(text, field, faults, currency=self._manner.currency, decimal=self._manner.decimal)
        if amount is not None and amount <= 0 and payable:
            values.fault(faults, "amount-not-positive", field, text)
        return amount

    def _due_date(self, text: str, field: str, faults: list[Fault], *, payable: bool) -> dt.date | None:
        issued, form = self._manner.issue_date, self._manner.date_format
        date = values.dates(form)(text)
        if date is None:
            values.fault(faults, "date-unreadable", field, text, example=issued.strftime(form or "%Y-%m-%d"))
        elif date < issued:
            # A bill that nobody can pay, an exempt one say, may look back.
            warning = self._manner.past_due == "warning" or not payable
            values.fault(faults, "date-past", field, text, warning=warning, issue_date=issued.isoformat())
        elif field == "due_date" and date > issued + _FAR_AHEAD:
            values.fault(faults, "date-far", field, text, warning=True, issue_date=issued.isoformat())
        return date

    def _delivery(self, email: str, channel: Channel, faults: list[Fault]) -> tuple[str, Channel]:
        """The address if it is one, and the way the voucher goes: on paper where mail cannot reach."""
        needed = channel is Channel.EMAIL
        if email and values.email(email):
            return email, channel
        if not email and not needed:
            return "", channel
        reject = self._manner.bad_email == "reject" and channel in (Channel.EMAIL, Channel.BOTH)
        code = "email-invalid" if email else "email-missing"
        values.fault(faults, code, "payer_email", email, warning=not reject)
        return "", Channel.PRINT if channel in (Channel.EMAIL, Channel.BOTH) else channel


def _check_order(read: list[DueDate], suffix: str, faults: list[Fault], *, amount: str, date: str) -> None:
    """Later dates come later, and cost no less."""
    if len(read) < 2:
        return
    if read[-1].date <= read[-2].date:
        values.fault(faults, "dates-out-of-order", f"due_date{suffix}", date, previous=read[-2].date.isoformat())
    if read[-1].amount < read[-2].amount:
        values.fault(faults, "amount-decreasing", f"amount{suffix}", amount, warning=True)


def _row_number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

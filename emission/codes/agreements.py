"""Agreements (convenios): what the digits of a collector's barcode mean.

The form of a code belongs to the agreement. A profile is a map of fields, composed from and
explained back into digits; nothing here is ever used to rebuild a code that a provider gave.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from emission.codes.checkdigits import ar1357x2
from emission.codes.faults import CodeError
from emission.model import DueDate, Fault

NO_DATE = "000000"


class Field(msgspec.Struct, frozen=True):
    """A stretch of digits; ``fixed`` ones are the same in every code of the agreement."""

    name: str
    length: int
    fixed: str = ""


class Profile(msgspec.Struct, frozen=True):
    """One agreement's barcode: fields from the left, then two AR-1357 check digits."""

    name: str
    fields: tuple[Field, ...]

    @property
    def length(self) -> int:
        """Digits, check digits included."""
        return sum(field.length for field in self.fields) + 2

    def compose(self, values: Mapping[str, int | str]) -> str:
        """The digits of ``values`` (a field left out is zeros).

        Raises:
            CodeError: ``agreement-value``: a value does not fit its field.
        """
        digits = []
        for field in self.fields:
            text = field.fixed or str(values.get(field.name, 0)).zfill(field.length)
            if len(text) != field.length or not (text.isascii() and text.isdigit()):
                raise _fault("agreement-value", text, name=field.name, length=str(field.length))
            digits.append(text)
        body = "".join(digits)
        return body + ar1357x2.calc_check_digit(body)

    def explain(self, text: str) -> dict[str, str]:
        """Field name → digits, of a code of this agreement.

        Raises:
            CodeError: ``agreement-length``, ``agreement-fixed``, ``check-digit-format`` or ``check-digit-wrong``.
        """
        if len(text) != self.length:
            raise _fault("agreement-length", text, found=str(len(text)), right=str(self.length))
        ar1357x2.validate(text)
        values, at = {}, 0
        for field in self.fields:
            values[field.name] = text[at : at + field.length]
            if field.fixed and values[field.name] != field.fixed:
                raise _fault("agreement-fixed", text, found=values[field.name], right=field.fixed)
            at += field.length
        return values


# The embedded sandbox's own. 9960 is no network's prefix, and its 99 is what careless encoders drop.
SANDBOX = Profile(
    "sandbox",
    (
        Field("prefix", 4, fixed="9960"),
        Field("agreement", 8),
        Field("amount", 10),
        Field("due_date", 6),
        Field("amount_2", 10),
        Field("due_date_2", 6),
        Field("operation", 14),
    ),
)


def sandbox_barcode(convenio: int, number: int, due_dates: Sequence[DueDate]) -> str:
    """The 60 digits of an operation: one or two due dates, amounts up to 10 digits of minor units.

    Raises:
        CodeError: ``agreement-value``, ``agreement-due-dates`` (none, or more than two) or
            ``agreement-date`` (a year that two digits cannot say).
    """
    return SANDBOX.compose({"agreement": convenio, "operation": number, **due_date_fields(due_dates)})


def due_date_fields(due_dates: Sequence[DueDate]) -> dict[str, str]:
    """What the sandbox's fields of amounts (minor units) and dates (YYMMDD) say for ``due_dates``; zeros where none.

    Raises:
        CodeError: ``agreement-due-dates`` or ``agreement-date``.
    """
    if not 1 <= len(due_dates) <= 2:
        raise _fault("agreement-due-dates", str(len(due_dates)), most="2")
    first, *rest = due_dates
    second = rest[0] if rest else None
    return {
        "amount": f"{first.amount:010d}",
        "due_date": _short_date(first.date),
        "amount_2": f"{second.amount if second else 0:010d}",
        "due_date_2": _short_date(second.date) if second else NO_DATE,
    }


def explain(text: str) -> dict[str, str]:
    """Field name → digits of a sandbox barcode: prefix, agreement, amount, due_date, amount_2, due_date_2, operation.

    Raises:
        CodeError: as :meth:`Profile.explain`.
    """
    return SANDBOX.explain(text)


def _short_date(date: dt.date) -> str:
    if not 2000 <= date.year <= 2099:
        raise _fault("agreement-date", date.isoformat())
    return date.strftime("%y%m%d")


def _fault(code: str, value: str, **params: str) -> CodeError:
    return CodeError(Fault(code, field="barcode", value=value, params=params))

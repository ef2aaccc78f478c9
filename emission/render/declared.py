"""Fields that a template declares to need: what they are called, of which type, and a value as templates see it."""

from __future__ import annotations

import datetime
import functools
import re
from decimal import Decimal
from typing import Any, Literal

import msgspec

from emission import money
from emission.model import Address, Fault, Obligation, Payer

Kind = Literal["text", "number", "amount", "date", "yes-no"]
KINDS: tuple[Kind, ...] = ("text", "number", "amount", "date", "yes-no")

# What the model has of its own, by the names that templates use.
MODEL = frozenset(
    ("account", "label", "concept", "tax", "period", "property_address", "legend", "message", "obligation_id")
) | frozenset(
    f"{part}.{name}"
    for part, struct in (("payer", Payer), ("postal", Address))
    for name in struct.__struct_fields__
)  # fmt: skip

_YES, _NO = frozenset(("si", "sí", "s", "yes", "y", "1", "true", "x")), frozenset(("no", "n", "0", "false"))
_DIGITS = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")
_GROUPED = {".": re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?"), ",": re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?")}


class Field(msgspec.Struct, frozen=True):
    """One declared field: a name of the model, or a further column of the batch."""

    name: str
    kind: Kind = "text"
    optional: bool = False

    @property
    def is_typed(self) -> bool:
        """Whether it reaches the template as something else than it is written."""
        return self.is_column and self.kind != "text"

    @property
    def column(self) -> str:
        """The column of the batch that it stands in, by our name."""
        part, dot, name = self.name.partition(".")
        if not dot or self.is_column:
            return self.name
        return name if name == "postal_code" else f"{part}_{name}"

    @property
    def is_column(self) -> bool:
        """Whether the batch itself has to bring it."""
        return self.name not in MODEL


class Reading(msgspec.Struct, frozen=True):
    """How the office writes: its decimal mark and its dates (strftime; empty: ``2026-12-31``)."""

    decimal: str = "."
    dates: str = ""


def faults_of(fields: tuple[Field, ...], obligation: Obligation, reading: Reading) -> list[Fault]:
    """A fault for every field that is empty though it is needed, or not of its type."""
    found: list[Fault] = []
    for field in fields:
        written = _written(field, obligation)
        if not written:
            if not field.optional:
                found.append(Fault("field-empty", field.name, params={"expected": _expected(field, reading)}))
        elif _read(field.kind, written, obligation.currency, reading) is None:
            shown = written if len(written) <= 200 else f"{written[:199]}…"
            found.append(Fault("field-type", field.name, shown, params={"expected": _expected(field, reading)}))
    return found


def typed(fields: tuple[Field, ...], obligation: Obligation, reading: Reading) -> Obligation:
    """The obligation with its further columns as their types: what is not there, or unreadable, is nothing.

    A number is a ``Decimal``, an amount minor units, a date a date, yes-no a truth value; a text stays.
    """
    extra: dict[str, Any] = dict(obligation.extra)
    for field in fields:
        if field.is_column:
            written = extra.get(field.name, "")
            value = _read(field.kind, written, obligation.currency, reading) if written else None
            extra[field.name] = "" if value is None and field.kind == "text" else value
    return msgspec.structs.replace(obligation, extra=extra)


def _written(field: Field, obligation: Obligation) -> str:
    if field.is_column:
        return obligation.extra.get(field.name, "").strip()
    value: object = obligation
    for part in field.name.split("."):
        value = getattr(value, part)
    return str(value).strip()


@functools.lru_cache(maxsize=4096)
def _read(kind: Kind, written: str, currency: str, reading: Reading) -> Any:  # noqa: ANN401 -- each type has its own
    """The value; ``None`` where the text is none of its type."""
    text = written.strip()
    if kind == "text":
        return text
    if kind == "number":
        return _number(text, reading.decimal)
    if kind == "amount":
        return _amount(text, currency, reading.decimal)
    if kind == "date":
        return _date(text, reading.dates)
    folded = text.casefold()
    return True if folded in _YES else False if folded in _NO else None


def _number(text: str, decimal: str) -> Decimal | None:
    if _GROUPED[decimal].fullmatch(text):
        text = text.replace("," if decimal == "." else ".", "")
    plain = text.replace(",", ".") if decimal == "," and "." not in text else text
    if decimal == "," and "." in text:
        return None
    return Decimal(plain) if plain.isascii() and _DIGITS.fullmatch(plain) else None


def _amount(text: str, currency: str, decimal: str) -> int | None:
    try:
        return money.parse(text, currency, decimal)
    except money.AmountError:
        return None


def _date(text: str, pattern: str) -> datetime.date | None:
    if not text.isascii():
        return None
    try:
        return datetime.datetime.strptime(text, pattern or "%Y-%m-%d").date()  # noqa: DTZ007  calendar dates have no zone
    except ValueError:
        return None


def example(kind: Kind, reading: Reading) -> str:
    """A value of that type, written as this office writes."""
    return {
        "text": "Ejemplo",
        "number": f"1234{reading.decimal}5",
        "amount": "1234",
        "date": datetime.date(2026, 12, 31).strftime(reading.dates or "%Y-%m-%d"),
        "yes-no": "si",
    }[kind]


def _expected(field: Field, reading: Reading) -> str:
    return field.kind if field.kind == "text" else f"{field.kind} ({example(field.kind, reading)})"

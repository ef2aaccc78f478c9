"""What a column says of a payment, or of the whole file, as it is written."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from emission import money
from emission.errors import Refused
from emission.handing.profile import AMOUNTS, DAYS, Column, Form

Value = str | int | datetime.date | None


def written(form: Form, column: Column, value: Value, currency: str, where: str) -> str:
    """The text of a value, for CSV and fixed width.

    Raises:
        Refused: it has no word, does not fit (nothing is ever cut), or a negative amount has nowhere for its sign.
    """
    text = _text(form, column, value, currency, where)
    if not column.length:
        return text
    if len(text) > column.length:
        raise Refused("export-too-long", where=where, column=column.name or column.says, found=text, most=column.length)
    right = column.align == "right" or (not column.align and (column.says in AMOUNTS or isinstance(value, int)))
    if column.fill == "0" and text.startswith("-"):
        return "-" + text[1:].rjust(column.length - 1, "0")
    return text.rjust(column.length, column.fill) if right else text.ljust(column.length, column.fill)


def _text(form: Form, column: Column, value: Value, currency: str, where: str) -> str:
    if column.says == "text":
        return column.text
    if column.words:
        word = column.words.get(str(value))
        if word is None:
            raise Refused("export-no-word", where=where, column=column.name or column.says, found=value)
        return word
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return value.strftime(form.date)
    if column.says in AMOUNTS and isinstance(value, int):
        # Without a mark the last digits are decimals.
        return money.plain(value, currency).replace(".", form.decimal)
    return str(value)


def value_of(column: Column, cells: Mapping[str, str], currency: str) -> Value:
    """A cell of the report as what it is: minor units, a day, or text."""
    text = cells.get(column.says, "")
    if column.says in AMOUNTS:
        return money.parse(text, currency) if text else None
    if column.says in DAYS:
        return datetime.date.fromisoformat(text) if text else None
    return text

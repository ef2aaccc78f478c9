"""Payments → one file, whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import dbf
import msgspec

from emission import money, store
from emission.errors import Refused, Stopped
from emission.guard import guard
from emission.handing.cells import value_of, written
from emission.handing.profile import AMOUNTS, DAYS, Column, Form

if TYPE_CHECKING:
    import datetime

Cells = Mapping[str, str]


class Handed(msgspec.Struct):
    """What stands in a file: payments, and their sum in minor units."""

    path: str
    currency: str
    payments: int = 0
    amount: int = 0


def write(form: Form, payments: Iterable[Cells], path: Path, currency: str, day: datetime.date) -> Handed:
    """Writes the payments that the form wants. ``payments`` are the report's cells by their column.

    Raises:
        Refused: something does not fit its column, has no word there, or no letter in the code page.
        Stopped: the disk is full or refuses the file.
    """
    handed = Handed(str(path), currency)
    wanted = _wanted(form, payments, handed)
    try:
        if form.format == "dbf":
            _dbf(form, wanted, path, currency)
            return handed
        with store.writing(path) as stream:
            _text(form, wanted, stream, handed, day)
    except UnicodeEncodeError as error:
        raise Refused(
            "export-no-letter", path=path, found=error.object[error.start : error.end], encoding=form.encoding
        ) from error
    return handed


def _wanted(form: Form, payments: Iterable[Cells], handed: Handed) -> Iterator[Cells]:
    for cells in payments:
        if form.results and cells["result"] not in form.results:
            continue
        if form.states and cells["state"] not in form.states:
            continue
        handed.payments += 1
        handed.amount += money.parse(cells["amount"], handed.currency)
        yield cells


def _text(form: Form, payments: Iterable[Cells], stream: BinaryIO, handed: Handed, day: datetime.date) -> None:
    text = io.TextIOWrapper(stream, form.encoding, newline="")
    table = csv.writer(text, delimiter=form.delimiter, lineterminator="\r\n")
    if form.format == "csv" and form.header:
        table.writerow([guard(column.name or column.says) for column in form.columns])
    # The head stands before what it counts: it is written over once that is known.
    whole = {"count": handed.payments, "total": handed.amount, "day": day}
    head = text.tell()
    if form.head:
        text.write(_line(form, form.head, whole, handed.currency))
    for cells in payments:
        values = [written(form, column, value_of(column, cells, handed.currency), handed.currency, cells["key"])
                  for column in form.columns]  # fmt: skip
        if form.format == "csv":
            table.writerow([guard(value) for value in values])
        else:
            text.write("".join(values) + "\r\n")
    whole |= {"count": handed.payments, "total": handed.amount}
    if form.tail:
        text.write(_line(form, form.tail, whole, handed.currency))
    if form.head:
        text.seek(head)
        text.write(_line(form, form.head, whole, handed.currency))
    text.flush()
    text.detach()


def _line(form: Form, columns: Iterable[Column], whole: Mapping[str, object], currency: str) -> str:
    values = (whole.get(column.says) for column in columns)
    told = zip(columns, values, strict=True)
    return "".join(written(form, column, value, currency, column.says) for column, value in told) + "\r\n"  # type: ignore[arg-type] # counts, minor units and a day


def _dbf(form: Form, payments: Iterable[Cells], path: Path, currency: str) -> None:
    """A dBASE III table beside its place, moved there once it is whole."""
    aside = path.with_name(f".{path.stem}.{os.getpid()}.dbf")
    decimals = money.DECIMALS[currency]
    specs = "; ".join(f"{column.name} {_kind(column, decimals)}" for column in form.columns)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        table = dbf.Table(str(aside), specs, dbf_type="db3", codepage=form.encoding.removesuffix("-sig"))
        with contextlib.closing(table.open(dbf.READ_WRITE)):
            for cells in payments:
                table.append(tuple(_field(form, column, cells, currency) for column in form.columns))
        aside.chmod(0o600)
        aside.replace(path)
    except OSError as error:
        raise Stopped("file-not-written", path=path, detail=error.strerror or error) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _kind(column: Column, decimals: int) -> str:
    if column.says in DAYS:
        return "D"
    return f"N({column.length},{decimals})" if column.says in AMOUNTS else f"C({column.length})"


def _field(form: Form, column: Column, cells: Cells, currency: str) -> object:
    """A value as the table keeps it; what does not fit is refused before it comes there."""
    value = value_of(column, cells, currency)
    if column.says in DAYS:
        return value
    text = written(msgspec.structs.replace(form, decimal="."), column, value, currency, cells["key"])
    text.encode(form.encoding)
    return money.to_decimal(value, currency) if isinstance(value, int) else text.rstrip()

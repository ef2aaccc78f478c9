"""The form that a municipality's own system reads payments in: CSV, fixed width, or a DBF table."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from emission import shelf
from emission.reconcile.judging import Result
from emission.reconcile.report import COLUMNS

# What a column says: any of the report's, a ``text`` that never changes; in ``head`` and ``tail``, of the whole file.
AMOUNTS = ("amount", "due", "difference", "returned", "charged_back", "total")
DAYS = ("paid_on", "credited_on", "settled_on", "day")
WHOLE = ("count", "total", "day")
LONGEST_NAME = 10  # of a column of a DBF (dBASE III)


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One column. ``name`` heads it; ``length`` in characters (DBF and fixed width).

    ``words`` are what the system calls what the column says (``settled`` → ``R``); with words, a value without one is
    refused. Text stands left and figures right unless ``align`` says otherwise, filled with ``fill``.
    """

    says: str
    name: str = ""
    length: int = 0
    text: str = ""
    words: dict[str, str] = {}
    align: Literal["", "left", "right"] = ""
    fill: str = " "


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file. ``results`` and ``states`` choose the payments (all where empty); ``date`` as in strftime.

    ``decimal`` is the mark of amounts; ``""`` writes none (12,34 as 1234). ``head`` and ``tail`` are lines of a fixed
    width before and after, which say ``count``, ``total``, ``day`` or a text.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    format: Literal["csv", "fixed", "dbf"] = "csv"
    suffix: str = ".csv"
    encoding: Literal["utf-8", "utf-8-sig", "latin-1", "cp1252", "cp850"] = "cp1252"
    delimiter: str = ";"
    header: bool = True
    decimal: Literal["", ".", ","] = ","
    date: str = "%d/%m/%Y"
    results: tuple[Result, ...] = ()
    states: tuple[str, ...] = ()
    head: tuple[Column, ...] = ()
    tail: tuple[Column, ...] = ()


@functools.cache
def shipped() -> dict[str, Form]:
    """Every shipped form by its name."""
    return shelf.shelved(files(__package__) / "profiles", Form)


def load(name: str, folder: Path) -> Form:
    """The form ``name``: a shipped one, or the TOML file of that path below ``folder``.

    Raises:
        UsageError: there is none, the file says what no form says, or nothing could be written by it.
    """
    return shelf.load(name, folder, shipped(), Form, wrong, "export-profile")


def wrong(form: Form) -> Iterator[tuple[str, str]]:
    """The keys of a form by which nothing could be written, and what stands there."""
    if not form.columns:
        yield "columns", "-"
    if len(form.delimiter) != 1 or form.delimiter in '"\r\n':
        yield "delimiter", repr(form.delimiter)
    if form.suffix[:1] != "." or not form.suffix[1:].isalnum():
        yield "suffix", form.suffix
    if form.format != "fixed" and (form.head or form.tail):
        yield "head | tail", form.format
    for place, column in enumerate(form.columns):
        if (problem := _wrong_column(form, column)) is not None:
            yield f"columns.{place}.{problem}", str(getattr(column, problem))
    yield from _wrong_around(form)


def _wrong_around(form: Form) -> Iterator[tuple[str, str]]:
    for part in ("head", "tail"):
        for place, column in enumerate(getattr(form, part)):
            if column.says not in (*WHOLE, "text") or column.length < 1:
                yield f"{part}.{place}", column.says


def _wrong_column(form: Form, column: Column) -> str | None:
    if column.says not in (*COLUMNS, "text"):
        return "says"
    if form.format != "csv" and column.length < 1:
        return "length"
    if form.format == "dbf" and not (column.name.isidentifier() and len(column.name) <= LONGEST_NAME):
        return "name"
    return "fill" if len(column.fill) != 1 else None
